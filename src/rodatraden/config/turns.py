"""Whose turn it is when more ask than can be answered: bids on their way in go first, pages wait a moment or are asked to come back.

A page that has waited for as long as anybody waits for a page is answered 503 with Retry-After, before its body is read and before
anything is looked up: to say "not now" costs a thousandth of a page, so the queue is soon gone, and what a supplier hands in stands
behind none of it (LOU 12 kap. 8 §: the buyer answers for means that let bids come in).
"""

from __future__ import annotations

from contextlib import contextmanager
from random import SystemRandom
from threading import BoundedSemaphore, Condition
from time import monotonic
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

from rodatraden.config.arrival import waited
from rodatraden.ui.storing import BIDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest

    from rodatraden.ui.storing import Storing

WORKERS = 2
"""Processes that answer."""
AT_ONCE = 3
"""Pages that a process answers at the same time; more would only make each of them slower."""
GIVING_WAY = 1
"""The same while a bid that has come whole is being stored: its thread shares the process with one page, and not with three."""
WAITING = 6
"""Pages that may wait for their turn in a process, each holding a thread."""
LOOKING_AT_ONCE, LOOKING_WAITING = 4, 12
"""The same for pages that go first, those on the way to a bid and its receipt: anybody may ask for them, and as often as they like."""
FOR_BIDS = 7
"""Threads of a process that no page may take: for bids on their way in, which come by PUT and POST."""
DOWNLOADS = 4
"""Large files that a process sends at the same time: each holds a thread for as long as its reader takes."""
LARGE = 1_000_000
"""Bytes of a file from which on it is one of those: what is smaller is soon in the kernel's hands, or a proxy's."""
THREADS = AT_ONCE + WAITING + LOOKING_AT_ONCE + LOOKING_WAITING + DOWNLOADS + FOR_BIDS
PATIENCE = 2.0
"""Seconds that a page may have waited in all, in the kernel and here."""
LOOKING_PATIENCE = 30.0
"""The same for a page that goes first."""
SENDS = {"POST", "PUT"}
COME_BACK = (5, 20)
"""Seconds of Retry-After, drawn so that those who were sent away do not come back together."""

UNAVAILABLE = 503


class Turns:
    """The turns of one process: at most `at_once` have theirs, `waiting` more wait, and nobody longer than `patience` seconds.

    While `before` is going on, no more than `GIVING_WAY` begin.
    """

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        patience: float = PATIENCE,
        before: Storing | None = None,
    ) -> None:
        self.at_once, self.waiting, self.patience, self.before = at_once, waiting, patience, before
        self._changed = Condition()
        self._running = self._queued = 0

    @contextmanager
    def turn(self, waited: float) -> Iterator[bool]:
        """Give True when it is the caller's turn, who has `waited` for so many seconds already, and False when it won't be."""
        mine = self._take(self.patience - waited)
        try:
            yield mine
        finally:
            if mine:
                with self._changed:
                    self._running -= 1
                    self._changed.notify_all()  # more than one may begin, when nothing goes before any longer

    @property
    def _is_free(self) -> bool:
        gives_way = self.before is not None and self.before.is_going_on
        return self._running < (min(GIVING_WAY, self.at_once) if gives_way else self.at_once)

    def _take(self, left: float) -> bool:
        until = monotonic() + left
        with self._changed:
            if not self._is_free and self._queued >= self.waiting:
                return False
            self._queued += 1
            try:
                while left > 0:
                    if self._is_free:
                        self._running += 1
                        return True
                    self._changed.wait(left)
                    left = until - monotonic()
                return False
            finally:
                self._queued -= 1


def turns(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let what brings a bid in through, and give every other request a turn or a 503: pages that go first by themselves.

    Stands before all that looks anything up, and after what puts safe headers on every answer and hands out files.
    """
    pages = Turns(before=BIDS)
    looking = Turns(at_once=LOOKING_AT_ONCE, waiting=LOOKING_WAITING, patience=LOOKING_PATIENCE)
    downloads = BoundedSemaphore(DOWNLOADS)

    def middleware(request: HttpRequest) -> HttpResponse:
        first = _goes_first(request)
        if first and request.method in SENDS:
            return get_response(request)
        with (looking if first else pages).turn(waited(request).total_seconds()) as is_mine:
            response = get_response(request) if is_mine else _come_back(request)
        if not response.streaming or int(response.get("Content-Length", str(LARGE))) < LARGE:
            return response
        if not downloads.acquire(blocking=False):
            response.close()
            return _come_back(request)
        return _until_closed(response, downloads)

    return middleware


def _until_closed(response: HttpResponse, held: BoundedSemaphore) -> HttpResponse:
    """Give back what a file holds when its last byte has left, or its reader has: the view has long returned by then."""
    closing = response.close
    is_held = [True]

    def close() -> None:
        try:
            closing()
        finally:
            if is_held:
                is_held.clear()
                held.release()

    response.close = close  # type: ignore[method-assign]  # called once by the server, at times twice by a test
    return response


def _goes_first(request: HttpRequest) -> bool:
    try:
        return getattr(resolve(request.path_info).func, "goes_first", False)
    except Resolver404:
        return False


def _come_back(request: HttpRequest) -> HttpResponse:
    seconds = SystemRandom().randint(*COME_BACK)
    response = HttpResponse(render_to_string("503.html", {"seconds": seconds}), status=UNAVAILABLE)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))  # what sets it for pages stands behind
    if request.method not in {"GET", "HEAD"}:
        response["Connection"] = "close"  # the body stays unread
    return response
