"""Experience in months: days worked twice at once count once, and the counting rule is published with the model.

Calendar days, touched months and completed months differ at the limit (47 or 48 months), so a model names its rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.calendars import months_later
from rodatraden.core.evaluation.reading import ModelError, read_choice, read_day, read_list, read_object
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


@dataclass(frozen=True, slots=True)
class Months:
    """A criterion that is measured in months of experience, counted by a published rule up to a published day."""

    rule: CountingRule
    counted_on: date

    @classmethod
    def from_json(cls, value: object, field: str) -> Months:
        """Read how months are counted.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("rule", "counted_on"))
        return cls(
            rule=read_choice(found["rule"], f"{field}.rule", CountingRule),
            counted_on=read_day(found["counted_on"], f"{field}.counted_on"),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"rule": self.rule.value, "counted_on": self.counted_on}


def read_assignments(value: object, field: str) -> tuple[Assignment, ...]:
    """Read assignments, each with its first day and its last, or null when it goes on.

    Raises:
        ModelError: a day is no day, or an assignment ends before it starts.
    """
    found = []
    for n, each in enumerate(read_list(value, field)):
        days = read_object(each, f"{field}[{n}]", ("first", "last"))
        first = read_day(days["first"], f"{field}[{n}].first")
        last = None if days["last"] is None else read_day(days["last"], f"{field}[{n}].last")
        if last is not None and last < first:
            raise ModelError(f"{field}[{n}]", each, say("The assignment ends before it starts."))
        found.append(Assignment(first, last))
    return tuple(found)


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
