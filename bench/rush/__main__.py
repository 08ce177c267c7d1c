"""2,000 sealed bids of 5 MB in five minutes, while 300 people browse: `.venv/bin/python -m bench.rush [--engine sqlite] [--proxy]`.

Starts the program on an installation of its own, on loopback, with PostgreSQL (durable) or SQLite, and a generator beside
it on the same processors. Bids and pages come at a constant rate, and are timed from when they should have been sent.
Told: acknowledgements lost, errors, how long a hand-in, a part and a page take; then ten times as much for half a minute,
how many pages were asked to come back, and how long it takes until pages are as quick as before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.rush.ground import MB, check_room, installation, sealed_bids, visitors
from bench.rush.people import Line, Seen, rush

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.rush.ground import Bid, Visitor

BETWEEN = 30.0
"""Seconds between two pages of one visitor."""
TIMES = 10
STRETCH = 10.0
"""Seconds of which the slowest hand-in is told."""
OVERLOAD_SECONDS = 30.0
RECOVERED = 0.5
"""A page within so many seconds is as quick as it should be."""


def share(times: Sequence[float], hundredth: int) -> float:
    """Return the time in milliseconds that so many hundredths stay below."""
    return round(statistics.quantiles(times, n=100)[hundredth - 1] * 1000, 1) if len(times) > 1 else 0.0


def slowest(seen: Seen) -> list[float]:
    """Return the slowest hand-in that began in each ten seconds, in milliseconds: what passes shows, and what stays."""
    worst: dict[int, float] = {}
    start = min(seen.submitted_at, default=0.0)
    for at, took in zip(seen.submitted_at, seen.submits, strict=True):
        stretch = int((at - start) // STRETCH)
        worst[stretch] = max(worst.get(stretch, 0.0), round(took * 1000, 1))
    return [worst.get(stretch, 0.0) for stretch in range(max(worst, default=-1) + 1)]


def told(seen: Seen) -> dict[str, Any]:
    """Return what is told of one stretch."""
    return {
        "handed in": len(seen.receipts),
        "hand-in p50 / p99 ms": [share(seen.submits, 50), share(seen.submits, 99)],
        "slowest hand-in ms, by ten seconds": slowest(seen),
        "part p50 / p99 ms": [share(seen.parts, 50), share(seen.parts, 99)],
        "pages": len(seen.pages),
        "page p50 / p95 ms": [share(seen.pages, 50), share(seen.pages, 95)],
        "asked to come back": seen.sent_away,
        "tried again": seen.retried,
        "errors": len(seen.errors),
        "first errors": seen.errors[:3],
    }


def lost(bids: Sequence[Bid], seen: Seen) -> dict[str, int]:
    """Count what was acknowledged and is not there, or there twice, or has a part that is not on the disk."""
    from django.db import connections  # noqa: PLC0415 -- Django is set up by now

    from rodatraden.bids.models import SealedPart, Submission  # noqa: PLC0415 -- as above
    from rodatraden.records.storage import DurableStorage  # noqa: PLC0415 -- as above

    acknowledged = {bid.base.split("/")[-2] for bid in bids if bid.base in seen.receipts}
    stored = [str(each) for each in Submission.objects.filter(upload__in=acknowledged).values_list("upload", flat=True)]
    parts = SealedPart.objects.filter(upload__in=acknowledged).select_related("file")
    storage = DurableStorage()
    missing = sum(1 for part in parts.iterator() if storage.size(part.file.location) != part.file.size)
    connections.close_all()
    return {
        "lost": len(acknowledged - set(stored)),
        "twice": len(stored) - len(set(stored)),
        "parts missing": missing,
        "parts": parts.count(),
    }


async def recovery(port: int, visitor: Visitor) -> float:
    """Return how many seconds it takes until ten pages in a row are answered within half a second."""
    start, line, quick = time.monotonic(), Line(port), 0
    while quick < 10:  # noqa: PLR2004 -- as it says
        began = time.monotonic()
        reply = await line.ask("GET", "/offentligt/", visitor.cookie)
        quick = quick + 1 if reply.status == 200 and time.monotonic() - began < RECOVERED else 0  # noqa: PLR2004 -- fine
        await asyncio.sleep(0.1)
    line.close()
    return round(time.monotonic() - start, 1)


def main() -> int:
    """Measure, print, and answer 1 when an acknowledgement was lost."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--engine", choices=["postgresql", "sqlite"], default="postgresql")
    reader.add_argument("--bids", type=int, default=2000)
    reader.add_argument("--seconds", type=float, default=300)
    reader.add_argument("--people", type=int, default=300)
    reader.add_argument("--proxy", action="store_true", help="behind nginx, as it is documented")
    reader.add_argument("--folder", type=Path, default=None, help="where there is room")
    options = reader.parse_args()
    more = int(options.bids * OVERLOAD_SECONDS / options.seconds)
    check_room(options.bids + more, options.folder)
    with installation(options.engine, options.folder, proxy=options.proxy) as (port, _):
        bids, people = sealed_bids(options.bids + more), visitors(options.people)
        seen = asyncio.run(rush(port, bids[: options.bids], people, seconds=options.seconds, between=BETWEEN))
        found: dict[str, Any] = {
            "engine": options.engine,
            "MB": round(sum(len(data) for data, _ in bids[0].parts.values()) / MB, 1),
        }
        found["rush"] = told(seen) | lost(bids, seen)
        crowd = asyncio.run(rush(port, bids[options.bids :], people * TIMES, seconds=OVERLOAD_SECONDS, between=BETWEEN))
        found["recovered after s"] = asyncio.run(recovery(port, people[0]))
        found[f"{TIMES} times the pages"] = told(crowd) | lost(bids, crowd)
    print(json.dumps(found, indent=1))
    return int(bool(found["rush"]["lost"]))


if __name__ == "__main__":
    raise SystemExit(main())
