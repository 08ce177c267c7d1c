"""`rodatraden restore`: put a backup back into an empty installation, and prove that all that was promised is there."""

from __future__ import annotations

import json
import os
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils.translation import override

from rodatraden.cli.backup import DATABASES, FILES, KEYS, described, place_of, postgres
from rodatraden.cli.words import StopError, _
from rodatraden.core.ledger import Unproven, offline, read_key
from rodatraden.records.models import LedgerEntry, StoredFile
from rodatraden.records.queries import ledger_size, missing_triggers, verify_ledger
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def run(options: Namespace) -> int:
    """Put all of it back, then look at every file, the whole log and each receipt; 0 only when everything is there.

    Raises:
        StopError: it is no whole backup, of another kind of database, or there is data here already.
    """
    folder: Path = options.folder
    os.umask(0o077)  # all of it is for its owner alone
    told = described(folder)
    if told["engine"] != connection.vendor:
        message = _("The backup is of {engine}, and the settings name another kind of database.")
        raise StopError(message.format(engine=told["engine"]))
    _require_empty()
    if connection.vendor == "sqlite":
        shutil.copyfile(folder / DATABASES["sqlite"], settings.DATABASES["default"]["NAME"])
    else:
        postgres("pg_restore", "--no-owner", "--exit-on-error", str(folder / DATABASES["postgresql"]))
    _copy_folder(folder, FILES)
    if options.keys is not None:
        for name in KEYS:
            _copy_folder(options.keys, name)
    with override("sv"):
        found = [*_files(), *_log(), *_end(told), *_receipts(options.receipts)]
    for is_well, line in found:
        print(f"{_('ok') if is_well else _('WRONG'):<4} {line}")
    return int(not all(is_well for is_well, _line in found))


def _require_empty() -> None:
    tables = connection.introspection.table_names()
    mine = [settings.DATA_DIR / name for name in (FILES, "keys", "secrets/log.key")]
    if tables or any(path.exists() for path in mine):
        raise StopError(_("There is data here already. A backup is put back into an empty installation only."))
    connection.close()


def _copy_folder(folder: Path, name: str) -> None:
    if any(path.is_symlink() for path in (folder / name).rglob("*")):
        raise StopError(_("{folder} holds a link out of itself, which no backup does.").format(folder=folder / name))
    if (folder / name).exists():
        shutil.copytree(folder / name, settings.DATA_DIR / name, dirs_exist_ok=True)


def _files() -> Iterator[tuple[bool, str]]:
    """Every file that a row refers to, by its fingerprint."""
    wrong, number = [], 0
    for stored in StoredFile.objects.order_by("stored_at", "id").iterator():
        number += 1
        place = place_of(settings.DATA_DIR, stored.location)
        if not place.exists() or _fingerprint(place) != stored.sha256:
            wrong.append(stored.location)
    for location in wrong:
        yield False, _("The file {file} is missing or altered.").format(file=location)
    yield not wrong, _("Files: {number}, each with the fingerprint that was written down.").format(number=number)


def _fingerprint(place: Path) -> str:
    digest = sha256()
    with place.open("rb") as file:
        while chunk := file.read(2**20):
            digest.update(chunk)
    return digest.hexdigest()


def _log() -> Iterator[tuple[bool, str]]:
    missing = missing_triggers()
    if missing:
        names = ", ".join(missing)
        yield (
            False,
            _("The event log lacks its protection: {names}. Run: rodatraden manage migrate").format(names=names),
        )
    fault = verify_ledger()
    if fault:
        yield False, said(fault.reason)
    else:
        yield True, _("The event log holds: {number} entries.").format(number=ledger_size())


def _end(told: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    """Say how many entries came after the copy of the database was made: those are not in it."""
    lost = told["entries"] - ledger_size()
    words = _("The backup ended {at}. The log had {later} entries more by then; what they tell of is not in it.")
    yield True, words.format(at=told["at"], later=max(lost, 0))


def _entries() -> Iterator[dict[str, object]]:
    """The log of this database without bodies; its heads were looked at with the rest of it."""
    for entry in LedgerEntry.objects.order_by("index").iterator():
        yield {"index": entry.index, "leaf": entry.leaf, "leaf_hash": entry.leaf_hash, "body": None}


def _receipts(paths: Iterable[Path]) -> Iterator[tuple[bool, str]]:
    """Each receipt that somebody holds must have its entry in the log that was put back."""
    for path in paths:
        try:
            receipt = json.loads(path.read_text(encoding="utf-8"))
            key = read_key(str(receipt.get("key", "")))
            place = offline.check_receipt(receipt, key)
            offline.check_log(_entries(), key, [place], is_signed_whole=False)
        except (OSError, ValueError, AttributeError, Unproven) as error:
            yield False, f"{path}: {error}"
        else:
            yield True, _("{file}: entry {number} is in the log.").format(file=path, number=place.index)
