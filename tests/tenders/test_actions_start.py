from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage

from rodatraden.core.answer import RefusedError
from rodatraden.core.evaluation import PriceDeduction
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.records.actions import event_recorded
from rodatraden.records.models import FileScan, StoredFile
from rodatraden.records.queries import read_bytes
from rodatraden.tenders.actions import (
    accept_proposals,
    accept_tender_proposals,
    add_document,
    answer_question,
    ask_question,
    start_tender,
)
from rodatraden.tenders.actions.copying import TERMS_TO_COPY
from rodatraden.tenders.models import ContentItem, Requirement, Tender
from rodatraden.tenders.queries import (
    content_of,
    files,
    left_out,
    requirements,
    seed_deviations,
    standing_in_the_way,
    template,
    templates,
)
from rodatraden.tenders.queries.snapshots import TENDER_FIELDS
from rodatraden.tenders.rules.findings import Severity
from rodatraden.tenders.rules.model import model_json, model_of
from tests.factories.bids import pdf
from tests.factories.parties import START
from tests.factories.procurements import hold_keys, make_case
from tests.factories.tenders import PUBLISHED_AT, describe, make_published_tender, make_tender

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=1)
NOT_WRITTEN = {
    Requirement: {
        "id": "frozen as the id of its row; a copy has its own",
        "tender": "the documents that it stands in",
        "number": "frozen as its label; a copy counts anew",
        "follow_up_by": "frozen as a role; another team follows up the copy, which is told",
        "proposed": "what nobody has accepted: never published, and the copy proposes by itself",
        "struck_at": "what is struck is neither published nor copied",
        "struck_reason": "what is struck is neither published nor copied",
    },
    ContentItem: {
        "id": "frozen as the id of its row; a copy has its own",
        "tender": "the documents that it stands in",
        "number": "frozen with its row; a copy counts anew",
        "removed_at": "what is taken out is neither published nor copied",
    },
}
"""What is not in what a row says, and why: a field that stands in neither is one that somebody forgot."""
NOT_FROZEN = {
    "id": "frozen as the documents' own name",
    "procurement": "frozen by its own words",
    "template": "how the documents began",
    "copied_from": "how the documents began",
    "proposed": "what nobody has accepted yet; it can't be published",
    "left_out": "what a copy left out, told while the documents are written",
    "planned_notice_at": "a plan; what happened is a fact of its own",
    "evaluation_model": "frozen as what its JSON says",
}
NOT_COPIED = {
    "question_deadline_at": "left out as dates",
    "deadline_at": "left out as dates",
    "bids_valid_until_on": "left out as dates",
    "starts_on": "left out as dates",
    "currency": "written by nobody: the new documents begin with their own",
    "bids_address": "left out, and told",
    "tie_rule_reason": "comes with the model, or not at all",
    "fixed_price": "comes with the model, or not at all",
    "fixed_price_vat": "comes with the model, or not at all",
    "fixed_price_basis": "comes with the model, or not at all",
}


def test_documents_are_started_once():
    case = make_case()
    start_tender(procurement=case.procurement, by=case.officer, at=START)
    with pytest.raises(RefusedError, match="already"):
        start_tender(procurement=case.procurement, by=case.officer, at=START)
    assert Tender.objects.count() == 1


def test_only_the_officer_starts_the_documents():
    case = make_case()
    with pytest.raises(RefusedError, match="officer"):
        start_tender(procurement=case.procurement, by=case.need_owner, at=START)


def test_an_unknown_template_starts_nothing():
    case = make_case()
    with pytest.raises(RefusedError, match="template"):
        start_tender(procurement=case.procurement, template="../secrets", by=case.officer, at=START)
    assert not Tender.objects.exists()


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.name)
def test_every_template_can_be_started_from(template):
    case = make_case()
    tender = start_tender(procurement=case.procurement, template=template.name, by=case.officer, at=START)
    rows = list(requirements(tender))
    assert [row.title for row in rows] == [wanted["title"] for wanted in template.requirements]
    assert case.procurement.needs.count() == len(template.needs)
    assert tender.content_items.filter(is_price=True).count() == 1


