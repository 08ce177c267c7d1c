"""Rounding happens only at the places that the model names, to its decimals and in its way; each is told as a step."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.reading import ModelError, read_choice, read_list, read_object, read_whole
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import as_fraction, rounded_decimal, simplest
from rodatraden.core.message import Amount, Message, say

if TYPE_CHECKING:
    from fractions import Fraction

    from rodatraden.core.exact import Exact

MOST_DECIMALS = 12


class Where(StrEnum):
    """The places in a calculation where a model may round, in the order in which they come."""

    CRITERION = "criterion"
    POINTS = "points"
    DISCOUNT = "discount"
    CURRENCY = "currency"
    PRICE = "price"
    REFERENCE = "reference"
    PRICE_SHARE = "price_share"
    PRICE_POINTS = "price_points"
    QUALITY_SHARE = "quality_share"
    QUALITY_POINTS = "quality_points"
    VALUE = "value"


class Way(StrEnum):
    """How a value between two decimals is rounded; up and down are away from zero and towards it."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


_DECIMAL = {Way.HALF_UP: ROUND_HALF_UP, Way.HALF_EVEN: ROUND_HALF_EVEN, Way.UP: ROUND_UP, Way.DOWN: ROUND_DOWN}


@dataclass(frozen=True, slots=True)
class Rounding:
    """To `decimals` decimals in one `way` at one place."""

    where: Where
    decimals: int
    way: Way = Way.HALF_UP

    @classmethod
    def from_json(cls, value: object, field: str) -> Rounding:
        """Read a rounding.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("where", "decimals", "way"))
        return cls(
            where=read_choice(found["where"], f"{field}.where", Where),
            decimals=read_whole(found["decimals"], f"{field}.decimals", 0, MOST_DECIMALS),
            way=read_choice(found["way"], f"{field}.way", Way),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        return {"where": self.where.value, "decimals": self.decimals, "way": self.way.value}

    def text(self, shown: Exact | Amount) -> Message:
        """Return the line that says what was rounded, and how."""
        decimals = self.decimals
        match self.way:
            case Way.HALF_UP:
                return say("{exact} rounded to {decimals} decimals, halves up", exact=shown, decimals=decimals)
            case Way.HALF_EVEN:
                return say("{exact} rounded to {decimals} decimals, halves to even", exact=shown, decimals=decimals)
            case Way.UP:
                return say("{exact} rounded up to {decimals} decimals", exact=shown, decimals=decimals)
            case Way.DOWN:
                return say("{exact} rounded down to {decimals} decimals", exact=shown, decimals=decimals)


Roundings = tuple[Rounding, ...]
"""At most one for each place; none means exact to the last öre and the last third."""


def read_roundings(value: object, field: str) -> Roundings:
    """Read the roundings of a model, each place once.

    Raises:
        ModelError: a place is named twice, or a rounding can't be read.
    """
    found: dict[Where, Rounding] = {}
    for n, each in enumerate(read_list(value, field)):
        rounding = Rounding.from_json(each, f"{field}[{n}]")
        if rounding.where in found:
            reason = say("This place is already rounded.")
            raise ModelError(f"{field}[{n}].where", rounding.where.value, reason)
        found[rounding.where] = rounding
    return tuple(found.values())


def rounded(value: Fraction, where: Where, roundings: Roundings, unit: Unit) -> tuple[Fraction, tuple[Step, ...]]:
    """Return `value` as the model carries it on from this place, and the line that says so when it changed."""
    for rounding in roundings:
        if rounding.where is where:
            found = as_fraction(rounded_decimal(value, rounding.decimals, _DECIMAL[rounding.way]))
            if found == value:
                break
            shown = Amount(simplest(value)) if unit is Unit.AMOUNT else simplest(value)
            return found, (Step(StepKind.ROUNDED, rounding.text(shown), simplest(found), unit),)
    return value, ()
