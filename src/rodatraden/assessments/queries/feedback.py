"""Named reads of feedback reports: what they hold now, what was frozen, and who reads them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.dispatch import Signal

from rodatraden.assessments.models import Criterion, FeedbackReport, Item, Round
from rodatraden.assessments.queries.agreeing import latest_consensus
from rodatraden.assessments.queries.scoring import MARK_LENGTH
from rodatraden.core.assessment import Feedback, Needed, Part, lines
from rodatraden.core.canonical import canonical_hash

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.assessments.models import Consensus

needed_asked = Signal()
"""Sent with `assessed: Round` and `points`, the agreed points by item and criterion, by `feedback_of`; the later room that
knows what the judging is for answers with what was needed, a dict from item to a list of `Needed`."""


def feedback_of(assessed: Round) -> dict[Item, Feedback]:
    """Return the report on each item as it would be frozen now, from the consensus that counts and the panel's own words.

    Where the round hides the points there are none in the report at all. Criteria without a consensus are left out: it is
    read and frozen when everything is agreed on.
    """
    agreed = latest_consensus(assessed)
    needed = _needed(assessed, agreed)
    criteria = assessed.model.asked
    return {
        item: Feedback(
            title=assessed.title,
            subject=item.label,
            model=str(assessed.model),
            model_sha256=assessed.model.sha256,
            summary=item.summary,
            use=assessed.use,
            parts=tuple(
                _part(criterion, consensus, shows_points=assessed.shows_points)
                for criterion in criteria
                if (consensus := agreed.get((item.pk, criterion.pk)))
            ),
            counted_up_to=assessed.model.content.renormalised_to if assessed.shows_points else None,
            needed=tuple(_shown(each, shows_points=assessed.shows_points) for each in needed.get(item.pk, [])),
        )
        for item in assessed.items.all()
    }


Words = Item | None
"""What a piece of the panel's own words is about: one item, or with None all reports of the round."""


def word_marks(assessed: Round) -> dict[Words, str]:
    """Return the mark of each piece of the panel's own words as it stands, by which a later save knows what it began from."""
    summaries: dict[Words, str] = {item: summary_mark(item.summary) for item in assessed.items.all()}
    return summaries | {None: terms_mark(assessed.use, shows_points=assessed.shows_points)}


def summary_mark(summary: str) -> str:
    """Return the mark of what is said of one item as a whole."""
    return canonical_hash(summary)[:MARK_LENGTH]


def terms_mark(use: str, *, shows_points: bool) -> str:
    """Return the mark of what holds for all reports: what they may be used for, and whether they tell the points."""
    return canonical_hash([use, shows_points])[:MARK_LENGTH]


def reports_of(assessed: Round) -> dict[UUID, list[FeedbackReport]]:
    """Return the frozen reports on each item, the one that counts first."""
    found: dict[UUID, list[FeedbackReport]] = defaultdict(list)
    for report in (
        FeedbackReport.objects.filter(item__round=assessed).order_by("-version").select_related("frozen_by", "release")
    ):
        found[report.item_id].append(report)
    return found


def latest_reports() -> QuerySet[FeedbackReport]:
    """Return the reports that count, the latest version of each."""
    later = FeedbackReport.objects.filter(item=OuterRef("item"), version__gt=OuterRef("version"))
    return FeedbackReport.objects.filter(~Exists(later))


def read(report: FeedbackReport) -> Feedback:
    """Return what was frozen.

    Raises:
        ValueError: the row does not hold what its hash says.
    """
    found = Feedback.read(report.canonical.encode())
    if found.sha256 != report.sha256:
        msg = f"The feedback report {report.pk} does not agree with its hash"
        raise ValueError(msg)
    return found


def _needed(assessed: Round, agreed: Mapping[tuple[UUID, UUID], Consensus]) -> dict[UUID, list[Needed]]:
    points: dict[tuple[UUID, UUID], Decimal] = {key: consensus.points for key, consensus in agreed.items()}
    found: dict[UUID, list[Needed]] = {}
    for _, answered in needed_asked.send(sender=Round, assessed=assessed, points=points):
        told: Any = answered  # Django's stubs know text only
        found |= told
    return found


def _shown(needed: Needed, *, shows_points: bool) -> Needed:
    return needed if shows_points else Needed(needed.title, needed.is_met)


def _part(criterion: Criterion, consensus: Consensus, *, shows_points: bool) -> Part:
    part = Part(
        title=criterion.title,
        question=criterion.question,
        strengths=lines(consensus.strengths),
        improvements=lines(consensus.improvements),
        reason=consensus.reason,
    )
    if not shows_points:
        return part
    return replace(
        part,
        points=criterion.adds(consensus.points),
        highest=criterion.most,
        text=criterion.scale.text_for(consensus.points),
        percent=consensus.points if criterion.unit == Criterion.Unit.PERCENT else None,
    )