def test_the_mended_seed_lacks_only_acceptance():
    case = make_case()
    describe(case)
    hold_keys(case)
    tender = start_tender(procurement=case.procurement, template="consultant_hourly", by=case.officer, at=START)
    model = model_of(tender)
    assert [criterion.scale.highest for criterion in model.criteria] == [Decimal(10), Decimal(10)]
    assert (model.gate.minimum, model.addition.per_point, model.tie_rule) == (
        Decimal(12),
        Decimal(100),
        "higher_quality",
    )
    ways = {finding.code.partition(":")[0] for finding in standing_in_the_way(tender, PUBLISHED_AT)}
    assert ways == {"proposed", "proposed_dates", "proposed_terms"}
    for row in requirements(tender):
        accept_proposals(requirement=row, by=case.officer, at=START)
    accept_tender_proposals(tender=tender, by=case.officer, at=START)
    assert standing_in_the_way(tender, PUBLISHED_AT) == []
    assert [row.title for row in requirements(tender) if row.is_fictional and "24 månader" in row.level] == [
        "Erfarenhet av processcoachning mellan myndigheter"
    ]


def test_nobody_is_proposed_for_a_role_that_nobody_holds():
    case = make_case()
    case.procurement.team.filter(role="contract_manager").update(removed_at=START)
    tender = start_tender(procurement=case.procurement, template="consultant_hourly", by=case.officer, at=START)
    row = requirements(tender)[2]
    assert (row.follow_up_by, "follow_up_by" in row.proposed) == (None, False)


def test_seed_000_as_written_gives_every_finding_that_law_4_3_lists():
    case = make_case()
    tender = start_tender(procurement=case.procurement, template="seed_000_as_written", by=case.officer, at=START)
    ways = standing_in_the_way(tender, PUBLISHED_AT)
    codes = {finding.code for finding in ways}
    meriterande = str(Requirement.objects.get(tender=tender, number=2).pk)
    expected = {
        1: {"cpv", "cpv_reason", "estimated_value", "procedure"},  # the regime depends on an honest CPV
        2: {"standstill_clause"},  # "frivillig avtalsspärr"
        3: {"rejection_clause"},  # "marknadsmässiga"
        4: {"max_points:K2", "steps:K2", f"model:criterion_without_points:{meriterande}"},
        5: {"kind:K3", "kind:K4", "kind:K5"},  # neither must nor score
        7: {"model:tie_rule", "price_clause", "replacement_clause"},
    }
    assert {number: wanted - codes for number, wanted in expected.items() if wanted - codes} == {}
    assert "3000000" in str(next(finding.sentence for finding in ways if finding.code == "cpv"))
    severity = {finding.code: finding.severity for finding in ways}
    assert severity["standstill_clause"] is Severity.STOPS


def test_seed_000_as_written_shows_what_its_points_are_worth():
    """Finding 6: a 12-point bid wins if its hourly price is more than 800 SEK lower."""
    from rodatraden.tenders.queries import publication_findings, trade_off  # noqa: PLC0415 -- only here

    case = make_case()
    tender = start_tender(procurement=case.procurement, template="seed_000_as_written", by=case.officer, at=START)
    assert trade_off(model_of(tender)) == Decimal(800)
    said = [str(finding.sentence) for finding in publication_findings(tender, START) if finding.code == "trade_off"]
    assert said == ["A bid with 12 points beats one with 20 if it is more than 800 SEK cheaper. Is that what you want?"]


def test_the_deviations_belong_to_the_mended_seed_alone():
    case = make_case()
    tender = start_tender(procurement=case.procurement, template="consultant_hourly", by=case.officer, at=START)
    assert all(each.reason and each.source and each.place for each in seed_deviations(tender))
    tender.template = "training_course"
    assert list(seed_deviations(tender)) == []


def test_a_copy_takes_the_content_and_asks_a_person_to_read_it():
    first, second = make_case(), make_case()
    earlier = make_published_tender(first)
    describe(second, at=PUBLISHED_AT)
    tender = start_tender(procurement=second.procurement, copied_from=earlier, by=second.officer, at=LATER)
    rows = list(requirements(tender))
    assert [row.label for row in rows] == ["K1", "K2", "K3", "K4"]
    assert rows[0].proposed == [
        "checked_when",
        "evidence",
        "follow_up_how",
        "follow_up_when",
        "level",
        "level_reason",
    ]
    assert "acts_by" in rows[3].proposed
    assert {need.procurement_id for row in rows for need in row.needs.all()} == {second.procurement.pk}
    assert [criterion.key for criterion in model_of(tender).criteria] == [str(rows[1].pk), str(rows[2].pk)]
    assert [item.title for item in tender.content_items.all()] == [item.title for item in earlier.content_items.all()]
    assert rows[0].follow_up_by is None


