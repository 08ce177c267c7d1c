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


def aside(days: int = 0) -> Path:
    """Where what is swept after so many days is put."""
    on = clock.machine_time() + timedelta(days=days)
    return default_storage.root.parent / "quarantine" / f"{on:%Y-%m-%d}"


def test_what_is_swept_is_put_aside_for_ninety_days():
    """An older database that was put back knows nothing of it, and its log holds: what people hold receipts for is still here."""
    left("2026/orphan")
    at = clock.machine_time()
    assert sweep_storage(by=None, at=at) == 1
    assert (aside() / "2026/orphan").read_bytes() == b"x"
    assert aside().parent.stat().st_mode & 0o777 == 0o700
    assert sweep_storage(by=None, at=at + timedelta(days=90)) == 0
    assert (aside() / "2026/orphan").exists()
    sweep_storage(by=None, at=at + timedelta(days=91))
    assert not aside().exists()


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


def test_what_is_dropped_at_once_is_gone_when_that_is_certain(django_capture_on_commit_callbacks):
    free, kept = (store_bytes(b"x", by=None, at=START) for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        drop_files(files=[free.pk], at_once=True, by=None, at=START)
        assert there() == {free.location, kept.location}, "the transaction may still be rolled back"
    assert there() == {kept.location}


def test_a_file_that_a_row_names_after_all_is_not_deleted_at_once(django_capture_on_commit_callbacks):
    free = store_bytes(b"x", by=None, at=START)
    with django_capture_on_commit_callbacks(execute=True):
        drop_files(files=[free.pk], at_once=True, by=None, at=START)
        free.save(force_insert=True)
    assert there() == {free.location}
