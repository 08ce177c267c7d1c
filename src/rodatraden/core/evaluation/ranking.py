"""Order by evaluation price, lowest first, and what happens when two are equal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.exact import Exact, as_fraction

if TYPE_CHECKING:
    from collections.abc import Iterable


class TieRule(StrEnum):
    """What the documents say about equal evaluation prices. None: a tie for first place stops the decision.

    Drawing lots is not among them: it isn't a calculation. Whoever publishes it draws after the tie has been told.
    """

    NONE = "none"
    HIGHER_QUALITY = "higher_quality"


@dataclass(frozen=True, slots=True)
class Contender:
    """A bid that is to be ranked."""

    key: str
    evaluation_price: Exact
    points: Fraction


@dataclass(frozen=True, slots=True)
class Place:
    """A bid's place; `level_with` share it, `set_apart_from` had the same price and other points."""

    key: str
    place: int
    level_with: tuple[str, ...]
    set_apart_from: tuple[str, ...]


def rank(contenders: Iterable[Contender], tie_rule: TieRule) -> tuple[Place, ...]:
    """Return every place, first first; those who share one stand in the order of their keys.

    The order of two depends on the two alone (INV-11): each has a value of its own, and values are compared.
    """
    entries = sorted(
        ((_worth(each, tie_rule), each) for each in contenders), key=lambda entry: (entry[0], entry[1].key)
    )
    return tuple(
        Place(
            key=one.key,
            place=1 + sum(other < worth for other, _ in entries),
            level_with=tuple(each.key for other, each in entries if other == worth and each is not one),
            set_apart_from=tuple(each.key for other, each in entries if other != worth and other[0] == worth[0]),
        )
        for worth, one in entries
    )


def _worth(contender: Contender, tie_rule: TieRule) -> tuple[Fraction, Fraction]:
    quality = contender.points if tie_rule is TieRule.HIGHER_QUALITY else Fraction(0)
    return as_fraction(contender.evaluation_price), -quality
