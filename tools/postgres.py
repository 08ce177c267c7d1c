"""A PostgreSQL server for the length of a test run: in a temporary folder, on a Unix socket, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

USER = "rodatraden"
SECONDS_TO_START = 30
DURABLE = ("jit=off", "max-connections=100", "listen-addresses=")
"""As somebody would run it, but heard on the socket only."""
SETTINGS = (*DURABLE, "fsync=off", "synchronous-commit=off", "full-page-writes=off", "autovacuum=off")
"""Fast, since nothing has to survive a power cut."""


def programs() -> Path | None:
    """Return the folder of a PostgreSQL server's programs, those of the newest one that Debian has, or None."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = [Path(folder) for folder in os.get_exec_path()]
    for folder in [*reversed(debian), *on_path]:
        if all((folder / program).exists() for program in ("initdb", "pg_isready", "postgres")):
            return folder
    return None


@contextmanager
def server(binaries: Path, options: Sequence[str] = SETTINGS) -> Iterator[str]:
    """Start a server with `options` and give its URL; it ends with the block, and with this process even if that is killed.

    PostgreSQL refuses to run as root: then it runs as the user `postgres`, which its package brings.

    Raises:
        RuntimeError: it does not start; what it wrote is the message.
    """
    with tempfile.TemporaryDirectory(prefix="rodatraden-pg-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=INT"]
        else:
            account = ["setpriv", "--pdeathsig=INT"] if shutil.which("setpriv") else []
        # C.UTF-8 and not C: lower() and LIKE must know å, ä and ö.
        locale = ("--encoding=UTF8", "--locale=C.UTF-8")
        initdb = [str(binaries / "initdb"), "--auth=trust", "--no-sync", f"--username={USER}", *locale]
        _quietly([*account, *initdb, f"--pgdata={folder / 'data'}"], folder)
        settings = [f"--{setting}" for setting in options]
        postgres = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", name, *settings]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([*account, *postgres], cwd=folder, stdout=log, stderr=log)
        try:
            _wait(binaries, folder, process)
            yield f"postgresql://{USER}@{quote(name, safe='')}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # ends open connections, where SIGTERM would wait for them
            process.wait()


def _quietly(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def _wait(binaries: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while subprocess.run([binaries / "pg_isready", "-q", "-h", folder], cwd=folder, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((folder / "log").read_text(errors="replace"))
        time.sleep(0.1)
