"""`rodatraden backup`: copy the database as it is at one instant, and every file that it refers to, while people work.

The keys that open bids are never among them: whoever holds both holds the bids. They are copied apart, to a place of
their own, when that is named (docs/running.md).
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from rodatraden.cli.words import StopError, _
from rodatraden.config import clock
from rodatraden.core.canonical import canonical_json
from rodatraden.records.models import StoredFile
from rodatraden.records.queries import ledger_size

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FORMAT = "rodatraden-backup-1"
TOLD, FILES, KEYS = "backup.json", "files", ("keys", "secrets")
TLS_OPTIONS = ("sslmode", "sslcert", "sslkey", "sslrootcert")
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


def run(options: Namespace) -> int:
    """Make the backup in a new folder, synced before its description is written: a folder without one is no backup.

    Raises:
        StopError: the folder is there already, or a file that a row refers to is gone or altered.
    """
    folder: Path = options.folder
    os.umask(0o077)  # all of it is for its owner alone
    if options.keys is not None and _within(options.keys, folder):
        raise StopError(_("The keys are to lie apart from the backup. Name another folder for them."))
    new_folder(folder)
    copy_database(folder / DATABASES[connection.vendor])
    number = 0
    for stored in StoredFile.objects.order_by("stored_at", "id").iterator():
        source, target = place_of(settings.DATA_DIR, stored.location), place_of(folder, stored.location)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not source.exists():
            raise StopError(_("The file {file} is gone from storage. Nothing was overwritten.").format(file=source))
        shutil.copyfile(source, target)
        number += 1
    if options.keys is not None:
        new_folder(options.keys)
        for name in KEYS:
            if (settings.DATA_DIR / name).exists():
                shutil.copytree(settings.DATA_DIR / name, options.keys / name)
        os.sync()
    told = {
        "format": FORMAT,
        "engine": connection.vendor,
        "at": clock.now(),
        "files": number,
        "entries": ledger_size(),
    }
    os.sync()
    (folder / TOLD).write_bytes(canonical_json(told))
    os.sync()
    print(_("Backup of the database and {number} files in {folder}.").format(number=number, folder=folder))
    if options.keys is None:
        print(
            _("The keys are not in it. Copy them apart with --keys, to another place: without them no bid is opened.")
        )
    return 0


def _within(one: Path, other: Path) -> bool:
    one, other = one.resolve(), other.resolve()
    return one.is_relative_to(other) or other.is_relative_to(one)


def place_of(folder: Path, location: str) -> Path:
    """Return where a stored file lies in a data folder or a backup.

    Raises:
        StopError: its row leads out of there: somebody has altered it.
    """
    root = (folder / FILES).resolve()
    place = (root / location).resolve()
    if not place.is_relative_to(root):
        raise StopError(
            _("The row of the file {file} leads out of the storage: it has been altered.").format(file=location)
        )
    return place


def new_folder(folder: Path) -> None:
    """Make a folder.

    Raises:
        StopError: there is something of that name.
    """
    try:
        folder.mkdir()
    except FileExistsError as error:
        raise StopError(_("{folder} is there already. Name a new folder.").format(folder=folder)) from error


def copy_database(target: Path) -> None:
    """Copy the database as it is at one instant, without stopping anybody.

    Raises:
        StopError: PostgreSQL's own program could not do it; what it said is in the sentence.
    """
    if connection.vendor == "sqlite":
        name = settings.DATABASES["default"]["NAME"]
        with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
        return
    postgres("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def postgres(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs against the database of the settings.

    Raises:
        StopError: it is not installed, or said no.
    """
    database = settings.DATABASES["default"]
    found = shutil.which(program)
    if found is None:
        raise StopError(_("{program} is missing. Install PostgreSQL's client programs.").format(program=program))
    done = subprocess.run(  # noqa: S603 -- PostgreSQL's own, with arguments of our own
        [found, *arguments, f"--dbname={database['NAME']}"],
        env=os.environ | dict(_connection(database)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StopError(f"{program}: {done.stderr.strip()}")


def _connection(database: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What PostgreSQL's programs need to come in as the settings do, and no less encrypted."""
    for name, of in (("PGHOST", "HOST"), ("PGPORT", "PORT"), ("PGUSER", "USER"), ("PGPASSWORD", "PASSWORD")):
        if database.get(of):
            yield name, database[of]
    for of, value in database["OPTIONS"].items():
        if of in TLS_OPTIONS:
            yield f"PG{of.upper()}", value


def described(folder: Path) -> dict[str, Any]:
    """Return what a backup says of itself.

    Raises:
        StopError: it is none, or was broken off before its end.
    """
    try:
        told: dict[str, Any] = json.loads((folder / TOLD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StopError(_("{folder} is no whole backup.").format(folder=folder)) from error
    if told.get("format") != FORMAT:
        raise StopError(_("{folder} is no whole backup.").format(folder=folder))
    return told
