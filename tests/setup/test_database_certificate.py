"""The database on another machine: spoken to encrypted, and let in by a certificate instead of a lasting password."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from rodatraden.cli import backup
from rodatraden.cli.words import StopError
from rodatraden.config.settings import database
from tests.factories.certificates import make_certificate
from tools import postgres

BINARIES = postgres.programs()
pytestmark = pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL server is installed")
TLS_FILES = (("cert", "server.crt"), ("key", "server.key"), ("ca", "authority.crt"))


def test_the_database_is_reached_with_a_certificate_and_no_password(monkeypatch):
    """As from another machine: encrypted, its certificate checked, and nobody let in without one that names their role."""
    folder = Path(tempfile.mkdtemp(prefix="rodatraden-tls-"))
    try:
        authority = make_certificate(folder, "authority", name="authority")
        make_certificate(folder, "server", name="localhost", signed_by=authority)
        make_certificate(folder, "database", name=postgres.USER, signed_by=authority)
        (folder / "hba").write_text("hostssl all all 127.0.0.1/32 cert\n", encoding="ascii")
        if os.geteuid() == 0:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        monkeypatch.setenv("PGPORT", str(port))
        tls = ("ssl=on", *(f"ssl-{of}-file={folder / name}" for of, name in TLS_FILES), f"hba-file={folder / 'hba'}")
        with postgres.server(BINARIES, ("listen-addresses=127.0.0.1", "fsync=off", *tls)):
            monkeypatch.setattr("rodatraden.config.settings.DATA_DIR", folder)
            monkeypatch.setenv("RODATRADEN_DATABASE_TLS", "verify-full")
            monkeypatch.setenv("RODATRADEN_DATABASE_AUTHORITY", str(folder / "authority.crt"))
            url = f"postgresql://{postgres.USER}@localhost:{port}/postgres"
            with pytest.raises(psycopg.OperationalError, match="requires a valid client certificate"):
                _signed_in(url)
            (folder / "secrets").mkdir()
            shutil.copy(folder / "database.key", folder / "secrets" / "database.key")
            (folder / "secrets" / "database.key").chmod(0o600)
            monkeypatch.setenv("RODATRADEN_DATABASE_CERTIFICATE", str(folder / "database.crt"))
            assert _signed_in(url) == (postgres.USER, True)
            _backs_up(url, folder, monkeypatch)
    finally:
        shutil.rmtree(folder)


def _backs_up(url, folder, monkeypatch):
    """PostgreSQL's own programs come in by the same certificate, and to no server that the authority has not signed."""
    monkeypatch.setenv("PATH", os.pathsep.join((str(BINARIES), os.environ["PATH"])))
    monkeypatch.setitem(settings.DATABASES, "default", database(url))
    copy = folder / "copy.pgdump"
    backup.postgres("pg_dump", "--format=custom", f"--file={copy}")
    assert copy.read_bytes().startswith(b"PGDMP")
    make_certificate(folder, "stranger", name="authority")
    monkeypatch.setenv("RODATRADEN_DATABASE_AUTHORITY", str(folder / "stranger.crt"))
    monkeypatch.setitem(settings.DATABASES, "default", database(url))
    with pytest.raises(StopError, match="certificate verify failed"):
        backup.postgres("pg_dump", "--format=custom", f"--file={folder / 'none.pgdump'}")


def _signed_in(url: str) -> tuple[str, bool]:
    """Return as whom the settings come in, and whether encrypted."""
    said = database(url)
    names = {"host": said["HOST"], "port": said["PORT"], "user": said["USER"], "dbname": said["NAME"]}
    with psycopg.connect(**names, hostaddr="127.0.0.1", **said["OPTIONS"]) as connection:
        return connection.execute("SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
