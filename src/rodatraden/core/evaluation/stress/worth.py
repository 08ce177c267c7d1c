"""A2, the price of quality: how much more a winning bid may cost for one point more, at an equal value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.stress.quantiles import Spread, spread

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.batch import Batch
    from rodatraden.core.evaluation.stress.scoring import Scoring
    from rodatraden.core.evaluation.stress.tenders import Bools, Floats, Tenders

TRIED = 2_048
"""Tenders of the first batch that are tried. Source: policy."""
MOST_TIMES = 8.0
"""A point for which a bid may cost this many times more has no price. Source: policy."""
HALVINGS = 40


def worth(batch: Batch) -> Spread:
    """Return kronor (or what the price is in) per point, at the winners of the first tenders; None: without end.

    Searched by halving the interval, so that it holds for every formula, and without the gates.
    """
    decided = np.flatnonzero(batch.firsts.decided)[:TRIED]
    scoring, tenders = batch.scoring, batch.tenders.of(decided)
    if not scoring.model.combination.needs_price or not decided.size:
        return spread(np.full(decided.size, np.inf))
    winner = batch.firsts.winner[decided]
    own = np.arange(tenders.n_bids)[:, None] == winner
    points = batch.firsts.points[:, decided]
    now = _cost(scoring, tenders, points, own)
    prices = tenders.prices[own.T.nonzero()[::-1]]
    better = points + own
    low, high = np.ones(decided.size), np.full(decided.size, MOST_TIMES)
    is_endless = _cost(scoring, _at(tenders, own, prices * high), better, own) <= now
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        is_still_better = _cost(scoring, _at(tenders, own, prices * middle), better, own) <= now
        low, high = np.where(is_still_better, middle, low), np.where(is_still_better, high, middle)
    found = prices * (low - 1)
    found[found < prices * 1e-6] = 0
    found[is_endless] = np.inf
    return spread(found)


def _at(tenders: Tenders, own: Bools, prices: Floats) -> Tenders:
    return replace(tenders, prices=np.where(own, prices, tenders.prices))


def _cost(scoring: Scoring, tenders: Tenders, points: Floats, own: Bools) -> Floats:
    costs = scoring.ranked(tenders, points, tenders.present).costs
    return np.asarray(costs.T[own.T])
