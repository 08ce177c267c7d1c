"""Deciding and notifying, up to the first day on which a contract may be signed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rodatraden.awards.models import Notification
from rodatraden.awards.rules import computed_standstill, may_conclude_contract
from tests.factories.awards import make_awarded

pytestmark = pytest.mark.django_db

SENT = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)


def test_the_winner_of_the_worked_example_is_awarded_and_all_are_notified_at_one_instant():
    world = make_awarded(notified_at=SENT)
    assert world.tender.award.winner.supplier.name == "Mellanrum Samverkan AB"
    sent = Notification.objects.filter(decision=world.tender.award).order_by("bid__number")
    assert [(n.bid.number, n.sent_at) for n in sent] == [(1, SENT), (2, SENT), (3, SENT), (4, SENT)]


@pytest.mark.parametrize(
    ("on", "allowed"),
    [(date(2026, 6, 19), False), (date(2026, 6, 22), False), (date(2026, 6, 23), True), (date(2026, 7, 1), True)],
)
def test_inv_19_no_contract_before_earliest_signing(on, allowed):
    """Sent 9 June 2026: day ten is midsommarafton, so the last barred day is Monday 22 June (LOU 20 kap. 1 §)."""
    world = make_awarded(notified_at=SENT)
    assert bool(may_conclude_contract(world.tender, on)) is allowed
    assert computed_standstill(world.tender).known().last_barred_on == date(2026, 6, 22)
