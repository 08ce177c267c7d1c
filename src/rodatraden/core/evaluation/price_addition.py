"""Price addition: the price plus an amount for every point that is missing up to the target; the lowest sum is best.

The model is absolute: a bidder can compute its own evaluation price before it bids, and what one bid gets never depends
on another. A point is worth the same amount at every price, and every lower price pays (HFD 2022 ref. 41).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import Best, Method
from rodatraden.core.evaluation.reading import read_number, read_object
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    from rodatraden.core.evaluation.field import Entry, Field, Weighed


@dataclass(frozen=True, slots=True)
class PriceAddition:
    """`per_point` SEK (excluding VAT) are added to the price for each point missing up to `target`."""

    per_point: Decimal
    target: Decimal

    method = Method.PRICE_ADDITION
    best = Best.LOWEST
    unit = Unit.AMOUNT
    is_relative = False
    always_counts = True
    needs_points = True
    needs_price = True

    @classmethod
    def from_json(cls, value: object, field: str) -> PriceAddition:
        """Read a price addition.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("method", "per_point", "target"))
        return cls(
            per_point=read_number(found["per_point"], f"{field}.per_point"),
            target=read_number(found["target"], f"{field}.target"),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"method": self.method.value, "per_point": self.per_point, "target": self.target}

    def weighed(self, entry: Entry, field: Field) -> Weighed:
        """Return the evaluation price, and its lines."""
        del field
        return self.evaluation_price(entry.stated_price, entry.points)

    def evaluation_price(self, price: Fraction, points: Fraction) -> tuple[Fraction, tuple[Step, ...]]:
        """Return the price that decides, and its two lines."""
        addition = (as_fraction(self.target) - points) * as_fraction(self.per_point)
        text = say(
            "Addition: ({target} − {points}) × {per_point}",
            target=self.target, points=simplest(points), per_point=Amount(self.per_point),
        )  # fmt: skip
        summed = say(
            "Evaluation price: {price} + {addition}", price=Amount(simplest(price)), addition=Amount(simplest(addition))
        )
        return price + addition, (
            Step(StepKind.ADDITION, text, simplest(addition), Unit.AMOUNT),
            Step(StepKind.EVALUATION_PRICE, summed, simplest(price + addition), Unit.AMOUNT),
        )
