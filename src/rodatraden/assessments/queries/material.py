"""What there is to read before one scores; the later room that knows what is judged answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.assessments.models import Item, Reading
from rodatraden.assessments.queries.sighting import masked_copies
from rodatraden.core.paging import media_type_of
from rodatraden.records.queries import mark_scans

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from rodatraden.assessments.models import Criterion, PriceSighting
    from rodatraden.parties.models import Person
    from rodatraden.records.models import ScanMark, StoredFile

material_asked = Signal()
"""Sent with `items: Sequence[Item]`, `person: Person` and `at: datetime`; the later room that knows what the items are
answers with a list of `Material` for the number of each that it knows, within what the person may see."""


@dataclass(frozen=True, slots=True)
class Material:
    """Something to read before one scores; `criteria` are the keys of the criteria that it answers, none = all.

    `view_url` is where a browser shows it inside the desk, empty where it can only be fetched from `url`; `text` is
    what is to be read where there is no file; `id` is its number in the room that owns it. `mark` is what a virus scanner
    said of the file, of which nothing is shown inside the desk while it is held back (`shown_at`).
    """

    name: str
    url: str = ""
    view_url: str = ""
    note: str = ""
    text: str = ""
    id: UUID | None = None
    criteria: frozenset[str] = frozenset()
    mark: ScanMark | None = None


def for_criterion(material: Iterable[Material], criterion: Criterion) -> list[Material]:
    """Return what answers this criterion, or all of them."""
    return [each for each in material if not each.criteria or criterion.key in each.criteria]


def shown_first(material: Iterable[Material]) -> Material | None:
    """Return what the desk shows before anybody has chosen: what answers one of the questions, else what answers all."""
    shown = [each for each in material if each.view_url]
    return next((each for each in shown if each.criteria), shown[0] if shown else None)


def material_of(item: Item, *, person: Person, at: datetime) -> list[Material]:
    """Return what the later room that knows the item offers `person` to read."""
    return material_of_all([item], person=person, at=at)[item.pk]


def material_of_all(items: Sequence[Item], *, person: Person, at: datetime) -> dict[UUID, list[Material]]:
    """Return for each item what the later room that knows it offers `person` to read; of an example, what the leader put up."""
    offered: dict[UUID, list[Material]] = {item.pk: [] for item in items}
    examples = Reading.objects.filter(round__in={item.round_id for item in items}, round__calibrates__isnull=False)
    readings = list(examples.select_related("criterion", "file"))
    mark_scans(each.file for each in readings)
    for reading in readings:
        for item in items:
            if item.round_id == reading.round_id:
                offered[item.pk].append(_of_example(reading))
    for _, found in material_asked.send(sender=Item, items=items, person=person, at=at):
        answered: Any = found  # Django's stubs know text only
        for pk, materials in answered.items():
            offered[pk] += materials
    copies = masked_copies(items)
    mark_scans(each.masked for each in copies.values())
    return {pk: [_read(each, copies) for each in materials] for pk, materials in offered.items()}


def shown_at(address: str, file: StoredFile) -> str:
    """Return where a browser shows a file inside the desk: at its address, or nowhere while it is held back."""
    return "" if file.mark is not None and not file.mark.is_handed_out else address


def _of_example(reading: Reading) -> Material:
    criteria = frozenset({reading.criterion.key}) if reading.criterion else frozenset()
    if reading.file is None:
        return Material(name=reading.title, text=reading.text, criteria=criteria)
    url = reverse("assessments:reading", args=[reading.pk])
    view_url = shown_at(url, reading.file) if media_type_of(reading.file.name) == "application/pdf" else ""
    return Material(
        name=reading.title, url=url, view_url=view_url, note=reading.text, criteria=criteria, mark=reading.file.mark
    )


def _read(material: Material, copies: Mapping[UUID, PriceSighting]) -> Material:
    """Return the masked copy in the place of a document in which a price was met (INV-13)."""
    sighting = copies.get(material.id) if material.id else None
    if sighting is None or sighting.masked is None:
        return material
    url = reverse("assessments:masked", args=[sighting.pk])
    note = gettext("A copy in which a price is masked")
    return replace(material, url=url, view_url=shown_at(url, sighting.masked), note=note, mark=sighting.masked.mark)
