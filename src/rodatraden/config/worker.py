"""gunicorn's worker of threads, whose one thread that takes in connections never waits for a visitor to hang up.

After an answer that ends a connection what may still come must be read, or the kernel cuts the answer off: somebody whose
large file is refused would see that the line broke, and behind a proxy its "502", instead of why. Gunicorn reads 64 KiB of
it, in the thread that takes in all connections: a visitor who does not hang up would stop a process for two seconds, and
some dozens of them, in the minutes after a deadline, until the box is closed for bids that came in time.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial
from threading import BoundedSemaphore, Thread
from time import monotonic
from typing import TYPE_CHECKING

from gunicorn.workers.gthread import TConn, ThreadWorker

if TYPE_CHECKING:
    from concurrent.futures import Future

MOST = 64
"""Visitors that a process waits for at the same time; where there are more, their connections are closed at once."""
SENDS_NOTHING, HANGS_UP_WITHIN = 2.0, 5.0
"""Seconds after which somebody who sends nothing more is hung up on, and somebody who goes on sending."""
READ_AT_ONCE = 64 * 1024


class Worker(ThreadWorker):
    """A worker that hangs up beside its work."""

    def init_process(self) -> None:
        self.hanging_up = BoundedSemaphore(MOST)
        super().init_process()

    def finish_request(self, conn: TConn, fs: Future[bool]) -> None:
        conn.close = partial(self._hang_up, conn)  # type: ignore[method-assign]  # by which gunicorn ends a connection
        super().finish_request(conn, fs)

    def _hang_up(self, conn: TConn, graceful: bool = False) -> None:  # noqa: FBT001, FBT002 -- as gunicorn calls it
        if not graceful or not self.hanging_up.acquire(blocking=False):
            TConn.close(conn)
            return
        try:
            Thread(target=self._wait_for, args=(conn,), daemon=True).start()
        except RuntimeError:  # there is room for no more threads
            self.hanging_up.release()
            TConn.close(conn)

    def _wait_for(self, conn: TConn) -> None:
        try:
            until_hung_up(conn.sock)
        finally:
            TConn.close(conn)
            self.hanging_up.release()


def until_hung_up(sock: socket.socket) -> None:
    """Say that nothing more is coming, then read and throw away what does until the other end hangs up, but not for ever."""
    until = monotonic() + HANGS_UP_WITHIN
    room = bytearray(READ_AT_ONCE)
    with suppress(OSError):  # it has hung up, or is silent
        sock.shutdown(socket.SHUT_WR)
        while (left := until - monotonic()) > 0:
            sock.settimeout(min(left, SENDS_NOTHING))
            if not sock.recv_into(room):
                return
