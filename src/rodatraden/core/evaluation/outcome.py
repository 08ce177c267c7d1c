"""Which bid comes first, and why: the calculation that the decision is written from and the bidders read.

Each bid goes the same way: points, gates, compared price, weighing, rounding, rank. The program computes and tells; a named
person decides (INV-35).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.canonical import canonical_hash
from rodatraden.core.evaluation.bids import Bid, InputError, InputFault, checked, inputs, price_of, scores_of
from rodatraden.core.evaluation.criteria import highest_total, points_of, total
from rodatraden.core.evaluation.field import Entry, Field, UndefinedError, Weighed
from rodatraden.core.evaluation.findings import findings, stops
from rodatraden.core.evaluation.ranking import Contender, Place, TieRule, rank
from rodatraden.core.evaluation.reference import ReferenceSet
from rodatraden.core.evaluation.rounding import Where, rounded
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from rodatraden.core.evaluation.model import Model


class Status(StrEnum):
    """How far a bid came."""

    RANKED = "ranked"
    BELOW_GATE = "below_gate"
    NOT_QUALIFIED = "not_qualified"


@dataclass(frozen=True, slots=True)
class BidResult:
    """One bid's way through the model; what it never reached is None. `value` is what is compared, counted in `unit`."""

    key: str
    name: str
    status: Status
    steps: tuple[Step, ...]
    reason: Message | None = None
    points: Exact | None = None
    price: Exact | None = None
    value: Exact | None = None
    unit: Unit | None = None
    place: int | None = None

    @property
    def evaluation_price(self) -> Exact | None:
        """Return the value where the model compares kronor, and None where it compares something else."""
        return self.value if self.unit is Unit.AMOUNT else None


class Verdict(StrEnum):
    """What the calculation says about first place."""

    FIRST = "first"
    TIE = "tie"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class First:
    """First place: one bid, several that no published rule sets apart, or none."""

    verdict: Verdict
    keys: tuple[str, ...]

    @property
    def winner(self) -> str | None:
        """Return the one bid in first place; None stops the decision."""
        return self.keys[0] if self.verdict is Verdict.FIRST else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """First place with the steps that lead to it, every bid's own steps, and what was put in.

    `results` stand in the order of the ranking, then those below the gate, then the not qualified, each by key; `bids` by key.
    """

    value: First
    steps: tuple[Step, ...]
    results: tuple[BidResult, ...]
    model: Model
    bids: tuple[Bid, ...]

    @property
    def inputs_hash(self) -> str:
        """Return the SHA-256 of what was put in: made when it is asked for, since it takes a seventh of an evaluation."""
        return canonical_hash(inputs(self.model, self.bids))

    def to_json(self) -> dict[str, object]:
        """Return what is frozen: every figure, without the wording, so that it can be recomputed and compared."""
        return {
            "inputs": self.inputs_hash,
            "verdict": self.value.verdict.value,
            "first": list(self.value.keys),
            "results": [
                {
                    "key": result.key,
                    "status": result.status.value,
                    "points": result.points,
                    "price": result.price,
                    "value": result.value,
                    "place": result.place,
                    "steps": [step.to_json() for step in result.steps],
                }
                for result in self.results
            ],
        }

    @property
    def hash(self) -> str:
        """Return the SHA-256 of the frozen outcome."""
        return canonical_hash(self.to_json())


def evaluate(model: Model, bids: Iterable[Bid]) -> Outcome:
    """Return the outcome of `bids` under `model`; their order plays no part.

    Raises:
        InputError: the model can't be used, or a bid lacks a score or holds something that can't be counted.
    """
    for finding in stops(findings(model)):
        raise InputError(InputFault.UNUSABLE_MODEL, finding.text, field=finding.field, source=finding.source)
    entered = checked(bids)
    results, places = _ranking(model, entered)
    placed = {place.key: place for place in places}
    names = {bid.key: bid.name for bid in entered}
    finished = [_placed(model, result, placed.get(result.key), names) for result in results]
    order = list(Status)
    finished.sort(key=lambda result: (order.index(result.status), result.place or 0, result.key))
    first = _first(places)
    return Outcome(
        value=first,
        steps=_outcome_steps(model, finished, first, placed),
        results=tuple(finished),
        model=model,
        bids=tuple(entered),
    )


def ranking(model: Model, bids: Iterable[Bid]) -> dict[str, tuple[Exact, int]]:
    """Return value and place of every ranked bid, without the steps and hashes of `evaluate`: for searches over many bids.

    The model can be used, which whoever searches has asked `findings` once.

    Raises:
        InputError: as `evaluate`.
    """
    results, places = _ranking(model, checked(bids))
    values = {result.key: result.value for result in results if result.value is not None}
    return {place.key: (values[place.key], place.place) for place in places}


