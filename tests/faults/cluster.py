"""PostgreSQL itself, in a cluster of a test's own that is set up to last: killed as it works, and started on what it left."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from django.db import connection, connections

from tools import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

SECONDS_TO_RECOVER = 60


@contextmanager
def own_cluster() -> Iterator[postgres.Cluster]:
    """Move the database into a cluster of its own for the length of the block; it has fsync, as an installation's has."""
    binaries = postgres.programs()
    assert binaries is not None
    named = connection.settings_dict
    was = {key: named[key] for key in ("HOST", "PORT", "USER", "PASSWORD")}
    connections.close_all()
    with postgres.cluster(binaries, postgres.DURABLE) as own:
        own.start()
        environment = os.environ | {"PGPASSWORD": was["PASSWORD"]}
        place = [f"--{key}={was[name]}" for key, name in (("host", "HOST"), ("port", "PORT"), ("username", "USER"))]
        dump = [str(binaries / "pg_dump"), "--no-owner", *(each for each in place if not each.endswith("="))]
        told = subprocess.run([*dump, named["NAME"]], env=environment, check=True, capture_output=True)
        with psycopg.connect(own.url, autocommit=True) as there:
            there.execute(f'CREATE DATABASE "{named["NAME"]}"')
        psql = [str(binaries / "psql"), "--quiet", f"--host={own.folder}", f"--username={postgres.USER}"]
        subprocess.run(
            [*psql, "--set=ON_ERROR_STOP=1", named["NAME"]], input=told.stdout, check=True, capture_output=True
        )
        named |= {"HOST": str(own.folder), "PORT": "", "USER": postgres.USER, "PASSWORD": ""}
        try:
            yield own
        finally:
            connections.close_all()
            named |= was


def kill_all(own: postgres.Cluster, _: Random) -> None:
    """Kill the server with every process that it has started, at once."""
    assert own.process is not None
    left = _children(own)
    _kill([own.process.pid, *left])
    own.process.wait()
    _wait_for(left)


def kill_the_first(own: postgres.Cluster, _: Random) -> None:
    """Kill the one process that has started the others; they end when they see it."""
    assert own.process is not None
    left = _children(own)
    _kill([own.process.pid])
    own.process.wait()
    _wait_for(left)


def kill_one(own: postgres.Cluster, chance: Random) -> None:
    """Kill one process that serves a connection, if there is any: the server ends all others, and recovers by itself."""
    serving = [pid for pid in _children(own) if b"postgres: rodatraden" in _command(pid)]
    if serving:
        victim = chance.choice(serving)
        _kill([victim])
        _wait_for([victim])


def running_again(own: postgres.Cluster) -> None:
    """Start the server if it is gone; it has recovered, and takes whoever comes, when this returns."""
    assert own.process is not None
    if own.process.poll() is not None:
        own.start()
    else:
        own.wait()


def _children(own: postgres.Cluster) -> list[int]:
    assert own.process is not None
    pid = own.process.pid
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _wait_for(pids: list[int]) -> None:
    """Wait until processes are gone that are not this one's own children."""
    for pid in pids:
        with suppress(ProcessLookupError):
            handle = os.pidfd_open(pid)
            try:
                assert select.select([handle], [], [], SECONDS_TO_RECOVER)[0], f"{pid} goes on without its server"
            finally:
                os.close(handle)
