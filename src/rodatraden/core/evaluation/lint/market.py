"""Made-up bids for a model: prices around those that the model names, qualities from its scales; all computed exactly."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.bids import Bid, InputError, price_of
from rodatraden.core.evaluation.findings import findings, stops
from rodatraden.core.evaluation.lint.remark import Field
from rodatraden.core.evaluation.lowest_price import LowestPrice
from rodatraden.core.evaluation.outcome import evaluate, ranking
from rodatraden.core.evaluation.price import PriceUnit
from rodatraden.core.evaluation.price_deduction import PriceDeduction
from rodatraden.core.evaluation.price_points import Curve
from rodatraden.core.evaluation.weighted_sum import WeightedSum
from rodatraden.core.exact import as_fraction, simplest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rodatraden.core.evaluation.criteria import Criterion
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.outcome import BidResult
    from rodatraden.core.evaluation.price_points import PricePoints
    from rodatraden.core.exact import Exact

AN_HOUR, A_TOTAL = 1000, 1_000_000
"""Prices to start from when neither model nor bids name any."""
AROUND = tuple(map(Fraction, ("1/4", "1/2", "3/4", "9/10", "1", "11/10", "5/4", "3/2", "2", "3")))
STEPS = 4
"""How many qualities are tried between the lowest and the highest."""
ORE = Decimal("0.01")

Scores = dict[str, "Exact"]


def tried(model: Model, *bids: Bid) -> Field | None:
    """Return the bids as the engine computes them; None when the model says nothing of them."""
    try:
        return Field(model, bids, evaluate(model, bids))
    except InputError:
        return None


def order(model: Model, *bids: Bid) -> dict[str, tuple[Exact, int]] | None:
    """Return value and place of the ranked bids, fast; None when the model says nothing of them."""
    if not _can_be_used(model):
        return None
    try:
        return ranking(model, bids)
    except InputError:
        return None


@lru_cache(maxsize=64)
def _can_be_used(model: Model) -> bool:
    return not stops(findings(model))


def result_of(found: Field, key: str) -> BidResult:
    """Return what became of a bid."""
    return next(each for each in found.outcome.results if each.key == key)


def offered(model: Model, key: str, price: Fraction, scores: Mapping[str, Exact]) -> Bid:
    """Return a made-up bid. Where the price has lines they all have the same price, so that the sum is about `price`."""
    if not model.combination.needs_price:
        return Bid(key, key, None, dict(scores))
    if not model.price.lines:
        return Bid(key, key, _ore(price), dict(scores))
    one = Bid(key, key, None, dict(scores), prices={line.key: Decimal(1) for line in model.price.lines})
    try:
        worth, _steps = price_of(replace(model, roundings=()), one)
    except InputError:  # what is deducted is more than the rest
        worth = Fraction(1)
    each = max(_ore(price / worth), ORE)
    return replace(one, prices={line.key: each for line in model.price.lines})


def prices(model: Model, bids: Iterable[Bid] = ()) -> tuple[Fraction, ...]:
    """Return prices worth trying, lowest first: around the amounts that the model names, else around the bids given."""
    anchors = _named(model) or [middle_price(model, bids)]
    return tuple(sorted({anchor * factor for anchor in anchors for factor in AROUND}))


def qualities(model: Model) -> tuple[Scores, ...]:
    """Return scores worth trying, lowest first: every criterion at the same part of its scale."""
    return tuple({c.key: _at(c, Fraction(n, STEPS)) for c in model.criteria} for n in range(STEPS + 1))


def passing(model: Model) -> tuple[Scores, ...]:
    """Return those qualities that pass the gates of the model, lowest first."""
    price = prices(model)[0]
    return tuple(scores for scores in qualities(model) if is_ranked(model, offered(model, "A", price, scores)))


def is_ranked(model: Model, bid: Bid) -> bool:
    """Return whether a bid passes the gates; how its price is weighed plays no part."""
    gates_only = replace(model, combination=LowestPrice(), roundings=(), reference_set=None, corridor=None)
    priced = bid if model.combination.needs_price else replace(bid, price=Decimal(1))
    return bool(order(gates_only, priced))


def lower(criterion: Criterion, score: Exact) -> Exact | None:
    """Return the next lower score on a scale; None at its end."""
    step = criterion.scale.step or criterion.scale.width / STEPS
    below = as_fraction(score) - as_fraction(step)
    return simplest(below) if below >= as_fraction(criterion.scale.lowest) else None


def at(criterion: Criterion, score: Fraction) -> Exact:
    """Return the score of a scale nearest below `score`."""
    scale = criterion.scale
    low, high = as_fraction(scale.lowest), as_fraction(scale.highest)
    inside = min(max(score, low), high)
    if scale.step is None:
        return simplest(inside)
    step = as_fraction(scale.step)
    return simplest(low + (inside - low) // step * step)


def _at(criterion: Criterion, part: Fraction) -> Exact:
    """Return the score at a part of a scale; of a measure with a step table, at a part of its steps."""
    if criterion.table is not None:
        steps: Sequence[Decimal] = [step.lowest for step in criterion.table.steps]
        return at(criterion, as_fraction(steps[int(part * (len(steps) - 1))]))
    scale = criterion.scale
    return at(criterion, as_fraction(scale.lowest) + part * scale.width)


def _named(model: Model) -> list[Fraction]:
    """Return the amounts that a model names, and those at which it clips."""
    weighing = model.combination
    found: list[Fraction] = []
    if isinstance(weighing, WeightedSum):
        curve = weighing.price_points
        found = [as_fraction(each.amount) for each in (curve.reference, curve.to) if each and each.amount is not None]
        found += [
            _clipped_at(curve, as_fraction(end), found) for end in (curve.floor, curve.ceiling) if end is not None
        ]
    elif isinstance(weighing, PriceDeduction):
        named = (weighing.of and weighing.of.amount, weighing.floor)
        found = [as_fraction(each) for each in named if each is not None]
        if weighing.floor is not None:
            found.append(as_fraction(weighing.floor) + model.most_points * as_fraction(weighing.per_point))
    return [each for each in found if each > 0]


def _clipped_at(curve: PricePoints, share: Fraction, named: Sequence[Fraction]) -> Fraction:
    """Return the price that gets a share; 0 when that depends on the bids, or no price does."""
    match curve.curve, tuple(named):
        case Curve.PROPORTIONAL, (reference,) if share > 0:
            return reference / share
        case Curve.LINEAR, (reference,):
            return reference * (1 + (as_fraction(curve.at) - share) / as_fraction(curve.slope))
        case Curve.BETWEEN, (reference, end):
            return end - share * (end - reference)
    return Fraction(0)


def middle_price(model: Model, bids: Iterable[Bid]) -> Fraction:
    """Return the median of the bids' prices, or without bids a price that is usual for what is asked."""
    found = []
    for bid in bids:
        try:
            found.append(price_of(model, bid)[0])
        except InputError:
            continue
    if found:
        return as_fraction(median(found))
    return Fraction(AN_HOUR if model.price.unit is PriceUnit.HOUR and not model.price.lines else A_TOTAL)


def _ore(price: Fraction) -> Decimal:
    return Decimal(round(price * 100)) * ORE
