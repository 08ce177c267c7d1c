"""My tasks: what waits on a person in any room, joined and put in order; nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from rodatraden.assessments.models import Round
from rodatraden.assessments.queries import open_tasks as assessments
from rodatraden.awards.queries import open_tasks as awards
from rodatraden.bids.queries import open_tasks as bids
from rodatraden.contracts.models import Contract
from rodatraden.contracts.queries import open_tasks as contracts
from rodatraden.core.instants import ZONES
from rodatraden.core.thread import Urgency, in_order, urgency
from rodatraden.evaluation.queries import open_tasks as evaluation
from rodatraden.followup.models import Check, Deviation
from rodatraden.followup.queries import open_tasks as followup
from rodatraden.needs.queries import open_tasks as needs
from rodatraden.procurements.models import ConflictDeclaration
from rodatraden.procurements.queries import open_tasks as procurements
from rodatraden.tenders.models import Tender
from rodatraden.tenders.queries import open_tasks as tenders
from rodatraden.ui.words import day_of, relative, said, short_date, short_moment

if TYPE_CHECKING:
    from collections.abc import Iterable
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


def tasks_of(person: Person, at: datetime) -> list[Task]:
    """Return everything that waits on `person`, the earliest due first, in a constant number of queries."""
    return in_order((task for open_tasks in ROOMS for task in open_tasks(person, at)), ZONE)


def tasks_in(procurement: Procurement, tasks: Iterable[Task]) -> list[Task]:
    """Return those of `tasks` that are about `procurement`, whichever of its things their address names."""
    own: set[Any] = {procurement.pk}
    for queryset in (
        Tender.objects.filter(procurement=procurement),
        ConflictDeclaration.objects.filter(procurement=procurement),
        Round.objects.filter(case=procurement.pk),
        Contract.objects.filter(tender__procurement=procurement),
        Check.objects.filter(contract__tender__procurement=procurement),
        Deviation.objects.filter(result__check_of__contract__tender__procurement=procurement),
    ):
        own.update(queryset.order_by().values_list("pk", flat=True))
    return [task for task in tasks if own & set(task.url_kwargs.values())]


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
        url=address(task),
        verb=_("Open"),
        variant=variant,
    )


def address(task: Task) -> str:
    """Return where a task is done."""
    try:
        return reverse(task.url_name, kwargs=dict(task.url_kwargs))
    except NoReverseMatch:
        return ""


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
