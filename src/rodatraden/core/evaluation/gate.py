"""A quality gate: the fewest points, on one criterion, some or all, with which a bid goes on to the price.

A published gate is lawful in an open procedure, however few bids are left (EU court, C-546/16 Montte).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.criteria import highest_total
from rodatraden.core.evaluation.reading import (
    ModelError,
    read_choice,
    read_list,
    read_number,
    read_object,
    read_text,
    written,
)
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import added, as_fraction, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from fractions import Fraction

    from rodatraden.core.evaluation.criteria import Criterion

HUNDRED = 100


class Measure(StrEnum):
    """Whether the minimum is points, or per cent of the most points that can be had."""

    POINTS = "points"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Gate:
    """Points below `minimum` stop a bid; exactly `minimum` passes. Without `criteria` it minds all points together."""

    minimum: Decimal
    criteria: tuple[str, ...] = ()
    measure: Measure = Measure.POINTS

    @classmethod
    def from_json(cls, value: object, field: str) -> Gate:
        """Read a gate.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("minimum",), ("criteria", "measure"))
        keys = read_list(found.get("criteria", []), f"{field}.criteria")
        criteria = tuple(read_text(key, f"{field}.criteria[{n}]") for n, key in enumerate(keys))
        if len(set(criteria)) < len(criteria):
            raise ModelError(f"{field}.criteria", keys, say("A criterion stands twice."))
        return cls(
            minimum=read_number(found["minimum"], f"{field}.minimum"),
            criteria=criteria,
            measure=read_choice(found.get("measure", Measure.POINTS.value), f"{field}.measure", Measure),
        )

    def to_json(self) -> dict[str, object]:
        """Return what is hashed."""
        measure = None if self.measure is Measure.POINTS else self.measure.value
        return {"minimum": self.minimum, **written(criteria=list(self.criteria), measure=measure)}

    def minded(self, criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
        """Return the criteria whose points the gate minds."""
        return tuple(each for each in criteria if not self.criteria or each.key in self.criteria)

    def least(self, criteria: Sequence[Criterion]) -> Fraction:
        """Return the fewest points that pass."""
        if self.measure is Measure.POINTS:
            return as_fraction(self.minimum)
        most = highest_total(self.minded(criteria))
        return most * as_fraction(self.minimum) / HUNDRED

    def judged(self, criteria: Sequence[Criterion], points: Mapping[str, Fraction]) -> Judgement:
        """Return whether a bid with these points passes, in lines, and the reason when it does not."""
        minded = self.minded(criteria)
        own = added(points[each.key] for each in minded)
        least = self.least(criteria)
        values = {"points": simplest(own), "minimum": simplest(least)}
        on = ", ".join(each.label for each in minded) if self.criteria else ""
        steps: tuple[Step, ...] = ()
        if self.measure is Measure.PERCENT:
            most = highest_total(minded)
            text = say("The gate: {percent} % of {highest}", percent=self.minimum, highest=simplest(most))
            steps = (Step(StepKind.WORTH, text, simplest(least), Unit.POINTS),)
        if own >= least:
            text = say("The gate: {points} is at least {minimum}", **values)
            if on:
                text = say("The gate on {criteria}: {points} is at least {minimum}", criteria=on, **values)
            return Judgement((*steps, Step(StepKind.GATE, text)), None)
        text = say("The gate: {points} is less than {minimum}", **values)
        reason = say("{points} points are below the gate of {minimum}.", **values)
        if on:
            text = say("The gate on {criteria}: {points} is less than {minimum}", criteria=on, **values)
            reason = say("{points} points on {criteria} are below the gate of {minimum}.", criteria=on, **values)
        return Judgement((*steps, Step(StepKind.GATE, text)), reason)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a gate says of a bid; `reason` is None when it passes."""

    steps: tuple[Step, ...]
    reason: Message | None
