"""The verbs of the feedback report: write what the panel says of the whole, freeze it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.assessments.actions.holding import alone
from rodatraden.assessments.models import FeedbackReport
from rodatraden.assessments.queries import feedback_of, reports_of
from rodatraden.assessments.rules import is_about_one_alone, may_write_feedback
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from rodatraden.assessments.models import Item, Round
    from rodatraden.parties.models import Person


def write_feedback(
    *, assessed: Round, summaries: Mapping[Item, str], shows_points: bool, use: str, by: Person, at: datetime
) -> Round:
    """Write what the panel says of each item as a whole, whether the points are told, and what the reports may be used for.

    It is a draft until the reports are frozen; drafts leave no ledger entry.

    Raises:
        RefusedError: `by` does not lead the round, or the consensus is not locked.
    """
    del at
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_write_feedback(by, assessed))
        assessed.shows_points, assessed.use = shows_points, use.strip()
        assessed.save(update_fields=["shows_points", "use"])
        for item in assessed.items.all():
            if item in summaries:
                item.summary = summaries[item].strip()
                item.save(update_fields=["summary"])
    return assessed


def freeze_feedback(*, assessed: Round, why: str = "", by: Person, at: datetime) -> list[FeedbackReport]:
    """Freeze the report on every item that has none, or whose words have changed since; what was frozen before stays.

    Raises:
        RefusedError: `by` may not, it is not said what the reports may be used for or why there is another version, a
            report names somebody else who was judged, or nothing has changed.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_write_feedback(by, assessed))
        if not assessed.use:
            raise RefusedError(no(say("Say what the reports may be used for.")))
        before = reports_of(assessed)
        written = feedback_of(assessed)
        changed = {
            item: feedback
            for item, feedback in written.items()
            if not before[item.pk] or before[item.pk][0].sha256 != feedback.sha256
        }
        if not changed:
            raise RefusedError(no(say("Nothing has changed since the reports were frozen.")))
        if any(before[item.pk] for item in changed) and not why.strip():
            raise RefusedError(no(say("Say why there is another version of a report.")))
        for feedback in changed.values():
            require(is_about_one_alone(feedback, [item.label for item in written]))
        frozen = [
            FeedbackReport(
                item=item,
                version=before[item.pk][0].version + 1 if before[item.pk] else 0,
                why=why.strip() if before[item.pk] else "",
                canonical=feedback.canonical.decode("utf-8"),
                sha256=feedback.sha256,
                frozen_at=at,
                frozen_by=by,
            )
            for item, feedback in changed.items()
        ]
        FeedbackReport.objects.bulk_create(frozen)
        record_event(
            "feedback_frozen",
            of=assessed,
            by=by,
            at=at,
            case=assessed.case_id,
            what={"reports_sha256": canonical_hash([_frozen(report) for report in frozen])},
        )
    return frozen


def _frozen(report: FeedbackReport) -> dict[str, object]:
    """Return what the ledger's hash of frozen reports commits to; before an award the log tells nobody how many there are."""
    return {"item": report.item_id, "version": report.version, "sha256": report.sha256}
