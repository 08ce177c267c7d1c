"""An installation of real processes on a test's own database and files: started, killed, put back as it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.db import connection, connections
from django.urls import reverse

from rodatraden.config import clock
from tests import database
from tests.faults.visitor import PASSWORD, SECONDS_FOR_AN_ANSWER, Visitor
from tools import bootstrap

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from datetime import datetime, timedelta
    from pathlib import Path

    from rodatraden.parties.models import Person
    from tools.nginx import Proxy

KEPT = ("files", "keys", "secrets")
"""What of a data folder goes back with its database."""


FAKE_TIME = {
    "LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "FAKETIME_NO_CACHE": "1",
    "NO_FAKE_STAT": "1",
    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
}
"""What Debian's libfaketime is asked for by."""


class Site:
    """The servers of one installation. While they run the test's own process holds no connection to the database."""

    def __init__(
        self,
        process: subprocess.Popen[str],
        port: int,
        kept: Path,
        machine_clock: Path | None = None,
        trusts: ssl.SSLContext | None = None,
    ) -> None:
        self._process = process
        self._machine_clock = machine_clock
        self._kept = kept
        self._group = 0
        self._database = ""
        self.port = port
        self.trusts = trusts
        """Whom visitors trust behind a proxy, or None where they come to the server itself."""
        self.visitors: dict[str, Visitor] = {}

    def start(self) -> None:
        """Start the server and its worker; its port is open when this returns."""
        connections.close_all()
        told = self._tell("start")
        assert told.isdigit(), "the server did not start"
        self._group = int(told)

    def kill(self) -> None:
        """Kill every process of the server at once, as the kernel does it: nothing of theirs is told or tidied."""
        os.killpg(self._group, signal.SIGKILL)
        assert self._tell("reap") == "gone"

    @property
    def logged(self) -> bytes:
        """What the servers have written about themselves."""
        return (self._kept / "log").read_bytes()

    @property
    def group(self) -> int:
        """The process group of the server that runs."""
        return self._group

    def _tell(self, word: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def is_now(self, at: datetime) -> timedelta:
        """Set the servers' clock, which goes on from `at`: the example's own, or all that is told of a machine's.

        Return how far it is from this machine's.
        """
        offset = at - clock.machine_time()
        if self._machine_clock is not None:
            part = self._machine_clock.with_suffix(".part")
            part.write_text(f"{offset.total_seconds():+.6f}", "ascii")
            part.replace(self._machine_clock)
            return offset
        part = settings.DATA_DIR / "demo-clock.part"
        part.write_text(json.dumps({"seconds": offset.total_seconds()}), "utf-8")
        part.replace(settings.DATA_DIR / "demo-clock.json")  # a server reads it at any instant
        return offset

    def sign_in(self, *people: Person) -> None:
        """Let people sign in as one does, in a server of their own; what they get lasts until they sign out."""
        for person in people:
            person.set_password(PASSWORD)
            person.save(update_fields=["password"])
        self.start()
        for person in people:
            visitor = Visitor(self.port, person.email, trusts=self.trusts)
            visitor.sign_in(reverse("account_login"))
            self.visitors[person.email] = visitor
        self.kill()

    @property
    def host(self) -> str:
        """What visitors call the server."""
        return f"{'localhost' if self.trusts else '127.0.0.1'}:{self.port}"

    @property
    def address(self) -> str:
        """What the address of each of its pages begins with."""
        return f"{'https' if self.trusts else 'http'}://{self.host}"

    def line(self) -> socket.socket:
        """Return a connection to the server, or to the proxy before it, on which what is sent leaves at once."""
        host = self.host.partition(":")[0]
        line = socket.create_connection((host, self.port), timeout=SECONDS_FOR_AN_ANSWER)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.trusts.wrap_socket(line, server_hostname=host) if self.trusts else line

    def of(self, person: Person) -> Visitor:
        return self.visitors[person.email]

    def keep(self) -> None:
        """Keep database, files and keys as they are now."""
        self._database = database.keep(str(self._kept / "kept.sqlite3"))
        for name in KEPT:
            if (settings.DATA_DIR / name).exists():
                shutil.copytree(settings.DATA_DIR / name, self._kept / name)

    def forget(self) -> None:
        """Throw away what was kept."""
        if self._database:
            database.forget(self._database)

    def put_back(self) -> None:
        """Put back what was kept; no server runs."""
        database.reset(self._database)
        for name in KEPT:
            shutil.rmtree(settings.DATA_DIR / name, ignore_errors=True)
            if (self._kept / name).exists():
                shutil.copytree(self._kept / name, settings.DATA_DIR / name)


@contextmanager
def site(
    kept: Path, *, by_machine_clock: bool = False, behind: tuple[Proxy, ssl.SSLContext] | None = None
) -> Iterator[Site]:
    """Give an installation on the test's database and data folder; its processes are gone afterwards.

    `behind`: a proxy that it is reached by, over TLS, and whom its visitors then trust.

    `by_machine_clock`: what its processes are told of the machine's clock is what is moved (libfaketime), for sessions, signatures
    and all; time that only counts seconds goes on, as when a real clock is set.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "PYTHONPATH": os.pathsep.join([str(bootstrap.ROOT / "src"), str(bootstrap.ROOT)]),
        "RODATRADEN_DATA_DIR": str(settings.DATA_DIR),
        "RODATRADEN_DATABASE_URL": _url(),
        "RODATRADEN_HTTPS": "0",
    }
    place = str(port)
    if behind:
        place, port = str(behind[0].socket), behind[0].port
        environment |= {
            "RODATRADEN_HTTPS": "1",
            "RODATRADEN_ARRIVAL": "proxy",
            "RODATRADEN_URL": f"https://localhost:{port}",
        }
    machine_clock = None
    if by_machine_clock:
        machine_clock = kept / "clock"
        machine_clock.write_text("+0", "ascii")
        environment |= FAKE_TIME | {"FAKETIME_TIMESTAMP_FILE": str(machine_clock)}
    database_place = settings.DATA_DIR / "rodatraden.sqlite3"
    if connection.vendor == "sqlite" and connection.settings_dict["NAME"] != str(database_place):
        database_place.symlink_to(connection.settings_dict["NAME"])
    log = kept / "log"
    with (
        log.open("wb") as logged,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote", place],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=logged,
            encoding="ascii",
        ) as process,
    ):
        found = Site(process, port, kept, machine_clock, behind[1] if behind else None)
        yield found
    sys.stderr.write(log.read_text("utf-8", "replace"))  # pytest shows it beside a failure
    connections.close_all()
    found.forget()


def _url() -> str:
    if connection.vendor == "sqlite":
        return ""
    named = connection.settings_dict
    return f"postgresql://{named['USER']}@{quote(named['HOST'], safe='')}/{named['NAME']}"
