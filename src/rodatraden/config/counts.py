"""Counts of attempts and codes that have been used, in files that all processes of this machine share.

Django's own store of files asks first and writes then: two processes that come at once would both use one code.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache


class SharedCounts(FileBasedCache):
    """Django's store of files, in which a thing is added once, whoever comes at the same time."""

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store `value` unless there is one already; return whether it was stored."""
        self._createdir()  # type: ignore[attr-defined]  # of Django
        with Path(self._dir, ".lock").open("w") as lock:  # type: ignore[attr-defined]
            fcntl.flock(lock, fcntl.LOCK_EX)
            return super().add(key, value, timeout, version)
