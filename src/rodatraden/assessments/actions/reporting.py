"""The verbs of the feedback report: write what the panel says of the whole, freeze it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.assessments.actions.holding import alone, tidy
from rodatraden.assessments.documents import proposed_mark
from rodatraden.assessments.models import FeedbackReport
from rodatraden.assessments.queries import feedback_of, reports_of, summary_mark, terms_mark, word_marks
from rodatraden.assessments.rules import is_about_one_alone, may_write_feedback
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from rodatraden.assessments.models import Item, Round
    from rodatraden.assessments.queries import Words
    from rodatraden.parties.models import Person


class WordsChangedElsewhereError(RefusedError):
    """What is being written was changed after the page was opened (another tab, another machine); nothing is saved.

    `assessed` is the round as it stands, and `others` names what has changed there: no text is lost.
    """

    def __init__(self, assessed: Round, others: Collection[Words]) -> None:
        super().__init__(no(say("You have written something else here in another window. Both texts are kept below.")))
        self.assessed, self.others = assessed, others


def write_feedback(
    *,
    assessed: Round,
    summaries: Mapping[Item, str],
    shows_points: bool,
    use: str,
    by: Person,
    at: datetime,
    based_on: Mapping[Words, str] = MappingProxyType({}),
) -> Round:
    """Write what the panel says of each item as a whole, whether the points are told, and what the reports may be used for.

    It is a draft until the reports are frozen; drafts leave no ledger entry. `based_on` holds the marks of what stood there when
    the writer began (`queries.word_marks`): what the writer has not touched is left alone, however it stands now. Without a
    mark whatever stands there is written over.

    Raises:
        RefusedError: `by` does not lead the round, or the consensus is not locked.
        WordsChangedElsewhereError: something was written over what the writer began from.
    """
    del at
    with transaction.atomic():
        assessed = alone(assessed.pk)
        require(may_write_feedback(by, assessed))
        standing, use = word_marks(assessed), tidy(use)
        if not assessed.use:  # what the form proposes stands there until somebody has saved
            standing[None] = proposed_mark(assessed)
        texts = {item: tidy(summary) for item, summary in summaries.items()}
        written: dict[Words, str] = {item: summary_mark(text) for item, text in texts.items()}
        written[None] = terms_mark(use, shows_points=shows_points)
        touched = [
            about
            for about, mark in written.items()
            if about in standing and mark not in {standing[about], based_on.get(about)}
        ]
        others = [about for about in touched if based_on.get(about, standing[about]) != standing[about]]
        if others:
            raise WordsChangedElsewhereError(assessed, others)
        if None in touched or not assessed.use:
            assessed.shows_points, assessed.use = shows_points, use
            assessed.save(update_fields=["shows_points", "use"])
        for item in assessed.items.all():
            if item in touched:
                item.summary = texts[item]
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
