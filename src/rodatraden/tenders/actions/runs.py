"""The verbs of long stress tests: ask for one, stop it, keep what it found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_json
from rodatraden.core.message import say
from rodatraden.procurements.models import Procurement
from rodatraden.records.actions import end_work, record_event
from rodatraden.records.queries import lost_work
from rodatraden.tenders.models import StressRun
from rodatraden.tenders.rules.runs import has_size_of_run, is_to_be_kept, may_ask_for_run, may_cancel_run

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
        Procurement.objects.select_for_update(no_key=True).get(pk=tender.procurement_id)  # one after the other
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
        if not end_work(work=run, ending=Ending.CANCELLED, by=by, at=at):
            raise RefusedError(no(say("The test has ended.")))
        record_event("stress_run_cancelled", of=run, by=by, at=at, case=run.tender.procurement_id)
    return run


def finish_run(*, run: StressRun, report: Report, by: Person | None, at: datetime) -> bool:
    """Keep the report of a run; answer whether the run was still wanted."""
    stored = canonical_json(report.to_json()).decode()
    found = {"done": run.tenders, "report": stored, "report_hash": report.hash}
    with transaction.atomic():
        wanted = end_work(work=run, ending=Ending.FINISHED, by=None, at=at, **found)
        if wanted:
            what = {"report": report.hash}
            record_event("stress_run_finished", of=run, by=by, at=at, case=run.tender.procurement_id, what=what)
    return wanted


def break_off_run(*, run: StressRun, ending: StressRun.Ending, by: Person | None, at: datetime) -> bool:
    """End a run without a report: the program failed at it, or was ended before it was done."""
    with transaction.atomic():
        stopped = end_work(work=run, ending=ending, by=None, at=at)
        if stopped:
            record_event("stress_run_broken_off", of=run, by=by, at=at, case=run.tender.procurement_id)
    return stopped


def end_lost_runs(*, tender: Tender, by: Person | None, at: datetime) -> int:
    """End the runs of a procurement whose worker has been silent for longer than its lease, and return how many they were."""
    lost = lost_work(StressRun, at).filter(tender=tender).select_related("tender")
    return sum(break_off_run(run=run, ending=Ending.LOST, by=by, at=at) for run in lost)
