"""Those who come: each bid and each page at its own instant, whether the ones before have been answered or not.

Times are counted from the instant at which something should have been sent, so that a slow answer makes those behind it
slow too, as it does for people.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from bench.rush.ground import Bid, Visitor

TRIES = 6
UNAVAILABLE = 503
FOUND = 400
"""From here on a status is no answer that anybody wanted."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said."""

    status: int
    body: bytes
    retry_after: int = 0


@dataclass
class Seen:
    """What those who came saw; seconds by kind, and what went wrong."""

    submits: list[float] = field(default_factory=list)
    submitted_at: list[float] = field(default_factory=list)
    """When each of the hand-ins began, in seconds after the first bid could have come."""
    parts: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    """The receipt's address by the bid's own."""
    sent_away: int = 0
    retried: int = 0
    errors: list[str] = field(default_factory=list)


class Line:
    """A connection that is kept while the server keeps it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, cookie: str, body: bytes = b"", headers: str = "") -> Reply:
        """Send a request and return the answer; a kept connection that the server had closed is opened anew, once."""
        is_kept = self._streams is not None
        try:
            return await self._ask(method, path, cookie, body, headers)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            if not is_kept:
                raise
            return await self._ask(method, path, cookie, body, headers)

    async def _ask(self, method: str, path: str, cookie: str, body: bytes, headers: str) -> Reply:
        if self._streams is None:
            self._streams = await asyncio.open_connection("localhost", self.port, limit=2**20)
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nCookie: {cookie}\r\n{headers}"
        head += f"Content-Length: {len(body)}\r\n\r\n" if body or method != "GET" else "\r\n"
        writer.write(head.encode())
        if body:
            writer.write(body)
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
        if told.get("transfer-encoding"):
            raise OSError("an answer of unknown length")
        answer = await reader.readexactly(int(told.get("content-length", 0)))
        if told.get("connection") == "close":
            self.close()
        return Reply(int(lines[0].split()[1]), answer, int(told.get("retry-after", 0)))

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _until(instant: float) -> None:
    await asyncio.sleep(max(0.0, instant - time.monotonic()))


async def _tried(line: Line, seen: Seen, bid: Bid, *, method: str, path: str, body: bytes, headers: str) -> Reply:
    """Ask as the page's own program does: again after a wait that doubles, the same bytes with the same key."""
    wait = 0.5
    for left in range(TRIES, 0, -1):
        try:
            reply = await line.ask(method, path, bid.cookie, body, headers)
        except (OSError, asyncio.IncompleteReadError):
            line.close()
            reply = Reply(0, b"")
        if reply.status not in {0, UNAVAILABLE} or left == 1:
            return reply
        seen.retried += 1
        await asyncio.sleep(wait)
        wait *= 2
    raise AssertionError("unreachable")


async def hand_in(port: int, bid: Bid, at: float, seen: Seen) -> None:
    """Upload the parts of a bid from the instant `at` on, and hand it in when they have come."""
    await _until(at)
    line, asked = Line(port), f"X-CSRFToken: {bid.token}\r\nContent-Type: application/octet-stream\r\n"
    for name, (data, sha256) in bid.parts.items():
        began = time.monotonic()
        reply = await _tried(
            line, seen, bid, method="PUT", path=bid.base + name, body=data, headers=f"{asked}X-Sha256: {sha256}\r\n"
        )
        seen.parts.append(time.monotonic() - began)
        if reply.status >= FOUND or not reply.status:
            seen.errors.append(f"PUT {name}: {reply.status} {reply.body[:200]!r}")
            line.close()
            return
    began = time.monotonic()
    told = f"{asked}Idempotency-Key: {bid.key}\r\n"
    reply = await _tried(line, seen, bid, method="POST", path=f"{bid.base}lamna-in", body=bid.handed_in, headers=told)
    seen.submits.append(time.monotonic() - began)
    seen.submitted_at.append(began)
    line.close()
    if reply.status >= FOUND or not reply.status:
        seen.errors.append(f"hand-in: {reply.status} {reply.body[:200]!r}")
    else:
        seen.receipts[bid.base] = reply.body.decode()


async def browse(line: Line, visitor: Visitor, seen: Seen, *, number: int, at: float) -> None:
    """Open one page at the instant `at`."""
    await _until(at)
    page = visitor.pages[number % len(visitor.pages)]
    try:
        reply = await line.ask("GET", page, visitor.cookie)
    except (OSError, asyncio.IncompleteReadError) as error:
        line.close()
        seen.errors.append(f"GET {page}: {error!r}")
        return
    if reply.status == UNAVAILABLE and reply.retry_after:
        seen.sent_away += 1
        return
    seen.pages.append(time.monotonic() - at)
    if reply.status >= FOUND:
        seen.errors.append(f"GET {page}: {reply.status}")


async def rush(port: int, bids: Iterable[Bid], visitors: list[Visitor], *, seconds: float, between: float) -> Seen:
    """Let bids and pages come for so many `seconds`, evenly; each visitor opens a page every `between` seconds."""
    seen, start, bids = Seen(), time.monotonic() + 1, list(bids)
    tasks = [hand_in(port, bid, start + seconds * n / len(bids), seen) for n, bid in enumerate(bids)]
    for n, visitor in enumerate(visitors):
        first = start + between * n / len(visitors)
        tasks += _visits(Line(port), visitor, seen, instants=_instants(first, start + seconds, between))
    await asyncio.gather(*tasks)
    return seen


def _instants(first: float, end: float, between: float) -> list[float]:
    return [first + between * n for n in range(int((end - first) / between) + 1)] if first < end else []


def _visits(
    line: Line, visitor: Visitor, seen: Seen, *, instants: list[float]
) -> Iterable[Coroutine[None, None, None]]:
    """Give the pages that one visitor opens, on one connection: the next waits for the one before, and is late by it."""
    turn = asyncio.Lock()

    async def one(number: int, at: float) -> None:
        await _until(at)
        async with turn:
            await browse(line, visitor, seen, number=number, at=at)

    return [one(number, at) for number, at in enumerate(instants)]
