"""What a worker does for this room: run the long stress tests that have been asked for, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.evaluation.stress import stress
from rodatraden.records.tasks import do_next
from rodatraden.tenders.actions import break_off_run, finish_run
from rodatraden.tenders.models import StressRun
from rodatraden.tenders.queries import budget_of_run, market_of_run, model_of_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from rodatraden.records.tasks import Worker


def run_next(*, now: Callable[[], datetime], is_ending: Callable[[], bool]) -> bool:
    """Run the test that has waited longest, and answer whether there was one; one is broken off once `is_ending`."""
    return do_next(
        StressRun,
        _run,
        lambda run, ending, at: break_off_run(run=run, ending=ending, by=None, at=at),
        now=now,
        is_ending=is_ending,
    )


def _run(run: StressRun, worker: Worker) -> bool:
    report = stress(
        model_of_run(run),
        market_of_run(run),
        tenders=run.tenders,
        seed=run.seed,
        budget=budget_of_run(run),
        progress=worker.has_done,
    )
    return report is not None and finish_run(run=run, report=report, by=None, at=worker.now())
