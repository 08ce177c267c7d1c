"""Ratio: points per krona, the highest first, or kronor per point, the lowest first.

Absolute, but nobody can say what a point is worth: the same point is dear in a dear bid. The German "simple reference value
method" divides points by price; others divide an adjusted price by the quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import Best, Method, UndefinedError
from rodatraden.core.evaluation.reading import read_above_zero, read_choice, read_object, written
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from decimal import Decimal

    from rodatraden.core.evaluation.field import Entry, Field, Weighed


class Divided(StrEnum):
    """What stands above the line."""

    POINTS_BY_PRICE = "points_by_price"
    PRICE_BY_POINTS = "price_by_points"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Points ÷ price or price ÷ points, times `factor` when one is published."""

    divided: Divided = Divided.POINTS_BY_PRICE
    factor: Decimal | None = None

    method = Method.RATIO
    unit = Unit.NUMBER
    is_relative = False
    always_counts = True
    needs_points = True
    needs_price = True

    @classmethod
    def from_json(cls, value: object, field: str) -> Ratio:
        """Read a ratio.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("method", "divided"), ("factor",))
        factor = found.get("factor")
        return cls(
            divided=read_choice(found["divided"], f"{field}.divided", Divided),
            factor=None if factor is None else read_above_zero(factor, f"{field}.factor"),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"method": self.method.value, "divided": self.divided.value, **written(factor=self.factor)}

    @property
    def best(self) -> Best:
        """Return which end comes first."""
        return Best.HIGHEST if self.divided is Divided.POINTS_BY_PRICE else Best.LOWEST

    def weighed(self, entry: Entry, field: Field) -> Weighed:
        """Return the ratio, and its lines.

        Raises:
            UndefinedError: a price is to be divided by no points.
        """
        del field
        price, points = entry.stated_price, entry.points
        if self.divided is Divided.POINTS_BY_PRICE:
            text = say("Points ÷ price: {points} ÷ {price}", points=simplest(points), price=Amount(simplest(price)))
            value = points / price
        elif not points:
            raise UndefinedError(say("The price can't be divided by 0 points."))
        else:
            text = say("Price ÷ points: {price} ÷ {points}", points=simplest(points), price=Amount(simplest(price)))
            value = price / points
        steps: tuple[Step, ...] = (Step(StepKind.RATIO, text, simplest(value), Unit.NUMBER),)
        if self.factor is not None:
            text = say("Ratio: {ratio} × {factor}", ratio=simplest(value), factor=self.factor)
            value *= as_fraction(self.factor)
            steps += (Step(StepKind.RATIO, text, simplest(value), Unit.NUMBER),)
        return value, steps
