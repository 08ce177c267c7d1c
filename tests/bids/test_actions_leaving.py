"""A bid that no pair can unlock, and a holder who is lost: two officials decide, and nothing else is at a standstill."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from rodatraden.bids import actions
from rodatraden.bids.models import Bid, BidPrice, LeavingOut, Opening, Unlocking
from rodatraden.bids.queries import prices_left_unread
from rodatraden.bids.queries.leaving import refuted_of
from rodatraden.bids.rules.leaving import TIME_TO_ANSWER, can_be_decided_at, leaving_in_force, leaving_of
from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.actions import end_key_holding
from rodatraden.procurements.actions import record_fact, remove_member
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from rodatraden.records.queries import read_bytes
from tests.factories.bids import close_box, supplier_of
from tests.factories.keys import first_sheet, last_sheet, unlock
from tests.factories.leaving import BEFORE, MINUTE, OPENING, attempt, fail
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid, junk_wraps
from tests.pdf import flowing

DECIDED = OPENING + timedelta(hours=2) + TIME_TO_ANSWER


def propose(tender, ring, by, *lost, at=OPENING + timedelta(hours=1), holds=Holds.BID, reason="Sjuk, svarar inte"):
    keys = [ring.of(person).pk for person in lost]
    return actions.propose_leaving_out(tender=tender, holds=holds, unreachable=keys, reason=reason, by=by, at=at)


def decided(tender, ring, one, other, lost, **how):
    leaving = propose(tender, ring, one, lost, **how)
    return actions.decide_leaving_out(leaving=leaving, by=other, at=leaving.proposed_at + TIME_TO_ANSWER)


def reason(call) -> str:
    with pytest.raises(RefusedError) as error:
        call()
    return str(error.value.answer.reason)


def test_a_lost_holder_and_one_bad_bid_stop_no_other(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    decided(tender, ring, one, other, lost)
    fail(tender, ring, (other, one), at=DECIDED, despite=False)
    bids = attempt(tender, ring, (one, other), at=DECIDED + 5 * MINUTE)
    assert {bid.submission_id: bid.is_unreadable for bid in bids} == {
        box.bad.pk: True,
        **{each.pk: False for each in box.good},
    }
    keys = json.loads(Opening.objects.get(tender=tender).protocol)["keys"]
    told = keys["decision"]
    assert (keys["left_unread"], told["bids"], told["reason"]) == (
        [str(box.bad.pk)],
        [str(box.bad.pk)],
        "Sjuk, svarar inte",
    )
    assert (told["proposed"]["name"], told["decided"]["name"]) == (one.name, other.name)
    assert [each["name"] for each in told["unreachable"]] == [lost.name]
    assert {tuple(key["name"] for key in pair) for pair in told["failed"]} == {
        (one.name, other.name),
        (other.name, one.name),
    }


def test_the_list_of_the_opening_tells_which_bid_why_and_who(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    decided(tender, ring, one, other, lost)
    attempt(tender, ring, (one, other), at=DECIDED)
    text = flowing(read_bytes(Opening.objects.select_related("document__file").get().document.file))
    number = Bid.objects.get(submission=box.bad).number
    assert f"Ingen nyckel kom fram för {number}. Skräp AB." in text
    for told in (f"{other.name} först, {one.name} sist", lost.name, "Sjuk, svarar inte", "Beslutat av"):
        assert told in text


def test_none_decides_alone_nor_before_those_concerned_have_had_a_day(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    leaving = propose(tender, ring, one, lost)
    late = leaving.proposed_at + TIME_TO_ANSWER

    def decide(by, at):
        return actions.decide_leaving_out(leaving=leaving, by=by, at=at)

    assert "Another one than you" in reason(lambda: decide(one, late))
    assert "It can be decided" in reason(lambda: decide(other, late - MINUTE))
    assert reason(lambda: decide(case.officer, late))
    fail(tender, ring, (one, other), at=late)  # a proposal alone opens nothing
    decide(other, late + 5 * MINUTE)
    assert "decided already" in reason(lambda: decide(other, late + 6 * MINUTE))


def test_both_orders_of_every_pair_that_can_be_had_try_first(case, tender, ring, lost, box):
    one, other = case.openers
    assert "not tried yet" in reason(lambda: propose(tender, ring, one, lost))
    fail(tender, ring, (one, other))
    assert f"{other.name} as the first" in reason(lambda: propose(tender, ring, one, lost))
    fail(tender, ring, (other, one), at=OPENING + 10 * MINUTE)
    assert "which holders" in reason(lambda: propose(tender, ring, one))
    assert "Write why" in reason(lambda: propose(tender, ring, one, lost, reason=" "))
    assert "hold a key" in reason(lambda: propose(tender, ring, one, lost, one))
    assert propose(tender, ring, one, lost).bids == [str(box.bad.pk)]


def test_who_spoils_as_the_first_leaves_no_rival_out(case, tender, ring, lost, box):
    """The rival comes out when the other one begins, so it is in no decision, and nothing is opened without it."""
    spoiler, other = case.openers
    rival = box.good[0]
    fail(tender, ring, (spoiler, other), without=rival)
    fail(tender, ring, (other, spoiler), at=OPENING + 5 * MINUTE)
    leaving = decided(tender, ring, spoiler, other, lost)
    assert leaving.bids == [str(box.bad.pk)]
    fail(tender, ring, (spoiler, other), at=DECIDED, without=rival)
    assert not Bid.objects.exists()
    bids = attempt(tender, ring, (other, spoiler), at=DECIDED + 5 * MINUTE)
    assert [bid.submission_id for bid in bids if bid.is_unreadable] == [box.bad.pk]


def test_a_holder_who_turns_up_makes_the_decision_fall(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    decided(tender, ring, one, other, lost)
    declare(case, lost, at=BEFORE)
    assert leaving_in_force(tender, Holds.BID)
    fail(tender, ring, (lost, one), at=DECIDED)
    assert leaving_in_force(tender, Holds.BID) is None
    fail(tender, ring, (one, other), at=DECIDED + 5 * MINUTE)  # has a holder in common with the others
    assert not Bid.objects.exists()
    again = propose(tender, ring, one, lost, at=DECIDED + timedelta(hours=1))
    fail(tender, ring, (lost, one), at=DECIDED + timedelta(hours=2))
    assert "has turned up since" in reason(
        lambda: actions.decide_leaving_out(leaving=again, by=other, at=DECIDED + timedelta(hours=2) + TIME_TO_ANSWER)
    )
    fail(tender, ring, (lost, other), at=DECIDED + timedelta(hours=3), despite=False)
    assert attempt(tender, ring, (one, other), at=DECIDED + timedelta(hours=4))  # nobody is in common any more


def test_who_begins_and_is_forgotten_has_turned_up_all_the_same(case, tender, ring, lost, box):
    """The attacker waited half an hour: what the holder handed back was thrown away, and with it that they had come."""
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    leaving = decided(tender, ring, one, other, lost)
    declare(case, lost, at=BEFORE)
    begin(tender, ring, lost, at=DECIDED)
    assert actions.forget_unlockings(by=None, at=DECIDED + timedelta(hours=1)) == 1
    assert leaving_in_force(tender, Holds.BID) is None
    fail(tender, ring, (one, other), at=DECIDED + timedelta(hours=2))
    assert not Bid.objects.exists()
    leaving.refresh_from_db()
    assert (leaving.refuted_by, leaving.refuted_at) == (lost, DECIDED)


def test_who_begins_and_is_replaced_has_turned_up_all_the_same(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    leaving = propose(tender, ring, one, lost)
    declare(case, lost, at=BEFORE)
    begin(tender, ring, lost, at=leaving.proposed_at + MINUTE)
    begin(tender, ring, one, at=leaving.proposed_at + 2 * MINUTE)
    assert Unlocking.objects.get().by == one
    assert "has turned up since" in reason(
        lambda: actions.decide_leaving_out(leaving=leaving, by=other, at=leaving.proposed_at + TIME_TO_ANSWER)
    )


def test_who_had_begun_when_it_was_proposed_has_turned_up_when_another_ends(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    declare(case, lost, at=BEFORE)
    begun = begin(tender, ring, lost, at=OPENING + 50 * MINUTE)
    propose(tender, ring, other, lost)
    with pytest.raises(actions.KeysLackingError):
        actions.unlock_last(
            unlocking=begun, sheet=last_sheet(begun, ring, one), by=one, at=OPENING + 65 * MINUTE, despite=True
        )
    assert LeavingOut.objects.get().refuted_by == lost


def test_who_is_said_to_be_out_of_reach_says_no_whatever_their_role(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    leaving = decided(tender, ring, one, other, lost)
    for member in TeamMember.objects.filter(procurement=case.procurement, person=lost):
        remove_member(member=member, by=case.officer, at=DECIDED)

    def say_so(by):
        return actions.say_reachable(leaving=leaving, by=by, at=DECIDED)

    assert "Only who" in reason(lambda: say_so(other))
    assert say_so(lost).refuted_at == DECIDED
    assert leaving_in_force(tender, Holds.BID) is None
    assert "fallen already" in reason(lambda: say_so(lost))
    event = LedgerBody.objects.get(event="leaving_out_refuted")
    assert (event.by, set(json.loads(event.what))) == (lost.pk, {"holds", "told"})  # INV-02
    fallen = refuted_of(tender, Holds.BID)
    assert [(each.unreachable, each.proposed_by, each.refuted_by) for each in fallen] == [((lost.name,), one, lost)]


def test_the_mail_to_who_is_said_to_be_out_of_reach_leads_to_their_page(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    propose(tender, ring, one, lost)
    page = reverse("bids:reachable", args=[case.procurement.pk, "bid"])
    assert page in OutboxMail.objects.filter(to=lost.email).latest("pk").text


def test_who_was_never_asked_is_not_out_of_reach(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    for member in TeamMember.objects.filter(procurement=case.procurement, person=lost):
        remove_member(member=member, by=case.officer, at=OPENING)
    assert "Appoint them first" in reason(lambda: propose(tender, ring, one, lost))
    for holding in lost.key_holdings.all():
        end_key_holding(holding=holding, by=lost, at=OPENING)
    assert propose(tender, ring, one, lost)  # who has left can't be appointed, and it is no dead end


def test_what_holds_is_not_proposed_anew_unless_another_bid_has_failed_since(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    decided(tender, ring, one, other, lost)
    assert "decided already" in reason(lambda: propose(tender, ring, one, lost, at=DECIDED))
    rival = box.good[0]
    fail(tender, ring, (one, other), (other, one), at=DECIDED, without=rival)
    again = propose(tender, ring, one, lost, at=DECIDED + timedelta(hours=1))
    assert set(again.bids) == {str(box.bad.pk), str(rival.pk)}


@pytest.mark.parametrize(
    ("proposed", "earliest"),
    [
        ("2027-02-01T09:00", "2027-02-02T09:00"),  # Monday
        ("2027-02-05T16:00", "2027-02-08T16:00"),  # Friday
        ("2027-02-06T08:00", "2027-02-09T00:00"),  # Saturday: the whole of Monday is theirs
        ("2027-03-25T16:00", "2027-03-30T16:00"),  # the Thursday before Easter; summer time begins
    ],
)
def test_those_concerned_have_a_whole_working_day(case, tender, proposed, earliest):
    zone = ZoneInfo("Europe/Stockholm")
    leaving = LeavingOut(tender=tender, proposed_at=datetime.fromisoformat(proposed).replace(tzinfo=zone))
    assert can_be_decided_at(leaving) == datetime.fromisoformat(earliest).replace(tzinfo=zone)


def begin(tender, ring, by, *, at):
    return actions.unlock_first(tender=tender, holds=Holds.BID, sheet=first_sheet(tender, ring, by), by=by, at=at)


def test_who_is_concerned_is_told_at_once_and_nobody_else(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    OutboxMail.objects.all().delete()
    leaving = propose(tender, ring, one, lost)
    mine = {supplier_of(box.bad.submitted_by).email, box.bad.submitted_by.email} - {""}
    assert {mail.to for mail in OutboxMail.objects.all()} == mine | {lost.email}
    assert {mail.case for mail in OutboxMail.objects.all()} == {None}  # INV-02
    actions.decide_leaving_out(leaving=leaving, by=other, at=leaving.proposed_at + TIME_TO_ANSWER)
    OutboxMail.objects.all().delete()
    attempt(tender, ring, (one, other), at=DECIDED)
    assert {mail.to for mail in OutboxMail.objects.all() if str(box.bad.pk) in mail.text} == mine
    assert not [mail for mail in OutboxMail.objects.all() if str(box.good[0].pk) in mail.text]


def test_inv_02_the_log_tells_that_it_was_decided_and_not_of_which_bids(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    decided(tender, ring, one, other, lost)
    told = LedgerBody.objects.filter(event__startswith="leaving_out").order_by("pk")
    assert [(body.event, body.by) for body in told] == [
        ("leaving_out_proposed", one.pk),
        ("leaving_out_decided", other.pk),
    ]
    for body in told:
        assert set(json.loads(body.what)) == {"holds", "told"}


def test_inv_13_one_price_that_no_pair_unlocks_keeps_no_other_closed(case, tender, ring, lost):
    bids = [give_bid(tender, supplier="Ett AB", price=900, at=BEFORE)]
    bids += [give_bid(tender, supplier="Två AB", price=901, at=BEFORE, wrapped=junk_price)]
    close_box(tender)
    one, other = case.openers
    unlock(tender, one, other, at=OPENING)
    locked = OPENING + timedelta(days=3)
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CONSENSUS_LOCKED, by=case.officer, at=locked)
    for person in case.everybody:
        declare(case, person, at=OPENING + 10 * MINUTE)
    fail(tender, ring, (one, other), (other, one), at=locked, holds=Holds.PRICE)
    assert leaving_of(tender, Holds.BID) is None
    decided(tender, ring, one, other, lost, at=locked + timedelta(hours=1), holds=Holds.PRICE)
    attempt(tender, ring, (one, other), at=locked + timedelta(hours=2) + TIME_TO_ANSWER, holds=Holds.PRICE)
    assert [price.amount for price in BidPrice.objects.all()] == [900]
    listed = DiaryDocument.objects.select_related("file").get(file__name="priser.json")
    told = json.loads(read_bytes(listed.file))["keys"]
    assert (told["left_unread"], told["decision"]["bids"]) == ([str(bids[1].pk)], [str(bids[1].pk)])
    assert (told["decision"]["decided"]["name"], told["decision"]["reason"]) == (other.name, "Sjuk, svarar inte")
    left, decision = prices_left_unread(tender)
    assert [bid.submission for bid in left] == [bids[1]]
    assert decision is not None
    assert decision["bids"] == [str(bids[1].pk)]


def test_the_price_of_a_bid_that_was_left_out_stops_no_other_a_second_time(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    decided(tender, ring, one, other, lost)
    attempt(tender, ring, (one, other), at=DECIDED)
    locked = DECIDED + timedelta(days=3)
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CONSENSUS_LOCKED, by=case.officer, at=locked)
    for person in case.everybody:
        declare(case, person, at=DECIDED + 10 * MINUTE)
    unlock(tender, other, one, at=locked + MINUTE, holds=Holds.PRICE)
    assert {price.amount for price in BidPrice.objects.all()} == {901, 902}


def junk_price(wraps):
    return junk_wraps(wraps) if wraps.holds is Holds.PRICE else wraps


def test_two_persons_are_asked_for_by_the_database_too(case, tender, ring, lost, box):
    one, other = case.openers
    fail(tender, ring, (one, other), (other, one))
    leaving = propose(tender, ring, one, lost)
    with pytest.raises(Exception, match="leaving_out_by_two_persons"):
        LeavingOut.objects.filter(pk=leaving.pk).update(decided_by=one, decided_at=DECIDED)
