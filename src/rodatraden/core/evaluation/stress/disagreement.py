"""A10, disagreement: how often the winner changes because assessors do not agree, and how many assessors help."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.stress.share import Share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rodatraden.core.evaluation.stress.batch import Batch
    from rodatraden.core.evaluation.stress.scoring import Scoring

SPREADS = tuple(map(Decimal, ("0.025", "0.05", "0.075", "0.1")))
"""How far one assessor strays, as a standard deviation in parts of all points; 0.05 of 20 points is one point."""
PANELS = range(1, 8)
PANEL_SPREAD = Decimal("0.075")
FEW_ENOUGH = Decimal("0.1")
"""The share of changed winners below which there are assessors enough. Source: reference/evaluation.md, A10."""
TRIED = 4_096


@dataclass(frozen=True, slots=True)
class Disagreement:
    """`by_spread`: one assessor, straying by so many points. `by_panel`: the mean of so many, each straying by `panel_points`.

    `enough` is the smallest panel with which less than a tenth of the winners change; None when seven are not enough.
    """

    by_spread: tuple[tuple[Decimal, Share], ...]
    by_panel: tuple[tuple[int, Share], ...]
    panel_points: Decimal
    enough: int | None

    def to_json(self) -> dict[str, object]:
        """Return the curves."""
        return {
            "by_spread": [{"points": points, **share.to_json()} for points, share in self.by_spread],
            "by_panel": [{"assessors": n, **share.to_json()} for n, share in self.by_panel],
            "panel_points": self.panel_points,
            "enough": self.enough,
        }


def disagreement(batch: Batch) -> Disagreement | None:
    """Return how the first tenders of a batch end when assessors stray; None for a model without criteria.

    Each assessor strays on each criterion of each bid on its own, gets a score on the scale, and the panel's score is the mean.
    """
    scoring = batch.scoring
    decided = np.flatnonzero(batch.firsts.decided)[:TRIED]
    widths = np.array([abs(float(ladder.points[-1] - ladder.points[0])) for ladder in scoring.ladders])
    if not widths.sum():
        return None
    total, even = float(widths.sum()), float(np.sqrt((widths**2).sum()))
    shape = (max(PANELS), len(widths), batch.tenders.n_bids, decided.size)
    noise = batch.chance("disagreement").standard_normal(shape, np.float32)

    def changed(panel: int, spread: Decimal) -> Share:
        # Every criterion strays by the same part of its scale, so that all together stray by `spread` of all points.
        strays = float(spread) * total / even
        points = _points(scoring, batch, decided, noise[:panel] * strays)
        again = scoring.firsts(batch.tenders.of(decided), points=points)
        return Share(int((again.winner != batch.firsts.winner[decided]).sum()), decided.size)

    def in_points(spread: Decimal) -> Decimal:
        return (spread * Decimal(repr(total))).normalize() + 0

    by_panel = tuple((panel, changed(panel, PANEL_SPREAD)) for panel in PANELS)
    enough = next((n for n, share in by_panel if share.value is not None and share.value < FEW_ENOUGH), None)
    return Disagreement(
        tuple((in_points(spread), changed(1, spread)) for spread in SPREADS), by_panel, in_points(PANEL_SPREAD), enough
    )


def _points(
    scoring: Scoring, batch: Batch, some: NDArray[np.integer], strays: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the points of each bid by the panel's mean score; `strays` (E, K, B, M) are parts of each scale."""
    summed = np.zeros(strays.shape[2:])
    for n, ladder in enumerate(scoring.ladders):
        rungs = batch.tenders.rungs[n][:, some]
        judged = np.rint(np.clip(rungs + strays[:, n] * ladder.last, 0, ladder.last)).astype(rungs.dtype)
        summed += scoring.points_of(n, judged).mean(axis=0)
    return summed
