"""What a worker does for the bids: closes the box when its time is out, and throws away what is of use no longer."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from rodatraden.bids.actions import close_for_bids, forget_unlockings
from rodatraden.bids.queries import due_to_close
from rodatraden.core.answer import RefusedError

if TYPE_CHECKING:
    from datetime import datetime


def keep_box(*, at: datetime, is_believed: bool = True) -> None:
    """Close each box whose time is out, and keep nothing of an opening that one holder has begun and no other has followed.

    Nobody has to look: a box that is not closed takes a late bid for one in time when the clock is set back. With a clock
    that is not believed nothing is closed, since it could not be opened again for those who still have time.
    """
    if is_believed:
        for tender in due_to_close(at):
            with suppress(RefusedError):  # what came just before the deadline is still being stored: at the next look
                close_for_bids(tender=tender, by=None, at=at)
    forget_unlockings(by=None, at=at)
