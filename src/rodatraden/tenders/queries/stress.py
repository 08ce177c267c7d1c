"""The stress test of a model, remembered: the same model, market, number and start value always give the same report."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.stress import stress

if TYPE_CHECKING:
    from rodatraden.core.evaluation import Model
    from rodatraden.core.evaluation.stress import Budget, Market, Report

REMEMBERED = 32
"""Reports kept in a process, some hundred kilobytes each; they hold made-up bids only. Source: policy."""


@lru_cache(maxsize=REMEMBERED)
def stress_test(model: Model, market: Market, *, tenders: int, seed: int, budget: Budget | None) -> Report:
    """Return the report of a model on a market.

    Raises:
        StressError: the model can't be used.
    """
    report = stress(model, market, tenders=tenders, seed=seed, budget=budget)
    assert report is not None, "nobody stops it"
    return report
