"""What hangs on a score that assessors do not agree on: whether a gate does, and how often the first place does.

The panel talks through first what matters most. Prices are made up here, never those of the bids: nobody who judges quality
may learn anything of them (INV-13).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.stress.report import SEED, around
from rodatraden.core.evaluation.stress.scoring import Scoring
from rodatraden.core.evaluation.stress.share import Share
from rodatraden.core.evaluation.stress.tenders import Tenders, rung_type
from rodatraden.core.exact import as_fraction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rodatraden.core.evaluation.criteria import Criterion
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.stress.tenders import Bools, Counts, Ladder
    from rodatraden.core.exact import Exact

    Given = Mapping[str, Mapping[str, Sequence[Exact]]]
    """The scores that assessors gave, by bid and criterion; the one that they agreed on where they have."""

TRIED = 512
FEWEST_TRIED = 32
MOST_NUMBERS = 40_000_000
"""Numbers that a relative model may cost: it is computed whole for every score. Above that fewer tenders are tried."""


@dataclass(frozen=True, slots=True)
class AtStake:
    """What the lowest and the highest score of an assessor would change: a gate, and the first place in so many made-up tenders."""

    gate: bool
    first: Share


def at_stake(model: Model, given: Given, *, seed: int = SEED) -> dict[tuple[str, str], AtStake]:
    """Return what hangs on each score that differs among the assessors, by bid and criterion.

    The other scores are drawn among those given, the prices from the market that the stress test starts from. Bids where
    nobody has judged a criterion are left out: nothing is not 0.
    """
    bids = [bid for bid, scores in given.items() if all(scores.get(each.key) for each in model.criteria)]
    apart = [
        (row, column)
        for row, bid in enumerate(bids)
        for column, criterion in enumerate(model.criteria)
        if len({as_fraction(score) for score in given[bid][criterion.key]}) > 1
    ]
    if not apart:
        return {}
    field = _Field(model, [given[bid] for bid in bids], seed)
    shares = field.whole(apart) if model.is_relative else field.alone(apart)
    gated = [_decide_gates(model, given[bid]) if model.gates else set() for bid in bids]
    return {
        (bids[row], key := model.criteria[column].key): AtStake(key in gated[row], share)
        for (row, column), share in zip(apart, shares, strict=True)
    }


def _decide_gates(model: Model, scores: Mapping[str, Sequence[Exact]]) -> set[str]:
    """Return the criteria whose lowest score can fail a gate that their highest passes, the others as they were given."""
    ends = {each.key: _ends(each, scores[each.key], model) for each in model.criteria}
    found = set()
    for gate in model.gates:
        minded = [each.key for each in gate.minded(model.criteria)]
        least = gate.least(model.criteria)
        fewest = sum((ends[key][0] for key in minded), Fraction(0))
        most = sum((ends[key][1] for key in minded), Fraction(0))
        if fewest < least <= most:
            found.update(minded)
    return found


def _ends(criterion: Criterion, scores: Sequence[Exact], model: Model) -> tuple[Fraction, Fraction]:
    points = [criterion.points(score, model.roundings)[0] for score in scores]
    return min(points), max(points)


class _Field:
    """The bids at hand in many made-up tenders: their scores drawn among those given, their prices made up."""

    def __init__(self, model: Model, given: Sequence[Mapping[str, Sequence[Exact]]], seed: int) -> None:
        self.scoring = Scoring(model)
        self.given = [[_rungs(ladder, scores[ladder.key]) for ladder in self.scoring.ladders] for scores in given]
        self.kind = rung_type(self.scoring.ladders)
        self.chance = np.random.default_rng([seed, *b"at stake"])
        self.market = around(model)

    def alone(self, apart: Sequence[tuple[int, int]]) -> Iterator[Share]:
        """Yield the shares in a model where a bid's value does not hang on the others: only its own is computed again."""
        tenders = self._drawn(TRIED)
        costs = self.scoring.firsts(tenders).costs
        for row in sorted({row for row, _ in apart}):
            columns = [column for bid, column in apart if bid == row]
            best = np.delete(costs, row, axis=0).min(axis=0, initial=np.inf)
            ends = self._ends(tenders.only(row), 0, [(column, self.given[row][column]) for column in columns])
            own = self.scoring.firsts(ends).costs[0].reshape(2, len(columns), TRIED)
            standing = np.add(own < best, own <= best, dtype=np.int8)  # before the best of the others, level, behind
            yield from (_share(changed) for changed in standing[0] != standing[1])

    def whole(self, apart: Sequence[tuple[int, int]]) -> Iterator[Share]:
        """Yield the shares in a model where every bid's value hangs on the others: the whole tender is computed again."""
        size = 2 * len(apart) * len(self.given) * (len(self.scoring.ladders) + 1)
        n = max(FEWEST_TRIED, min(TRIED, MOST_NUMBERS // size))
        tenders = self._drawn(n)
        for row in sorted({row for row, _ in apart}):
            columns = [column for bid, column in apart if bid == row]
            ends = self._ends(tenders, row, [(column, self.given[row][column]) for column in columns])
            winners = self.scoring.firsts(ends).winner.reshape(2, len(columns), n)
            yield from (_share(changed) for changed in winners[0] != winners[1])

    def _drawn(self, n: int) -> Tenders:
        n_bids = len(self.given)
        rungs = np.empty((len(self.scoring.ladders), n_bids, n), self.kind)
        for row, scores in enumerate(self.given):
            for column, own in enumerate(scores):
                rungs[column, row] = self.chance.choice(own, n)
        return Tenders(self.market.prices(n_bids, n, self.chance), rungs, np.ones((n_bids, n), np.bool_))

    def _ends(self, tenders: Tenders, row: int, scores: Sequence[tuple[int, Counts]]) -> Tenders:
        """Return the tenders once for each criterion with the lowest score there, then once with the highest."""
        times = 2 * len(scores)
        rungs = np.tile(tenders.rungs, times)
        for n, (column, own) in enumerate(scores):
            for end, rung in enumerate((own.min(), own.max())):
                start = (end * len(scores) + n) * tenders.n
                rungs[column, row, start : start + tenders.n] = rung
        return Tenders(np.tile(tenders.prices, times), rungs, np.tile(tenders.present, times))


def _rungs(ladder: Ladder, scores: Sequence[Exact]) -> Counts:
    """Return the rungs of the scores; on a scale that is drawn in parts the nearest below."""
    rising = [as_fraction(each) for each in ladder.scores]
    return np.array([bisect_right(rising, as_fraction(score)) - 1 for score in scores])


def _share(changed: Bools) -> Share:
    return Share(int(changed.sum()), changed.size)
