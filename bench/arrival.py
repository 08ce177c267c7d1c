"""How exact the stamp of a bid is: the instant of its last byte against what the server says, while others upload.

Run as `.venv/bin/python bench/arrival.py [--json]`. It starts gunicorn with eight threads on loopback, with a view that
does nothing but stamp, and sends manifests of 4 kB: alone, beside eight uploads on slow lines, beside eight at full
speed whose parts are synced to disk, and with the last byte of each manifest held back. Told is how much later the stamp
is than the instant at which the last byte was sent, and beside it what a view's own clock would have said.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = b"m" * 4096
ROUNDS, THREADS, UPLOADS = 12, 8, 8
SLOW_LINE = 80_000
"""Bytes a second."""
PART = 4 * 1024 * 1024
HELD = 0.5
"""Seconds for which the last byte is held back."""
WITHIN = 50
"""The tolerance that is published, in milliseconds."""


def instant() -> float:
    """Return seconds since 1970 by the machine's clock, which the stamps are compared with."""
    return time.clock_gettime(time.CLOCK_REALTIME)


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer with the stamp of the request, and with when this view began, in seconds since 1970."""
    from django.core.handlers.wsgi import WSGIRequest  # noqa: PLC0415 -- settings are read by then

    from rodatraden.config.arrival import arrival  # noqa: PLC0415 -- as above

    began = instant()
    if environ["PATH_INFO"] == "/upload":
        with tempfile.NamedTemporaryFile() as file:
            while chunk := environ["wsgi.input"].read(65536):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        found = {"stamp": 0.0, "source": "", "view": began}
    else:
        stamp = arrival(WSGIRequest(environ))
        found = {"stamp": stamp.at.timestamp(), "source": stamp.source, "view": began}
    body = json.dumps(found).encode()
    start_response("200 OK", [("Content-Length", str(len(body))), ("Connection", "close")])
    return [body]


@contextmanager
def serving() -> Iterator[int]:
    """Serve `app` with gunicorn, and give its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tempfile.mkdtemp()
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "rodatraden.config.settings",
        "RODATRADEN_DEBUG": "1",
        "RODATRADEN_DATA_DIR": folder,
    }
    command = [sys.executable, "-m", "gunicorn", "bench.arrival:app", "-k", "gthread", "--threads", str(THREADS)]
    command += ["-b", f"127.0.0.1:{port}", "--log-level", "error", "--no-control-socket"]
    server = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


def send(port: int, *, hold: float = 0) -> tuple[float, dict[str, Any]]:
    """Send a manifest, its last byte `hold` seconds after the rest; return when that byte was sent, and the answer."""
    head = f"POST /seal HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(MANIFEST)}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(head.encode() + MANIFEST[:-1])
        time.sleep(hold)
        sent = instant()
        connection.sendall(MANIFEST[-1:])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return sent, json.loads(answer.partition(b"\r\n\r\n")[2])


def upload(port: int, stop: threading.Event, *, slow: bool) -> None:
    """Upload parts one after the other until told to stop, on a slow line or at full speed."""
    size = SLOW_LINE if slow else PART
    head = f"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
    while not stop.is_set():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head.encode())
            left = size
            while left and not stop.is_set():
                step = min(left, 8000 if slow else 65536)
                connection.sendall(b"x" * step)
                left -= step
                if slow:
                    stop.wait(step / SLOW_LINE)
            if not left:
                connection.recv(65536)


def measure(port: int, load: str, *, hold: float = 0) -> dict[str, Any]:
    """Send manifests under one load, and say by how many milliseconds the stamps are late."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=upload, args=(port, stop), kwargs={"slow": load == "slow"})
        for _ in range(0 if load == "none" else UPLOADS)
    ]
    for thread in threads:
        thread.start()
    stop.wait(1)
    found = [send(port, hold=hold) for _ in range(ROUNDS)]
    stop.set()
    for thread in threads:
        thread.join()
    return {
        "load": load,
        "held_s": hold,
        "source": sorted({answer["source"] for _, answer in found}),
        "stamp_ms": _spread([answer["stamp"] - sent for sent, answer in found]),
        "view_ms": _spread([answer["view"] - sent for sent, answer in found]),
    }


def _spread(seconds: list[float]) -> list[float]:
    each = [round(value * 1000, 1) for value in seconds]
    return [min(each), round(statistics.median(each), 1), max(each)]


def main() -> int:
    """Measure, and print a table or JSON."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--json", action="store_true")
    options = reader.parse_args()
    with serving() as port:
        rows = [
            measure(port, "none"),
            measure(port, "slow"),
            measure(port, "fast"),
            measure(port, "slow", hold=HELD),
        ]
    if options.json:
        print(json.dumps(rows))
        return 0
    print(f"{'Load':<22}{'Stamp, ms late (min / median / max)':<40}{'The view would say':<30}")
    for row in rows:
        name = row["load"] + (", last byte held" if row["held_s"] else "")
        told = [" / ".join(f"{value:.1f}" for value in row[kind]) for kind in ("stamp_ms", "view_ms")]
        print(f"{name:<22}{told[0]:<40}{told[1]:<30}")
    worst = max(abs(value) for row in rows for value in row["stamp_ms"])
    print(f"The worst stamp is {worst:.1f} ms off; published is {WITHIN} ms.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
