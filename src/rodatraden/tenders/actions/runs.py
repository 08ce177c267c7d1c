"""The verbs of long stress tests: ask for one and stop it; and those of the worker that runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_json
from rodatraden.core.message import say
from rodatraden.procurements.models import Procurement
from rodatraden.records.actions import record_event
from rodatraden.tenders.models import StressRun
from rodatraden.tenders.rules.runs import LEASE, has_size_of_run, is_to_be_kept, may_ask_for_run, may_cancel_run

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.core.evaluation.stress import Budget, Market, Report
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

Ending = StressRun.Ending


def ask_for_run(
    *, tender: Tender, market: Market, tenders: int, seed: int, budget: Budget | None, by: Person, at: datetime
) -> StressRun:
    """Have the chosen model tried in so many made-up tenders, when a worker comes to it; the model is kept as it is now.

    Raises:
        RefusedError: `by` may not, there are too few or too many tenders, or another run of the procurement is not done.
    """
    require(may_ask_for_run(by, tender))
    require(has_size_of_run(tenders))
    require(is_to_be_kept(market))
    with transaction.atomic():
        Procurement.objects.select_for_update().get(pk=tender.procurement_id)  # one after the other
        end_lost_runs(tender=tender, by=None, at=at)
        if StressRun.objects.filter(tender=tender, ended_at=None).exists():
            raise RefusedError(no(say("A long test of this procurement is under way. Wait for it, or stop it first.")))
        run = StressRun.objects.create(
            tender=tender,
            evaluation_model=tender.evaluation_model,
            market=canonical_json(market.to_json()).decode(),
            budget=canonical_json(budget.to_json()).decode() if budget else "",
            tenders=tenders,
            seed=seed,
            asked_by=by,
            asked_at=at,
        )
        what = {"tenders": tenders, "seed": seed, "market": json.loads(run.market)}
        record_event("stress_run_asked", of=run, by=by, at=at, case=tender.procurement_id, what=what)
    return run


def cancel_run(*, run: StressRun, by: Person, at: datetime) -> StressRun:
    """Stop a run, also one that nobody has begun; its worker heeds it the next time it says how far it is.

    Raises:
        RefusedError: `by` may not, or it has ended.
    """
    require(may_cancel_run(by, run))
    with transaction.atomic():
        if not _end(run, at=at, ending=Ending.CANCELLED, cancelled_by=by):
            raise RefusedError(no(say("The test has ended.")))
        record_event("stress_run_cancelled", of=run, by=by, at=at, case=run.tender.procurement_id)
    return run


def take_run(*, by: Person | None, at: datetime) -> StressRun | None:
    """Take the run that has waited longest, so that no other worker does; None when none waits."""
    del by
    for run in StressRun.objects.filter(ended_at=None, taken_at=None).order_by("asked_at", "id"):
        taken = StressRun.objects.filter(pk=run.pk, ended_at=None, taken_at=None).update(taken_at=at, beat_at=at)
        if taken:
            run.taken_at = run.beat_at = at
            return run
    return None


def report_progress(*, run: StressRun, done: int, by: Person | None, at: datetime) -> bool:
    """Write how many tenders are done; answer whether to go on, which ends when somebody has ended the run."""
    del by
    return bool(StressRun.objects.filter(pk=run.pk, ended_at=None).update(done=done, beat_at=at))


def finish_run(*, run: StressRun, report: Report, by: Person | None, at: datetime) -> bool:
    """Keep the report of a run; answer whether the run was still wanted."""
    stored = canonical_json(report.to_json()).decode()
    with transaction.atomic():
        wanted = _end(run, at=at, ending=Ending.FINISHED, done=run.tenders, report=stored, report_hash=report.hash)
        if wanted:
            what = {"report": report.hash}
            record_event("stress_run_finished", of=run, by=by, at=at, case=run.tender.procurement_id, what=what)
    return wanted


def break_off_run(*, run: StressRun, is_fault: bool, by: Person | None, at: datetime) -> bool:
    """End a run without a report: the program failed at it (`is_fault`), or was ended before it was done."""
    with transaction.atomic():
        stopped = _end(run, at=at, ending=Ending.FAILED if is_fault else Ending.LOST)
        if stopped:
            record_event("stress_run_broken_off", of=run, by=by, at=at, case=run.tender.procurement_id)
    return stopped


def end_lost_runs(*, tender: Tender | None = None, by: Person | None, at: datetime) -> int:
    """End the runs whose worker has been silent for longer than its lease, and return how many they were."""
    lost = StressRun.objects.filter(ended_at=None, beat_at__lt=at - LEASE).select_related("tender").order_by("pk")
    if tender is not None:
        lost = lost.filter(tender=tender)
    return sum(break_off_run(run=run, is_fault=False, by=by, at=at) for run in lost)


def _end(run: StressRun, *, at: datetime, ending: Ending, **more: object) -> bool:
    """End a run that has not ended, whoever else tries at the same time; answer whether it was this one."""
    told = {"ended_at": at, "ending": ending, **more}
    if not StressRun.objects.filter(pk=run.pk, ended_at=None).update(**told):
        return False
    for name, value in told.items():
        setattr(run, name, value)
    return True
