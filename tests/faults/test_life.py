"""A bid's life against a simple model: whatever suppliers, officials and the clock do, and in which order, the model and the rows agree.

Bids are sealed, sent, handed in, replaced, withdrawn and confirmed; the documents are changed and the deadline moved while bids
lie in the box; it is closed, opened by two, judged, and the prices are opened. Each is tried at any time, by the real verbs, and
after each step all that was promised is asked for: what lies in the box, that nothing is read early, and I1–I10.
Some lives are written down and not drawn: those at the edges, which a few drawn ones seldom come to.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from rodatraden.bids import actions
from rodatraden.bids.models import Bid, BidPrice
from rodatraden.bids.queries import answered_by, in_the_box, not_in_the_opening
from rodatraden.bids.rules import SETTLING
from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing.holders import Holds
from rodatraden.evaluation.actions import lock_quality
from rodatraden.records.models import OutboxMail
from rodatraden.tenders.actions import begin_change, edit_documents, move_deadline, publish_change
from rodatraden.tenders.models import DeadlineChange, DocumentEdit, Tender
from rodatraden.tenders.queries import latest_snapshot, standing
from rodatraden.tenders.rules.changes import extension
from tests.factories.bids import Stamp, close_box, make_bidder, next_key, supplier_of
from tests.factories.evaluation import World, check_all, judge_all
from tests.factories.keys import unlock
from tests.factories.procurements import declare
from tests.factories.sealed import seal_bid, upload
from tests.factories.tenders import DEADLINE, make_published
from tests.faults.invariants import Held, broken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rodatraden.bids.models import SealedUpload, Submission
    from tests.factories.sealed import SealedBid

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
]  # the order of verbs; tests/bids/test_actions_* ask both engines for each
START = DEADLINE - timedelta(minutes=3)
LAST_DEADLINE = DEADLINE + timedelta(days=30)
"""From which on it is moved no more: the documents have other dates after it."""
SUPPLIERS = 2
LIVES, STEPS = 2, 10
"""Lives in the short form, of which the first is always the simplest, and the steps of each before it is brought to its end."""
NIGHTLY_LIVES, NIGHTLY_STEPS = 400, 50
suppliers = st.integers(0, SUPPLIERS - 1)


@dataclass
class Sent:
    """A bid that was sent and not handed in yet, and the edition of the documents that it was sealed for."""

    upload: SealedUpload
    sealed: SealedBid
    edition: int
    price: Decimal


@dataclass
class HandedIn:
    """A bid that was handed in, as the model has it."""

    submission: Submission
    who: int
    edition: int
    price: Decimal
    is_late: bool
    is_withdrawn: bool = False


class Life(RuleBasedStateMachine):
    """One procurement with two suppliers, from three minutes before the deadline on."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.case, self._tender = make_published(evaluators=1)
        self.bidders = [make_bidder(f"Bolag {number}") for number in range(SUPPLIERS)]
        self.held = Held()
        self.now, self.deadline, self.edition = START, DEADLINE, 1
        self.sent: dict[int, Sent] = {}
        self.begun: set[int] = set()
        self.handed_in: list[HandedIn] = []
        self.closed = self.opened = self.locked = self.priced = False
        self.prices = iter(range(900, 10_000))
        self.outside = sys.exc_info()[1]

    @property
    def tender(self) -> Tender:
        """The documents as a page reads them."""
        return Tender.objects.select_related("procurement").get(pk=self._tender.pk)

    @property
    def is_in_time(self) -> bool:
        return not self.closed and self.now < self.deadline

    def standing_of(self, who: int) -> HandedIn | None:
        mine = [bid for bid in self.handed_in if bid.who == who and not bid.is_late and not bid.is_withdrawn]
        return mine[-1] if mine else None

    @property
    def box(self) -> list[HandedIn]:
        """What the opening should find, in its order."""
        found = [bid for who in range(SUPPLIERS) if (bid := self.standing_of(who))]
        return sorted(found, key=lambda bid: (bid.submission.received_at, str(bid.submission.pk)))

    # The clock

    @rule(step=st.sampled_from([timedelta(microseconds=1), timedelta(minutes=1)]))
    def time_passes(self, step):
        self.now += step

    @rule(after=st.sampled_from([-timedelta(microseconds=1), timedelta(), SETTLING]))
    def the_deadline_comes(self, after):
        self.now = max(self.now, self.deadline + after)

    @rule()
    def the_clock_goes_back(self):
        self.now = START

    # Suppliers

    @rule(who=suppliers)
    def send(self, who):
        price = Decimal(next(self.prices))
        sealed = seal_bid(self.tender, price=price)
        begun = upload(self.tender, sealed, bidder=self.bidders[who], at=self.now)
        self.sent[who] = Sent(begun, sealed, self.edition, price)
        self.begun.add(who)

    @rule(who=suppliers)
    def hand_in(self, who):
        if who not in self.sent:
            self.send(who)
        sent, key = self.sent.pop(who), next_key()
        if sent.edition != self.edition:
            with pytest.raises(RefusedError, match="documents have changed"):  # INV-08
                self.hand_in_once(who, sent, key)
            return
        submission = self.hand_in_once(who, sent, key)
        assert self.hand_in_once(who, sent, key) == submission
        assert submission.is_late is not self.is_in_time
        self.handed_in.append(HandedIn(submission, who, sent.edition, sent.price, submission.is_late))
        self.held.acknowledged.add(submission.pk)
        self.held.receipts[submission.pk] = submission.receipt.encode()
        self.held.answers[key] = str(submission.pk)

    def hand_in_once(self, who: int, sent: Sent, key: str) -> Submission:
        return actions.hand_in_sealed(
            upload=sent.upload,
            handed_in=sent.sealed.handed_in,
            by=self.bidders[who],
            arrival=Stamp(self.now),
            key=key,
        )

    @rule(who=suppliers)
    def withdraw(self, who):
        bid = self.standing_of(who)
        if bid is None:
            return
        act = {"submission": bid.submission, "by": self.bidders[who], "arrival": Stamp(self.now), "key": next_key()}
        if not self.is_in_time:
            with pytest.raises(RefusedError):
                actions.withdraw_bid(**act)
            return
        actions.withdraw_bid(**act)
        for each in self.handed_in:
            each.is_withdrawn |= each.who == who and not each.is_late

    @rule(who=suppliers)
    def confirm(self, who):
        bid = self.standing_of(who)
        if bid is None:
            return
        bid.submission.refresh_from_db()
        act = {"submission": bid.submission, "snapshot": latest_snapshot(self.tender), "by": self.bidders[who]}
        act |= {"arrival": Stamp(self.now), "key": next_key()}
        if not self.is_in_time or bid.edition == self.edition:
            with pytest.raises(RefusedError):
                actions.confirm_bid(**act)
            return
        confirmation = actions.confirm_bid(**act)
        self.held.answers[act["key"]] = str(confirmation.pk)
        bid.edition = self.edition

    # Officials

    @precondition(lambda self: self.deadline < LAST_DEADLINE)
    @rule()
    def change_the_documents(self):
        """A level of a requirement becomes another, which moves the deadline and asks everybody anew."""
        if not self.is_in_time:
            with pytest.raises(RefusedError):
                begin_change(tender=self.tender, by=self.case.officer, at=self.now)
            return
        before = set(OutboxMail.objects.values_list("pk", flat=True))
        change = begin_change(tender=self.tender, by=self.case.officer, at=self.now)
        edit_documents(
            change=change,
            about=DocumentEdit.About.REQUIREMENT,
            how="revise",
            target=next(row for row in standing(self.tender) if row.label == "K1").pk,
            values={"level": f"Minst {self.edition} år"},
            by=self.case.officer,
            at=self.now,
        )
        to = self.moved()
        publish_change(
            change=change, reason="Rättat", is_substantial=True, deadline_at=to, by=self.case.officer, at=self.now
        )
        self.edition, self.deadline = self.edition + 1, to
        told = OutboxMail.objects.exclude(pk__in=before).values_list("to", flat=True)
        assert sorted(told) == sorted(address for who in self.begun for address in self.addresses_of(who))

    @precondition(lambda self: self.deadline < LAST_DEADLINE)
    @rule()
    def move_the_deadline(self):
        """Which asks nothing anew of a bid that is sealed or handed in."""
        to = self.moved()
        act = {"which": DeadlineChange.Which.BIDS, "new_at": to, "reason": "Fler dagar", "by": self.case.officer}
        if not self.is_in_time:
            with pytest.raises(RefusedError):
                move_deadline(tender=self.tender, at=self.now, **act)
            return
        move_deadline(tender=self.tender, at=self.now, **act)
        self.deadline = to

    def moved(self) -> datetime:
        return extension(self.tender, self.now, is_substantial=True).proposed_at

    def addresses_of(self, who: int) -> set[str]:
        return {self.bidders[who].email, supplier_of(self.bidders[who]).email} - {""}

    @rule()
    def close(self):
        if self.closed or self.now >= self.deadline + SETTLING:
            close_box(self.tender, at=self.now)
            self.closed = True
            self.held.told(self.case.procurement.pk, "closed")
            return
        with pytest.raises(RefusedError):
            close_box(self.tender, at=self.now)

    @rule(who=st.permutations([0, 1]), alone=st.booleans())
    def open(self, who, alone):
        first, last = (self.case.openers[number] for number in who)
        if alone or self.opened or not self.closed or self.now < self.deadline + SETTLING:
            with pytest.raises(RefusedError):  # INV-03: none alone, INV-04: none before its time
                unlock(self.tender, first, first if alone else last, at=self.now)
            return
        bids = unlock(self.tender, first, last, at=self.now)
        assert [(bid.number, bid.submission_id) for bid in bids] == [
            (number, bid.submission.pk) for number, bid in enumerate(self.box, start=1)
        ]
        assert [bid.snapshot.edition for bid in bids] == [bid.edition for bid in self.box]
        assert not any(bid.is_unreadable for bid in bids)
        self.opened = True
        self.world = World(self.case, self.tender, bids, self.now)
        self.held.told(self.case.procurement.pk, "opened")
        for person in self.case.everybody:
            declare(self.case, person, at=self.now + timedelta(minutes=2))

    @precondition(lambda self: self.opened and self.box and not self.locked)
    @rule()
    def judge(self):
        self.world.tender = self.tender
        check_all(self.world)
        judge_all(self.world)
        lock_quality(tender=self.tender, by=self.case.officer, at=self.world.opened_at + timedelta(days=3))
        self.locked = True

    @rule()
    def open_prices(self):
        first, last = self.case.openers[:2]
        if self.priced or not self.locked:
            with pytest.raises(RefusedError):  # INV-13: none before the quality is locked
                unlock(self.tender, first, last, at=self.now, holds=Holds.PRICE)
            return
        prices = unlock(self.tender, last, first, at=self.now, holds=Holds.PRICE)
        offered = {bid.submission.pk: bid.price for bid in self.box}
        assert {each.bid.submission_id: each.amount for each in prices} == offered
        self.priced = True

    # What holds after each step

    @invariant()
    def the_box_holds_what_the_model_says(self):
        there = in_the_box(self.tender)
        assert [each.pk for each in there] == [bid.submission.pk for bid in self.box]
        assert [answered_by(each).edition for each in there] == [bid.edition for bid in self.box]
        late = sum(bid.is_late for bid in self.handed_in)
        withdrawn = sum(bid.is_withdrawn for bid in self.handed_in)
        replaced = len(self.handed_in) - late - withdrawn - len(self.box)
        assert not_in_the_opening(self.tender) == {"late": late, "withdrawn": withdrawn, "replaced": replaced}
        assert self.tender.deadline_at == self.deadline
        assert latest_snapshot(self.tender).edition == self.edition

    @invariant()
    def nothing_is_read_early(self):
        assert Bid.objects.count() == (len(self.box) if self.opened else 0)
        assert BidPrice.objects.count() == (len(self.box) if self.priced else 0)

    @invariant()
    def every_invariant_holds(self):
        assert not (faults := broken(self.held)), faults

    # The end

    def teardown(self):
        """Bring the life to its end, however far it had come, unless it has failed; then undo it."""
        try:
            if sys.exc_info()[1] is self.outside:
                self.end()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def end(self):
        self.now = max(self.now, self.deadline + SETTLING)
        steps = [self.open_prices]
        steps += [] if self.closed else [self.close]
        steps += (
            [] if self.opened else [lambda: self.open(who=[0, 1], alone=True), lambda: self.open([1, 0], alone=False)]
        )
        for step in steps:
            step()
            self.all_holds()
        if self.box and not self.priced:
            if not self.locked:
                self.open_prices()
                self.judge()
            self.open_prices()
            self.all_holds()

    def all_holds(self):
        self.the_box_holds_what_the_model_says()
        self.nothing_is_read_early()
        self.every_invariant_holds()


