"""The verbs that keep records, on real tables: what is recorded together with its verb or not at all."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from threading import Barrier
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from rodatraden.core.answer import RefusedError
from rodatraden.parties.actions import grant_membership, register_organisation
from rodatraden.parties.models import Membership, Organisation
from rodatraden.records.actions import (
    KeyReusedError,
    erase_body,
    event_recorded,
    once,
    open_diary_case,
    record_cover,
    record_event,
    register_document,
    register_text,
    send_mail,
    store_bytes,
    store_chunks,
    write_mail,
)
from rodatraden.records.models import (
    DiaryCase,
    DiaryDocument,
    IdempotencyKey,
    LedgerBody,
    LedgerEntry,
    OutboxMail,
    StoredFile,
)
from rodatraden.records.queries import missing_triggers, read_bytes, verify_ledger
from tests.factories.parties import START, make_buyer, make_person, make_supplier

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def numbers() -> list[int]:
    return list(LedgerEntry.objects.order_by("index").values_list("index", flat=True))


def record(organisation: Organisation, event: str = "something_happened") -> LedgerBody:
    with transaction.atomic():
        return record_event(event, of=organisation, by=None, at=AT)


def undone(verb: Callable[[], object]) -> None:
    """Carry out `verb` in a transaction that fails afterwards."""
    with transaction.atomic():
        verb()
        raise RuntimeError


class TestRecordEvent:
    def test_an_event_is_a_leaf_and_a_body_with_the_same_number(self, db):
        buyer, person, case = make_buyer(), make_person(), uuid4()
        with transaction.atomic():
            body = record_event("thing_done", of=buyer, by=person, at=AT, case=case, what={"sum": 3}, is_sealed=True)
        entry = LedgerEntry.objects.get(index=body.index)
        assert body.index == numbers()[-1]
        assert (body.event, body.object_type, body.object_id) == ("thing_done", "parties.Organisation", buyer.pk)
        assert (body.by, body.at, body.case, json.loads(body.what)) == (person.pk, AT, case, {"sum": 3})
        assert body.is_sealed
        for told in (str(buyer.pk), str(person.pk), "thing_done", AT.isoformat()[:10]):
            assert told not in entry.leaf

    def test_the_same_event_twice_is_two_different_leaves(self, db):
        buyer = make_buyer()
        first, second = record(buyer), record(buyer)
        leaves = set(LedgerEntry.objects.filter(index__in=[first.index, second.index]).values_list("leaf", flat=True))
        assert len(leaves) == 2

    def test_outside_a_transaction_it_is_refused(self, fresh_database):
        buyer = make_buyer()
        with pytest.raises(transaction.TransactionManagementError, match="in the transaction of its verb"):
            record_event("thing_done", of=buyer, by=None, at=AT)
        assert numbers() == [0]
        with pytest.raises(transaction.TransactionManagementError, match="in the transaction of what it covers"):
            record_cover()

    def test_it_is_rolled_back_with_its_verb(self, fresh_database):
        make_buyer()
        with pytest.raises(RuntimeError):
            undone(make_supplier)
        assert numbers() == [0]
        assert Organisation.objects.count() == 1
        make_supplier()
        assert numbers() == [0, 1]

    def test_the_verb_is_rolled_back_with_its_event(self, fresh_database, monkeypatch):
        """A subscriber that fails takes the whole verb with it: nothing happens that is not recorded."""

        def fail(**_):
            raise RuntimeError

        event_recorded.connect(fail)
        try:
            with pytest.raises(RuntimeError):
                make_buyer()
        finally:
            event_recorded.disconnect(fail)
        assert Organisation.objects.count() == 0
        assert numbers() == []

    def test_many_at_once_are_numbered_without_gaps(self, fresh_database):
        """Eight threads with six verbs each, every third rolled back: 0, 1, 2, … and the log holds."""
        ready = Barrier(8)

        def work(thread: int) -> None:
            try:
                ready.wait()
                for turn in range(6):
                    register = partial(make_supplier, f"Leverantör {thread}-{turn}")
                    if turn % 3 == 2:
                        with suppress(RuntimeError):
                            undone(register)
                    else:
                        register()
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
        assert numbers() == list(range(8 * 4))
        assert Organisation.objects.count() == 8 * 4
        assert verify_ledger() is None


class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE records_ledgerentry SET leaf = 'x'",
            'UPDATE records_ledgerentry SET leaf = leaf WHERE "index" = 0',
            "DELETE FROM records_ledgerentry",
            'DELETE FROM records_ledgerentry WHERE "index" = 0',
            "TRUNCATE records_ledgerentry",
        ],
    )
    def test_the_database_refuses_to_alter_the_log(self, db, statement):
        if connection.vendor == "sqlite" and statement.startswith("TRUNCATE"):
            return  # SQLite has no such statement
        make_buyer()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert numbers() == [0]
        assert verify_ledger() is None

    def test_django_can_not_either(self, db):
        make_buyer()
        entry = LedgerEntry.objects.get()
        for alter in (entry.delete, entry.save, LedgerEntry.objects.all().delete):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                alter()
        assert verify_ledger() is None

    def test_what_a_rebuilt_table_has_lost_is_restored_by_the_next_migration(self, fresh_database):
        """SQLite makes a new table when a field is altered, and silently drops the triggers of the old one."""
        make_buyer()
        if connection.vendor == "sqlite":
            with connection.schema_editor() as editor:
                editor._remake_table(LedgerEntry)
        else:
            with connection.cursor() as cursor:
                for verb in ("update", "delete", "truncate"):
                    cursor.execute(f"DROP TRIGGER records_ledgerentry_no_{verb} ON records_ledgerentry")
        assert {"records_ledgerentry_no_delete", "records_ledgerentry_no_update"} <= set(missing_triggers())
        call_command("migrate", verbosity=0)
        assert missing_triggers() == []
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            LedgerEntry.objects.all().delete()


class TestEraseBody:
    def test_the_body_goes_the_proof_stays_and_the_decision_is_recorded(self, db):
        make_buyer()
        erase_body(index=0, by=make_person(), at=AT, reason="Gallringsbeslut 2026-02")
        assert not LedgerBody.objects.filter(index=0).exists()
        decision = LedgerBody.objects.get(event="ledger_body_erased")
        assert (decision.object_id, json.loads(decision.what)) == (UUID(int=0), {"reason": "Gallringsbeslut 2026-02"})
        assert verify_ledger() is None

    @pytest.mark.parametrize("reason", ["", "  \n"])
    def test_without_a_reason_nothing_is_erased(self, db, reason):
        make_buyer()
        with pytest.raises(RefusedError):
            erase_body(index=0, by=make_person(), at=AT, reason=reason)
        assert LedgerBody.objects.filter(index=0).exists()


class TestStore:
    def test_bytes_come_back_as_they_were_with_size_and_hash(self, db):
        file = store_bytes(b"%PDF-1.7", name="anbud.pdf", media_type="application/pdf", by=make_person(), at=AT)
        assert (file.size, file.name, file.media_type) == (8, "anbud.pdf", "application/pdf")
        assert file.sha256 == sha256(b"%PDF-1.7").hexdigest()
        assert read_bytes(file) == b"%PDF-1.7"

    def test_chunks_are_one_file_and_nobody_chooses_its_place(self, db):
        first = store_chunks(iter([b"a" * 70_000, b"", b"b" * 70_000]), name="../../etc/passwd", by=None, at=AT)
        second = store_chunks([b""], by=None, at=AT)
        assert (first.size, second.size) == (140_000, 0)
        assert read_bytes(first) == b"a" * 70_000 + b"b" * 70_000
        assert first.location.startswith("2026/")
        assert ".." not in first.location
        assert first.location != second.location

    def test_a_row_is_not_made_when_the_bytes_stop_coming(self, db):
        def broken():
            yield b"half"
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            store_chunks(broken(), by=None, at=AT)
        assert StoredFile.objects.count() == 0


class TestDiary:
    def test_cases_are_numbered_within_their_organisation_and_year(self, db):
        one, other, person = make_buyer("Ett"), make_buyer("Annat"), make_person()
        opened = [
            open_diary_case(organisation=organisation, subject="Ärende", by=person, at=at).number
            for organisation, at in ((one, AT), (one, AT), (other, AT), (one, AT + timedelta(days=365)))
        ]
        assert opened == ["2026/001", "2026/002", "2026/001", "2027/001"]

    def test_the_year_is_that_of_the_day_in_sweden(self, db):
        new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        case = open_diary_case(organisation=make_buyer(), subject="Ärende", by=make_person(), at=new_year)
        assert case.number == "2027/001"

    def test_documents_are_numbered_within_their_case(self, db):
        person = make_person()
        case = open_diary_case(organisation=make_buyer(), subject="Ärende", by=person, at=AT)
        for subject in ("Första", "Andra"):
            document = register_document(
                case=case,
                direction=DiaryDocument.Direction.RECEIVED,
                subject=subject,
                counterparty="Leverantör",
                by=person,
                at=AT,
            )
        assert (document.serial, document.number, document.on) == (2, "2026/001-2", AT.date())

    def test_many_at_once_get_a_number_each(self, fresh_database):
        person = make_person()
        buyer = make_buyer()
        case = open_diary_case(organisation=buyer, subject="Ärende", by=person, at=AT)
        ready = Barrier(6)

        def work(_: int) -> None:
            try:
                ready.wait()
                open_diary_case(organisation=buyer, subject="Nytt", by=person, at=AT)
                for _turn in range(3):
                    register_document(
                        case=case, direction=DiaryDocument.Direction.SENT, subject="Brev", by=person, at=AT
                    )
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(work, range(6)))
        serials = DiaryCase.objects.order_by("serial").values_list("serial", flat=True)
        assert list(serials) == list(range(1, 8))
        documents = DiaryDocument.objects.filter(case=case).order_by("serial").values_list("serial", flat=True)
        assert list(documents) == list(range(1, 19))


class TestOnce:
    def send(self, key: str, body: dict, done: list, *, by=None) -> str:
        def effect() -> str:
            done.append(body)
            return f"answer {len(done)}"

        return once(key=key, purpose="test", body=body, effect=effect, by=by, at=AT)

    def test_the_same_request_again_has_no_effect_and_the_same_answer(self, db):
        done: list = []
        assert self.send("k", {"price": 1}, done) == self.send("k", {"price": 1}, done) == "answer 1"
        assert done == [{"price": 1}]

    def test_the_same_key_with_another_body_is_refused_and_the_first_stands(self, db):
        done: list = []
        self.send("k", {"price": 1}, done)
        with pytest.raises(KeyReusedError) as refused:
            self.send("k", {"price": 2}, done)
        assert "already been sent" in str(refused.value)
        assert done == [{"price": 1}]

    def test_another_key_is_another_request(self, db):
        done: list = []
        self.send("k", {"price": 1}, done)
        assert self.send("l", {"price": 1}, done) == "answer 2"

    def test_people_do_not_share_keys(self, db):
        done: list = []
        answers = [self.send("k", {"price": n}, done, by=make_person()) for n in (1, 2)]
        assert answers == ["answer 1", "answer 2"]

    def test_what_failed_can_be_tried_again(self, db):
        def fail() -> str:
            raise RefusedError.__new__(RefusedError)

        with pytest.raises(RefusedError):
            once(key="k", purpose="test", body={}, effect=fail, by=None, at=AT)
        assert IdempotencyKey.objects.count() == 0
        assert self.send("k", {}, []) == "answer 1"

    def test_a_request_without_a_key_is_refused(self, db):
        with pytest.raises(RefusedError):
            self.send("", {}, [])

    def test_a_forged_key_that_no_form_of_ours_has_is_refused_on_every_database(self, db):
        done = []
        with pytest.raises(RefusedError):
            self.send("k" * 65, {}, done)
        assert (done, IdempotencyKey.objects.count()) == ([], 0)
        assert self.send("k" * 64, {}, done) == "answer 1"

    def test_two_tabs_at_once_have_one_effect(self, fresh_database):
        person = make_person()
        ready = Barrier(4)

        def effect() -> str:
            return str(make_supplier("Dubbelklick").pk)

        def work(_: int) -> str:
            try:
                ready.wait()
                return once(key="k", purpose="test", body={"a": 1}, effect=effect, by=person, at=AT)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            answers = set(pool.map(work, range(4)))
        assert answers == {str(Organisation.objects.get(name="Dubbelklick").pk)}


class TestOutbox:
    def write(self, to: str = "anna@example.org", *, at: datetime = AT) -> OutboxMail:
        return write_mail(to=to, subject="Svar på frågor", text="Nu finns svaren.", by=None, at=at)

    def test_a_message_is_written_with_its_verb_and_sent_later(self, db, mailoutbox):
        self.write()
        assert mailoutbox == []
        assert send_mail(by=None, at=AT + timedelta(minutes=1)) == 1
        (sent,) = mailoutbox
        assert (sent.to, sent.subject, sent.body) == (["anna@example.org"], "Svar på frågor", "Nu finns svaren.")
        mail = OutboxMail.objects.get()
        assert (mail.sent_at, mail.attempts, mail.last_error) == (AT + timedelta(minutes=1), 1, "")

    def test_a_subject_longer_than_its_column_is_cut_at_its_end(self, db):
        mail = write_mail(to="anna@example.org", subject="x" * 230, text="", by=None, at=AT)
        assert mail.subject == "x" * 199 + "…"

    def test_it_is_rolled_back_with_its_verb(self, fresh_database):
        with pytest.raises(RuntimeError):
            undone(self.write)
        assert OutboxMail.objects.count() == 0

    def test_what_has_been_sent_is_not_sent_again(self, db, mailoutbox):
        self.write()
        assert [send_mail(by=None, at=AT), send_mail(by=None, at=AT)] == [1, 0]
        assert len(mailoutbox) == 1

    def test_a_failure_is_kept_and_tried_again_and_holds_up_nobody_else(self, db, settings, mailoutbox):
        self.write()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
        assert send_mail(by=None, at=AT) == 0
        mail = OutboxMail.objects.get()
        assert (mail.sent_at, mail.attempts) == (None, 1)
        assert "refused" in mail.last_error
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        self.write("bo@example.org", at=AT + timedelta(minutes=5))
        assert send_mail(by=None, at=AT) == 2
        assert [sent.to for sent in mailoutbox] == [["anna@example.org"], ["bo@example.org"]]

    def test_a_crash_after_sending_sends_again_rather_than_never(self, db, mailoutbox, monkeypatch):
        self.write()

        def die(*_, **__):
            raise KeyboardInterrupt

        with monkeypatch.context() as dying:
            dying.setattr(OutboxMail, "save", die)
            with pytest.raises(KeyboardInterrupt):
                send_mail(by=None, at=AT)
        assert send_mail(by=None, at=AT) == 1
        assert len(mailoutbox) == 2

    def test_a_hopeless_message_is_given_up_after_twenty_attempts(self, db, settings):
        self.write()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        for _ in range(22):
            send_mail(by=None, at=AT)
        assert OutboxMail.objects.get().attempts == 20


def test_verbs_of_parties_are_in_the_log(db):
    buyer = register_organisation(name="Förbundet", kind=Organisation.Kind.COORDINATION_ASSOCIATION, by=None, at=START)
    person = make_person()
    grant_membership(person=person, organisation=buyer, role=Membership.Role.DIRECTOR, by=None, at=START)
    events = LedgerBody.objects.order_by("index").values_list("event", flat=True)
    assert list(events) == ["organisation_registered", "person_registered", "membership_granted"]


class TestRegisterText:
    def text(self, *, by=None, subject="Fråga 1", text="Hej"):
        buyer = make_buyer()
        return register_text(
            case=open_diary_case(organisation=buyer, subject="Inköp", by=make_person(), at=AT),
            direction=DiaryDocument.Direction.RECEIVED,
            subject=subject,
            text=text,
            by=by,
            at=AT,
        ).file

    def test_inv_02_the_file_is_named_by_its_subject_and_never_by_its_number(self, db):
        assert self.text().name == "Fråga 1.txt"
        assert self.text(subject="Publicerad: A/B").name == "Publicerad_ A_B.txt"

    def test_what_nobody_with_an_account_has_written_is_of_others_and_scanned(self, db):
        assert self.text().origin == StoredFile.Origin.OTHERS
        assert self.text(by=make_person()).origin == StoredFile.Origin.OURS

    def test_lines_end_where_the_writer_ended_them_and_every_other_sign_stays(self, db):
        odd = "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg"
        read = read_bytes(self.text(text=f"{odd}\nen\r\ntvå\rtre\n\nfyra")).decode()
        assert read == f"Fråga 1\r\n\r\n{odd}\r\nen\r\ntvå\r\ntre\r\n\r\nfyra\r\n"
