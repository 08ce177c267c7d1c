"""What every test stands on: a data folder of its own, a fast password hash, a database that can be reset.

The ledger refuses to be emptied, so tests with real commits (`fresh_database`, used by journeys) are reset by copying
a template database over, never by flushing tables.
"""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("RODATRADEN_DATA_DIR", tempfile.mkdtemp(prefix="rodatraden-tests-"))
os.environ["RODATRADEN_HTTPS"] = "0"
os.environ["RODATRADEN_EMAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"

import shutil
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def data_dir(tmp_path, settings):
    """Give each test a data folder of its own: files, keys, the demo's clock."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.STATIC_ROOT = settings.DATA_DIR / "static"
    settings.STATIC_ROOT.mkdir()  # whitenoise warns without it
    settings.STORAGES = {
        "default": {"BACKEND": "rodatraden.records.storage.DurableStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.SECURE_SSL_REDIRECT = False  # pytest-django may read the settings before this file sets the environment
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return settings.DATA_DIR


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """Keep SQLite's test database in a file, so that a server thread and a template copy can share it."""
    from django.conf import settings  # noqa: PLC0415 -- Django is set up by now

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        folder = tmp_path_factory.mktemp("database")
        database.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")


@pytest.fixture(scope="session")
def template_database(django_db_setup, django_db_blocker, tmp_path_factory):
    """Set the migrated, empty database aside once, as the template that fresh databases are copied from."""
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now

    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            template = str(tmp_path_factory.mktemp("template") / "template.sqlite3")
            shutil.copyfile(name, template)
            yield template
            return
        template = f"{name}_template"
        connection.close()
        with _maintenance_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{template}"')
            cursor.execute(f'CREATE DATABASE "{template}" TEMPLATE "{name}"')
        yield template
        with _maintenance_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{template}"')


@pytest.fixture
def fresh_database(template_database, django_db_blocker):
    """Give a test a database with real commits, as it was after the migrations, and put it back after."""
    with django_db_blocker.unblock():
        _copy_over(template_database)
        yield
        _copy_over(template_database)


def _copy_over(template: str) -> None:
    from django.db import connection, connections  # noqa: PLC0415 -- Django is set up by now

    connections.close_all()
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        for suffix in ("-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(template, name)
        return
    with _maintenance_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _maintenance_cursor():
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now

    return connection._nodb_cursor()
