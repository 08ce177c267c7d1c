"""Named reads of needs."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q

from rodatraden.core.message import say
from rodatraden.core.thread import Node, NodeState, Station, Task
from rodatraden.needs.models import Need
from rodatraden.needs.rules import hint
from rodatraden.parties.queries import organisations_of
from rodatraden.procurements.models import Procurement, StageFact, TeamMember
from rodatraden.procurements.queries import accessible_to
from rodatraden.procurements.rules import has_happened, may_act_as

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from rodatraden.core.message import Message
    from rodatraden.core.thread import Link
    from rodatraden.parties.models import Organisation, Person


def visible_to(person: Person, at: datetime) -> QuerySet[Need]:
    """Return the needs that `person` sees: those waiting in their organisations, and those of their procurements.

    A need that a procurement has taken up is seen by those with access to it (`procurements.rules.may_work`, INV-15).
    """
    waiting = Q(procurement=None, organisation__in=organisations_of(person, at).order_by())
    return Need.objects.filter(waiting | Q(procurement__in=accessible_to(person))).select_related(
        "organisation", "owner", "procurement__buyer"
    )


def backlog(organisations: Iterable[Organisation]) -> QuerySet[Need]:
    """Return the organisations' needs that no procurement has taken up, newest first, struck ones last."""
    needs = Need.objects.filter(organisation__in=list(organisations), procurement=None).select_related("owner")
    return needs.order_by(F("struck_at").asc(nulls_first=True), "-written_at", "id")


@dataclass(frozen=True, slots=True)
class Row:
    """A need as a list shows it, with the hint about its words."""

    need: Need
    hint: Message | None


def row(need: Need) -> Row:
    """Return a need with its hint; a struck one needs none."""
    return Row(need, None if need.struck_at else hint(need.title, need.description))


def apart(need: Need) -> Need:
    """Return a copy of the row for a form to write in, so that a refused form changes nothing that the page shows."""
    return copy(need)


def of_procurement(procurement: Procurement) -> QuerySet[Need]:
    """Return the needs of a procurement in the order of their labels, struck ones included."""
    return Need.objects.filter(procurement=procurement).select_related("owner").order_by("number")


def standing(procurement: Procurement) -> QuerySet[Need]:
    """Return the needs of a procurement that count, in the order of their labels."""
    return of_procurement(procurement).filter(struck_at=None)


def thread_pieces(procurement: Procurement) -> tuple[list[Node], list[Link]]:
    """Return the needs as the first station of the thread."""
    return pieces(of_procurement(procurement))


def pieces(needs: Iterable[Need]) -> tuple[list[Node], list[Link]]:
    """Return nodes of needs that have been fetched; nothing comes before them."""
    return [as_node(need) for need in needs], []


def as_node(need: Need) -> Node:
    """Return a need as a knot of the thread."""
    if need.struck_at is None:
        return Node(Station.NEED, need.pk, need.label, need.title)
    note = say("Struck {on}: {reason}", on=need.struck_at, reason=need.struck_reason)
    return Node(Station.NEED, need.pk, need.label, need.title, NodeState.STRUCK, note=note)


def open_tasks(person: Person, at: datetime, cases: Iterable[Procurement]) -> list[Task]:
    """Return what waits on `person` in `cases`: as need owner, to write the first need of a procurement without one."""
    del at
    mine = [
        procurement
        for procurement in cases
        if may_act_as(TeamMember.Role.NEED_OWNER, person, procurement)
        and not has_happened(procurement, StageFact.Kind.PUBLISHED)
    ]
    if not mine:
        return []
    written = set(Need.objects.filter(procurement__in=mine).order_by().values_list("procurement", flat=True))
    return [
        Task(
            title=say("Write what is needed"),
            for_person=person.pk,
            due=None,
            url_name="needs:create",
            url_kwargs={"procurement_id": procurement.pk},
            case_title=procurement.title,
            kind="needs.write",
        )
        for procurement in mine
        if procurement.pk not in written
    ]
