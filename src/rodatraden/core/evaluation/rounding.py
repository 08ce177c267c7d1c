"""Rounding happens once, by the name that the model publishes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.exact import Exact, simplest

if TYPE_CHECKING:
    from fractions import Fraction


class Rounding(StrEnum):
    """How an evaluation price is rounded before it is compared. None: exact to the last öre and the last third."""

    NONE = "none"


def rounded(value: Fraction, rounding: Rounding) -> Exact:
    """Return `value` as the model compares it."""
    match rounding:
        case Rounding.NONE:
            return simplest(value)
