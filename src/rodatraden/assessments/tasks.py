"""What a worker does for this room: set the feedback reports of a round as PDF and pack them, one package at a time."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from rodatraden.assessments.actions import break_off_bundle, finish_bundle
from rodatraden.assessments.documents import packed_reports
from rodatraden.assessments.models import ReportBundle
from rodatraden.assessments.queries import bundled
from rodatraden.records.tasks import do_next

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from rodatraden.records.tasks import Worker

CHUNK = 1 << 16


def bundle_next(*, now: Callable[[], datetime], is_ending: Callable[[], bool]) -> bool:
    """Set the package that has waited longest, and answer whether there was one; one is broken off once `is_ending`."""
    return do_next(
        ReportBundle,
        _set,
        lambda bundle, ending, at: break_off_bundle(bundle=bundle, ending=ending, by=None, at=at),
        now=now,
        is_ending=is_ending,
    )


def _set(bundle: ReportBundle, worker: Worker) -> bool:
    """Set one report after another; answer whether all were set and the package still wanted."""
    reports = bundled(bundle.round, bundle.asked_at)
    with tempfile.TemporaryFile() as archive:
        for done in packed_reports(reports, archive):
            if not worker.has_done(done):
                return False
        archive.seek(0)
        return finish_bundle(bundle=bundle, chunks=iter(lambda: archive.read(CHUNK), b""), by=None, at=worker.now())
