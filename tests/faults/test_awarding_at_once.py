"""Two officials, or the same one in two windows, from the first score to the contract: one is first, and what stands agrees.

The races of what comes before, from the team and the documents to the opening, are in test_officials_at_once.py, which says
how they are run.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial

from rodatraden.assessments.actions import Draft, go_on_without, record_consensus, save_cells, submit_scores
from rodatraden.assessments.models import Consensus, IndividualScore, PanelMember, Round
from rodatraden.assessments.queries import cells_of, latest_consensus
from rodatraden.awards.actions import (
    cancel_published,
    decide_award,
    notify_bidders,
    record_interim_order,
    return_proposal,
)
from rodatraden.awards.models import AwardDecision, Cancellation, DecisionProposal
from rodatraden.awards.queries import intended_winner
from rodatraden.awards.rules import computed_standstill
from rodatraden.bids import actions as bids
from rodatraden.bids.models import Bid, BidPrice, Unlocking
from rodatraden.contracts.actions import draw_up_contract, register_signature
from rodatraden.contracts.models import Contract
from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing.holders import Holds
from rodatraden.evaluation.actions import check_requirement, freeze_outcome, lock_quality, start_evaluation_round
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.evaluation.queries import check_cells
from rodatraden.procurements.models import StageFact
from tests.factories.awards import REASONS, make_awarded, prepare, review, revoke
from tests.factories.bids import open_prices, pdf
from tests.factories.contracts import SIGNERS, Party, draw_up, fresh, noon
from tests.factories.evaluation import check_all, judge_all, make_opened, make_outcome
from tests.factories.keys import begin, first_sheet, last_sheet, ring_of
from tests.factories.leaving import MINUTE
from tests.faults.invariants import i5_one_award_in_force_no_contract_in_the_standstill_no_order_above_the_ceiling
from tests.faults.races import done, fact

DELEGATION = "Delegationsordningen punkt 4.2"
TWO_BIDS = ((1140, 1000), ((9, 8), (7, 8)))


def make_half_judged():
    """A round in which one evaluator has handed in, and the other has written all and not handed in."""
    world = make_opened(TWO_BIDS[0])
    at = world.opened_at + timedelta(days=1)
    assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=at)
    for person in world.case.evaluators:
        drafts = {cell: Draft(Decimal(6), "Se metoden, s. 2.") for cell in cells_of(assessed)}
        save_cells(drafts=drafts, by=person, at=at)
    first, last = world.case.evaluators
    submit_scores(assessed=assessed, by=first, at=at)
    return world, assessed, last, at + timedelta(hours=1)


def test_inv_09_the_last_scores_come_in_while_one_writes_on_and_the_leader_goes_on_without_them(races):
    world, assessed, last, at = make_half_judged()
    member = assessed.panel.get(person=last, role=PanelMember.Role.ASSESSOR)
    cell = next(iter(cells_of(assessed)))
    for _ in races.each():
        got = races.run(
            lambda: submit_scores(assessed=assessed, by=last, at=at),
            lambda: submit_scores(assessed=assessed, by=last, at=at),
            lambda: save_cells(drafts={cell: Draft(Decimal(8), "Se fallet, s. 1.")}, by=last, at=at),
            lambda: go_on_without(member=member, reason="Svarar inte.", by=world.case.officer, at=at),
        )
        submitted, again, saved, without = (not isinstance(each, RefusedError) for each in got)
        assert submitted + again + without == 1, got
        events = Counter(races.told())
        assert events["scores_submitted"] == submitted + again
        assert events["assessor_removed"] == without
        assert events["individual_scores_locked"] == 1
        now = PanelMember.objects.get(pk=member.pk)
        assert (now.submitted_at is None, now.removed_at is None) == (without, not without)
        score = IndividualScore.objects.get(item=cell[0], criterion=cell[1], assessor=member)
        assert score.points == (8 if saved else 6)


def make_agreed():
    """Bids judged and agreed on, everything checked; the quality is not locked yet."""
    world = make_opened(TWO_BIDS[0])
    check_all(world)
    return world, judge_all(world, TWO_BIDS[1])


def test_inv_13_the_quality_is_locked_while_the_panel_agrees_anew_and_an_official_unlocks_the_prices(races):
    world, assessed = make_agreed()
    (item, criterion), *_ = cells_of(assessed)
    present = list(assessed.panel.filter(role=PanelMember.Role.ASSESSOR))
    ring, first = ring_of(world.tender), world.case.openers[0]
    sheet = first_sheet(world.tender, ring, first, holds=Holds.PRICE)
    at = world.opened_at + timedelta(days=3)

    def lock():
        return lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)

    def agree():
        return record_consensus(
            item=item,
            criterion=criterion,
            points=Decimal(2),
            reason="Vi läste om.",
            present=present,
            by=world.case.officer,
            at=at,
        )

    def unlock():
        return bids.unlock_first(tender=world.fresh_tender(), holds=Holds.PRICE, sheet=sheet, by=first, at=at)

    for _ in races.each():
        locked, again, agreed, begun = races.run(lock, lock, agree, unlock)
        assert [isinstance(each, Round) for each in (locked, again)].count(True) == 1, (locked, again)
        told = races.told()
        assert told.count("consensus_locked") == told.count("procurement_consensus_locked") == 1
        latest = latest_consensus(assessed)[item.pk, criterion.pk]
        assert (latest.points == 2) is isinstance(agreed, Consensus)
        if isinstance(agreed, Consensus):
            assert told.index("consensus_recorded") < told.index("consensus_locked")
        assert Unlocking.objects.filter(holds=str(Holds.PRICE)).exists() is isinstance(begun, Unlocking)
        if isinstance(begun, Unlocking):
            assert told.index("procurement_consensus_locked") < told.index("first_key_unlocked")
        assert not BidPrice.objects.exists()


def test_inv_13_the_prices_are_opened_once_while_the_panel_agrees_anew_and_another_begins_anew(races):
    world, assessed = make_agreed()
    (item, criterion), *_ = cells_of(assessed)
    present = list(assessed.panel.filter(role=PanelMember.Role.ASSESSOR))
    at = world.opened_at + timedelta(days=3)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    before = {key: each.points for key, each in latest_consensus(assessed).items()}
    ring, (first, last) = ring_of(world.tender), world.case.openers
    begun = begin(world.tender, first, holds=Holds.PRICE, at=at)
    sheet = last_sheet(begun, ring, last)
    anew = first_sheet(world.tender, ring, last, holds=Holds.PRICE)
    later = at + MINUTE

    def end():
        waiting = Unlocking.objects.select_related("tender__procurement", "tender__frozen_holders").get(pk=begun.pk)
        return bids.unlock_last(unlocking=waiting, sheet=sheet, by=last, at=later)

    def ends():
        try:
            return end()
        except Unlocking.DoesNotExist:
            return RefusedError  # as the page says to who comes too late

    for _ in races.each():
        opened, again, agreed, other = races.run(
            ends,
            ends,
            lambda: record_consensus(
                item=item,
                criterion=criterion,
                points=Decimal(2),
                reason="Vi läste om.",
                present=present,
                by=world.case.officer,
                at=later,
            ),
            lambda: bids.unlock_first(tender=world.fresh_tender(), holds=Holds.PRICE, sheet=anew, by=last, at=later),
        )
        assert isinstance(agreed, RefusedError)
        assert {key: each.points for key, each in latest_consensus(assessed).items()} == before
        won = [each for each in (opened, again) if isinstance(each, list)]
        assert len(won) == fact(StageFact.Kind.PRICES_OPENED) == (not isinstance(other, Unlocking) or bool(won))
        assert BidPrice.objects.count() == 2 * len(won)
        assert races.told().count("procurement_prices_opened") == len(won)


def make_counted():
    """All that an outcome is counted of."""
    world, _ = make_agreed()
    at = world.opened_at + timedelta(days=3)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    open_prices(world.case, world.fresh_tender(), at=at + timedelta(hours=1))
    return world, at + timedelta(hours=2)


def test_inv_12_an_outcome_is_frozen_once_of_the_checks_that_stand_while_one_is_changed(races):
    world, at = make_counted()
    cell = next(each for each in check_cells(world.fresh_tender()) if each.bid.number == 1)

    def freeze():
        return freeze_outcome(tender=world.fresh_tender(), by=world.case.officer, at=at)

    def fail_it():
        return check_requirement(
            bid=Bid.objects.select_related("tender", "supplier").get(pk=cell.bid.pk),
            requirement=cell.requirement,
            is_met=False,
            evidence="Cv, sidan 1",
            reason="Bara 12 månader är styrkta.",
            by=world.case.officer,
            at=at,
        )

    for _ in races.each():
        frozen, again, failed = races.run(freeze, freeze, fail_it)
        assert len(done([frozen, again])) == FrozenOutcome.objects.count() == 1
        told = races.told()
        is_failed = not isinstance(failed, RefusedError)
        if is_failed:
            assert told.index("requirement_checked") < told.index("procurement_outcome_frozen")
        assert (FrozenOutcome.objects.get().winner_id == cell.bid.pk) is not is_failed


def decision_of(world, proposal, *, reasons=REASONS, at):
    return decide_award(
        proposal=DecisionProposal.objects.select_related("tender", "winner").get(pk=proposal.pk),
        reasons=reasons,
        delegation=DELEGATION,
        by=world.case.decider,
        at=at,
    )


def test_inv_35_one_award_is_decided_while_it_is_decided_anew_returned_prepared_and_cancelled(races):
    world = make_outcome(*TWO_BIDS)
    at = world.opened_at + timedelta(days=4)
    proposal = prepare(world, at=at)

    def decide(reasons):
        return decision_of(world, proposal, reasons=reasons, at=at)

    for number in races.each():
        acts = [
            partial(decide, "De första skälen."),
            partial(decide, "De andra skälen."),
            lambda: return_proposal(proposal=proposal, why="Skriv om skälen.", by=world.case.decider, at=at),
            lambda: prepare(world, at=at, reasons="Andra ord."),
        ]
        if number % 2:
            acts.append(
                lambda: cancel_published(
                    tender=world.fresh_tender(),
                    reason="Behovet har fallit bort.",
                    delegation=DELEGATION,
                    by=world.case.decider,
                    at=at,
                )
            )
        first, second, returned, *_ = races.run(*acts)
        told = races.told()
        decided = [each for each in (first, second) if isinstance(each, AwardDecision)]
        assert len(decided) + isinstance(returned, DecisionProposal) <= 1
        assert AwardDecision.objects.count() == len(decided) == told.count("procurement_decided")
        for decision in decided:
            stands = AwardDecision.objects.get()
            assert (stands.reasons, stands.winner_id) == (decision.reasons, intended_winner(world.fresh_tender()).pk)
            if Cancellation.objects.exists():
                assert told.index("procurement_decided") < told.index("procurement_cancelled")
        waits = DecisionProposal.objects.filter(returned_at=None, decision=None).count()
        assert waits <= 1, "two prepared decisions wait"


def test_inv_19_the_bidders_are_notified_once_of_an_award_that_is_revoked_at_the_same_moment(races):
    world = make_outcome(*TWO_BIDS)
    at = world.opened_at + timedelta(days=4)
    decision = decision_of(world, prepare(world, at=at), at=at)

    def notify():
        found = AwardDecision.objects.select_related("tender__procurement").get(pk=decision.pk)
        return notify_bidders(decision=found, by=world.case.officer, at=at)

    def undo():
        try:
            return revoke(world, at=at)
        except AwardDecision.DoesNotExist:
            return RefusedError  # as the page says: none is in force

    for _ in races.each():
        *notified, undone, undone_again = races.run(notify, notify, undo, undo)
        assert len(done(notified)) <= 1
        assert (
            sum(not isinstance(each, RefusedError) and each is not RefusedError for each in (undone, undone_again)) == 1
        )
        assert not AwardDecision.objects.exclude(in_force_of=None).exists()
        told = races.told()
        assert told.count("award_revoked") == 1
        if done(notified):
            assert told.index("procurement_notified") < told.index("award_revoked")


def make_to_sign():
    """A contract that the supplier has signed, on the first day on which the buyer may; and that day."""
    world = make_awarded(*TWO_BIDS)
    contract = draw_up(world)
    standstill = computed_standstill(world.tender).known()
    on = standstill.earliest_signing_on
    party, signer = SIGNERS[0]
    register_signature(
        contract=contract, party=party, signed_on_day=on, signer=signer, by=world.case.officer, at=noon(on)
    )
    return world, contract, on, standstill.last_barred_on


def conclude(world, contract, on):
    return register_signature(
        contract=fresh(contract),
        party=Party.BUYER,
        signed_on_day=on,
        signer="Director",
        pdf=pdf("Avtal", pages=3),
        file_name="avtal.pdf",
        by=world.case.officer,
        at=noon(on),
    )


def test_inv_19_no_contract_is_concluded_after_a_review_was_registered_or_the_award_revoked(races):
    world, contract, on, barred = make_to_sign()
    stops = (
        partial(review, world, received_on=barred, at=noon(on)),
        partial(revoke, world, at=noon(on)),
    )
    for number in races.each(but={i5_one_award_in_force_no_contract_in_the_standstill_no_order_above_the_ceiling}):
        sign = partial(conclude, world, contract, on)
        signed, again, stopped = races.run(sign, sign, stops[number % len(stops)])
        told, concluded = races.told(), done([signed, again])
        assert len(concluded) == told.count("procurement_contract_signed") <= 1
        is_revoked, is_tried = "award_revoked" in told, "review_registered" in told
        assert (is_revoked or is_tried) is not isinstance(stopped, RefusedError)
        if is_revoked:
            assert not concluded
        if is_tried and concluded:
            assert told.index("procurement_contract_signed") < told.index("review_registered"), told
        assert concluded or is_revoked or is_tried


def test_inv_19_no_contract_is_drawn_up_or_concluded_against_an_order_of_the_court(races):
    world, contract, on, _ = make_to_sign()
    tried = review(world, received_on=on, at=noon(on))
    for _ in races.each(but={i5_one_award_in_force_no_contract_in_the_standstill_no_order_above_the_ceiling}):
        signed, ordered = races.run(
            partial(conclude, world, contract, on),
            lambda: record_interim_order(
                review=tried, barred_on=on, lifted_on=None, by=world.case.officer, at=noon(on)
            ),
        )
        told = races.told()
        assert not isinstance(ordered, RefusedError)
        if not isinstance(signed, RefusedError):
            assert told.index("procurement_contract_signed") < told.index("review_ordered"), told


def test_inv_19_a_contract_is_drawn_up_once_and_never_of_an_award_that_was_revoked(races):
    world = make_awarded(*TWO_BIDS)
    at = AwardDecision.objects.get().decided_at + timedelta(days=1)

    def draw():
        return draw_up_contract(tender=world.fresh_tender(), by=world.case.officer, at=at)

    for _ in races.each():
        *drawn, undone = races.run(draw, draw, lambda: revoke(world, at=at))
        assert len(done(drawn)) == Contract.objects.count() <= 1
        assert not isinstance(undone, RefusedError)
        told = races.told()
        if done(drawn):
            assert told.index("contract_drawn_up") < told.index("award_revoked"), told
