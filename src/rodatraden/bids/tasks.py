"""What a worker does for the bids: throws away what is of use no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.bids.actions import forget_unlockings

if TYPE_CHECKING:
    from datetime import datetime


def keep_box(*, at: datetime) -> None:
    """Keep nothing of an opening that one holder has begun and no other has followed."""
    forget_unlockings(by=None, at=at)
