"""Seal the parts of a bid in as many processes as the machine has processors: age holds one processor to itself.

This process reads the files, and compares them with what they were, in the order in which they lie. Each part goes to a
worker through memory that both share, and comes back sealed in the same place; a worker gets the public half of the
bid's key and nothing else.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.shared_memory import SharedMemory
from typing import TYPE_CHECKING

import pyrage

from rodatraden.core.sealing.bundle import LONGEST_PART
from rodatraden.core.sealing.contents import PART
from rodatraden.core.sealing.parts import Part, part_count, plain_parts, seal_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from rodatraden.core.sealing.contents import NewFile

FEWEST = 32
"""With fewer parts the workers would be done later than this process alone: to start one takes as long as to seal some."""
MOST_WORKERS = 4
"""More are faster than this process can hash and write."""

_slots: SharedMemory
_recipient: pyrage.x25519.Recipient


def sealed_parts(
    files: Sequence[NewFile], recipient: str, *, workers: int | None = None, fewest: int = FEWEST
) -> Iterator[tuple[Part, bytes]]:
    """Yield each sealed part with what names it; its bytes are to be used before the next one is asked for.

    Raises:
        PackageError: a file is no longer what it was when it was read.
    """
    workers = min(processors(), MOST_WORKERS) if workers is None else workers
    if workers < 2 or part_count(file.size for file in files) < fewest:  # noqa: PLR2004 -- one worker is this process
        key = pyrage.x25519.Recipient.from_str(recipient)
        yield from (seal_part(plain, key) for plain in plain_parts(files))
        return
    count = 2 * workers
    slots = SharedMemory(create=True, size=count * LONGEST_PART)
    try:
        yield from _in_workers(files, recipient, workers, slots)
    finally:
        slots.close()
        slots.unlink()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_workers(
    files: Sequence[NewFile], recipient: str, workers: int, slots: SharedMemory
) -> Iterator[tuple[Part, bytes]]:
    count = slots.size // LONGEST_PART
    waiting: deque[tuple[int, Future[tuple[str, int]]]] = deque()
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(slots.name, recipient)
    )
    try:
        for number, plain in enumerate(plain_parts(files)):
            if len(waiting) == count:
                yield _done(waiting, slots)
            start = number % count * LONGEST_PART
            _bytes(slots)[start : start + PART] = plain
            waiting.append((start, pool.submit(_seal, start)))
        while waiting:
            yield _done(waiting, slots)
    finally:
        pool.shutdown(cancel_futures=True)


def _done(waiting: deque[tuple[int, Future[tuple[str, int]]]], slots: SharedMemory) -> tuple[Part, bytes]:
    start, future = waiting.popleft()
    digest, size = future.result()
    return Part(digest, size), bytes(_bytes(slots)[start : start + size])


def _begin(name: str, recipient: str) -> None:
    global _slots, _recipient
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts ends the process that waits for this one
    _slots, _recipient = SharedMemory(name), pyrage.x25519.Recipient.from_str(recipient)


def _seal(start: int) -> tuple[str, int]:
    part, sealed = seal_part(bytes(_bytes(_slots)[start : start + PART]), _recipient)
    _bytes(_slots)[start : start + len(sealed)] = sealed
    return part.sha256, part.size


def _bytes(memory: SharedMemory) -> memoryview:
    assert memory.buf is not None, "it is closed last of all"
    return memory.buf
