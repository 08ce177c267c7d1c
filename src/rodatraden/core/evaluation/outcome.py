"""Which bid comes first, and why: the calculation that the decision is written from and the bidders read.

The program computes and tells; a named person decides (INV-35).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.assessment import ScoreFault
from rodatraden.core.assessment.scale import score_problem
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.evaluation.criteria import total
from rodatraden.core.evaluation.findings import findings, stops
from rodatraden.core.evaluation.model import Model
from rodatraden.core.evaluation.ranking import Contender, Place, rank
from rodatraden.core.evaluation.reading import (
    ModelError,
    read_exact,
    read_list,
    read_number,
    read_object,
    read_text,
)
from rodatraden.core.evaluation.rounding import rounded
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Bid:
    """What is known of a bid. `not_qualified` is a person's reason why it is not judged; None when it is."""

    key: str
    name: str
    price: Decimal | None
    scores: Mapping[str, Exact]
    not_qualified: str | None = None


class InputFault(StrEnum):
    """What can be wrong with a model or a bid."""

    UNUSABLE_MODEL = "unusable_model"
    DUPLICATE_BIDDER = "duplicate_bidder"
    NO_REASON = "no_reason"
    MISSING_SCORE = "missing_score"
    UNKNOWN_CRITERION = "unknown_criterion"
    SCORE_NOT_EXACT = "score_not_exact"
    SCORE_OUTSIDE = "score_outside"
    SCORE_OFF_STEP = "score_off_step"
    MISSING_PRICE = "missing_price"
    PRICE_NOT_EXACT = "price_not_exact"
    PRICE_NOT_POSITIVE = "price_not_positive"


class InputError(ValueError):
    """The evaluation can't be computed; says which bid and which field, and where a rule asks for it, the source."""

    def __init__(self, fault: InputFault, reason: Message, *, bid: str = "", field: str = "", source: str = "") -> None:
        super().__init__(str(reason))
        self.fault = fault
        self.reason = reason
        self.bid = bid
        self.field = field
        self.source = source


class Status(StrEnum):
    """How far a bid came."""

    RANKED = "ranked"
    BELOW_GATE = "below_gate"
    NOT_QUALIFIED = "not_qualified"


@dataclass(frozen=True, slots=True)
class BidResult:
    """One bid's way through the model; what it never reached is None."""

    key: str
    name: str
    status: Status
    steps: tuple[Step, ...]
    reason: Message | None = None
    points: Exact | None = None
    evaluation_price: Exact | None = None
    place: int | None = None


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
    """First place with the steps that lead to it, every bid's own steps, and the hash of what was put in.

    `results` stand in the order of the ranking, then those below the gate, then the not qualified, each by key.
    """

    value: First
    steps: tuple[Step, ...]
    results: tuple[BidResult, ...]
    inputs_hash: str

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
                    "evaluation_price": result.evaluation_price,
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
    _check_model(model)
    entered = _checked(bids)
    names = {bid.key: bid.name for bid in entered}
    results = [_judged(model, bid) for bid in entered]
    places = rank(
        (
            Contender(result.key, result.evaluation_price, as_fraction(result.points))
            for result in results
            if result.evaluation_price is not None
        ),
        model.tie_rule,
    )
    placed = {place.key: place for place in places}
    finished = [_placed(result, placed.get(result.key), names) for result in results]
    order = list(Status)
    finished.sort(key=lambda result: (order.index(result.status), result.place or 0, result.key))
    first = _first(places)
    return Outcome(
        value=first,
        steps=_outcome_steps(finished, first, placed),
        results=tuple(finished),
        inputs_hash=canonical_hash(inputs(model, entered)),
    )


def inputs(model: Model, bids: Iterable[Bid]) -> dict[str, object]:
    """Return all that the outcome depends on, whatever order the bids come in; `read_inputs` reads it again."""
    return {
        "model": model.to_json(),
        "bids": [
            {
                "key": bid.key,
                "name": bid.name,
                "price": None if bid.price is None else simplest(as_fraction(bid.price)),
                "scores": {key: simplest(as_fraction(score)) for key, score in bid.scores.items()},
                "not_qualified": bid.not_qualified,
            }
            for bid in sorted(bids, key=lambda bid: bid.key)
        ],
    }


def read_inputs(value: object) -> tuple[Model, tuple[Bid, ...]]:
    """Return the model and the bids that were frozen, so that the outcome can be computed again and compared.

    Raises:
        ModelError: the value is not what `inputs` gave.
    """
    found = read_object(value, "inputs", ("model", "bids"))
    bids = read_list(found["bids"], "inputs.bids")
    return Model.from_json(found["model"]), tuple(_bid(each, f"inputs.bids[{n}]") for n, each in enumerate(bids))


def _bid(value: object, field: str) -> Bid:
    found = read_object(value, field, ("key", "name", "price", "scores", "not_qualified"))
    scores = found["scores"]
    if not isinstance(scores, dict):
        raise ModelError(f"{field}.scores", scores, say("This must be an object."))
    reason = found["not_qualified"]
    return Bid(
        key=read_text(found["key"], f"{field}.key"),
        name=read_text(found["name"], f"{field}.name"),
        price=None if found["price"] is None else read_number(found["price"], f"{field}.price"),
        scores={key: read_exact(score, f"{field}.scores.{key}") for key, score in scores.items()},
        not_qualified=None if reason is None else str(reason),
    )


def _check_model(model: Model) -> None:
    for finding in stops(findings(model)):
        raise InputError(InputFault.UNUSABLE_MODEL, finding.text, field=finding.field, source=finding.source)


