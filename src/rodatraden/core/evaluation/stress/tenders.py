"""Made-up tenders as arrays, one column each, and the ladder of scores and points that a criterion makes them from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rodatraden.core.exact import Exact, as_fraction, simplest

if TYPE_CHECKING:
    from fractions import Fraction

    from rodatraden.core.evaluation.criteria import Criterion
    from rodatraden.core.evaluation.rounding import Roundings

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
Counts = NDArray[np.integer]
PARTS = 100
"""How many parts a scale without steps is drawn in. Source: policy."""
ORE = 0.01
MOST_RUNGS = 5_000
"""Scores of one criterion; a finer scale is drawn in `PARTS` parts. Source: policy."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The scores that can be drawn on a criterion, lowest first, and the points that each gives."""

    key: str
    scores: tuple[Exact, ...]
    points: tuple[Fraction, ...]

    @classmethod
    def of(cls, criterion: Criterion, roundings: Roundings) -> Ladder:
        """Return the ladder of a criterion: every step of its scale, or parts of a scale without steps."""
        scale = criterion.scale
        is_fine = scale.step is None or scale.width / as_fraction(scale.step) > MOST_RUNGS
        scores: tuple[Exact, ...] = scale.values
        if is_fine:
            low = as_fraction(scale.lowest)
            scores = tuple(simplest(low + scale.width * part / PARTS) for part in range(PARTS + 1))
        return cls(criterion.key, scores, tuple(criterion.points(score, roundings)[0] for score in scores))

    @property
    def last(self) -> int:
        """Return the number of the highest rung; the lowest is 0."""
        return len(self.scores) - 1


@dataclass(frozen=True, slots=True)
class Tenders:
    """M tenders of at most B bids on K criteria.

    `prices` (B, M) are compared prices in the currency of the tender, `rungs` (K, B, M) the numbers of the scores on the
    ladders, `present` (B, M) says which bids there are, and `qualified` (B, M) which of them are judged; None: all.
    """

    prices: Floats
    rungs: Counts
    present: Bools
    qualified: Bools | None = None

    @property
    def n_bids(self) -> int:
        """Return the number of rows, B."""
        return len(self.prices)

    @property
    def n(self) -> int:
        """Return the number of tenders, M."""
        return int(self.prices.shape[1])

    def of(self, chosen: Bools | Counts) -> Tenders:
        """Return some of the tenders."""
        qualified = None if self.qualified is None else self.qualified[:, chosen]
        return Tenders(self.prices[:, chosen], self.rungs[:, :, chosen], self.present[:, chosen], qualified)

    def only(self, row: int) -> Tenders:
        """Return the tenders with one of their bids, alone."""
        qualified = None if self.qualified is None else self.qualified[row, None]
        return Tenders(self.prices[row, None], self.rungs[:, row, None], self.present[row, None], qualified)

    def without(self, row: int) -> Tenders:
        """Return the tenders as they would be if the bid in a row had never come."""
        present = self.present.copy()
        present[row] = False
        return replace(self, present=present)

    def and_one(self, prices: Floats, rungs: Counts) -> Tenders:
        """Return the tenders with one bid more in each: its price (M,) and rungs (K,)."""
        shape = (self.rungs.shape[0], 1, self.n)
        more = np.broadcast_to(rungs[:, None, None], shape).astype(self.rungs.dtype)
        everywhere = np.ones((1, self.n), np.bool_)
        return Tenders(
            np.concatenate([self.prices, prices[None]]),
            np.concatenate([self.rungs, more], axis=1),
            np.concatenate([self.present, everywhere]),
            None if self.qualified is None else np.concatenate([self.qualified, everywhere]),
        )


def rung_type(ladders: tuple[Ladder, ...]) -> type[np.unsignedinteger]:
    """Return the smallest type that holds every rung."""
    return np.uint8 if all(ladder.last <= np.iinfo(np.uint8).max for ladder in ladders) else np.uint16


def stepped(prices: Floats, step: float) -> Floats:
    """Return prices in whole steps, at least one step; whole öre are exact in the sense of the tests that read them back."""
    found = np.maximum(np.rint(prices / step), 1) * step
    return np.asarray(np.rint(found / ORE) * ORE)


def ore(price: float) -> Decimal:
    """Return a drawn price as the exact amount that it stands for."""
    return Decimal(round(price * 100)) / 100
