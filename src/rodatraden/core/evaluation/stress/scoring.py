"""Who wins many made-up tenders at once. Points are exact whole numbers; prices are floats, and level within a hair.

The order of the calculation is that of `outcome`: points, gates, weighing, corridor, value, tie rule.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, gcd, lcm
from typing import TYPE_CHECKING

import numpy as np

from rodatraden.core.evaluation.criteria import highest_total
from rodatraden.core.evaluation.field import Best
from rodatraden.core.evaluation.ranking import HUNDRED, TieRule
from rodatraden.core.evaluation.reference import ReferenceSet
from rodatraden.core.evaluation.rounding import Where
from rodatraden.core.evaluation.steps import Unit
from rodatraden.core.evaluation.stress.tenders import Ladder
from rodatraden.core.evaluation.stress.values import Field, rounded, values
from rodatraden.core.exact import as_fraction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rodatraden.core.evaluation.gate import Gate
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.stress.tenders import Bools, Counts, Floats, Tenders

NOBODY, TIE, UNDEFINED = -1, -2, -3
"""Instead of a winner's row: no bid is left, several are level, or the formula gives no value."""
HAIR = 1e-10
"""Values closer than this part of the amounts behind them are equal: exact values differ by more, or not at all."""


@dataclass(frozen=True, slots=True)
class Firsts:
    """Who is first in each tender: `winner` (M,) is a row, or NOBODY, TIE or UNDEFINED.

    `costs` (B, M) is what is compared, lower is better whatever the model counts, infinite for a bid that is out.
    `points` (B, M) are those that were weighed, and `passed` (B, M) says which bids reached the weighing. `level` (M,)
    counts the bids that had the best value before any tie rule.
    """

    winner: Counts
    costs: Floats
    points: Floats
    passed: Bools
    level: Counts

    @property
    def decided(self) -> Bools:
        """Return which tenders have one winner (M,)."""
        return self.winner >= 0

    def of_winner(self, array: Floats | Counts) -> Floats | Counts:
        """Return the winner's row of an array (B, M), as (M,); row 0 where there is no winner."""
        return np.asarray(np.take_along_axis(array, np.maximum(self.winner, 0)[None], 0)[0])


