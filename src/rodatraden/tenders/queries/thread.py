"""The requirements as a piece of the thread, and what they lack on the way to a follow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.message import say
from rodatraden.core.thread import Gap, Link, Node, NodeState, Station
from rodatraden.tenders.models import Requirement
from rodatraden.tenders.queries.reads import tender_of
from rodatraden.tenders.rules.completeness import missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rodatraden.procurements.models import Procurement

BEFORE = {
    "kind": Station.PROMISE,
    "level": Station.PROMISE,
    "evidence": Station.PROMISE,
    "checked_when": Station.PROMISE,
    "question": Station.PROMISE,
    "max_points": Station.PROMISE,
    "steps": Station.PROMISE,
    "acts_by": Station.TERM,
    "consequence": Station.TERM,
}
"""The station that a requirement can't reach without the field; everything else is needed before the follow-up."""


def thread_pieces(procurement: Procurement) -> tuple[list[Node], list[Link]]:
    """Return the requirements as the second station, with links from the needs that they answer to."""
    tender = tender_of(procurement)
    if tender is None:
        return [], []
    rows = list(tender.requirements.prefetch_related("steps").order_by("number"))
    answers = Requirement.needs.through.objects.filter(requirement__tender=tender).order_by(
        "requirement__number", "need__number"
    )
    there = {row.pk for row in rows}  # one may be taken away between the two readings
    links = [Link(need, row) for need, row in answers.values_list("need", "requirement") if row in there]
    return [as_node(row) for row in rows], links


def pieces(rows: Iterable[Requirement]) -> tuple[list[Node], list[Link]]:
    """Return nodes and links of requirements that have been fetched with their needs and steps."""
    fetched = list(rows)
    return [as_node(row) for row in fetched], [Link(need.pk, row.pk) for row in fetched for need in row.needs.all()]


def as_node(row: Requirement) -> Node:
    """Return a requirement as a knot of the thread; what it lacks is told as gaps, a missing need by its absence."""
    if row.struck_at is not None:
        note = say("Struck {on}: {reason}", on=row.struck_at, reason=row.struck_reason)
        return Node(Station.REQUIREMENT, row.pk, row.label, row.title, NodeState.STRUCK, note=note)
    gaps = tuple(
        Gap(BEFORE.get(finding.code.partition(":")[0], Station.CHECK), finding.sentence, finding.url)
        for finding in missing(row, needs=False)
    )
    return Node(Station.REQUIREMENT, row.pk, row.label, row.title, gaps=gaps)
