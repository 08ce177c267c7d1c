"""Lowest price: quality is what requirements and gates ask for, and the price decides. Source: LOU 16 kap. 1 §."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import Best, Method
from rodatraden.core.evaluation.reading import read_object
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from rodatraden.core.evaluation.field import Entry, Field, Weighed


@dataclass(frozen=True, slots=True)
class LowestPrice:
    """The compared price is the value."""

    method = Method.LOWEST_PRICE
    best = Best.LOWEST
    unit = Unit.AMOUNT
    is_relative = False
    always_counts = True
    needs_points = False
    needs_price = True

    @classmethod
    def from_json(cls, value: object, field: str) -> LowestPrice:
        """Read the method, which has nothing to state.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        read_object(value, field, ("method",))
        return cls()

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"method": self.method.value}

    def weighed(self, entry: Entry, field: Field) -> Weighed:
        """Return the price, and the line that says so."""
        del field
        price = entry.stated_price
        text = say("Evaluation price: the compared price")
        return price, (Step(StepKind.EVALUATION_PRICE, text, simplest(price), Unit.AMOUNT),)
