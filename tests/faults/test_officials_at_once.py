"""Two officials, or the same one in two windows, who do what can't both be done: one is first, and what stands agrees.

Each race has real threads, connections and commits. Whoever comes second is refused or waits for their turn: the log tells
of nothing in an order in which the rules would have refused it.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

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
from rodatraden.bids.models import Bid, BidPrice, LeavingOut, Opening, Submission, Unlocking
from rodatraden.bids.queries import in_the_box
from rodatraden.bids.rules import SETTLING
from rodatraden.bids.rules.leaving import TIME_TO_ANSWER
from rodatraden.contracts.actions import draw_up_contract, register_signature
from rodatraden.contracts.models import Contract
from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing.holders import Holds
from rodatraden.evaluation.actions import check_requirement, freeze_outcome, lock_quality, start_evaluation_round
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.evaluation.queries import check_cells
from rodatraden.parties.actions import end_key_holding, end_membership, grant_membership
from rodatraden.parties.models import KeyHolder, Membership
from rodatraden.parties.rules import is_member
from rodatraden.procurements.actions import appoint, cancel_procurement, clear_conflict, remove_member
from rodatraden.procurements.models import ConflictDeclaration, Procurement, StageFact, TeamMember
from rodatraden.records.models import DiaryDocument, OutboxMail
from rodatraden.tenders.actions import (
    answer_question,
    ask_question,
    confirm_notice,
    move_deadline,
    publish,
    revise_requirement,
    set_terms,
)
from rodatraden.tenders.models import DeadlineChange, NoticeHandover, Question, Requirement, Tender
from rodatraden.tenders.queries import canonical_content
from tests.factories.awards import REASONS, make_awarded, prepare, review, revoke
from tests.factories.bids import Stamp, make_bidder, next_key, open_prices, pdf
from tests.factories.contracts import SIGNERS, Party, draw_up, fresh, noon
from tests.factories.evaluation import check_all, judge_all, make_opened, make_outcome
from tests.factories.keys import begin, first_sheet, last_sheet, ring_of
from tests.factories.leaving import MINUTE, OPENING, box_with_junk, fail
from tests.factories.parties import START, make_holder, make_person
from tests.factories.procurements import Case, declare, make_case
from tests.factories.sealed import seal_bid, upload
from tests.factories.tenders import ANNOUNCED_AT, DEADLINE, PUBLISHED_AT, make_drafted, make_published
from tests.faults.invariants import i5_one_award_in_force_no_contract_in_the_standstill_no_order_above_the_ceiling
from tests.faults.races import Races, done

DELEGATION = "Delegationsordningen punkt 4.2"
TWO_BIDS = ((1140, 1000), ((9, 8), (7, 8)))
Role = TeamMember.Role


@pytest.fixture
def races(fresh_database, form, seed, tmp_path):
    return Races(form, form.chance(seed), tmp_path)


def fact(kind):
    return StageFact.objects.filter(kind=kind).exists()


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


def test_inv_05_the_deadline_moves_twice_while_the_box_is_closed_twice_and_a_bid_comes(races):
    case, tender = make_published()
    before = DEADLINE - timedelta(microseconds=1)
    bidder, sealed = make_bidder(), seal_bid(tender)
    begun = upload(tender, sealed, bidder=bidder, at=before)

    def move(to):
        return move_deadline(
            tender=Tender.objects.get(pk=tender.pk),
            which=DeadlineChange.Which.BIDS,
            new_at=to,
            reason="Fler frågor",
            by=case.officer,
            at=before,
        )

    def close():
        return bids.close_for_bids(tender=tender, by=None, at=DEADLINE + SETTLING)

    def hand_in():
        handed_in = sealed.handed_in
        return bids.hand_in_sealed(upload=begun, handed_in=handed_in, by=bidder, arrival=Stamp(before), key=next_key())

    for _ in races.each():
        later, sooner, closed, again, came = races.run(
            partial(move, DEADLINE + timedelta(days=10)),
            partial(move, DEADLINE + timedelta(days=5)),
            close,
            close,
            hand_in,
        )
        moved = [each for each in (later, sooner) if isinstance(each, DeadlineChange)]
        now = Tender.objects.get(pk=tender.pk)
        assert now.deadline_at == max([DEADLINE, *(each.new_at for each in moved)])
        assert bool(moved) is not fact(StageFact.Kind.CLOSED)
        assert isinstance(closed, RefusedError) == isinstance(again, RefusedError) == bool(moved)
        assert races.told().count("procurement_closed") == (not moved)
        assert isinstance(came, Submission)
        closes = "procurement_closed" in races.told() and races.told().index("procurement_closed")
        assert came.is_late == (closes is not False and closes < races.told().index("bid_received"))
        assert (came in in_the_box(now)) is not came.is_late


def make_proposed():
    """A box with one bid that no pair unlocks, and a proposal that a third holder can't be reached; when it can be decided."""
    case, tender = make_published()
    ring = ring_of(tender)
    lost = next(key.person for key in ring.keys.values() if key.person not in case.openers)
    appoint(procurement=case.procurement, person=lost, role=Role.OPENER, by=case.officer, at=PUBLISHED_AT)
    declare(case, lost, at=PUBLISHED_AT)
    box = box_with_junk(tender)
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    leaving = propose(tender, ring, one, lost, at=OPENING + timedelta(hours=1))
    return case, tender, ring, lost, box, leaving, leaving.proposed_at + TIME_TO_ANSWER