def _checked(bids: Iterable[Bid]) -> list[Bid]:
    entered = sorted(bids, key=lambda bid: bid.key)
    for key, times in Counter(bid.key for bid in entered).items():
        if times > 1:
            name = next(bid.name for bid in entered if bid.key == key)
            raise InputError(
                InputFault.DUPLICATE_BIDDER, say("{name} stands twice among the bids.", name=name), bid=key
            )
    for bid in entered:
        _check_exact(bid)
        if bid.not_qualified is not None and not bid.not_qualified.strip():
            reason = say("{name} is not qualified, but no reason is written.", name=bid.name)
            raise InputError(InputFault.NO_REASON, reason, bid=bid.key, field="not_qualified", source="LOU 4 kap. 1 §")
    return entered


def _check_exact(bid: Bid) -> None:
    for key, score in bid.scores.items():
        try:
            as_fraction(score)
        except TypeError as error:
            reason = say("{score} is not an exact number.", score=str(score))
            raise InputError(InputFault.SCORE_NOT_EXACT, reason, bid=bid.key, field=key) from error
    if bid.price is not None:
        try:
            as_fraction(bid.price)
        except TypeError as error:
            reason = say("{price} is not an exact price.", price=str(bid.price))
            raise InputError(InputFault.PRICE_NOT_EXACT, reason, bid=bid.key, field="price") from error


_SCORE_FAULTS = {
    ScoreFault.NOT_EXACT: InputFault.SCORE_NOT_EXACT,
    ScoreFault.OUTSIDE: InputFault.SCORE_OUTSIDE,
    ScoreFault.OFF_STEP: InputFault.SCORE_OFF_STEP,
}


def _check_scores(model: Model, bid: Bid) -> None:
    known = {criterion.key for criterion in model.criteria}
    for key in bid.scores:
        if key not in known:
            reason = say(
                "{name} has points on something that is not a criterion: {criterion}.", name=bid.name, criterion=key
            )
            raise InputError(InputFault.UNKNOWN_CRITERION, reason, bid=bid.key, field=key, source="LOU 16 kap. 1 §")
    for criterion in model.criteria:
        if criterion.key not in bid.scores:
            reason = say("{name} has no points on {criterion}.", name=bid.name, criterion=criterion.label)
            raise InputError(InputFault.MISSING_SCORE, reason, bid=bid.key, field=criterion.key)
        problem = score_problem(criterion.scale, bid.scores[criterion.key])
        if problem:
            raise InputError(_SCORE_FAULTS[problem.fault], problem.reason, bid=bid.key, field=criterion.key)


def _price(bid: Bid) -> Fraction:
    if bid.price is None:
        raise InputError(
            InputFault.MISSING_PRICE, say("{name} has no price.", name=bid.name), bid=bid.key, field="price"
        )
    price = as_fraction(bid.price)
    if price <= 0:
        raise InputError(
            InputFault.PRICE_NOT_POSITIVE,
            say("The price of {name} is {price}. A price must be more than 0.", name=bid.name, price=bid.price),
            bid=bid.key,
            field="price",
            source="HFD 2023 ref. 7",  # known only from a mention,
        )
    return price


def _judged(model: Model, bid: Bid) -> BidResult:
    if bid.not_qualified is not None:
        reason = say("Not qualified: {reason}", reason=bid.not_qualified)
        return BidResult(bid.key, bid.name, Status.NOT_QUALIFIED, (), reason)
    _check_scores(model, bid)
    points, steps = total(model.criteria, bid.scores)
    shown = simplest(points)
    if model.gate:
        steps += (model.gate.step(points),)
        if not model.gate.passes(points):
            reason = say("{points} points are below the gate of {minimum}.", points=shown, minimum=model.gate.minimum)
            return BidResult(bid.key, bid.name, Status.BELOW_GATE, steps, reason, shown)
    price, price_steps = model.price.evaluation_price(_price(bid), points)
    return BidResult(
        bid.key,
        bid.name,
        Status.RANKED,
        steps + price_steps,
        points=shown,
        evaluation_price=rounded(price, model.rounding),
    )


def _placed(result: BidResult, place: Place | None, names: Mapping[str, str]) -> BidResult:
    if place is None:
        return result
    steps = result.steps
    if place.set_apart_from:
        text = say(
            "Same evaluation price as {others}: higher points go first", others=_listed(place.set_apart_from, names)
        )
        steps += (Step(StepKind.TIE, text, result.points, Unit.POINTS),)
    if place.level_with:
        text = say("Place {place}, shared with {others}", place=place.place, others=_listed(place.level_with, names))
    else:
        text = say("Place {place}", place=place.place)
    return replace(result, place=place.place, steps=(*steps, Step(StepKind.PLACE, text)))


def _first(places: Sequence[Place]) -> First:
    keys = tuple(place.key for place in places if place.place == 1)
    verdicts = {0: Verdict.NOBODY, 1: Verdict.FIRST}
    return First(verdicts.get(len(keys), Verdict.TIE), keys)


def _outcome_steps(results: Sequence[BidResult], first: First, places: Mapping[str, Place]) -> tuple[Step, ...]:
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
    if first.verdict is Verdict.TIE:
        text = say(
            "{names} have the same, lowest evaluation price. No published rule sets them apart, so nobody is first.",
            names=_listed(first.keys, names),
        )
    elif places[best.key].set_apart_from:
        text = say(
            "{name} and {others} have the same, lowest evaluation price. By the published rule {name} is first, with more points.",
            name=best.name, others=_listed(places[best.key].set_apart_from, names),
        )  # fmt: skip
    else:
        text = say("{name} has the lowest evaluation price.", name=best.name)
    return Step(StepKind.RESULT, counted), Step(StepKind.RESULT, text, best.evaluation_price, Unit.AMOUNT)


def _listed(keys: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(names[key] for key in keys)
