"""The box: the server's own layer of what is sealed, and the closing, a one-way fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyrage
from django.db import connection, transaction

from rodatraden.bids.queries.sealed import layer_path, layer_recipient
from rodatraden.bids.rules import Kind, may_close
from rodatraden.core.answer import require
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.records.storage import write_secret
from rodatraden.tenders.models import Tender

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rodatraden.core.sealing.holders import Holds
    from rodatraden.parties.models import Person

BOX_LOCK = 0x62696473
"""First half of the advisory locks of boxes on PostgreSQL; the second half names the tender."""
SUPPLIER_LOCK = 0x62696474
"""First half of the advisory locks of suppliers at a box; the second half names both."""


def make_layer(tender_id: UUID, holds: Holds) -> str:
    """Return the public half of the server's own key for a tender's bids or prices, made if there is none.

    The private half is a file, written before anything is sealed to it. One that an earlier transaction left when it was
    rolled back is taken into use: nothing was ever sealed to it.
    """
    if not layer_path(tender_id, holds).exists():
        write_secret(layer_path(tender_id, holds), f"{pyrage.x25519.Identity.generate()}\n")
    return layer_recipient(tender_id, holds)


def close_for_bids(*, tender: Tender, by: Person | None, at: datetime) -> StageFact:
    """Close the box: from now on nothing is in time, whatever a clock says (INV-05). Closing twice is closing once.

    Waits for those who are handing in right now: whoever came before the deadline has got their place. And for whoever
    moves the deadline right now: either it has moved and the box stays open, or the box is closed and nothing moves.

    Raises:
        RefusedError: the deadline has not passed, or what came just before it is still being stored.
    """
    with transaction.atomic():
        lock_box(tender.pk, alone=True)
        held = Tender.objects.select_related("procurement").select_for_update(of=("self",), no_key=True)
        tender = held.get(pk=tender.pk)
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