def contender(model: Model, bid: Bid) -> Contender | None:
    """Return what a bid is ranked by in an absolute model, where it depends on the bid alone; None below a gate.

    Raises:
        InputError: as `evaluate`.
    """
    judged, priced = _judged(model, bid), _priced(model)
    return _contender(judged, _weighed(model, judged, _field(model, [judged], priced), priced))


def _contender(judged: _Judged, result: BidResult) -> Contender | None:
    if result.value is None:
        return None
    price = None if result.price is None else as_fraction(result.price)
    return Contender(result.key, result.value, as_fraction(result.points), price, judged.by_criterion)


def _ranking(model: Model, entered: Sequence[Bid]) -> tuple[list[BidResult], tuple[Place, ...]]:
    judged = [_judged(model, bid) for bid in entered]
    priced = _priced(model)
    compared_with = _field(model, judged, priced)
    results = [_weighed(model, each, compared_with, priced) for each in judged]
    found = (_contender(each, result) for each, result in zip(judged, results, strict=True))
    contenders = [each for each in found if each is not None]
    return results, rank(contenders, model.tie_rule, model.combination.best, model.corridor)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A bid after the gates."""

    bid: Bid
    status: Status
    steps: tuple[Step, ...] = ()
    reason: Message | None = None
    points: Fraction | None = None
    by_criterion: Mapping[str, Fraction] = field(default_factory=dict)


def _judged(model: Model, bid: Bid) -> _Judged:
    if bid.not_qualified is not None:
        return _Judged(bid, Status.NOT_QUALIFIED, reason=say("Not qualified: {reason}", reason=bid.not_qualified))
    scores, steps = scores_of(model, bid)
    by_criterion, told = points_of(model.criteria, scores, model.roundings)
    points, summed = total(by_criterion, model.roundings)
    steps += told + summed
    for gate in model.gates:
        judgement = gate.judged(model.criteria, by_criterion)
        steps += judgement.steps
        if judgement.reason is not None:
            return _Judged(bid, Status.BELOW_GATE, steps, judgement.reason, points, by_criterion)
    if model.renormalised_to is not None:
        highest, scaled = simplest(highest_total(model.criteria)), model.renormalised_to
        text = say(
            "Points of {scaled}: {points} × {scaled} ÷ {highest}",
            points=simplest(points), scaled=scaled, highest=highest,
        )  # fmt: skip
        points = model.counted_up(points)
        steps += (Step(StepKind.RENORMALISED, text, simplest(points), Unit.POINTS),)
    return _Judged(bid, Status.RANKED, steps, None, points, by_criterion)


_Priced = Callable[[Bid], Weighed]


def _priced(model: Model) -> _Priced:
    """Return what gives a bid's price and its lines: asked for late, since one that is out needs none, and counted once."""
    known: dict[str, Weighed] = {}

    def priced(bid: Bid) -> Weighed:
        if bid.key not in known:
            known[bid.key] = price_of(model, bid)
        return known[bid.key]

    return priced


WITHIN = {
    ReferenceSet.OPENED: frozenset(Status),
    ReferenceSet.QUALIFIED: frozenset({Status.RANKED, Status.BELOW_GATE}),
    ReferenceSet.ABOVE_GATE: frozenset({Status.RANKED}),
}
"""How far a bid must have come for each reference set."""


def _field(model: Model, judged: Sequence[_Judged], priced: _Priced) -> Field:
    """Return the field that bids are compared with; an absolute model has none and asks no price of who is out."""
    if not model.combination.is_relative or model.reference_set is None:
        return Field(most_points=model.most_points, roundings=model.roundings)
    within = [each for each in judged if each.status in WITHIN[model.reference_set or ReferenceSet.OPENED]]
    return Field(
        prices=tuple(priced(each.bid)[0] for each in within),
        points=tuple(_entered(model, each) for each in within if each.points is not None),
        most_points=model.most_points,
        roundings=model.roundings,
    )


def _entered(model: Model, judged: _Judged) -> Fraction:
    """Return the points of a bid on the scale of the weighing, on which one below a gate has not been put."""
    points = as_fraction(judged.points)
    return points if judged.status is Status.RANKED else model.counted_up(points)


def _weighed(model: Model, judged: _Judged, compared_with: Field, priced: _Priced) -> BidResult:
    bid, steps = judged.bid, judged.steps
    points = None if judged.points is None else simplest(judged.points)
    if judged.status is not Status.RANKED or judged.points is None:
        return BidResult(bid.key, bid.name, judged.status, steps, judged.reason, points)
    price: Fraction | None = None
    if model.combination.needs_price:
        price, told = priced(bid)
        steps += told
    try:
        value, told = model.combination.weighed(Entry(price, judged.points), compared_with)
    except UndefinedError as error:
        raise InputError(InputFault.UNDEFINED, error.reason, bid=bid.key, field="combination", value=price) from error
    steps += told
    value, told = rounded(value, Where.VALUE, model.roundings, model.combination.unit)
    return BidResult(
        bid.key,
        bid.name,
        Status.RANKED,
        steps + told,
        points=points,
        price=None if price is None else simplest(price),
        value=simplest(value),
        unit=model.combination.unit,
    )


