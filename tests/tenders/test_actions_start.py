from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.tenders.actions import accept_proposals, accept_tender_proposals, start_tender
from rodatraden.tenders.models import Requirement, Tender
from rodatraden.tenders.queries import requirements, seed_deviations, standing_in_the_way, templates
from rodatraden.tenders.rules.findings import Severity
from rodatraden.tenders.rules.model import model_of
from tests.factories.parties import START
from tests.factories.procurements import hold_keys, make_case
from tests.factories.tenders import PUBLISHED_AT, describe, make_published_tender, make_tender

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=1)


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
    assert rows[0].proposed == ["evidence", "follow_up_how", "follow_up_when", "level", "level_reason"]
    assert {need.procurement_id for row in rows for need in row.needs.all()} == {second.procurement.pk}
    assert [criterion.key for criterion in model_of(tender).criteria] == [str(rows[1].pk), str(rows[2].pk)]
    assert [item.title for item in tender.content_items.all()] == [item.title for item in earlier.content_items.all()]
    assert rows[0].follow_up_by is None


def test_documents_of_others_that_are_not_published_cannot_be_copied():
    first, second = make_case(), make_case()
    earlier = make_tender(first)
    with pytest.raises(RefusedError, match="copied"):
        start_tender(procurement=second.procurement, copied_from=earlier, by=second.officer, at=LATER)
    assert second.procurement.needs.count() == 0
