"""My tasks: what waits on a person in any room, joined and put in order; nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from rodatraden.assessments.queries import open_tasks as assessments
from rodatraden.assessments.queries import tasks_elsewhere
from rodatraden.awards.queries import open_tasks as awards
from rodatraden.bids.queries import open_tasks as bids
from rodatraden.bids.queries import tasks_as_bidder, tasks_as_observer
from rodatraden.contracts.queries import open_tasks as contracts
from rodatraden.core.instants import ZONES
from rodatraden.core.thread import Urgency, in_order, urgency
from rodatraden.evaluation.queries import open_tasks as evaluation
from rodatraden.evaluation.queries import tasks_as_bidder as questions_to_bidder
from rodatraden.followup.queries import open_tasks as followup
from rodatraden.needs.queries import open_tasks as needs
from rodatraden.parties.queries import key_tasks
from rodatraden.procurements.queries import open_tasks as procurements
from rodatraden.tenders.queries import open_tasks as tenders
from rodatraden.ui.words import day_of, relative, said, short_date, short_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from rodatraden.core.thread import Task
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

ROOMS = (procurements, needs, tenders, bids, assessments, evaluation, awards, contracts, followup)
ZONE = ZONES["SE"]


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task as a list shows it."""

    when: str
    off: str
    title: str
    about: str
    url: str
    verb: str
    variant: str


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Tasks that are about as urgent."""

    key: str
    title: str
    tasks: tuple[ShownTask, ...]


def tasks_of(person: Person, at: datetime, cases: Sequence[Procurement]) -> list[Task]:
    """Return everything that waits on `person`, in `cases` and outside them, the earliest due first.

    `cases` are all of `visible_to(person)`, read once for every room; the queries are constant in their number.
    """
    return in_order(
        [
            *key_tasks(person, at),
            *tasks_as_bidder(person, at),
            *tasks_as_observer(person, at),
            *questions_to_bidder(person, at),
            *tasks_elsewhere(person, at),
            *_in(cases, person, at),
        ],
        ZONE,
    )


def tasks_in(procurement: Procurement, person: Person, at: datetime) -> list[Task]:
    """Return what waits on `person` in one procurement, the earliest due first."""
    return in_order(_in([procurement], person, at), ZONE)


def _in(cases: Sequence[Procurement], person: Person, at: datetime) -> Iterable[Task]:
    return (task for open_tasks in ROOMS for task in open_tasks(person, at, cases))


def grouped(tasks: Iterable[Task], at: datetime) -> list[TaskGroup]:
    """Return the tasks by urgency, groups without tasks left out; only what is overdue or first has the main button."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(_group(urgency(task, at, ZONE)), []).append(task)
    titles = {
        "overdue": _("Overdue"),
        "soon": _("Within a week"),
        "later": _("Later"),
        "undated": _("Without a date"),
    }
    first = True
    shown = []
    for key, title in titles.items():
        found = []
        for task in groups.get(key, ()):
            found.append(shown_task(task, at, variant="primary" if first else "secondary"))
            first = False
        if found:
            shown.append(TaskGroup(key, title, tuple(found)))
    return shown


def _group(how_urgent: Urgency) -> str:
    return "soon" if how_urgent is Urgency.TODAY else how_urgent.value


def shown_task(task: Task, at: datetime, *, variant: str = "secondary") -> ShownTask:
    """Return a task as a list shows it, with its address."""
    return ShownTask(
        when=_when(task.due),
        off=_off(task, at),
        title=said(task.title),
        about=task.case_title,
        url=reverse(task.url_name, kwargs=dict(task.url_kwargs)),
        verb=_("Open"),
        variant=variant,
    )


def _when(due: datetime | date | None) -> str:
    if due is None:
        return _("No date")
    return short_moment(due) if isinstance(due, datetime) else short_date(due)


def _off(task: Task, at: datetime) -> str:
    if task.due is None:
        return ""
    if urgency(task, at, ZONE) is Urgency.OVERDUE:
        days = (day_of(at) - day_of(task.due)).days
        return _("overdue %(days)d days") % {"days": days} if days > 1 else _("overdue")
    return relative(task.due, at)
