"""Take away what nothing refers to: files that a crash left without their rows, and rows that nobody needs any more."""

from __future__ import annotations

import logging
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage

from rodatraden.core.answer import require
from rodatraden.records.models import StoredFile
from rodatraden.records.queries import log_holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from rodatraden.parties.models import Person

GRACE = timedelta(hours=24)
"""How long a file may lie without a row: longer than any transaction that is still to write one. Source: policy."""
AT_ONCE = 500
logger = logging.getLogger(__name__)


def sweep_storage(*, by: Person | None, at: datetime) -> int:
    """Remove the files that no row names and that were written more than `GRACE` ago; return how many they were.

    `at` is this machine's own time, which files are stamped with. A file is written before its row, so a crash between the
    two leaves a file, never a row without one; half-written files are left by a crash as well. A log that does not hold
    stops it: an older copy of the database would not know of files that people hold receipts for.

    Raises:
        RefusedError: the log does not hold.
    """
    del by
    require(log_holds())
    removed = 0
    for names in _in_batches(default_storage.unchanged_since(at - GRACE)):  # type: ignore[attr-defined]
        named = set(StoredFile.objects.filter(location__in=names).values_list("location", flat=True))
        for name in names:
            if name not in named:
                default_storage.delete(name)
                removed += 1
    if removed:
        logger.warning("Removed %s files that no row named", removed)
    return removed


def drop_files(*, files: Iterable[UUID], by: Person | None, at: datetime) -> None:
    """Drop the rows of stored files that nothing refers to any more; the next sweep removes what they named.

    In the transaction of the verb that has no use for them, so that a file is gone only when that is certain.

    Raises:
        ProtectedError: something still refers to one of them.
    """
    del by, at
    StoredFile.objects.filter(pk__in=list(files)).delete()


def _in_batches(names: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(names, AT_ONCE)):
        yield batch
