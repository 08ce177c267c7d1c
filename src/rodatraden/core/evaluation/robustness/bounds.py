"""B9: while the scoring goes on, the worst and the best that each bid can come to, and which can't be first any more.

Exact in an absolute model, where a bid depends on its own scores alone: what is not scored yet gives its fewest or its most
points. A bid can't be first any more when even its best is below a gate, or is beaten by the worst of another. Leaving such a
bid unscored is allowed only if the documents said so before the bids came (Metodhandboken part 9), and who scores must not
see prices (INV-13): bids without a price are compared at the gates alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.bids import InputError, InputFault, checked, price_of
from rodatraden.core.evaluation.criteria import lowest_total
from rodatraden.core.evaluation.outcome import Status
from rodatraden.core.evaluation.ranking import rank
from rodatraden.core.evaluation.ratio import Ratio
from rodatraden.core.evaluation.robustness.again import Again
from rodatraden.core.evaluation.robustness.result import told
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.criteria import Criterion
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.ranking import Contender


@dataclass(frozen=True, slots=True)
class Bound:
    """The fewest and the most points of a bid, and its `worst` and `best` value; None below a gate or without price.

    `can_be_first` counts a shared first place. `beaten_by` is a bid that is better whatever happens, `below` says that no
    scores can lift it over the gates. `missing` are the criteria that are not scored.
    """

    key: str
    missing: tuple[str, ...]
    fewest: Exact
    most: Exact
    worst: Exact | None
    best: Exact | None
    can_be_first: bool
    below: bool
    beaten_by: str | None
    text: Message


@dataclass(frozen=True, slots=True)
class Bounds:
    """`value` are the qualified bids, by key; none where none can be told, which the sentences say."""

    value: tuple[Bound, ...]
    sentences: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a bid: the sum of its points as they are given, and how it is ranked, if it is."""

    points: Exact
    is_below: bool
    contender: Contender | None


def bounds(model: Model, bids: Iterable[Bid]) -> Bounds:
    """Return how far each bid can still come when some scores are missing.

    Raises:
        InputError: a score or a price that is there can't be counted.
    """
    condition = say("To leave a bid unscored because it can't be first is allowed only if the documents said so beforehand.")  # fmt: skip
    if model.is_relative:
        unknown = say("The model compares bids with each other, so no bid has bounds of its own.")
        return Bounds((), told(unknown, condition))
    if isinstance(model.combination, Ratio) and lowest_total(model.criteria) < 0:
        unknown = say("With points below 0 more points are not always better, so no bounds are told.")
        return Bounds((), told(unknown, condition))
    entered = [bid for bid in checked(bids) if bid.not_qualified is None]
    ends = {bid.key: tuple(_end(model, bid, highest=highest) for highest in (False, True)) for bid in entered}
    names = {bid.key: bid.name for bid in entered}
    found = tuple(_bound(model, bid, ends, names) for bid in entered)
    out = sum(not each.can_be_first for each in found)
    sentence = say("{n} of {bids} bids can't be first any more, whatever scores are missing.", n=out, bids=len(found))
    return Bounds(found, told(sentence, condition))


def _end(model: Model, bid: Bid, *, highest: bool) -> _End:
    scores = {
        criterion.key: _extreme(criterion, highest=highest)
        for criterion in model.criteria
        if criterion.key not in bid.scores and criterion.key not in bid.assignments
    }
    whole = Again(model, [replace(bid, scores={**bid.scores, **scores})])
    judged = whole.judged(bid.key, whole.scores[bid.key])
    ranked = judged.status is Status.RANKED
    priced = not model.combination.needs_price or _has_price(model, bid)
    contender = None
    if ranked and priced:
        try:
            contender = whole.contender(judged, whole.field([judged]))
        except InputError as error:
            if error.fault is not InputFault.UNDEFINED:
                raise
    return _End(simplest(sum(judged.by_criterion, Fraction(0))), not ranked, contender)


def _has_price(model: Model, bid: Bid) -> bool:
    """Return whether the bid has a price that can be compared; one that is there must be countable."""
    if bid.price is None and not bid.prices:
        return False
    price_of(model, bid)
    return True


def _extreme(criterion: Criterion, *, highest: bool) -> Exact:
    """Return the score that gives the most points or the fewest; steps of a table need not rise."""
    scale = criterion.scale
    if criterion.table is None:
        return scale.highest if highest else scale.lowest
    starts = [step.lowest for step in criterion.table.steps if scale.lowest < step.lowest <= scale.highest]
    tries = sorted((criterion.points(each)[0], each) for each in (scale.lowest, *starts))
    return tries[-1][1] if highest else tries[0][1]


def _bound(model: Model, bid: Bid, ends: dict[str, tuple[_End, ...]], names: dict[str, str]) -> Bound:
    worst, best = ends[bid.key]
    own = best.contender
    beaten_by = None
    if own is not None:
        rivals = [low.contender for key, (low, _high) in ends.items() if key != bid.key and low.contender is not None]
        beaten_by = next((rival.key for rival in rivals if _is_beaten(model, own, rival)), None)
    missing = tuple(
        each.key for each in model.criteria if each.key not in bid.scores and each.key not in bid.assignments
    )
    return Bound(
        key=bid.key,
        missing=missing,
        fewest=worst.points,
        most=best.points,
        worst=None if worst.contender is None else simplest(as_fraction(worst.contender.value)),
        best=None if own is None else simplest(as_fraction(own.value)),
        can_be_first=not best.is_below and beaten_by is None,
        below=best.is_below,
        beaten_by=beaten_by,
        text=_text(bid, is_below=best.is_below, rival=None if beaten_by is None else names[beaten_by]),
    )


def _is_beaten(model: Model, own: Contender, rival: Contender) -> bool:
    """Return whether the rival stands before, also by the tie rule."""
    places = {place.key: place.place for place in rank([own, rival], model.tie_rule, model.combination.best)}
    return places[rival.key] < places[own.key]


def _text(bid: Bid, *, is_below: bool, rival: str | None) -> Message:
    if is_below:
        return say("{name} can't pass the gates any more.", name=bid.name)
    if rival is not None:
        return say("{name} can't be first any more: {rival} is better with its fewest points than {name} with its most.", name=bid.name, rival=rival)  # fmt: skip
    return say("{name} can still be first.", name=bid.name)
