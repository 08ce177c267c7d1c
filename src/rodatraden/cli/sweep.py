"""`rodatraden sweep`: put aside what nothing refers to; `rodatraden work` does so once a day by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from rodatraden.bids.actions import discard_uploads
from rodatraden.cli.words import StopError, _
from rodatraden.config import clock
from rodatraden.config.session_store import SessionStore
from rodatraden.core.answer import RefusedError
from rodatraden.records.actions import sweep_storage
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """Sweep, and say what was taken away and put aside.

    Raises:
        StopError: the log does not hold, so nobody can say what the files are.
    """
    del options
    try:
        uploads, files = sweep()
    except RefusedError as refused:
        reason = refused.answer.reason
        raise StopError(said(reason) if reason else "") from refused
    print(
        _(
            "Files that nothing referred to, put aside in quarantine/ for {days} days: {files}. Sealed bids never handed in: {uploads}."
        ).format(days=settings.SWEPT_KEPT_FOR.days, files=files, uploads=uploads)
    )
    return 0


def sweep() -> tuple[int, int]:
    """Throw away bids that were never handed in, then put aside files that no row names; return how many of each.

    Rows of sessions that are over go too.

    Raises:
        RefusedError: the log does not hold.
    """
    SessionStore.clear_expired()
    return discard_uploads(by=None, at=clock.now()), sweep_storage(by=None, at=clock.machine_time())
