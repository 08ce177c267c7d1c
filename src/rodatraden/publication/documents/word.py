"""The published documents in Word, for those who want to write in them; the canonical text is what counts."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import docx
from django.utils.translation import gettext as _

from rodatraden.tenders.queries import contents_of, language_of
from rodatraden.ui.documents import LANGUAGES, written_in
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docx.document import Document

    from rodatraden.tenders.models import Snapshot
    from rodatraden.tenders.queries import ContentsRow


@written_in(language_of)
def as_word(snapshot: Snapshot) -> bytes:
    """Return the documents as a Word file; the same snapshot gives the same text and dates."""
    contents = contents_of(snapshot)
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.language = (
        contents.title,
        contents.buyer,
        LANGUAGES[language_of(snapshot)],
    )
    properties.created = properties.modified = snapshot.frozen_at.replace(tzinfo=None)
    document.add_heading(contents.title, 0)
    document.add_paragraph(f"{contents.buyer}, {contents.diary_number}")
    document.add_paragraph(
        _("Version %(number)s, published %(when)s. Fingerprint (SHA-256): %(sha256)s")
        % {"number": snapshot.number, "when": moment(snapshot.frozen_at), "sha256": snapshot.sha256}
    )
    for text in (contents.summary, contents.introduction):
        document.add_paragraph(text)
    _table(document, contents.facts)
    _section(document, _("Needs"), contents.needs)
    for kind, rows in contents.requirements:
        _section(document, kind, rows)
    _section(document, _("What the bid holds"), contents.items)
    document.add_heading(_("How bids are evaluated"), 1)
    for sentence in contents.model:
        document.add_paragraph(sentence)
    document.add_heading(_("Terms of the contract"), 1)
    for label, text in contents.clauses:
        document.add_heading(label, 2)
        document.add_paragraph(text)
    if contents.files:
        document.add_heading(_("Files"), 1)
        _table(document, contents.files)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _section(document: Document, title: str, rows: Iterable[ContentsRow]) -> None:
    shown = list(rows)
    if not shown:
        return
    document.add_heading(title, 1)
    for row in shown:
        document.add_heading(f"{row.label} {row.title}", 2)
        if row.text:
            document.add_paragraph(row.text)
        if row.is_fictional:
            document.add_paragraph(_("Made up for the example."))
        _table(document, (*row.facts, *row.scale))


def _table(document: Document, rows: Iterable[tuple[str, str]]) -> None:
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for label, text in rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, text
