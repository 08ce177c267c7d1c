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


class Cluster:
    """A PostgreSQL server's own folder, in which it can be started, ended, and started again on what it left."""

    def __init__(self, binaries: Path, folder: Path, options: Sequence[str]) -> None:
        self.binaries, self.folder, self.options = binaries, folder, options
        self.url = f"postgresql://{USER}@{quote(str(folder), safe='')}/postgres"
        self.process: subprocess.Popen[bytes] | None = None
        self._account = ["setpriv", "--pdeathsig=INT"] if shutil.which("setpriv") else []
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            self._account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=INT"]
        # C.UTF-8 and not C: lower() and LIKE must know å, ä and ö.
        locale = ("--encoding=UTF8", "--locale=C.UTF-8")
        initdb = [str(binaries / "initdb"), "--auth=trust", "--no-sync", f"--username={USER}", *locale]
        _quietly([*self._account, *initdb, f"--pgdata={folder / 'data'}"], folder)

    def start(self) -> None:
        """Start the server; it answers when this returns.

        Raises:
            RuntimeError: it does not start; what it wrote is the message.
        """
        settings = [f"--{setting}" for setting in self.options]
        postgres = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), *settings]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([*self._account, *postgres], cwd=self.folder, stdout=log, stderr=log)
        self.wait()

    def wait(self) -> None:
        """Wait until the server answers.

        Raises:
            RuntimeError: it has ended, or takes too long; what it wrote is the message.
        """
        assert self.process is not None
        deadline = time.monotonic() + SECONDS_TO_START
        while subprocess.run([self.binaries / "pg_isready", "-q", "-h", self.folder], check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text(errors="replace"))
            time.sleep(0.1)

    def end(self) -> None:
        """End the server, if it runs, with its open connections."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)  # SIGTERM would wait for them
            self.process.wait()


@contextmanager
def cluster(binaries: Path, options: Sequence[str] = SETTINGS) -> Iterator[Cluster]:
    """Give a server's folder, in which nothing runs yet; server and folder are gone after the block, or with this process.

    PostgreSQL refuses to run as root: then it runs as the user `postgres`, which its package brings.
    """
    with tempfile.TemporaryDirectory(prefix="rodatraden-pg-") as name:
        found = Cluster(binaries, Path(name), options)
        try:
            yield found
        finally:
            found.end()


@contextmanager
def server(binaries: Path, options: Sequence[str] = SETTINGS) -> Iterator[str]:
    """Start a server with `options` and give its URL; it ends with the block, and with this process even if that is killed.

    Raises:
        RuntimeError: it does not start; what it wrote is the message.
    """
    with cluster(binaries, options) as found:
        found.start()
        yield found.url


def _quietly(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
