"""Ready-made award criteria, each with its part of the bid: data files in `documents/ready_made`, in our own words.

A question about partnership, and a scenario with its published scoring guide: what the research behind seed 003 found
that documents lacked, built of what a requirement and a part of the bid hold already.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMES = ("partnership", "scenario")
"""The ready-made criteria in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """An award criterion to begin from: its fields, its scale from low to high, and the part of the bid that answers it."""

    name: str
    title: str
    summary: str
    requirement: Mapping[str, Any]
    steps: Sequence[tuple[Decimal, str]]
    content_item: Mapping[str, Any]


@cache
def ready_made(name: str) -> ReadyMade | None:
    """Return the ready-made criterion `name`, or None when there is none by that name."""
    if name not in NAMES:
        return None
    found = resources.files("rodatraden.tenders") / "documents" / "ready_made" / f"{name}.json"
    data = json.loads(found.read_text("utf-8"))
    requirement = dict(data["requirement"])
    steps = [(Decimal(points), text) for points, text in requirement.pop("steps")]
    requirement["max_points"] = Decimal(requirement["max_points"])
    return ReadyMade(name, data["title"], data["summary"], requirement, steps, data["content_item"])


def all_ready_made() -> list[ReadyMade]:
    """Return all ready-made criteria in the order in which they are offered."""
    return [found for name in NAMES if (found := ready_made(name))]
