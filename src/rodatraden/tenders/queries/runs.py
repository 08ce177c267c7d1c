"""Long stress tests: those of a procurement, and what one was run with and found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rodatraden.core.evaluation import Model
from rodatraden.core.evaluation.stress import Budget, read_market
from rodatraden.core.evaluation.stress.stored import read_report

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rodatraden.core.evaluation.stress import Market, Report
    from rodatraden.tenders.models import StressRun, Tender


def stress_runs(tender: Tender) -> QuerySet[StressRun]:
    """Return the long tests of a procurement, latest first."""
    return tender.stress_runs.select_related("asked_by", "cancelled_by", "tender__procurement")


def model_of_run(run: StressRun) -> Model:
    """Return the model as it was when the run was asked for."""
    return Model.from_json(json.loads(run.evaluation_model))


def market_of_run(run: StressRun) -> Market:
    """Return the market that the run draws from."""
    return read_market(json.loads(run.market))


def budget_of_run(run: StressRun) -> Budget | None:
    """Return the ceiling as it was when the run was asked for, with the volume if one was stated."""
    return Budget.from_json(json.loads(run.budget)) if run.budget else None


def report_of_run(run: StressRun) -> Report | None:
    """Return what a finished run found, without examples; None for one that has not finished."""
    return read_report(json.loads(run.report), model_of_run(run)) if run.report else None