@pytest.mark.parametrize("model", NOT_WRITTEN)
def test_every_field_of_a_row_is_frozen_and_copied_or_it_is_said_why_not(model):
    fields = [field.name for field in model._meta.concrete_fields]
    assert sorted([*model.WRITTEN, *NOT_WRITTEN[model]]) == sorted(fields)


def test_every_term_is_frozen_and_copied_or_it_is_said_why_not():
    assert sorted([*TENDER_FIELDS, *NOT_FROZEN]) == sorted(field.name for field in Tender._meta.concrete_fields)
    assert sorted([*TERMS_TO_COPY, *NOT_COPIED]) == sorted(TENDER_FIELDS)


def other_value(field):
    """Return what the field never holds by itself."""
    if field.choices:
        return field.choices[-1][0]
    return {"BooleanField": True, "DecimalField": Decimal(7), "PositiveSmallIntegerField": 7}.get(
        field.get_internal_type(), "Eget"
    )


def test_what_a_row_says_is_what_is_frozen_of_it_and_what_a_copy_says():
    first, second = make_case(), make_case()
    earlier = make_tender(first)
    written = {name: other_value(Requirement._meta.get_field(name)) for name in Requirement.WRITTEN if name != "kind"}
    earlier.requirements.update(**written)
    earlier.content_items.filter(is_price=False).update(
        description="Eget", max_pages=7, rejects_over_limit=True, is_annex=True, is_required=False
    )
    record_fact(procurement=first.procurement, kind=StageFact.Kind.PUBLISHED, by=first.officer, at=PUBLISHED_AT)
    earlier = Tender.objects.get(pk=earlier.pk)
    describe(second, at=PUBLISHED_AT)
    copy = start_tender(procurement=second.procurement, copied_from=earlier, by=second.officer, at=LATER)
    frozen, copied = content_of(earlier), content_of(copy)
    for part, model in (("requirements", Requirement), ("content_items", ContentItem)):
        assert frozen[part]
        for was, now in zip(frozen[part], copied[part], strict=True):
            assert {name: was[name] for name in model.WRITTEN} == {name: now[name] for name in model.WRITTEN}


def test_documents_of_others_that_are_not_published_cannot_be_copied():
    first, second = make_case(), make_case()
    earlier = make_tender(first)
    with pytest.raises(RefusedError, match="copied"):
        start_tender(procurement=second.procurement, copied_from=earlier, by=second.officer, at=LATER)
    assert second.procurement.needs.count() == 0


def test_a_copy_has_the_files_as_files_of_its_own_and_tells_what_was_left_out():
    first, second = make_case(), make_case()
    earlier = make_tender(first)
    kept, held, gone = (
        add_document(
            tender=earlier,
            title=title,
            data=pdf(pages),
            name=f"{title}.pdf",
            by=first.officer,
            at=START + timedelta(minutes=pages),
        )
        for title, pages in (("Bilaga", 1), ("Farlig", 2), ("Borta", 3))
    )
    scan = FileScan.objects.create(
        sha256=held.file.sha256, verdict="found", finding="Eicar", scanner="s", signatures="1", at=START
    )
    StoredFile.objects.filter(pk=held.file_id).update(scan=scan)
    default_storage.delete(gone.file.location)
    Tender.objects.filter(pk=earlier.pk).update(bids_address="https://anbud.example/1", longer_term_reason="Lång tid")
    record_fact(procurement=first.procurement, kind=StageFact.Kind.PUBLISHED, by=first.officer, at=PUBLISHED_AT)
    earlier = Tender.objects.get(pk=earlier.pk)
    answered = ask_question(tender=earlier, text="Fråga?", by=None, at=LATER)
    answer_question(question=answered, published_text="Fråga?", answer="Ja.", by=first.officer, at=LATER)
    describe(second, at=PUBLISHED_AT)
    tender = start_tender(procurement=second.procurement, copied_from=earlier, by=second.officer, at=LATER)
    (document,) = files(tender)
    assert (document.title, read_bytes(document.file)) == ("Bilaga", pdf(1))
    assert document.file_id != kept.file_id, "who lets one out answers for their own case alone"
    assert (tender.longer_term_reason, "longer_term_reason" in tender.proposed) == ("Lång tid", True)
    assert tender.left_out == [
        {"kind": "dates"},
        {"kind": "people", "name": "K1, K2, K3, K4"},
        {"kind": "bids_address", "name": "https://anbud.example/1"},
        {"kind": "answers", "n": 1},
        {"kind": "file_found", "name": "Farlig", "finding": "Eicar"},
        {"kind": "file_gone", "name": "Borta"},
    ]
    assert {str(sentence).split(":")[0] for sentence, _page in left_out(tender)} >= {"The dates", "The file Farlig"}


