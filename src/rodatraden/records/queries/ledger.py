"""Reads of the log: what was recorded, whether it holds, and what proves it."""

from __future__ import annotations

import json
import logging
from datetime import UTC
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import CharField, Max, Q, Subquery
from django.db.models.functions import Cast, Coalesce

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.canonical import canonical_json
from rodatraden.core.ledger import (
    LOG_FORMAT,
    TILE,
    Body,
    Fault,
    FaultyError,
    Head,
    Key,
    Tile,
    Unproven,
    Wrong,
    consistency_spans,
    inclusion_spans,
    read_head,
    read_key,
    root_reader,
    told_head,
    verify,
)
from rodatraden.core.message import say
from rodatraden.parties.models import Person
from rodatraden.records.models import LedgerBody, LedgerEntry, LedgerHead, LedgerTile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path
    from typing import Any
    from uuid import UUID

    from django.db.models import Model, QuerySet

    from rodatraden.core.ledger import Row

security = logging.getLogger("rodatraden.security")
CHUNK = 1000
BODY: tuple[str | Cast, ...] = (
    *("index", "salts", "at", "what", "event", "is_sealed", "object_type"),
    *(
        Cast(name, CharField()) for name in ("by", "case", "object_id")
    ),  # to make objects of them takes longer than to hash them
)
UNREADABLE = (ValueError, TypeError, DatabaseError)
TRUTH = {True: "true", False: "false"}
APPEND_ONLY = ("records_ledgerentry", "records_ledgerhead", "records_ledgertile")
TRIGGERS = {
    "sqlite": {
        f"{table}_no_{verb.lower()}": (
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    },
    "postgresql": {
        f"{table}_no_{verb.lower()}": (
            f"CREATE OR REPLACE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION records_ledger_append_only()"
        )
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE", "TRUNCATE")
    },
}


def verify_ledger() -> Fault | None:
    """Return the first fault of the log, or None when every entry holds (Annex IV g, INV-32).

    Each published head, and the copy of the latest one that lies beside the key and outside the database, must be signed by
    this installation's key and be that of the entries before it: a log that was written anew, or put back as it was
    earlier, has other roots. What is kept beside the entries must follow from them: the roots of tiles, and every body.
    What was cut off after the latest head is seen by receipts alone.
    """
    own, heads = own_key(), list(LedgerHead.objects.order_by("day"))
    if heads and own is None:
        return Fault(index=heads[0].size, reason=say("The key that signs the log is gone. Put secrets/log.key back."))
    keys = {str(key): key for key in (own, *former_keys()) if key}
    told: list[Head] = []
    for head in heads:
        try:
            found = read_head(head.note, keys[head.key])
        except (KeyError, Unproven):
            reason = say("The head of {day} is not signed by this installation's key.", day=head.day)
            return Fault(index=head.size, reason=reason)
        if found.size != head.size or (told and found.size <= told[-1].size):
            return Fault(index=found.size, reason=say("The head of {day} is not the one of that day.", day=head.day))
        told.append(found)
    kept = kept_head_path()
    if own and kept.exists():
        try:
            told.append(read_head(kept.read_text(encoding="utf-8"), own))
        except Unproven:
            return Fault(
                index=0, reason=say("The head that is kept beside the key, secrets/log.head, is not signed by it.")
            )
    # Read before the entries, a few thousand in a log of a million: one that is written meanwhile has entries that we don't see.
    kept_tiles = list(LedgerTile.objects.order_by("level", "number").values_list("level", "number", "root"))
    return verify(_entries(), told, map(Tile._make, kept_tiles)) or _body_without_entry()


def _body_without_entry() -> Fault | None:
    """Return what is told to have happened without an entry that proves it."""
    last = LedgerEntry.objects.order_by("-index").values("index")[:1]
    beyond = LedgerBody.objects.filter(Q(index__lt=0) | Q(index__gt=Coalesce(Subquery(last), -1))).order_by("index")
    found = beyond.first()
    return Fault(index=found.index, reason=say("Entry {index} is missing.", index=found.index)) if found else None


def own_key() -> Key | None:
    """Return the public half of the key that this installation signs with, or None before it has signed anything."""
    if not key_path().exists():
        return None
    return public_key(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key_path().read_text(encoding="ascii"))))


def public_key(private: Ed25519PrivateKey) -> Key:
    """Return a key's public half under the name that follows from it."""
    public = private.public_key().public_bytes_raw()
    return Key(f"rodatraden-{sha256(public).hexdigest()[:12]}", public)


