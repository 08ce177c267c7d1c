"""Percentage deduction: the price shrinks by some per cent of itself for every point.

Absolute, but a dear bid gets more kronor off for the same point, and at a full deduction price has no effect at all: then every
bid is at 0 (HFD 2022 ref. 41). Published guidance advises against it; it is here so that what others published can be computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import Best, Method
from rodatraden.core.evaluation.reading import read_above_zero, read_object
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    from rodatraden.core.evaluation.field import Entry, Field, Weighed

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class PercentageDeduction:
    """`percent` of the price is taken off it for each point."""

    percent: Decimal

    method = Method.PERCENTAGE_DEDUCTION
    best = Best.LOWEST
    unit = Unit.AMOUNT
    is_relative = False
    always_counts = True
    """As long as less than the whole price can be taken off, which `leaves_a_price` says."""
    needs_points = True
    needs_price = True

    @classmethod
    def from_json(cls, value: object, field: str) -> PercentageDeduction:
        """Read a percentage deduction.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("method", "percent"))
        return cls(percent=read_above_zero(found["percent"], f"{field}.percent"))

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"method": self.method.value, "percent": self.percent}

    def leaves_a_price(self, most_points: Fraction) -> bool:
        """Return whether a bid with the most points still has some of its price left (INV-10)."""
        return as_fraction(self.percent) * most_points < HUNDRED

    def weighed(self, entry: Entry, field: Field) -> Weighed:
        """Return the evaluation price, and its lines."""
        del field
        price, points = entry.stated_price, entry.points
        percent = points * as_fraction(self.percent)
        deduction = price * percent / HUNDRED
        text = say("Deduction in per cent: {points} × {percent}", points=simplest(points), percent=self.percent)
        taken = say("Deduction: {percent} % of {price}", percent=simplest(percent), price=Amount(simplest(price)))
        left = say(
            "Evaluation price: {price} − {deduction}",
            price=Amount(simplest(price)),
            deduction=Amount(simplest(deduction)),
        )
        return price - deduction, (
            Step(StepKind.WORTH, text, simplest(percent), Unit.NUMBER),
            Step(StepKind.DEDUCTION, taken, simplest(deduction), Unit.AMOUNT),
            Step(StepKind.EVALUATION_PRICE, left, simplest(price - deduction), Unit.AMOUNT),
        )
