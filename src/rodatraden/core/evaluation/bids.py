"""What is put in: bids with scores and prices, checked so that nothing missing becomes 0 and nothing rounded decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.assessment import ScoreFault
from rodatraden.core.assessment.scale import score_problem
from rodatraden.core.evaluation.experience import Assignment, experience, read_assignments
from rodatraden.core.evaluation.model import Model
from rodatraden.core.evaluation.reading import (
    ModelError,
    read_exact,
    read_list,
    read_number,
    read_object,
    read_text,
    written,
)
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import Exact, as_fraction, plain, simplest
from rodatraden.core.message import Amount, Message, say
from rodatraden.core.numbers import AMOUNT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal
    from fractions import Fraction

    from rodatraden.core.evaluation.criteria import Criterion

LONGEST_REASON = 10_000


@dataclass(frozen=True, slots=True)
class Bid:
    """What is known of a bid. `not_qualified` is a person's reason why it is not judged; None when it is.

    `prices` are those of the model's price lines, `assignments` those that a criterion in months is counted from, and
    `currency` what the bid's amounts are in when it is not that of the tender.
    """

    key: str
    name: str
    price: Decimal | None
    scores: Mapping[str, Exact]
    not_qualified: str | None = None
    prices: Mapping[str, Exact] = field(default_factory=dict)
    assignments: Mapping[str, tuple[Assignment, ...]] = field(default_factory=dict)
    currency: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return what is hashed of a bid."""
        return {
            "key": self.key,
            "name": self.name,
            "price": None if self.price is None else plain(self.price),
            "scores": {key: plain(score) for key, score in self.scores.items()},
            "not_qualified": self.not_qualified,
            **written(
                prices={key: plain(price) for key, price in self.prices.items()},
                assignments={
                    key: [{"first": each.first, "last": each.last} for each in days]
                    for key, days in self.assignments.items()
                },
                currency=self.currency,
            ),
        }


class InputFault(StrEnum):
    """What can be wrong with a model or a bid."""

    UNUSABLE_MODEL = "unusable_model"
    DUPLICATE_BIDDER = "duplicate_bidder"
    NO_REASON = "no_reason"
    MISSING_SCORE = "missing_score"
    UNKNOWN_BID = "unknown_bid"
    UNKNOWN_CRITERION = "unknown_criterion"
    SCORE_NOT_EXACT = "score_not_exact"
    SCORE_OUTSIDE = "score_outside"
    SCORE_OFF_STEP = "score_off_step"
    MISSING_PRICE = "missing_price"
    UNKNOWN_LINE = "unknown_line"
    UNKNOWN_CURRENCY = "unknown_currency"
    PRICE_NOT_EXACT = "price_not_exact"
    PRICE_NOT_POSITIVE = "price_not_positive"
    PRICE_TOO_LARGE = "price_too_large"
    UNDEFINED = "undefined"


class InputError(ValueError):
    """The evaluation can't be computed: which bid, which field, the value there, and where a rule asks, the source.

    `lot` is the key of the lot when several are evaluated together.
    """

    def __init__(
        self,
        fault: InputFault,
        reason: Message,
        *,
        bid: str = "",
        field: str = "",
        value: object = None,
        source: str = "",
    ) -> None:
        super().__init__(str(reason))
        self.fault = fault
        self.reason = reason
        self.bid = bid
        self.field = field
        self.value = value
        self.source = source
        self.lot = ""


def inputs(model: Model, bids: Iterable[Bid]) -> dict[str, object]:
    """Return all that the outcome depends on, whatever order the bids come in; `read_inputs` reads it again."""
    return {"model": model.to_json(), "bids": [bid.to_json() for bid in sorted(bids, key=lambda bid: bid.key)]}


def read_inputs(value: object) -> tuple[Model, tuple[Bid, ...]]:
    """Return the model and the bids that were frozen, so that the outcome can be computed again and compared.

    Raises:
        ModelError: the value is not what `inputs` gave.
    """
    found = read_object(value, "inputs", ("model", "bids"))
    bids = read_list(found["bids"], "inputs.bids")
    return Model.from_json(found["model"]), tuple(read_bid(each, f"inputs.bids[{n}]") for n, each in enumerate(bids))


