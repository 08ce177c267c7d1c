"""What it costs to seal a bid in the browser, beside the browser's own SHA-256: `python bench/browser_sealing.py [--json]`.

Run with the environment's Python (`.venv/bin/python`), on a disk with room for the file. Chromium, the one of the journeys, seals
a file of the disk by the workspace's own worker (the bundle whose hash is published) and sends it to a server on loopback that
throws it away; after that it reads and hashes the same file with the browser's own SHA-256, in parts of the same size. Of each
the best round counts: target 25 % of the rate of SHA-256. The processor time of the whole browser is told beside it, for a machine
that is busy. Memory is the most that the page's process has held for itself in the first round (private pages, as Linux counts them): target
below 200 MB, however large the file is.

Nothing looks on meanwhile: a debugger that sees every request slows an upload four or five times. So Chromium is told over its
pipe which file is chosen, let go, and the page tells the rest itself. At the end the first and the last part that came are opened.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64decode
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import pyrage  # noqa: E402 -- after the path

from rodatraden.core.sealing.contents import PART  # noqa: E402 -- after the path
from rodatraden.core.sealing.holders import Holder, HolderList, Holds, every_pair  # noqa: E402 -- after the path
from tests.setup.sealing import JPEG  # noqa: E402 -- after the path
from tools import browser, frontend  # noqa: E402 -- after the path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEGABYTE = 1_000_000
TARGET, MOST_MB = 0.25, 200
LONGEST = 1800
"""Seconds that a run may take."""
SAMPLED = 0.1
"""Seconds between two looks at the memory."""
PAGE = b'<!doctype html><title>bench</title><input type="file"><script src="/page.js"></script>'
INPUT = "document.readyState === 'complete' ? document.querySelector('input') : null"
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)


@dataclass
class Told:
    """What the page has told, and the memory of its process meanwhile."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    memory: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    used: Callable[[], float] = float
    begun: float = 0.0
    now: str = "start"
    failed: str = ""
    done: threading.Event = field(default_factory=threading.Event)
    kept: dict[str, bytes] = field(default_factory=dict)
    parts: int = 0

    def hear(self, what: str, about: dict[str, Any]) -> None:
        """Take in one message of the page."""
        if what == "begun":
            self.now, self.begun = about["name"], self.used()
        elif what == "took":
            self.cpu[about["name"]].append(self.used() - self.begun)
            self.seconds[about["name"]].append(about["seconds"])
        elif what == "sealed":
            self.kept["wraps"] = b64decode(about["wraps"])
        elif what in {"failed", "done"}:
            self.failed = about.get("why", "")
            self.done.set()


