"""Another model on the same criteria, to hold beside the chosen one: every one absolute, so that no third bid decides."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.evaluation import Gate, LowestPrice, PercentageAddition, PriceAddition, QualityOnly, highest_total
from rodatraden.core.exact import simplest

if TYPE_CHECKING:
    from rodatraden.core.evaluation import Combination, Model

CENT = Decimal("0.01")
HUNDRED = 100


class Variant(StrEnum):
    """What the other model does with price and points."""

    ADDITION = "addition"
    PERCENT = "percent"
    QUALITY = "quality"
    LOWEST = "lowest"


def usual_rate(model: Model, kind: Variant, price: Decimal) -> Decimal | None:
    """Return a rate that makes a point worth what it is in the chosen model at `price`; None when the model has none.

    In kronor for an addition, in per cent of the price for a percentage.
    """
    weighing = model.combination
    if not isinstance(weighing, PriceAddition):
        return None
    return weighing.per_point if kind is Variant.ADDITION else percent_of(weighing.per_point, price)


def percent_of(amount: Decimal, price: Decimal) -> Decimal:
    """Return an amount in per cent of a price, to two decimals."""
    return (amount / price * HUNDRED).quantize(CENT, ROUND_HALF_UP).normalize() + 0


def variant_of(model: Model, kind: Variant, *, rate: Decimal | None, gate: Decimal | None) -> Model:
    """Return the model with another way to weigh, and another gate: None keeps the gates, 0 takes them away."""
    gates = model.gates if gate is None else ((Gate(gate),) if gate else ())
    return replace(
        model, combination=_combination(model, kind, rate), gates=gates, roundings=(), reference_set=None, corridor=None
    )


def _combination(model: Model, kind: Variant, rate: Decimal | None) -> Combination:
    target = simplest(highest_total(model.criteria))
    assert isinstance(target, Decimal), "the points of the documents are decimals"
    match kind:
        case Variant.ADDITION:
            return PriceAddition(rate or Decimal(0), target)
        case Variant.PERCENT:
            return PercentageAddition(rate or Decimal(0), target)
        case Variant.QUALITY:
            return QualityOnly()
        case Variant.LOWEST:
            return LowestPrice()
