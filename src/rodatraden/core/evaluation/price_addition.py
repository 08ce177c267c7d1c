"""Price addition: the price plus an amount for every point that is missing up to the target; the lowest sum is best.

The model is absolute: a bidder can compute its own evaluation price before it bids, and what one bid gets never depends
on another. A point is worth the same amount at every price, and every lower price pays (HFD 2022 ref. 41).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.reading import read_choice, read_number, read_object
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction


class PriceUnit(StrEnum):
    """What the bid's price is asked for."""

    HOUR = "hour"
    TOTAL = "total"


class PriceMethod(StrEnum):
    """How price and points are weighed together."""

    PRICE_ADDITION = "price_addition"


@dataclass(frozen=True, slots=True)
class PriceAddition:
    """`per_point` SEK (excluding VAT) are added to the price for each point missing up to `target`."""

    per_point: Decimal
    target: Decimal
    unit: PriceUnit = PriceUnit.HOUR

    @classmethod
    def from_json(cls, value: object, field: str) -> PriceAddition:
        """Read a price addition.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("method", "per_point", "target", "unit"))
        read_choice(found["method"], f"{field}.method", PriceMethod)
        return cls(
            per_point=read_number(found["per_point"], f"{field}.per_point"),
            target=read_number(found["target"], f"{field}.target"),
            unit=read_choice(found["unit"], f"{field}.unit", PriceUnit),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {
            "method": PriceMethod.PRICE_ADDITION.value,
            "per_point": self.per_point,
            "target": self.target,
            "unit": self.unit.value,
        }

    def evaluation_price(self, price: Fraction, points: Fraction) -> tuple[Fraction, tuple[Step, ...]]:
        """Return the price that decides, and its three lines."""
        addition = (as_fraction(self.target) - points) * as_fraction(self.per_point)
        text = say(
            "Addition: ({target} − {points}) × {per_point}",
            target=self.target, points=simplest(points), per_point=self.per_point,
        )  # fmt: skip
        offered = say("Hourly price in the bid") if self.unit is PriceUnit.HOUR else say("Total price in the bid")
        summed = say("Evaluation price: {price} + {addition}", price=simplest(price), addition=simplest(addition))
        return price + addition, (
            Step(StepKind.ADDITION, text, simplest(addition), Unit.AMOUNT),
            Step(StepKind.PRICE, offered, simplest(price), Unit.AMOUNT),
            Step(StepKind.EVALUATION_PRICE, summed, simplest(price + addition), Unit.AMOUNT),
        )
