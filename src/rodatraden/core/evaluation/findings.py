"""What can be said about a model before anybody has bid: what stops it, what to think of, what holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.criteria import highest_total, lowest_total
from rodatraden.core.evaluation.percentage_addition import PercentageAddition
from rodatraden.core.evaluation.percentage_deduction import PercentageDeduction
from rodatraden.core.evaluation.price_addition import PriceAddition
from rodatraden.core.evaluation.ranking import TieRule
from rodatraden.core.evaluation.weighted_sum import WeightedSum
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Amount, Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from rodatraden.core.evaluation.model import Model


class Level(StrEnum):
    """A stop keeps the documents from being published, a warning is told, what passed is shown."""

    STOP = "stop"
    WARNING = "warning"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check. `field` is where in the model it is mended, `source` the rule that asks for it."""

    code: str
    level: Level
    text: Message
    source: str
    field: str


def findings(model: Model, asked: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Return the answer of every check, stops first. A model with a stop can't be computed.

    `asked` are the award criteria in the documents (key and label): each must give points in the model, and the other
    way round (INV-09). Without it that check is left out.
    """
    found = [*_criteria(model), *_gates(model), *_weights(model), *_price(model), *_third_bid(model), *_tie_rule(model)]
    if asked is not None:
        found += _asked(model, asked)
    order = list(Level)
    return tuple(sorted(found, key=lambda finding: order.index(finding.level)))


def stops(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return only what keeps the model from being used."""
    return tuple(finding for finding in found if finding.level is Level.STOP)


def _criteria(model: Model) -> Iterator[Finding]:
    source, field = "LOU 16 kap. 6 §", "criteria"
    if not model.criteria:
        if model.combination.needs_points:
            yield Finding("no_criteria", Level.STOP, say("No criterion gives points."), source, field)
        return
    highest = highest_total(model.criteria)
    if model.total is not None and as_fraction(model.total) != highest:
        text = say(
            "The criteria give at most {sum} points, but their published sum is {total}.",
            sum=simplest(highest), total=model.total,
        )  # fmt: skip
        yield Finding("criteria_total", Level.STOP, text, source, "total")
    target = _target(model)
    if target is None:
        return
    most = model.most_points
    level = Level.PASSED if most == as_fraction(target) else Level.STOP
    text = say("The points add up: the criteria give {sum} of {target}.", sum=simplest(most), target=target)
    if level is Level.STOP:
        text = say(
            "The criteria give at most {sum} points, but the addition is counted from {target}.",
            sum=simplest(most), target=target,
        )  # fmt: skip
    yield Finding("criteria_sum", level, text, source, field)


def _target(model: Model) -> Decimal | None:
    """Return the points that an addition is counted from."""
    weighing = model.combination
    return weighing.target if isinstance(weighing, PriceAddition | PercentageAddition) else None


def _gates(model: Model) -> Iterator[Finding]:
    source = "C-546/16 Montte"
    for n, gate in enumerate(model.gates):
        field = "gate" if gate is model.gate else f"gates[{n}]"
        minded = gate.minded(model.criteria)
        highest, least = highest_total(minded), gate.least(model.criteria)
        values = {"minimum": simplest(least), "sum": simplest(highest)}
        if least > highest:
            text = say("No bid can pass the gate of {minimum}: the criteria give at most {sum} points.", **values)
            yield Finding("gate_reachable", Level.STOP, text, source, field)
        elif least <= lowest_total(minded):
            text = say("Every bid passes the gate of {minimum}.", minimum=simplest(least))
            yield Finding("gate_reachable", Level.WARNING, text, source, field)
        else:
            text = say("The gate of {minimum} of {sum} points can be passed.", **values)
            yield Finding("gate_reachable", Level.PASSED, text, source, field)


def _weights(model: Model) -> Iterator[Finding]:
    weighing = model.combination
    if not isinstance(weighing, WeightedSum):
        return
    together = weighing.price_weight + weighing.quality_weight
    is_whole = together == weighing.total
    values = {"sum": together, "total": weighing.total}
    text = say("The weights add up to {sum}, but their published sum is {total}.", **values)
    if is_whole:
        text = say("The weights add up to {total}.", total=weighing.total)
    level = Level.PASSED if is_whole else Level.STOP
    yield Finding("weights_sum", level, text, "LOU 16 kap. 6 §", "combination.total")


def _price(model: Model) -> Iterator[Finding]:
    weighing, field = model.combination, "combination.per_point"
    if isinstance(weighing, PriceAddition):
        if as_fraction(weighing.per_point) > 0:
            text = say("Each missing point costs {amount} SEK.", amount=Amount(weighing.per_point))
            yield Finding("price_addition_positive", Level.PASSED, text, "LOU 16 kap. 1 §", field)
        else:
            text = say(
                "With an addition of {amount} SEK per point, higher quality never pays.",
                amount=Amount(weighing.per_point),
            )
            yield Finding("price_addition_positive", Level.STOP, text, "LOU 16 kap. 1 §", field)
    source, field = "HFD 2022 ref. 41", "combination"
    if not weighing.needs_price:
        return
    keeps_a_price = not isinstance(weighing, PercentageDeduction) or weighing.leaves_a_price(model.most_points)
    if weighing.always_counts and keeps_a_price and model.corridor is None:
        text = say("Every lower price gives a better value, at every price.")
        if weighing.best == "lowest" and weighing.unit == "amount":
            text = say("Every lower price gives a lower evaluation price, at every price.")
        yield Finding("price_always_counts", Level.PASSED, text, source, field)
    else:
        text = say("There are prices at which a lower price changes nothing.")
        yield Finding("price_always_counts", Level.WARNING, text, source, field)


def _third_bid(model: Model) -> Iterator[Finding]:
    source = "LOU 4 kap. 1 §"
    if model.combination.is_relative and model.reference_set is None:
        text = say("The model compares bids with each other, but does not say which bids: all, the qualified or those above the gate.")  # fmt: skip
        yield Finding("reference_set", Level.STOP, text, source, "reference_set")
    if model.is_relative:
        text = say("A third bid can change the order of two others.")
        yield Finding("no_third_bid", Level.WARNING, text, source, "combination")
    else:
        text = say("A third bid never changes the order of two others.")
        yield Finding("no_third_bid", Level.PASSED, text, source, "combination")


def _tie_rule(model: Model) -> Iterator[Finding]:
    source, field = "LOU 4 kap. 1 §", "tie_rule"
    if model.tie_rule is TieRule.NONE:
        text = say("Nothing is said about equal evaluation prices. A tie for first place then stops the decision.")
        yield Finding("tie_rule", Level.WARNING, text, source, field)
    else:
        text = say("There is a rule for equal evaluation prices.")
        if not model.combination.needs_price:
            text = say("There is a rule for equal bids.")
        yield Finding("tie_rule", Level.PASSED, text, source, field)


def _asked(model: Model, asked: Mapping[str, str]) -> Iterator[Finding]:
    source, field = "LOU 16 kap. 1 och 6 §§", "criteria"
    in_model = {criterion.key: criterion.label for criterion in model.criteria}
    for key in sorted(asked.keys() - in_model.keys()):
        text = say("{criterion} is to give points, but has no points in the model.", criterion=asked[key])
        yield Finding("criterion_without_points", Level.STOP, text, source, field)
    for key in sorted(in_model.keys() - asked.keys()):
        text = say("{criterion} gives points, but is not asked for in the documents.", criterion=in_model[key])
        yield Finding("points_without_criterion", Level.STOP, text, source, field)
