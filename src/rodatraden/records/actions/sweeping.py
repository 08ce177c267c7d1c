"""Take away what nothing refers to: files that a crash left without their rows, and rows that nobody needs any more."""

from __future__ import annotations

import logging
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from rodatraden.core.answer import require
from rodatraden.records.models import StoredFile
from rodatraden.records.queries import log_holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from rodatraden.parties.models import Person

GRACE = timedelta(hours=24)
"""How long a file may lie without a row: longer than any transaction that is still to write one. Source: policy."""
AT_ONCE = 500
logger = logging.getLogger(__name__)


def sweep_storage(*, by: Person | None, at: datetime) -> int:
    """Put aside the files that no row names and that were written more than `GRACE` ago; return how many they were.

    `at` is this machine's own time, which files are stamped with. A file is written before its row, so a crash between the
    two leaves a file, never a row without one; half-written files are left by a crash as well. A log that does not hold
    stops it: an older copy of the database would not know of files that people hold receipts for. Such a copy whose log holds
    is why they are put aside and not deleted: for `SWEPT_KEPT_FOR` whoever put it back can put them back too.

    Raises:
        RefusedError: the log does not hold.
    """
    del by
    require(log_holds())
    moved = 0
    for names in _in_batches(default_storage.unchanged_since(at - GRACE)):  # type: ignore[attr-defined]
        named = set(StoredFile.objects.filter(location__in=names).values_list("location", flat=True))
        for name in names:
            if name not in named:
                default_storage.put_aside(name, at)  # type: ignore[attr-defined]
                moved += 1
    default_storage.forget_put_aside(at - settings.SWEPT_KEPT_FOR)  # type: ignore[attr-defined]
    if moved:
        logger.warning("Put aside %s files that no row named", moved)
    return moved


def drop_files(*, files: Iterable[UUID], at_once: bool = False, by: Person | None, at: datetime) -> None:
    """Drop the rows of stored files that nothing refers to any more; the next sweep takes away what they named.

    In the transaction of the verb that has no use for them, so that a file is gone only when that is certain. `at_once`:
    as soon as that transaction is stored, so that what is sent again and again does not fill the disk.

    Raises:
        ProtectedError: something still refers to one of them.
    """
    del by, at
    dropped = StoredFile.objects.filter(pk__in=list(files))
    locations = list(dropped.values_list("location", flat=True))
    dropped.delete()
    if at_once:
        transaction.on_commit(lambda: _delete_unnamed(locations))


def _delete_unnamed(locations: Sequence[str]) -> None:
    named = set(StoredFile.objects.filter(location__in=locations).values_list("location", flat=True))
    for location in locations:
        if location not in named:
            default_storage.delete(location)


def _in_batches(names: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(names, AT_ONCE)):
        yield batch
