"""Contract years, the limit of a framework's term, and the warnings as a ceiling is used up."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars.days import ONE_DAY
from rodatraden.core.calendars.rows import BOOK, Computed, Country, Kind, Regime, RuleBook, Step, Unknown
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from datetime import date

    from rodatraden.core.calendars.procedures import Procedure

FULL = Decimal(100)
"""A whole, in percent."""
MONTHS = 12
"""The months of a year."""


@dataclass(frozen=True, slots=True)
class ContractPeriod:
    """A contract's term; both days belong to it."""

    first_on: date
    last_on: date


def months_later(day: date, months: int) -> date:
    """Return the same day `months` later, or the first day after a month that is too short for it.

    So a month from 31 January is full with the last day of February, and a year from 29 February with the 28th.
    """
    year, month = divmod(day.month - 1 + months, MONTHS)
    first = day.replace(year=day.year + year, month=month + 1, day=1)
    last = monthrange(first.year, first.month)[1]
    return first.replace(day=day.day) if day.day <= last else first.replace(day=last) + ONE_DAY


def contract_period(*, signed_on: date, months: int, after_months: int = 0) -> Computed[ContractPeriod]:
    """Return the term of `months` months that begins `after_months` months after the day the last party signed.

    The last day is the day before the same date comes round again, or the last day of a month that lacks the date.
    Every option is counted from the day of signing, so that a 29 February, or a 31st, doesn't shift the later terms.
    """
    first, following = months_later(signed_on, after_months), months_later(signed_on, after_months + months)
    steps = [
        Step(
            say("The last party signed on {signed_on}; this term begins on {first}.", signed_on=signed_on, first=first),
            "policy",
        ),
        Step(
            say(
                "{months} months: the last day is {last}, the day before the same date comes round again.",
                months=months,
                last=following - ONE_DAY,
            ),
            "policy",
        ),
    ]
    if {first.day, following.day} != {signed_on.day}:
        steps.append(
            Step(
                say("A month that lacks the day {day} is counted to its last day.", day=signed_on.day),
                "lag (1930:173) 1 §",
            )
        )
    return Computed(ContractPeriod(first, following - ONE_DAY), tuple(steps))


def framework_term_allowed(
    *, procedure: Procedure, years: int, on: date, special_reasons: str = "", book: RuleBook = BOOK
) -> Answer:
    """Return whether a framework agreement may run for `years` years, options included (LOU 7 kap. 2 §, FOA § 26-1)."""
    if procedure.framework_max_years is None:
        return YES
    row = book.rule(procedure.framework_max_years, country=procedure.country, regime=procedure.regime, on=on)
    if isinstance(row, Unknown):
        return no(row.reason, mend="periods", source=row.source)
    if years > row.days and not special_reasons.strip():
        return no(
            say(
                "A framework agreement runs for at most {years} years; longer needs special reasons that are stated.",
                years=row.days,
            ),
            mend="periods",
            source=row.paragraph,
        )
    return YES


def ceiling_level(*, committed: Decimal, ceiling: Decimal, on: date, book: RuleBook = BOOK) -> Computed[Kind | None]:
    """Return the highest warning that is reached; exactly the share counts as reached, and None means none is."""
    reached: Kind | None = None
    steps: tuple[Step, ...] = ()
    for kind in (Kind.CEILING_NOTICE, Kind.CEILING_WARNING, Kind.CEILING_ALARM):
        row = book.rule(kind, country=Country.ANY, regime=Regime.POLICY, on=on)
        if isinstance(row, Unknown):
            return Computed(row, steps)
        if committed * FULL >= row.value * ceiling:
            reached = kind
            steps += (
                Step(
                    say(
                        "{committed} of {ceiling}: at least {share} % is used.",
                        committed=Amount(committed),
                        ceiling=Amount(ceiling),
                        share=row.value,
                    ),
                    row.paragraph,
                    row.id,
                ),
            )
    return Computed(reached, steps)
