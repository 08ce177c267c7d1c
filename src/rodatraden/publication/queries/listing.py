"""Which procurements the public sees, and how far each has come as far as the public may know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from rodatraden.awards.models import Notification
from rodatraden.awards.rules import is_notified
from rodatraden.parties.models import Organisation
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import has_happened
from rodatraden.tenders.queries import announced, announced_ever, coming
from rodatraden.tenders.rules import has_passed

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from rodatraden.tenders.models import PublicPlan, Tender

Kind = StageFact.Kind


class Stage(StrEnum):
    """How far a procurement has come. What lies between is nobody's business but the access list's (OSL 19 kap. 3 §)."""

    OPEN = "open"
    JUDGED = "judged"
    DECIDED = "decided"
    CANCELLED = "cancelled"


def stage_of(tender: Tender, at: datetime) -> Stage:
    """Return the stage that the public knows: decided is what all bidders have been notified of, at the same instant."""
    if has_happened(tender.procurement, Kind.CANCELLED):
        return Stage.CANCELLED
    if is_notified(tender):
        return Stage.DECIDED
    is_over = tender.deadline_at is not None and tender.deadline_at <= at
    return Stage.JUDGED if is_over else Stage.OPEN


def announced_of(stage: Stage, at: datetime, *, buyer: Organisation | None = None, text: str = "") -> QuerySet[Tender]:
    """Return the announced procurements in a stage: open ones by deadline, the others latest first."""
    notified = Exists(Notification.objects.filter(decision__in_force_of=OuterRef("pk")))
    found = announced_ever() if stage is Stage.CANCELLED else announced()
    if buyer is not None:
        found = found.filter(procurement__buyer=buyer)
    if text:
        found = found.filter(Q(procurement__title__icontains=text) | Q(procurement__buyer__name__icontains=text))
    match stage:
        case Stage.OPEN:
            return found.filter(~notified, deadline_at__gt=at).order_by("deadline_at", "id")
        case Stage.JUDGED:
            return found.filter(~notified, deadline_at__lte=at).order_by("-deadline_at", "id")
        case Stage.DECIDED:
            return (
                found.filter(notified)
                .select_related("award__winner__supplier")
                .annotate(n_bids=Count("bids"))
                .order_by("-award__decided_at", "id")
            )
        case Stage.CANCELLED:
            cancelled = Exists(StageFact.objects.filter(procurement=OuterRef("procurement"), kind=Kind.CANCELLED))
            return found.filter(cancelled).select_related("cancellation").order_by("-cancellation__cancelled_at", "id")


@dataclass(frozen=True, slots=True)
class Coming:
    """A coming procurement as everybody reads it: what was written for them, and whose it is; nothing of the draft.

    `changed_at` is when other words took the place of earlier ones, `before_on` the month that those said.
    """

    title: str
    need: str
    expected_on: date
    influence: str
    buyer: Organisation
    has_passed: bool
    changed_at: datetime | None
    before_on: date | None


def as_coming(plan: PublicPlan, at: datetime) -> Coming:
    """Return what everybody reads of a plan that is shown."""
    before = plan.follows
    return Coming(
        title=plan.title,
        need=plan.need,
        expected_on=plan.expected_on,
        influence=plan.influence,
        buyer=plan.procurement.buyer,
        has_passed=has_passed(plan, at),
        changed_at=plan.shown_at if before else None,
        before_on=before.expected_on if before and before.expected_on != plan.expected_on else None,
    )


def coming_of(*, buyer: Organisation | None = None, text: str = "") -> QuerySet[PublicPlan]:
    """Return what has been shown as coming, by the month in which the notice is expected; no other draft is told of."""
    found = coming()
    if buyer is not None:
        found = found.filter(procurement__buyer=buyer)
    if text:
        words = Q(title__icontains=text) | Q(need__icontains=text) | Q(procurement__buyer__name__icontains=text)
        found = found.filter(words)
    return found


def buyers(at: datetime) -> QuerySet[Organisation]:
    """Return the organisations that have announced something or show it as coming, each with how many now."""
    here = {"procurement__buyer": OuterRef("pk")}
    seen, shown = announced_ever().order_by().filter(**here), coming().order_by().filter(**here)
    is_open = announced().order_by().filter(deadline_at__gt=at, **here)
    return (
        Organisation.objects.filter(Exists(seen) | Exists(shown))
        .annotate(n_open=_number_of(is_open), n_coming=_number_of(shown))
        .order_by("name", "id")
    )


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    """Return how many `rows` of its own an organisation has; counted apart, a join would multiply them with each other."""
    counted = rows.values("procurement__buyer").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
