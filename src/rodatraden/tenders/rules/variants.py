"""The models that documents can be given, and those to hold beside one: every one absolute, so that no third bid decides."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.evaluation import (
    Gate,
    LowestPrice,
    PercentageAddition,
    PriceAddition,
    QualityOnly,
    TieRule,
    highest_total,
)
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from rodatraden.core.evaluation import Combination, Criterion, Model
    from rodatraden.core.exact import Exact

CENT = Decimal("0.01")
HUNDRED = 100


class Variant(StrEnum):
    """What a model does with price and points."""

    ADDITION = "addition"
    PERCENT = "percent"
    QUALITY = "quality"
    LOWEST = "lowest"


KINDS: dict[type[Combination], Variant] = {
    PriceAddition: Variant.ADDITION,
    PercentageAddition: Variant.PERCENT,
    QualityOnly: Variant.QUALITY,
    LowestPrice: Variant.LOWEST,
}
OFFERED = (Variant.ADDITION, Variant.PERCENT, Variant.LOWEST, Variant.QUALITY)
"""The models that lead all the way to a contract. Source: policy."""
FIXED_PRICE = "LOU 16 kap. 1 §, direktiv 2014/24/EU art. 67.2"
"""What a fixed price rests on: price and quality are still weighed, with one price for all."""
RATED = (Variant.ADDITION, Variant.PERCENT)
"""The models in which a missing point has a rate: kronor, or per cent of the price."""


def kind_of(weighing: Combination) -> Variant | None:
    """Return which of these ways to weigh it is, or None for another."""
    return KINDS.get(type(weighing))


def may_choose(weighing: Combination) -> Answer:
    """Answer whether documents can be given this way to weigh."""
    if kind_of(weighing) not in OFFERED:
        return no(
            say("Choose an addition in kronor, a percentage of the price, the lowest price, or quality alone."),
            mend="kind",
            source="policy",
        )
    if isinstance(weighing, PercentageAddition) and weighing.percent <= 0:
        return no(say("Write what a point is worth: more than 0."), mend="percent")
    return YES


def may_fix_price(weighing: Combination, price: Decimal | None) -> Answer:
    """Answer whether the documents can state this price: one above zero, exactly where no bid states one itself.

    The ground of evaluation is then the best ratio of price and quality, with the same price for all (LOU 16 kap. 1 §
    2 st. 1; directive 2014/24/EU art. 67.2 third subparagraph).
    """
    if weighing.needs_price and price is not None:
        return no(
            say("Here every bid states its own price. A fixed price goes with quality alone."), mend="fixed_price"
        )
    if not weighing.needs_price and not (price or 0) > 0:
        return no(
            say("State the price that everybody is paid: more than 0. Bids are not asked for one."),
            mend="fixed_price",
            source=FIXED_PRICE,
        )
    return YES


def may_break_ties(weighing: Combination, rule: TieRule) -> Answer:
    """Answer whether equal bids can be set apart by this rule: by something else than what is compared itself."""
    if rule in {TieRule.HIGHER_QUALITY, TieRule.LOWER_PRICE} and isinstance(weighing, QualityOnly):
        return no(
            say("With quality alone, equal bids have the same points and the same price. Choose another rule."),
            mend="tie_rule",
        )
    if rule is TieRule.LOWER_PRICE and isinstance(weighing, LowestPrice):
        return no(say("With the lowest price, equal bids have the same price. Choose another rule."), mend="tie_rule")
    return YES


def weighing_of(kind: Variant, *, rate: Decimal | None, target: Decimal | None) -> Combination:
    """Return a way to weigh: `rate` is kronor or per cent for each point missing up to `target`, in models that have one."""
    match kind:
        case Variant.ADDITION:
            return PriceAddition(rate or Decimal(0), target or Decimal(0))
        case Variant.PERCENT:
            return PercentageAddition(rate or Decimal(0), target or Decimal(0))
        case Variant.QUALITY:
            return QualityOnly()
        case Variant.LOWEST:
            return LowestPrice()


def most_of(criteria: Sequence[Criterion]) -> Decimal:
    """Return the most points that the criteria of documents give together."""
    most = simplest(highest_total(criteria))
    assert isinstance(most, Decimal), "the points of the documents are decimals"
    return most


def usual_rate(model: Model, kind: Variant, price: Decimal) -> Decimal | None:
    """Return a rate that makes a point worth what it is in the chosen model at `price`; None when the model has none.

    In kronor for an addition, in per cent of the price for a percentage.
    """
    match model.combination:
        case PriceAddition(per_point=amount):
            return amount if kind is Variant.ADDITION else percent_of(amount, price)
        case PercentageAddition(percent=percent):
            return percent if kind is Variant.PERCENT else (price * percent / HUNDRED).quantize(CENT, ROUND_HALF_UP)
        case _:
            return None


def percent_of(amount: Decimal, price: Decimal) -> Decimal:
    """Return an amount in per cent of a price, to two decimals."""
    return (amount / price * HUNDRED).quantize(CENT, ROUND_HALF_UP).normalize() + 0


def variant_of(model: Model, kind: Variant, *, rate: Decimal | None, gate: Decimal | None) -> Model:
    """Return the model with another way to weigh, and another gate: None keeps the gates, 0 takes them away."""
    gates = model.gates if gate is None else ((Gate(gate),) if gate else ())
    weighing = weighing_of(kind, rate=rate, target=most_of(model.criteria))
    return replace(model, combination=weighing, gates=gates, roundings=(), reference_set=None, corridor=None)


def cheaper(weighing: Combination, missing: Fraction) -> Exact | None:
    """Return by how much cheaper a bid must be to make up for missing points; None where points have no rate.

    In kronor for an addition. For a percentage in per cent of the dearer price, rounded up to two decimals: with m points
    missing at p per cent the prices are level when the cheaper is 1 / (1 + m × p / 100) of the dearer.
    """
    match weighing:
        case PriceAddition(per_point=amount):
            return simplest(missing * as_fraction(amount))
        case PercentageAddition(percent=percent) if missing >= 0:
            added = missing * as_fraction(percent)
            share = added * HUNDRED / (HUNDRED + added)
            hundredths = -(-share.numerator * HUNDRED // share.denominator)
            return simplest(as_fraction(Decimal(hundredths)) / HUNDRED)
        case _:
            return None
