"""The diary of a case as its export holds it: a row, and what its file says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.records.queries import diary_documents, read_bytes

if TYPE_CHECKING:
    from rodatraden.procurements.models import Procurement


def filed(procurement: Procurement, subject: str) -> tuple[str, str, str] | None:
    """Return direction, counterparty and words of the latest document with that subject that was written here, or None."""
    found = [each for each in diary_documents(procurement.diary_case) if each.subject == subject and each.file]
    if not found or found[-1].file is None:
        return None
    return found[-1].direction, found[-1].counterparty, read_bytes(found[-1].file).decode()