def propose(tender, ring, by, lost, *, at):
    keys = [ring.of(lost).pk]
    return bids.propose_leaving_out(
        tender=tender, holds=Holds.BID, unreachable=keys, reason="Sjuk, svarar inte", by=by, at=at
    )


def test_inv_04_a_bid_is_left_out_while_the_holder_who_was_away_turns_up(races):
    case, tender, ring, lost, _, leaving, at = make_proposed()
    other = case.openers[1]
    sheet = first_sheet(tender, ring, lost)

    def decide():
        return bids.decide_leaving_out(leaving=leaving, by=other, at=at)

    turns_up = (
        lambda: bids.say_reachable(leaving=leaving, by=lost, at=at),
        lambda: bids.unlock_first(
            tender=Tender.objects.get(pk=tender.pk), holds=Holds.BID, sheet=sheet, by=lost, at=at
        ),
    )
    for number in races.each():
        decided, again, anew, turned_up = races.run(
            decide, decide, lambda: propose(tender, ring, other, lost, at=at), turns_up[number % 2]
        )
        told = races.told()
        assert told.count("leaving_out_decided") == len(done([decided, again])) <= 1
        assert told.count("leaving_out_proposed") == (not isinstance(anew, RefusedError))
        assert not isinstance(turned_up, RefusedError) or "leaving_out_proposed" in told
        stands = LeavingOut.objects.get(pk=leaving.pk)
        assert (stands.decided_at is not None) is ("leaving_out_decided" in told)
        falls = next((each for each in told if each in {"leaving_out_refuted", "first_key_unlocked"}), None)
        assert (stands.refuted_by_id == lost.pk) is (falls is not None)
        if falls and stands.decided_at:
            assert told.index("leaving_out_decided") < told.index(falls)
        if falls and not isinstance(anew, RefusedError):
            later = LeavingOut.objects.exclude(pk=leaving.pk).get()
            assert (later.refuted_by_id is None) is (told.index(falls) < told.index("leaving_out_proposed"))
        assert not Bid.objects.exists()


def test_inv_04_the_others_are_opened_while_the_holder_who_was_away_turns_up(races):
    case, tender, ring, lost, box, leaving, at = make_proposed()
    one, other = case.openers
    leaving = bids.decide_leaving_out(leaving=leaving, by=other, at=at)
    begun = begin(tender, one, at=at + MINUTE)
    sheet, anew = last_sheet(begun, ring, other), first_sheet(tender, ring, lost)
    later = at + 2 * MINUTE

    def end():
        waiting = Unlocking.objects.select_related("tender__procurement", "tender__frozen_holders").filter(pk=begun.pk)
        found = waiting.first()
        if found is None:
            return bids.KeysLackingError()  # as the page says to who comes too late
        return bids.unlock_last(unlocking=found, sheet=sheet, by=other, at=later, despite=True)

    turns_up = (
        lambda: bids.say_reachable(leaving=leaving, by=lost, at=later),
        lambda: bids.unlock_first(
            tender=Tender.objects.get(pk=tender.pk), holds=Holds.BID, sheet=anew, by=lost, at=later
        ),
    )
    for number in races.each():
        opened, again, turned_up = races.run(end, end, turns_up[number % 2])
        told, is_open = races.told(), fact(StageFact.Kind.OPENED)
        assert len(done([opened, again])) == is_open == told.count("procurement_opened")
        assert Bid.objects.count() == (3 if is_open else 0)
        has_turned_up = not isinstance(turned_up, RefusedError)
        assert has_turned_up is not is_open, told
        stands = LeavingOut.objects.get(pk=leaving.pk)
        assert (stands.refuted_by_id == lost.pk) is has_turned_up
        if is_open:
            assert [bid.submission_id for bid in Bid.objects.all() if bid.is_unreadable] == [box.bad.pk]
            assert Opening.objects.get().protocol


