"""Two officials, or the same one in two windows, who do what can't both be done: one is first, and what stands agrees.

Each race has real threads, connections and commits. Whoever comes second is refused or waits for their turn: the log tells
of nothing in an order in which the rules would have refused it. Here are those from the team and the documents to the
opening; those from the first score to the contract are in test_awarding_at_once.py.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

from rodatraden.bids import actions as bids
from rodatraden.bids.models import Bid, LeavingOut, Opening, Submission, Unlocking
from rodatraden.bids.queries import in_the_box
from rodatraden.bids.rules import SETTLING
from rodatraden.bids.rules.leaving import TIME_TO_ANSWER
from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing.holders import Holds
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
from tests.factories.bids import Stamp, make_bidder, next_key
from tests.factories.keys import begin, first_sheet, last_sheet, ring_of
from tests.factories.leaving import MINUTE, OPENING, box_with_junk, fail
from tests.factories.parties import START, make_holder, make_person
from tests.factories.procurements import Case, declare, make_case
from tests.factories.sealed import seal_bid, upload
from tests.factories.tenders import ANNOUNCED_AT, DEADLINE, PUBLISHED_AT, make_drafted, make_published
from tests.faults.races import done, fact

Role = TeamMember.Role
LATER = START + timedelta(days=1)


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
