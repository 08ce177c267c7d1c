"""A proxy as `docs/rules/arrival.md` writes it, for the length of a test run or a measurement: nginx on loopback.

What it is told of the program is read from that page, so that what is documented is what has been tried.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools import bootstrap

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = bootstrap.ROOT / "docs/rules/arrival.md"
DOCUMENTED = re.compile(r"^## Behind a proxy\n+```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACE, ERRORS = "unix:/run/rodatraden/socket", "/var/log/nginx/rodatraden.log"
SECONDS_TO_START = 30
FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
AROUND = """\
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/log notice;
events {{ worker_connections 16384; }}
http {{
    access_log {folder}/asked;
{folders}
{upstream}
    server {{
        listen 127.0.0.1:{port}{speaks};
{location}
    }}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs: the port it listens on, and the socket on which it looks for the program."""

    port: int
    socket: Path
    log: Path
    asked: Path
    """Where it would write who asked for what, had it not been told to write nothing."""


def program() -> Path | None:
    """Return nginx, or None where it is not installed."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    return Path(found) if found else None


def documented() -> tuple[str, str]:
    """Return what the page says of the program's place, and of how requests are handed on.

    Raises:
        ValueError: the page does not hold it any longer.
    """
    found = DOCUMENTED.search(PAGE.read_text(encoding="utf-8"))
    if found is None or PLACE not in found[1] or ERRORS not in found[1]:
        raise ValueError(f"{PAGE.name} says nothing of a proxy")
    upstream, _, location = found[1].partition("location ")
    return upstream, f"location {location}"


@contextmanager
def server(shows: tuple[Path, Path] | None, *, beside: Path | None = None) -> Iterator[Proxy]:
    """Start a proxy that `shows` a certificate with its key (PEM), or speaks in clear; it ends with the block.

    Its folder, where it keeps what comes until all of it has come, is made in `beside`.

    Raises:
        RuntimeError: it does not start; what it wrote is the message.
    """
    nginx = program()
    assert nginx is not None, "asked for where it is installed"
    with tempfile.TemporaryDirectory(prefix="rodatraden-nginx-", dir=beside) as name:
        folder = Path(name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            found = Proxy(free.getsockname()[1], folder / "socket", folder / "log", folder / "asked")
        upstream, location = documented()
        told = AROUND.format(
            user="user root;" if os.geteuid() == 0 else "",  # who reads the folder
            folder=folder,
            folders="".join(f"    {each}_temp_path {folder}/{each};\n" for each in FOLDERS),
            upstream=upstream.replace(PLACE, f"unix:{found.socket}"),
            port=found.port,
            speaks=f" ssl;\n        ssl_certificate {shows[0]};\n        ssl_certificate_key {shows[1]}"
            if shows
            else "",
            location=location.replace(ERRORS, str(found.log)),
        )
        (folder / "nginx.conf").write_text(told, encoding="utf-8")
        process = subprocess.Popen([nginx, "-c", folder / "nginx.conf", "-e", found.log])
        try:
            _wait(process, found)
            yield found
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], proxy: Proxy) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(proxy.log.read_text(errors="replace"))
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", proxy.port)) == 0:
                return
        time.sleep(0.01)
