"""The box is closed when its time is out, whether anybody looks or not; by no clock that has just been set."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rodatraden.bids.rules import SETTLING
from rodatraden.bids.tasks import keep_box
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_drafted

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def closed_at() -> list:
    return list(StageFact.objects.filter(kind="closed").values_list("at", flat=True))


def test_inv_05_the_box_is_closed_though_nobody_looks_and_no_clock_that_is_set_back_undoes_it(tender):
    keep_box(at=DEADLINE + SETTLING - SECOND)
    assert closed_at() == []
    keep_box(at=DEADLINE + SETTLING)
    keep_box(at=DEADLINE + DAY)
    assert closed_at() == [DEADLINE + SETTLING]
    assert give_bid(tender, at=DEADLINE - timedelta(minutes=1)).is_late


def test_a_clock_that_is_not_believed_closes_nothing(tender):
    keep_box(at=DEADLINE + DAY, is_believed=False)
    assert closed_at() == []
    assert not give_bid(tender, at=DEADLINE - timedelta(minutes=1)).is_late


@pytest.mark.django_db
def test_nothing_is_closed_of_what_is_not_published():
    _case, tender = make_drafted()
    type(tender).objects.filter(pk=tender.pk).update(deadline_at=DEADLINE)
    keep_box(at=DEADLINE + DAY)
    assert closed_at() == []


def test_nothing_is_closed_of_what_was_cancelled(case, tender):
    record_fact(procurement=case.procurement, kind=StageFact.Kind.CANCELLED, by=case.officer, at=DEADLINE - DAY)
    keep_box(at=DEADLINE + DAY)
    assert closed_at() == []


def test_a_look_costs_one_question_when_nothing_is_due(tender, django_assert_num_queries):
    keep_box(at=DEADLINE - DAY, is_believed=False)  # what an opening needs, apart
    with django_assert_num_queries(2):
        keep_box(at=DEADLINE - DAY)
