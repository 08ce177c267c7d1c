"""By night alone: the machine's own clock jumps to and fro over the deadline (libfaketime), under a server that knows no other.

test_deadline.py moves the clock that bids are stamped by. Here all that the processes are told of the time jumps, as when somebody
sets a real one: sessions, signatures, the worker, which closes no box by a clock that was just set. Time that only counts seconds goes on.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from rodatraden.bids.models import Submission
from rodatraden.config import clock
from tests.faults.invariants import Held, broken
from tests.faults.site import FAKE_TIME
from tests.faults.site import site as running
from tests.faults.test_deadline import AT_ONCE, DEADLINE, TOLERANCE, Around

pytestmark = pytest.mark.one_engine
JUMPS = 504
AS_FAR = timedelta(minutes=90)
"""Before the deadline and after it: who has signed in before is signed in still."""
ANSWERED = timedelta(seconds=5)
"""Within which a bid is answered, or the stamp means nothing here."""


@pytest.fixture
def site(fresh_database, data_dir, tmp_path):
    """Give an installation that goes by the machine's clock, as its processes are told of it."""
    assert Path(FAKE_TIME["LD_PRELOAD"]).exists(), "the package libfaketime is missing: apt-get install libfaketime"
    kept = tmp_path / "kept"
    kept.mkdir()
    with running(kept, by_machine_clock=True) as found:
        yield found


def test_inv_05_what_the_clock_said_when_a_bid_came_counts_and_a_closed_box_stays_closed(site, seed, form):
    around, chance = Around(site), form.chance(seed)
    tried = {True: 0, False: 0}
    for _ in range(form.times(0, JUMPS // AT_ONCE)):
        site.put_back()
        site.is_now(DEADLINE - AS_FAR)
        asked = around.prepare()
        site.start()
        connections.close_all()
        told = {}
        both_sides = [chance.uniform(-1, -0.1), chance.uniform(0.1, 1)]  # and the rest where it may fall
        for (bid, request), where in zip(
            asked, [*both_sides, *(chance.uniform(-1, 1) for _ in asked[2:])], strict=True
        ):
            at = DEADLINE + AS_FAR * where
            offset = site.is_now(at)
            sent = around.send(bid, request, clock.machine_time())
            assert sent.answer.startswith(b"HTTP/1.1 200"), sent.answer
            told[bid] = (sent.began + offset, sent.ended + offset)
        site.kill()
        for submission in Submission.objects.filter(pk__in=told):
            began, ended = told[submission.pk]
            receipt = json.loads(submission.receipt)
            stamp = datetime.fromisoformat(receipt["received_at"])
            assert began - TOLERANCE <= stamp <= ended + ANSWERED, (began, stamp)
            assert receipt["in_time"] == (stamp < DEADLINE and not receipt["box_was_closed"]), receipt
            tried[submission.is_late] += 1
        assert Submission.objects.filter(pk__in=told).count() == AT_ONCE
        assert not (faults := broken(Held())), faults
        connections.close_all()
    assert min(tried.values()) > 0, "the jumps were not on both sides of the deadline"
