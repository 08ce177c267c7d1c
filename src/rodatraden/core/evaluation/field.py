"""What one bid is weighed by, and the field it is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from rodatraden.core.evaluation.reference import ReferenceValue
    from rodatraden.core.evaluation.rounding import Roundings
    from rodatraden.core.evaluation.steps import Step
    from rodatraden.core.message import Message


class Method(StrEnum):
    """How price and points are weighed together; the values stand in published models and are never renamed."""

    LOWEST_PRICE = "lowest_price"
    PRICE_ADDITION = "price_addition"
    PRICE_DEDUCTION = "price_deduction"
    PERCENTAGE_ADDITION = "percentage_addition"
    PERCENTAGE_DEDUCTION = "percentage_deduction"
    QUALITY_ONLY = "quality_only"
    WEIGHTED_SUM = "weighted_sum"
    RATIO = "ratio"


class Best(StrEnum):
    """Which end of the values comes first."""

    LOWEST = "lowest"
    HIGHEST = "highest"


@dataclass(frozen=True, slots=True)
class Entry:
    """A bid that reached the weighing: its compared price (None where the model has no use for one) and its points."""

    price: Fraction | None
    points: Fraction

    @property
    def stated_price(self) -> Fraction:
        """Return the price of a bid in a model that weighs prices, where every entry has one."""
        if self.price is None:
            msg = "The model weighs prices, and this entry has none"
            raise ValueError(msg)
        return self.price


@dataclass(frozen=True, slots=True)
class Field:
    """The prices and points of the reference set, the most points that can be had, and where the model rounds."""

    prices: tuple[Fraction, ...] = ()
    points: tuple[Fraction, ...] = ()
    most_points: Fraction | None = None
    roundings: Roundings = ()
    found: dict[ReferenceValue, Weighed] = field(default_factory=dict, compare=False, repr=False)

    def reference(self, wanted: ReferenceValue) -> Weighed:
        """Return a reference among the prices and its lines; it is the same for every bid, and found once."""
        if wanted not in self.found:
            self.found[wanted] = wanted.found(self.prices, self.roundings)
        return self.found[wanted]


Weighed = tuple["Fraction", tuple["Step", ...]]
"""The value that is compared, and the lines that lead to it."""


class UndefinedError(ValueError):
    """The published formula gives no value for this bid in this field, such as a division by zero; `reason` says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason
