"""My tasks: each room derives what waits on a person and offers it as a tuple; nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo
    from uuid import UUID

    from rodatraden.core.message import Message

SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits on one person. A due date lasts to the end of that day, a due instant only until it comes.

    `kind` names what is to be done in the words of its room (`tenders.complete`), `url_name` where it is done.
    """

    title: Message
    for_person: UUID
    due: datetime | date | None
    url_name: str
    case_title: str
    kind: str
    url_kwargs: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


class Urgency(StrEnum):
    """How near the due time is, nearest first."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    UNDATED = "undated"


def urgency(task: Task, at: datetime, zone: tzinfo) -> Urgency:
    """Return how urgent `task` is at `at`; the days are those of `zone`, and soon is within the next seven of them.

    Source: policy.
    """
    if task.due is None:
        return Urgency.UNDATED
    if ends_at(task, zone) <= at:
        return Urgency.OVERDUE
    days = _day(task.due, zone) - _day(at, zone)
    if not days:
        return Urgency.TODAY
    return Urgency.SOON if days <= SOON else Urgency.LATER


def in_order(tasks: Iterable[Task], zone: tzinfo) -> list[Task]:
    """Return `tasks` with the earliest due first and the undated last; equals by case and sentence."""
    dated: list[Task] = []
    undated: list[Task] = []
    for task in tasks:
        (undated if task.due is None else dated).append(task)
    return [
        *sorted(dated, key=lambda task: (ends_at(task, zone), *_names(task))),
        *sorted(undated, key=_names),
    ]


def ends_at(task: Task, zone: tzinfo) -> datetime:
    """Return the first instant at which a dated task is overdue.

    Raises:
        ValueError: the task has no due time.
    """
    if task.due is None:
        raise ValueError("an undated task never ends")
    if isinstance(task.due, datetime):
        return task.due
    return datetime.combine(task.due + timedelta(days=1), time.min, tzinfo=zone)


def _day(due: datetime | date, zone: tzinfo) -> date:
    return due.astimezone(zone).date() if isinstance(due, datetime) else due


def _names(task: Task) -> tuple[str, str, str]:
    return task.case_title, str(task.title), str(task.for_person)
