"""A bid's life against a simple model: whatever suppliers do and in which order, the opening finds what the model says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rodatraden.bids import actions
from rodatraden.bids.models import Bid, BidPrice, Submission
from rodatraden.bids.queries import in_the_box, not_in_the_opening
from rodatraden.bids.rules import SETTLING
from rodatraden.core.answer import RefusedError
from rodatraden.core.sealing.holders import Holds
from tests.factories.bids import Stamp, close_box, make_bidder, next_key
from tests.factories.keys import unlock
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_published

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
]  # the order of verbs; test_actions_* ask both engines for each
START = DEADLINE - timedelta(minutes=3)
OPENING = DEADLINE + timedelta(hours=1)
steps = st.lists(
    st.tuples(
        st.sampled_from(["hand in", "withdraw", "close", "clock goes back"]),
        st.integers(0, 1),
        st.sampled_from([timedelta(), timedelta(microseconds=1), timedelta(minutes=1)]),
    ),
    min_size=3,
    max_size=8,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_the_opening_finds_what_the_model_says(acts):
    with transaction.atomic():
        live(acts)
        transaction.set_rollback(True)


def live(acts):
    case, tender = make_published(evaluators=1)
    bidders = [make_bidder(f"Bolag {n}") for n in range(2)]
    now, closed = START, False
    box: dict[int, Submission] = {}
    kept = {"late": 0, "withdrawn": 0, "replaced": 0}
    versions = [0, 0]
    for act, who, step in acts:
        now += step
        if act == "clock goes back":
            now = START
        elif act == "close":
            closed = closed or now >= DEADLINE + SETTLING
            try:
                close_box(tender, at=now)
            except RefusedError:
                assert not closed
        elif act == "hand in":
            submission = give_bid(tender, bidder=bidders[who], at=now)
            assert submission.is_late is (closed or now >= DEADLINE)
            if submission.is_late:
                kept["late"] += 1
            else:
                kept["replaced"] += versions[who]
                box[who], versions[who] = submission, 1
        elif who in box:
            try:
                actions.withdraw_bid(submission=box[who], by=bidders[who], arrival=Stamp(now), key=next_key())
            except RefusedError:
                assert closed or now >= DEADLINE
            else:
                assert not closed
                assert now < DEADLINE
                mine = Submission.objects.filter(supplier=box[who].supplier, is_late=False)
                earlier = kept["withdrawn"]
                kept["withdrawn"] = Submission.objects.exclude(withdrawn_at=None).count()
                kept["replaced"] -= kept["withdrawn"] - earlier - 1
                assert not mine.filter(withdrawn_at=None).exists()
                del box[who]
                versions[who] = 0
    expected = sorted(box.values(), key=lambda each: (each.received_at, str(each.pk)))
    assert [each.pk for each in in_the_box(tender)] == [each.pk for each in expected]
    assert not_in_the_opening(tender) == kept
    opened_by_two(case, tender, expected, at=max(now, OPENING))


def opened_by_two(case, tender, expected, *, at):
    """Nothing before its time, nothing by one alone, all by two in one act, and no price before the consensus."""
    first, last = case.openers
    with pytest.raises(RefusedError):
        unlock(tender, first, last, at=START)  # INV-03: none before its time
    assert not Bid.objects.exists()
    close_box(tender, at=at)
    with pytest.raises(RefusedError):
        unlock(tender, first, first, at=at)  # INV-04: nobody alone
    assert not Bid.objects.exists()
    bids = unlock(tender, last, first, at=at)  # who had begun alone does not hold up the two
    assert [(bid.number, bid.submission_id) for bid in bids] == [
        (number, each.pk) for number, each in enumerate(expected, start=1)
    ]
    with pytest.raises(RefusedError):
        unlock(tender, first, last, at=at + timedelta(hours=1), holds=Holds.PRICE)
    assert not BidPrice.objects.exists()  # INV-13: none before the consensus is locked
