"""The log: its entries, their bodies that can be erased, and what proves the whole of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LedgerEntry(models.Model):
    """One leaf of the append-only log: salted commitments only, numbered from 0 without gaps.

    Triggers refuse UPDATE, DELETE and TRUNCATE. `leaf` is the canonical text that was hashed, `leaf_hash` its
    RFC 6962 leaf hash in hexadecimal. The format is final: a leaf already written can never change.
    """

    index = models.BigIntegerField(primary_key=True)
    leaf = models.TextField()
    leaf_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("index",)

    def __str__(self) -> str:
        return f"{self.index}: {self.leaf_hash}"


class LedgerBody(models.Model):
    """Who did what and when, for the entry with the same index; can be erased, the entry's proof still holds.

    Objects and people are named by type and UUID, never by foreign key, so that nothing here binds or is bound.
    `case` is the procurement that the event belongs to, if any; `is_sealed` keeps it out of every view of the case
    until the bids are opened (INV-02).
    """

    index = models.BigIntegerField(primary_key=True)
    event = models.CharField(max_length=60, db_index=True)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    case = models.UUIDField(null=True, db_index=True)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    what = models.TextField()
    salts = models.TextField()
    is_sealed = models.BooleanField(default=False)

    class Meta:
        ordering = ("index",)
        indexes: ClassVar = [models.Index(fields=["object_type", "object_id"], name="ledger_body_object")]

    def __str__(self) -> str:
        return f"{self.index}: {self.event}"


class LedgerTile(models.Model):
    """The root over one whole tile, so that no proof reads a long log whole.

    A tile lies over `core.ledger.TILE` leaves at level 1, and over as many tiles of the level below at the others. `root` follows
    from the leaves: who checks the log computes it anew. Append-only as the entries are: one that was taken away would never
    be written down again.
    """

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    root = models.CharField(max_length=64)

    class Meta:
        ordering = ("level", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["level", "number"], name="ledger_tile_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}: {self.root}"


class LedgerHead(models.Model):
    """A signed head on the public page: the log's size and root, once for each day (C2SP signed-note).

    `day` is the day in UTC that it was signed on, `key` the public key it was signed with. Append-only as the entries are.
    """

    day = models.DateField(primary_key=True)
    size = models.BigIntegerField()
    note = models.TextField()
    key = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day}: {self.size}"
