"""Two officials at the same moment, with real threads and real commits: one of them is first, and nothing is opened twice."""

from __future__ import annotations

from datetime import timedelta

from rodatraden.bids import actions
from rodatraden.bids.models import Bid, Opening, Unlocking
from rodatraden.bids.rules import Kind
from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing.holders import Holds
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import LedgerBody
from tests import database
from tests.bids.test_concurrency import at_once
from tests.factories.bids import close_box
from tests.factories.keys import begin, first_sheet, last_sheet, ring_of
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_published
from tests.faults.invariants import Held, broken

AT = DEADLINE + timedelta(hours=1)
FIRSTS, OPENINGS = 90, 10
"""Races of each kind in the short form: a hundred together."""
NIGHTLY = 50
"""How many times as many by night: five thousand."""


def make_closed(suppliers=1):
    case, tender = make_published()
    for number in range(suppliers):
        give_bid(tender, supplier=f"Bolag {number}")
    close_box(tender)
    return case, tender


def test_two_officials_who_unlock_first_at_the_same_moment(fresh_database, form):
    case, tender = make_closed()
    ring = ring_of(tender)
    sheets = {person: first_sheet(tender, ring, person) for person in case.openers}
    races = form.times(FIRSTS, FIRSTS * NIGHTLY)
    for number in range(races):
        at = AT + timedelta(seconds=number)
        acts = [
            lambda person=person, at=at: actions.unlock_first(
                tender=tender, holds=Holds.BID, sheet=sheets[person], by=person, at=at
            )
            for person in case.openers
        ]
        assert not [each for each in at_once(*acts) if isinstance(each, RefusedError)]
        waiting = Unlocking.objects.get()
        assert (waiting.key, waiting.at) == (ring.of(waiting.by).pk, at)
        assert Opening.objects.get().asked_by == waiting.by, (
            "the sheet that waits is another's than who is said to wait"
        )
    assert not Bid.objects.exists()
    assert LedgerBody.objects.filter(event="first_key_unlocked").count() == 2 * races
    assert not broken(Held())


def test_a_last_one_who_sends_twice_and_a_first_one_who_begins_anew_open_once_or_not_at_all(
    fresh_database, form, tmp_path
):
    case, tender = make_closed(suppliers=2)
    kept = database.keep(str(tmp_path / "kept.sqlite3"))
    ring, (first, last) = ring_of(tender), case.openers
    opened = 0
    for _ in range(form.times(OPENINGS, OPENINGS * NIGHTLY)):
        database.reset(kept)
        unlocking = begin(tender, first, at=AT)
        sheet, anew = last_sheet(unlocking, ring, last), first_sheet(tender, ring, last)

        def end(unlocking=unlocking, sheet=sheet):
            return actions.unlock_last(unlocking=unlocking, sheet=sheet, by=last, at=AT + timedelta(minutes=1))

        def begin_anew(anew=anew):
            at = AT + timedelta(minutes=1)
            return actions.unlock_first(tender=tender, holds=Holds.BID, sheet=anew, by=last, at=at)

        answers = at_once(end, end, begin_anew)
        assert sum(not isinstance(each, RefusedError) for each in answers[:2]) <= 1, answers
        is_opened = StageFact.objects.filter(kind=Kind.OPENED).exists()
        assert Bid.objects.count() == (2 if is_opened else 0)
        assert LedgerBody.objects.filter(event="procurement_opened").count() == is_opened
        assert not (faults := broken(Held())), faults
        if is_opened:
            opened += 1
            opening = Opening.objects.get()
            for person in case.openers:
                declare(case, person, at=AT + timedelta(minutes=2))
            attesting = [
                lambda person=person, opening=opening: actions.attest_list(
                    opening=opening, by=person, at=AT + timedelta(minutes=3)
                )
                for person in case.openers
            ]
            at_once(*attesting)
            opening.refresh_from_db()
            assert opening.first_attested_at
            assert opening.second_attested_at
    database.forget(kept)
    assert opened
