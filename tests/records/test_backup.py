"""A backup is made while people work, put back into an empty installation, and checked against the receipts."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from rodatraden.records.actions import record_event, sign_receipt, store_bytes
from rodatraden.records.models import LedgerEntry, StoredFile
from tests.factories.parties import START, make_buyer

ROOT = Path(__file__).resolve().parents[2]


def url(name: str) -> str:
    found = connection.settings_dict
    user = f"{quote(found['USER'])}:{quote(found['PASSWORD'])}@" if found["PASSWORD"] else f"{quote(found['USER'])}@"
    return f"postgresql://{user}{quote(found['HOST'], safe='')}:{found['PORT']}/{quote(name)}"


def rodatraden(data: Path, database: str, *arguments: str) -> tuple[int, str]:
    """Run a command of an installation in `data`, on PostgreSQL's `database` where tests run on that."""
    own = {"RODATRADEN_DATA_DIR": str(data), "PYTHONPATH": f"{ROOT / 'src'}", "RODATRADEN_HTTPS": "0"}
    if connection.vendor == "postgresql":
        own["RODATRADEN_DATABASE_URL"] = url(database)
    kept = {
        name: value for name, value in os.environ.items() if name not in {"DJANGO_SETTINGS_MODULE", "RODATRADEN_DEMO"}
    }
    command = [sys.executable, "-m", "rodatraden.cli", *arguments]
    done = subprocess.run(command, env=kept | own, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def withdrawal(of) -> str:
    """A receipt of something that happened just now."""
    event = record_event("bid_withdrawn", of=of, by=None, at=START)
    return sign_receipt(receipt={"what": "withdrawn", "submission": of.pk, "withdrawn_at": START}, event=event)


@pytest.fixture
def installation(fresh_database, data_dir):
    """An installation with a stored file, a key and a receipt in its supplier's hands."""
    (data_dir / "keys").mkdir(mode=0o700)
    (data_dir / "keys" / "box.key").write_text("hemlig\n")
    (data_dir / "keys" / "box.key").chmod(0o600)
    buyer = make_buyer()
    with transaction.atomic():
        store_bytes(b"ett anbud", name="a", by=None, at=START)
        receipt = withdrawal(buyer)
    (data_dir.parent / "kvitto.json").write_text(receipt)
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        connections.close_all()
        shutil.copyfile(name, data_dir / "rodatraden.sqlite3")
    return data_dir


@contextmanager
def empty_database():
    """Give the name of an empty database of PostgreSQL; of SQLite there is none to make."""
    if connection.vendor == "sqlite":
        yield ""
        return
    name = f"{connection.settings_dict['NAME']}_restored"  # of this process alone
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield name
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def backup(installation, tmp_path):
    """A backup of it, with the keys apart."""
    here = connection.settings_dict["NAME"]
    code, said = rodatraden(installation, here, "backup", str(tmp_path / "backup"), "--keys", str(tmp_path / "apart"))
    assert (code, said) == (0, f"Säkerhetskopia av databasen och 1 filer i {tmp_path / 'backup'}.\n")
    return tmp_path / "backup"


def test_what_was_copied_is_put_back_and_proved(installation, backup, tmp_path):
    receipt = str(tmp_path / "kvitto.json")
    with empty_database() as name:
        arguments = ("restore", str(backup), "--keys", str(tmp_path / "apart"), "--receipts", receipt)
        code, said = rodatraden(tmp_path / "new", name, *arguments)
    assert code == 0, said
    assert [line[:4] for line in said.splitlines()] == ["ok  "] * 4
    assert "Filer: 1, var och en med det fingeravtryck som skrevs upp." in said
    assert f"{receipt}: post {LedgerEntry.objects.count() - 1} finns i loggen." in said
    stored = StoredFile.objects.get()
    assert (tmp_path / "new/files" / stored.location).read_bytes() == b"ett anbud"
    for key in ("keys/box.key", "secrets/log.key", "secrets/django"):
        assert (tmp_path / "new" / key).read_text() == (installation / key).read_text()


def test_the_keys_that_open_bids_lie_apart_and_all_of_it_is_its_owners_alone(backup, tmp_path):
    assert not [path for path in backup.rglob("*") if path.suffix == ".key"]
    assert (tmp_path / "apart/keys/box.key").read_text() == "hemlig\n"
    for folder in (backup, tmp_path / "apart"):
        for path in [folder, *folder.rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_file_that_was_altered_or_is_gone_is_named(backup, tmp_path):
    location = StoredFile.objects.get().location
    (backup / "files" / location).write_bytes(b"ett annat")
    with empty_database() as name:
        code, said = rodatraden(tmp_path / "new", name, "restore", str(backup))
    assert code == 1
    assert f"FEL  Filen {location} saknas eller har ändrats." in said


def test_a_receipt_that_came_after_the_copy_is_told(installation, backup, tmp_path):
    """What was acknowledged and is not in the backup is seen at once, by number."""
    buyer = make_buyer("Senare")
    with transaction.atomic():
        later = withdrawal(buyer)
    (tmp_path / "senare.json").write_text(later)
    with empty_database() as name:
        arguments = (
            "restore",
            str(backup),
            "--keys",
            str(tmp_path / "apart"),
            "--receipts",
            str(tmp_path / "senare.json"),
        )
        code, said = rodatraden(tmp_path / "new", name, *arguments)
    assert code == 1
    assert "är avklippt eller återställd" in said


def test_nothing_is_written_over(installation, backup, tmp_path):
    here = connection.settings_dict["NAME"]
    code, said = rodatraden(installation, here, "backup", str(backup))
    assert (code, said) == (1, f"{backup} finns redan. Ange en ny mapp.\n")
    code, said = rodatraden(installation, here, "restore", str(backup))
    assert (code, said) == (
        1,
        "Det finns redan uppgifter här. En säkerhetskopia läggs bara tillbaka i en tom installation.\n",
    )


def test_a_backup_that_was_broken_off_is_none(backup, tmp_path):
    (backup / "backup.json").unlink()
    with empty_database() as name:
        code, said = rodatraden(tmp_path / "new", name, "restore", str(backup))
    assert (code, said) == (1, f"{backup} är ingen hel säkerhetskopia.\n")
    (backup / "backup.json").write_text(json.dumps({"format": "other"}))
    with empty_database() as name:
        assert rodatraden(tmp_path / "new", name, "restore", str(backup))[0] == 1


def test_a_backup_says_which_file_is_gone_and_is_none(installation, tmp_path):
    location = StoredFile.objects.get().location
    (settings.DATA_DIR / "files" / location).unlink()
    code, said = rodatraden(installation, connection.settings_dict["NAME"], "backup", str(tmp_path / "backup"))
    assert code == 1
    assert location in said
    assert not (tmp_path / "backup" / "backup.json").exists()


@pytest.mark.parametrize("keys", [True, False])
def test_it_says_where_the_keys_are(installation, tmp_path, keys):
    arguments = ("--keys", str(tmp_path / "apart")) if keys else ()
    here = connection.settings_dict["NAME"]
    code, said = rodatraden(installation, here, "backup", str(tmp_path / "backup"), *arguments)
    assert (code, "Nycklarna ingår inte" in said) == (0, not keys)


def test_keys_never_lie_in_the_backup_and_no_row_leads_out_of_the_storage(installation, tmp_path):
    here = connection.settings_dict["NAME"]
    inside = str(tmp_path / "backup" / "keys")
    code, said = rodatraden(installation, here, "backup", str(tmp_path / "backup"), "--keys", inside)
    assert (code, said) == (1, "Nycklarna ska ligga för sig, inte i säkerhetskopian. Ange en annan mapp för dem.\n")
    StoredFile.objects.update(location="../secrets/log.key")
    if connection.vendor == "sqlite":
        connections.close_all()
        shutil.copyfile(here, installation / "rodatraden.sqlite3")
    code, said = rodatraden(installation, here, "backup", str(tmp_path / "other"))
    assert (code, "leder ut ur lagringen" in said) == (1, True)


def test_a_link_in_a_backup_is_not_followed_and_living_keys_are_not_written_over(backup, tmp_path):
    (backup / "files" / "out").symlink_to("/etc")
    with empty_database() as name:
        code, said = rodatraden(tmp_path / "new", name, "restore", str(backup))
    assert (code, "en länk" in said) == (1, True)
    (tmp_path / "alive/secrets").mkdir(parents=True)
    (tmp_path / "alive/secrets/log.key").write_text("00" * 32)
    (tmp_path / "alive/secrets/log.key").chmod(0o600)
    with empty_database() as name:
        code, said = rodatraden(tmp_path / "alive", name, "restore", str(backup))
    assert (code, "Det finns redan uppgifter här." in said) == (1, True)
