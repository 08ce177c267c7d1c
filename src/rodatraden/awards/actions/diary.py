"""How the room enters what it draws up or sends in the diary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.records.actions import register_document, store_bytes

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.records.models import DiaryDocument
    from rodatraden.tenders.models import Tender


def in_diary(
    tender: Tender,
    direction: DiaryDocument.Direction,
    *,
    subject: str,
    text: str,
    name: str,
    by: Person,
    at: datetime,
    counterparty: str = "",
) -> DiaryDocument:
    """Enter a text that was drawn up or sent in the diary, with its bytes."""
    return register_document(
        case=tender.procurement.diary_case,
        direction=direction,
        counterparty=counterparty,
        subject=subject,
        file=store_bytes(text.encode(), name=name, media_type="text/plain; charset=utf-8", by=by, at=at),
        by=by,
        at=at,
    )
