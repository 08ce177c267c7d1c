"""A virus scanner for the length of a test run: clamd on a socket in a temporary folder, with one signature of our own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECONDS_TO_START = 30
SAYS_WHEN_IT_PASSES_OVER = "AlertExceedsMax yes"
"""Without it clamd says OK of what it has not looked through; docs/security.md asks for it."""
SMALL = "StreamMaxLength 1M"
NAME = "Rodatraden.Test"
FOUND = f"{NAME}.UNOFFICIAL"
"""What the signature is called when it is found: clamd says so of any that its makers have not signed."""


def program() -> Path | None:
    """Return clamd, or None where it is not installed."""
    found = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    return Path(found) if found else None


@contextmanager
def server(
    found: Sequence[bytes], settings: Sequence[str] = (SAYS_WHEN_IT_PASSES_OVER, SMALL), *, on_port: bool = False
) -> Iterator[str]:
    """Start a scanner that finds the files `found` and nothing else, and give its place; it ends with the block.

    That is a socket, or with `on_port` a port of this machine.

    Raises:
        RuntimeError: it does not start; what it wrote is the message.
    """
    clamd = program()
    assert clamd is not None, "asked for where it is installed"
    with tempfile.TemporaryDirectory(prefix="rodatraden-clamd-") as name:
        folder = Path(name)
        database, path = folder / "database", folder / "socket"
        database.mkdir()
        signatures = [f"{md5(each, usedforsecurity=False).hexdigest()}:{len(each)}:{NAME}\n" for each in found]
        (database / "test.hdb").write_text("".join(signatures), encoding="ascii")
        place = f"127.0.0.1:{_free_port()}" if on_port else str(path)
        host, _, port = place.rpartition(":")
        listens = [f"TCPAddr {host}", f"TCPSocket {port}"] if on_port else []
        told = [f"DatabaseDirectory {database}", f"LocalSocket {path}", *listens, "Foreground yes", *settings]
        (folder / "clamd.conf").write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([clamd, f"--config-file={folder / 'clamd.conf'}"], stdout=log, stderr=log)
        try:
            _wait(process, path, folder / "log")
            yield place
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
    return port


def _wait(process: subprocess.Popen[bytes], path: Path, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not path.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text(errors="replace"))
        time.sleep(0.01)
