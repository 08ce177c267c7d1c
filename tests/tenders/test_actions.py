from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.core.evaluation import PriceAddition
from rodatraden.needs.actions import write_need
from rodatraden.records.models import LedgerBody, StoredFile
from rodatraden.tenders.actions import (
    accept_proposals,
    accept_tender_proposals,
    add_content_item,
    add_document,
    add_requirement,
    import_rows,
    propose_dates,
    remove_content_item,
    remove_document,
    reorder_requirements,
    revise_content_item,
    revise_requirement,
    set_dates,
    set_evaluation_model,
    set_terms,
    start_tender,
    strike_requirement,
)
from rodatraden.tenders.documents import Row, RowKind
from rodatraden.tenders.models import DeadlineChange, Requirement
from rodatraden.tenders.queries import content_of, requirements
from rodatraden.tenders.rules.model import model_of
from tests.factories.bids import pdf
from tests.factories.needs import make_need
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import DEADLINE, describe, make_drafted, make_published, make_tender

pytestmark = pytest.mark.django_db
LATER = START + timedelta(hours=1)
Kind = Requirement.Kind


def events(thing) -> list[str]:
    return list(LedgerBody.objects.filter(object_id=thing.pk).order_by("index").values_list("event", flat=True))


def test_a_requirement_gets_the_next_label_and_leaves_one_event():
    case, tender = make_drafted()
    row = add_requirement(tender=tender, title=" Nytt ", kind=Kind.TERM, by=case.officer, at=LATER)
    assert (row.label, row.title, events(row)) == ("K5", "Nytt", ["requirement_added"])


def test_a_requirement_answers_only_to_needs_of_its_own_procurement():
    case, other = make_case(), make_case()
    tender, need = make_tender(case), make_need(other)
    with pytest.raises(RefusedError, match="does not belong"):
        add_requirement(tender=tender, title="Nytt", needs=[need], by=case.officer, at=LATER)
    assert tender.requirements.count() == 4


def test_revising_changes_only_what_is_given_and_takes_it_as_read():
    case, tender = make_drafted()
    row = add_requirement(
        tender=tender,
        title="Nytt",
        kind=Kind.MUST,
        level="Minst 2",
        evidence="CV",
        proposed=["level", "evidence"],
        by=case.officer,
        at=START,
    )
    revise_requirement(requirement=row, level="Minst 3", evidence="CV", by=case.officer, at=LATER)
    row.refresh_from_db()
    assert (row.level, row.evidence, row.proposed) == ("Minst 3", "CV", ["evidence"])
    accept_proposals(requirement=row, by=case.officer, at=LATER)
    row.refresh_from_db()
    assert (row.proposed, events(row)[-1]) == ([], "proposals_accepted")


def test_a_scale_has_one_text_for_each_number_of_points():
    case = make_case()
    row = requirements(make_tender(case))[1]
    with pytest.raises(RefusedError, match="same points"):
        revise_requirement(requirement=row, steps=[(Decimal(1), "a"), (Decimal("1.0"), "b")], by=case.officer, at=LATER)
    assert row.steps.count() == 5


def test_a_struck_requirement_stays_with_its_reason_and_leaves_the_model():
    case, tender = make_drafted()
    row = requirements(tender)[2]
    with pytest.raises(RefusedError, match="why"):
        strike_requirement(requirement=row, reason=" ", by=case.officer, at=LATER)
    strike_requirement(requirement=row, reason="Prövas i metoden", by=case.officer, at=LATER)
    row.refresh_from_db()
    tender.refresh_from_db()
    assert (row.label, row.struck_reason) == ("K3", "Prövas i metoden")
    assert [criterion.label for criterion in model_of(tender).criteria] == ["Metod"]
    with pytest.raises(RefusedError, match="struck"):
        revise_requirement(requirement=row, level="1", by=case.officer, at=LATER)


