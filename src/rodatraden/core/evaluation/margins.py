"""How far a bid was from first place: the price, the sum of points and the scores that would have been enough, all else equal.

Told for absolute models (INV-11), in which a change of one bid leaves the values of the others where they are. Each change is
tried in the engine against the bid in first place, so gates, rounding and tie rule count as they do in the outcome. Margins
explain an outcome and never change it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from math import ceil, lcm
from typing import TYPE_CHECKING

from rodatraden.core.assessment import Scale
from rodatraden.core.evaluation.bids import Bid, InputError, price_of, scores_of
from rodatraden.core.evaluation.criteria import Criterion, highest_total, points_of, total
from rodatraden.core.evaluation.field import Best
from rodatraden.core.evaluation.outcome import Status, contender
from rodatraden.core.evaluation.price import Price, PriceLine
from rodatraden.core.evaluation.ranking import TieRule, rank
from rodatraden.core.evaluation.rounding import Where
from rodatraden.core.exact import Exact, as_fraction, simplest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.outcome import Outcome
    from rodatraden.core.evaluation.ranking import Contender
    from rodatraden.core.evaluation.rounding import Roundings

ORE = Fraction(1, 100)
"""Prices differ by whole öre."""
MOST_SUMS = 100_000
"""Different sums of points; criteria that add up to more have no smallest sum told. Source: policy."""
MOST_ADDITIONS = 1_000_000
"""Additions to find them: some tenths of a second. Source: policy."""
SUM, PRICE = "sum", "price"


class PointsTold(StrEnum):
    """What is told of the sum of points that would have been enough.

    `SMALLEST`: no smaller sum would have been. `ENOUGH`: it is enough however it comes about; a smaller one gives the value
    of first place, and then the criteria in order decide. `ONE_BY_ONE`: more points would have been enough, but no one sum
    says how many, since the criteria are asked for one by one. `NOT_COUNTED`: more points would have been enough, but how
    many is not counted: points have no steps, the sums are too many, or the model is relative and the criteria in order
    decide between equals. `NONE`: no points would have been enough.
    """

    SMALLEST = "smallest"
    ENOUGH = "enough"
    ONE_BY_ONE = "one_by_one"
    NOT_COUNTED = "not_counted"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Margin:
    """What a bid that was not first would have needed.

    `behind` is how much worse its value is than that of first place, None for a bid below a gate. `price` is a compared
    price, in whole öre: below it the bid would have been first, and at it too when `wins_when_equal`; None when no price
    is enough, or prices are not compared. `points` is the sum that would have been enough, if there is one, and
    `points_told` says what is told by it, or why there is none. `scores` are by criterion the lowest score that would have
    been enough with all other scores as they are.
    """

    key: str
    behind: Exact | None
    price: Exact | None
    wins_when_equal: bool
    points: Exact | None
    scores: Mapping[str, Exact] = field(default_factory=dict)
    points_told: PointsTold = PointsTold.NONE

    @property
    def more_points_win(self) -> bool:
        """Whether more points would have been enough, whether or not it is told how many."""
        return self.points_told is not PointsTold.NONE


def margins(model: Model, bids: Iterable[Bid], outcome: Outcome, *, by_criterion: bool = False) -> tuple[Margin, ...]:
    """Return the margin of every qualified bid that was not first, in the order of the outcome; none without a first.

    None either in a relative model, where a change of one bid changes what the others get. `scores` are found only when
    `by_criterion` is asked for.
    """
    if model.is_relative or outcome.value.winner is None:
        return ()
    entered = {bid.key: bid for bid in bids}
    first, *behind = outcome.results
    rival = _Rival(model, entered[first.key])
    found = []
    for result in behind:
        if result.status is not Status.NOT_QUALIFIED:
            bid = _priced(model, entered[result.key])
            if bid is not None:
                worse = None if result.value is None else how_far_behind(model, result.value, first.value)
                found.append(rival.margin(bid, worse, by_criterion=by_criterion))
    return tuple(found)


def how_far_behind(model: Model, own: Exact, best: Exact | None) -> Exact:
    """Return how much worse a value is than that of first place, whichever end is best."""
    apart = as_fraction(own) - as_fraction(best)
    return simplest(apart if model.combination.best is Best.LOWEST else -apart)


def _priced(model: Model, bid: Bid) -> Bid | None:
    """Return a bid with its compared price on one line; None when a bid below a gate has none that can be counted."""
    if not model.combination.needs_price:
        return bid
    try:
        price, _steps = price_of(model, bid)
    except InputError:
        return None
    return _at(bid, price)


def _at(bid: Bid, price: Fraction) -> Bid:
    return replace(bid, price=None, prices={PRICE: simplest(price)}, currency=None)


class _Rival:
    """The bid in first place, and the tries of others against it: whoever beats it beats all that it has beaten."""

    def __init__(self, model: Model, first: Bid) -> None:
        # One line with the compared price: the model's own lines and currencies have done their part.
        line = PriceLine(PRICE, PRICE, Decimal(1))
        self.model = replace(model, price=Price(unit=model.price.unit, lines=(line,), currency=model.price.currency))
        priced = _priced(model, first) or first
        self.first = contender(self.model, priced)
        self.summed = summed_model(self.model)
        self.sums = sums_of(model.criteria, model.roundings)

    def margin(self, bid: Bid, behind: Exact | None, *, by_criterion: bool) -> Margin:
        price, wins_when_equal = self._price(bid) if behind is not None and bid.prices else (None, False)
        scores = self._scores(bid) if by_criterion else {}
        points = self._points(bid)
        return Margin(bid.key, behind, price, wins_when_equal, points, scores, self._points_told(bid, points))

    def _points_told(self, bid: Bid, points: Exact | None) -> PointsTold:
        if points is not None:
            return PointsTold.ENOUGH if self._is_level_below(bid, points) else PointsTold.SMALLEST
        if not self._wins_with_all_points(bid):
            return PointsTold.NONE
        asks_for_criteria = any(gate.criteria for gate in self.model.gates)
        return PointsTold.ONE_BY_ONE if asks_for_criteria or self.sums else PointsTold.NOT_COUNTED

    def _is_level_below(self, bid: Bid, points: Exact) -> bool:
        """Return whether a smaller sum has the value of first place, and the tie rule asks for more than the sum."""
        lower = [each for each in self.sums if each < as_fraction(points)]
        if not lower or self.first is None or self.summed.tie_rule is self.model.tie_rule:
            return False
        found = self._with_sum(bid, lower[-1])
        return found is not None and as_fraction(found.value) == as_fraction(self.first.value)

    def _with_sum(self, bid: Bid, points: Fraction) -> Contender | None:
        return contender(self.summed, replace(bid, scores={SUM: simplest(points)}, assignments={}))

    def _wins_with_all_points(self, bid: Bid) -> bool:
        scores = {each.key: best_score(each) for each in self.model.criteria}
        return self._is_beaten(contender(self.model, replace(bid, scores=scores, assignments={})))

    def _is_beaten(self, found: Contender | None, tie_rule: TieRule | None = None) -> bool:
        """Return whether a bid would be alone in first place, by value or by the published tie rule."""
        if found is None or self.first is None:
            return False
        best, *others = rank([found, self.first], tie_rule or self.model.tie_rule, self.model.combination.best)
        return best.key == found.key and others[0].place > 1

    def _price(self, bid: Bid) -> tuple[Exact | None, bool]:
        """Return the price at which first place begins, and whether it is won there."""

        @cache
        def at(ore: int) -> Contender | None:
            try:
                return contender(self.model, _at(bid, ore * ORE))
            except InputError:  # rounded to nothing
                return None

        def wins(ore: int) -> bool:
            found = at(ore)
            return found is None or self._is_beaten(found)

        own = ceil(as_fraction(bid.prices[PRICE]) / ORE)
        last = _last(wins, 0, own, self._guess(bid))
        above = at(last + 1)
        if last < 1 or at(last) is None or above is None or self.first is None:
            return None, False
        if as_fraction(above.value) == as_fraction(self.first.value):
            return simplest((last + 1) * ORE), False
        return simplest(last * ORE), True

    def _guess(self, bid: Bid) -> int:
        """Return about where first place begins when the value goes evenly with the price, in öre."""
        own = as_fraction(bid.prices[PRICE])
        try:
            tries = (contender(self.model, each) for each in (bid, _at(bid, own / 2)))
            whole, half, best = (as_fraction(each.value) for each in (*tries, self.first) if each is not None)
        except InputError:
            return 1
        return 1 if whole == half else int((own + (best - whole) / (whole - half) * own / 2) / ORE)

    def _points(self, bid: Bid) -> Exact | None:
        """Return the smallest sum of points with which the bid would have been first, however it comes about."""
        if any(gate.criteria for gate in self.model.gates) or self.summed is self.model:
            return None
        own = points_of(self.model.criteria, scores_of(self.model, bid)[0], self.model.roundings)[0]
        together = total(own, self.model.roundings)[0]

        def wins(points: Fraction) -> bool:
            return self._is_beaten(self._with_sum(bid, points), self.summed.tie_rule)

        return _lowest([each for each in self.sums if each > together], wins)

    def _scores(self, bid: Bid) -> dict[str, Exact]:
        """Return by criterion the lowest score with which the bid would have been first."""
        scores, _steps = scores_of(self.model, bid)
        found = {}
        for criterion in self.model.criteria:
            key = criterion.key
            higher = [each for each in map(as_fraction, tries_of(criterion)) if each > as_fraction(scores[key])]

            def wins(score: Fraction, key: str = key) -> bool:
                other = replace(bid, scores={**scores, key: simplest(score)}, assignments={})
                return self._is_beaten(contender(self.model, other))

            by_step = next((simplest(each) for each in higher if wins(each)), None) if criterion.table else None
            enough = by_step if criterion.table else _lowest(higher, wins)
            if enough is not None:
                found[key] = enough
        return found


def _last(wins: Callable[[int], bool], lowest: int, highest: int, guess: int) -> int:
    """Return the last of rising numbers that wins, where the highest does not; the lowest when none above it does."""
    near = min(max(guess, lowest), highest - 1)
    for low in (near, near - 1):
        if lowest <= low and wins(low) and not wins(low + 1):
            return low
    while highest - lowest > 1:
        middle = (lowest + highest) // 2
        lowest, highest = (middle, highest) if wins(middle) else (lowest, middle)
    return lowest


def _lowest(rising: Sequence[Fraction], wins: Callable[[Fraction], bool]) -> Exact | None:
    """Return the lowest of rising numbers that wins, where all above it do; None when none does."""
    low, high = 0, len(rising)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if wins(rising[middle]) else (middle + 1, high)
    return simplest(rising[low]) if low < len(rising) else None


def tries_of(criterion: Criterion) -> Sequence[Decimal]:
    """Return the scores that give every number of points a criterion can give; none when it has no steps."""
    if criterion.table is not None:
        return [step.lowest for step in criterion.table.steps if step.lowest >= criterion.scale.lowest]
    step = criterion.scale.step
    is_too_fine = step is None or criterion.scale.width / as_fraction(step) > MOST_SUMS
    return () if is_too_fine else criterion.scale.values


def best_score(criterion: Criterion) -> Decimal:
    """Return a score that gives the most points that a criterion can give."""
    if criterion.table is None:
        return criterion.scale.highest
    return max(tries_of(criterion), key=lambda score: criterion.points(score)[0])


def sums_of(criteria: Sequence[Criterion], roundings: Roundings = ()) -> list[Fraction]:
    """Return every sum that the criteria can add up to, lowest first; none when they have no steps or too many sums.

    Many combinations make few sums: four criteria of 0 to 100 in halves make 1 632 million of the one and 801 of the other.
    """
    given = [{criterion.points(score, roundings)[0] for score in tries_of(criterion)} for criterion in criteria]
    parts = lcm(*(each.denominator for points in given for each in points))  # whole numbers add fast
    sums, additions = {0}, 0
    for points in given:
        additions += len(sums) * len(points)
        if additions > MOST_ADDITIONS:
            return []
        before, sums = sums, set()
        for each in points:
            whole = int(each * parts)
            sums |= {together + whole for together in before}
            if len(sums) > MOST_SUMS:
                return []
    return [Fraction(each, parts) for each in sorted(sums)]


def summed_model(model: Model) -> Model:
    """Return the model with all its criteria as one, whose score is the sum of points.

    A tie rule that asks for several criteria one by one can't be asked of a sum: who is only equal is not first.
    """
    most = highest_total(model.criteria)
    if not most:
        return model
    scale = Scale(Decimal(0), Decimal(most.numerator) / Decimal(most.denominator), None)
    roundings = tuple(each for each in model.roundings if each.where is not Where.CRITERION)
    asks_for_several = model.tie_rule is TieRule.CRITERIA_IN_ORDER and len(model.criteria) > 1
    tie_rule = TieRule.NONE if asks_for_several else model.tie_rule
    return replace(model, criteria=(Criterion(SUM, SUM, scale),), roundings=roundings, tie_rule=tie_rule)
