"""A quality model while it is written: put something in, take it out, move it; each gives another model."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from rodatraden.core.assessment.quality_model import Area, Criterion, QualityModel


class Keyed(Protocol):
    """A part or a criterion."""

    @property
    def key(self) -> str: ...


T = TypeVar("T", bound=Keyed)


def free_key(model: QualityModel, begins: str) -> str:
    """Return a key that nothing in the model has: k1, k2, and so on."""
    taken = {area.key for area in model.areas} | {criterion.key for criterion in model.criteria}
    return next(key for n in count(1) if (key := f"{begins}{n}") not in taken)


def put_area(model: QualityModel, area: Area) -> QualityModel:
    """Return the model with the part in the place of the one with its key, or last; criteria stay as they were."""
    return replace(model, areas=_put(model.areas, area))


def put_criterion(model: QualityModel, area_key: str, criterion: Criterion) -> QualityModel:
    """Return the model with the criterion in a part: where it stood, or last when it is new or comes from another part."""
    areas = []
    for area in model.areas:
        if area.key == area_key:
            areas.append(replace(area, criteria=_put(area.criteria, criterion)))
        else:
            areas.append(replace(area, criteria=tuple(each for each in area.criteria if each.key != criterion.key)))
    return replace(model, areas=tuple(areas))


def take_out(model: QualityModel, key: str) -> QualityModel:
    """Return the model without the part or the criterion that has this key; a part takes its criteria with it."""
    kept = [area for area in model.areas if area.key != key]
    return replace(
        model,
        areas=tuple(replace(area, criteria=tuple(c for c in area.criteria if c.key != key)) for area in kept),
    )


def moved(model: QualityModel, key: str, by: int) -> QualityModel:
    """Return the model with a part, or a criterion inside its part, `by` places further down; never past the ends."""
    return replace(
        model,
        areas=tuple(
            replace(area, criteria=_moved(area.criteria, key, by)) for area in _moved(model.areas, key, by)
        ),
    )  # fmt: skip


def _put(listed: tuple[T, ...], new: T) -> tuple[T, ...]:
    if all(each.key != new.key for each in listed):
        return (*listed, new)
    return tuple(new if each.key == new.key else each for each in listed)


def _moved(listed: tuple[T, ...], key: str, by: int) -> tuple[T, ...]:
    was = next((n for n, each in enumerate(listed) if each.key == key), None)
    if was is None:
        return listed
    others = listed[:was] + listed[was + 1 :]
    place = min(max(was + by, 0), len(others))
    return others[:place] + listed[was : was + 1] + others[place:]
