"""A paper in Word, for a receiver who must edit it: the same blocks, and a line that says that it is a copy."""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
from django.utils.translation import gettext, override
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

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
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document

    from rodatraden.ui.documents import Paper

LANGUAGES = {"sv": "sv-SE", "nb": "nb-NO", "en": "en-GB"}


def as_word(paper: Paper) -> bytes:
    """Return a paper as a Word file (.docx) to edit; what was issued is the PDF, and only that is checked.

    What Word can't hold, control characters, is left out.
    """
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author = _clean(paper.title), _clean(paper.buyer)
    properties.language = LANGUAGES.get(paper.language, paper.language)
    properties.created = properties.modified = datetime.combine(paper.on, time())
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Arial")
    with override(paper.language):
        document.add_heading(_clean(paper.title), 0)
        _paragraphs(document, f"{paper.buyer}\n{paper.subtitle}")
        if paper.number:
            copy = gettext(
                "A copy to edit of document %(number)s, version %(version)s. What counts is the document itself."
            )
            _paragraphs(document, copy % {"number": paper.number, "version": paper.version}, style="Intense Quote")
        for block in paper.blocks:
            _write(document, block)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _write(document: Document, block: Block) -> None:
    match block:
        case Heading():
            document.add_heading(_clean(block.text), block.level)
        case Annex():
            document.add_page_break()  # type: ignore[no-untyped-call]
            document.add_heading(_clean(block.text), 1)
        case Text() | Note():
            _paragraphs(document, block.text)
        case Lead():
            _paragraphs(document, block.text, style="Subtitle")
        case Code():
            _paragraphs(document, f"{block.label}\n{block.text}")
        case Bullets() | Numbered():
            for item in block.items:
                _paragraphs(document, item, style="List Bullet" if isinstance(block, Bullets) else "List Number")
        case Facts():
            _table(document, (), block.facts)
        case Table():
            _table(document, block.columns, block.rows)
        case Steps():
            _table(document, (Column(gettext("Step")), Column(gettext("Value"), figures=True)), block.steps)
        case Signatures():
            lines = (gettext("Place and date"), gettext("Signature"), gettext("Printed name"))
            _table(document, (), [block.parties, *([f"\n\n{line}"] * len(block.parties) for line in lines)])


def _table(document: Document, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    table = document.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    if columns:
        for cell, column in zip(table.add_row().cells, columns, strict=True):
            cell.text = ""
            cell.paragraphs[0].add_run(_clean(column.name)).bold = True
    for row in rows:
        for number, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            cell.text = _clean(text)
            if columns and columns[number].figures:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()


def _paragraphs(document: Document, text: str, **how: Any) -> None:
    document.add_paragraph(_clean(text), **how)


def _clean(text: str) -> str:
    kept = text.replace("\r\n", "\n")
    return "".join(sign for sign in kept if sign in "\n\t" or (sign >= " " and sign not in "\ufffe\uffff"))
