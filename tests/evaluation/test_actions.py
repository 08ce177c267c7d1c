"""Checking, starting the judging, locking, opening prices, freezing: what is written, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from rodatraden.bids.models import BidPrice
from rodatraden.core import evaluation as core
from rodatraden.core.answer import RefusedError
from rodatraden.core.canonical import canonical_hash, read_canonical
from rodatraden.core.evaluation import Status, Verdict
from rodatraden.evaluation.actions import (
    check_requirement,
    freeze_outcome,
    lock_quality,
    start_evaluation_round,
)
from rodatraden.evaluation.models import FrozenOutcome, RequirementCheck, TenderRound
from rodatraden.evaluation.queries import check_cells, failed_checks, frozen_outcome, left_to_check, round_of
from rodatraden.evaluation.queries.checks import unchecked
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import LedgerBody
from rodatraden.tenders.models import Requirement
from tests.factories.bids import open_prices
from tests.factories.evaluation import check_all, judge_all, make_opened, make_outcome, reach_outcome
from tests.factories.procurements import declare

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
EIGHT = ((8, 8), (8, 8))


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as refused:
        verb(**arguments)
    return str(refused.value.answer.reason)


def check(world, *, bid=0, is_met=True, evidence="Cv, sidan 1", reason="Uppdragen räcker.", **more):
    requirement = more.pop("requirement", None) or Requirement.objects.get(tender=world.tender, kind="must")
    return check_requirement(
        bid=world.bids[bid],
        requirement=requirement,
        is_met=is_met,
        evidence=evidence,
        reason=reason,
        by=more.pop("by", world.case.officer),
        at=world.opened_at + HOUR,
    )


def results(world):
    outcome = frozen_outcome(world.fresh_tender()).outcome
    return {each.name: (each.status, each.points, each.evaluation_price, each.place) for each in outcome.results}


def test_checks_need_evidence_reason_a_published_must_and_the_officer():
    world = make_opened(prices=(1000,))
    need = "Write where in the bid it shows, and why that is enough or not."
    assert refusal(check, world=world, evidence=" ") == need
    assert refusal(check, world=world, reason="\n") == need
    criterion = Requirement.objects.filter(tender=world.tender, kind="criterion")[0]
    said = refusal(check, world=world, requirement=criterion)
    assert said == "Only a published must requirement can be checked."
    said = refusal(check, world=world, by=world.case.evaluators[0])
    assert said == "Only the procurement officer of this procurement can do this."
    assert not RequirementCheck.objects.exists()


def test_a_later_check_stands_beside_the_earlier_and_counts():
    world = make_opened(prices=(1000,))
    check(world, is_met=False, reason="Bara 12 månader.")
    check(world, reason="Intyget visar 26 månader.")
    assert list(RequirementCheck.objects.values_list("number", "is_met")) == [(1, False), (2, True)]
    assert failed_checks(check_cells(world.tender)) == {}
    told = [json.loads(body.what) for body in LedgerBody.objects.filter(event="requirement_checked")]
    assert [set(what) for what in told] == [{"check_sha256"}] * 2


def test_what_is_left_is_the_same_for_the_page_and_for_the_list_of_tasks():
    world = make_opened(prices=(1000, 1100))

    def is_left():
        left = bool(left_to_check(check_cells(world.tender)))
        assert unchecked([world.tender]) == ({world.tender.pk} if left else set())
        return left

    assert is_left()
    check(world, bid=0)
    assert is_left()
    check(world, bid=1, is_met=False, reason="Bara 12 månader.")
    assert not is_left()
    world = make_opened(prices=(1000,))
    Requirement.objects.filter(tender=world.tender, kind="must").update(checked_when="before_award")
    assert not is_left()


def test_inv_12_a_bid_that_fails_a_must_or_the_gate_is_never_ranked():
    world = make_outcome(failing=[2])
    found = results(world)
    assert found["Nordväg Coaching AB"] == (Status.NOT_QUALIFIED, None, None, None)
    assert found["Lågpris Konsult AB"] == (Status.BELOW_GATE, 11, None, None)
    assert found["Bro & Bryggor HB"] == (Status.RANKED, 14, 1560, 2)
    outcome = frozen_outcome(world.fresh_tender()).outcome
    failed = next(each for each in outcome.results if each.status is Status.NOT_QUALIFIED)
    assert failed.reason.values["reason"] == "K1 Erfarenhet av processcoachning: Bara 12 månader är styrkta."


def test_inv_15_the_judging_starts_when_every_judge_has_declared_anew():
    world = make_opened(prices=(1000,))
    late = world.case.evaluators[0]
    world.procurement.conflict_declarations.filter(person=late, moment="after_opening").delete()
    start = {"tender": world.tender, "by": world.case.officer, "at": world.opened_at + HOUR}
    said = refusal(start_evaluation_round, **start)
    assert said == "Evaluator 1 has not declared their interests anew, now that the bidders are known."
    declare(world.case, late, has_conflict=True)
    assert "unresolved conflict of interest" in refusal(start_evaluation_round, **start)
    assert not TenderRound.objects.exists()


def test_the_judging_is_by_the_published_criteria_of_all_bids_and_starts_once():
    world = make_opened(prices=(1000, 900))
    start = {"tender": world.tender, "by": world.case.officer, "at": world.opened_at + HOUR}
    outsider = world.case.need_owner
    said = refusal(start_evaluation_round, **start, leader=outsider)
    assert said == "An officer or an evaluator of this procurement leads the judging."
    started = start_evaluation_round(**start, leader=world.case.evaluators[1])
    assert [item.label for item in started.items.order_by("number")] == [
        "Mellanrum Samverkan AB",
        "Nordväg Coaching AB",
    ]
    assert [(m.person, m.role) for m in started.panel.order_by("role", "person__name")] == [
        (world.case.evaluators[0], "assessor"),
        (world.case.evaluators[1], "assessor"),
        (world.case.evaluators[1], "leader"),
    ]
    published = {str(row.pk): row.title for row in Requirement.objects.filter(tender=world.tender, kind="criterion")}
    assert {c.key: c.title for c in started.model.criteria.all()} == published
    assert started.model.criteria.all()[0].scale.bands[0].text == "Svarar inte på frågan."
    assert refusal(start_evaluation_round, **start) == "The judging has started already."


def test_inv_13_prices_stay_closed_until_individual_scores_and_consensus_are_locked():
    world = make_opened(prices=(1000, 900))
    check_all(world)
    closed = "The prices stay closed until the team has agreed on the quality and locked it."

    def opening():
        return refusal(open_prices, case=world.case, tender=world.fresh_tender(), at=world.opened_at + HOUR)

    assert opening() == closed
    assert refusal(lock_quality, tender=world.tender, by=world.case.officer, at=world.opened_at) == (
        "The judging has not started yet."
    )
    judge_all(world, EIGHT)
    assert opening() == closed
    assert not BidPrice.objects.exists()
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at + timedelta(days=2))
    open_prices(world.case, world.fresh_tender(), at=world.opened_at + timedelta(days=2))
    assert set(BidPrice.objects.values_list("amount", flat=True)) == {Decimal(1000), Decimal(900)}


def test_the_worked_example_gives_its_prices_and_the_same_hash_again():
    world = make_outcome()
    frozen = world.tender.outcome
    assert results(world) == {
        "Mellanrum Samverkan AB": (Status.RANKED, 17, 1440, 1),
        "Nordväg Coaching AB": (Status.RANKED, 15, 1500, 2),
        "Bro & Bryggor HB": (Status.RANKED, 14, 1560, 3),
        "Lågpris Konsult AB": (Status.BELOW_GATE, 11, None, None),
    }
    assert frozen.winner.supplier.name == "Mellanrum Samverkan AB"
    inputs = read_canonical(frozen.inputs.encode())
    assert canonical_hash(inputs) == frozen.inputs_sha256
    assert core.evaluate(*core.read_inputs(inputs)).hash == frozen.outcome_sha256
    fact = LedgerBody.objects.get(event=f"procurement_{StageFact.Kind.OUTCOME_FROZEN}")
    assert json.loads(fact.what) == {"inputs": frozen.inputs_sha256, "outcome": frozen.outcome_sha256}


@pytest.mark.parametrize("tampered", ["inputs", "outcome_sha256"])
def test_an_outcome_that_its_inputs_no_longer_give_is_not_shown(tampered):
    world = make_outcome((1000, 900), EIGHT)
    frozen = world.tender.outcome
    new = frozen.inputs.replace('"900"', '"901"') if tampered == "inputs" else "0" * 64
    FrozenOutcome.objects.update(**{tampered: new})
    with pytest.raises(ValueError, match="does not agree with its inputs"):
        frozen_outcome(world.tender)


def test_after_the_freeze_nothing_it_rests_on_changes():
    world = make_outcome((1000, 900), EIGHT)
    said = refusal(check, world=world)
    assert said == "The outcome is frozen. The checks it rests on can no longer be changed."
    frozen_again = {"tender": world.fresh_tender(), "by": world.case.officer, "at": world.opened_at}
    assert refusal(freeze_outcome, **frozen_again) == "The outcome is frozen already."
    assert refusal(lock_quality, **frozen_again) == "The consensus is locked."


def locked_and_priced(world, scores=EIGHT):
    judge_all(world, scores)
    at = world.opened_at + timedelta(days=3)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    open_prices(world.case, world.fresh_tender(), at=at)
    return {"tender": world.fresh_tender(), "by": world.case.officer, "at": at}


def test_every_must_is_checked_before_the_outcome_is_frozen():
    world = make_opened(prices=(1000, 900))
    freeze = locked_and_priced(world)
    said = refusal(freeze_outcome, **freeze)
    assert said == (
        "2 checks are left before the outcome can be frozen. "
        "The first is K1 Erfarenhet av processcoachning in the bid of Mellanrum Samverkan AB."
    )
    check_all(world)
    assert freeze_outcome(**freeze).winner == world.bids[1]


def test_what_is_checked_before_the_award_is_checked_in_the_bid_that_comes_first():
    world = make_opened(prices=(1000, 900))
    Requirement.objects.filter(tender=world.tender, kind="must").update(checked_when="before_award")
    freeze = locked_and_priced(world)
    said = "1 checks are left before the outcome can be frozen. The first is K1 Erfarenhet av processcoachning in the bid of "
    assert refusal(freeze_outcome, **freeze) == f"{said}Nordväg Coaching AB."
    check(world, bid=1, is_met=False, reason="Inget intyg.")  # so another bid comes first
    assert refusal(freeze_outcome, **freeze) == f"{said}Mellanrum Samverkan AB."
    check(world, bid=0)
    assert freeze_outcome(**freeze).winner == world.bids[0]


def test_a_tie_for_first_place_freezes_without_a_winner():
    world = make_outcome((1000, 1000), EIGHT)
    found = frozen_outcome(world.fresh_tender())
    assert found.outcome.value.verdict is Verdict.TIE
    assert found.frozen.winner is None


def test_nobody_is_first_when_every_bid_fails():
    world = make_outcome((1000, 900), EIGHT, failing=[1, 2])
    found = frozen_outcome(world.fresh_tender())
    assert found.outcome.value.verdict is Verdict.NOBODY
    assert found.frozen.winner is None


def test_a_bid_that_could_not_be_read_is_neither_checked_nor_judged_and_stops_no_other():
    world = make_opened(prices=(1000, 900))
    world.bids[1].index = {"unreadable": "gone"}
    world.bids[1].save()
    said = refusal(check, world=world, bid=1)
    assert said == "The bid could not be read at the opening, so there is nothing to check in it."
    reach_outcome(world, EIGHT)
    assert [item.label for item in round_of(world.tender).items.all()] == ["Mellanrum Samverkan AB"]
    assert {name: each[0] for name, each in results(world).items()} == {
        "Mellanrum Samverkan AB": Status.RANKED,
        "Nordväg Coaching AB": Status.NOT_QUALIFIED,
    }


def test_a_bid_whose_price_could_not_be_read_is_not_ranked():
    world = make_opened(prices=(1000, 900))
    freeze = locked_and_priced(world)
    BidPrice.objects.filter(bid=world.bids[1]).delete()
    check_all(world)
    assert freeze_outcome(**freeze).winner == world.bids[0]
    assert results(world)["Nordväg Coaching AB"][0] is Status.NOT_QUALIFIED


def test_nobody_judges_or_freezes_for_a_cancelled_procurement():
    world = make_opened(prices=(1000,))
    StageFact.objects.create(procurement=world.procurement, kind="cancelled", at=world.opened_at)
    said = "The procurement has been cancelled."
    assert refusal(check, world=world) == said
    start = {"tender": world.fresh_tender(), "by": world.case.officer, "at": world.opened_at}
    assert refusal(start_evaluation_round, **start) == said
    assert refusal(freeze_outcome, **start) == said
