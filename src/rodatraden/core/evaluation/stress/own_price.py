"""A6, price gaming: what a bidder gains by changing nothing but its price, and where price has no effect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.field import Best
from rodatraden.core.evaluation.stress.example import bids_of, computed, shown
from rodatraden.core.evaluation.stress.quantiles import Spread, spread
from rodatraden.core.evaluation.stress.scoring import HAIR
from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.exact import as_fraction

if TYPE_CHECKING:
    from fractions import Fraction

    from rodatraden.core.evaluation.lint.remark import Field
    from rodatraden.core.evaluation.stress.batch import Batch
    from rodatraden.core.evaluation.stress.scoring import Scoring
    from rodatraden.core.evaluation.stress.tenders import Bools, Floats, Tenders

TRIED = 1_024
FACTORS = tuple(Decimal(each) / 100 for each in range(50, 155, 5))
"""The prices that the winner tries, in parts of its own. Source: A6."""


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """`without_effect`: tries in which a lower price brought the winner no further from the next bid (INV-10).

    `left` is how much dearer, in parts of its price, the winner could have been and still have won: money left on the table.
    """

    without_effect: Share
    left: Spread
    example: tuple[Field, ...] | None = None

    def to_json(self) -> dict[str, object]:
        """Return the figures."""
        return {"without_effect": self.without_effect.to_json(), "left": self.left.to_json()}


def own_price(batch: Batch) -> OwnPrice | None:
    """Return what the winners of the first tenders with several bids gain by their price; None in a model without prices."""
    scoring = batch.scoring
    if not scoring.model.combination.needs_price:
        return None
    decided = np.flatnonzero(batch.firsts.decided & (batch.firsts.passed.sum(axis=0) > 1))[:TRIED]
    tenders, winner = batch.tenders.of(decided), batch.firsts.winner[decided]
    points, passed = batch.firsts.points[:, decided], batch.firsts.passed[:, decided]
    own = np.arange(tenders.n_bids)[:, None] == winner
    left, flat, tries = np.zeros(decided.size), 0, 0
    dearer: Floats | None = None
    example: tuple[Field, ...] | None = None
    for factor in reversed(FACTORS):
        tried = replace(tenders, prices=np.where(own, tenders.prices * float(factor), tenders.prices))
        found = scoring.ranked(tried, points, passed)
        costs = _standing(found.costs, own)
        if dearer is not None:
            same = (costs >= dearer - HAIR * np.maximum(np.abs(dearer), 1)) & ~np.isnan(costs)
            flat, tries = flat + int(same.sum()), tries + decided.size
            if example is None and same.any():
                example = _example(scoring, tried, own, same)
        dearer = costs
        if factor >= 1:
            left = np.maximum(left, np.where(found.winner == winner, float(factor) - 1, 0))
    return OwnPrice(Share(flat, tries), spread(left), example)


def _standing(costs: Floats, own: Bools) -> Floats:
    """Return how far each winner is from the best of the others (M,): in a relative model its price moves them too."""
    return np.asarray(costs.T[own.T] - np.where(own, np.inf, costs).min(axis=0))


def _example(scoring: Scoring, tenders: Tenders, own: Bools, same: Bools) -> tuple[Field, ...] | None:
    """Return a tender in which the winner's price and one that is 5 per cent higher give it the same value."""

    def of(column: int) -> tuple[Field, ...] | None:
        bids = bids_of(scoring, tenders, column)
        row = int(np.flatnonzero(own[:, column])[0])
        bid = bids[row]
        dear = replace(bid, price=None if bid.price is None else round(bid.price * Decimal("1.05"), 2))
        tried = [
            computed(scoring.model, *(other if n != row else one for n, other in bids.items())) for one in (dear, bid)
        ]
        if tried[0] is None or tried[1] is None:
            return None
        apart = {_apart(field, bid.key) for field in tried if field}
        return (tried[0], tried[1]) if len(apart) == 1 else None

    return shown(tenders, same, of)


def _apart(found: Field, key: str) -> Fraction:
    """Return how far a bid is from the best of the others, exactly."""
    values = {each.key: as_fraction(each.value) for each in found.outcome.results if each.value is not None}
    own = values.pop(key)
    return own - (min if found.model.combination.best is Best.LOWEST else max)(values.values())
