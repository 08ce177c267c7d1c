"""From an instant to the day that people there call it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rodatraden.core.instants import local_date


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 1, 31, 22, 59, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 23, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),  # the night to summer time
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),  # the day that has 25 hours
        (datetime(2028, 2, 28, 23, 0, tzinfo=UTC), date(2028, 2, 29)),
    ],
)
@pytest.mark.parametrize("country", ["SE", "NO"])
def test_the_day_turns_at_midnight_in_the_country(at: datetime, day: date, country: str) -> None:
    assert local_date(at, country) == day


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2026, 1, 1))


def test_an_unknown_country_is_refused_rather_than_guessed() -> None:
    with pytest.raises(KeyError):
        local_date(datetime(2026, 1, 1, tzinfo=UTC), "FI")
