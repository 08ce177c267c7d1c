"""The quality gate: the fewest points in all with which a bid goes on to the price.

A published gate is lawful in an open procedure, however few bids are left (EU court, C-546/16 Montte).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.reading import read_number, read_object
from rodatraden.core.evaluation.steps import Step, StepKind
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Gate:
    """Points below `minimum` stop a bid; exactly `minimum` passes."""

    minimum: Decimal

    @classmethod
    def from_json(cls, value: object, field: str) -> Gate:
        """Read a gate.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        return cls(read_number(read_object(value, field, ("minimum",))["minimum"], f"{field}.minimum"))

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"minimum": self.minimum}

    def passes(self, points: Fraction) -> bool:
        """Return whether a bid with `points` goes on."""
        return points >= as_fraction(self.minimum)

    def step(self, points: Fraction) -> Step:
        """Return the line about the gate."""
        if self.passes(points):
            text = say("The gate: {points} is at least {minimum}", points=simplest(points), minimum=self.minimum)
        else:
            text = say("The gate: {points} is less than {minimum}", points=simplest(points), minimum=self.minimum)
        return Step(StepKind.GATE, text)
