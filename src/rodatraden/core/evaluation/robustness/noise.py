"""B8: how often each bid is first when the consensus has the uncertainty that the assessors' own scores show.

How far an assessor's score lies from the mean of the others on the same thing is chance and severity together: the residual
standard deviation, per criterion. Each consensus score is drawn from a normal distribution around itself, kept within the
scale and put on the nearest step. Twice: as uncertain as one assessor's score, and as the mean of the panel. What was agreed on
when the assessors talked is worth more than a mean; how much more nobody can compute.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.assessment.agreement import SEED
from rodatraden.core.evaluation.robustness.many import Drawn, firsts
from rodatraden.core.evaluation.robustness.result import First, told
from rodatraden.core.evaluation.robustness.shares import Shares, shares
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rodatraden.core.assessment import Scale
    from rodatraden.core.evaluation.robustness.again import Again
    from rodatraden.core.evaluation.robustness.individual import Panel

DRAWS = 10_000
FINEST = 1000
"""Steps of a scale that has none."""


@dataclass(frozen=True, slots=True)
class Noise:
    """`value` is how often each is first with the uncertainty of one assessor, `of_panel` with that of the panel's mean.

    `variances` are by criterion the square of the residual standard deviation, exactly; a criterion on which nothing can
    be told is left out and its scores stay as they are.
    """

    value: Shares
    of_panel: Shares
    variances: Mapping[str, Exact]
    seed: int
    sentences: tuple[Message, ...]


def noise(again: Again, panel: Panel, *, seed: int = SEED) -> Noise:
    """Return how often each bid is first when every consensus score is uncertain."""
    variances = _variances(panel)
    cells = [cell for cell in panel.cells if variances.get(cell[1])]
    drawn = np.random.default_rng(seed).standard_normal((len(cells), DRAWS))
    sizes = {cell: len(by_assessor) for cell, by_assessor in panel.cells.items()}
    one, together = (
        _shares(again, {
            cell: drawn[n] * sqrt(variances[cell[1]] / (sizes[cell] if of_mean else 1)) for n, cell in enumerate(cells)
        })
        for of_mean in (False, True)
    )  # fmt: skip
    unknown = [again.model.criteria[n].label for n in range(len(again.keys)) if n not in variances]
    return Noise(
        one,
        together,
        {again.keys[n]: simplest(variance) for n, variance in variances.items()},
        seed,
        told(
            say("{n} draws with the start value {seed}.", n=DRAWS, seed=str(seed)),
            say("Nothing is known of the uncertainty on {criteria}.", criteria=", ".join(unknown)) if unknown else None,
            say("When each consensus score is as uncertain as one assessor's score:"),
            *one.sentences,
            say("When it is as uncertain as the mean of the panel:"),
            *together.sentences,
        ),
    )


def _variances(panel: Panel) -> dict[int, Fraction]:
    """Return by criterion the variance of scores around their mean on the same bid, where anything was judged twice."""
    squares: dict[int, Fraction] = {}
    freedom: Counter[int] = Counter()
    for (_key, n), by_assessor in panel.cells.items():
        scores = list(by_assessor.values())
        mean = sum(scores, Fraction(0)) / len(scores)
        squares[n] = squares.get(n, Fraction(0)) + sum(((score - mean) ** 2 for score in scores), Fraction(0))
        freedom[n] += len(scores) - 1
    return {n: squares[n] / freedom[n] for n in sorted(squares) if freedom[n]}


def _shares(again: Again, moved: Mapping[tuple[str, int], NDArray[np.float64]]) -> Shares:
    drawn = {}
    for key, scores in again.scores.items():
        drawn[key] = [
            _around(again.model.criteria[n].scale, score, moved[key, n]) if (key, n) in moved else _fixed(score)
            for n, score in enumerate(scores)
        ]
    found: Counter[First] = Counter()
    for first, numbers in firsts(again, drawn, DRAWS):
        found[first] += len(numbers)
    return shares(found, again.names, is_drawn=True)


def _fixed(score: Fraction) -> Drawn:
    return Drawn((score,), np.zeros(DRAWS, dtype=np.int64))


def _around(scale: Scale, score: Fraction, moved: NDArray[np.float64]) -> Drawn:
    """Return a score moved so far, within its scale and on its nearest step."""
    lowest, step = as_fraction(scale.lowest), as_fraction(scale.step or 0) or scale.width / FINEST
    steps = np.clip(np.rint((float(score - lowest) + moved) / float(step)), 0, int(scale.width / step))
    found, index = np.unique(steps.astype(np.int64), return_inverse=True)
    return Drawn([lowest + step * each for each in found.tolist()], index.astype(np.int64))
