"""How far a bid was from first place: the price and the points that would have been enough, all else equal.

Told for price additions, which are absolute (INV-11), so that a change of one bid leaves the others where they are. Margins
explain an outcome and never change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.criteria import highest_total
from rodatraden.core.evaluation.outcome import Status
from rodatraden.core.evaluation.price_addition import PriceAddition
from rodatraden.core.evaluation.ranking import TieRule
from rodatraden.core.exact import Exact, as_fraction, simplest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.outcome import BidResult, Outcome


@dataclass(frozen=True, slots=True)
class Margin:
    """What a bid that was not first would have needed.

    `behind` is its evaluation price minus that of first place, None for a bid below the gate. Below `price` it would
    have been first, and at `price` too when `wins_when_equal`; None when no price is enough. `points` is the smallest
    sum that would have been enough; None when none is, or when points have no steps.
    """

    key: str
    behind: Exact | None
    price: Exact | None
    wins_when_equal: bool
    points: Exact | None


def margins(model: Model, bids: Iterable[Bid], outcome: Outcome) -> tuple[Margin, ...]:
    """Return the margin of every qualified bid that was not first, in the order of the outcome; none without a first.

    None either for a model that is no plain price addition: its margins can't be told from one price and one sum.
    """
    weighing = model.combination
    others = (model.roundings, model.price.lines, model.corridor, model.renormalised_to)
    is_plain = isinstance(weighing, PriceAddition) and not any(others)
    if not is_plain or outcome.value.winner is None:
        return ()
    prices = {bid.key: bid.price for bid in bids if bid.currency in {None, model.price.currency}}
    first, *behind = outcome.results
    return tuple(
        _margin(model, result, as_fraction(price), first)
        for result in behind
        if result.status is not Status.NOT_QUALIFIED and (price := prices.get(result.key)) is not None
    )


def _margin(model: Model, result: BidResult, price: Fraction, first: BidResult) -> Margin:
    best, own = as_fraction(first.value), as_fraction(result.points)
    enough = price + best - model.addition.evaluation_price(price, own)[0]
    is_ranked = result.value is not None
    return Margin(
        key=result.key,
        behind=simplest(as_fraction(result.value) - best) if is_ranked else None,
        price=simplest(enough) if is_ranked and enough > 0 else None,
        wins_when_equal=_breaks_tie(model, own, first),
        points=_points_enough(model, price, own, first),
    )


def _points_enough(model: Model, price: Fraction, own: Fraction, first: BidResult) -> Exact | None:
    steps = {criterion.scale.step for criterion in model.criteria}
    step = steps.pop() if len(steps) == 1 else None
    is_summed = all(criterion.worth is None and criterion.table is None for criterion in model.criteria)
    if step is None or not is_summed or any(gate.criteria for gate in model.gates):
        return None
    total, best = own + as_fraction(step), as_fraction(first.value)
    while total <= highest_total(model.criteria):
        compared = model.addition.evaluation_price(price, total)[0]
        is_first = compared < best or (compared == best and _breaks_tie(model, total, first))
        if is_first and all(gate.least(model.criteria) <= total for gate in model.gates):
            return simplest(total)
        total += as_fraction(step)
    return None


def _breaks_tie(model: Model, points: Fraction, first: BidResult) -> bool:
    return model.tie_rule is TieRule.HIGHER_QUALITY and points > as_fraction(first.points)
