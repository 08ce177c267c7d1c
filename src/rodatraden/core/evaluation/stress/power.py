"""A11, the power of each criterion: what is stated, and what it realises among plausible bids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.stress.scoring import UNDEFINED
from rodatraden.core.evaluation.stress.share import DECIMALS, Share
from rodatraden.core.evaluation.weighted_sum import WeightedSum
from rodatraden.core.exact import as_fraction

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.batch import Batch
    from rodatraden.core.evaluation.stress.scoring import Firsts, Scoring
    from rodatraden.core.evaluation.stress.tenders import Counts, Tenders

PRICE = "price"
TRIED = 1_024


@dataclass(frozen=True, slots=True)
class Power:
    """One criterion, or the price. `changes`: another bid wins when all bids are level on it.

    `stated` is its published part of the whole, None where the model states none; `realised` its part of what sets the values
    of the bids in a tender apart (variance).
    """

    key: str
    label: str
    stated: Decimal | None
    realised: Decimal | None
    changes: Share

    def to_json(self) -> dict[str, object]:
        """Return the figures."""
        return {
            "key": self.key,
            "stated": self.stated,
            "realised": self.realised,
            "changes": self.changes.to_json(),
        }


def power(batch: Batch) -> tuple[Power, ...]:
    """Return the power of the price, first, and of each criterion, among the first tenders of a batch."""
    scoring, model = batch.scoring, batch.scoring.model
    some = np.flatnonzero(batch.firsts.decided & (batch.tenders.present.sum(axis=0) > 1))[:TRIED]
    tenders = batch.tenders.of(some)
    parts = [(PRICE, PRICE, _middle_price(tenders))] if model.combination.needs_price else []
    parts += [(each.key, each.label, _middle_rung(tenders, n)) for n, each in enumerate(model.criteria)]
    spreads = [_spread(scoring, tenders, level) for _key, _label, level in parts]
    whole = sum(spreads)
    return tuple(
        Power(
            key,
            label,
            _stated(scoring, key),
            Decimal(spread / whole).quantize(DECIMALS) if whole else None,
            _changes(scoring.firsts(level), batch.firsts.winner[some]),
        )
        for (key, label, level), spread in zip(parts, spreads, strict=True)
    )


def _changes(after: Firsts, winner: Counts) -> Share:
    """Return where another bid wins, of the tenders in which the formula still gives values."""
    told = after.winner != UNDEFINED
    return Share(int((told & (after.winner != winner)).sum()), int(told.sum()))


def _middle_price(tenders: Tenders) -> Tenders:
    n = np.maximum(tenders.present.sum(axis=0), 1)
    middle = np.where(tenders.present, tenders.prices, 0).sum(axis=0) / n
    return replace(tenders, prices=np.broadcast_to(middle, tenders.prices.shape))


def _middle_rung(tenders: Tenders, criterion: int) -> Tenders:
    rungs = tenders.rungs.copy()
    ordered = np.sort(np.where(tenders.present, rungs[criterion], np.iinfo(rungs.dtype).max), axis=0)
    rungs[criterion] = np.take_along_axis(ordered, (tenders.present.sum(axis=0) // 2)[None], 0)
    return replace(tenders, rungs=rungs)


def _spread(scoring: Scoring, tenders: Tenders, level: Tenders) -> float:
    """Return the mean variance, within a tender, of what the criterion has done to the value of each bid.

    One bid at a time is put in the middle, so that the others still are what a relative model compares with.
    """
    before = scoring.firsts(tenders, gated=False).costs
    after = np.empty_like(before)
    for row in range(tenders.n_bids):
        prices, rungs = tenders.prices.copy(), tenders.rungs.copy()
        prices[row], rungs[:, row] = level.prices[row], level.rungs[:, row]
        after[row] = scoring.firsts(replace(tenders, prices=prices, rungs=rungs), gated=False).costs[row]
    there = tenders.present & np.isfinite(before) & np.isfinite(after)
    done = np.where(there, np.where(there, before, 0) - np.where(there, after, 0), 0)
    mean = done.sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return float((np.where(there, done - mean, 0) ** 2).sum(axis=0).mean()) if tenders.n else 0.0


def _stated(scoring: Scoring, key: str) -> Decimal | None:
    """Return the published weight of the price or of a criterion; only weighted sums and points alone state one."""
    model = scoring.model
    whole = 1.0
    if model.combination.needs_price:
        if not isinstance(model.combination, WeightedSum):
            return None
        both = as_fraction(model.combination.price_weight) + as_fraction(model.combination.quality_weight)
        if key == PRICE:
            return Decimal(float(as_fraction(model.combination.price_weight) / both)).quantize(DECIMALS)
        whole = float(as_fraction(model.combination.quality_weight) / both)
    most = sum(criterion.highest for criterion in model.criteria)
    own = next(criterion.highest for criterion in model.criteria if criterion.key == key)
    return Decimal(float(own / most) * whole).quantize(DECIMALS) if most else None
