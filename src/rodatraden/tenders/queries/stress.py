"""The stress test of a model, remembered: the same model, market, number and start value always give the same report."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.stress import another_winner, stress

if TYPE_CHECKING:
    from rodatraden.core.evaluation import Model
    from rodatraden.core.evaluation.stress import Budget, Market, Report, Share

REMEMBERED = 32
"""Reports kept in a process, a few kilobytes each; they hold made-up bids only. Source: policy."""


@lru_cache(maxsize=REMEMBERED)
def stress_test(model: Model, market: Market, *, tenders: int, seed: int, budget: Budget | None) -> Report:
    """Return the report of a model on a market.

    Raises:
        StressError: the model can't be used.
    """
    report = stress(model, market, tenders=tenders, seed=seed, budget=budget)
    assert report is not None, "nobody stops it"
    return report


@lru_cache(maxsize=REMEMBERED)
def stress_difference(model: Model, other: Model, market: Market, *, tenders: int, seed: int) -> Share:
    """Return how often two models with the same criteria choose different bids, on the tenders of `stress_test`.

    Raises:
        StressError: one of the models can't be used.
    """
    return another_winner(model, other, market, tenders=tenders, seed=seed)
