"""The steps of a calculation: what a reader with a pocket calculator follows, line by line."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rodatraden.core.exact import Exact
    from rodatraden.core.message import Message


class StepKind(StrEnum):
    """What a step computes; the values are part of frozen outcomes and never renamed."""

    EXPERIENCE = "experience"
    SCORE = "score"
    TABLE = "table"
    WORTH = "worth"
    POINTS = "points"
    RENORMALISED = "renormalised"
    GATE = "gate"
    LINE = "line"
    DISCOUNT = "discount"
    CURRENCY = "currency"
    PRICE = "price"
    REFERENCE = "reference"
    ADDITION = "addition"
    DEDUCTION = "deduction"
    SHARE = "share"
    PRICE_POINTS = "price_points"
    QUALITY_POINTS = "quality_points"
    EVALUATION_PRICE = "evaluation_price"
    EVALUATION_POINTS = "evaluation_points"
    RATIO = "ratio"
    ROUNDED = "rounded"
    CORRIDOR = "corridor"
    TIE = "tie"
    PLACE = "place"
    RESULT = "result"


class Unit(StrEnum):
    """What the value of a step is counted in."""

    POINTS = "points"
    AMOUNT = "amount"
    NUMBER = "number"
    MONTHS = "months"


class Step(NamedTuple):
    """One line: the sentence with its figures, and what comes out of it (nothing where the sentence says it all).

    A tuple, since a result holds hundreds and a frozen dataclass takes twice as long to make.
    """

    kind: StepKind
    text: Message
    value: Exact | None = None
    unit: Unit | None = None

    def to_json(self) -> dict[str, object]:
        """Return what is frozen of a step: its figures, not its wording."""
        return {"kind": self.kind.value, "value": self.value, "unit": self.unit and self.unit.value}
