"""The ledger in the database: append-only, checked, one entry per verb."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from rodatraden.records.actions import restore_ledger_triggers
from rodatraden.records.models import LedgerBody, LedgerEntry
from rodatraden.records.queries import missing_triggers, verify_ledger
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db


def test_each_verb_leaves_one_entry_and_the_log_holds():
    make_case()
    assert verify_ledger() is None
    assert LedgerEntry.objects.count() == LedgerBody.objects.count() > 10


@pytest.mark.parametrize(
    "statement",
    ["UPDATE records_ledgerentry SET leaf = 'x'", "DELETE FROM records_ledgerentry"],
)
def test_the_database_refuses_to_alter_the_log(statement):
    make_case()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify_ledger() is None


def test_triggers_lost_are_named_and_restored():
    with connection.cursor() as cursor:
        name = "records_ledgerentry_no_update"
        cursor.execute(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else " ON records_ledgerentry"))
    assert missing_triggers() == [name]
    restore_ledger_triggers()
    assert missing_triggers() == []


def test_an_altered_body_is_named():
    make_case()
    LedgerBody.objects.filter(index=3).update(what='{"role":"officer"}')
    fault = verify_ledger()
    assert fault is not None
    assert fault.index == 3


def test_an_erased_body_is_no_fault():
    make_case()
    LedgerBody.objects.filter(index=3).delete()
    assert verify_ledger() is None