def test_order_shares_out_the_labels_of_those_that_count():
    case, tender = make_drafted()
    first, second, third, fourth = requirements(tender)
    strike_requirement(requirement=second, reason="Dubbelt", by=case.officer, at=LATER)
    reorder_requirements(tender=tender, order=[fourth.pk, first.pk, third.pk], by=case.officer, at=LATER)
    assert [(row.label, row.title) for row in requirements(tender)] == [
        ("K1", fourth.title),
        ("K2", second.title),
        ("K3", first.title),
        ("K4", third.title),
    ]


def test_an_order_of_other_requirements_than_those_there_is_refused():
    case, tender = make_drafted()
    order = [row.pk for row in requirements(tender)]
    with pytest.raises(RefusedError, match="changed"):
        reorder_requirements(tender=tender, order=order[:-1], by=case.officer, at=LATER)
    with pytest.raises(RefusedError, match="changed"):
        reorder_requirements(tender=tender, order=[*order[:-1], order[0]], by=case.officer, at=LATER)


def test_what_a_bid_holds_is_numbered_and_knows_its_criteria():
    case, tender = make_drafted()
    criterion, must = requirements(tender)[1], requirements(tender)[0]
    item = add_content_item(tender=tender, title="Referenser", criteria=[criterion], by=case.officer, at=LATER)
    assert (item.number, list(item.criteria.all())) == (5, [criterion])
    revise_content_item(item=item, title="Referens", max_pages=2, rejects_over_limit=True, by=case.officer, at=LATER)
    item.refresh_from_db()
    assert (item.title, item.max_pages, item.criteria.count()) == ("Referens", 2, 0)
    remove_content_item(item=item, by=case.officer, at=LATER)
    assert tender.content_items.count() == 4
    assert must.kind == Kind.MUST


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"title": " "}, "Name"),
        ({"title": "X", "rejects_over_limit": True}, "how many pages"),
        ({"title": "X", "is_price": True, "criteria": "scored"}, "scored"),
        ({"title": "X", "is_price": True, "is_annex": True}, "annex"),
    ],
)
def test_impossible_content_is_refused(asked, match):
    case, tender = make_drafted()
    if "criteria" in asked:
        asked = asked | {"criteria": [requirements(tender)[1]]}
    with pytest.raises(RefusedError, match=match):
        add_content_item(tender=tender, by=case.officer, at=LATER, **asked)
    assert tender.content_items.count() == 4


def test_a_file_is_part_of_what_is_published_until_it_is_taken_out():
    case, tender = make_drafted()
    for name, data, match in (
        ("a.pdf", b"", "is empty"),
        ("a.exe", b"MZ\x90\x00 program", "a.exe"),
        ("a.pdf", b"%PDF-1.7 cut off", "a.pdf"),
        ("a.docx", pdf(), "is a PDF file, whatever its name says"),
    ):
        with pytest.raises(RefusedError, match=match):
            add_document(tender=tender, title="", data=data, name=name, by=case.officer, at=LATER)
    assert not StoredFile.objects.filter(origin="others").exists()
    document = add_document(tender=tender, title="", data=pdf(), name="a.pdf", by=case.officer, at=LATER)
    assert [file["title"] for file in content_of(tender)["files"]] == ["a.pdf"]
    remove_document(document=document, by=case.officer, at=LATER)
    assert content_of(tender)["files"] == []


def test_dates_are_kept_with_what_they_were_before():
    case, tender = make_drafted()
    set_dates(tender=tender, deadline_at=DEADLINE + timedelta(days=1), by=case.officer, at=LATER)
    latest = DeadlineChange.objects.filter(tender=tender).order_by("-changed_at", "-id").first()
    assert (latest.which, latest.old_at, latest.new_at) == ("bids", DEADLINE, DEADLINE + timedelta(days=1))


@pytest.mark.parametrize(
    ("dates", "match"),
    [
        ({"question_deadline_at": DEADLINE}, "Questions must end"),
        ({"bids_valid_until_on": DEADLINE.date()}, "binding"),
        ({"deadline_at": START - timedelta(days=1)}, "before the notice"),
    ],
)
def test_dates_that_can_not_go_together_are_refused(dates, match):
    case, tender = make_drafted()
    with pytest.raises(RefusedError, match=match):
        set_dates(tender=tender, by=case.officer, at=LATER, **dates)


