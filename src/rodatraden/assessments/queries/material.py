"""What there is to read before one scores; the later room that knows what is judged answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

from rodatraden.assessments.models import Item

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from rodatraden.assessments.models import Criterion
    from rodatraden.parties.models import Person

material_asked = Signal()
"""Sent with `item: Item`, `person: Person` and `at: datetime` by `material_of`; the later room that knows what the item
is answers with a list of `Material`, within what the person may see."""


@dataclass(frozen=True, slots=True)
class Material:
    """Something to read before one scores; `criteria` are the keys of the criteria that it answers, none = all."""

    name: str
    url: str
    note: str = ""
    criteria: frozenset[str] = frozenset()


def for_criterion(material: Iterable[Material], criterion: Criterion) -> list[Material]:
    """Return what answers this criterion, or all of them."""
    return [each for each in material if not each.criteria or criterion.key in each.criteria]


def material_of(item: Item, *, person: Person, at: datetime) -> list[Material]:
    """Return what the later room that knows the item offers `person` to read."""
    offered: list[Material] = []
    for _, found in material_asked.send(sender=Item, item=item, person=person, at=at):
        materials: Any = found  # Django's stubs know text only
        offered += materials
    return offered
