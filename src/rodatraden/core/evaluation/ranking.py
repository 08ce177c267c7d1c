"""Order by value, best first; what happens inside a corridor under the best, and when two are equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.field import Best
from rodatraden.core.evaluation.reading import (
    ModelError,
    read_above_zero,
    read_choice,
    read_object,
    read_text,
    written,
)
from rodatraden.core.exact import Exact, as_fraction
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

HUNDRED = 100
Worth = tuple[Fraction | int, ...]
"""What a bid is sorted by, most deciding first; what only the tie rule decides stands after the first three."""
BY_VALUE = 3
"""So much of a worth is alike where the tie rule is asked."""


class TieRule(StrEnum):
    """What the documents say about equal values. None: a tie for first place stops the decision.

    `CRITERIA_IN_ORDER`: more points on the first criterion go first, where those are equal on the second, and so on: it
    sets bids apart that have the same points in all. Drawing lots is not among them: it isn't a calculation. Whoever
    publishes it draws after the tie has been told.
    """

    NONE = "none"
    HIGHER_QUALITY = "higher_quality"
    LOWER_PRICE = "lower_price"
    CRITERIA_IN_ORDER = "criteria_in_order"


@dataclass(frozen=True, slots=True)
class Corridor:
    """Bids within `percent` of the best value are level, and the one that `decided_by` names goes first.

    It is decided by the points on one `criterion`, by all points when none is named, or by the price. Where that is equal
    too, the value decides. Which bids are inside depends on the best bid, and inside price has no effect.
    """

    percent: Decimal
    decided_by: TieRule
    criterion: str | None = None

    @classmethod
    def from_json(cls, value: object, where: str) -> Corridor:
        """Read a corridor.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, where, ("percent", "decided_by"), ("criterion",))
        percent = read_above_zero(found["percent"], f"{where}.percent")
        if percent >= HUNDRED:
            raise ModelError(f"{where}.percent", found["percent"], say("This must be less than 100."))
        decided_by = read_choice(found["decided_by"], f"{where}.decided_by", TieRule)
        criterion = found.get("criterion")
        if decided_by in {TieRule.NONE, TieRule.CRITERIA_IN_ORDER} or (
            criterion is not None and decided_by is not TieRule.HIGHER_QUALITY
        ):
            reason = say("A corridor is decided by the points, on all or one criterion, or by the price.")
            raise ModelError(f"{where}.decided_by", decided_by.value, reason)
        return cls(percent, decided_by, None if criterion is None else read_text(criterion, f"{where}.criterion"))

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        used = written(criterion=self.criterion)
        return {"percent": self.percent, "decided_by": self.decided_by.value, **used}

    def limit(self, best: Fraction, end: Best) -> Fraction:
        """Return the last value that is still inside; with negative values the corridor goes the same way."""
        width = abs(best) * as_fraction(self.percent) / HUNDRED
        return best - width if end is Best.HIGHEST else best + width


@dataclass(frozen=True, slots=True)
class Contender:
    """A bid that is to be ranked."""

    key: str
    value: Exact
    points: Fraction
    price: Fraction | None = None
    by_criterion: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A bid's place; `level_with` share it, `set_apart_from` had the same value and lost or won by the tie rule.

    `inside` says whether it was in the corridor; None when there is none.
    """

    key: str
    place: int
    level_with: tuple[str, ...]
    set_apart_from: tuple[str, ...]
    inside: bool | None = None


def rank(
    contenders: Iterable[Contender],
    tie_rule: TieRule,
    best: Best = Best.LOWEST,
    corridor: Corridor | None = None,
) -> tuple[Place, ...]:
    """Return every place, first first; those who share one stand in the order of their keys.

    Without a corridor the order of two depends on the two alone (INV-11): each has a value of its own, and values are
    compared.
    """
    given = list(contenders)
    sign = 1 if best is Best.LOWEST else -1
    limit = None
    if corridor and given:
        values = [as_fraction(each.value) for each in given]
        limit = corridor.limit(min(values) if best is Best.LOWEST else max(values), best)
    entries = sorted(
        ((worth_of(each, tie_rule, sign, corridor, limit), each) for each in given),
        key=lambda entry: (entry[0], entry[1].key),
    )
    found: list[Place] = []
    for _value, group in groupby(entries, lambda entry: entry[0][:BY_VALUE]):
        same_value = list(group)
        for worth, level in groupby(same_value, itemgetter(0)):
            keys = [one.key for _worth, one in level]
            others = tuple(one.key for other, one in same_value if other != worth)
            inside = None if corridor is None else worth[0] == 0
            place = len(found) + 1
            found += [Place(key, place, tuple(each for each in keys if each != key), others, inside) for key in keys]
    return tuple(found)


def worth_of(
    contender: Contender,
    tie_rule: TieRule,
    sign: int,
    corridor: Corridor | None = None,
    limit: Fraction | None = None,
) -> Worth:
    """Return what is compared, smallest first: inside before outside, what decides inside, the value, the tie rule."""
    value = as_fraction(contender.value)
    value = value if sign > 0 else -value
    is_inside = corridor is not None and limit is not None and value <= limit * sign
    decider: Fraction | int = 0
    if corridor is not None and is_inside:
        decider = _decided(contender, corridor.decided_by, corridor.criterion)
    if tie_rule is TieRule.CRITERIA_IN_ORDER:
        return int(not is_inside), decider, value, *(-points for points in contender.by_criterion.values())
    return int(not is_inside), decider, value, _decided(contender, tie_rule, None)


def _decided(contender: Contender, rule: TieRule, criterion: str | None) -> Fraction | int:
    match rule:
        case TieRule.NONE | TieRule.CRITERIA_IN_ORDER:
            return 0
        case TieRule.HIGHER_QUALITY:
            return -(contender.points if criterion is None else contender.by_criterion[criterion])
        case TieRule.LOWER_PRICE:
            return contender.price or 0
