"""Named reads of what everybody is told of procurements that are coming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from rodatraden.procurements.models import StageFact
from rodatraden.tenders.models import PublicPlan
from rodatraden.tenders.rules.access import is_drafted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from rodatraden.procurements.models import Procurement

OVER = (StageFact.Kind.PUBLISHED, StageFact.Kind.CANCELLED)


def coming() -> QuerySet[PublicPlan]:
    """Return what everybody reads now, the next notice first; a case that has come or been cancelled is left out.

    The database's reading of `rules.is_drafted`; a test holds the two together.
    """
    over = StageFact.objects.filter(procurement=OuterRef("procurement"), kind__in=OVER)
    shown = PublicPlan.objects.filter(~Exists(over), withdrawn_at=None)
    return shown.select_related("procurement__buyer", "follows").order_by("expected_on", "title", "id")


def plans(procurement: Procurement) -> QuerySet[PublicPlan]:
    """Return all that has been shown of a procurement while it was coming, latest first."""
    found = PublicPlan.objects.filter(procurement=procurement).select_related("shown_by", "withdrawn_by")
    return found.order_by("-shown_at", "-id")


def coming_of(cases: Iterable[Procurement]) -> dict[Procurement, PublicPlan]:
    """Return what everybody reads of those of `cases` that are shown as coming, in one query at most."""
    read = {case.pk: case for case in cases if is_drafted(case)}
    if not read:
        return {}
    shown = PublicPlan.objects.filter(procurement__in=read, withdrawn_at=None)
    found = {read[plan.procurement_id]: plan for plan in shown.order_by("expected_on", "title", "id")}
    for case, plan in found.items():
        plan.procurement = case  # with what has been fetched with it
    return found
