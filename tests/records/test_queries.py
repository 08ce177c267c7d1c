"""Reads of the records: the log is checked in batches, its head is what a verifier compares."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, transaction

from rodatraden.core.ledger import root_hash
from rodatraden.records.actions import record_event, store_bytes, write_mail
from rodatraden.records.models import LedgerBody, LedgerEntry, OutboxMail
from rodatraden.records.queries import (
    case_log,
    head_of,
    last_writer,
    ledger_size,
    log_holds,
    missing_triggers,
    read_bytes,
    unsent_mail,
    verify_ledger,
)
from tests.factories.needs import make_need
from tests.factories.parties import START, make_buyer
from tests.factories.procurements import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # the ledger: every case


@pytest.fixture
def log(monkeypatch):
    """Eleven entries, checked five at a time."""
    monkeypatch.setattr("rodatraden.records.queries.ledger.CHUNK", 5)
    buyer = make_buyer()
    with transaction.atomic():
        for _ in range(10):
            record_event("thing_done", of=buyer, by=None, at=START, what={"sum": 1})


def test_a_log_longer_than_a_batch_holds(log):
    assert LedgerEntry.objects.count() == 11
    assert verify_ledger() is None


@pytest.mark.parametrize("index", [0, 4, 5, 9, 10])
def test_an_altered_body_is_named_in_whichever_batch(log, index):
    LedgerBody.objects.filter(index=index).update(what='{"sum":2}')
    fault = verify_ledger()
    assert fault is not None
    assert fault.index == index


@pytest.mark.parametrize(
    "change",
    [
        {"what": "not json"},
        {"salts": "not json"},
        {"salts": "{}"},
        {"salts": "[]"},
        {"salts": '{"who":"zz"}'},
        {"event": "other"},
        {"object_type": "x"},
        {"object_id": uuid4()},
        {"case": uuid4()},
        {"by": uuid4()},
        {"is_sealed": True},
    ],
)
def test_every_altered_part_of_a_body_is_named(log, change):
    LedgerBody.objects.filter(index=7).update(**change)
    fault = verify_ledger()
    assert fault is not None
    assert fault.index == 7


def test_erased_bodies_are_no_fault(log):
    LedgerBody.objects.filter(index__in=[0, 4, 5, 10]).delete()
    assert verify_ledger() is None


def test_a_missing_entry_is_named(log):
    """Somebody with all rights drops the trigger and takes out a row."""
    with transaction.atomic(), connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON records_ledgerentry"
        cursor.execute(f"DROP TRIGGER records_ledgerentry_no_delete{on}")
        cursor.execute('DELETE FROM records_ledgerentry WHERE "index" = 6')
    fault = verify_ledger()
    assert fault is not None
    assert (fault.index, str(fault.reason)) == (6, "Entry 6 is missing.")
    assert missing_triggers() == ["records_ledgerentry_no_delete"]


def test_the_head_names_size_and_root(log):
    head = head_of(ledger_size())
    hashes = list(LedgerEntry.objects.order_by("index").values_list("leaf_hash", flat=True))
    assert (head.size, head.root) == (11, root_hash(hashes))
    with transaction.atomic():
        record_event("thing_done", of=make_buyer("Annat"), by=None, at=START)
    assert head_of(ledger_size()) != head


def test_the_log_of_a_case_leaves_out_what_is_sealed_and_what_is_not_its(db):
    """INV-02: what happens to bids before the opening is in the log, and in no view of it."""
    buyer, case = make_buyer(), uuid4()
    with transaction.atomic():
        record_event("open", of=buyer, by=None, at=START, case=case)
        record_event("bid_submitted", of=buyer, by=None, at=START, case=case, is_sealed=True)
        record_event("elsewhere", of=buyer, by=None, at=START, case=uuid4())
    assert [body.event for body in case_log(case, with_sealed=False)] == ["open"]
    assert [body.event for body in case_log(case, with_sealed=True)] == ["open", "bid_submitted"]


def test_unsent_mail_is_oldest_first():
    for to in ("b@example.org", "a@example.org"):
        write_mail(to=to, subject="S", text="T", by=None, at=START)
    OutboxMail.objects.filter(to="b@example.org").update(sent_at=START)
    assert [message.to for message in unsent_mail()] == ["a@example.org"]
    assert mail.outbox == []


def test_a_file_that_is_gone_is_said_to_be_gone(data_dir):
    file = store_bytes(b"x", by=None, at=START)
    (data_dir / "files" / file.location).unlink()
    with pytest.raises(FileNotFoundError):
        read_bytes(file)


def test_inv_32_a_log_that_was_changed_does_not_hold_and_raises_an_alarm(log, caplog):
    assert log_holds()
    assert caplog.records == []
    LedgerBody.objects.filter(index=0).update(event="something_else")
    assert "The log does not hold" in str(log_holds().reason)
    (alarm,) = caplog.records
    assert (alarm.name, alarm.levelname) == ("rodatraden.security", "ERROR")
    assert alarm.getMessage().startswith("the log does not hold: ")


def test_who_wrote_last_is_named_to_others_and_not_to_oneself():
    case = make_case()
    need = make_need(case)
    events = ["need_written", "need_revised"]
    assert last_writer(of=need, events=events, reader=case.officer) == case.need_owner.name
    assert last_writer(of=need, events=events, reader=case.need_owner) == ""
    assert last_writer(of=need, events=["need_struck"], reader=case.officer) is None
