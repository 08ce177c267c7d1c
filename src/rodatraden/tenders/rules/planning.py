"""Dates that the program proposes: a plan in days, counted from the law's least time for bids."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypedDict

from rodatraden.core.calendars import Unknown, earliest_deadline, is_off, latest_answer_at
from rodatraden.core.instants import ZONES, local_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rodatraden.core.calendars import Procedure

ONE_DAY = timedelta(days=1)


class Dates(TypedDict, total=False):
    """The planned dates of the documents, and where bids come by them if not here."""

    planned_notice_at: datetime | None
    question_deadline_at: datetime | None
    deadline_at: datetime | None
    bids_valid_until_on: date | None
    starts_on: date | None
    bids_address: str


@cache
def plan() -> Mapping[str, Any]:
    """Return the plan: days and times of day that are good practice here, in `documents/dates.json`. Source: policy."""
    text = (resources.files("rodatraden.tenders") / "documents" / "dates.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def proposed_dates(procedure: Procedure, at: datetime) -> Dates:
    """Return dates that are lawful for `procedure` when planned at `at`; where the law's least is unknown, only the notice.

    Every day is a working day. The deadline lies some days beyond the law's least, or at a reasonable distance where
    the law names none. Questions end early enough for answers to be out in time.
    """
    notice_at = _at_clock(
        _working(local_date(at, procedure.country) + _days("notice_in_days"), procedure), "notice_clock", procedure
    )
    earliest = earliest_deadline(procedure=procedure, dispatched_at=notice_at).value
    if isinstance(earliest, Unknown):
        return {"planned_notice_at": notice_at}
    if earliest.earliest_at is None:
        first = local_date(notice_at, procedure.country) + _days("reasonable_days")
    else:
        first = local_date(earliest.earliest_at, procedure.country) + _days("deadline_days_beyond_least")
    last_day = _working(first, procedure)
    deadline_at = _at_clock(last_day, "deadline_clock", procedure)
    latest = latest_answer_at(deadline_at, procedure=procedure).value
    answers = last_day if isinstance(latest, Unknown) else local_date(latest, procedure.country)
    questions = _working(answers - _days("answering_days"), procedure, step=-ONE_DAY)
    return {
        "planned_notice_at": notice_at,
        "question_deadline_at": _at_clock(questions, "deadline_clock", procedure),
        "deadline_at": deadline_at,
        "bids_valid_until_on": last_day + _days("binding_days"),
        "starts_on": _working(last_day + _days("standstill_and_award_days"), procedure),
    }


def _days(name: str) -> timedelta:
    return timedelta(days=plan()[name])


def _working(day: date, procedure: Procedure, *, step: timedelta = ONE_DAY) -> date:
    while is_off(day, procedure.calendar):
        day += step
    return day


def _at_clock(day: date, name: str, procedure: Procedure) -> datetime:
    return datetime.combine(day, time.fromisoformat(plan()[name]), tzinfo=ZONES[procedure.country])