def make_staffed():
    """A case, two administrators of its buyer, and two people whom an officer may appoint: a member, and a key holder."""
    case = make_case(evaluators=1)
    admins = [
        make_person(f"Administrator {n}", organisation=case.buyer, role=Membership.Role.ADMINISTRATOR) for n in (1, 2)
    ]
    member = make_person("Kollega", organisation=case.buyer)
    neighbour = make_holder("Granne", case.buyer).person
    appoint(procurement=case.procurement, person=admins[0], role=Role.OFFICER, by=case.officer, at=START)
    return case, admins, member, neighbour


def fresh_case(case: Case) -> Procurement:
    return Procurement.objects.get(pk=case.procurement.pk)


def active(case: Case, **which: object) -> int:
    return TeamMember.objects.filter(procurement=case.procurement, removed_at=None, **which).count()


LATER = START + timedelta(days=1)


def test_inv_15_who_leaves_the_buyer_is_in_no_team_of_it_though_somebody_appoints_them_meanwhile(races):
    case, (admin, _), member, neighbour = make_staffed()
    held = Membership.objects.get(person=member, organisation=case.buyer)
    holding = KeyHolder.objects.get(person=neighbour, organisation=case.buyer)
    leaves = (
        (
            member,
            Role.EVALUATOR,
            lambda: end_membership(membership=Membership.objects.get(pk=held.pk), by=admin, at=LATER),
        ),
        (neighbour, Role.OPENER, lambda: end_key_holding(holding=holding, by=admin, at=LATER)),
    )
    for number in races.each():
        person, role, leave = leaves[number % 2]
        take_in = partial(appoint, procurement=fresh_case(case), person=person, role=role, by=case.officer, at=LATER)
        appointed, again, left = races.run(take_in, take_in, leave)
        assert not isinstance(left, RefusedError)
        assert len(done([appointed, again])) <= 1
        assert not is_member(person, case.buyer, LATER)
        assert not active(case, person=person), races.told()


def test_no_role_is_given_twice_and_none_with_one_that_nobody_holds_together_with_it(races):
    case, (admin, _), member, _ = make_staffed()
    officer = case.officer
    roles = (Role.EVALUATOR, Role.EVALUATOR, Role.DECIDER, Role.CONTRACT_MANAGER)
    for _ in races.each():
        *appointed, granted, granted_again = races.run(
            *(
                partial(appoint, procurement=fresh_case(case), person=member, role=role, by=officer, at=LATER)
                for role in roles
            ),
            *[
                partial(
                    grant_membership,
                    person=member,
                    organisation=case.buyer,
                    role=Membership.Role.DIRECTOR,
                    by=admin,
                    at=LATER,
                )
            ]
            * 2,
        )
        assert active(case, person=member, role=Role.EVALUATOR) + active(case, person=member, role=Role.DECIDER) == 1
        assert len(done(appointed)) == active(case, person=member) == 2
        assert len(done([granted, granted_again])) == 1


def test_somebody_is_left_who_answers_for_the_procurement_and_for_the_buyer(races):
    case, (one, other), *_ = make_staffed()
    officers = {
        member.person_id: member
        for member in TeamMember.objects.filter(procurement=case.procurement, role=Role.OFFICER, removed_at=None)
    }

    def remove(person, by):
        member = TeamMember.objects.select_related("procurement__buyer").get(pk=officers[person.pk].pk)
        return remove_member(member=member, by=by, at=LATER)

    def leave(person, by):
        held = Membership.objects.select_related("organisation").get(
            person=person, organisation=case.buyer, role=Membership.Role.ADMINISTRATOR
        )
        return end_membership(membership=held, by=by, at=LATER)

    for number in races.each():
        acts = [partial(leave, one, other), partial(leave, other, one)]
        if number % 2:
            acts = [partial(remove, case.officer, one), partial(remove, one, case.officer)]
        got = races.run(*acts, acts[0])
        assert len(done(got)) == 1, got
        assert active(case, role=Role.OFFICER) >= 1, races.told()
        administrators = Membership.objects.filter(organisation=case.buyer, role=Membership.Role.ADMINISTRATOR)
        assert any(each.holds_on(LATER.date()) for each in administrators)


