"""The box: its key, made when the documents are published, and its closing, a one-way fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyrage
from django.db import connection, transaction

from rodatraden.bids.models import SealingKey
from rodatraden.bids.queries.boxed import identity_of, key_path
from rodatraden.bids.rules import Kind, may_close
from rodatraden.core.answer import require
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.records.actions import record_event
from rodatraden.records.storage import write_secret
from rodatraden.tenders.models import Tender

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rodatraden.parties.models import Person

BOX_LOCK = 0x62696473
"""First half of the advisory locks of boxes on PostgreSQL; the second half names the tender."""
SUPPLIER_LOCK = 0x62696474
"""First half of the advisory locks of suppliers at a box; the second half names both."""


def make_sealing_key(*, tender: Tender, by: Person | None, at: datetime) -> SealingKey:
    """Make the age key to which a tender's bids are sealed: the public half in a row, the private one in a file.

    The file is written before the row. Where an earlier transaction was rolled back after it, the file that it left is
    taken into use: nothing was ever sealed to it.
    """
    if not key_path(tender.pk).exists():
        write_secret(key_path(tender.pk), f"{pyrage.x25519.Identity.generate()}\n")
    recipient = str(pyrage.x25519.Identity.from_str(identity_of(tender.pk)).to_public())
    with transaction.atomic():
        key = SealingKey.objects.create(tender=tender, recipient=recipient, made_at=at)
        record_event(
            "sealing_key_made", of=tender, by=by, at=at, case=tender.procurement_id, what={"recipient": recipient}
        )
    return key


def close_for_bids(*, tender: Tender, by: Person | None, at: datetime) -> StageFact:
    """Close the box: from now on nothing is in time, whatever a clock says (INV-05). Closing twice is closing once.

    Waits for those who are handing in right now: whoever came before the deadline has got their place.

    Raises:
        RefusedError: the deadline has not passed, or what came just before it is still being stored.
    """
    with transaction.atomic():
        lock_box(tender.pk, alone=True)
        tender = Tender.objects.select_related("procurement").get(pk=tender.pk)
        closed = StageFact.objects.filter(procurement=tender.procurement_id, kind=Kind.CLOSED).first()
        if closed:
            return closed
        require(may_close(tender, at))
        return record_fact(procurement=tender.procurement, kind=Kind.CLOSED, by=by, at=at)


def lock_box(tender_id: UUID, *, alone: bool) -> None:
    """Hold a place at the box until the transaction ends: many hand in side by side, who closes is alone.

    On SQLite every writing transaction is alone already (IMMEDIATE).
    """
    _lock(BOX_LOCK, tender_id.int, alone=alone)


def lock_supplier(tender_id: UUID, supplier_id: UUID) -> None:
    """Be the only one who hands in for a supplier until the transaction ends; after `lock_box` where both are held."""
    _lock(SUPPLIER_LOCK, tender_id.int ^ supplier_id.int, alone=True)


def _lock(kind: int, number: int, *, alone: bool) -> None:
    if connection.vendor == "postgresql":
        function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        second = int.from_bytes((number >> 96).to_bytes(4, "big"), "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [kind, second])
