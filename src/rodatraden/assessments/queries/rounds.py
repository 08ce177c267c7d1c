"""Which rounds there are for whom, with what every page of a round reads, and what there is to judge in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q

from rodatraden.assessments.models import Criterion, Item, PanelMember, Round
from rodatraden.assessments.rules import JUDGES
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.queries import accessible_to, standing

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

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
        Prefetch("panel", PanelMember.objects.select_related("person")), "items", "model__criteria"
    )


def cells_of(assessed: Round) -> list[tuple[Item, Criterion]]:
    """Return every item × criterion of the round, in the order in which they are asked for."""
    criteria = list(assessed.model.criteria.all())
    return [(item, criterion) for item in assessed.items.all() for criterion in criteria]
