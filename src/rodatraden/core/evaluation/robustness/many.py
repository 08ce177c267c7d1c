"""Who is first with many sets of scores at once: as exact as one at a time, and the same answers (a property test).

Scores become points in fractions and points whole numbers, so that sums are exact in numpy. A bid's value is computed once for
each sum of points that occurs, and compared as a fraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from rodatraden.core.evaluation.bids import InputError
from rodatraden.core.evaluation.field import Best
from rodatraden.core.evaluation.outcome import WITHIN, Status
from rodatraden.core.evaluation.ranking import TieRule, worth_of
from rodatraden.core.evaluation.reference import ReferenceSet
from rodatraden.core.evaluation.robustness.again import Judged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from rodatraden.core.evaluation.robustness.again import Again, Scores
    from rodatraden.core.evaluation.robustness.result import First

    Numbers = NDArray[np.int64]

LAST = np.iinfo(np.int64).max
FAULT = -1
SAFE = 2**62


@dataclass(frozen=True, slots=True)
class Drawn:
    """The scores of one bid on one criterion: those that occur, and which of them stands in each set (M,)."""

    values: Sequence[Fraction]
    index: Numbers


@dataclass(frozen=True, slots=True)
class _Sets:
    """One bid: what it is after the gates for each sum that occurs, and which of them stands in each set (M,)."""

    judged: Sequence[Judged]
    index: Numbers


def firsts(again: Again, drawn: Mapping[str, Sequence[Drawn]], size: int) -> list[tuple[First, Numbers]]:
    """Return who is first, and in which of the `size` sets (their numbers); `drawn` holds every qualified bid."""
    bids = [_sets(again, key, drawn[key], size) if key in drawn else _out(key, size) for key in sorted(again.bids)]
    found: dict[First, list[Numbers]] = {}
    for numbers in _alike(again, bids, size):
        for first, within in _firsts(again, bids, numbers):
            found.setdefault(first, []).append(numbers[within])
    return [(first, np.sort(np.concatenate(parts))) for first, parts in found.items()]


def _out(key: str, size: int) -> _Sets:
    return _Sets([Judged(key, Status.NOT_QUALIFIED)], np.zeros(size, dtype=np.int64))


def _sets(again: Again, key: str, drawn: Sequence[Drawn], size: int) -> _Sets:
    """Return a bid's sets, alike where sum, gates and what decides a corridor or a tie are alike."""
    points = [[again.points(n, value) for value in each.values] for n, each in enumerate(drawn)]
    of_one = lcm(*(each.denominator for found in points for each in found))
    whole = [_whole([int(each * of_one) for each in found], len(points)) for found in points]
    summed = [numbers[each.index] for numbers, each in zip(whole, drawn, strict=True)]
    code = _codes(sum(summed, np.zeros(size, dtype=np.int64)))
    for minded, least in again.gates:
        own = sum((summed[n] for n in minded), np.zeros(size, dtype=np.int64))
        code = _codes(code * 2 + np.asarray(own >= _ceiling(least * of_one)))
    corridor = again.model.corridor
    if corridor and corridor.criterion:
        decider = _codes(summed[again.keys.index(corridor.criterion)])
        code = code * (int(decider.max()) + 1) + decider
    if again.model.tie_rule is TieRule.CRITERIA_IN_ORDER:
        for numbers in map(_codes, summed):
            code = _codes(code * (int(numbers.max(initial=0)) + 1) + numbers)
    _values, first_of, index = np.unique(code, return_index=True, return_inverse=True)
    judged = [again.judged(key, _scores(drawn, int(number))) for number in first_of]
    return _Sets(judged, index.astype(np.int64))


def _scores(drawn: Sequence[Drawn], number: int) -> Scores:
    return tuple(each.values[each.index[number]] for each in drawn)


def _whole(numbers: list[int], n_summed: int) -> NDArray[Any]:
    """Return whole numbers as an array that their sum fits in."""
    fits = max((abs(each) for each in numbers), default=0) * max(n_summed, 1) < SAFE
    return np.array(numbers, dtype=np.int64 if fits else object)


