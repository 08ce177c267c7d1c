"""Which rounds there are for whom, with what every page of a round reads, and what there is to judge in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q

from rodatraden.assessments.models import Criterion, Item, PanelMember, Round
from rodatraden.assessments.rules import JUDGES, may_join
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.queries import accessible_to, standing

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.core.answer import Answer
    from rodatraden.parties.models import Person

Key = tuple["UUID", "UUID"]
"""An item and a criterion."""


def visible_to(person: Person) -> QuerySet[Round]:
    """Return the rounds that `person` sees, newest first; the same that `rules.may_see` allows."""
    judges = TeamMember.objects.filter(procurement=OuterRef("pk"), person=person, removed_at=None, role__in=JUDGES)
    return in_panel(person).filter(Q(case=None) | Q(case__in=accessible_to(person).filter(Exists(judges))))


def in_panel(person: Person) -> QuerySet[Round]:
    """Return the rounds in whose panel `person` is, with access or still without."""
    mine = PanelMember.objects.filter(round=OuterRef("pk"), person=person, removed_at=None)
    return with_panel(Round.objects.filter(Exists(mine)))


def with_panel(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Return the same rounds with what every rule and page of a round reads, in a constant number of queries."""
    return with_items(rounds).select_related("case__buyer", "case__diary_case").prefetch_related(*standing("case"))


def with_items(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Return the same rounds with panel, items and criteria, for whoever has read their procurement already."""
    return rounds.select_related("model").prefetch_related(
        Prefetch("panel", PanelMember.objects.select_related("person", "replaces__person")),
        "items",
        Prefetch("model__criteria", Criterion.objects.select_related("area")),
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """An evaluator of the procurement, and whether that person may join the panel now."""

    person: Person
    answer: Answer
    has_been: bool


def candidates(assessed: Round) -> list[Candidate]:
    """Return the evaluators of the procurement, each with whether they may join the panel now.

    Where nothing is bought nobody is offered: the panel is who was named at the start.
    """
    if assessed.case is None:
        return []
    been = {member.person_id for member in assessed.panel.all() if member.role == PanelMember.Role.ASSESSOR}
    team = [m for m in assessed.case.team.all() if m.role == TeamMember.Role.EVALUATOR and m.removed_at is None]
    return [Candidate(m.person, may_join(m.person, assessed), m.person_id in been) for m in team]


def cells_of(assessed: Round) -> list[tuple[Item, Criterion]]:
    """Return every item × criterion of the round, in the order in which they are asked for."""
    criteria = assessed.model.asked
    return [(item, criterion) for item in assessed.items.all() for criterion in criteria]
