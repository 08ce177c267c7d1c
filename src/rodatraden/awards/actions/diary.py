"""How the room enters what it issues in the diary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.records.actions import issue_document

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.records.models import DiaryDocument
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.documents import Paper


def issued(
    tender: Tender,
    direction: DiaryDocument.Direction,
    paper: Paper,
    *,
    by: Person,
    at: datetime,
    subject: str = "",
    counterparty: str = "",
) -> DiaryDocument:
    """Issue a document of the case and enter it in its diary, under its own title unless `subject` says more."""
    procurement = tender.procurement
    return issue_document(
        paper=paper,
        case=procurement.diary_case,
        of=procurement.pk,
        direction=direction,
        counterparty=counterparty,
        subject=subject or paper.title,
        by=by,
        at=at,
    )
