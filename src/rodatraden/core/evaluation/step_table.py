"""A step table: a measure such as months becomes points, each step with where it begins and where the next does.

Steps stand in order, meet without gap or overlap, and cover the whole scale of the measure; a table that leaves a value
without points, or gives it two, can't be published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.reading import ModelError, PartError, read_list, read_number, read_object, written
from rodatraden.core.exact import as_fraction
from rodatraden.core.message import say

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class TableStep:
    """From `lowest`, included, up to `below`, not included, the measure gives `points`; the last step has no end."""

    lowest: Decimal
    below: Decimal | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class StepTable:
    """Steps in rising order of the measure."""

    steps: tuple[TableStep, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise PartError(say("A step table needs at least one step."))
        for step, following in zip(self.steps, self.steps[1:], strict=False):
            if step.below is None or step.below > following.lowest:
                reason = say(
                    "The steps from {first} and from {second} overlap.", first=step.lowest, second=following.lowest
                )
                raise PartError(reason)
            if step.below < following.lowest:
                reason = say(
                    "Between {end} and {start} there is a gap without points.", end=step.below, start=following.lowest
                )
                raise PartError(reason)
        for step in self.steps:
            if step.below is not None and step.below <= step.lowest:
                raise PartError(say("The step from {first} ends before it begins.", first=step.lowest))

    @classmethod
    def from_json(cls, value: object, field: str) -> StepTable:
        """Read a step table.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind, or the steps overlap or leave a gap.
        """
        steps = []
        for n, each in enumerate(read_list(value, field)):
            found = read_object(each, f"{field}[{n}]", ("from", "points"), ("below",))
            below = found.get("below")
            steps.append(
                TableStep(
                    lowest=read_number(found["from"], f"{field}[{n}].from"),
                    below=None if below is None else read_number(below, f"{field}[{n}].below"),
                    points=read_number(found["points"], f"{field}[{n}].points"),
                )
            )
        try:
            return cls(tuple(steps))
        except PartError as error:
            raise ModelError(field, value, error.reason) from error

    def to_json(self) -> list[dict[str, object]]:
        """Return what is hashed."""
        return [{**written(below=step.below), "from": step.lowest, "points": step.points} for step in self.steps]

    def covers(self, lowest: Decimal, highest: Decimal) -> bool:
        """Return whether every measure from `lowest` to `highest` has its step."""
        first, last = self.steps[0], self.steps[-1]
        return first.lowest <= lowest and (last.below is None or last.below > highest)

    def step_of(self, measure: Fraction) -> TableStep:
        """Return the step that a measure within the table stands on."""
        return max((step for step in self.steps if as_fraction(step.lowest) <= measure), key=lambda step: step.lowest)

    @property
    def lowest(self) -> Fraction:
        """Return the fewest points that the table gives."""
        return min(as_fraction(step.points) for step in self.steps)

    @property
    def highest(self) -> Fraction:
        """Return the most points that the table gives."""
        return max(as_fraction(step.points) for step in self.steps)
