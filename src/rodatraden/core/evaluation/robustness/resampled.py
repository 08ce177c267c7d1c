"""B4: the panel drawn again from itself, with some assessors more than once and some not at all, and who is then first.

With at most six assessors every such panel is counted with its chance, exactly; with more they are drawn, and the shares have
a 95 % interval (Wilson 1927).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.assessment.agreement import SEED, ways
from rodatraden.core.evaluation.robustness.individual import Joined
from rodatraden.core.evaluation.robustness.many import Drawn, firsts, sums
from rodatraden.core.evaluation.robustness.result import First, told
from rodatraden.core.evaluation.robustness.shares import Shares, shares
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from numpy.typing import NDArray

    from rodatraden.core.evaluation.robustness.again import Again
    from rodatraden.core.evaluation.robustness.individual import Panel
    from rodatraden.core.evaluation.robustness.many import Numbers

MOST_ENUMERATED = 6
"""Six assessors give 462 panels, and one more 1,716."""
DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Resampled:
    """`value` is how often each is first; `panels` is how many different panels were counted.

    `seed` is None when all were counted and none drawn.
    """

    value: Shares
    joined: Joined
    panels: int
    seed: int | None
    sentences: tuple[Message, ...]


def resampled(joining: Again, panel: Panel, joined: Joined, *, seed: int = SEED) -> Resampled:
    """Return how often each bid is first when the panel is drawn again from its own assessors."""
    n = len(panel.assessors)
    is_drawn = n > MOST_ENUMERATED
    if is_drawn:
        every = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=DRAWS)
        counts, weights = np.unique(every, axis=0, return_counts=True)
    else:
        counts = np.array([np.bincount(each, minlength=n) for each in combinations_with_replacement(range(n), n)])
        weights = np.array([ways(row) for row in counts.tolist()])
    found: Counter[First] = Counter()
    for first, numbers in _firsts(joining, panel, joined, counts):
        found[first] += int(weights[numbers].sum())
    value = shares(found, joining.names, is_drawn=is_drawn)
    how = say("All {n} panels that the assessors can form were counted, each with its chance.", n=len(counts))
    if is_drawn:
        how = say("{n} panels were drawn from the assessors, with the start value {seed}.", n=DRAWS, seed=str(seed))
    return Resampled(value, joined, len(counts), seed if is_drawn else None, told(joined.text, how, *value.sentences))


def _firsts(joining: Again, panel: Panel, joined: Joined, counts: NDArray[np.int64]) -> list[tuple[First, Numbers]]:
    size = len(counts)
    drawn = {
        key: [Drawn((score,), np.zeros(size, dtype=np.int64)) for score in scores]
        for key, scores in joining.scores.items()
    }
    missing = np.zeros(size, dtype=bool)
    numbers = {assessor: n for n, assessor in enumerate(panel.assessors)}
    for (key, n), by_assessor in panel.cells.items():
        own = counts[:, [numbers[assessor] for assessor in by_assessor]]
        missing |= own.sum(axis=1) == 0
        drawn[key][n] = _joined(by_assessor, own, joined)
    found: list[tuple[First, Numbers]] = []
    for first, which in firsts(joining, drawn, size):
        found.append((first, which[~missing[which]]))
    return [*found, (None, np.flatnonzero(missing))]


def _joined(by_assessor: Mapping[str, Fraction], counts: NDArray[np.int64], joined: Joined) -> Drawn:
    """Return the joined score for each row of counts of those who judged; any score where none of them is left."""
    scores = list(by_assessor.values())
    code = counts.sum(axis=1)
    if joined is Joined.MEAN:  # rows with the same sum and number are alike
        of_one = lcm(*(score.denominator for score in scores))
        code = code + (int(code.max()) + 1) * sums([int(score * of_one) for score in scores], counts)
    else:
        for score in sorted(set(scores)):
            same = counts[:, [n for n, each in enumerate(scores) if each == score]]
            code = np.unique(code * (counts.sum(axis=1).max() + 1) + same.sum(axis=1), return_inverse=True)[1]
    _alike, first_of, index = np.unique(code, return_index=True, return_inverse=True)
    values = [
        joined.of([(score, times) for score, times in zip(scores, row, strict=True) if times])
        if any(row)
        else scores[0]
        for row in counts[first_of].tolist()
    ]
    return Drawn(values, index.astype(np.int64))
