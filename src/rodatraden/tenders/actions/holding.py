"""The documents held while a verb changes them: what is asked of them is asked of what stands, and nobody closes the box meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.answer import require
from rodatraden.tenders.models import DocumentChange, Tender
from rodatraden.tenders.queries import with_case
from rodatraden.tenders.rules.access import may_edit

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.parties.models import Person


def hold_documents(tender_id: UUID) -> Tender:
    """Return the documents as they stand now, with what their rules read, held until the transaction ends.

    Locks are taken in one order everywhere: a place at the box, the documents, a change of them. Who only points to the
    documents, as a hand-in does, does not wait for this (`no_key`). On SQLite every writing transaction is alone already
    (IMMEDIATE).
    """
    return with_case(Tender.objects.filter(pk=tender_id)).select_for_update(of=("self",), no_key=True).get()


def hold_draft(tender_id: UUID, by: Person) -> None:
    """Hold documents for an edit before they are published, and ask once more: whoever publishes them right now waits, or has frozen them.

    Raises:
        RefusedError: `by` may not edit, or they have been published since it was asked.
    """
    require(may_edit(by, hold_documents(tender_id).procurement))


def hold_change(change: DocumentChange) -> DocumentChange:
    """Return a change as it stands now, with its documents, both held until the transaction ends."""
    tender = hold_documents(change.tender_id)
    held = DocumentChange.objects.select_for_update(no_key=True).get(pk=change.pk)
    held.tender = tender
    return held
