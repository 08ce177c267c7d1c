"""B2: every change of one score by one step, and which of them change first place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rodatraden.core.evaluation.robustness.many import Drawn, firsts
from rodatraden.core.evaluation.robustness.result import First, consequence, told
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction

    from rodatraden.core.assessment import Scale
    from rodatraden.core.evaluation.robustness.again import Again, Scores
    from rodatraden.core.evaluation.robustness.individual import Joined, Panel


@dataclass(frozen=True, slots=True)
class Turn:
    """One score that changes first place when it becomes `other`; `assessor` is None when it is the consensus."""

    bid: str
    criterion: str
    assessor: str | None
    score: Exact
    other: Exact
    first: First
    text: Message
    consequence: Message


@dataclass(frozen=True, slots=True)
class SingleChanges:
    """`value` of `tried` changes change first place from `first`; `not_computed` of them have no answer."""

    value: int
    tried: int
    not_computed: int
    first: First
    turns: tuple[Turn, ...]
    sentences: tuple[Message, ...]


def single_changes(again: Again) -> SingleChanges:
    """Return what every change of one consensus score by one step does; months that are counted are no scores."""
    tries = []
    for key, scores in again.scores.items():
        changes = [
            _Change(n, None, score, other, other)
            for n, score in enumerate(scores)
            if again.keys[n] not in again.bids[key].assignments
            for other in _one_step(again.model.criteria[n].scale, score)
        ]
        tries += _turns(again, again.scores, key, changes)
    return _found(again.first(), tries)


def single_individual_changes(again: Again, joining: Again, panel: Panel, joined: Joined) -> SingleChanges:
    """Return what every change of one individual score by one step does when the scores are `joined`.

    `again` has the model with its steps, `joining` the one without.
    """
    scores = panel.joined(joining, joined, panel.all_once()) or {}
    tries = []
    for key in scores:
        changes = [
            _Change(n, assessor, score, other, joined.of([(each, 1) for each in {**given, assessor: other}.values()]))
            for (bid, n), given in panel.cells.items()
            if bid == key
            for assessor, score in given.items()
            for other in _one_step(again.model.criteria[n].scale, score)
        ]
        tries += _turns(joining, scores, key, changes)
    return _found(joining.first(scores), tries, joined)


class _Change(NamedTuple):
    """A score on the criterion with this number that becomes `other`, and what is then counted."""

    n: int
    assessor: str | None
    score: Fraction
    other: Fraction
    counted: Fraction


def _turns(again: Again, scores: Mapping[str, Scores], key: str, changes: Sequence[_Change]) -> list[Turn]:
    """Return who is first with each change of one bid, all other bids as they are."""
    still = np.zeros(len(changes), dtype=np.int64)
    drawn = {other: [Drawn((score,), still) for score in own] for other, own in scores.items()}
    for n in {change.n for change in changes}:
        values, index = [scores[key][n]], still.copy()
        for number, change in enumerate(changes):
            if change.n == n:
                index[number] = len(values)
                values.append(change.counted)
        drawn[key][n] = Drawn(values, index)
    found: list[First] = [None] * len(changes)
    for first, numbers in firsts(again, drawn, len(changes)) if changes else ():
        for number in numbers.tolist():
            found[number] = first
    return [_turn(again, key, change, first) for change, first in zip(changes, found, strict=True)]


def _one_step(scale: Scale, score: Fraction) -> Iterator[Fraction]:
    if scale.step is None:
        return
    for other in (score - as_fraction(scale.step), score + as_fraction(scale.step)):
        if as_fraction(scale.lowest) <= other <= as_fraction(scale.highest):
            yield other


def _turn(again: Again, key: str, change: _Change, first: First) -> Turn:
    criterion, score, other = again.model.criteria[change.n], simplest(change.score), simplest(change.other)
    text = say("{criterion} of {bid}: {other} instead of {score}.", criterion=criterion.label, bid=again.names[key], score=score, other=other)  # fmt: skip
    if change.assessor is not None:
        text = say(
            "{assessor} on {criterion} of {bid}: {other} instead of {score}.",
            assessor=change.assessor, criterion=criterion.label, bid=again.names[key], score=score, other=other,
        )  # fmt: skip
    return Turn(key, criterion.key, change.assessor, score, other, first, text, consequence(first, again.names))


def _found(first: First, tries: list[Turn], joined: Joined | None = None) -> SingleChanges:
    turns = tuple(each for each in tries if each.first is not None and each.first != first)
    not_computed = sum(each.first is None for each in tries)
    sentence = say("{n} of {tried} changes of one consensus score by one step change first place.", n=len(turns), tried=len(tries))  # fmt: skip
    if joined is not None:
        sentence = say("{n} of {tried} changes of one individual score by one step change first place.", n=len(turns), tried=len(tries))  # fmt: skip
    missed = say("{n} of the changes can't be computed.", n=not_computed) if not_computed else None
    return SingleChanges(
        len(turns), len(tries), not_computed, first, turns, told(joined.text if joined else None, sentence, missed)
    )
