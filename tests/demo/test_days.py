"""The example can be loaded for any day: a leap day; Christmas is asked in test_loading, Easter and summer time in tests/setup/test_cli."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from rodatraden.demo.days import after, at, before
from rodatraden.procurements.models import StageFact
from tests.factories.demo import loaded

pytestmark = pytest.mark.one_engine


def test_working_days_are_counted_over_holidays():
    assert before(date(2026, 12, 28), 1) == date(2026, 12, 23)
    assert after(date(2026, 12, 23), 1) == date(2026, 12, 28)
    assert before(date(2026, 6, 20), 1) == date(2026, 6, 18)


def test_a_time_of_day_is_what_swedish_clocks_show():
    assert at(date(2026, 3, 28), "12:00").astimezone(UTC).hour == 11
    assert at(date(2026, 3, 30), "12:00").astimezone(UTC).hour == 10


@pytest.mark.django_db
def test_the_example_loads_on_a_leap_day(tmp_path):
    with loaded(tmp_path, date(2028, 2, 29)):
        assert StageFact.objects.filter(kind="contract_signed").count() == 1
