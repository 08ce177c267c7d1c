"""The ground that tests stand on: real commits are reset, and a server thread sees what the test has written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import pytest
from django.db import connection

from rodatraden.parties.models import Organisation
from rodatraden.records.models import LedgerEntry
from rodatraden.records.queries import missing_triggers
from tests.factories.parties import make_buyer


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