def read_bid(value: object, field: str) -> Bid:
    """Read a bid.

    Raises:
        ModelError: a field is missing, unknown or of the wrong kind.
    """
    optional = ("name", "price", "scores", "not_qualified", "prices", "assignments", "currency")
    found = read_object(value, field, ("key",), optional)
    key, reason, price = read_text(found["key"], f"{field}.key"), found.get("not_qualified"), found.get("price")
    if reason is not None and (not isinstance(reason, str) or len(reason) > LONGEST_REASON):
        too_long = say("This must be a text of 1 to {most} characters.", most=LONGEST_REASON)
        raise ModelError(f"{field}.not_qualified", reason, too_long)
    currency = found.get("currency")
    return Bid(
        key=key,
        name=read_text(found.get("name", key), f"{field}.name"),
        price=None if price is None else read_number(price, f"{field}.price"),
        scores={name: read_exact(each, where) for name, each, where in _named(found, "scores", field)},
        not_qualified=reason,
        prices={name: read_exact(each, where) for name, each, where in _named(found, "prices", field)},
        assignments={name: read_assignments(each, where) for name, each, where in _named(found, "assignments", field)},
        currency=None if currency is None else read_text(currency, f"{field}.currency"),
    )


def _named(found: dict[str, object], part: str, field: str) -> list[tuple[str, object, str]]:
    values = found.get(part, {})
    if not isinstance(values, dict):
        raise ModelError(f"{field}.{part}", values, say("This must be an object."))
    return [(name, each, f"{field}.{part}.{name}") for name, each in values.items()]


def checked(bids: Iterable[Bid]) -> list[Bid]:
    """Return the bids by key, when each stands once, holds only exact numbers, and gives a reason if it is out.

    Raises:
        InputError: one does not.
    """
    entered = sorted(bids, key=lambda bid: bid.key)
    for key, times in Counter(bid.key for bid in entered).items():
        if times > 1:
            name = next(bid.name for bid in entered if bid.key == key)
            reason = say("{name} stands twice among the bids.", name=name)
            raise InputError(InputFault.DUPLICATE_BIDDER, reason, bid=key, value=key)
    for bid in entered:
        _check_exact(bid)
        if bid.not_qualified is not None and not bid.not_qualified.strip():
            reason = say("{name} is not qualified, but no reason is written.", name=bid.name)
            raise InputError(InputFault.NO_REASON, reason, bid=bid.key, field="not_qualified", source="LOU 4 kap. 1 §")
    return entered


def _check_exact(bid: Bid) -> None:
    for key, score in bid.scores.items():
        if not _is_exact(score):
            reason = say("{score} is not an exact number.", score=str(score))
            raise InputError(InputFault.SCORE_NOT_EXACT, reason, bid=bid.key, field=key, value=score)
    prices = {f"prices.{key}": price for key, price in bid.prices.items()}
    for key, price in (prices if bid.price is None else {"price": bid.price, **prices}).items():
        if not _is_exact(price):
            reason = say("{price} is not an exact price.", price=str(price))
            raise InputError(InputFault.PRICE_NOT_EXACT, reason, bid=bid.key, field=key, value=price)


def _is_exact(value: object) -> bool:
    try:
        as_fraction(value)
    except TypeError:
        return False
    return True


_SCORE_FAULTS = {
    ScoreFault.NOT_EXACT: InputFault.SCORE_NOT_EXACT,
    ScoreFault.OUTSIDE: InputFault.SCORE_OUTSIDE,
    ScoreFault.OFF_STEP: InputFault.SCORE_OFF_STEP,
}


def scores_of(model: Model, bid: Bid) -> tuple[dict[str, Exact], tuple[Step, ...]]:
    """Return a score on every criterion, months counted from assignments, with the lines of the counting.

    Raises:
        InputError: a score is missing, outside its scale, between two steps, or on something that is no criterion.
    """
    known = {criterion.key for criterion in model.criteria}
    for key in (*bid.scores, *bid.assignments):
        if key not in known:
            reason = say(
                "{name} has points on something that is not a criterion: {criterion}.", name=bid.name, criterion=key
            )
            raise InputError(
                InputFault.UNKNOWN_CRITERION, reason, bid=bid.key, field=key, value=key, source="LOU 16 kap. 1 §"
            )
    scores: dict[str, Exact] = {}
    steps: tuple[Step, ...] = ()
    for criterion in model.criteria:
        scores[criterion.key], told = _score(criterion, bid)
        steps += told
    return scores, steps


