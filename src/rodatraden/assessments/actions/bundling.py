"""The verbs of a package of feedback reports: ask for one, stop it, keep what the worker has set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from rodatraden.assessments.actions.holding import alone
from rodatraden.assessments.models import ReportBundle
from rodatraden.assessments.queries import bundled, bundles_of, last_frozen_at
from rodatraden.assessments.rules import may_ask_for_bundle, may_cancel_bundle
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.records.actions import end_work, record_event, store_chunks
from rodatraden.records.models import StoredFile
from rodatraden.records.queries import lost_work

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from rodatraden.assessments.models import Round
    from rodatraden.parties.models import Person

Ending = ReportBundle.Ending
LONGEST_NAME = 150
"""Characters of a file's name before its ending; a round's title may be longer."""


def ask_for_bundle(*, assessed: Round, by: Person, at: datetime) -> ReportBundle:
    """Have the reports that count now set as PDF and packed into one ZIP, when a worker comes to it.

    Raises:
        RefusedError: `by` may not, none is frozen, another package is under way, or nothing has been frozen since the last.
    """
    with transaction.atomic():
        assessed = alone(assessed.pk)
        for lost in lost_work(ReportBundle, at).filter(round=assessed):
            break_off_bundle(bundle=lost, ending=Ending.LOST, by=None, at=at)
        require(may_ask_for_bundle(by, assessed, bundles_of(assessed).first(), last_frozen_at(assessed)))
        bundle = ReportBundle.objects.create(
            round=assessed, reports=len(bundled(assessed, at)), asked_by=by, asked_at=at
        )
        record_event("report_bundle_asked", of=bundle, by=by, at=at, case=assessed.case_id)
    return bundle


def cancel_bundle(*, bundle: ReportBundle, by: Person, at: datetime) -> ReportBundle:
    """Stop the setting of reports, also one that nobody has begun; its worker heeds it the next time it says how far it is.

    Raises:
        RefusedError: `by` may not, or it has ended.
    """
    with transaction.atomic():
        bundle.round = alone(bundle.round_id)
        require(may_cancel_bundle(by, bundle))
        if not end_work(work=bundle, ending=Ending.CANCELLED, by=by, at=at):
            raise RefusedError(no(say("It has ended.")))
        record_event("report_bundle_cancelled", of=bundle, by=by, at=at, case=bundle.round.case_id)
    return bundle


def finish_bundle(*, bundle: ReportBundle, chunks: Iterable[bytes], by: Person | None, at: datetime) -> bool:
    """Keep the ZIP of a package; answer whether it was still wanted: otherwise nothing is kept."""
    name = gettext("Feedback reports %(round)s") % {"round": bundle.round.title}
    with transaction.atomic():
        if not ReportBundle.objects.select_for_update(no_key=True).filter(pk=bundle.pk, ended_at=None).exists():
            return False
        file = store_chunks(
            chunks,
            name=f"{name[:LONGEST_NAME]}.zip",
            media_type="application/zip",
            origin=StoredFile.Origin.OURS,
            by=by,
            at=at,
        )
        end_work(work=bundle, ending=Ending.FINISHED, by=None, at=at, done=bundle.reports, file=file)
        what = {"sha256": file.sha256}
        record_event("report_bundle_finished", of=bundle, by=by, at=at, case=bundle.round.case_id, what=what)
    return True


def break_off_bundle(*, bundle: ReportBundle, ending: ReportBundle.Ending, by: Person | None, at: datetime) -> bool:
    """End a package without its ZIP: the program failed at it, or was ended before it was done."""
    with transaction.atomic():
        stopped = end_work(work=bundle, ending=ending, by=None, at=at)
        if stopped:
            record_event("report_bundle_broken_off", of=bundle, by=by, at=at, case=bundle.round.case_id)
    return stopped
