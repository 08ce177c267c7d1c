"""Templates: data files in `documents/templates`, and what the mended seed changes in the seed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rodatraden.tenders.models import Tender

AMOUNTS = ("ceiling", "yearly_frame")
NAMES = ("consultant_hourly", "training_course", "seed_000_as_written")
"""The templates in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where the mended procurement differs from the seed, and why; `source` is the rule that asks for it."""

    place: str
    seed: str
    mended: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Template:
    """A start for the documents: whole texts, of which those named as proposed wait for a person to accept them.

    Needs and criteria are referred to by their place in the list, from 1. `follow_up_by` names a role of the team.
    `procurement` proposes what `procurements:describe` asks for.
    """

    name: str
    title: str
    summary: str
    origin: str
    procurement: Mapping[str, str]
    needs: Sequence[Mapping[str, Any]]
    requirements: Sequence[Mapping[str, Any]]
    content_items: Sequence[Mapping[str, Any]]
    terms: Mapping[str, Any]
    proposed_terms: Sequence[str]
    model: Mapping[str, str]
    deviations: tuple[Deviation, ...]


@cache
def template(name: str) -> Template | None:
    """Return the template `name`, or None when there is none by that name."""
    if name not in NAMES:
        return None
    text = (resources.files("rodatraden.tenders") / "documents" / "templates" / f"{name}.json").read_text("utf-8")
    data = json.loads(text)
    terms = {key: Decimal(value) if key in AMOUNTS else value for key, value in data["terms"].items()}
    return Template(
        name=name,
        title=data["title"],
        summary=data["summary"],
        origin=data["origin"],
        procurement=data.get("procurement", {}),
        needs=data["needs"],
        requirements=data["requirements"],
        content_items=data["content_items"],
        terms=terms,
        proposed_terms=data["proposed_terms"],
        model=data["model"],
        deviations=tuple(Deviation(**deviation) for deviation in data.get("deviations", [])),
    )


def templates() -> list[Template]:
    """Return all templates in the order in which they are offered."""
    return [found for name in NAMES if (found := template(name))]


def seed_deviations(tender: Tender) -> tuple[Deviation, ...]:
    """Return how the documents' template departs from the seed that it mends; empty for all other documents."""
    found = template(tender.template)
    return found.deviations if found else ()
