"""Counts of attempts and codes that have been used, in files that all processes of this machine share.

Django's own store of files asks first and writes then: two processes that come at once would both use one code.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

HELD = ":lock"
"""How the name ends of what allauth adds while it counts, and takes away again. Who can't add it for a second is refused."""


class SharedCounts(FileBasedCache):
    """Django's store of files, in which a thing is added once, whoever comes at the same time.

    What a process held while it counted falls with the process: for ten seconds somebody's bid would else be refused as one too many.
    """

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store `value` unless there is one already; return whether it was stored."""
        self._createdir()  # type: ignore[attr-defined]  # of Django
        with Path(self._dir, ".lock").open("w") as lock:  # type: ignore[attr-defined]
            fcntl.flock(lock, fcntl.LOCK_EX)
            if str(key).endswith(HELD):
                if _has_ended(self.get(key, version=version)):
                    self.delete(key, version=version)
                value = os.getpid()
            return super().add(key, value, timeout, version)


def _has_ended(process: int | None) -> bool:
    """Whether a process of this machine is no more, or has only not been taken notice of yet by its parent."""
    if process is None:
        return False
    try:
        state = (
            Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
        )
    except FileNotFoundError:
        return Path("/proc/self").exists()
    return state in {"Z", "X"}
