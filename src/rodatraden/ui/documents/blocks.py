"""What a document is made of; the same names as in layout.typ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, of level 1 under the title."""

    kind: ClassVar = "heading"
    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Annex:
    """A heading of level 1 that begins a page of its own."""

    kind: ClassVar = "annex"
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs, parted by empty lines; line breaks within them are kept."""

    kind: ClassVar = "text"
    text: str


@dataclass(frozen=True, slots=True)
class Lead:
    """The sentence that says it all, larger."""

    kind: ClassVar = "lead"
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Small print."""

    kind: ClassVar = "note"
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A fingerprint under its label, every character told apart from the next."""

    kind: ClassVar = "code"
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    kind: ClassVar = "bullets"
    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A list in order."""

    kind: ClassVar = "numbered"
    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels, each with its value."""

    kind: ClassVar = "facts"
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, its share of the width, and whether it holds figures (set to the right)."""

    name: str
    share: int = 1
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; the first cell of a row is its name, and the head comes again on each page."""

    kind: ClassVar = "table"
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Steps:
    """A sum in words, line by line with what each comes to; the last line is the result."""

    kind: ClassVar = "steps"
    steps: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines for the parties to sign on."""

    kind: ClassVar = "signatures"
    parties: Sequence[str]


Block = Heading | Annex | Text | Lead | Note | Code | Bullets | Numbered | Facts | Table | Steps | Signatures


def written(block: Block) -> dict[str, object]:
    """Return a block as the layout takes it."""
    match block:
        case Heading():
            told: dict[str, object] = {"text": block.text, "level": block.level}
        case Annex() | Text() | Lead() | Note():
            told = {"text": block.text}
        case Code():
            told = {"label": block.label, "text": block.text}
        case Bullets() | Numbered():
            told = {"items": list(block.items)}
        case Facts():
            told = {"facts": [list(each) for each in block.facts]}
        case Table():
            told = {
                "columns": [
                    {"name": column.name, "share": column.share, "figures": column.figures} for column in block.columns
                ],
                "rows": [list(row) for row in block.rows],
            }
        case Steps():
            told = {"columns": [gettext("Step"), gettext("Value")], "steps": [list(each) for each in block.steps]}
        case Signatures():
            told = {
                "parties": list(block.parties),
                "lines": [gettext("Place and date"), gettext("Signature"), gettext("Printed name")],
            }
    return {"kind": block.kind, **told}
