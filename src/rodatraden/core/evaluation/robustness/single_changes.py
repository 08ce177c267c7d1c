"""B2: every change of one score by one step, and which of them change first place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.robustness.result import First, consequence, told
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from rodatraden.core.assessment import Scale
    from rodatraden.core.evaluation.robustness.again import Again
    from rodatraden.core.evaluation.robustness.individual import Cell, Joined, Panel


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
        for n, score in enumerate(scores):
            criterion = again.model.criteria[n]
            if criterion.key in again.bids[key].assignments:
                continue
            for other in _one_step(criterion.scale, score):
                first = again.first({key: (*scores[:n], other, *scores[n + 1 :])})
                tries.append(_turn(again, (key, n), (score, other), first))
    return _found(again.first(), tries)


def single_individual_changes(again: Again, joining: Again, panel: Panel, joined: Joined) -> SingleChanges:
    """Return what every change of one individual score by one step does when the scores are `joined`.

    `again` has the model with its steps, `joining` the one without.
    """
    counts = panel.all_once()
    scores = panel.joined(joining, joined, counts) or {}
    tries = []
    for (key, n), by_assessor in panel.cells.items():
        for assessor, score in by_assessor.items():
            for other in _one_step(again.model.criteria[n].scale, score):
                changed = {**by_assessor, assessor: other}
                own = scores[key]
                together = joined.of([(each, 1) for each in changed.values()])
                first = joining.first({**scores, key: (*own[:n], together, *own[n + 1 :])})
                tries.append(_turn(again, (key, n), (score, other), first, assessor))
    return _found(joining.first(scores), tries, joined)


def _one_step(scale: Scale, score: Fraction) -> Iterator[Fraction]:
    if scale.step is None:
        return
    for other in (score - as_fraction(scale.step), score + as_fraction(scale.step)):
        if as_fraction(scale.lowest) <= other <= as_fraction(scale.highest):
            yield other


def _turn(
    again: Again, cell: Cell, scores: tuple[Fraction, Fraction], first: First, assessor: str | None = None
) -> Turn:
    key, n = cell
    criterion, (score, other) = again.model.criteria[n], (simplest(each) for each in scores)
    text = say("{criterion} of {bid}: {other} instead of {score}.", criterion=criterion.label, bid=again.names[key], score=score, other=other)  # fmt: skip
    if assessor is not None:
        text = say(
            "{assessor} on {criterion} of {bid}: {other} instead of {score}.",
            assessor=assessor, criterion=criterion.label, bid=again.names[key], score=score, other=other,
        )  # fmt: skip
    return Turn(key, criterion.key, assessor, score, other, first, text, consequence(first, again.names))


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
