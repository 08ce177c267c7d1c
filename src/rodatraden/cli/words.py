"""What the command says: Swedish from the catalogue of `ui`, read without Django so that it answers at once."""

from __future__ import annotations

import errno
import gettext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCALE = Path(__file__).resolve().parents[1] / "ui/locale"
_ = gettext.translation("django", localedir=_LOCALE, languages=["sv"], fallback=True).gettext

DISK_IS_FULL = "database or disk is full"  # how SQLite says it


class StopError(Exception):
    """Why the command stops, as a sentence for the person at the terminal."""


def because_of_space(error: BaseException) -> str | None:
    """Return the sentence about a full disk when that is what lies behind `error`, else None."""
    if any(_is_about_space(cause) for cause in _chain(error)):
        return _("The disk is full. Free some space and run the same command again. Nothing is lost.")
    return None


def _is_about_space(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return True
    return DISK_IS_FULL in str(error)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
