"""A migrated, empty database, made once and copied: for each process of a run, and to reset one that was written to.

To migrate takes five seconds, to copy a few hundredths of one. What has been migrated is kept under the hash of all
that it was made from (migrations, models, what runs after them, the locked packages): an embedded one as a file in
`build`, one of PostgreSQL as a database of its own on the server.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, connections

from tools import bootstrap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = bootstrap.ROOT / "build/test-database"


def template(folder: Path) -> str:
    """Return the migrated database of this source, made if there is none: a file in `folder`, or a name on the server."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time():
        if connection.vendor == "sqlite":
            return shutil.copyfile(_migrated_file(), str(folder / "template.sqlite3"))
        return _migrated_on_server()


@contextmanager
def copy(of: str) -> Iterator[None]:
    """Let the connection be to a copy of a template, under the name that Django gives a test database.

    On a server it is this process's own: two runs may share one.
    """
    was = connection.settings_dict["NAME"]
    name = connection.creation._get_test_db_name()
    _use(name if connection.vendor == "sqlite" else f"{name}_{os.getpid()}")
    reset(of)
    try:
        yield
    finally:
        connections.close_all()
        connection.creation.destroy_test_db(was, verbosity=0)


def reset(to: str) -> None:
    """Copy a template over the database in use, whoever else is connected to it."""
    connections.close_all()
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        _copy_file(to, name)
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{to}"')


def keep(place: str) -> str:
    """Keep the database in use as it is now, and return what `reset` takes: the file `place`, or a name on the server."""
    if connection.vendor == "sqlite":
        _copy_file(connection.settings_dict["NAME"], place)
        return place
    name = connection.settings_dict["NAME"]
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_kept" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}_kept" TEMPLATE "{name}"')
    return f"{name}_kept"


def forget(kept: str) -> None:
    """Throw away what `keep` kept on a server; a file goes with its folder."""
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{kept}" WITH (FORCE)')


def _use(name: str) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _source() -> str:
    files = sorted((bootstrap.ROOT / "src/rodatraden").rglob("*.py"))
    return bootstrap.fingerprint([*files, bootstrap.ROOT / "requirements.lock"])[:24]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrated_file() -> str:
    kept = KEPT / f"{_source()}.sqlite3"
    if not kept.exists():
        for old in KEPT.glob("*.sqlite3"):
            old.unlink()
        part = kept.with_suffix(".part")
        part.unlink(missing_ok=True)
        with _migrating():
            _copy_file(connection.settings_dict["NAME"], str(part))
        part.replace(kept)
    return str(kept)


def _migrated_on_server() -> str:
    name = f"rodatraden_migrated_{_source()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'rodatraden\\_migrated\\_%%'")
        there = {row[0] for row in cursor.fetchall()}
        if name not in there:
            for old in there:
                cursor.execute(f'DROP DATABASE "{old}"')
            with _migrating():
                connection.close()
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{connection.settings_dict["NAME"]}"')
    return name


@contextmanager
def _migrating() -> Iterator[None]:
    """Migrate as an installation does, for the length of the block."""
    was = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(was, verbosity=0)


def _copy_file(source: str, target: str) -> None:
    """Copy an SQLite database page by page in one transaction of the target: connections that are open stay sound."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target, timeout=20)) as written:
        written.execute("PRAGMA synchronous=OFF")
        read.backup(written)
