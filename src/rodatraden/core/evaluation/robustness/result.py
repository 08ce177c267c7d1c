"""What every answer about robustness has in common: it explains an outcome, in sentences and in figures, and changes none."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

First = tuple[str, ...] | None
"""The keys in first place: one, several that are level, or none; None when it can't be computed."""

EXPLAINS = say("This explains the outcome. It never changes the award.")


def told(*sentences: Message | None) -> tuple[Message, ...]:
    """Return the sentences of a result, with what holds for all of them last."""
    return (*(each for each in sentences if each is not None), EXPLAINS)


def consequence(first: First, names: Mapping[str, str]) -> Message:
    """Return the sentence about who would have been first."""
    if first is None:
        return say("Who would then have been first can't be computed.")
    if not first:
        return say("No bid would then have been ranked.")
    if len(first) == 1:
        return say("{name} would then have been first.", name=names[first[0]])
    return say("{names} would then have been level, and nobody first.", names=listed(first, names))


def listed(keys: Iterable[str], names: Mapping[str, str]) -> str:
    """Return the names, one after the other."""
    return ", ".join(names[key] for key in keys)


def as_json(value: object) -> object:
    """Return a result for machines, as canonical JSON takes it: every figure, and no sentence."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str() | Decimal() | Fraction():
            return value
        case tuple() | list():
            return [as_json(each) for each in value]
        case dict():
            return {key: as_json(each) for key, each in value.items()}
        case _ if is_dataclass(value):
            parts = {each.name: getattr(value, each.name) for each in fields(value)}
            return {name: as_json(part) for name, part in parts.items() if not _is_said(part)}
    raise TypeError(value)


def _is_said(part: object) -> bool:
    return isinstance(part, Message) or (isinstance(part, tuple) and bool(part) and isinstance(part[0], Message))