def sums(numbers: list[int], counts: Numbers) -> NDArray[Any]:
    """Return for each row of counts the sum of whole numbers that stand so many times, exactly."""
    fits = max(abs(each) for each in numbers) * int(counts.sum(axis=1).max() + 1) ** 2 < SAFE
    return (
        counts @ np.array(numbers, dtype=np.int64) if fits else counts.astype(object) @ np.array(numbers, dtype=object)
    )


def _ceiling(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def _codes(values: NDArray[Any]) -> Numbers:
    """Return a small number for each value, the same where the values are."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _alike(again: Again, bids: Sequence[_Sets], size: int) -> list[Numbers]:
    """Return the sets in groups within which the bids are compared with the same field."""
    model = again.model
    if not model.is_relative:
        return [np.arange(size)]
    code = _most_points(again, bids, size) if again.minds_points else np.zeros(size, dtype=np.int64)
    for bid in bids:
        if model.corridor:
            own = bid.index
        elif model.reference_set is ReferenceSet.ABOVE_GATE:
            own = np.array([each.status is Status.RANKED for each in bid.judged], dtype=np.int64)[bid.index]
        else:
            continue
        code = _codes(code * (int(own.max(initial=0)) + 1) + own)
    order = np.argsort(code, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(code[order])) + 1)


def _most_points(again: Again, bids: Sequence[_Sets], size: int) -> Numbers:
    """Return a number for the most points in the reference set, the same where they are (M,)."""
    within = WITHIN[again.model.reference_set or ReferenceSet.OPENED]
    rising = {points: n for n, points in enumerate(sorted({each.points for bid in bids for each in bid.judged}), 1)}
    most = np.zeros(size, dtype=np.int64)
    for bid in bids:
        own = [rising[each.points] if each.status in within and each.by_criterion else 0 for each in bid.judged]
        most = np.maximum(most, np.array(own, dtype=np.int64)[bid.index])
    return most


def _firsts(again: Again, bids: Sequence[_Sets], numbers: Numbers) -> list[tuple[First, Any]]:
    """Return who is first in sets with the same field, and which of them they are (a mask)."""
    everything = np.ones(len(numbers), dtype=bool)
    one = [bid.judged[bid.index[numbers[0]]] for bid in bids]
    try:
        field = again.field(one)
        if again.model.corridor:
            places = again.places(one, field)
            return [(tuple(each.key for each in places if each.place == 1), everything)]
    except InputError:
        return [(None, everything)]
    sign = 1 if again.model.combination.best is Best.LOWEST else -1
    worths: list[dict[int, Any]] = []
    for bid in bids:
        own: dict[int, Any] = {}
        for n in np.unique(bid.index[numbers]).tolist():
            judged = bid.judged[n]
            if judged.status is Status.RANKED:
                try:
                    own[n] = worth_of(again.contender(judged, field), again.model.tie_rule, sign)
                except InputError:
                    own[n] = None
        worths.append(own)
    rising = {worth: n for n, worth in enumerate(sorted({each for own in worths for each in own.values() if each}))}
    table = np.empty((len(bids), len(numbers)), dtype=np.int64)
    for row, (bid, own) in enumerate(zip(bids, worths, strict=True)):
        place = np.full(len(bid.judged), LAST)
        for n, worth in own.items():
            place[n] = FAULT if worth is None else rising[worth]
        table[row] = place[bid.index[numbers]]
    best = table.min(axis=0, initial=LAST)
    is_first = (table == best) & (best != LAST) & (best != FAULT)
    code = _codes(best == FAULT)
    for row in is_first:
        code = _codes(code * 2 + row)
    keys = [bid.judged[0].key for bid in bids]
    found: list[tuple[First, Any]] = []
    for n in range(int(code.max()) + 1):
        mask = code == n
        at = int(np.argmax(mask))
        first = (
            None if best[at] == FAULT else tuple(key for key, wins in zip(keys, is_first[:, at], strict=True) if wins)
        )
        found.append((first, mask))
    return found
