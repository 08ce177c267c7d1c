"""What a relative model compares with: a value taken from bids, or published from outside, and from which bids.

A model that takes its reference from the bids lets a third bid decide the order of two others. Which bids it is taken
from must be published; otherwise nobody knows whether a bid that was thrown out can still decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.reading import ModelError, read_above_zero, read_choice, read_object, written
from rodatraden.core.evaluation.rounding import Where, rounded
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from decimal import Decimal

    from rodatraden.core.evaluation.rounding import Roundings


class ReferenceSet(StrEnum):
    """Which bids a reference is taken from: all opened, those that are qualified, or those that pass the gates."""

    OPENED = "opened"
    QUALIFIED = "qualified"
    ABOVE_GATE = "above_gate"


class ReferenceKind(StrEnum):
    """How the reference is found; fixed is an amount that was published beforehand."""

    LOWEST = "lowest"
    HIGHEST = "highest"
    MEAN = "mean"
    MEDIAN = "median"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class ReferenceValue:
    """A price to compare with."""

    kind: ReferenceKind
    amount: Decimal | None = None

    @classmethod
    def from_json(cls, value: object, field: str) -> ReferenceValue:
        """Read a reference.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("kind",), ("amount",))
        kind = read_choice(found["kind"], f"{field}.kind", ReferenceKind)
        amount = found.get("amount")
        if (kind is ReferenceKind.FIXED) == (amount is None):
            raise ModelError(f"{field}.amount", amount, say("A fixed reference has an amount, and no other has one."))
        return cls(kind, None if amount is None else read_above_zero(amount, f"{field}.amount"))

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"kind": self.kind.value, **written(amount=self.amount)}

    @property
    def is_relative(self) -> bool:
        """Return whether the bids decide it."""
        return self.kind is not ReferenceKind.FIXED

    def found(self, prices: tuple[Fraction, ...], roundings: Roundings = ()) -> tuple[Fraction, tuple[Step, ...]]:
        """Return the reference among `prices` (at least one unless it is fixed), and its line."""
        value = self._value(prices)
        step = Step(StepKind.REFERENCE, self._text(len(prices)), simplest(value), Unit.AMOUNT)
        value, told = rounded(value, Where.REFERENCE, roundings, Unit.AMOUNT)
        return value, (step, *told)

    def _value(self, prices: tuple[Fraction, ...]) -> Fraction:
        match self.kind:
            case ReferenceKind.LOWEST:
                return min(prices)
            case ReferenceKind.HIGHEST:
                return max(prices)
            case ReferenceKind.MEAN:
                return sum(prices, Fraction(0)) / len(prices)
            case ReferenceKind.MEDIAN:
                return median(prices)
            case ReferenceKind.FIXED:
                return as_fraction(self.amount)

    def _text(self, n: int) -> Message:
        match self.kind:
            case ReferenceKind.LOWEST:
                return say("The lowest of {n} prices", n=n)
            case ReferenceKind.HIGHEST:
                return say("The highest of {n} prices", n=n)
            case ReferenceKind.MEAN:
                return say("The mean of {n} prices", n=n)
            case ReferenceKind.MEDIAN:
                return say("The median of {n} prices", n=n)
            case ReferenceKind.FIXED:
                return say("The published reference price")
