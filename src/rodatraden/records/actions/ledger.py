"""The verbs of the log: an entry for each verb, cover, signed heads, receipts that prove their place in it."""

from __future__ import annotations

import base64
import json
from datetime import UTC
from secrets import SystemRandom, token_bytes
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.db.models import Max
from django.dispatch import Signal

from rodatraden.core.answer import RefusedError, no
from rodatraden.core.canonical import canonical_json
from rodatraden.core.ledger import (
    PARTS,
    TILE,
    Head,
    Key,
    Leaf,
    commitments,
    cover_leaf,
    head_text,
    levels,
    receipt_signed,
    signed_note,
    tile_root,
)
from rodatraden.core.message import say
from rodatraden.records.models import LedgerBody, LedgerEntry, LedgerHead, LedgerTile
from rodatraden.records.queries.ledger import (
    TRIGGERS,
    as_body,
    block,
    head_of,
    head_with_path,
    kept_head_path,
    key_path,
    ledger_size,
    public_key,
)
from rodatraden.records.storage import write_secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db.models import Model

    from rodatraden.parties.models import Person

event_recorded = Signal()
"""Sent with `body: LedgerBody` inside the transaction of the verb; later rooms subscribe by event name."""

LEDGER_LOCK = 0x526F6461
HEADS_AT = 1024
"""Entries from one published head to the next, or a multiple of it: filled up with cover. Source: policy."""
COVER_MEAN = 16
"""Entries that tell of nothing, on average, before each receipt and at random times. Source: policy."""


def record_event(
    event: str,
    *,
    of: Model,
    by: Person | None,
    at: datetime,
    case: UUID | None = None,
    what: Mapping[str, object] | None = None,
    is_sealed: bool = False,
    is_covered: bool = False,
) -> LedgerBody:
    """Append one entry to the ledger, in the transaction of the verb that it tells of.

    `of` is named by type and UUID; `what` holds plain values without anybody's name; `is_sealed` keeps the event out
    of every view of the case until the bids are opened (INV-02), `is_covered` puts cover before it, so that its number
    tells nothing either (`record_cover`). One entry per verb. From here to the end of the transaction nobody else
    records anything: it belongs late in its verb.

    Raises:
        TransactionManagementError: there is no transaction to belong to.
    """
    if not connection.in_atomic_block:
        msg = "An event is recorded in the transaction of its verb"
        raise transaction.TransactionManagementError(msg)
    body = LedgerBody(
        event=event,
        object_type=of._meta.label,  # noqa: SLF001 -- Django's public name for it
        object_id=of.pk if isinstance(of.pk, UUID) else UUID(int=of.pk),
        case=case,
        by=by.pk if by else None,
        at=at,
        what=canonical_json(dict(what or {})).decode("utf-8"),
        salts=json.dumps({part: token_bytes(32).hex() for part in PARTS}),
        is_sealed=is_sealed,
    )
    leaves = [*_cover_leaves(_how_many() if is_covered else 0), _leaf_of(body)]
    body.index = _append(leaves) - 1
    body.save(force_insert=True)
    event_recorded.send(sender=LedgerBody, body=body)
    return body


def record_cover() -> None:
    """Append a random number of entries that tell of nothing, so that no number of an entry tells how many bids there are.

    Called before the entry of each receipt, and at random times by the worker: from outside the two look alike (INV-02).

    Raises:
        TransactionManagementError: there is no transaction to belong to.
    """
    if not connection.in_atomic_block:
        msg = "Cover is recorded in the transaction of what it covers"
        raise transaction.TransactionManagementError(msg)
    _append(_cover_leaves(_how_many()))


def _cover_leaves(number: int) -> list[Leaf]:
    return [cover_leaf(token_bytes(32 * len(PARTS))) for _ in range(number)]


def _leaf_of(body: LedgerBody) -> Leaf:
    committed = as_body(body)
    return commitments(committed.salts, committed.parts)


def _append(leaves: Sequence[Leaf]) -> int:
    """Append leaves that have been made already, so that nobody waits for that, and return how many entries there are."""
    lock_ledger()
    size = ledger_size()
    LedgerEntry.objects.bulk_create(
        LedgerEntry(index=index, leaf=leaf.text, leaf_hash=leaf.hash) for index, leaf in enumerate(leaves, size)
    )
    return size + len(leaves)


def _how_many() -> int:
    """Draw a whole number from 1, geometric with the mean `COVER_MEAN`: however many came before, one more is as likely."""
    chance, number = SystemRandom(), 1
    while chance.randrange(COVER_MEAN):
        number += 1
    return number


