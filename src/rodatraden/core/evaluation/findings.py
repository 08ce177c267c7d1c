"""What can be said about a model before anybody has bid: what stops it, what to think of, what holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.criteria import highest_total
from rodatraden.core.evaluation.ranking import TieRule
from rodatraden.core.exact import as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    """Return the answer of every check, stops first.

    `asked` are the award criteria in the documents (key and label): each must give points in the model, and the other
    way round (INV-09). Without it that check is left out.
    """
    found = [*_criteria(model), *_gate(model), *_price(model), *_tie_rule(model)]
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
        text = say("No criterion gives points.")
        yield Finding("no_criteria", Level.STOP, text, source, field)
        return
    highest, target = highest_total(model.criteria), as_fraction(model.price.target)
    level = Level.PASSED if highest == target else Level.STOP
    if highest == target:
        text = say(
            "The points add up: the criteria give {sum} of {target}.", sum=simplest(highest), target=model.price.target
        )
    else:
        text = say(
            "The criteria give at most {sum} points, but the addition is counted from {target}.",
            sum=simplest(highest), target=model.price.target,
        )  # fmt: skip
    yield Finding("criteria_sum", level, text, source, field)


def _gate(model: Model) -> Iterator[Finding]:
    if model.gate is None:
        return
    source, field, minimum = "C-546/16 Montte", "gate", model.gate.minimum
    highest = highest_total(model.criteria)
    lowest = sum(as_fraction(criterion.scale.lowest) for criterion in model.criteria)
    if as_fraction(minimum) > highest:
        text = say(
            "No bid can pass the gate of {minimum}: the criteria give at most {sum} points.",
            minimum=minimum, sum=simplest(highest),
        )  # fmt: skip
        yield Finding("gate_reachable", Level.STOP, text, source, field)
    elif as_fraction(minimum) <= lowest:
        text = say("Every bid passes the gate of {minimum}.", minimum=minimum)
        yield Finding("gate_reachable", Level.WARNING, text, source, field)
    else:
        text = say("The gate of {minimum} of {sum} points can be passed.", minimum=minimum, sum=simplest(highest))
        yield Finding("gate_reachable", Level.PASSED, text, source, field)


def _price(model: Model) -> Iterator[Finding]:
    per_point = model.price.per_point
    if as_fraction(per_point) > 0:
        text = say("Each missing point costs {amount} SEK.", amount=per_point)
        yield Finding("price_addition_positive", Level.PASSED, text, "LOU 16 kap. 1 §", "price.per_point")
    else:
        text = say("With an addition of {amount} SEK per point, higher quality never pays.", amount=per_point)
        yield Finding("price_addition_positive", Level.STOP, text, "LOU 16 kap. 1 §", "price.per_point")
    text = say("Every lower price gives a lower evaluation price, at every price.")
    yield Finding("price_always_counts", Level.PASSED, text, "HFD 2022 ref. 41", "price")
    text = say("A third bid never changes the order of two others.")
    yield Finding("no_third_bid", Level.PASSED, text, "LOU 4 kap. 1 §", "price")


def _tie_rule(model: Model) -> Iterator[Finding]:
    source, field = "LOU 4 kap. 1 §", "tie_rule"
    if model.tie_rule is TieRule.NONE:
        text = say("Nothing is said about equal evaluation prices. A tie for first place then stops the decision.")
        yield Finding("tie_rule", Level.WARNING, text, source, field)
    else:
        text = say("There is a rule for equal evaluation prices.")
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
