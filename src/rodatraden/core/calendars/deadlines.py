"""Deadlines: the first lawful one for tenders, the last instant for answers, and the days on which duties fall due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars.days import EU_1182_NO, ONE_DAY, SE_1930_173, days_after, days_before, is_off, start_of
from rodatraden.core.calendars.rows import BOOK, Computed, Country, Kind, Regime, RuleBook, Step, Unknown
from rodatraden.core.instants import local_date
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from rodatraden.core.calendars.procedures import Procedure


@dataclass(frozen=True, slots=True)
class EarliestDeadline:
    """The first instant that may be the deadline; None where the law asks for a reasonable time only."""

    earliest_at: datetime | None
    last_day: date | None
    """The last day of the least period; the deadline may not come before it has ended."""


def earliest_deadline(
    *,
    procedure: Procedure,
    dispatched_at: datetime,
    electronic: bool = True,
    documents_electronic: bool = True,
    prior_notice: bool = False,
    urgent: bool = False,
    book: RuleBook = BOOK,
) -> Computed[EarliestDeadline]:
    """Return the first lawful deadline for tenders when the notice is sent at `dispatched_at`.

    The reading is the one that is safe for the buyer: all days are whole days in the procedure's zone, the day of
    dispatch isn't counted, and the deadline comes no earlier than the end of the last day.
    """
    kind = _tender_kind(procedure, electronic=electronic, prior_notice=prior_notice, urgent=urgent)
    if kind is None:
        return Computed(
            EarliestDeadline(None, None),
            (
                Step(
                    say("The law names no number of days: the time must be reasonable for what is asked."),
                    procedure.paragraph,
                ),
            ),
        )
    sent_on = local_date(dispatched_at, procedure.country)
    row = book.rule(kind, country=procedure.country, regime=procedure.regime, on=sent_on)
    if isinstance(row, Unknown):
        return Computed(row, ())
    days = row.days
    steps: tuple[Step, ...] = (
        Step(
            say("The notice is sent on {sent_on}; at least {days} days.", sent_on=sent_on, days=days),
            row.paragraph,
            row.id,
        ),
    )
    if procedure.documents_extra_days and not documents_electronic and not urgent:
        extra = book.rule(
            procedure.documents_extra_days, country=procedure.country, regime=procedure.regime, on=sent_on
        )
        if isinstance(extra, Unknown):
            return Computed(extra, steps)
        days += extra.days
        steps += (
            Step(
                say("The documents aren't all freely available electronically: {days} days more.", days=extra.days),
                extra.paragraph,
                extra.id,
            ),
        )
    last = days_after(sent_on, days, procedure.calendar, row=row, book=book)
    steps += last.steps
    if isinstance(last.value, Unknown):
        return Computed(last.value, steps)
    earliest = start_of(last.value + ONE_DAY, procedure.calendar)
    steps += (
        Step(
            say(
                "The whole of {last} belongs to the period, so the deadline is {earliest} at the earliest.",
                last=last.value,
                earliest=earliest,
            ),
            procedure.calendar.paragraph,
        ),
    )
    return Computed(EarliestDeadline(earliest, last.value), steps)


def _tender_kind(procedure: Procedure, *, electronic: bool, prior_notice: bool, urgent: bool) -> Kind | None:
    if urgent:
        return procedure.tender_days_urgent
    if prior_notice:
        return procedure.tender_days_prior_notice
    return procedure.tender_days_electronic if electronic else procedure.tender_days


def deadline_lawful(
    *,
    procedure: Procedure,
    dispatched_at: datetime,
    deadline_at: datetime,
    electronic: bool = True,
    documents_electronic: bool = True,
    prior_notice: bool = False,
    urgent: bool = False,
    book: RuleBook = BOOK,
) -> Answer:
    """Return whether the documents may be published with this deadline (INV-07)."""
    computed = earliest_deadline(
        procedure=procedure,
        dispatched_at=dispatched_at,
        electronic=electronic,
        documents_electronic=documents_electronic,
        prior_notice=prior_notice,
        urgent=urgent,
        book=book,
    )
    if isinstance(computed.value, Unknown):
        return no(computed.value.reason, mend="deadline_at", source=computed.value.source)
    if deadline_at <= dispatched_at:
        return no(say("The deadline is before the notice is sent."), mend="deadline_at", source=procedure.paragraph)
    earliest = computed.value.earliest_at
    if earliest is not None and deadline_at < earliest:
        return no(
            say(
                "The time for tenders is too short: the deadline can be {earliest} at the earliest.", earliest=earliest
            ),
            mend="deadline_at",
            source=computed.steps[0].paragraph,
        )
    return YES


def latest_answer_at(
    deadline_at: datetime, *, procedure: Procedure, urgent: bool = False, book: RuleBook = BOOK
) -> Computed[datetime]:
    """Return the instant before which answers to questions must be out to all.

    Counted backwards in whole days that all end before the deadline; an off-day moves to the working day before.
    The reading is the one that is safe for the buyer: an answer in time by it is in time by every other.
    """
    on = local_date(deadline_at, procedure.country)
    kind = procedure.answer_days_urgent if urgent else procedure.answer_days
    if kind is None:
        return Computed(
            deadline_at,
            (
                Step(
                    say("The law names no number of days: answer in good time before the deadline."),
                    procedure.paragraph,
                ),
            ),
        )
    row = book.rule(kind, country=procedure.country, regime=procedure.regime, on=on)
    if isinstance(row, Unknown):
        return Computed(row, ())
    day = days_before(on - ONE_DAY, row.days, procedure.calendar, row=row, book=book)
    if isinstance(day.value, Unknown):
        return Computed(day.value, day.steps)
    latest = start_of(day.value + ONE_DAY, procedure.calendar)
    return Computed(
        latest,
        (
            *day.steps,
            Step(say("Answers must be out to all before {latest}.", latest=latest), row.paragraph, row.id),
        ),
    )


def answer_in_time(
    *,
    answered_at: datetime,
    deadline_at: datetime,
    procedure: Procedure,
    urgent: bool = False,
    book: RuleBook = BOOK,
) -> Answer:
    """Return whether an answer that goes out at `answered_at` leaves the time the law asks for before the deadline."""
    latest = latest_answer_at(deadline_at, procedure=procedure, urgent=urgent, book=book)
    if isinstance(latest.value, Unknown):
        return no(latest.value.reason, mend="deadline_at", source=latest.value.source)
    if answered_at < latest.value:
        return YES
    return no(
        say(
            "Answers had to be out before {latest}: extend the deadline, or give a reason why not.", latest=latest.value
        ),
        mend="deadline_at",
        source=latest.steps[0].paragraph,
    )


def deadline_after_answer(
    answered_at: datetime, *, procedure: Procedure, urgent: bool = False, book: RuleBook = BOOK
) -> Computed[datetime]:
    """Return the first deadline, at the start of a day, for which an answer at `answered_at` is in time."""
    day = local_date(answered_at, procedure.country)
    while True:
        day += ONE_DAY
        deadline = start_of(day, procedure.calendar)
        latest = latest_answer_at(deadline, procedure=procedure, urgent=urgent, book=book)
        if isinstance(latest.value, Unknown):
            return Computed(latest.value, latest.steps)
        if answered_at < latest.value:
            return Computed(deadline, latest.steps)


def duty_due_on(
    kind: Kind | None, *, procedure: Procedure, event_on: date, book: RuleBook = BOOK
) -> Computed[date | None]:
    """Return the last day for a duty of the buyer that is counted in days from `event_on`; None when there is none.

    `kind` is one of the procedure's own, such as `procedure.reasons_days`. The safe reading for the buyer: a last
    day that is off moves back to the working day before, never on.
    """
    if kind is None:
        return Computed(None, (Step(say("This procedure has no such duty."), procedure.paragraph),))
    row = book.rule(kind, country=procedure.country, regime=procedure.regime, on=event_on)
    if isinstance(row, Unknown):
        return Computed(row, ())
    due = event_on + row.days * ONE_DAY
    steps: tuple[Step, ...] = (
        Step(
            say("Within {days} days from {event_on}: {due}.", days=row.days, event_on=event_on, due=due),
            row.paragraph,
            row.id,
        ),
    )
    if is_off(due, procedure.calendar):
        while is_off(due, procedure.calendar):
            due -= ONE_DAY
        steps += (Step(say("That day is off, so do it by the working day before, {due}.", due=due), "policy"),)
    return Computed(due, steps)


def access_due_on(asked_on: date, *, country: str, book: RuleBook = BOOK) -> Computed[date]:
    """Return by which day a request for documents is answered: promptly, counted in working days from the day it came.

    The day is when the request grows old, never a right to wait until then (TF 2 kap. 15 och 16 §§, offentleglova § 32).
    """
    row = book.rule(Kind.ACCESS_DAYS, country=country, regime=Regime.ACCESS, on=asked_on)
    if isinstance(row, Unknown):
        return Computed(row, ())
    calendar = SE_1930_173 if country == Country.SE else EU_1182_NO
    due = asked_on
    while is_off(due, calendar):
        due += ONE_DAY
    for _ in range(row.days):
        due += ONE_DAY
        while is_off(due, calendar):
            due += ONE_DAY
    return Computed(
        due,
        (Step(say("Asked for on {asked_on}: answered by {due}.", asked_on=asked_on, due=due), row.paragraph, row.id),),
    )


def result_notice_due_on(
    *, procedure: Procedure, signed_on: date, value: Decimal, book: RuleBook = BOOK
) -> Computed[date | None]:
    """Return the last day to send the result notice after the contract was concluded; None when none is needed."""
    if procedure.result_notice_limit is not None:
        limit = book.rule(
            procedure.result_notice_limit, country=procedure.country, regime=procedure.regime, on=signed_on
        )
        if isinstance(limit, Unknown):
            return Computed(limit, ())
        if value < limit.value:
            return Computed(
                None,
                (
                    Step(
                        say(
                            "The value is below {limit} {currency}, so no result notice is needed.",
                            limit=Amount(limit.value),
                            currency=limit.unit,
                        ),
                        limit.paragraph,
                        limit.id,
                    ),
                ),
            )
    return duty_due_on(procedure.result_notice_days, procedure=procedure, event_on=signed_on, book=book)
