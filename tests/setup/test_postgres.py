"""The PostgreSQL server of a test run: it knows Swedish letters, and nothing of it is left afterwards."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from tests.setup.places import ROOT, free_port, rodatraden
from tools import postgres

BINARIES = postgres.programs()
pytestmark = pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL server is installed")
START_AND_WAIT = """
import sys, time
from tools import postgres
with postgres.server(postgres.programs()) as url:
    print(url, flush=True)
    time.sleep(60)
"""


def _folder(url: str) -> Path:
    return Path(unquote(urlsplit(url).hostname))


def _is_up(folder: Path) -> bool:
    return subprocess.run([BINARIES / "pg_isready", "-q", "-h", folder], check=False).returncode == 0


def test_a_server_lives_as_long_as_its_block():
    with postgres.server(BINARIES) as url:
        folder = _folder(url)
        with psycopg.connect(host=str(folder), user=postgres.USER, dbname="postgres") as connection:
            row = connection.execute("SELECT lower('ÅÄÖ'), current_setting('server_encoding')").fetchone()
            assert row == ("åäö", "UTF8")
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert not folder.exists()


def test_a_server_ends_when_the_run_is_killed():
    command = [sys.executable, "-c", START_AND_WAIT]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        folder = _folder(run.stdout.readline().strip())
        assert _is_up(folder)
        run.kill()
    last_to_go = folder / "data/postmaster.pid"
    deadline = time.monotonic() + 20
    while last_to_go.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not last_to_go.exists()
    assert not _is_up(folder)
    shutil.rmtree(folder)


def test_a_start_says_that_the_database_could_lose_something_and_goes_on(tmp_path):
    with postgres.server(BINARIES) as url:
        done = rodatraden(
            tmp_path / "data",
            "start",
            "--empty",
            "--port",
            str(free_port()),
            RODATRADEN_DATABASE_URL=url,
            RODATRADEN_HTTPS="0",
        )
    said = "Vid ett strömavbrott kan databasen förlora det som den har sagt är skrivet: "
    assert f"{said}fsync=off, full_page_writes=off, synchronous_commit=off." in done.stderr
    assert done.stderr.index(said) < done.stderr.rindex("\n", 0, -1), "it went on, to ask who the first one is"
