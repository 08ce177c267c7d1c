"""The example, loaded once for a module's tests and rolled back after them: `load_once(as_of)` is the body of a fixture."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from rodatraden.demo import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AS_OF = date(2026, 12, 28)
"""A hard day: nobody has worked since the 23rd."""


@contextmanager
def loaded(folder: Path, as_of: date = AS_OF) -> Iterator[None]:
    """Load the example with its files in `folder`; nothing of it is left in the database afterwards."""
    was = settings.DATA_DIR
    settings.DATA_DIR = folder
    try:
        with transaction.atomic():
            load(as_of)
            yield
            transaction.set_rollback(True)
    finally:
        settings.DATA_DIR = was
