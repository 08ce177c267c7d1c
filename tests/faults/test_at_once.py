"""Two officials at the same moment, with real threads and real commits: one of them is first, and nothing is opened twice.

And those without an account at the same moment as bids come in: they stop none.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count, islice
from threading import Event

import pytest
from django.db import connection

from rodatraden.bids import actions
from rodatraden.bids.models import Bid, Opening, Submission, Unlocking
from rodatraden.bids.rules import Kind
from rodatraden.core.answer import RefusedError
from rodatraden.core.organisation_numbers import OrganisationNumber
from rodatraden.core.organisation_numbers import parse_organisation_number as parse
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.actions import ask_to_join, grant_membership, register_organisation
from rodatraden.parties.models import JoinRequest, Membership, Organisation
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import LedgerBody
from rodatraden.tenders.actions import ask_question
from rodatraden.tenders.models import Question
from tests import database
from tests.bids.test_concurrency import at_once, begun_by, hand_in
from tests.factories.bids import close_box, make_bidder
from tests.factories.keys import begin, first_sheet, last_sheet, ring_of
from tests.factories.parties import START, make_person
from tests.factories.procurements import declare
from tests.factories.sealed import give_bid
from tests.factories.tenders import ANNOUNCED_AT, DEADLINE, make_published
from tests.faults.invariants import Held, broken

AT = DEADLINE + timedelta(hours=1)
FIRSTS, OPENINGS = 90, 10
"""Races of each kind in the short form: a hundred together."""
NIGHTLY = 50
"""How many times as many by night: five thousand."""
BIDS = 15
"""Bids that are handed in, or roles given, while others, without an account, ask all the time."""


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


def again_and_again(ended, ask):
    """Ask until it has `ended`."""
    for number in count(1):
        with suppress(RefusedError):
            ask(number)
        if ended.is_set():
            return


def one_after_the_other(ended, acts):
    """Carry out all acts, after which it has `ended`."""
    try:
        return [act() for act in acts]
    finally:
        ended.set()


def question(tender, number):
    at = ANNOUNCED_AT + number * timedelta(minutes=6)  # or it is said that many have come at once
    ask_question(tender=tender, text=f"Hur {number}?", by=None, at=at)


def to_be_let_in(supplier, number):
    ask_to_join(
        country=supplier.country,
        registration_number=supplier.registration_number,
        name="Kollega",
        email=f"kollega{number}@bolag.example",
        text="",
        link=str,
        by=None,
        at=ANNOUNCED_AT + number * timedelta(hours=6),
    )


def make_numbered(number):
    return register_organisation(
        name=f"Bolag {number}",
        kind=Organisation.Kind.SUPPLIER,
        registration_number=number,
        by=None,
        at=START,
        is_fictional=True,
    )


def test_nobody_without_an_account_stops_a_bid_by_asking_again_and_again(fresh_database, form):
    """Who asks holds the documents, or the supplier, and waits for the log; who hands in points to both with the log held."""
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time")
    _, tender = make_published()
    numbers = (each for each in map(str, count(5566000000)) if isinstance(parse(each), OrganisationNumber))
    suppliers = [make_numbered(each) for each in islice(numbers, form.times(BIDS, BIDS * NIGHTLY))]
    begun = begun_by(tender, *(make_bidder(each.name, supplier=each) for each in suppliers))
    coming, all_in = deque(suppliers[:1], maxlen=1), Event()

    def come(upload, sealed):
        coming.append(upload.supplier)
        return hand_in(upload, sealed)

    asking = partial(again_and_again, all_in, partial(question, tender))
    joining = partial(again_and_again, all_in, lambda number: to_be_let_in(coming[0], number))
    bids = [partial(come, *pair) for pair in begun]
    handed_in, *_ = at_once(partial(one_after_the_other, all_in, bids), asking, asking, joining)
    assert len(handed_in) == Submission.objects.count() == len(suppliers)
    assert Question.objects.count() > 1
    assert JoinRequest.objects.count() > 1
    assert not broken(Held())


def test_nobody_without_an_account_stops_the_buyer_from_giving_roles_and_keys(fresh_database, form):
    """Who asks is entered in the diary with the log held; who gives a role holds the buyer and waits for the log."""
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time")
    case, tender = make_published()
    people = [make_person(f"Kollega {number}") for number in range(form.times(BIDS, BIDS * NIGHTLY))]
    all_in = Event()
    give = partial(grant_membership, organisation=case.buyer, role=Membership.Role.EMPLOYEE, by=None, at=ANNOUNCED_AT)
    asking = partial(again_and_again, all_in, partial(question, tender))
    roles = [partial(give, person=person) for person in people]
    given, *_ = at_once(partial(one_after_the_other, all_in, roles), asking, asking)
    assert {each.person for each in given} == set(people)
    assert Question.objects.count() > 1
    assert not broken(Held())
