"""Days and times of day of the example, all counted from the day that it is loaded for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from rodatraden.core.calendars import SE_1930_173, is_off
from rodatraden.core.instants import ZONES

ONE_DAY = timedelta(days=1)


def at(day: date, clock: str) -> datetime:
    """Return the instant at which Swedish clocks show `clock` on `day`."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZONES["SE"])


def before(day: date, n: int) -> date:
    """Return the `n`th working day before `day`: what is fewer working days before something comes later, always."""
    return _counted(day, n, -ONE_DAY)


def after(day: date, n: int) -> date:
    """Return the `n`th working day after `day`."""
    return _counted(day, n, ONE_DAY)


def _counted(day: date, n: int, step: timedelta) -> date:
    while n:
        day += step
        n -= not is_off(day, SE_1930_173)
    return day
