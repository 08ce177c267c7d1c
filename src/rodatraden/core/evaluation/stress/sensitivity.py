"""A12, the rate: how often the same bid would have won, had a point been worth more or less, or price weighed otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.percentage_addition import PercentageAddition
from rodatraden.core.evaluation.percentage_deduction import PercentageDeduction
from rodatraden.core.evaluation.price_addition import PriceAddition
from rodatraden.core.evaluation.price_deduction import PriceDeduction
from rodatraden.core.evaluation.stress.scoring import Scoring
from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.evaluation.weighted_sum import WeightedSum

if TYPE_CHECKING:
    from rodatraden.core.evaluation.combination import Combination
    from rodatraden.core.evaluation.stress.batch import Batch

FACTORS = tuple(map(Decimal, ("0.25", "0.5", "0.75", "0.9", "1", "1.1", "1.25", "1.5", "2")))
"""Parts of the published rate that are tried. Source: A12 asks for nine."""
TRIED = 4_096


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate (SEK or per cent per point, or weight of the price), and how often the published rate's winner wins with it."""

    rate: Decimal
    is_published: bool
    same: Share

    def to_json(self) -> dict[str, object]:
        """Return rate and share."""
        return {"rate": self.rate, "is_published": self.is_published, "same": self.same.to_json()}


def sensitivity(batch: Batch) -> tuple[Rate, ...]:
    """Return the curve over the first tenders of a batch, lowest rate first; empty for a model without a rate."""
    scoring = batch.scoring
    decided = np.flatnonzero(batch.firsts.decided)[:TRIED]
    tenders, winner = batch.tenders.of(decided), batch.firsts.winner[decided]
    points, passed = batch.firsts.points[:, decided], batch.firsts.passed[:, decided]
    found = []
    for factor in FACTORS:
        other = with_rate(scoring.model.combination, factor)
        if other is None:
            continue
        combination, rate = other
        again = Scoring(replace(scoring.model, combination=combination)).ranked(tenders, points, passed)
        found.append(Rate(rate, factor == 1, Share(int((again.winner == winner).sum()), decided.size)))
    return tuple(found)


def with_rate(combination: Combination, factor: Decimal) -> tuple[Combination, Decimal] | None:
    """Return the weighing with another rate, and that rate; None when it has none, or no such one."""
    match combination:
        case PriceAddition() | PriceDeduction():
            rate = combination.per_point * factor
            return replace(combination, per_point=rate), rate
        case PercentageAddition() | PercentageDeduction():
            rate = combination.percent * factor
            return replace(combination, percent=rate), rate
        case WeightedSum():
            whole = combination.price_weight + combination.quality_weight
            rate = combination.price_weight * factor
            if rate >= whole:
                return None
            return replace(combination, price_weight=rate, quality_weight=whole - rate), rate
        case _:
            return None
