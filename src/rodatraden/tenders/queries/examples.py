"""A worked example with made-up bids, and what quality is worth in kronor: the model before anybody has bid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rodatraden.core.evaluation import Bid, InputError, PercentageAddition, PriceAddition, PriceUnit, evaluate
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.tenders.rules.variants import HUNDRED, cheaper

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rodatraden.core.evaluation import Combination, Model, Outcome
    from rodatraden.core.message import Message

TRIALS = (
    ("A", Decimal("0.9"), Decimal(1140)),
    ("B", Decimal("0.75"), Decimal(1000)),
    ("C", Decimal("0.5"), Decimal(790)),
)
"""Made-up bids: a letter, the share of the points, the price per hour."""
PRICES = (Decimal(800), Decimal(1000), Decimal(1200), Decimal(1500))
"""Prices per hour at which the worth of a point is shown."""


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example, or why it can't be computed."""

    outcome: Outcome | None
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class TradeRow:
    """How much cheaper a bid with `points` must be to cost the same as one with all points: kronor, or per cent of its price."""

    points: Decimal
    cheaper: Exact
    is_below_gate: bool


@dataclass(frozen=True, slots=True)
class WorthRow:
    """What one point is worth at a price per hour, when the whole ceiling is ordered."""

    price: Decimal
    hours: Exact
    point: Exact


def trial_bids(model: Model) -> list[dict[str, Any]]:
    """Return the made-up bids that the page begins with, as a form takes them."""
    return [
        {
            "name": name,
            **({"price": price} if model.combination.needs_price else {}),
            **{criterion.key: _near(criterion.scale.highest * share) for criterion in model.criteria},
        }
        for name, share, price in TRIALS
    ]


def worked_example(model: Model, bids: Iterable[Mapping[str, Any]] | None) -> Example:
    """Return the outcome of made-up bids; without any, of those that the page begins with."""
    typed = list(bids) if bids is not None else trial_bids(model)
    entered = [
        Bid(
            key=str(number),
            name=str(bid.get("name") or number),
            price=bid["price"] if model.combination.needs_price else None,
            scores={criterion.key: bid[criterion.key] for criterion in model.criteria},
        )
        for number, bid in enumerate(typed, 1)
    ]
    try:
        return Example(evaluate(model, entered))
    except InputError as error:
        return Example(None, error.reason)


def trade_table(model: Model) -> Sequence[TradeRow]:
    """Return, for every whole number of points up to the target, what the missing points cost, where they have a rate."""
    weighing = model.combination
    if not isinstance(weighing, PriceAddition | PercentageAddition):
        return []
    target, gate = weighing.target, model.gate.minimum if model.gate else Decimal(0)
    lowest = sum((criterion.scale.lowest for criterion in model.criteria), Decimal(0))
    return [
        TradeRow(points, cost, points < gate)
        for points in (target - step for step in range(int(target - lowest) + 1))
        for cost in (cheaper(weighing, as_fraction(target - points)),)
        if cost is not None and points >= min(gate, target) - 1
    ]


def point_worth(model: Model, ceiling: Decimal | None) -> Sequence[WorthRow]:
    """Return what a point is worth in kronor at some prices per hour; nothing without a ceiling, hours or a rate."""
    if ceiling is None or model.price.unit is not PriceUnit.HOUR:
        return []
    found = []
    for price in PRICES:
        hours, added = Fraction(ceiling) / Fraction(price), _added(model.combination, price)
        if added is not None:
            found.append(WorthRow(price, simplest(hours), simplest(hours * added)))
    return found


def _added(weighing: Combination, price: Decimal) -> Fraction | None:
    """Return what a missing point adds to a price."""
    match weighing:
        case PriceAddition(per_point=amount):
            return as_fraction(amount)
        case PercentageAddition(percent=percent):
            return as_fraction(price) * as_fraction(percent) / HUNDRED
        case _:
            return None


def _near(points: Decimal) -> Decimal:
    return points.to_integral_value()
