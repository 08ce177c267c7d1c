"""The program as a role of PostgreSQL that can add to the log and do nothing else to it, by the lines that the docs give."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.urls import reverse

from rodatraden.records.actions import erase_body, publish_head, sweep_storage
from rodatraden.records.models import LedgerBody, LedgerEntry
from rodatraden.records.queries import log_holds
from tests.factories import memory
from tests.factories.bids import close_box
from tests.factories.contracts import make_contract
from tests.factories.keys import unlock
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_published
from tools import bootstrap

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no roles: ./test faults runs it on PostgreSQL"
)
ROLE = "rodatraden_app"
LINES = re.search(
    r"```sql\n(CREATE ROLE .*?)```", (bootstrap.ROOT / "docs/rules/ledger.md").read_text("utf-8"), re.DOTALL
)
WAYS = [
    "UPDATE records_ledgerentry SET leaf = leaf",
    "DELETE FROM records_ledgerentry",
    "TRUNCATE records_ledgerentry",
    "INSERT INTO records_ledgerentry SELECT * FROM records_ledgerentry LIMIT 1 ON CONFLICT (index) DO UPDATE SET leaf = 'x'",
    "UPDATE records_ledgerhead SET size = 1",
    "DELETE FROM records_ledgerhead",
    "UPDATE records_ledgertile SET root = 'x'",
    "DELETE FROM records_ledgertile",
    "UPDATE records_ledgerbody SET event = 'x'",
    "TRUNCATE records_ledgerbody",
    "DROP TABLE records_ledgerbody",
    "DROP TRIGGER records_ledgerentry_no_update ON records_ledgerentry",
    "ALTER TABLE records_ledgerentry DISABLE TRIGGER ALL",
    "ALTER TABLE records_ledgerentry RENAME TO x",
    "CREATE OR REPLACE FUNCTION records_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    f"ALTER ROLE {ROLE} SUPERUSER",
    "SET ROLE rodatraden",
]


@pytest.fixture
def as_role(fresh_database):
    """Let every connection be the role's own; what it got goes away with it."""
    assert LINES is not None
    owner = connection.settings_dict["USER"]
    with connection.cursor() as cursor:
        cursor.execute(LINES[1])
    connections.close_all()
    connection.settings_dict["USER"] = ROLE
    yield
    connections.close_all()
    connection.settings_dict["USER"] = owner
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


def who() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        return cursor.fetchone()[0]


def test_inv_32_the_program_does_all_its_work_as_a_role_that_cannot_alter_the_log(as_role, client, monkeypatch):
    monkeypatch.setattr(memory, "_nothing_has_happened", lambda: False)  # nothing is remembered: verbs do all of it
    made, _contract = make_contract()
    case, tender = make_published()
    give_bid(tender)
    close_box(tender)
    assert len(unlock(tender, *case.openers[:2], at=DEADLINE + timedelta(hours=1))) == 1
    publish_head(by=None, at=DEADLINE)
    erase_body(index=LedgerBody.objects.first().index, by=case.officer, at=DEADLINE, reason="beslut")
    sweep_storage(by=None, at=DEADLINE)
    client.force_login(made.case.officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("pages:case", args=[made.procurement.pk])).status_code == 200
    assert log_holds()
    assert who() == ROLE


def test_inv_32_the_role_alters_the_log_in_no_way(as_role):
    publish_head(by=None, at=DEADLINE)
    before = list(LedgerEntry.objects.values_list())
    assert who() == ROLE
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE ON records_ledgerentry TO {ROLE}")  # a warning, and nothing that is granted
    for way in WAYS:
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner|must be superuser"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(way)
    assert list(LedgerEntry.objects.values_list()) == before
    assert log_holds()
