"""B1: how far each bid was from first place, in price and in points, all else equal.

In an absolute model these are the margins of the outcome. In a relative model a change of one bid changes what the others
get, so the whole field is computed again for each try, and what was tried is said: first place may come and go as the price
falls, and an interval between two tried prices is only searched for the first change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.criteria import total
from rodatraden.core.evaluation.margins import (
    ORE,
    SUM,
    Margin,
    PointsTold,
    best_score,
    how_far_behind,
    margins,
    summed_model,
    sums_of,
    tries_of,
)
from rodatraden.core.evaluation.outcome import Status
from rodatraden.core.evaluation.robustness.again import Again
from rodatraden.core.evaluation.robustness.result import told
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from rodatraden.core.evaluation.outcome import BidResult, Outcome

PERCENT_STEPS = 100
"""Prices that are tried in a relative model: each whole per cent of the bid's own price."""
MOST_TRIES = 200
"""Scores on one criterion, and sums of points, that are tried in a relative model; where there are more, none is told."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """`value` are the margins of the bids that were not first; none when nobody was, which the sentences say."""

    value: tuple[Margin, ...]
    is_relative: bool
    sentences: tuple[Message, ...]


def closeness(again: Again, outcome: Outcome) -> Closeness:
    """Return the margins of an outcome, whichever kind of model it has."""
    model = again.model
    if outcome.value.winner is None:
        return Closeness(
            (), model.is_relative, told(say("Nobody is first alone, so no distance to first place is told."))
        )
    if not model.is_relative:
        found = margins(model, again.bids.values(), outcome, by_criterion=True)
        sentence = say("The smallest change of each bid alone with which it would have been first, all else equal.")
        return Closeness(found, is_relative=False, sentences=told(sentence))
    first, *behind = outcome.results
    field = _WholeField(again)
    found = tuple(field.margin(each, first) for each in behind if each.status is not Status.NOT_QUALIFIED)
    searched = say("The model compares bids with each other, so all were computed again for each try: each whole per cent of the price, then to the öre where first place begins, and every higher sum and score.")  # fmt: skip
    caution = say("In such a model first place can be lost again at a still lower price or with still more points.")
    return Closeness(found, is_relative=True, sentences=told(searched, caution))


class _WholeField:
    """Tries of one bid in a relative model, with all others as they are."""

    def __init__(self, again: Again) -> None:
        self.again = again
        self.summed = self._summed()
        self.sums = sums_of(again.model.criteria, again.model.roundings)

    def _summed(self) -> Again | None:
        """Return the same bids with all their criteria as one; None where single criteria decide something."""
        model, corridor = self.again.model, self.again.model.corridor
        one = summed_model(model)
        one_by_one = one.tie_rule is not model.tie_rule or (corridor and corridor.criterion)
        if one is model or any(gate.criteria for gate in model.gates) or one_by_one:
            return None
        bids = [
            replace(
                bid, scores={SUM: simplest(self._together(key))} if bid.not_qualified is None else {}, assignments={}
            )
            for key, bid in self.again.bids.items()
        ]
        return Again(one, bids)

    def _together(self, key: str) -> Fraction:
        scores = self.again.scores[key]
        points = {str(n): self.again.points(n, score) for n, score in enumerate(scores)}
        return total(points)[0]

    def margin(self, result: BidResult, first: BidResult) -> Margin:
        """Return the smallest of the tried changes that put a bid first alone."""
        key = result.key
        worse = None if result.value is None else how_far_behind(self.again.model, result.value, first.value)
        price = self._price(key) if worse is not None and self.again.model.combination.needs_price else None
        points = self._points(key)
        return Margin(key, worse, price, price is not None, points, self._scores(key), self._points_told(key, points))

    def _points_told(self, key: str, points: Exact | None) -> PointsTold:
        if points is not None:
            return PointsTold.SMALLEST
        if not self._wins_with_all_points(key):
            return PointsTold.NONE
        asks_for_criteria = any(gate.criteria for gate in self.again.model.gates)
        return PointsTold.ONE_BY_ONE if asks_for_criteria else PointsTold.NOT_COUNTED

    def _wins_with_all_points(self, key: str) -> bool:
        best = tuple(as_fraction(best_score(each)) for each in self.again.model.criteria)
        return self.again.first({key: best}) == (key,)

    def _price(self, key: str) -> Exact | None:
        """Return the price, in whole öre, where first place begins below the bid's own."""
        own = floor(self.again.price(key) / ORE)

        def wins(ore: int) -> bool:
            price, _steps = self.again.model.price.compared(ore * ORE, None, self.again.model.roundings)
            return price > 0 and self.again.first(prices={key: price}) == (key,)

        above = own
        for percent in range(PERCENT_STEPS - 1, 0, -1):
            ore = own * percent // PERCENT_STEPS
            if ore and wins(ore):
                while above - ore > 1:
                    middle = (above + ore) // 2
                    above, ore = (above, middle) if wins(middle) else (middle, ore)
                return simplest(ore * ORE)
            above = ore
        return None

    def _points(self, key: str) -> Exact | None:
        summed = self.summed
        if summed is None or len(self.sums) > MOST_TRIES:
            return None
        own = summed.scores[key][0]
        return _first_that(
            lambda each: summed.first({key: (each,)}) == (key,), [each for each in self.sums if each > own]
        )

    def _scores(self, key: str) -> dict[str, Exact]:
        found, own = {}, self.again.scores[key]
        for n, criterion in enumerate(self.again.model.criteria):
            higher = [each for each in map(as_fraction, tries_of(criterion)) if each > own[n]]

            def wins(score: Fraction, n: int = n) -> bool:
                return self.again.first({key: (*own[:n], score, *own[n + 1 :])}) == (key,)

            enough = _first_that(wins, higher) if len(higher) <= MOST_TRIES else None
            if enough is not None:
                found[criterion.key] = enough
        return found


def _first_that(wins: Callable[[Fraction], bool], rising: Sequence[Fraction]) -> Exact | None:
    return next((simplest(each) for each in rising if wins(each)), None)