def test_inv_01_documents_are_published_or_cancelled_and_never_both(races):
    case, tender = make_drafted()

    def put_out():
        return publish(
            tender=Tender.objects.select_related("procurement").get(pk=tender.pk), by=case.officer, at=PUBLISHED_AT
        )

    for _ in races.each():
        published, again, cancelled = races.run(
            put_out,
            put_out,
            lambda: cancel_procurement(
                procurement=fresh_case(case), reason="Behovet har fallit bort.", by=case.officer, at=PUBLISHED_AT
            ),
        )
        assert len(done([published, again])) == (not done([cancelled])), races.told()
        assert fact(StageFact.Kind.PUBLISHED) is not fact(StageFact.Kind.CANCELLED)


def test_inv_08_what_is_edited_while_it_is_published_is_in_what_was_frozen_or_refused(races):
    case, tender = make_drafted()
    requirement = tender.requirements.get(kind="must")

    def edit(text):
        fresh = Tender.objects.select_related("procurement").get(pk=tender.pk)
        return set_terms(tender=fresh, travel_clause=text, by=case.officer, at=PUBLISHED_AT)

    def revise():
        row = Requirement.objects.select_related("tender__procurement").get(pk=requirement.pk)
        return revise_requirement(requirement=row, level="Minst 36 månader", by=case.officer, at=PUBLISHED_AT)

    def put_out():
        fresh = Tender.objects.select_related("procurement").get(pk=tender.pk)
        return publish(tender=fresh, by=case.officer, at=PUBLISHED_AT)

    for _ in races.each():
        published, edited, revised = races.run(put_out, partial(edit, "Resor ersätts."), revise)
        assert not isinstance(published, RefusedError)
        frozen, told = published.canonical, races.told()
        assert ("Resor ersätts." in frozen) is not isinstance(edited, RefusedError), told
        assert ("Minst 36 månader" in frozen) is not isinstance(revised, RefusedError), told
        now = Tender.objects.select_related("procurement").get(pk=tender.pk)
        assert canonical_content(now) == frozen, "what is shown is another than was frozen"


def test_inv_30_a_question_is_answered_a_notice_confirmed_and_a_conflict_decided_on_once(races):
    case, tender = make_published(is_announced=False)
    at = ANNOUNCED_AT + timedelta(days=1)
    asked = ask_question(tender=tender, text="Hur?", asker_email="fragar@foretag.example", by=None, at=at)
    conflict = declare(case, case.evaluators[0], has_conflict=True)

    def answer(text):
        read = Question.objects.select_related("tender__procurement").get(pk=asked.pk)
        return answer_question(question=read, published_text="Hur?", answer=text, by=case.officer, at=at)

    def confirm(number):
        read = NoticeHandover.objects.select_related("tender__procurement").get(tender=tender)
        return confirm_notice(
            notice=read, database="Mercell", notice_id=number, published_at=at, link="", by=case.officer, at=at
        )

    def clear(measure):
        read = ConflictDeclaration.objects.get(pk=conflict.pk)
        return clear_conflict(declaration=read, measure=measure, by=case.decider, at=at)

    def answered():
        return Question.objects.get(pk=asked.pk).answer

    def confirmed():
        return NoticeHandover.objects.get(tender=tender).notice_id

    def cleared():
        return ConflictDeclaration.objects.get(pk=conflict.pk).measure

    kinds = (
        (answer, answered, lambda each: each.answer),
        (confirm, confirmed, lambda each: each.notice_id),
        (clear, cleared, lambda each: each.measure),
    )
    for _ in races.each():
        rows, letters = DiaryDocument.objects.count(), OutboxMail.objects.count()
        for act, stands, said in kinds:
            (first,) = done(races.run(partial(act, "1"), partial(act, "2")))
            assert said(first) == stands(), races.told()
        told = Counter(races.told())
        assert [told[each] for each in ("question_answered", "procurement_notice_confirmed", "conflict_cleared")] == [
            1
        ] * 3
        assert DiaryDocument.objects.count() == rows + len(kinds)
        assert OutboxMail.objects.count() == letters + 1


def test_inv_15_the_same_declaration_made_twice_at_once_is_one(races):
    case = make_case()
    again = partial(declare, case, case.evaluators[0], has_conflict=True, at=LATER)
    for _ in races.each():
        before = ConflictDeclaration.objects.count()
        one, other = races.run(again, again)
        assert one.pk == other.pk
        assert ConflictDeclaration.objects.count() == before + 1