class Server(ThreadingHTTPServer):
    """Gives out the page and its programs, and takes in parts, of which it keeps the first and the last."""

    daemon_threads = True

    def __init__(self, given: dict[str, tuple[str, bytes]], told: Told, last: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.given, self.told = given, told
        self.keeps = {"00000.age", last}

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that the browser lets go of."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        kind, body = self.server.given.get(self.path, ("application/json", b'{"parts":{},"receipt":null,"csrf":""}'))
        self.answer(body, kind)

    def do_POST(self) -> None:
        self.server.told.hear(self.path.rsplit("/", 1)[-1], json.loads(self.body(keep=True)))
        self.answer(b"{}")

    def do_PUT(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        data = self.body(keep=name in self.server.keeps)
        if data:
            self.server.told.kept[name] = data
        self.server.told.parts += "/parts/" in self.path
        self.answer(b"{}")

    def body(self, *, keep: bool) -> bytes:
        """Read what comes with a request; what is not kept is thrown away as it comes."""
        left, kept, buffer = int(self.headers["Content-Length"]), bytearray(), memoryview(bytearray(256 * 1024))
        while left:
            count = self.rfile.readinto1(buffer[:left])  # type: ignore[attr-defined]
            kept += buffer[:count] if keep else b""
            left -= count
        return bytes(kept)

    def answer(self, body: bytes, kind: str = "application/json") -> None:
        """Answer with bytes."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Browser:
    """Chromium with a pipe to its debugger, by which it is told what to do and then let go."""

    def __init__(self, program: Path, profile: str) -> None:
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        arranged = f'exec 3<&{to_read} 4>&{to_write} && exec "$@"'
        command = [str(program), *QUIET, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", arranged, "sh", *command], pass_fds=(to_read, to_write), stderr=subprocess.DEVNULL
        )
        os.close(to_read)
        os.close(to_write)
        self._answers, self._last = self._read(), 0

    def _read(self) -> Iterator[dict[str, Any]]:
        waiting = b""
        while data := os.read(self._from, 65536):
            *whole, waiting = (waiting + data).split(b"\0")
            yield from map(json.loads, whole)

    def ask(self, method: str, session: str = "", **about: object) -> dict[str, Any]:
        """Ask the browser for one thing and wait for its answer."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": about} | ({"sessionId": session} if session else {})
        os.write(self._to, json.dumps(message).encode() + b"\0")
        answer = next(each for each in self._answers if each.get("id") == self._last)
        if "error" in answer:
            raise SystemExit(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def choose(self, address: str, path: Path) -> None:
        """Open a page, choose a file in it, and let go of it."""
        target = self.ask("Target.createTarget", url=address)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        found = {}
        while "objectId" not in found:  # the page comes a moment after its target
            found = self.ask("Runtime.evaluate", session, expression=INPUT)["result"]
        self.ask("DOM.setFileInputFiles", session, files=[str(path)], objectId=found["objectId"])
        self.ask("Target.detachFromTarget", sessionId=session)

    def page_memory(self) -> float:
        """Return the MB of private memory of the page's process: of all pages the one that holds most."""
        return max((private_mb(pid) for pid in below(self.process.pid) if is_renderer(pid)), default=0.0)

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes."""
        return sum(cpu_seconds(pid) for pid in below(self.process.pid))

    def close(self) -> None:
        """End the browser and wait for it."""
        self.ask("Browser.close")
        self.process.wait(30)


def below(above: int) -> list[int]:
    """Return a process and all that it has started, and they in turn."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            children[int((entry / "stat").read_text().rpartition(")")[2].split()[1])].append(int(entry.name))
    found = [above]
    for pid in found:
        found += children[pid]
    return found


def is_renderer(pid: int) -> bool:
    """Whether a process draws pages."""
    with suppress(OSError):
        return b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, in seconds."""
    with suppress(OSError):
        user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return 0.0


def private_mb(pid: int) -> float:
    """Return how many MB a process holds for itself alone."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * 1024 / MEGABYTE
    return 0.0


def big_file(path: Path, size: int) -> None:
    """Write a file that is taken for a picture, of bytes that nobody can press together."""
    with path.open("wb") as file:
        file.write(JPEG[:3])
        for at in range(3, size - 2, MEGABYTE):
            file.write(os.urandom(min(MEGABYTE, size - 2 - at)))
        file.write(JPEG[-2:])


def holder_list(recipients: list[str]) -> HolderList:
    """Return four holders, any two of whom may open."""
    *each, layer = recipients
    holders = tuple(Holder(uuid4(), f"Innehavare {number}", recipient) for number, recipient in enumerate(each))
    return HolderList(uuid4(), holders, every_pair(holders), {Holds.BID: layer})


def bundled() -> bytes:
    """Return the program of the page; the worker is the one that suppliers get."""
    with tempfile.TemporaryDirectory() as folder:
        made = frontend._node(  # noqa: SLF001 -- the one way in which the repository runs it
            "esbuild/bin/esbuild", str(Path(__file__).with_suffix(".ts")), f"--outfile={folder}/p.js", *frontend.HOW
        )
        if made.returncode:
            raise SystemExit(made.stderr)
        return Path(folder, "p.js").read_bytes()


def measured(megabytes: int, rounds: int, place: Path | None, worker: Path) -> dict[str, object]:
    """Seal a file in the browser, and hash it there, in turns."""
    program = browser.program()
    if program is None:
        raise SystemExit("Chromium is missing (Debian: apt-get install chromium-headless-shell)")
    size = megabytes * MEGABYTE
    identities = [pyrage.x25519.Identity.generate() for _ in range(6)]
    *others, own = [str(each.to_public()) for each in identities]
    count = -(-size // PART)
    asked = {"rounds": rounds, "holders": json.loads(holder_list(others).canonical()), "own": own}
    given = {
        "/": ("text/html", PAGE),
        "/page.js": ("text/javascript", bundled()),
        "/bid_worker.js": ("text/javascript", worker.read_bytes()),
        "/asked": ("application/json", json.dumps(asked).encode()),
    }
    told = Told()
    server = Server(given, told, f"{count - 1:05}.age")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="rodatraden-bench-", dir=place, ignore_cleanup_errors=True) as name:
        path = Path(name, "bilaga.jpg")
        big_file(path, size)
        chromium = Browser(program, f"{name}/profile")
        told.used = chromium.cpu_seconds
        try:
            chromium.choose(f"http://localhost:{server.server_port}/", path)
            until = time.monotonic() + LONGEST
            while not told.done.wait(SAMPLED) and time.monotonic() < until:
                if told.now not in told.seconds:  # the first round
                    told.memory[told.now] = max(told.memory[told.now], chromium.page_memory())
        finally:
            chromium.close()
        if told.failed or not told.done.is_set():
            raise SystemExit(told.failed or "the page has not become ready in time")
        proved(told, path, identities[-1], count, rounds)
    best = {name: min(seconds) for name, seconds in told.seconds.items()}
    cpu = {name: min(seconds) for name, seconds in told.cpu.items()}
    return {
        "megabytes": megabytes,
        "processors": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "work": {
            name: {
                "seconds": seconds,
                "mb_per_s": megabytes / seconds,
                "of_sha256": best["SHA-256"] / seconds,
                "cpu_seconds": cpu[name],
                "of_sha256_by_cpu": cpu["SHA-256"] / cpu[name],
                "memory_mb": told.memory[name],
            }
            for name, seconds in best.items()
        },
        "target_of_sha256": TARGET,
        "target_memory_mb": MOST_MB,
    }


def proved(told: Told, path: Path, own: pyrage.x25519.Identity, count: int, rounds: int) -> None:
    """Open the first and the last part with the key that was wrapped for ourselves, and compare them with the file.

    Raises:
        SystemExit: what came is not the file.
    """
    wraps = json.loads(told.kept["wraps"])
    key = pyrage.x25519.Identity.from_str(pyrage.decrypt(b64decode(wraps["own"]), [own]).decode())
    with path.open("rb") as file:
        for number in {0, count - 1}:
            file.seek(number * PART)
            if pyrage.decrypt(told.kept[f"{number:05}.age"], [key]) != file.read(PART).ljust(PART, b"\0"):
                raise SystemExit(f"part {number} is not what lies in the file")
    if told.parts != count * rounds:
        raise SystemExit(f"{told.parts} parts came, not {count * rounds}")


def said(found: dict[str, Any]) -> str:
    """Return the table."""
    lines = [
        f"{found['megabytes']} MB, {found['processors']} processors, load {found['load']:.1f}",
        f"{'':<10}{'s':>8}{'MB/s':>8}{'of SHA-256':>12}{'cpu s':>8}{'by cpu':>8}{'page, MB':>10}",
    ]
    for name, each in found["work"].items():
        lines.append(
            f"{name:<10}{each['seconds']:>8.2f}{each['mb_per_s']:>8.0f}{each['of_sha256']:>12.0%}"
            f"{each['cpu_seconds']:>8.2f}{each['of_sha256_by_cpu']:>8.0%}{each['memory_mb']:>10.0f}"
        )
    seal = found["work"]["seal"]
    for what, reached in (
        (f"{TARGET:.0%} of SHA-256", seal["of_sha256"] >= TARGET),
        (f"below {MOST_MB} MB", max(found["work"][name]["memory_mb"] for name in ("choose", "seal")) < MOST_MB),
    ):
        lines.append(f"target {what}: {'reached' if reached else 'not reached'}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--json", action="store_true")
    reader.add_argument("--megabytes", type=int, default=300)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--folder", type=Path, help="where to write, otherwise the system's temporary folder")
    reader.add_argument(
        "--worker", type=Path, default=frontend.VENDOR / "sealing/bid_worker.js", help="another bundle of the worker"
    )
    options = reader.parse_args()
    found = measured(options.megabytes, options.rounds, options.folder, options.worker)
    print(json.dumps(found, indent=2) if options.json else said(found))


if __name__ == "__main__":
    main()