def test_dates_are_proposed_where_there_are_none_and_wait_for_a_person():
    case = make_case()
    tender = start_tender(procurement=case.procurement, by=case.officer, at=START)
    with pytest.raises(RefusedError, match="procedure"):
        propose_dates(tender=tender, by=case.officer, at=START)
    describe(case)
    set_dates(tender=tender, deadline_at=DEADLINE, by=case.officer, at=START)
    propose_dates(tender=tender, by=case.officer, at=START)
    assert (tender.deadline_at, "deadline_at" in tender.proposed) == (DEADLINE, False)
    assert tender.proposed == ["bids_valid_until_on", "planned_notice_at", "question_deadline_at", "starts_on"]
    accept_tender_proposals(tender=tender, fields=["starts_on"], by=case.officer, at=LATER)
    assert "starts_on" not in tender.proposed


def frozen_verbs(case, tender):
    row, item = requirements(tender)[0], tender.content_items.first()
    row.tender, item.tender = tender, tender
    who = {"by": case.officer, "at": LATER}
    return {
        "add": lambda: add_requirement(tender=tender, title="X", **who),
        "revise": lambda: revise_requirement(requirement=row, level="X", **who),
        "strike": lambda: strike_requirement(requirement=row, reason="X", **who),
        "accept": lambda: accept_proposals(requirement=row, **who),
        "reorder": lambda: reorder_requirements(tender=tender, order=[], **who),
        "terms": lambda: set_terms(tender=tender, ceiling=Decimal(1), **who),
        "dates": lambda: set_dates(tender=tender, deadline_at=DEADLINE, **who),
        "model": lambda: set_evaluation_model(tender=tender, weighing=PriceAddition(Decimal(1), Decimal(20)), **who),
        "item": lambda: revise_content_item(item=item, title="X", **who),
        "remove": lambda: remove_content_item(item=item, **who),
        "file": lambda: add_document(tender=tender, title="", data=pdf(), name="a.pdf", **who),
        "import": lambda: import_rows(tender=tender, rows=[Row("", RowKind.NEED, "X")], **who),
        "need": lambda: make_need(case),
    }


def test_after_publication_every_row_is_frozen():
    case, tender = make_published()
    before = content_of(tender)
    for verb in frozen_verbs(case, tender).values():
        with pytest.raises(RefusedError, match="published"):
            verb()
    tender.refresh_from_db()
    assert content_of(tender) == before


def test_imported_rows_are_written_all_or_none():
    case, tender = make_drafted()
    rows = [
        Row("rad 1", RowKind.NEED, "Behov X", "Vad", {"label": "B7", "for_whom": "Alla"}),
        Row(
            "rad 2",
            RowKind.CRITERION,
            "Krav X",
            "Text",
            {"needs": "B7, B1, B99", "max_points": "10 p", "steps": "0 = a\n5: b"},
        ),
        Row("rad 3", RowKind.UNDECIDED, "Oklart"),
    ]
    with pytest.raises(RefusedError, match="Name the requirement"):
        import_rows(tender=tender, rows=[*rows, Row("rad 4", RowKind.MUST, " ")], by=case.officer, at=LATER)
    assert (tender.requirements.count(), case.procurement.needs.count()) == (4, 1)
    assert import_rows(tender=tender, rows=rows, by=case.officer, at=LATER) == 3
    added = list(requirements(tender))[4:]
    assert [(row.title, row.kind, [need.label for need in row.needs.all()]) for row in added] == [
        ("Krav X", "criterion", ["B1", "B2"]),
        ("Oklart", "", []),
    ]
    assert [(step.points, step.text) for step in added[0].steps.all()] == [(Decimal(0), "a"), (Decimal(5), "b")]
    assert (case.procurement.needs.get(number=2).evidence, added[0].max_points) == ("–", Decimal(10))
    with pytest.raises(RefusedError, match="at least one"):
        import_rows(tender=tender, rows=[], by=case.officer, at=LATER)


