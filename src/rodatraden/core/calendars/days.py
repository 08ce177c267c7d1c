"""Days on which a period may not end, and counting by days in the three calendars of the program.

Public holidays come from the package `holidays`; the tests check them against a computation of their own for every
year 2015-2060. A day, never an instant, is counted; an instant is first turned into the day it is in the country.
"""

from __future__ import annotations

import calendar as weekdays
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

import holidays

from rodatraden.core.calendars.rows import BOOK, Computed, Country, Kind, Regime, RuleBook, RuleRow, Step, Unknown
from rodatraden.core.instants import ZONES
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are off in a country's law, and whether Regulation 1182/71 counts."""

    id: str
    country: Country
    eves_off: bool
    """Whether midsummer eve, Christmas eve and New Year's eve are treated as public holidays."""
    regulation_1182: bool
    """Whether a period must hold the least number of working days of article 3.5."""
    paragraph: str
    verified: bool
    """Whether the reading of the law is settled; an unsettled one is the safe one for the buyer."""


SE_1930_173 = Calendar(
    id="SE_1930_173",
    country=Country.SE,
    eves_off=True,
    regulation_1182=False,
    paragraph="lag (1930:173) 2 §, LOU 20 kap. 18 §",
    verified=True,
)
"""Standstill and review in Sweden: the last day moves past Saturdays, Sundays, public holidays and the three eves."""

EU_1182_SE = Calendar(
    id="EU_1182_SE",
    country=Country.SE,
    eves_off=True,
    regulation_1182=True,
    paragraph="förordning 1182/71 artikel 3",
    verified=False,
)
"""Tender periods in Sweden. Whether the eves are holidays of the regulation isn't settled: they are treated as off,
since that can only make a period longer, and an answer to a question earlier."""

EU_1182_NO = Calendar(
    id="EU_1182_NO",
    country=Country.NO,
    eves_off=False,
    regulation_1182=True,
    paragraph="FOA § 7-6, förordning 1182/71 artikel 3",
    verified=True,
)
"""All periods in Norway; the eves are ordinary days."""

CALENDARS: Mapping[str, Calendar] = {calendar.id: calendar for calendar in (SE_1930_173, EU_1182_SE, EU_1182_NO)}


class OffDay(Enum):
    """Why a period may not end on a day."""

    SATURDAY = auto()
    SUNDAY = auto()
    HOLIDAY = auto()
    EVE = auto()


@lru_cache(maxsize=256)
def _holidays(country: Country, year: int, category: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country.value, years=year, categories=(category,)))


def off_day(day: date, calendar: Calendar) -> OffDay | None:
    """Return why `day` is off in `calendar`, or None when it is a working day."""
    if day in _holidays(calendar.country, day.year, "public"):
        return OffDay.HOLIDAY
    if calendar.eves_off and day in _holidays(calendar.country, day.year, "de_facto"):
        return OffDay.EVE
    return {weekdays.SATURDAY: OffDay.SATURDAY, weekdays.SUNDAY: OffDay.SUNDAY}.get(day.weekday())


def is_off(day: date, calendar: Calendar) -> bool:
    """Return whether a period may not end on `day`."""
    return off_day(day, calendar) is not None


def start_of(day: date, calendar: Calendar) -> datetime:
    """Return the instant at which `day` begins in the calendar's country."""
    return datetime.combine(day, time(), tzinfo=ZONES[calendar.country])


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Return the number of working days after `start` up to and including `end`."""
    return sum(not is_off(start + timedelta(days=n), calendar) for n in range(1, (end - start).days + 1))


def days_after(
    start: date, days: int, calendar: Calendar, *, row: RuleRow | None = None, book: RuleBook = BOOK
) -> Computed[date]:
    """Return the last day of a period of `days` days; the day of the event, `start`, isn't counted.

    A last day that is off moves to the next working day. In the calendars of Regulation 1182/71 a period also holds
    the least number of working days of article 3.5. `row` is the rule row that the number of days comes from.
    """
    last = start + days * ONE_DAY
    steps = [
        Step(
            say(
                "Counted {days} days from {start}, which isn't counted itself: {last}.",
                days=days,
                start=start,
                last=last,
            ),
            row.paragraph if row else "",
            row.id if row else "",
        )
    ]
    return _settle(last, start, ONE_DAY, calendar, steps, days=days, book=book)


def days_before(
    end: date, days: int, calendar: Calendar, *, row: RuleRow | None = None, book: RuleBook = BOOK
) -> Computed[date]:
    """Return the latest day from which `days` whole days remain, the last of them `end`; the mirror of `days_after`.

    A day that is off moves to the working day before. That is the safe reading for the buyer: Regulation 1182/71
    article 3.4 itself moves no period that is counted backwards.
    """
    first = end - days * ONE_DAY
    steps = [
        Step(
            say("Counted {days} whole days back from and with {end}: {first}.", days=days, end=end, first=first),
            row.paragraph if row else "",
            row.id if row else "",
        )
    ]
    return _settle(first, end, -ONE_DAY, calendar, steps, days=days, book=book)


def _settle(
    moving: date, fixed: date, step: timedelta, calendar: Calendar, steps: list[Step], *, days: int, book: RuleBook
) -> Computed[date]:
    """Move the free end of a period in the direction `step` until it may end there and holds its working days."""
    moving = _roll(moving, step, calendar, steps)
    if not calendar.regulation_1182:
        return Computed(moving, tuple(steps))
    least_days, least_working = (
        book.rule(kind, country=Country.EU, regime=Regime.REGULATION_1182, on=fixed)
        for kind in (Kind.PERIOD_LEAST_DAYS, Kind.PERIOD_LEAST_WORKING_DAYS)
    )
    if isinstance(least_days, Unknown):
        return Computed(least_days, tuple(steps))
    if isinstance(least_working, Unknown):
        return Computed(least_working, tuple(steps))
    while days >= least_days.days and _working_days(moving, fixed, calendar) < least_working.days:
        moving = _roll(moving + step, step, calendar, [])
        steps.append(
            Step(
                say("The period must hold at least {days} working days: {day}.", days=least_working.days, day=moving),
                least_working.paragraph,
                least_working.id,
            )
        )
    return Computed(moving, tuple(steps))


def _working_days(one: date, other: date, calendar: Calendar) -> int:
    return working_days_between(min(one, other), max(one, other), calendar)


def _roll(day: date, step: timedelta, calendar: Calendar, steps: list[Step]) -> date:
    """Move `day` in the direction `step` to a working day, and add to `steps` why."""
    start = day
    while reason := off_day(day, calendar):
        steps.append(Step(_off_sentence(day, reason), calendar.paragraph))
        day += step
    if day > start:
        steps.append(Step(say("Moved on to the next working day, {day}.", day=day), calendar.paragraph))
    elif day < start:
        steps.append(Step(say("Moved back to the working day before, {day}.", day=day), calendar.paragraph))
    return day


def _off_sentence(day: date, reason: OffDay) -> Message:
    match reason:
        case OffDay.SATURDAY:
            return say("{day} is a Saturday.", day=day)
        case OffDay.SUNDAY:
            return say("{day} is a Sunday.", day=day)
        case OffDay.HOLIDAY:
            return say("{day} is a public holiday.", day=day)
    return say("{day} is an eve, treated as a public holiday.", day=day)