def former_keys() -> list[Key]:
    """Return the keys that this installation signed with before it lost one: written down by a person, never by a row.

    Raises:
        Unproven: a line of the file is no key.
    """
    path = settings.DATA_DIR / "secrets" / "log.former"
    return [read_key(line) for line in path.read_text(encoding="ascii").splitlines()] if path.exists() else []


def key_path() -> Path:
    """Return where the private half of the key that signs heads and receipts lies: outside the database."""
    return settings.DATA_DIR / "secrets" / "log.key"


def kept_head_path() -> Path:
    """Return where the latest published head lies a second time, where whoever holds only the database can't reach it."""
    return settings.DATA_DIR / "secrets" / "log.head"


def log_holds() -> Answer:
    """Answer whether the log holds: a broken chain stops openings, of prices too, and the award, and raises an alarm (INV-32).

    The alarm is a line of the log of security: whoever runs the server is to be woken by it (docs/security.md#what-is-logged).
    """
    missing = missing_triggers()
    if missing:
        security.error("the log lacks its protection: %s", ", ".join(missing))
        return no(
            say(
                "The log lacks its protection, so nothing is opened or decided. Tell those who run the system: {names}",
                names=", ".join(missing),
            ),
            source="LOU 12 kap. 8 §",
        )
    fault = verify_ledger()
    if fault is None:
        return YES
    security.error("the log does not hold: %s", fault)
    return no(
        say(
            "The log does not hold, so nothing is opened or decided. Tell those who run the system: {fault}",
            fault=str(fault),
        ),
        source="LOU 12 kap. 8 §",
    )


def ledger_size() -> int:
    """Return how many entries the log has."""
    last = LedgerEntry.objects.aggregate(last=Max("index"))["last"]
    return 0 if last is None else last + 1


def head_of(size: int) -> Head:
    """Return the head of the first `size` entries."""
    return Head(size, root_reader(block)((0, size)))


def consistency_path(first: int, second: int) -> list[str]:
    """Return the proof that the log of `second` entries begins with that of `first` (RFC 6962 §2.1.2).

    Raises:
        ValueError: the first is longer than the second.
    """
    root = root_reader(block)
    return [root(span) for span in consistency_spans(first, second)]


def head_with_path(index: int, size: int) -> tuple[Head, list[str]]:
    """Return the head of the first `size` entries, and the proof that entry `index` lies under it, in one reading.

    Raises:
        ValueError: there is no such entry.
    """
    root = root_reader(block)
    return Head(size, root((0, size))), [root(span) for span in inclusion_spans(index, size)]


def block(level: int, number: int) -> list[str]:
    """Return the up to 256 hashes of a block in order: of leaves at level 0, above it of the tiles that are written down."""
    first = number * TILE
    if level == 0:
        found = LedgerEntry.objects.filter(index__gte=first, index__lt=first + TILE).order_by("index")
        return list(found.values_list("leaf_hash", flat=True))
    tiles = LedgerTile.objects.filter(level=level, number__gte=first, number__lt=first + TILE).order_by("number")
    kept = tiles.values_list("number", "root")
    return [root for (at, root), expected in zip(kept, range(first, first + TILE), strict=False) if at == expected]


def published_heads() -> QuerySet[LedgerHead]:
    """Return the heads on the public page, the latest first."""
    return LedgerHead.objects.order_by("-day")


def exported(*, head: str, with_bodies: bool) -> Iterator[str]:
    """Yield the log as JSON Lines (`core.ledger.offline` reads it): a first line, each entry, each published head in its place.

    It ends with `head`, a signed one, and the entry before that. Without bodies it tells nobody anything; with them who,
    when and what, for an auditor with the right to read it.
    """
    size, heads = told_head(head).size, list(LedgerHead.objects.order_by("size", "day"))
    heads = [each for each in heads if each.size <= size]
    yield canonical_json({"format": LOG_FORMAT, "key": str(own_key())}).decode()
    for index, leaf, leaf_hash, body in _entries():
        if index >= size:
            break
        while heads and heads[0].size <= index:
            yield canonical_json({"head": heads.pop(0).note}).decode()
        opened = body if body and with_bodies else {}
        told = {part: {"salt": salt.hex(), "text": text.decode()} for part, (salt, text) in opened.items()}
        line = {"index": index, "leaf": leaf, "leaf_hash": leaf_hash, "body": told or None}
        yield canonical_json(line).decode()
    for note in (*(each.note for each in heads), head):
        yield canonical_json({"head": note}).decode()


