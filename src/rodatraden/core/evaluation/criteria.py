"""The criteria that give points: each with its scale, added up without weights."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.assessment import Scale, ScaleError
from rodatraden.core.evaluation.reading import ModelError, read_number, read_object, read_text
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import Exact, as_fraction, simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion; `key` binds scores to it and never changes, `label` is what people read."""

    key: str
    label: str
    scale: Scale

    @classmethod
    def from_json(cls, value: object, field: str) -> Criterion:
        """Read a criterion.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind.
        """
        found = read_object(value, field, ("key", "label", "lowest", "highest", "step"))
        lowest = read_number(found["lowest"], f"{field}.lowest")
        highest = read_number(found["highest"], f"{field}.highest")
        step = None if found["step"] is None else read_number(found["step"], f"{field}.step")
        try:
            scale = Scale(lowest, highest, step)
        except ScaleError as error:
            raise ModelError(field, value, error.reason) from error
        return cls(read_text(found["key"], f"{field}.key"), read_text(found["label"], f"{field}.label"), scale)

    def to_json(self) -> dict[str, object]:
        """Return what is hashed; published texts of the scale belong to the documents."""
        scale = self.scale
        return {
            "key": self.key,
            "label": self.label,
            "lowest": scale.lowest,
            "highest": scale.highest,
            "step": scale.step,
        }


def highest_total(criteria: Sequence[Criterion]) -> Fraction:
    """Return the most points that a bid can get."""
    return sum((as_fraction(criterion.scale.highest) for criterion in criteria), Fraction(0))


def total(criteria: Sequence[Criterion], scores: Mapping[str, Exact]) -> tuple[Fraction, tuple[Step, ...]]:
    """Return the points of a bid that has a score on every criterion, and how they add up two at a time."""
    steps = []
    for criterion in criteria:
        score = simplest(as_fraction(scores[criterion.key]))
        text = say(
            "{criterion}: {score} of {highest}", criterion=criterion.label, score=score, highest=criterion.scale.highest
        )
        steps.append(Step(StepKind.SCORE, text, score, Unit.POINTS))
    points = Fraction(0)
    for index, criterion in enumerate(criteria):
        score = as_fraction(scores[criterion.key])
        if index:
            text = say("Points: {sum} + {score}", sum=simplest(points), score=simplest(score))
            steps.append(Step(StepKind.POINTS, text, simplest(points + score), Unit.POINTS))
        points += score
    return points, tuple(steps)
