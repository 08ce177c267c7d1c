"""`rodatraden start`: bring the database up to date, fill an empty one, and serve on this machine."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

from rodatraden.bids.rules import SETTLING
from rodatraden.cli import check, database, first
from rodatraden.cli.words import StopError, _
from rodatraden.config.place import Mode, mode
from rodatraden.config.turns import THREADS, WORKERS
from rodatraden.config.worker import Worker
from rodatraden.parties.models import Membership, Organisation
from rodatraden.records.queries import unsafe_settings

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

SECONDS_TO_END = 10


def run(options: Namespace) -> int:
    """Prepare what is missing, then serve until somebody ends it."""
    if settings.ARRIVAL == "proxy" and options.socket is None:
        raise StopError(
            _("RODATRADEN_ARRIVAL=proxy needs --socket: only a proxy on this machine may say when a bid has come.")
        )
    if settings.ARRIVAL != "proxy" and options.socket is not None:
        raise StopError(
            _("--socket needs RODATRADEN_ARRIVAL=proxy: on a socket nobody but the proxy can say when a bid has come.")
        )
    database.migrate()
    if unsafe := unsafe_settings():
        print(check.could_lose(unsafe), file=sys.stderr)
    for is_well, line in check.passkeys():
        if not is_well:
            print(line, file=sys.stderr)
    _tell_of_the_scanner()
    collect_static()
    if database.is_empty(is_new=options.is_new):
        if mode() is Mode.DEMO:
            if failed := _load_example():
                return failed
        else:
            first.ask()
    serve(options.port, options.socket)
    return 0


def _load_example() -> int:
    """Load the example in a process of its own, which says itself what fails, and return its exit code.

    It sets documents, and what sets them has threads: a process that answers would wait for them for ever, since they do not
    come along when it parts from one that has used them.
    """
    connections.close_all()
    return subprocess.run([sys.executable, "-m", "rodatraden.cli", "demo"], check=False).returncode


def _tell_of_the_scanner() -> None:
    """Say whether what others send is scanned; of the example nothing, which nobody else sends anything to."""
    if mode() is Mode.DEMO and not settings.SCANNER:
        return
    is_well, told = check.scanner_state() if settings.SCANNER else (False, check.not_scanned())
    print(told, file=None if is_well else sys.stderr)


def collect_static() -> None:
    """Gather the files that pages load, hashed and compressed, when any of them has changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    present = hashlib.sha256("\n".join(sorted(_static_files())).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == present:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(present, encoding="ascii")


def _static_files() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            yield f"{path} {state.st_size} {state.st_mtime_ns}"


class _Server(BaseApplication):
    """Two processes of many threads, which share what was imported before they parted, and one for what takes long."""

    def __init__(self, port: int, place: Path | None) -> None:
        self.port, self.place = port, place
        self.worker: subprocess.Popen[bytes] | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"unix:{self.place}" if self.place else f"127.0.0.1:{self.port}",
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": Worker,
            "preload_app": True,
            "timeout": int(SETTLING.total_seconds()),  # what came in time has been answered when the box is closed
            "graceful_timeout": SECONDS_TO_END,
            "post_worker_init": _begin_in_order,
            "loglevel": "error",
            "control_socket_disable": True,
            "forwarder_headers": "",  # no header names the address that is asked for: not even a proxy's
            "when_ready": self._ready,
            "on_exit": lambda _server: self._end(),
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # gunicorn's type for an application fits no WSGI handler of Django's
        get_resolver().url_patterns  # noqa: B018 -- reads every address now, not in the first visitor's request
        from rodatraden.config.wsgi import application  # noqa: PLC0415 -- tidies memory when all addresses are read

        return application

    def _ready(self, server: Any) -> None:
        for each in server.LISTENERS:
            make_room(each.sock)
        self._begin()

    def _begin(self) -> None:
        """Say that the server is there, and start `rodatraden work` beside it."""
        there = _("Röda tråden listens at {place}.").format(place=self.place) if self.place else welcome(self.port)
        print(there, flush=True)
        connections.close_all()  # the processes that answer part from this one next
        command = [sys.executable, "-m", "rodatraden.cli", "work", "--beside", str(os.getpid())]
        command += [
            "--try-stamp",
            settings.SITE_URL if self.place or settings.HTTPS else f"http://localhost:{self.port}",
        ]
        self.worker = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 -- our own command

    def _end(self) -> None:
        """End the worker with its server; should the server be killed, the worker finds that out by itself."""
        if self.worker is not None:
            self.worker.terminate()
            self.worker.wait()


ROOM = 400_000
"""Bytes of a request that the kernel is to hold while it waits for a thread: what hands in an ordinary bid has 150,000."""
SO_BUF_LOCK = 72
"""Linux, from 5.15: whether the size of a connection's buffers is held at what was asked for; Python has no name for it."""


READS_NOTHING = 30
"""Seconds after which the kernel lets go of somebody who takes in nothing of an answer, and of the thread that it holds."""


def make_room(listener: socket.socket) -> None:
    """Let connections begin with `ROOM` in the kernel, as far as its limit (`net.core.rmem_max`) lets them, and grow from there.

    Linux begins with half of 128 KiB and makes it more only as somebody reads. The last bytes of what hands in a bid could then
    not come while all threads are busy, and would be stamped late (docs/rules/arrival.md). Who reads nothing is let go of: a
    handful of such could else hold every thread.
    """
    if listener.family == socket.AF_UNIX:
        return  # a proxy stands before it, which holds requests itself
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * READS_NOTHING)
    with suppress(OSError):  # an older kernel: it keeps to that, and a fast long line carries less at a time
        listener.setsockopt(socket.SOL_SOCKET, SO_BUF_LOCK, 0)