def test_whatever_is_done_in_whichever_order_the_model_and_the_rows_agree(form, seed):
    run_state_machine_as_test(
        hypothesis.seed(form.chance(seed).randrange(2**32))(Life),
        settings=settings(
            max_examples=form.times(LIVES, NIGHTLY_LIVES),
            stateful_step_count=NIGHTLY_STEPS if form.is_long else STEPS,
            database=None,  # what failed here once is not drawn again: the seed alone says what is
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def up_to_the_deadline_and_at_it(life: Life) -> Iterator[None]:
    yield life.hand_in(who=0)
    yield life.hand_in(who=1)
    yield life.hand_in(who=0)
    yield life.withdraw(who=0)
    yield life.the_deadline_comes(after=-timedelta(microseconds=1))
    yield life.hand_in(who=0)
    yield life.time_passes(step=timedelta(microseconds=1))
    yield life.hand_in(who=1)
    yield life.withdraw(who=0)


def under_a_clock_turned_back(life: Life) -> Iterator[None]:
    """Between two versions of a bid, and again when the box has been closed."""
    yield life.time_passes(step=timedelta(minutes=1))
    yield life.hand_in(who=0)
    yield life.the_clock_goes_back()
    yield life.hand_in(who=0)
    yield life.send(who=1)
    yield life.the_deadline_comes(after=SETTLING)
    yield life.close()
    yield life.the_clock_goes_back()
    yield life.hand_in(who=1)
    yield life.withdraw(who=0)


@pytest.mark.parametrize("written", [up_to_the_deadline_and_at_it, under_a_clock_turned_back])
def test_inv_05_a_life_at_an_edge_is_as_the_model_says(written):
    life = Life()
    try:
        for _ in written(life):
            life.all_holds()
    finally:
        life.teardown()
