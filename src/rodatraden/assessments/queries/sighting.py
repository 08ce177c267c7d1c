"""Named reads of prices that were met while judging, within what the reader may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from rodatraden.assessments.models import PriceSighting
from rodatraden.assessments.rules import may_see_sighting
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.queries import accessible_to, standing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.assessments.models import Item, Round
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Measure = PriceSighting.Measure


def sightings() -> QuerySet[PriceSighting]:
    """Return all reports with what their rules read, the oldest first."""
    return (
        PriceSighting.objects.select_related(
            "item__round__case__buyer", "item__round__case__diary_case", "seen_by__person", "handled_by", "masked"
        )
        .prefetch_related(*standing("item__round__case"))
        .order_by("reported_at", "id")
    )


def sightings_visible_to(person: Person) -> QuerySet[PriceSighting]:
    """Return the reports that `person` reads, the oldest first; the same that `rules.may_see_sighting` allows."""
    officers = TeamMember.objects.filter(
        procurement=OuterRef("item__round__case"), person=person, removed_at=None, role=TeamMember.Role.OFFICER
    )
    mine = Q(seen_by__person=person) | Exists(officers)
    return sightings().filter(mine, item__round__case__in=accessible_to(person))


def unhandled_in(cases: Iterable[Procurement]) -> list[PriceSighting]:
    """Return the reports in `cases` that wait for their officer, the oldest first."""
    found = PriceSighting.objects.filter(item__round__case__in=list(cases), handled_at=None)
    return list(found.prefetch_related("item__round").order_by("reported_at", "id"))


def sightings_in(assessed: Round, person: Person) -> list[PriceSighting]:
    """Return the reports of a round that `person` reads: one's own, or all for who handles them."""
    found = list(
        PriceSighting.objects.filter(item__round=assessed)
        .prefetch_related("item", "seen_by__person", "handled_by", "masked")  # most rounds have none to fetch more of
        .order_by("reported_at", "id")
    )
    for each in found:
        each.item.round = assessed  # with what has been fetched with it
    return [each for each in found if may_see_sighting(person, each)]


def masked_copies(items: Iterable[Item]) -> dict[UUID, PriceSighting]:
    """Return by the number of the document which report's masked copy is read instead of it; the latest counts."""
    masked = PriceSighting.objects.filter(item__in=items, measure=Measure.MASKED).select_related("masked")
    found = masked.order_by("handled_at", "id")
    return {each.material: each for each in found if each.material is not None}


def masked_materials(material: OuterRef) -> QuerySet[PriceSighting]:
    """Return the reports for which the document numbered `material` was masked, for the room that owns the document."""
    return PriceSighting.objects.filter(material=material, measure=Measure.MASKED)
