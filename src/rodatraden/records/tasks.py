"""What a worker does: what waits, whatever room it belongs to, one at a time; and what the log needs at its times."""

from __future__ import annotations

import logging
from datetime import timedelta
from secrets import randbelow
from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.records.actions import publish_head, record_cover, report_progress, take_work
from rodatraden.records.models import WaitingWork
from rodatraden.records.queries import Work, lost_work

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

Ending = WaitingWork.Ending
BETWEEN_BEATS = timedelta(seconds=1)
"""How often a worker says how far it is, and hears whether to stop. Source: policy."""
logger = logging.getLogger(__name__)


class Worker:
    """What the doing of one piece of work is told and tells: the time, and how far it has come."""

    def __init__(self, work: WaitingWork, now: Callable[[], datetime], is_ending: Callable[[], bool]) -> None:
        self.now = now
        self._work = work
        self._is_ending = is_ending
        self._beat_at = now()

    def has_done(self, done: int) -> bool:
        """Tell how much is done; answer whether to go on."""
        if self._is_ending():
            return False
        at = self.now()
        if at - self._beat_at < BETWEEN_BEATS:
            return True
        self._beat_at = at
        return report_progress(work=self._work, done=done, by=None, at=at)


def do_next(
    kind: type[Work],
    do: Callable[[Work, Worker], bool],
    break_off: Callable[[Work, Ending, datetime], object],
    *,
    now: Callable[[], datetime],
    is_ending: Callable[[], bool],
) -> bool:
    """Do the work of a kind that has waited longest, and answer whether there was any.

    `do` answers whether it came to its end. `break_off` ends what did not: the worker was told to end or lost, or the
    program failed at it. A person may have ended it already.
    """
    for lost in lost_work(kind, now()):
        break_off(lost, Ending.LOST, now())
    work = take_work(kind=kind, by=None, at=now())
    if work is None:
        return False
    try:
        is_done = do(work, Worker(work, now, is_ending))
    except Exception:
        logger.exception("%s %s failed", kind.__name__, work.pk)
        break_off(work, Ending.FAILED, now())
    else:
        if not is_done:
            break_off(work, Ending.LOST, now())
    return True


LOOKS_BETWEEN_COVER = 600
"""How many looks of a worker, one each second, lie between two times of cover on average. Source: policy."""


def keep_log(*, at: datetime) -> None:
    """Publish the head of each day, and cover what happens with entries of nothing.

    Each look has the same chance of cover, whatever has happened: nothing can be read from when it comes. It is looked to
    by a thread of its own, so that no long work holds it up.
    """
    if not randbelow(LOOKS_BETWEEN_COVER):
        with transaction.atomic():
            record_cover()
    publish_head(by=None, at=at)
