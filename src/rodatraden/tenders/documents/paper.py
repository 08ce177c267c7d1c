"""The published documents as PDF, set from a frozen snapshot alone; the canonical text is what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.core.instants import local_date
from rodatraden.tenders.queries import contents_of, language_of
from rodatraden.ui.documents import (
    Block,
    Bullets,
    Code,
    Column,
    Facts,
    Heading,
    Lead,
    Note,
    Paper,
    Table,
    Text,
    written_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rodatraden.tenders.models import Snapshot
    from rodatraden.tenders.queries import Contents, ContentsRow


@written_in(language_of)
def documents_paper(snapshot: Snapshot) -> Paper:
    """Return a version of the procurement documents in the order in which they are read on the public page."""
    contents = contents_of(snapshot)
    return Paper(
        kind="procurement-documents",
        title=gettext("Procurement documents"),
        subtitle=gettext("%(title)s, case %(number)s") % {"title": contents.title, "number": contents.diary_number},
        buyer=contents.buyer,
        on=local_date(snapshot.frozen_at, snapshot.tender.procurement.country),
        version=snapshot.number,
        blocks=(
            *([Lead(contents.summary)] if contents.summary else []),
            *([Text(contents.introduction)] if contents.introduction else []),
            Facts(contents.facts),
            *_section(gettext("Needs"), contents.needs),
            *(block for kind, rows in contents.requirements for block in _section(kind, rows)),
            *_section(gettext("What the bid holds"), contents.items),
            Heading(gettext("How bids are evaluated")),
            Bullets(contents.model),
            *_clauses(contents),
            Heading(gettext("What this document is set from")),
            Note(
                gettext(
                    "The canonical text of version %(number)s is what counts, if it and this document should differ."
                )
                % {"number": snapshot.number}
            ),
            Code(gettext("Fingerprint of the canonical text (SHA-256)"), snapshot.sha256),
        ),
    )


def _section(title: str, rows: Sequence[ContentsRow]) -> Iterable[Block]:
    if rows:
        yield Heading(title)
    for row in rows:
        yield Heading(f"{row.label} {row.title}", 2)
        if row.is_fictional:
            yield Note(gettext("Example, made up"))
        if row.text:
            yield Text(row.text)
        if row.facts:
            yield Facts(row.facts)
        if row.scale:
            yield Table((Column(gettext("Points")), Column(gettext("What it takes"), share=5)), row.scale)


def _clauses(contents: Contents) -> Iterable[Block]:
    if contents.clauses:
        yield Heading(gettext("Terms of the contract"))
    for label, text in contents.clauses:
        yield Heading(label, 2)
        yield Text(text)
    if contents.files:
        yield Heading(gettext("Files"))
    for title, sha256 in contents.files:
        yield Code(title, sha256)
