"""The verb of whoever reads what only some may know of: it is noted who read it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from rodatraden.records.models import Reading

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rodatraden.parties.models import Person


def note_reading(*, case: UUID, subject: UUID, document: UUID, by: Person, at: datetime) -> None:
    """Note that `by` reads a document of `subject`, once for each day; it is asked for before the document is given.

    It writes nothing in the log, which is for verbs that change something: reading is often, and holds nobody up.
    """
    day = at.astimezone(UTC).date()
    if Reading.objects.filter(subject=subject, document=document, read_by=by, read_on=day).exists():
        return  # without waiting for who writes
    row = Reading(case=case, subject=subject, document=document, read_by=by, read_on=day, read_at=at)
    Reading.objects.bulk_create([row], ignore_conflicts=True)