def _placed(model: Model, result: BidResult, place: Place | None, names: Mapping[str, str]) -> BidResult:
    if place is None:
        return result
    steps = result.steps
    if model.corridor is not None:
        percent = model.corridor.percent
        text = (
            say("Within {percent} % of the best value", percent=percent)
            if place.inside
            else say("Not within {percent} % of the best value", percent=percent)
        )
        steps += (Step(StepKind.CORRIDOR, text),)
    if place.set_apart_from:
        steps += (_tie_step(model, result, _listed(place.set_apart_from, names)),)
    if place.level_with:
        text = say("Place {place}, shared with {others}", place=place.place, others=_listed(place.level_with, names))
    else:
        text = say("Place {place}", place=place.place)
    return replace(result, place=place.place, steps=(*steps, Step(StepKind.PLACE, text)))


def _tie_step(model: Model, result: BidResult, others: str) -> Step:
    if model.tie_rule is TieRule.LOWER_PRICE:
        text = say("Same value as {others}: the lower price goes first", others=others)
        return Step(StepKind.TIE, text, result.price, Unit.AMOUNT)
    if model.tie_rule is TieRule.CRITERIA_IN_ORDER:
        return Step(StepKind.TIE, say("Same value as {others}: the criteria are compared in order", others=others))
    text = say("Same evaluation price as {others}: higher points go first", others=others)
    if result.unit is not Unit.AMOUNT:
        text = say("Same value as {others}: higher points go first", others=others)
    return Step(StepKind.TIE, text, result.points, Unit.POINTS)


def _first(places: Sequence[Place]) -> First:
    keys = tuple(place.key for place in places if place.place == 1)
    verdicts = {0: Verdict.NOBODY, 1: Verdict.FIRST}
    return First(verdicts.get(len(keys), Verdict.TIE), keys)


def _outcome_steps(
    model: Model, results: Sequence[BidResult], first: First, places: Mapping[str, Place]
) -> tuple[Step, ...]:
    names = {result.key: result.name for result in results}
    statuses = Counter(result.status for result in results)
    counted = say(
        "{n} bids: {ranked} ranked, {below} below the gate, {out} not qualified.",
        n=len(results),
        ranked=statuses[Status.RANKED],
        below=statuses[Status.BELOW_GATE],
        out=statuses[Status.NOT_QUALIFIED],
    )
    if first.verdict is Verdict.NOBODY:
        return Step(StepKind.RESULT, counted), Step(StepKind.RESULT, say("No bid can be ranked."))
    best = results[0]
    others = _listed(places[best.key].set_apart_from, names)
    if first.verdict is Verdict.TIE:
        text = _tied(best, _listed(first.keys, names))
    elif others:
        text = _set_apart(model, best, others)
    elif model.corridor is not None:
        text = say(
            "{name} is first of the bids within {percent} % of the best value.",
            name=best.name, percent=model.corridor.percent,
        )  # fmt: skip
    else:
        text = _alone(best)
    return Step(StepKind.RESULT, counted), Step(StepKind.RESULT, text, best.value, best.unit)


def _alone(best: BidResult) -> Message:
    match best.unit:
        case Unit.AMOUNT:
            return say("{name} has the lowest evaluation price.", name=best.name)
        case Unit.POINTS:
            return say("{name} has the most evaluation points.", name=best.name)
        case _:
            return say("{name} has the best ratio between points and price.", name=best.name)


def _tied(best: BidResult, names: str) -> Message:
    if best.unit is Unit.AMOUNT:
        return say(
            "{names} have the same, lowest evaluation price. No published rule sets them apart, so nobody is first.",
            names=names,
        )
    return say("{names} have the same, best value. No published rule sets them apart, so nobody is first.", names=names)


def _set_apart(model: Model, best: BidResult, others: str) -> Message:
    if model.tie_rule is TieRule.LOWER_PRICE:
        return say(
            "{name} and {others} have the same, best value. By the published rule {name} is first, with the lower price.",
            name=best.name, others=others,
        )  # fmt: skip
    if model.tie_rule is TieRule.CRITERIA_IN_ORDER:
        return say(
            "{name} and {others} have the same, best value. By the published rule {name} is first, with more points on the first criterion that sets them apart.",
            name=best.name, others=others,
        )  # fmt: skip
    if best.unit is Unit.AMOUNT:
        return say(
            "{name} and {others} have the same, lowest evaluation price. By the published rule {name} is first, with more points.",
            name=best.name, others=others,
        )  # fmt: skip
    return say(
        "{name} and {others} have the same, best value. By the published rule {name} is first, with more points.",
        name=best.name, others=others,
    )  # fmt: skip


def _listed(keys: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(names[key] for key in keys)
