"""Real threads and real commits: a bid that came in time is in time however the box is closed at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier, Event

import pytest
from django.db import OperationalError, connection, transaction

from rodatraden.bids import actions
from rodatraden.bids.actions import unlocking as unlocking_verbs
from rodatraden.bids.models import Submission
from rodatraden.bids.queries import in_the_box
from rodatraden.bids.rules import SETTLING
from rodatraden.core.answer import RefusedError
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import LedgerBody
from rodatraden.records.queries import verify_ledger
from rodatraden.tenders.actions import begin_change, changes, edit_documents, move_deadline, publication, publish_change
from rodatraden.tenders.models import DeadlineChange, DocumentEdit, Snapshot, Tender
from rodatraden.tenders.queries import with_case
from tests.factories.bids import Stamp, close_box, make_bidder, next_key
from tests.factories.keys import begin, end
from tests.factories.sealed import give_bid, seal_bid, upload
from tests.factories.tenders import DEADLINE, make_published

BEFORE = DEADLINE - timedelta(microseconds=1)
AFTER = timedelta(hours=1)
SECONDS = 60
CLOSING = DEADLINE + SETTLING
MOVED = DEADLINE + timedelta(days=10)


def at_once(*acts):
    """Carry out all acts at the same moment, each in a thread with a connection of its own."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            return act()
        except RefusedError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.fixture
def tender(fresh_database):
    return make_published()[1]


def hand_in(begun, sealed, key=""):
    return actions.hand_in_sealed(
        upload=begun,
        handed_in=sealed.handed_in,
        by=begun.started_by,
        arrival=Stamp(BEFORE),
        key=key or next_key(),
    )


def begun_by(tender, *bidders):
    """A sealed bid of each, of which all but the manifest has come."""
    sealed = [seal_bid(tender) for _ in bidders]
    return [
        (upload(tender, each, bidder=bidder, at=BEFORE), each) for each, bidder in zip(sealed, bidders, strict=True)
    ]


def test_the_same_manifest_that_is_sent_twice_at_once_hands_in_once(tender):
    ((begun, sealed),) = begun_by(tender, make_bidder())
    answers = at_once(*[lambda: hand_in(begun, sealed, key="one form")] * 2)
    assert len({answer.pk for answer in answers}) == 1
    assert Submission.objects.count() == 1
    assert LedgerBody.objects.filter(event="bid_received").count() == 1


def test_inv_05_whoever_came_before_the_deadline_is_in_the_box_or_knows_that_it_was_closed(tender):
    begun = begun_by(tender, *(make_bidder(f"Bolag {n}") for n in range(3)))
    acts = [partial(hand_in, *pair) for pair in begun]
    *submissions, closed = at_once(*acts, lambda: actions.close_for_bids(tender=tender, by=None, at=CLOSING))
    entries = list(LedgerBody.objects.order_by("index").values_list("event", "object_id"))
    end = entries.index(("procurement_closed", tender.procurement_id))
    in_time = {pk for event, pk in entries[:end] if event == "bid_received"}
    late = {pk for event, pk in entries[end:] if event == "bid_received"}
    assert {each.pk for each in submissions if not each.is_late} == in_time
    assert {each.pk for each in submissions if each.is_late} == late
    assert {each.pk for each in in_the_box(tender)} == in_time
    assert isinstance(closed, StageFact)
    assert verify_ledger() is None


def test_the_box_is_closed_once_by_whoever_comes_first(tender):
    def close():
        return actions.close_for_bids(tender=tender, by=None, at=CLOSING)

    assert len({fact.pk for fact in at_once(close, close, close)}) == 1
    assert LedgerBody.objects.filter(event="procurement_closed").count() == 1


def test_two_colleagues_who_hand_in_a_bid_each_at_once_both_get_their_receipts(tender):
    bidder = make_bidder()
    begun = begun_by(tender, *[bidder] * 4)
    answers = at_once(*[partial(hand_in, *pair) for pair in begun])
    assert sorted(each.version for each in answers) == [1, 2, 3, 4]
    assert Submission.objects.exclude(receipt="").count() == 4
    assert verify_ledger() is None


