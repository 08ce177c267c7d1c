"""The days on which something that was agreed is followed up."""

from __future__ import annotations

from itertools import count, takewhile
from typing import TYPE_CHECKING

from rodatraden.core.calendars.days import ONE_DAY, is_off
from rodatraden.core.calendars.periods import contract_period

if TYPE_CHECKING:
    from datetime import date

    from rodatraden.core.calendars.days import Calendar


def check_days(
    *, signed_on: date, agreed_until_on: date, calendar: Calendar, every_months: int = 0, after_months: int = 0
) -> tuple[date, ...]:
    """Return the days on which a term is checked, within what has been agreed on so far.

    Every so many months: on the last day of each. Once after a number of months: on the last day of the last of them.
    Neither: once, on the day the last party signed. A day off moves to the working day before, so that nothing falls
    outside the term; the day of signing moves on, so that nothing is due before there is a contract. An option that is
    taken up only adds days after these. Source: policy.
    """
    if every_months:
        ends = (contract_period(signed_on=signed_on, months=every_months * n).known().last_on for n in count(1))
        days = list(takewhile(lambda end: end <= agreed_until_on, ends))
    elif after_months:
        end = contract_period(signed_on=signed_on, months=after_months).known().last_on
        days = [end] if end <= agreed_until_on else []
    else:
        days = [signed_on]
    return tuple(_working_day(day, signed_on, calendar) for day in days)


def _working_day(day: date, signed_on: date, calendar: Calendar) -> date:
    step = ONE_DAY if day == signed_on else -ONE_DAY
    while is_off(day, calendar):
        day += step
    return day
