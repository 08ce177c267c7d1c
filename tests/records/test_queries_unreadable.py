"""SQLite keeps anything in any column: what no column is for is named as any other change of the log is."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from rodatraden.records.actions import record_event
from rodatraden.records.queries import verify_ledger
from tests.factories.parties import START, make_buyer

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.mark.parametrize("altered_before", [False, True])
@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("records_ledgerbody", "at", "'2026-13-45 00:00:00'", "The body of entry 7 has been altered."),
        ("records_ledgerbody", "at", "x'fffe'", "The body of entry 7 has been altered."),
        ("records_ledgerbody", "by", "x'fffe'", "The body of entry 7 has been altered."),
        ("records_ledgerbody", "object_id", "x'fffe'", "The body of entry 7 has been altered."),
        ("records_ledgerentry", "leaf", "x'fffe'", "Entry 7 has been altered: its text does not give its hash."),
        ("records_ledgerentry", "leaf", "cast(x'fffe' as text)", "Entry 7 has been altered"),
        ("records_ledgerentry", "leaf_hash", "x'00'", "Entry 7 has been altered: its text does not give its hash."),
    ],
)
def test_inv_32_what_can_not_be_read_is_named_and_hides_no_earlier_fault(table, column, value, said, altered_before):
    """SQLite keeps anything in any column."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps in a column what it is for")
    buyer = make_buyer()
    with transaction.atomic():
        for _ in range(12):
            record_event("told", of=buyer, by=None, at=START, case=buyer.pk)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER records_ledgerentry_no_update")
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE {table} SET "{column}" = {value} WHERE "index" = 7')  # noqa: S608 -- our own words
        if altered_before:
            cursor.execute("""UPDATE records_ledgerbody SET event = 'another' WHERE "index" = 2""")
    fault = verify_ledger()
    assert fault is not None
    assert fault.index == (2 if altered_before else 7)
    assert str(fault.reason).startswith("The body of entry 2" if altered_before else said)
