"""Price as points: what share of the most price points a price gets, 1 for the best.

Four curves and their reference make the relative models of practice: proportional (lowest ÷ price), linear from a
reference, between two references, and by rank. A curve may be clipped, as published; below the clip price has no effect
(HFD 2022 ref. 41).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import UndefinedError
from rodatraden.core.evaluation.reading import (
    ModelError,
    read_above_zero,
    read_choice,
    read_number,
    read_object,
    written,
)
from rodatraden.core.evaluation.reference import ReferenceKind, ReferenceValue
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Amount, Message, say

if TYPE_CHECKING:
    from decimal import Decimal

    from rodatraden.core.evaluation.field import Field, Weighed


class Curve(StrEnum):
    """How a price becomes a share."""

    PROPORTIONAL = "proportional"
    LINEAR = "linear"
    BETWEEN = "between"
    RANK = "rank"


LOWEST = ReferenceValue(ReferenceKind.LOWEST)


@dataclass(frozen=True, slots=True)
class PricePoints:
    """A curve with what it needs.

    Proportional: reference ÷ price. Linear: at + slope × (reference − price) ÷ reference. Between: (to − price) ÷ (to −
    reference), 1 at the reference and 0 at `to`. Rank: 1 − (cheaper bids) ÷ (bids − 1). `floor` and `ceiling` clip.
    """

    curve: Curve
    reference: ReferenceValue = LOWEST
    to: ReferenceValue | None = None
    at: Decimal | None = None
    slope: Decimal | None = None
    floor: Decimal | None = None
    ceiling: Decimal | None = None

    @classmethod
    def from_json(cls, value: object, field: str) -> PricePoints:
        """Read a curve.

        Raises:
            ModelError: a field is missing, unknown, of the wrong kind, or has no part in this curve.
        """
        found = read_object(value, field, ("curve",), ("reference", "to", "at", "slope", "floor", "ceiling"))
        curve = read_choice(found["curve"], f"{field}.curve", Curve)
        needed = {
            Curve.PROPORTIONAL: {"reference"},
            Curve.LINEAR: {"reference", "at", "slope"},
            Curve.BETWEEN: {"reference", "to"},
            Curve.RANK: set[str](),
        }[curve]
        read_object(value, field, ("curve", *sorted(needed)), ("floor", "ceiling"))
        at, floor, ceiling = (
            None if found.get(name) is None else read_number(found[name], f"{field}.{name}")
            for name in ("at", "floor", "ceiling")
        )
        if floor is not None and ceiling is not None and floor >= ceiling:
            raise ModelError(f"{field}.floor", floor, say("The floor must be below the ceiling."))
        return cls(
            curve=curve,
            reference=ReferenceValue.from_json(found["reference"], f"{field}.reference") if needed else LOWEST,
            to=ReferenceValue.from_json(found["to"], f"{field}.to") if "to" in needed else None,
            at=at,
            slope=read_above_zero(found["slope"], f"{field}.slope") if "slope" in needed else None,
            floor=floor,
            ceiling=ceiling,
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        has_reference = self.curve is not Curve.RANK
        return {
            "curve": self.curve.value,
            **written(
                reference=self.reference.to_json() if has_reference else None,
                to=self.to and self.to.to_json(),
                at=self.at,
                slope=self.slope,
                floor=self.floor,
                ceiling=self.ceiling,
            ),
        }

    @property
    def is_relative(self) -> bool:
        """Return whether other bids decide the share."""
        to_bids = self.to is not None and self.to.is_relative
        return self.curve is Curve.RANK or self.reference.is_relative or to_bids

    @property
    def always_counts(self) -> bool:
        """Return whether every lower price gives a larger share, whatever it is."""
        return self.curve is not Curve.RANK and self.floor is None and self.ceiling is None

    def share(self, price: Fraction, field: Field) -> Weighed:
        """Return the share of a price in a field, and the lines that lead to it.

        Raises:
            UndefinedError: the two references of the curve are the same.
        """
        match self.curve:
            case Curve.PROPORTIONAL:
                share, steps = self._proportional(price, field)
            case Curve.LINEAR:
                share, steps = self._linear(price, field)
            case Curve.BETWEEN:
                share, steps = self._between(price, field)
            case Curve.RANK:
                share, steps = self._rank(price, field)
        return self._clipped(share, steps)

    def _proportional(self, price: Fraction, field: Field) -> Weighed:
        reference, steps = field.reference(self.reference)
        text = say("Share: {reference} ÷ {price}", reference=Amount(simplest(reference)), price=Amount(simplest(price)))
        return self._with(steps, text, reference / price)

    def _linear(self, price: Fraction, field: Field) -> Weighed:
        reference, steps = field.reference(self.reference)
        at, slope = as_fraction(self.at), as_fraction(self.slope)
        text = say(
            "Share: {at} + {slope} × ({reference} − {price}) ÷ {reference}",
            at=simplest(at), slope=simplest(slope), reference=Amount(simplest(reference)), price=Amount(simplest(price)),
        )  # fmt: skip
        return self._with(steps, text, at + slope * (reference - price) / reference)

    def _between(self, price: Fraction, field: Field) -> Weighed:
        reference, steps = field.reference(self.reference)
        end, told = field.reference(self.to or LOWEST)
        if end == reference:
            raise UndefinedError(
                say("Both references are {amount}, so the model says of no price what share it gets.",
                    amount=Amount(simplest(end)))
            )  # fmt: skip
        text = say(
            "Share: ({end} − {price}) ÷ ({end} − {reference})",
            end=Amount(simplest(end)), price=Amount(simplest(price)), reference=Amount(simplest(reference)),
        )  # fmt: skip
        return self._with(steps + told, text, (end - price) / (end - reference))

    def _rank(self, price: Fraction, field: Field) -> Weighed:
        cheaper = sum(other < price for other in field.prices)
        others = max(len(field.prices) - 1, 1)
        text = say("Share: 1 − {cheaper} ÷ {others} (cheaper bids, other bids)", cheaper=cheaper, others=others)
        return self._with((), text, 1 - Fraction(cheaper, others))

    @staticmethod
    def _with(steps: tuple[Step, ...], text: Message, share: Fraction) -> Weighed:
        return share, (*steps, Step(StepKind.SHARE, text, simplest(share), Unit.NUMBER))

    def _clipped(self, share: Fraction, steps: tuple[Step, ...]) -> Weighed:
        if self.floor is not None and share < as_fraction(self.floor):
            text = say("No share is less than {floor}", floor=self.floor)
            return as_fraction(self.floor), (*steps, Step(StepKind.SHARE, text, self.floor, Unit.NUMBER))
        if self.ceiling is not None and share > as_fraction(self.ceiling):
            text = say("No share is more than {ceiling}", ceiling=self.ceiling)
            return as_fraction(self.ceiling), (*steps, Step(StepKind.SHARE, text, self.ceiling, Unit.NUMBER))
        return share, steps
