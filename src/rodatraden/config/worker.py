"""gunicorn's worker of threads, whose one thread that takes in connections never waits for a visitor to hang up.

After an answer that ends a connection gunicorn reads for up to two seconds what may still come, so that the answer is not
cut off. It does so in the thread that takes in all connections: a visitor who does not hang up would stop a process for two
seconds, and some dozens of them, in the minutes after a deadline, until the box is closed for bids that came in time.
"""

from __future__ import annotations

from functools import partial
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING

from gunicorn.workers.gthread import TConn, ThreadWorker

if TYPE_CHECKING:
    from concurrent.futures import Future

MOST = 64
"""Visitors that a process waits for at the same time; where there are more, their connections are closed at once."""


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
        Thread(target=self._wait_for, args=(conn,), daemon=True).start()

    def _wait_for(self, conn: TConn) -> None:
        try:
            TConn.close(conn, graceful=True)
        finally:
            self.hanging_up.release()
