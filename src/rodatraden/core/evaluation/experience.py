"""Experience in months: days worked twice at once count once, and the counting rule is published with the model.

Calendar days, touched months and completed months differ at the limit (47 or 48 months), so a model names its rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.calendars import months_later
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DAY = timedelta(days=1)
DAYS_IN_MONTH = 30
"""What a month is when days are counted. Source: policy, named in the rule."""


class CountingRule(StrEnum):
    """How time is counted as months.

    Completed months: within each unbroken stretch, from a day to the day before the same day of a later month (to the
    last day of a month that is too short); what is left over in a stretch is dropped. Touched months: every calendar month with at least one day. Days: all days
    together, thirty to a month, the rest dropped.
    """

    COMPLETED_MONTHS = "completed_months"
    TOUCHED_MONTHS = "touched_months"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Assignment:
    """From the first to the last day, both included; without last day it goes on."""

    first: date
    last: date | None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"an assignment that ends {self.last}, before it starts {self.first}")


@dataclass(frozen=True, slots=True)
class Experience:
    """Months of experience with the stretches they were counted in."""

    value: int
    rule: CountingRule
    steps: tuple[Message, ...]


def experience(assignments: Iterable[Assignment], *, rule: CountingRule, counted_on: date) -> Experience:
    """Return the months of experience up to and including `counted_on`."""
    stretches = tuple(_stretches(assignments, counted_on))
    match rule:
        case CountingRule.COMPLETED_MONTHS:
            each = [_completed(first, last) for first, last in stretches]
            steps = [
                say("{first} to {last}: {months} completed months", first=first, last=last, months=months)
                for (first, last), months in zip(stretches, each, strict=True)
            ]
            value = sum(each)
        case CountingRule.TOUCHED_MONTHS:
            touched = {month for first, last in stretches for month in _touched(first, last)}
            steps = [say("{first} to {last}", first=first, last=last) for first, last in stretches]
            value = len(touched)
        case CountingRule.DAYS:
            days = [(last - first).days + 1 for first, last in stretches]
            steps = [
                say("{first} to {last}: {days} days", first=first, last=last, days=count)
                for (first, last), count in zip(stretches, days, strict=True)
            ]
            value = sum(days) // DAYS_IN_MONTH
    return Experience(value, rule, (*steps, say("{months} months together", months=value)))


def _stretches(assignments: Iterable[Assignment], counted_on: date) -> Iterator[tuple[date, date]]:
    """Yield unbroken stretches of days, earliest first; one that starts the day after another goes on from it."""
    days = sorted(
        (each.first, min(each.last or counted_on, counted_on)) for each in assignments if each.first <= counted_on
    )
    yield from _merged(days)


def _merged(days: Sequence[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    current: tuple[date, date] | None = None
    for first, last in days:
        if current is None:
            current = first, last
        elif first <= current[1] + DAY:
            current = current[0], max(current[1], last)
        else:
            yield current
            current = first, last
    if current is not None:
        yield current


def _completed(first: date, last: date) -> int:
    after = last + DAY
    months = (after.year - first.year) * 12 + after.month - first.month
    return months if months_later(first, months) <= after else months - 1


def _touched(first: date, last: date) -> Iterator[tuple[int, int]]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield divmod(number, 12)
