"""Percentage addition: the price grows by some per cent of itself for every point that is missing up to the target.

Absolute, but a point is worth more to a dear bid than to a cheap one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import Best, Method
from rodatraden.core.evaluation.reading import read_above_zero, read_number, read_object
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from decimal import Decimal

    from rodatraden.core.evaluation.field import Entry, Field, Weighed

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class PercentageAddition:
    """`percent` of the price is added for each point missing up to `target`."""

    percent: Decimal
    target: Decimal

    method = Method.PERCENTAGE_ADDITION
    best = Best.LOWEST
    unit = Unit.AMOUNT
    is_relative = False
    always_counts = True
    needs_points = True
    needs_price = True

    @classmethod
    def from_json(cls, value: object, field: str) -> PercentageAddition:
        """Read a percentage addition.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("method", "percent", "target"))
        return cls(
            percent=read_above_zero(found["percent"], f"{field}.percent"),
            target=read_number(found["target"], f"{field}.target"),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"method": self.method.value, "percent": self.percent, "target": self.target}

    def weighed(self, entry: Entry, field: Field) -> Weighed:
        """Return the evaluation price, and its lines."""
        del field
        price, points = entry.stated_price, entry.points
        percent = (as_fraction(self.target) - points) * as_fraction(self.percent)
        addition = price * percent / HUNDRED
        text = say(
            "Addition in per cent: ({target} − {points}) × {percent}",
            target=self.target, points=simplest(points), percent=self.percent,
        )  # fmt: skip
        added = say("Addition: {percent} % of {price}", percent=simplest(percent), price=Amount(simplest(price)))
        summed = say(
            "Evaluation price: {price} + {addition}", price=Amount(simplest(price)), addition=Amount(simplest(addition))
        )
        return price + addition, (
            Step(StepKind.SHARE, text, simplest(percent), Unit.NUMBER),
            Step(StepKind.ADDITION, added, simplest(addition), Unit.AMOUNT),
            Step(StepKind.EVALUATION_PRICE, summed, simplest(price + addition), Unit.AMOUNT),
        )