def sign_head() -> str:
    """Return the log's head as it is now, signed (C2SP signed-note); it proves every entry before it.

    Raises:
        TransactionManagementError: there is no transaction to belong to.
    """
    return _signed(head_of(_complete_tiles()))


def _signed(head: Head) -> str:
    private, key = _signer()
    text = head_text(head, key.name)
    return signed_note(text, key, private.sign(text.encode()))


def publish_head(*, by: Person | None, at: datetime) -> LedgerHead | None:
    """Sign the head and put it on the public page, once for each day (UTC) that has begun; None where that has been done.

    Nor while a clock that was set back has not come past the last one: the days stand in the order of the heads.

    Once a day, and at a whole multiple of `HEADS_AT` entries, so that neither the time nor the number tells of what happened
    (INV-02). It is kept a second time beside the key, where whoever holds only the database can't reach it.
    """
    del by  # nobody: the clock
    day = at.astimezone(UTC).date()
    if LedgerHead.objects.filter(day__gte=day).exists():
        return None
    with transaction.atomic():
        lock_ledger()
        if LedgerHead.objects.filter(day__gte=day).exists():
            return None
        size = _append(_cover_leaves(HEADS_AT - ledger_size() % HEADS_AT))
        note = sign_head()
        head = LedgerHead.objects.create(day=day, size=size, note=note, key=str(_signer()[1]), signed_at=at)
    write_secret(kept_head_path(), note)
    return head


def sign_export() -> str:
    """Return a signed head for an exported log to end with: what is cut off or added after it shows."""
    with transaction.atomic():
        return sign_head()


def sign_receipt(*, receipt: Mapping[str, object], event: LedgerBody) -> str:
    """Return a receipt as canonical JSON that proves itself without network: its place in the log, and our signature.

    `event` is the entry that tells of what the receipt is for; what of it the receipt repeats (when, what) it opens, so
    that anybody can see that the two say the same. `rodatraden verify` and `core.ledger.offline` check it.
    """
    opened = as_body(event).opened()
    head, path = head_with_path(event.index, _complete_tiles())
    private, key = _signer()
    ledger = {
        "index": event.index,
        "leaf": _leaf_of(event).text,
        "told": {part: {"salt": opened[part][0].hex(), "text": opened[part][1].decode()} for part in ("when", "what")},
        "path": path,
        "head": _signed(head),
    }
    told = json.loads(canonical_json({**receipt, "ledger": ledger, "key": str(key)}))
    signature = base64.b64encode(private.sign(receipt_signed(told))).decode()
    return canonical_json({**told, "signature": signature}).decode()


def _complete_tiles() -> int:
    """Write down the roots of the tiles that have become whole since somebody last asked, and return the log's size."""
    lock_ledger()
    size = ledger_size()
    last = dict(LedgerTile.objects.order_by().values_list("level").annotate(last=Max("number")))
    for level in range(1, levels(size) + 1):
        whole = range(last.get(level, -1) + 1, size // TILE**level)
        LedgerTile.objects.bulk_create(
            LedgerTile(level=level, number=number, root=tile_root(block(level - 1, number))) for number in whole
        )
    return size


def _signer() -> tuple[Ed25519PrivateKey, Key]:
    """Return this installation's key for heads and receipts; the first time it is made."""
    path = key_path()
    if not path.exists():
        write_secret(path, Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n")
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii")))
    return private, public_key(private)


def erase_body(*, index: int, by: Person, at: datetime, reason: str) -> None:
    """Erase the body of a ledger entry by a recorded decision; the leaf stays and still proves order and existence.

    Raises:
        RefusedError: the decision has no reason (INV-33).
    """
    if not reason.strip():
        raise RefusedError(no(say("Write which decision it is erased by."), mend="reason", source="arkivlagen 10 §"))
    with transaction.atomic():
        body = LedgerBody.objects.get(index=index)
        record_event("ledger_body_erased", of=body, by=by, at=at, case=body.case, what={"reason": reason})
        body.delete()


TRIGGER_FUNCTION = """
CREATE OR REPLACE FUNCTION records_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def restore_ledger_triggers() -> None:
    """Put the triggers that make the ledger append-only in place; run after every migration.

    SQLite rebuilds a table when a field is altered, and silently loses its triggers.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(TRIGGER_FUNCTION)
        for statement in TRIGGERS[connection.vendor].values():
            cursor.execute(statement)


def lock_ledger() -> None:
    """Let one transaction at a time number ledger entries and diary cases; SQLite's IMMEDIATE does so by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
