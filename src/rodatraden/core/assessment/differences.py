"""What differs between two versions of a quality model, told by part and criterion."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rodatraden.core.exact import plain
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.assessment.quality_model import Area, Criterion, QualityModel
    from rodatraden.core.assessment.scale import Scale
    from rodatraden.core.message import Value

    Told = Value | Message | None


class Change(StrEnum):
    """What has happened to something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: `where` is the title of its part or criterion, empty for the model as a whole.

    `before` and `after` are None where there was or is nothing.
    """

    change: Change
    where: str
    what: Message
    before: Told = None
    after: Told = None


PART, CRITERION = say("Part"), say("Criterion")
YES_, NO_ = say("yes"), say("no")


def differences(before: QualityModel, after: QualityModel) -> tuple[Difference, ...]:
    """Return what differs, in the order of the later version; what is gone comes last. Keys say what is the same thing."""
    return tuple(_differences(before, after))


def _differences(before: QualityModel, after: QualityModel) -> Iterator[Difference]:
    yield from _changed("", _of_model(before), _of_model(after))
    areas = {area.key: area for area in before.areas}
    criteria = {each.key: (area, each) for area in before.areas for each in area.criteria}
    for area in after.areas:
        if area.key in areas:
            yield from _changed(area.title, _of_area(areas[area.key], before), _of_area(area, after))
        else:
            yield Difference(Change.ADDED, area.title, PART)
        for each in area.criteria:
            if each.key not in criteria:
                yield Difference(Change.ADDED, each.title, CRITERION)
                continue
            was_in, was = criteria[each.key]
            yield from _changed(each.title, _of_criterion(was, was_in), _of_criterion(each, area))
    kept_areas, kept = {area.key for area in after.areas}, {each.key for each in after.criteria}
    for key, area in areas.items():
        if key not in kept_areas:
            yield Difference(Change.REMOVED, area.title, PART)
    for key, (_, each) in criteria.items():
        if key not in kept:
            yield Difference(Change.REMOVED, each.title, CRITERION)


def _changed(where: str, before: list[tuple[Message, Told]], after: list[tuple[Message, Told]]) -> Iterator[Difference]:
    """Yield what is not the same; both lists hold the same fields."""
    for (what, was), (_, now) in zip(before, after, strict=True):
        if was != now:
            yield Difference(Change.CHANGED, where, what, was, now)


def _of_model(model: QualityModel) -> list[tuple[Message, Told]]:
    return [
        (say("Title"), model.title),
        (say("What the model is for"), model.introduction),
        (say("Where the texts come from"), model.source),
        (say("Results are scored"), _flag(is_set=model.scores_results)),
        (say("Counted up to"), None if model.renormalised_to is None else plain(model.renormalised_to)),
    ]


def _of_area(area: Area, model: QualityModel) -> list[tuple[Message, Told]]:
    return [
        (say("Title"), area.title),
        (say("What the part is about"), area.introduction),
        (say("Left out"), _flag(is_set=area.is_left_out)),
        (say("Place in the model"), 1 + [each.key for each in model.areas].index(area.key)),
    ]


def _of_criterion(criterion: Criterion, area: Area) -> list[tuple[Message, Told]]:
    scale = criterion.scale
    return [
        (say("Title"), criterion.title),
        (PART, area.title),
        (say("Question"), criterion.question),
        (say("Evidence expected"), criterion.evidence),
        (say("About"), say("Approach") if criterion.kind == "approach" else say("Result")),
        (say("Scale"), _scale(scale, in_percent=criterion.unit == "percent")),
        (say("Texts of the scale"), "\n".join(f"{band.lowest:f}: {band.text}" for band in scale.bands)),
        (say("Maximum"), plain(criterion.maximum)),
        (say("Weight"), plain(criterion.weight)),
    ]


def _flag(*, is_set: bool) -> Message:
    return YES_ if is_set else NO_


def _scale(scale: Scale, *, in_percent: bool) -> Message:
    values = {"lowest": plain(scale.lowest), "highest": plain(scale.highest)}
    if scale.step is None:
        return say("{lowest} to {highest}, any value", **values)
    values["step"] = plain(scale.step)
    if in_percent:
        return say("{lowest} to {highest} percent, in steps of {step}", **values)
    return say("{lowest} to {highest} points, in steps of {step}", **values)
