"""What scores give together by a quality model, step by step in words that a reader with a pocket calculator follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.assessment.quality_model import Kind, QualityModel, Unit
from rodatraden.core.assessment.scale import score_problem
from rodatraden.core.evaluation.reading import ModelError
from rodatraden.core.exact import Exact, added, as_fraction, plain, simplest
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from rodatraden.core.assessment.quality_model import Area, Criterion


@dataclass(frozen=True, slots=True)
class AreaSum:
    """What the criteria of one part give together, of at most `most`."""

    key: str
    title: str
    points: Exact
    most: Exact


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of what is judged, of at most `most`, with the sum of each part and every step to it.

    `value` is None while a score is missing, and `reason` says which.
    """

    value: Exact | None
    most: Exact
    areas: tuple[AreaSum, ...]
    steps: tuple[Message, ...]
    reason: Message | None = None


def total(model: QualityModel, scores: Mapping[str, Exact]) -> Total:
    """Return the sum of `scores`, given by the key of the criterion; a score that isn't judged counts nowhere.

    Raises:
        ModelError: a score has no criterion, or lies off its scale.
    """
    known = {criterion.key: criterion for criterion in model.criteria}
    for key, score in scores.items():
        if key not in known:
            raise ModelError(f"scores.{key}", score, say("The model has no such criterion."))
        problem = score_problem(known[key].scale, score)
        if problem:
            raise ModelError(f"scores.{key}", score, problem.reason)
    missing = [criterion for criterion in model.scored if criterion.key not in scores]
    if missing:
        reason = say("Criteria without a score: {n}. The first is {title}.", n=len(missing), title=missing[0].title)
        return Total(None, model.most, (), (), reason)
    areas = tuple(_sum(area, criteria, scores) for area, criteria in model.judged if criteria)
    together = added(as_fraction(area.points) for area in areas)
    steps = (*_steps(model, scores), *_ending(model, together))
    return Total(simplest(_counted_up(model, together)), model.most, areas, steps)


def _sum(area: Area, criteria: tuple[Criterion, ...], scores: Mapping[str, Exact]) -> AreaSum:
    points = added(criterion.adds(scores[criterion.key]) for criterion in criteria)
    most = added(criterion.most for criterion in criteria)
    return AreaSum(area.key, area.title, simplest(points), simplest(most))


def _counted_up(model: QualityModel, together: Fraction) -> Fraction:
    if model.renormalised_to is None:
        return together
    return together * as_fraction(model.renormalised_to) / as_fraction(model.most_judged)


def _steps(model: QualityModel, scores: Mapping[str, Exact]) -> Iterator[Message]:
    """Yield a line for each criterion and each part, and for each that isn't judged why it counts nowhere."""
    judged = {area.key: criteria for area, criteria in model.judged}
    for area in model.areas:
        if area.is_left_out:
            yield say(
                "{part} is left out by the model and counts nowhere: {most} points.", part=area.title,
                most=simplest(area.most),
            )  # fmt: skip
            continue
        for criterion in area.criteria:
            if criterion in judged[area.key]:
                yield _scored(criterion, scores[criterion.key])
            elif criterion.kind is Kind.RESULT:
                yield say(
                    "{title} is about results, which the model does not score: it counts nowhere, {most} points.",
                    title=criterion.title, most=simplest(criterion.most),
                )  # fmt: skip
        if judged[area.key]:
            found = _sum(area, judged[area.key], scores)
            yield say("{part} together: {points} of {most} points.", part=area.title, points=found.points, most=found.most)  # fmt: skip


def _scored(criterion: Criterion, score: Exact) -> Message:
    """Return the line of one criterion, as short as its numbers allow."""
    values = {"title": criterion.title, "score": plain(score), "points": simplest(criterion.adds(score))}
    if criterion.unit is Unit.PERCENT:
        values["maximum"] = plain(criterion.maximum)
        if criterion.weight == 1:
            return say("{title}: {score} % of {maximum} points is {points}.", **values)
        values["weight"] = plain(criterion.weight)
        return say("{title}: {score} % of {maximum} points, times the weight {weight}, is {points}.", **values)
    if criterion.weight == 1:
        return say("{title}: {points} points.", **values)
    values["weight"] = plain(criterion.weight)
    return say("{title}: {score} points, times the weight {weight}, is {points}.", **values)


def _ending(model: QualityModel, together: Fraction) -> Iterator[Message]:
    """Yield the sum, and whether it is counted up; where something isn't judged its absence is said too."""
    yield say("All together: {points} of {most} points.", points=simplest(together), most=model.most_judged)
    if model.renormalised_to is not None:
        yield say(
            "The model says that what is judged is counted up to {sum}: {points} × {sum} / {most} is {value}.",
            sum=plain(model.renormalised_to), points=simplest(together), most=model.most_judged,
            value=simplest(_counted_up(model, together)),
        )  # fmt: skip
    elif model.most_judged != model.whole:
        yield say(
            "The model does not say that it is counted up: {most} points is the most, not the {whole} of the whole model.",
            most=model.most_judged, whole=model.whole,
        )  # fmt: skip