def test_while_one_procurement_is_opened_bids_in_another_are_recorded(fresh_database, monkeypatch):
    """The log is held by who records in it, from then on until the end of the act: an opening of minutes records last."""
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time")
    case, opened = make_published()
    give_bid(opened)
    other = make_published()[1]
    close_box(opened)
    first, last = case.openers
    unlocking = begin(opened, first, at=DEADLINE + AFTER)
    ((begun, sealed),) = begun_by(other, make_bidder("I en annan"))
    is_open, may_end = Event(), Event()
    open_it = unlocking_verbs._open

    def slowly(*args, **kwargs):
        is_open.set()
        assert may_end.wait(SECONDS)
        return open_it(*args, **kwargs)

    monkeypatch.setattr(unlocking_verbs, "_open", slowly)

    def ends():
        try:
            return end(unlocking, last, at=DEADLINE + AFTER)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        opening = threads.submit(ends)
        assert is_open.wait(SECONDS)
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{SECONDS // 2}s'")
        assert hand_in(begun, sealed).receipt
        may_end.set()
        assert len(opening.result(SECONDS)) == 1
    assert verify_ledger() is None


def move(tender, by, *, to=MOVED):
    which = DeadlineChange.Which.BIDS
    return move_deadline(tender=tender, which=which, new_at=to, reason="Fler frågor", by=by, at=BEFORE)


def edit_terms(change, by):
    return edit_documents(
        change=change,
        about=DocumentEdit.About.TERMS,
        how=DocumentEdit.How.REVISE,
        target=change.tender_id,
        values={"travel_clause": "Resor ersätts inte."},
        by=by,
        at=BEFORE,
    )


def publish_it(change, by):
    return publish_change(
        change=change, reason="Fler ska kunna", is_substantial=True, deadline_at=MOVED, by=by, at=BEFORE
    )


def extend_by_hand(tender, by):
    return move(tender, by)


def extend_by_change(tender, by):
    change = begin_change(tender=tender, by=by, at=BEFORE)
    edit_terms(change, by)
    return publish_it(change, by)


@transaction.atomic
def close_without_waiting(tender):
    """Close the box, but give up where it is to wait for somebody: at once, as far as PostgreSQL can tell."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1ms'")
    return actions.close_for_bids(tender=tender, by=None, at=CLOSING)


@pytest.mark.parametrize(
    ("extend", "room"), [(extend_by_hand, publication), (extend_by_change, changes)], ids=["by hand", "by a change"]
)
def test_inv_06_the_box_is_not_closed_while_an_extension_of_before_the_deadline_is_published(
    fresh_database, monkeypatch, extend, room
):
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time")
    case, tender = make_published()
    is_moved, may_end = Event(), Event()
    freeze = room.freeze

    def slowly(*args, **kwargs):
        is_moved.set()
        assert may_end.wait(SECONDS)
        return freeze(*args, **kwargs)

    monkeypatch.setattr(room, "freeze", slowly)

    def extends():
        try:
            return extend(Tender.objects.get(pk=tender.pk), case.officer)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        extending = threads.submit(extends)
        try:
            assert is_moved.wait(SECONDS)
            with pytest.raises(OperationalError):
                close_without_waiting(tender)
        finally:
            may_end.set()
        extending.result(SECONDS)
    with pytest.raises(RefusedError, match="runs until"):
        actions.close_for_bids(tender=tender, by=None, at=CLOSING)
    assert Tender.objects.get(pk=tender.pk).deadline_at == MOVED


def test_inv_06_either_the_deadline_moves_or_the_box_is_closed_however_many_come_at_once(fresh_database):
    """And none of them waits for another that waits for it: every one is answered."""
    case, tender = make_published()
    change = begin_change(tender=tender, by=case.officer, at=BEFORE)
    edit_terms(change, case.officer)
    begun = begun_by(tender, *(make_bidder(f"Bolag {n}") for n in range(2)))
    *submissions, edited, published, moved, closed = at_once(
        *(partial(hand_in, *pair) for pair in begun),
        partial(edit_terms, change, case.officer),
        partial(publish_it, change, case.officer),
        partial(move, tender, case.officer, to=MOVED - timedelta(days=1)),
        lambda: actions.close_for_bids(tender=tender, by=None, at=CLOSING),
    )
    is_moved = isinstance(published, Snapshot) or isinstance(moved, DeadlineChange)
    assert is_moved is isinstance(closed, RefusedError)
    assert (Tender.objects.get(pk=tender.pk).deadline_at > DEADLINE) is is_moved
    assert isinstance(edited, DocumentEdit | RefusedError)
    handed_in = [each for each in submissions if isinstance(each, Submission)]  # the others answer to what was changed
    assert len(handed_in) == Submission.objects.count()
    assert verify_ledger() is None


def test_inv_06_of_two_deadlines_that_are_published_at_once_the_later_one_stands(fresh_database):
    case, tender = make_published()
    earlier = MOVED - timedelta(days=5)
    at_once(*(partial(move, Tender.objects.get(pk=tender.pk), case.officer, to=to) for to in (MOVED, earlier)))
    assert Tender.objects.get(pk=tender.pk).deadline_at == MOVED
    for change in DeadlineChange.objects.filter(changed_at=BEFORE):
        assert change.new_at > change.old_at


@pytest.mark.parametrize("extend", [extend_by_hand, publish_it], ids=["by hand", "by a change"])
def test_inv_06_who_read_before_the_box_was_closed_extends_nothing_afterwards(db, extend):
    case, tender = make_published()
    change = begin_change(tender=tender, by=case.officer, at=BEFORE)
    edit_terms(change, case.officer)
    read = with_case(Tender.objects.filter(pk=tender.pk)).get()
    change.tender = read
    actions.close_for_bids(tender=tender, by=None, at=CLOSING)
    with pytest.raises(RefusedError):
        extend(read if extend is extend_by_hand else change, case.officer)
    assert Tender.objects.get(pk=tender.pk).deadline_at == DEADLINE
