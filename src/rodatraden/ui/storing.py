"""Bids that have come whole and are being stored: few at a time in a process, and pages give way to them."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock, Semaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 3
"""More would only make each slower, and the one that holds the log, for which all others wait, slowest of all."""
PATIENCE = 2.0
"""Seconds after which one goes on without a place: those that hold them may wait themselves, for a box that is being opened."""


class Storing:
    """The places of one process in which what has come whole is stored; who finds none free waits, but not for long."""

    def __init__(self, *, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._places = Semaphore(at_once)
        self._counting = Lock()
        self._there = 0

    @property
    def is_going_on(self) -> bool:
        """Answer whether anything is being stored, or waits for it."""
        return self._there > 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place while something is stored, or go on without one."""
        with self._counting:
            self._there += 1
        is_mine = self._places.acquire(timeout=self.patience)
        try:
            yield
        finally:
            if is_mine:
                self._places.release()
            with self._counting:
                self._there -= 1


BIDS = Storing()
"""Those of this process: entered by the views of `bids`, looked at by `config.turns`."""
