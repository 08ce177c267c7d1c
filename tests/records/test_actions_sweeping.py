"""What a crash left is found and removed, never a file that a row names, and nothing where the log does not hold."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError

from rodatraden.config import clock
from rodatraden.core.answer import RefusedError
from rodatraden.records.actions import (
    GRACE,
    drop_files,
    open_diary_case,
    publish_head,
    register_document,
    store_bytes,
    sweep_storage,
)
from rodatraden.records.models import DiaryDocument, LedgerEntry, StoredFile
from tests.factories.parties import START, make_buyer, make_person
from tests.records.test_ledger import drop_triggers

pytestmark = pytest.mark.django_db


def left(name: str, *, age: timedelta = 2 * GRACE) -> Path:
    """A file that no row names, last written so long ago."""
    default_storage.write(name, [b"x"])
    return aged(name, age)


def aged(name: str, age: timedelta) -> Path:
    place = Path(default_storage.path(name))
    stamp = (clock.machine_time() - age).timestamp()
    os.utime(place, (stamp, stamp))
    return place


def sweep() -> int:
    return sweep_storage(by=None, at=clock.machine_time())


def there() -> set[str]:
    return {
        path.relative_to(default_storage.root).as_posix() for path in default_storage.root.rglob("*") if path.is_file()
    }


def test_old_files_without_rows_go_and_named_or_young_ones_stay():
    kept = store_bytes(b"ett anbud", by=None, at=START)
    aged(kept.location, 100 * GRACE)
    left("2026/orphan")
    left("2026/.half.part")
    left("2026/young", age=GRACE - timedelta(minutes=1))
    assert sweep() == 2
    assert there() == {kept.location, "2026/young"}
    assert sweep() == 0


def test_what_a_transaction_that_was_rolled_back_had_written_goes():
    with transaction.atomic():
        stored = store_bytes(b"x", by=None, at=START)
        transaction.set_rollback(True)
    aged(stored.location, 2 * GRACE)
    assert (sweep(), there()) == (1, set())


def test_more_than_one_batch(monkeypatch):
    monkeypatch.setattr("rodatraden.records.actions.sweeping.AT_ONCE", 3)
    for number in range(8):
        left(f"2026/{number}")
    assert sweep() == 8


def test_nothing_goes_where_the_log_does_not_hold():
    """An older copy of the database would know nothing of files that people hold receipts for."""
    publish_head(by=None, at=START)
    place = left("2026/orphan")
    drop_triggers()
    LedgerEntry.objects.filter(index__gte=800).delete()
    with pytest.raises(RefusedError):
        sweep()
    assert place.exists()


def test_an_empty_storage_is_swept_too():
    assert sweep() == 0


def test_a_row_that_something_refers_to_is_never_dropped():
    person = make_person(organisation=make_buyer())
    free, used = (store_bytes(b"x", by=None, at=START) for _ in range(2))
    case = open_diary_case(organisation=make_buyer("B"), subject="x", by=person, at=START)
    register_document(
        case=case, direction=DiaryDocument.Direction.RECEIVED, subject="x", file=used, by=person, at=START
    )
    with pytest.raises(ProtectedError):
        drop_files(files=[free.pk, used.pk], by=None, at=START)
    drop_files(files=[free.pk], by=None, at=START)
    assert list(StoredFile.objects.all()) == [used]
