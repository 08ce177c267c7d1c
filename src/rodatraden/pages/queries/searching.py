"""Search over what a person may see: procurements by title or diary number, needs, requirements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from rodatraden.needs.models import Need
from rodatraden.pages.queries.listing import matching
from rodatraden.parties.queries import organisations_of
from rodatraden.procurements.models import Procurement
from rodatraden.procurements.queries import visible_to, with_case
from rodatraden.procurements.rules import may_work
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import TypeVar
    from uuid import UUID

    from django.db.models import Model, QuerySet

    from rodatraden.parties.models import Person

    Found = TypeVar("Found", bound=Model)

MOST = 20
"""Hits of each kind that are shown; who gets more writes more words."""
CANDIDATES = 100
"""Hits that are fetched and tried by the rule, the newest first."""
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
    mine = visible_to(person).order_by()
    procurements = visible_to(person).filter(matching(words))[:MOST]
    needs = (
        Need.objects.filter(
            Q(title__icontains=words) | Q(description__icontains=words) | Q(for_whom__icontains=words),
            Q(procurement__in=mine) | Q(procurement=None, organisation__in=organisations_of(person, at).order_by()),
        )
        .select_related("organisation")
        .order_by("-written_at", "id")
    )
    requirements = (
        Requirement.objects.filter(Q(title__icontains=words) | Q(text__icontains=words), tender__procurement__in=mine)
        .select_related("tender")
        .order_by("-tender__procurement__created_at", "number")
    )
    return Hits(
        list(procurements),
        _accessible(person, needs, lambda need: need.procurement_id),
        _accessible(person, requirements, lambda row: row.tender.procurement_id),
    )


def _accessible(person: Person, found: QuerySet[Found], case_of: Callable[[Found], UUID | None]) -> list[Found]:
    """Keep what lies in no procurement, or in one that the person has access to; two queries."""
    candidates = list(found[:CANDIDATES])
    cases = {case for each in candidates if (case := case_of(each))}
    mine = {case.pk for case in with_case(Procurement.objects.filter(pk__in=cases)) if may_work(person, case)}
    return [each for each in candidates if case_of(each) is None or case_of(each) in mine][:MOST]
