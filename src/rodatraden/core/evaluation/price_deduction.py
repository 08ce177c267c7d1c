"""Price deduction: the price minus an amount for every point, or minus a share of a reference price for every point.

With a fixed amount it ranks as price addition does. Taken from a reference among the bids, the worth of a point is unknown
until the bids are opened, and a third bid can decide (the "miracle model").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import Best, Method
from rodatraden.core.evaluation.reading import read_above_zero, read_number, read_object, written
from rodatraden.core.evaluation.reference import ReferenceValue
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Amount, say

if TYPE_CHECKING:
    from decimal import Decimal

    from rodatraden.core.evaluation.field import Entry, Field, Weighed

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class PriceDeduction:
    """Each point takes off `per_point` kronor, or with `of` that many per cent of the reference price.

    `floor` is the lowest evaluation price that is published, if any; below it price has no effect.
    """

    per_point: Decimal
    of: ReferenceValue | None = None
    floor: Decimal | None = None

    method = Method.PRICE_DEDUCTION
    best = Best.LOWEST
    unit = Unit.AMOUNT
    needs_points = True
    needs_price = True

    @classmethod
    def from_json(cls, value: object, field: str) -> PriceDeduction:
        """Read a price deduction.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("method", "per_point"), ("of", "floor"))
        of, floor = found.get("of"), found.get("floor")
        return cls(
            per_point=read_above_zero(found["per_point"], f"{field}.per_point"),
            of=None if of is None else ReferenceValue.from_json(of, f"{field}.of"),
            floor=None if floor is None else read_number(floor, f"{field}.floor"),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        used = written(of=self.of and self.of.to_json(), floor=self.floor)
        return {"method": self.method.value, "per_point": self.per_point, **used}

    @property
    def is_relative(self) -> bool:
        """Return whether other bids decide what a point is worth."""
        return self.of is not None and self.of.is_relative

    @property
    def always_counts(self) -> bool:
        """Return whether every lower price gives a lower evaluation price."""
        return self.floor is None and not self.is_relative

    def weighed(self, entry: Entry, field: Field) -> Weighed:
        """Return the evaluation price, and its lines."""
        price, points = entry.stated_price, entry.points
        per_point = as_fraction(self.per_point)
        steps: tuple[Step, ...] = ()
        if self.of is not None:
            reference, steps = field.reference(self.of)
            text = say(
                "One point: {percent} % of {reference}", percent=self.per_point, reference=Amount(simplest(reference))
            )
            per_point *= reference / HUNDRED
            steps += (Step(StepKind.WORTH, text, simplest(per_point), Unit.AMOUNT),)
        deduction = points * per_point
        text = say("Deduction: {points} × {per_point}", points=simplest(points), per_point=Amount(simplest(per_point)))
        steps += (Step(StepKind.DEDUCTION, text, simplest(deduction), Unit.AMOUNT),)
        value = price - deduction
        text = say(
            "Evaluation price: {price} − {deduction}",
            price=Amount(simplest(price)),
            deduction=Amount(simplest(deduction)),
        )
        steps += (Step(StepKind.EVALUATION_PRICE, text, simplest(value), Unit.AMOUNT),)
        if self.floor is not None and value < as_fraction(self.floor):
            value = as_fraction(self.floor)
            text = say("No evaluation price is lower than {floor}", floor=Amount(self.floor))
            steps += (Step(StepKind.EVALUATION_PRICE, text, self.floor, Unit.AMOUNT),)
        return value, steps
