"""What a worker does for this room: run the long stress tests that have been asked for, one at a time."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.stress import stress
from rodatraden.tenders.actions import break_off_run, end_lost_runs, finish_run, report_progress, take_run
from rodatraden.tenders.queries import budget_of_run, market_of_run, model_of_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from rodatraden.tenders.models import StressRun

BETWEEN_BEATS = timedelta(seconds=1)
"""How often a worker says how far it is, and hears whether to stop. Source: policy."""
logger = logging.getLogger(__name__)


def run_next(*, now: Callable[[], datetime], is_ending: Callable[[], bool]) -> bool:
    """Run the test that has waited longest, and answer whether there was one; one is broken off once `is_ending`."""
    end_lost_runs(by=None, at=now())
    run = take_run(by=None, at=now())
    if run is None:
        return False
    try:
        _run(run, now=now, is_ending=is_ending)
    except Exception:
        logger.exception("The long stress test %s failed", run.pk)
        break_off_run(run=run, is_fault=True, by=None, at=now())
    return True


def _run(run: StressRun, *, now: Callable[[], datetime], is_ending: Callable[[], bool]) -> None:
    beat_at = now()

    def progress(done: int) -> bool:
        nonlocal beat_at
        if is_ending():
            break_off_run(run=run, is_fault=False, by=None, at=now())
            return False
        at = now()
        if at - beat_at < BETWEEN_BEATS:
            return True
        beat_at = at
        return report_progress(run=run, done=done, by=None, at=at)

    report = stress(
        model_of_run(run),
        market_of_run(run),
        tenders=run.tenders,
        seed=run.seed,
        budget=budget_of_run(run),
        progress=progress,
    )
    if report is not None:
        finish_run(run=run, report=report, by=None, at=now())
