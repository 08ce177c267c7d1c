"""Manifests whose last byte is sent around the deadline, over real connections: none in time is refused, none late taken in.

What happened before the deadline is told by the sender: who had sent all of it before is in time, however the server was
busy; who began to send the last byte later than the published tolerance after it is not.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse

from rodatraden.bids.models import Submission
from rodatraden.bids.rules import SETTLING
from rodatraden.config import clock
from tests.factories.tenders import DEADLINE
from tests.faults.around import Around
from tests.faults.invariants import Held, broken

pytestmark = pytest.mark.one_engine
ROUNDS, NIGHTLY = 15, 1250


def test_inv_05_no_bid_is_late_that_was_sent_in_time_and_none_in_time_that_was_sent_late(site, seed, form):
    tried = Around(site).send_at_the_deadline(form.times(ROUNDS, NIGHTLY), form.chance(seed))
    assert min(tried.values()) > ROUNDS, "the instants were not on both sides of the deadline"


JUMPS = timedelta(days=1)
ROUNDS_OF_JUMPS, NIGHTLY_JUMPS = 1, 63
"""Eight jumps each: 8, and 504 by night."""


def test_inv_05_a_box_that_was_closed_stays_closed_whatever_the_clock_says_then(site, seed, form):
    around, chance = Around(site), form.chance(seed)
    official = around.case.openers[0]
    site.sign_in(official)
    asked = around.prepare()
    site.start()
    site.is_now(DEADLINE + SETTLING)
    page = reverse("bids:opening", args=[around.case.procurement.pk])
    assert site.of(official).get(page).status == 200  # the first who looks after the deadline closes it
    for number in range(form.times(ROUNDS_OF_JUMPS, NIGHTLY_JUMPS)):
        if number:
            asked = around.prepare()
        connections.close_all()
        for bid, request in asked:
            jump = timedelta(seconds=chance.uniform(-1, 1) * JUMPS.total_seconds())
            site.is_now(DEADLINE + jump)
            sent = around.send(bid, request, clock.machine_time())
            assert sent.answer.startswith(b"HTTP/1.1 200"), sent.answer
    site.kill()
    assert Submission.objects.count() == Submission.objects.filter(is_late=True).count() > 0
    assert not (faults := broken(Held())), faults