def _score(criterion: Criterion, bid: Bid) -> tuple[Exact, tuple[Step, ...]]:
    key = criterion.key
    steps: tuple[Step, ...] = ()
    if criterion.months is not None and key in bid.assignments:
        counted = experience(bid.assignments[key], rule=criterion.months.rule, counted_on=criterion.months.counted_on)
        highest = int(criterion.scale.highest)
        score: Exact = simplest(as_fraction(min(counted.value, highest)))
        *stretches, last = counted.steps
        steps = tuple(Step(StepKind.EXPERIENCE, text) for text in stretches)
        steps += (Step(StepKind.EXPERIENCE, last, simplest(as_fraction(counted.value)), Unit.MONTHS),)
    elif key in bid.scores:
        score = bid.scores[key]
    else:
        reason = say("{name} has no points on {criterion}.", name=bid.name, criterion=criterion.label)
        raise InputError(InputFault.MISSING_SCORE, reason, bid=bid.key, field=key)
    problem = score_problem(criterion.scale, score)
    if problem:
        raise InputError(_SCORE_FAULTS[problem.fault], problem.reason, bid=bid.key, field=key, value=score)
    return score, steps


def price_of(model: Model, bid: Bid) -> tuple[Fraction, tuple[Step, ...]]:
    """Return the price of a bid that is compared, and its lines.

    Raises:
        InputError: a price is missing, 0 or less, too large, on a line there is not, or in a currency without rate.
    """
    known = {line.key: line for line in model.price.lines}
    for key in bid.prices:
        if key not in known:
            reason = say("{name} has a price on something that is not asked for: {line}.", name=bid.name, line=key)
            raise InputError(InputFault.UNKNOWN_LINE, reason, bid=bid.key, field=f"prices.{key}", value=key)
    if bid.currency not in {None, model.price.currency, *dict(model.price.rates)}:
        reason = say(
            "{name} has prices in {currency}, for which no rate is published.",
            name=bid.name, currency=bid.currency or "",
        )  # fmt: skip
        raise InputError(InputFault.UNKNOWN_CURRENCY, reason, bid=bid.key, field="currency", value=bid.currency)
    steps: tuple[Step, ...] = ()
    if known:
        for key, line in known.items():
            _stated(bid, bid.prices.get(key), f"prices.{key}", label=line.label, may_be_zero=line.may_be_zero)
        price, steps = model.price.of_lines(bid.prices, model.roundings)
        price = _stated(bid, simplest(price), "prices")
    else:
        price = _stated(bid, bid.price, "price")
    compared, told = model.price.compared(price, bid.currency, model.roundings)
    if compared <= 0:  # what rounding has made of a small price
        _stated(bid, simplest(compared), "price")
    return compared, steps + told


def _stated(bid: Bid, price: Exact | None, where: str, *, label: str = "", may_be_zero: bool = False) -> Fraction:
    if price is None:
        reason = say("{name} has no price.", name=bid.name)
        if label:
            reason = say("{name} has no price on {line}.", name=bid.name, line=label)
        raise InputError(InputFault.MISSING_PRICE, reason, bid=bid.key, field=where)
    exact = as_fraction(price)
    if exact < 0 or (exact == 0 and not may_be_zero):
        raise InputError(
            InputFault.PRICE_NOT_POSITIVE,
            say("The price of {name} is {price}. A price must be more than 0.", name=bid.name, price=Amount(price)),
            bid=bid.key,
            field=where,
            value=price,
            source="HFD 2023 ref. 7",  # known only from a mention
        )
    if exact > AMOUNT_LIMIT:
        reason = say(
            "The price of {name} is {price}. It can be at most {limit}.",
            name=bid.name,
            price=Amount(price),
            limit=Amount(AMOUNT_LIMIT),
        )
        raise InputError(InputFault.PRICE_TOO_LARGE, reason, bid=bid.key, field=where, value=price)
    return exact
