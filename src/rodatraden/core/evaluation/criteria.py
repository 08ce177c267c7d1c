"""The criteria that give points: how a score, a measure or months of experience become points, and how they add up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.assessment import Scale, ScaleError
from rodatraden.core.evaluation.experience import Months
from rodatraden.core.evaluation.reading import (
    ModelError,
    read_above_zero,
    read_number,
    read_object,
    read_text,
    written,
)
from rodatraden.core.evaluation.rounding import Where, rounded
from rodatraden.core.evaluation.step_table import StepTable
from rodatraden.core.evaluation.steps import Step, StepKind, Unit
from rodatraden.core.exact import Exact, added, as_fraction, in_common, plain, ratio, simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from rodatraden.core.evaluation.rounding import Roundings


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion; `key` binds scores to it and never changes, `label` is what people read.

    The score lies on `scale` and is the points, unless it has a `worth` (the points of the highest score, in proportion
    below: a weight) or a `table` (points by steps). `months` are counted from assignments instead of being scored.
    """

    key: str
    label: str
    scale: Scale
    worth: Decimal | None = None
    table: StepTable | None = None
    months: Months | None = None

    @classmethod
    def from_json(cls, value: object, field: str) -> Criterion:
        """Read a criterion.

        Raises:
            ModelError: a field is missing, unknown or of the wrong kind, or they contradict each other.
        """
        found = read_object(value, field, ("key", "label", "lowest", "highest", "step"), ("worth", "table", "months"))
        lowest = read_number(found["lowest"], f"{field}.lowest")
        highest = read_number(found["highest"], f"{field}.highest")
        step = None if found["step"] is None else read_number(found["step"], f"{field}.step")
        try:
            scale = Scale(lowest, highest, step)
        except ScaleError as error:
            raise ModelError(field, value, error.reason) from error
        worth, table, months = found.get("worth"), found.get("table"), found.get("months")
        criterion = cls(
            key=read_text(found["key"], f"{field}.key"),
            label=read_text(found["label"], f"{field}.label"),
            scale=scale,
            worth=None if worth is None else read_above_zero(worth, f"{field}.worth"),
            table=None if table is None else StepTable.from_json(table, f"{field}.table"),
            months=None if months is None else Months.from_json(months, f"{field}.months"),
        )
        if criterion.table is not None:
            if criterion.worth is not None:
                raise ModelError(f"{field}.worth", worth, say("A criterion has a step table or a worth, not both."))
            if not criterion.table.covers(lowest, highest):
                raise ModelError(f"{field}.table", table, say("The steps do not cover the whole scale."))
        return criterion

    def to_json(self) -> dict[str, object]:
        """Return what is hashed; published texts of the scale belong to the documents."""
        scale = self.scale
        return {
            "key": self.key,
            "label": self.label,
            "lowest": scale.lowest,
            "highest": scale.highest,
            "step": scale.step,
            **written(
                worth=self.worth,
                table=self.table and self.table.to_json(),
                months=self.months and self.months.to_json(),
            ),
        }

    @property
    def highest(self) -> Fraction:
        """Return the most points that the criterion gives."""
        if self.table is not None:
            return self.table.highest
        return as_fraction(self.scale.highest if self.worth is None else self.worth)

    @property
    def lowest(self) -> Fraction:
        """Return the fewest points that the criterion gives."""
        return self.table.lowest if self.table is not None else self._proportion(as_fraction(self.scale.lowest))

    def points(self, score: Exact, roundings: Roundings = ()) -> tuple[Fraction, tuple[Step, ...]]:
        """Return the points of a score on the scale, and the lines that lead to them."""
        exact, shown, scale = as_fraction(score), plain(score), self.scale
        if self.table is not None:
            step = self.table.step_of(exact)
            text = say(
                "{criterion}: {measure}, in the step from {start}",
                criterion=self.label, measure=shown, start=step.lowest,
            )  # fmt: skip
            return as_fraction(step.points), (Step(StepKind.TABLE, text, step.points, Unit.POINTS),)
        text = say("{criterion}: {score} of {highest}", criterion=self.label, score=shown, highest=scale.highest)
        steps: tuple[Step, ...] = (Step(StepKind.SCORE, text, shown, Unit.POINTS),)
        points = self._proportion(exact)
        if self.worth is not None:
            text = say(
                "{criterion}: {score} ÷ {highest} × {worth}",
                criterion=self.label, score=shown, highest=scale.highest, worth=self.worth,
            )  # fmt: skip
            steps += (Step(StepKind.WORTH, text, simplest(points), Unit.POINTS),)
        points, told = rounded(points, Where.CRITERION, roundings, Unit.POINTS)
        return points, steps + told

    def _proportion(self, score: Fraction) -> Fraction:
        return score if self.worth is None else score / as_fraction(self.scale.highest) * as_fraction(self.worth)


def highest_total(criteria: Sequence[Criterion]) -> Fraction:
    """Return the most points that a bid can get."""
    return added(criterion.highest for criterion in criteria)


def lowest_total(criteria: Sequence[Criterion]) -> Fraction:
    """Return the fewest points that a bid can get."""
    return added(criterion.lowest for criterion in criteria)


def points_of(
    criteria: Sequence[Criterion], scores: Mapping[str, Exact], roundings: Roundings = ()
) -> tuple[dict[str, Fraction], tuple[Step, ...]]:
    """Return the points on each criterion of a bid that has a score on all, and the lines that lead to them."""
    points: dict[str, Fraction] = {}
    steps: tuple[Step, ...] = ()
    for criterion in criteria:
        points[criterion.key], told = criterion.points(scores[criterion.key], roundings)
        steps += told
    return points, steps


def total(points: Mapping[str, Fraction], roundings: Roundings = ()) -> tuple[Fraction, tuple[Step, ...]]:
    """Return the sum of points, and how they add up two at a time."""
    numerators, common = in_common(points.values() or (Fraction(0),))
    so_far, *others = numerators
    shown = ratio(so_far, common)
    steps: list[Step] = []
    for each in others:
        so_far += each
        text = say("Points: {sum} + {score}", sum=shown, score=ratio(each, common))
        shown = ratio(so_far, common)
        steps.append(Step(StepKind.POINTS, text, shown, Unit.POINTS))
    together, told = rounded(Fraction(so_far, common), Where.POINTS, roundings, Unit.POINTS)
    return together, (*steps, *told)
