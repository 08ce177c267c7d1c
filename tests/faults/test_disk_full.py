"""The disk is full from any write of a hand-in on: the supplier is told in Swedish, nothing is half there, and it works again.

The writes are refused by the kernel's own answer (ENOSPC) to the real process; there is room again when the page has been shown.
"""

from __future__ import annotations

import errno
import json
import pickle
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connections

from rodatraden.bids.models import Submission
from rodatraden.config import clock
from tests.factories.bids import make_bidder, supplier_of
from tests.factories.sealed import bundle_of, seal_bid
from tests.factories.tenders import DEADLINE, make_published
from tests.faults.disk import Disk
from tests.faults.invariants import Held, broken
from tests.faults.tracing import IS_POSSIBLE, followed
from tests.faults.way import in_data_folder

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.parties.models import Person
    from tests.faults.tracing import Event

pytestmark = [
    pytest.mark.one_engine,
    pytest.mark.skipif(not IS_POSSIBLE, reason="system calls are followed on Linux of x86-64 only"),
]
WRITES = 20
"""A hand-in takes more of them than this."""
APART = 4
"""Every which write the disk is full from in the short form; in the long one from each."""
NOT_SAVED = "Räkna inte med att det du skickade är sparat"


@dataclass
class World:
    """A supplier with a sealed bid."""

    bidder: Person
    supplier: UUID
    tender: UUID
    bid: UUID
    bundle: bytes


class Filling:
    """A disk that is full from the write `after` on, counted from when a try begins, until the page has been shown."""

    def __init__(self, disk: Disk) -> None:
        self.disk, self.room, self.after, self.refused = disk, True, 0, 0

    def __call__(self, event: Event) -> int:
        needs_room = event.what in {"write", "make", "folder", "name"} and self.disk.holds(event.other or event.path)
        if not needs_room or self.room:
            return 0
        self.after -= 1
        self.refused += self.after < 0
        return errno.ENOSPC if self.after < 0 else 0


def test_a_full_disk_is_told_of_and_nothing_is_half_there(fresh_database, seed, form, tmp_path):
    _, tender = make_published()
    bidder, sealed = make_bidder(), seal_bid(tender)
    world = World(bidder, supplier_of(bidder).pk, tender.pk, sealed.id, bundle_of(sealed))
    (tmp_path / "world").write_bytes(pickle.dumps(world))
    offset = (DEADLINE - timedelta(hours=2) - clock.machine_time()).total_seconds()
    (settings.DATA_DIR / "demo-clock.json").write_text(json.dumps({"seconds": offset}), "utf-8")
    told, held = tmp_path / "told", Held()
    apart, first = (form.parts, form.part - 1) if form.is_long else (APART, Random(seed).randrange(APART))
    tries = 0
    with in_data_folder():
        filling = Filling(Disk(settings.DATA_DIR))
        for event in followed("tests.faults.filling", tmp_path / "world", told, refuse=filling):
            if event.path != str(told) or event.what != "write":
                continue
            line = json.loads(event.data)
            if line.get("begins"):
                filling.room, filling.after, filling.refused = False, first + tries * apart, 0
                tries += 1
            elif line.get("status"):
                filling.room = True
                if line["status"] != 302:
                    assert NOT_SAVED in line["text"], line
                    assert not Submission.objects.exists()
                else:
                    held.acknowledged.add(sealed.id)
                breaches = broken(held)
                connections.close_all()
                assert not breaches, f"full from write {first + (tries - 1) * apart}: {breaches}"
            else:
                held.receipts[sealed.id] = line["receipt"].encode()
        assert not broken(held)
    assert filling.refused == 0
    assert tries * apart > WRITES
