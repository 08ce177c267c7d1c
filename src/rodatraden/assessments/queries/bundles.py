"""Named reads of packages of feedback reports: which there are, and what is in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Max

from rodatraden.assessments.models import FeedbackReport, ReportBundle

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from rodatraden.assessments.models import Round


def bundles_of(assessed: Round) -> QuerySet[ReportBundle]:
    """Return the packages that were asked for in a round, the latest first."""
    return assessed.bundles.select_related("asked_by", "cancelled_by", "file").order_by("-asked_at", "id")


def last_frozen_at(assessed: Round) -> datetime | None:
    """Return when a report of the round was last frozen; None before there is one."""
    found: datetime | None = FeedbackReport.objects.filter(item__round=assessed).aggregate(last=Max("frozen_at"))[
        "last"
    ]
    return found


def bundled(assessed: Round, at: datetime) -> list[FeedbackReport]:
    """Return the reports of a round that counted at an instant, one of each item, with what their PDF tells."""
    frozen = FeedbackReport.objects.filter(item__round=assessed, frozen_at__lte=at)
    read = frozen.select_related("item__round__case__buyer", "item__round__case__diary_case", "frozen_by")
    latest = {report.item_id: report for report in read.order_by("item__number", "version")}
    return list(latest.values())