def case_log(case: UUID, *, with_sealed: bool) -> QuerySet[LedgerBody]:
    """Return what has happened in a procurement, oldest first; sealed events only once the bids are opened (INV-02)."""
    events = LedgerBody.objects.filter(case=case).order_by("index")
    return events if with_sealed else events.filter(is_sealed=False)


def last_writer(*, of: Model, events: Collection[str], reader: Person) -> str | None:
    """Return who was behind the latest of the named events of a row: a name, nothing for `reader`, None where unknown."""
    found = LedgerBody.objects.filter(event__in=events, object_id=of.pk, is_sealed=False).order_by("index").last()
    if found is None or found.by is None:
        return None
    return "" if found.by == reader.pk else Person.objects.filter(pk=found.by).values_list("name", flat=True).first()


def missing_triggers() -> list[str]:
    """Return the names of the triggers that should keep the ledger append-only and are not there."""
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        there = {name for (name,) in cursor.fetchall()}
    return sorted(set(TRIGGERS[connection.vendor]) - there)


def _entries() -> Iterator[Row]:
    """Yield each entry with its body, in one reading of either; a body of no entry is left out.

    Raises:
        FaultyError: SQLite, which keeps anything in any column, holds what can't be read; after the entries before it.
    """
    after = -1
    try:
        for row in _read(LedgerEntry.objects.all(), LedgerBody.objects.all()):
            yield row
            after = row[0]
    except UNREADABLE:
        for (index,) in LedgerEntry.objects.filter(index__gt=after).order_by("index").values_list("index"):
            entry = LedgerEntry.objects.filter(index=index)
            for bodies, wrong in (
                (LedgerBody.objects.none(), Wrong.ALTERED),
                (LedgerBody.objects.filter(index=index), Wrong.BODY),
            ):
                try:
                    row = next(_read(entry, bodies))
                except UNREADABLE as error:
                    raise FaultyError(index, wrong) from error
            yield row
        raise


def _read(entries: QuerySet[LedgerEntry], bodies: QuerySet[LedgerBody]) -> Iterator[Row]:
    told = iter(bodies.order_by("index").values_list(*BODY).iterator(CHUNK))
    body = next(told, None)
    for index, leaf, leaf_hash in entries.order_by("index").values_list("index", "leaf", "leaf_hash").iterator(CHUNK):
        while body and body[0] < index:
            body = next(told, None)
        yield index, leaf, leaf_hash, _opened(body) if body and body[0] == index else None


def _opened(body: tuple[Any, ...]) -> Mapping[str, tuple[bytes, bytes]]:
    """Return salt and canonical bytes of each part of a stored body, `BODY`, as `as_body(…).opened()` does.

    What is stored of `what` is its canonical text, so that it is put in its place as it is. What has been altered gives
    other bytes than those committed to; what can't be read opens nothing.
    """
    _, salts, at, what, event, is_sealed, object_type, by, case, object_id = body
    try:
        told = json.loads(salts)
        texts = {
            "who": _id(by),
            "when": f'"{at.astimezone(UTC).isoformat().removesuffix("+00:00")}Z"',
            "what": f'{{"case":{_id(case)},"event":{_quoted(event)},"is_sealed":{TRUTH[is_sealed]},"object_id":{_id(object_id)}'
            f',"object_type":{_quoted(object_type)},"what":{what}}}',
        }
        return {part: (bytes.fromhex(told[part]), text.encode()) for part, text in texts.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _id(value: str | None) -> str:
    """Return the JSON of a UUID that SQLite keeps as 32 signs, and PostgreSQL tells with its hyphens."""
    if value is None:
        return "null"
    signs = value.replace("-", "")
    return f'"{signs[:8]}-{signs[8:12]}-{signs[12:16]}-{signs[16:20]}-{signs[20:]}"'


@lru_cache
def _quoted(name: str) -> str:
    return canonical_json(name).decode()


def as_body(body: LedgerBody) -> Body:
    """Return a stored body in the form that its commitments were made of; what can't be read opens nothing."""
    try:
        salts = {part: bytes.fromhex(salt) for part, salt in json.loads(body.salts).items()}
        told = json.loads(body.what)
    except (ValueError, AttributeError, TypeError):
        return Body(salts={}, parts={})
    what = {
        "event": body.event,
        "object_type": body.object_type,
        "object_id": body.object_id,
        "case": body.case,
        "what": told,
        "is_sealed": body.is_sealed,
    }
    return Body(salts=salts, parts={"who": body.by, "when": body.at, "what": what})
