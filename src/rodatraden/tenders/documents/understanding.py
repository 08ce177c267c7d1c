"""What the columns of a row come to as fields, and what in them could not be read: one reading for preview and import."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.core.numbers import parse_points
from rodatraden.tenders.documents.columns import (
    CHOICES,
    NEED_COLUMNS,
    REQUIREMENT_COLUMNS,
    RowKind,
    choice_of,
    scale_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from rodatraden.needs.models import Need
    from rodatraden.parties.models import Person
    from rodatraden.tenders.documents.columns import Row

LEFT = "Stod också i dokumentet"
"""Heads what could not be read, in the text of what is imported; documents are Swedish whatever language the pages have."""
OF_NEED = ("for_whom", "evidence", "source")
MONTHS = re.compile("[1-9][0-9]{0,2}")
"""A number of months; no term is a thousand."""


@dataclass(slots=True)
class Understood:
    """The fields of a row by name, and by column what in it is no such thing, in the words of the document."""

    fields: dict[str, Any] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)

    def with_rest(self, text: str) -> str:
        """Return the text of the row with what could not be read after it, so that nothing is lost."""
        if not self.unread:
            return text
        rest = "\n".join(f"{column}: {words}" for column, words in self.unread)
        return "\n\n".join(filter(None, [text, f"{LEFT}:\n{rest}"]))


def heading_of(name: str, kind: RowKind) -> str:
    """Return what the column of a field is called in our documents."""
    first, second = (NEED_COLUMNS, REQUIREMENT_COLUMNS) if kind is RowKind.NEED else (REQUIREMENT_COLUMNS, NEED_COLUMNS)
    return first.get(name) or second.get(name) or name


def read_fields(row: Row, needs: Mapping[str, Need | None], people: Mapping[str, Person]) -> Understood:
    """Read the columns of a row besides its kind, title and text; `needs` by label, `people` of the team by name.

    A column that the kind has no use for, or whose words are no such thing, is unread in whole or in that part.
    """
    found = Understood()
    known = {*OF_NEED, "label"} if row.kind is RowKind.NEED else REQUIREMENT_COLUMNS.keys() - {"kind"}
    for name, words in row.more.items():
        value, strange = _value(name, words, needs, people) if name in known else (None, [words])
        if value is not None and name != "label":
            found.fields[name] = value
        found.unread += [(heading_of(name, row.kind), each) for each in strange]
    return found


def _value(
    name: str, words: str, needs: Mapping[str, Need | None], people: Mapping[str, Person]
) -> tuple[Any, list[str]]:
    """Return what a column comes to, None when it is no such thing, and what in it is unread."""
    match name:
        case "needs":
            labels = [each.strip() for each in words.split(",") if each.strip()]
            strange = [label for label in labels if label not in needs]
            return [needs[label] for label in labels if label in needs], [", ".join(strange)] if strange else []
        case "steps":
            return _steps(words)
        case "max_points":
            points = parse_points(words)
            value: Any = points if isinstance(points, Decimal) else None
        case "follow_up_months":
            value = int(words) if MONTHS.fullmatch(words) else None
        case "follow_up_by":
            value = people.get(words)
        case _ if name in CHOICES:
            value = choice_of(name, words) or None
        case _:
            value = words
    return value, [] if value is not None else [words]


def _steps(text: str) -> tuple[Sequence[tuple[Decimal, str]], list[str]]:
    """Return the steps of a scale, one for each number of points, and the lines that are none."""
    steps, strange = scale_of(text)
    kept: dict[Decimal, str] = {}
    for points, words in steps:
        if points in kept:
            strange.append(f"{points} = {words}")
        else:
            kept[points] = words
    return list(kept.items()), strange
