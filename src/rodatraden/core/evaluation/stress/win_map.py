"""A1, the win map: how often a bid with this price and these points wins, whoever else has come."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.criteria import lowest_total
from rodatraden.core.evaluation.stress.share import Share

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress.batch import Batch
    from rodatraden.core.evaluation.stress.scoring import Scoring

COLUMNS, ROWS = 12, 21
FEWEST = 30
"""Below this many cases a share is not shown: chance would speak. Source: reference/evaluation.md, A1."""
ENDS = (0.01, 0.99)
NICE = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class WinMap:
    """Shares by row of points and column of prices. Each edge is where a row or column begins; the last is an end."""

    prices: tuple[Decimal, ...]
    points: tuple[Decimal, ...]
    shares: tuple[tuple[Share, ...], ...]

    def to_json(self) -> dict[str, object]:
        """Return edges and counts."""
        return {
            "prices": list(self.prices),
            "points": list(self.points),
            "won": [[share.count for share in row] for row in self.shares],
            "of": [[share.of for share in row] for row in self.shares],
        }


class WinMapCounter:
    """Counts bids and winners; what lies outside the middle 98 per cent of prices counts in the outermost columns."""

    def __init__(self, scoring: Scoring, batch: Batch) -> None:
        tenders, model = batch.tenders, scoring.model
        low, high = (float(each) for each in np.quantile(tenders.prices[tenders.present], ENDS))
        self.prices = _edges(low, high, COLUMNS)
        lowest = float(lowest_total(model.criteria))
        most = float(model.most_points)
        self.points = (
            _edges(lowest if model.renormalised_to is None else 0.0, most, ROWS) if model.criteria else [0.0, 1.0]
        )
        self.won, self.of = (np.zeros((len(self.points) - 1, len(self.prices) - 1), np.int64) for _ in range(2))

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        tenders, firsts = batch.tenders, batch.firsts
        columns = np.digitize(tenders.prices, self.prices[1:-1])
        rows = np.digitize(firsts.points, np.array(self.points[1:-1]) - 1e-9)
        cells = rows * self.won.shape[1] + columns
        self.of += np.bincount(cells[tenders.present], minlength=self.of.size).reshape(self.of.shape)
        decided = firsts.decided
        won = np.bincount(firsts.of_winner(cells)[decided], minlength=self.won.size)
        self.won += won.reshape(self.won.shape)

    def result(self) -> WinMap:
        """Return the map."""
        return WinMap(
            tuple(map(_decimal, self.prices)),
            tuple(map(_decimal, self.points)),
            tuple(
                tuple(Share(int(won), int(of)) for won, of in zip(*rows, strict=True))
                for rows in zip(self.won, self.of, strict=True)
            ),
        )


def _edges(low: float, high: float, most: int) -> list[float]:
    """Return at most `most` + 1 round edges around a range."""
    width = max(high - low, 1e-9) / most
    size = 10.0 ** floor(log10(width))
    step = next(size * nice for nice in NICE if size * nice >= width * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    if float(high / step).is_integer():
        last += 1  # the highest value itself has a place of its own
    return [n * step for n in range(first, max(last, first + 1) + 1)]


def _decimal(edge: float) -> Decimal:
    return Decimal(repr(round(edge, 9))).normalize() + 0