SWITCH_SECONDS = 0.0005
"""How long a thread may go on before another gets its turn. Python's own 5 ms are waited once for each answer of the database."""


def _begin_in_order(worker: Any) -> None:
    """Let a worker's threads take turns quickly, and let it answer what it has begun before it ends, also at Ctrl+C.

    While one thread records in the log, asking the database some ten questions, all who want to record wait for it: it must
    not wait for pages that are being made. Gunicorn's own hasty end takes the lock of its thread pool within a signal
    handler, and at times waits for itself; Ctrl+C reaches the worker and its parent alike.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # its parent tells it
    signal.signal(signal.SIGQUIT, worker.handle_exit)


def serve(port: int, place: Path | None = None) -> None:
    """Serve on localhost, or to a proxy on the unix socket at `place`; returns when the server is ended."""
    connections.close_all()  # a connection must not be shared between processes
    _Server(port, place).run()


def welcome(port: int) -> str:
    """Return where to click, and as whom."""
    lines = [_("Röda tråden is running: {url}").format(url=f"http://localhost:{port}"), ""]
    if mode() is Mode.DEMO:
        lines += [_("The example is made up. Choose at the top of the page who you want to be, for instance:"), ""]
        lines += [f"  {member.person.name}, {member.title}, {member.organisation.name}" for member in _cast()]
        lines += [""]
    else:
        lines += [
            _("Sign in with the e-mail address and the password that you chose."),
            _(
                "Invitations and other messages wait until this is run, with a mail server: .venv/bin/rodatraden send-mail"
            ),
            "",
        ]
    return "\n".join([*lines, _("End with Ctrl+C.")])


def _cast() -> Iterator[Membership]:
    """Yield one person of the example for each role, those of the association first."""
    found: dict[str, Membership] = {}
    members = Membership.objects.filter(person__is_fictional=True).select_related("person", "organisation")
    for member in sorted(members, key=_association_first):
        if member.person not in {other.person for other in found.values()}:
            found.setdefault(member.role, member)
    for role in Membership.Role:
        if role in found:
            yield found[role]


def _association_first(member: Membership) -> tuple[bool, str, str]:
    organisation = member.organisation
    return organisation.kind != Organisation.Kind.COORDINATION_ASSOCIATION, organisation.name, member.person.name
