"""Documents as PDF: tagged, with fonts within, for archives (PDF/A-2a) and for everybody (PDF/UA-1).

A room says *what* stands in a document, as a `Paper` of blocks with sentences already in the reader's language, in its own
`documents.py`. Here it gets its look, by one template and `typst`, without a network:

    paper = Paper(
        kind="feedback-report",
        title=gettext("Feedback report"),
        subtitle=f"{procurement.title}, {bid.supplier.name}",
        buyer=procurement.buyer.name,
        on=local_date(at, procurement.country),
        blocks=(
            Heading(gettext("Strengths")),
            Bullets(("…", "…")),
            Table((Column(gettext("Criterion"), share=3), Column(gettext("Points"), figures=True)), (("Metod", "8,5"),)),
            Steps((("20 − 8", "12"), ("12 × 50 kronor", "600 kronor"))),
        ),
    )

A document is in the language of its procurement: whoever makes its paper, or a text that is kept to stand in it, is marked
`@written_in(lambda …: ….language)`. Numbers, money and days are written by `ui.words`, which know the language.

What is issued goes through `records.actions.issue_document`, which numbers it, sets it once and keeps the bytes; a
draft is `typeset(paper)`, says so on each page, and is kept nowhere. `as_word(paper)` is a copy to edit.

The same paper gives the same bytes, whenever it is set: nothing in it is the moment, and its date is its own.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import fontpkg_inter
import typst
from django.utils.translation import get_language, gettext, override

from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.ui.documents.blocks import (
    Annex,
    Block,
    Bullets,
    Code,
    Column,
    Facts,
    Heading,
    Lead,
    Note,
    Numbered,
    Signatures,
    Steps,
    Table,
    Text,
    written,
)
from rodatraden.ui.documents.language import written_in
from rodatraden.ui.documents.letters import spelled_out
from rodatraden.ui.documents.word import LANGUAGES, as_word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

__all__ = [
    "LANGUAGES",
    "Annex",
    "Block",
    "Bullets",
    "Code",
    "Column",
    "Facts",
    "Heading",
    "Lead",
    "Note",
    "Numbered",
    "Paper",
    "Signatures",
    "Steps",
    "Table",
    "Text",
    "as_word",
    "typeset",
    "written_in",
]

FORMAT = "rodatraden-paper-1"
LAYOUT = Path(__file__).with_name("layout.typ")
FONTS = Path(fontpkg_inter.__file__).with_name("files")


@dataclass(frozen=True, slots=True)
class Paper:
    """What is to stand in a document: whose it is, what it is called, and its blocks in order.

    `kind` names the sort for machines. `number` and `version` are given when it is issued; without a number it is a draft.
    """

    kind: str
    title: str
    buyer: str
    on: date
    blocks: Sequence[Block]
    subtitle: str = ""
    number: str = ""
    version: int = 1
    language: str = field(default_factory=lambda: (get_language() or "sv").partition("-")[0])

    @property
    def data(self) -> bytes:
        """The paper as canonical JSON: all that is printed but for the last page, and what its fingerprint is made of."""
        with override(self.language):
            return canonical_json(self._told())

    def _told(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "kind": self.kind,
            "title": self.title,
            "subtitle": self.subtitle,
            "buyer": self.buyer,
            "number": self.number,
            "version": self.version,
            "on": self.on,
            "language": self.language,
            "words": {
                "draft": gettext("DRAFT"),
                "numbered": gettext("%(number)s, version %(version)s, %(day)s")
                % {"number": self.number, "version": self.version, "day": self.on.isoformat()},
            },
            "blocks": [written(block) for block in self.blocks],
        }

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of `data`, in hexadecimal."""
        return sha256_hex(self.data)


def typeset(paper: Paper, *, closing: Sequence[Block] = ()) -> bytes:
    """Return the paper as PDF, with `closing` on a last page of its own.

    A character that no font has (Chinese, a picture) would break the standards, so it is printed by its number in
    Unicode, [U+4E2D]; the data holds it as it is.
    """
    with override(paper.language):
        inputs = {"paper": paper.data, "closing": canonical_json([written(block) for block in closing])}
    try:
        return _compiled(inputs)
    except typst.TypstError:
        return _compiled({name: canonical_json(spelled_out(json.loads(data))) for name, data in inputs.items()})


_setting: set[int] = set()
"""The process that sets documents; one that parted from it is another."""


def _compiled(inputs: dict[str, bytes]) -> bytes:
    """Compile the layout; a compiler is made each time, since one can't be shared between threads. The fonts are.

    Raises:
        RuntimeError: this process parted from one that had set a document. Its threads did not come along, and to wait for
            them would hold a transaction, and with it the whole program, for ever.
    """
    _setting.add(os.getpid())
    if len(_setting) > 1:
        raise RuntimeError("a process that has set a document has parted into others, which can set none")
    compiler = typst.Compiler(font_paths=_fonts())
    made = compiler.compile(
        input=_layout(),
        format="pdf",
        sys_inputs={name: data.decode() for name, data in inputs.items()},
        pdf_standards=["a-2a", "ua-1"],
    )
    if not isinstance(made, bytes):
        msg = "typst gave no single file"
        raise TypeError(msg)
    return made


@cache
def _layout() -> bytes:
    return LAYOUT.read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Return Inter and what lies in typst; never the machine's own fonts, with which the bytes would differ."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
