"""Search over what a person may see: procurements by title or diary number, needs, requirements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from rodatraden.needs.models import Need
from rodatraden.pages.queries.listing import matching
from rodatraden.parties.queries import organisations_of
from rodatraden.procurements.queries import accessible_in, visible_to
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

MOST = 20
"""Hits of each kind that are shown; who gets more writes more words."""
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, the newest first, of each kind at most `MOST`."""

    procurements: Sequence[Procurement]
    needs: Sequence[Need]
    requirements: Sequence[Requirement]

    @property
    def number(self) -> int:
        """Return how many there are."""
        return len(self.procurements) + len(self.needs) + len(self.requirements)


def find(person: Person, text: str, at: datetime) -> Hits:
    """Return what holds `text` and `person` may see; less than two letters find nothing.

    Titles and diary numbers are seen by the whole team, needs and requirements only with access (INV-15).
    """
    words = text.strip()
    if len(words) < SHORTEST:
        return Hits((), (), ())
    needs = Need.objects.filter(
        Q(title__icontains=words) | Q(description__icontains=words) | Q(for_whom__icontains=words),
        accessible_in(person, "procurement")
        | Q(procurement=None, organisation__in=organisations_of(person, at).order_by()),
    )
    requirements = Requirement.objects.filter(
        Q(title__icontains=words) | Q(text__icontains=words),
        accessible_in(person, "tender__procurement"),
    ).order_by("-tender__procurement__created_at", "number")
    return Hits(
        list(visible_to(person).filter(matching(words)).prefetch_related(None)[:MOST]),
        list(needs.select_related("organisation").order_by("-written_at", "id")[:MOST]),
        list(requirements.select_related("tender__procurement")[:MOST]),
    )
