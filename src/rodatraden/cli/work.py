"""`rodatraden work`: do what has been asked for and takes too long to wait for at a page, until told to end."""

from __future__ import annotations

import logging
import os
import signal
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from rodatraden.assessments.tasks import bundle_next
from rodatraden.bids.tasks import keep_box
from rodatraden.cli.sweep import sweep
from rodatraden.config import clock
from rodatraden.config.trial import try_stamp
from rodatraden.config.turns import THREADS, WORKERS
from rodatraden.core.answer import RefusedError
from rodatraden.records.actions import note_stamp_trial
from rodatraden.records.tasks import Scanning, keep_log
from rodatraden.tenders.tasks import run_next

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

KINDS = (run_next, bundle_next)
"""What there is to do, one of each kind in turn, so that no kind waits for another's queue."""
SECONDS_BETWEEN_LOOKS = 1.0
TRIES, SECONDS_BETWEEN_TRIES = 13, 5.0
"""How often a trial of the stamp that fails is begun: for a minute, in which a proxy comes up. Source: docs/rules/arrival.md."""
BETWEEN_SWEEPS = timedelta(days=1)
"""How often what nothing refers to is taken away, beginning when the worker starts. Source: policy."""
logger = logging.getLogger(__name__)


def run(options: Namespace) -> int:
    """Do one thing after the other; with `--once` until nothing waits, otherwise until a signal or its server ends it."""
    told = Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: told.set())

    def is_ending() -> bool:
        return told.is_set() or (options.beside is not None and os.getppid() != options.beside)

    if options.try_stamp:
        Thread(target=_try_stamp_beside, args=(options.try_stamp, told), daemon=True).start()
    log = Thread(target=_keep_log, args=(is_ending, told), kwargs={"once": options.once}, daemon=True)
    log.start()
    scans = Thread(target=_scan_files, args=(is_ending, told), kwargs={"once": options.once}, daemon=True)
    scans.start()
    sweeps_at = clock.machine_time()
    while not is_ending():
        try:
            if not options.once and clock.machine_time() >= sweeps_at:
                sweeps_at += BETWEEN_SWEEPS
                _sweep()
            done = [do_next(now=clock.now, is_ending=is_ending) for do_next in KINDS if not is_ending()]
        except DatabaseError:
            if options.once:
                raise
            logger.exception("The database did not answer")
            connection.close()
            done = []
        if any(done):
            continue
        if options.once:
            break
        close_old_connections()
        told.wait(SECONDS_BETWEEN_LOOKS)
    log.join()
    scans.join()
    return 0


def _try_stamp_beside(address: str, told: Event) -> None:
    try:
        _try_stamp(address, told)
    finally:
        connection.close()  # this thread's own


def _try_stamp(address: str, told: Event) -> None:
    """Try the stamp of the server at `address`, again while it or its proxy comes up, and note how far it was off.

    Nothing is published with one that is wrong, nor with one that could not be tried for `TRIES` times.
    """
    for left in reversed(range(TRIES)):
        try:
            trial = try_stamp(address, uploads=WORKERS * THREADS)
        except (OSError, ValueError):
            if left:
                if told.wait(SECONDS_BETWEEN_TRIES):
                    return
                continue
            logger.exception("The stamp of bids could not be tried at %s", address)
            _note_trial("", None)
        else:
            _note_trial(trial.source, trial.off_ms)
        return


def _note_trial(source: str, off_ms: int | None) -> None:
    try:
        note_stamp_trial(source=source, off_ms=off_ms, at=clock.now())
    except DatabaseError:
        logger.exception("How the trial of the stamp went could not be noted")


def _keep_log(is_ending: Callable[[], bool], told: Event, *, once: bool) -> None:
    """Look to the log and the box each second, beside whatever long work is being done; once, if so told."""
    pace, was_believed = clock.Pace(), True
    while True:
        at = clock.now()  # before it is asked whether it is believed
        if (is_believed := pace.is_believed()) != was_believed:
            was_believed = is_believed
            logger.warning(
                "The clock is believed" if is_believed else "The clock has just been set: no box is closed yet"
            )
        for keep in (keep_log, partial(keep_box, is_believed=is_believed)):
            try:
                keep(at=at)
            except Exception:
                logger.exception("Log or box could not be kept")
        connection.close()
        if once or told.wait(SECONDS_BETWEEN_LOOKS) or is_ending():
            return


def _scan_files(is_ending: Callable[[], bool], told: Event, *, once: bool) -> None:
    """Scan what others have sent, beside whatever long work is being done; with `once` until nothing waits."""
    if not settings.SCANNER:
        return
    scanning = Scanning(settings.SCANNER, clock.now)
    while not is_ending():
        try:
            if scanning.do_next():
                continue
        except Exception:
            logger.exception("A file could not be scanned")
        connection.close()
        if once or told.wait(SECONDS_BETWEEN_LOOKS):
            return


def _sweep() -> None:
    try:
        sweep()
    except RefusedError:  # the log does not hold: `rodatraden check` and every opening say so as well
        logger.exception("Nothing was swept")