def test_a_copy_writes_its_files_before_the_log_which_whoever_hands_in_a_bid_waits_for(monkeypatch):
    first, second = make_case(), make_case()
    earlier = make_tender(first)
    for pages in (1, 2):
        add_document(tender=earlier, title=f"{pages}", data=pdf(pages), name="a.pdf", by=first.officer, at=START)
    record_fact(procurement=first.procurement, kind=StageFact.Kind.PUBLISHED, by=first.officer, at=PUBLISHED_AT)
    order, write = [], default_storage.write

    def noted(*given):
        order.append("file")
        return write(*given)

    def logged(**_):
        order.append("log")

    monkeypatch.setattr(default_storage._wrapped, "write", noted)
    event_recorded.connect(logged)
    try:
        tender = start_tender(procurement=second.procurement, copied_from=earlier, by=second.officer, at=LATER)
        assert (order[:3], order.count("file")) == (["file", "file", "log"], 2)
        order.clear()
        add_document(tender=tender, title="Ny", data=pdf(3), name="b.pdf", by=second.officer, at=LATER)
    finally:
        event_recorded.disconnect(logged)
    assert order == ["file", "log"]


def test_documents_that_another_started_while_files_were_copied_are_not_started_again(monkeypatch):
    """The other one starts them, empty, when the first file has been written; what was copied in vain is gone."""
    first, second = make_case(), make_case()
    earlier = make_tender(first)
    add_document(tender=earlier, title="1", data=pdf(1), name="a.pdf", by=first.officer, at=START)
    record_fact(procurement=first.procurement, kind=StageFact.Kind.PUBLISHED, by=first.officer, at=PUBLISHED_AT)
    written, write = [], default_storage.write

    def meanwhile(name, chunks):
        write(name, chunks)
        written.append(name)
        if len(written) == 1:
            start_tender(procurement=second.procurement, by=second.officer, at=LATER)

    monkeypatch.setattr(default_storage._wrapped, "write", meanwhile)
    with pytest.raises(RefusedError, match="already"):
        start_tender(procurement=second.procurement, copied_from=earlier, by=second.officer, at=LATER)
    assert Tender.objects.filter(procurement=second.procurement).get().copied_from is None
    assert [default_storage.exists(name) for name in written] == [False]


def test_a_model_that_can_no_longer_be_chosen_is_left_out_and_told():
    first, second = make_case(), make_case()
    earlier = make_published_tender(first)
    model = model_of(earlier)
    other = replace(model, combination=PriceDeduction(Decimal(100)))
    Tender.objects.filter(pk=earlier.pk).update(evaluation_model=model_json(other))
    tender = start_tender(
        procurement=second.procurement, copied_from=Tender.objects.get(pk=earlier.pk), by=second.officer, at=LATER
    )
    assert model_of(tender) is None
    assert {"kind": "model"} in tender.left_out


def test_what_a_template_says_of_when_and_by_whom_waits_to_be_accepted():
    case = make_case()
    for name in ("consultant_hourly", "training_course"):
        for row in template(name).requirements:
            for field in ("checked_when", "acts_by"):
                assert (field in row["proposed"]) == bool(row.get(field)), (name, row["title"], field)
    tender = start_tender(procurement=case.procurement, template="consultant_hourly", by=case.officer, at=START)
    assert {"checked_when", "acts_by"} <= {name for row in requirements(tender) for name in row.proposed}
