"""The ground that tests stand on: real commits are reset, a server thread sees what is written, what is repeated is enough."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import pytest
from django.db import connection

from rodatraden.parties.models import Organisation
from rodatraden.records.models import LedgerEntry
from rodatraden.records.queries import missing_triggers
from tests.factories.parties import make_buyer
from tests.repeated import Noted, Notes, enough, form


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_commits_is_gone_in_the_next(fresh_database, time):
    assert Organisation.objects.count() == LedgerEntry.objects.count() == 0
    make_buyer()
    assert Organisation.objects.count() == LedgerEntry.objects.count() == 1
    assert missing_triggers() == []


def _count_in_another_connection() -> int:
    try:
        return Organisation.objects.count()
    finally:
        connection.close()


def test_other_threads_see_what_is_committed(fresh_database):
    make_buyer()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(_count_in_another_connection).result() == 1


def test_a_live_server_serves_pages_and_static_files(live):
    with urlopen(f"{live}/static/mfa/js/webauthn.js") as answer:  # noqa: S310 -- our own server
        assert answer.status == 200


@pytest.mark.parametrize(
    "other",
    [
        "SELECT a FROM t WHERE id IN (%s, %s, %s) LIMIT 21",
        "SELECT a FROM t WHERE id IN (%s) LIMIT 1",
        "SELECT a FROM t WHERE id IN (NULL) LIMIT 21",
    ],
)
def test_statements_that_ask_the_same_of_other_values_have_one_form(other):
    assert form(other) == form("SELECT a FROM t WHERE id IN (%s, %s) LIMIT 21")


def test_another_column_is_another_statement_and_a_savepoint_is_none():
    assert form("SELECT a FROM t") != form("SELECT b FROM t")
    assert form('SAVEPOINT "s1_x1"') == ""


@pytest.mark.django_db
def test_what_a_test_asks_of_the_database_is_noted(tmp_path):
    notes = Notes(tmp_path / "notes.json")
    with notes.of("this"):
        Organisation.objects.count()
    _, statements = notes.tests["this"]
    assert len(statements) == 1


def test_each_statement_is_made_again_by_the_cheapest_tests_for_it():
    tests = {
        "dear": Noted(9, frozenset("abc")),
        "cheap": Noted(1, frozenset("ab")),
        "other": Noted(1, frozenset("bc")),
        "nothing new": Noted(2, frozenset("bd")),
        "marked": Noted(5, frozenset("d")),
    }
    assert enough(tests, always={"marked", "not noted"}) == {"marked", "not noted", "cheap", "other"}