def test_a_need_of_the_backlog_waits_outside_the_documents():
    case, tender = make_drafted()
    write_need(
        organisation=case.buyer,
        title="Annat",
        for_whom="a",
        description="b",
        evidence="c",
        by=case.need_owner,
        at=LATER,
    )
    assert [need["label"] for need in content_of(tender)["needs"]] == ["B1"]


def beside(row):
    """The same row as another request has read it, before what happens next."""
    return type(row).objects.get(pk=row.pk)


def test_terms_and_dates_that_two_write_at_once_are_both_kept():
    case, tender = make_drafted()
    other = beside(tender)
    set_terms(tender=tender, travel_clause="Ett ord", by=case.officer, at=LATER)
    set_dates(tender=other, starts_on=DEADLINE.date(), by=case.officer, at=LATER)
    kept = beside(tender)
    assert (kept.travel_clause, kept.starts_on) == ("Ett ord", DEADLINE.date())


def test_a_date_that_another_set_meanwhile_is_no_proposal_and_a_proposal_of_another_stays_one():
    case = make_case()
    tender = start_tender(procurement=case.procurement, by=case.officer, at=START)
    describe(case)
    one, two = beside(tender), beside(tender)
    set_dates(tender=one, deadline_at=DEADLINE, by=case.officer, at=LATER)
    propose_dates(tender=two, by=case.officer, at=LATER)
    kept = beside(tender)
    assert kept.deadline_at == DEADLINE
    assert "deadline_at" not in kept.proposed
    assert "starts_on" in kept.proposed
    set_terms(tender=one, travel_clause="Ett ord", by=case.officer, at=LATER)
    assert beside(tender).proposed == kept.proposed


def test_fields_of_a_requirement_that_two_write_at_once_are_both_kept():
    case, tender = make_drafted()
    row = tender.requirements.filter(kind=Kind.MUST).earliest("number")
    other = beside(row)
    revise_requirement(requirement=row, level="Ett ord", by=case.officer, at=LATER)
    revise_requirement(requirement=other, level_reason="Det räcker", by=case.officer, at=LATER)
    kept = beside(row)
    assert (kept.level, kept.level_reason) == ("Ett ord", "Det räcker")


@pytest.mark.parametrize(
    "verb",
    [
        lambda row, **who: revise_requirement(requirement=row, level="Ett ord", **who),
        lambda row, **who: strike_requirement(requirement=row, reason="En annan grund", **who),
        lambda row, **who: accept_proposals(requirement=row, **who),
    ],
)
def test_a_requirement_that_another_struck_meanwhile_stays_struck_as_it_was(verb):
    case, tender = make_drafted()
    row = tender.requirements.filter(kind=Kind.MUST).earliest("number")
    other = beside(row)
    strike_requirement(requirement=row, reason="Behövs inte", by=case.officer, at=LATER)
    with pytest.raises(RefusedError, match="struck"):
        verb(other, by=case.officer, at=LATER)
    assert (beside(row).struck_at, beside(row).struck_reason) == (LATER, "Behövs inte")


def test_the_model_that_another_chose_meanwhile_follows_the_criteria():
    case, tender = make_drafted()
    row = tender.requirements.filter(kind=Kind.CRITERION).select_related("tender").earliest("number")
    chosen = model_of(row.tender)  # read before another chooses
    assert chosen is not None
    weighing = chosen.combination
    set_evaluation_model(tender=tender, gate=Decimal(3), by=case.officer, at=LATER, weighing=weighing)
    revise_requirement(requirement=row, question="Hur gör ni?", by=case.officer, at=LATER)
    kept = model_of(beside(tender))
    assert kept is not None
    assert [gate.minimum for gate in kept.gates] == [Decimal(3)] != [gate.minimum for gate in chosen.gates]