class Scoring:
    """A model made ready for many tenders; it can be used, which `findings` says."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.ladders = tuple(Ladder.of(criterion, model.roundings) for criterion in model.criteria)
        every = [points for ladder in self.ladders for points in ladder.points]
        self._of_one = lcm(*(points.denominator for points in every))
        rises = [int((points - ladder.points[0]) * self._of_one) for ladder in self.ladders for points in ladder.points]
        self._unit = gcd(*rises) or 1
        self._counters = tuple(self._counter(ladder) for ladder in self.ladders)
        ends = zip(*((each.lowest, each.highest) for each in self._counters), strict=True)
        self._sum_type = _type_for(*(sum(end) for end in ends)) if self._counters else np.dtype(np.uint8)
        self._gates = tuple(self._gate(gate) for gate in model.gates)
        self._sign = 1 if model.combination.best is Best.LOWEST else -1

    def firsts(self, tenders: Tenders, *, gated: bool = True, points: Floats | None = None) -> Firsts:
        """Return who is first; without the gates when not `gated`, and with `points` (B, M) instead of those drawn."""
        summed, passed = self.judged(tenders, gated=gated, points=points)
        return self.ranked(tenders, summed, passed)

    def judged(self, tenders: Tenders, *, gated: bool = True, points: Floats | None = None) -> tuple[Floats, Bools]:
        """Return the points with which each bid is weighed, and which bids reach the weighing (B, M)."""
        passed = tenders.present if tenders.qualified is None else tenders.present & tenders.qualified
        if points is not None:
            if gated:
                passed = passed & self._passes_with(points)
            return self._entered(points), passed
        together = self._sum(tenders, range(len(self._counters)))
        if gated:
            for minded, least in self._gates:
                own = together if len(minded) == len(self._counters) else self._sum(tenders, minded)
                passed = passed & (own >= least)
        start = sum((ladder.points[0] for ladder in self.ladders), Fraction(0))
        return self._entered(together * float(Fraction(self._unit, self._of_one)) + float(start)), passed

    def almost(self, tenders: Tenders) -> Bools:
        """Return the bids that pass the gates, or would with one score one step higher (B, M)."""
        found = self.judged(tenders)[1]
        for n, ladder in enumerate(self.ladders):
            rungs = tenders.rungs.copy()
            rungs[n] += (rungs[n] < ladder.last).astype(rungs.dtype)
            found = found | self.judged(replace(tenders, rungs=rungs))[1]
        return found

    def points_of(self, criterion: int, rungs: Counts) -> Floats:
        """Return the points on one criterion."""
        ladder, counted = self.ladders[criterion], self._counters[criterion].of(rungs)
        return counted * float(Fraction(self._unit, self._of_one)) + float(ladder.points[0])

    def _sum(self, tenders: Tenders, criteria: Sequence[int]) -> Counts:
        """Return the points on some criteria together, in whole units above the lowest, in the smallest type (B, M)."""
        total = np.zeros(tenders.prices.shape, self._sum_type)
        for n in criteria:
            total += self._counters[n].of(tenders.rungs[n])
        return total

    def ranked(self, tenders: Tenders, points: Floats, passed: Bools) -> Firsts:
        """Return who is first among the bids that passed."""
        model = self.model
        prices = rounded(tenders.prices, Where.PRICE, model.roundings)
        if model.reference_set is ReferenceSet.OPENED:
            within = tenders.present
        elif model.reference_set is ReferenceSet.QUALIFIED:
            within = tenders.present if tenders.qualified is None else tenders.present & tenders.qualified
        else:
            within = passed
        with np.errstate(invalid="ignore", divide="ignore"):
            found = values(model, Field(prices, points, within, float(model.most_points), model.roundings))
        costs = np.where(passed, found if self._sign > 0 else -found, np.inf)
        return self._firsts(tenders, prices, points, passed, costs)

    def _firsts(self, tenders: Tenders, prices: Floats, points: Floats, passed: Bools, costs: Floats) -> Firsts:
        best = costs.min(axis=0)
        hair = self._hair(best, prices)
        limit = best + hair
        limit[np.isinf(best)] = -np.inf  # of no bids none is best
        alive = costs <= limit
        level = alive.sum(axis=0, dtype=np.int8)
        if self.model.corridor is None:
            winner = _only(alive)
            open_to_rule = np.flatnonzero(level > 1)
        else:
            open_to_rule = np.arange(tenders.n)
            winner = np.zeros(tenders.n, np.int8)
        if open_to_rule.size:
            some = tenders.of(open_to_rule)
            winner[open_to_rule] = self._by_rules(
                some, points[:, open_to_rule], costs[:, open_to_rule], hair[open_to_rule]
            )
        winner[np.isinf(best)] = NOBODY
        winner[np.isnan(best)] = UNDEFINED
        return Firsts(winner, costs, points, passed, level)

    def _by_rules(self, tenders: Tenders, points: Floats, costs: Floats, hair: Floats) -> Counts:
        """Return the winner by corridor, value and tie rule, one after the other, or TIE."""
        model, corridor = self.model, self.model.corridor
        alive = np.isfinite(costs)
        if corridor is not None:
            best = costs.min(axis=0)
            alive &= costs <= best + np.abs(best) * (float(corridor.percent) / HUNDRED) + hair
            alive = _narrowed(alive, self._decider(corridor.decided_by, tenders, points, corridor.criterion))
        alive = _narrowed(alive, costs, hair)
        if model.tie_rule is TieRule.CRITERIA_IN_ORDER:
            for n in range(len(self.ladders)):
                alive = _narrowed(alive, -self.points_of(n, tenders.rungs[n]))
        elif model.tie_rule is not TieRule.NONE:
            alive = _narrowed(alive, self._decider(model.tie_rule, tenders, points, None))
        winner = _only(alive)
        winner[alive.sum(axis=0) > 1] = TIE
        return winner

    def _decider(self, rule: TieRule, tenders: Tenders, points: Floats, criterion: str | None) -> Floats:
        if rule is TieRule.LOWER_PRICE:
            return rounded(tenders.prices, Where.PRICE, self.model.roundings)
        if criterion is None:
            return -points
        n = next(n for n, ladder in enumerate(self.ladders) if ladder.key == criterion)
        return -self.points_of(n, tenders.rungs[n])

    def _hair(self, best: Floats, prices: Floats) -> Floats:
        size = np.abs(np.where(np.isfinite(best), best, 0))
        if self.model.combination.unit is Unit.AMOUNT:
            size = np.maximum(size, prices[0])
        elif self.model.combination.unit is Unit.POINTS:
            size = np.maximum(size, 1)
        return size * HAIR

    def _entered(self, points: Floats) -> Floats:
        model = self.model
        summed = rounded(points, Where.POINTS, model.roundings)
        if model.renormalised_to is None:
            return summed
        return summed * float(as_fraction(model.renormalised_to) / highest_total(model.criteria))

    def _passes_with(self, points: Floats) -> Bools:
        """Return who passes the gates that mind all points; others are not asked of points that are only a sum."""
        found = np.ones(points.shape, np.bool_)
        for gate in self.model.gates:
            if len(gate.minded(self.model.criteria)) == len(self.model.criteria):
                found &= points >= float(gate.least(self.model.criteria)) * (1 - HAIR)
        return found

    def _counter(self, ladder: Ladder) -> _Counter:
        return _Counter([int((points - ladder.points[0]) * self._of_one) // self._unit for points in ladder.points])

    def _gate(self, gate: Gate) -> tuple[tuple[int, ...], int]:
        """Return the criteria that a gate minds by number, and the fewest units above the lowest points."""
        keys = {criterion.key for criterion in gate.minded(self.model.criteria)}
        minded = tuple(n for n, ladder in enumerate(self.ladders) if ladder.key in keys)
        start = sum((self.ladders[n].points[0] for n in minded), Fraction(0))
        return minded, ceil((gate.least(self.model.criteria) - start) * self._of_one / self._unit)


class _Counter:
    """The points of rungs above the lowest, in whole units: one multiplication where the ladder is even."""

    def __init__(self, units: Sequence[int]) -> None:
        slope = units[1] - units[0]
        self._is_even = slope >= 0 and all(each == n * slope for n, each in enumerate(units))
        self._slope = slope
        self.lowest, self.highest = min(units), max(units)
        self._table = np.array(units, _type_for(self.lowest, self.highest))

    def of(self, rungs: Counts) -> Counts:
        """Return units for rungs."""
        if not self._is_even:
            return self._table[rungs]
        return rungs if self._slope == 1 else rungs * self._table.dtype.type(self._slope)


def _type_for(lowest: int, highest: int) -> np.dtype[np.integer]:
    return np.result_type(np.min_scalar_type(lowest), np.min_scalar_type(highest))


def _only(alive: Bools) -> Counts:
    """Return the row of the only bid that is alive in each tender."""
    found = np.zeros(alive.shape[1], np.int8)
    for row in range(1, alive.shape[0]):
        found += alive[row] * np.int8(row)
    return found


def _narrowed(alive: Bools, keys: Floats, hair: Floats | None = None) -> Bools:
    """Return those alive that have the lowest key, within a hair."""
    among = np.where(alive, keys, np.inf)
    best = among.min(axis=0)
    return np.asarray(alive & (among <= best + (HAIR * np.maximum(np.abs(best), 1) if hair is None else hair)))
