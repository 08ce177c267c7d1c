"""What a worker does: what waits, whatever room it belongs to, one at a time; what the log needs at its times; files to scan."""

from __future__ import annotations

import logging
from datetime import timedelta
from secrets import randbelow
from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.records import scanner
from rodatraden.records.actions import link_scan, publish_head, record_cover, record_scan, report_progress, take_work
from rodatraden.records.models import WaitingWork
from rodatraden.records.queries import Work, due_again, lost_work, open_stored, scan_by, waits_for_scan

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from rodatraden.records.models import StoredFile

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


BETWEEN_TRIALS = timedelta(minutes=1)
"""For how long a scanner that has shown what it finds is relied on; new signatures are noticed then. Source: policy."""
RESTS_FOR = timedelta(seconds=30)
"""How long a scanner that cannot be used is left alone. Source: policy."""
BETWEEN_LOOKS_BACK = timedelta(minutes=10)
"""How often it is looked for files to scan again, when none waits. Source: policy."""


class Scanning:
    """The scanning of what others have sent, one file at a time, with the scanner at `place`; in a thread of its own.

    What is sealed is not looked into, and an opening does not wait: its files are there to scan when its transaction is stored.
    """

    def __init__(self, place: str, now: Callable[[], datetime]) -> None:
        self._place, self._now = place, now
        self._scanner: scanner.Scanner | None = None
        self._tried_at = self._looked_back_at = self._rests_until = now() - BETWEEN_LOOKS_BACK

    def do_next(self) -> bool:
        """Scan the file that has waited longest, or one that is due again; answer whether there was any."""
        at = self._now()
        if at < self._rests_until:
            return False
        try:
            file = waits_for_scan() or self._due_again(at)
            if file is not None:
                self._scan(file, at)
        except scanner.ScannerError as error:
            logger.warning("No file is scanned: %s by the scanner at %s", error.fault, self._place)
            self._scanner, self._rests_until = None, at + RESTS_FOR
            return False
        return file is not None

    def _due_again(self, at: datetime) -> StoredFile | None:
        if at - self._looked_back_at < BETWEEN_LOOKS_BACK:
            return None
        found = due_again(self._tried(at).signatures, at)
        if found is None:
            self._looked_back_at = at
        return found

    def _tried(self, at: datetime) -> scanner.Scanner:
        if self._scanner is None or at - self._tried_at >= BETWEEN_TRIALS:
            self._scanner, self._tried_at = scanner.try_scanner(self._place), at
        return self._scanner

    def _scan(self, file: StoredFile, at: datetime) -> None:
        tried = self._tried(at)
        if known := scan_by(file, tried.signatures):
            link_scan(file=file, scan=known, by=None, at=at)
            return
        try:
            opened = open_stored(file)
        except OSError:
            verdict = scanner.Verdict(why=scanner.Why.NOT_READ)
        else:
            with opened:
                verdict = scanner.scan(opened, self._place)
        record_scan(file=file, verdict=verdict, scanner=tried, by=None, at=self._now())
