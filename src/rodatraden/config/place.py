"""Where this installation keeps its data, and whether what lies there is the example.

A data folder gets its mode when it is first started and keeps it: real data is never served with the demo bar, by
which anybody may become anybody.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DATA_DIR = Path(os.environ.get("RODATRADEN_DATA_DIR", ROOT / "var"))
SECRET_FOLDERS = ("secrets", "keys")
"""Below the data folder: what only its owner may read."""
OPEN_TO_OTHERS = 0o077
DISK_IS_FULL = "database or disk is full"
"""How SQLite says it."""
PG_DISK_FULL = "53100"


class Mode(StrEnum):
    """What a data folder holds."""

    DEMO = "demo"
    OWN = "own"


class OpenSecretError(Exception):
    """Others on this machine can read a secret: it may be known already, so nothing starts."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Other users of this machine can read {path}. Run chmod 600 on it, and think of a new one.")
        self.path = path


def require_closed() -> None:
    """Require that nobody else on this machine can read a file in `SECRET_FOLDERS`: one look at each, no file is opened.

    Raises:
        OpenSecretError: others can read one.
    """
    for folder in SECRET_FOLDERS:
        if not (DATA_DIR / folder).exists():
            continue
        with os.scandir(DATA_DIR / folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # one that is just being written gets its name afterwards
                    if entry.is_file() and entry.stat().st_mode & OPEN_TO_OTHERS:
                        raise OpenSecretError(Path(entry.path))


def is_about_space(error: BaseException) -> bool:
    """Whether an error says that a disk is full, in the words of the system, SQLite or PostgreSQL."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return True
    return getattr(error, "sqlstate", None) == PG_DISK_FULL or DISK_IS_FULL in str(error)


def mode() -> Mode | None:
    """Return what the data folder holds: as RODATRADEN_DEMO says, else as the folder's mark says, else not yet known."""
    chosen = os.environ.get("RODATRADEN_DEMO")
    if chosen is not None:
        return Mode.DEMO if chosen == "1" else Mode.OWN
    return Mode(_mark().read_text(encoding="ascii")) if _mark().exists() else None


def set_mode(new: Mode | None) -> None:
    """Mark the data folder, or take its mark away."""
    if new is None:
        _mark().unlink()
        return
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    _mark().write_text(new, encoding="ascii")


def _mark() -> Path:
    return DATA_DIR / "mode"
