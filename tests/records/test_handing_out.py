"""A file of others is handed out, asked about or held back by what a scanner said of it; the public's documents are the example."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.records.actions import record_scan, store_bytes
from rodatraden.records.handing_out import CONFLICT, WAITS_FOR
from rodatraden.records.models import LedgerBody, LetOut, ScanMark, StoredFile
from rodatraden.records.queries import mark_scans
from rodatraden.records.scanner import Scanner, Verdict, Why
from rodatraden.tenders.models import TenderDocument
from tests.factories.bids import pdf
from tests.factories.parties import make_person
from tests.factories.procurements import declare
from tests.factories.tenders import make_published

pytestmark = pytest.mark.django_db

BY = Scanner("ClamAV 1.4.3", "27841/Mon Nov 30 2026")
FOUND, FAILED, CLEAN = Verdict(finding="Win.Test.X-1"), Verdict(why=Why.TOO_LARGE), Verdict()
DATA = pdf("kravspecifikation")


class Held:
    """A published file of the documents, and those who ask for it."""

    def __init__(self, client, case, tender, at):
        self.client, self.case, self.at = client, case, at
        self.stored = store_bytes(DATA, name="krav.pdf", media_type="application/pdf", by=case.officer, at=at)
        document = TenderDocument.objects.create(tender=tender, title="Krav", file=self.stored, added_at=at)
        self.address = reverse("tenders:document", args=[document.pk])

    def is_(self, verdict):
        record_scan(file=self.stored, verdict=verdict, scanner=BY, by=None, at=self.at)

    def asked_for(self, by=None):
        if by is None:
            self.client.logout()
        else:
            self.client.force_login(by)
        return self.client.get(self.address)

    def sent(self, page, **typed):
        form = page.context["form"]
        hidden = {field.name: field.value() for field in form.hidden_fields()}
        return self.client.post(self.address, hidden | typed)


@pytest.fixture
def held(client, settings, time_machine):
    settings.SCANNER = "/run/clamav/clamd.ctl"
    case, tender = make_published()
    at = tender.deadline_at - timedelta(days=1)
    time_machine.move_to(at, tick=False)
    return Held(client, case, tender, at)


def test_what_nothing_was_found_in_is_handed_out(held):
    held.is_(CLEAN)
    assert held.asked_for().getvalue() == DATA


def test_where_no_scanner_is_set_everything_is_handed_out(held, settings):
    settings.SCANNER = ""
    assert held.asked_for().getvalue() == DATA


def test_what_our_program_wrote_waits_for_no_scan(held):
    StoredFile.objects.filter(pk=held.stored.pk).update(origin=StoredFile.Origin.OURS)
    assert held.asked_for().getvalue() == DATA


def test_what_has_just_come_is_soon_to_be_had(held):
    page = held.asked_for()
    assert page.status_code == CONFLICT
    assert page.context["form"] is None
    assert held.client.post(held.address, {}).status_code == CONFLICT
    assert "Det är snart klart" in page.text
    assert page["Cache-Control"] == "no-store, private"


def test_what_has_waited_too_long_is_fetched_after_a_question_by_anybody(held, time_machine):
    """The documents are to be had by all: a scanner that is down keeps nobody from a bid (LOU 10 kap. 7 §)."""
    time_machine.move_to(held.at + WAITS_FOR - timedelta(seconds=1), tick=False)
    assert held.asked_for().context["form"] is None
    time_machine.move_to(held.at + WAITS_FOR, tick=False)
    page = held.asked_for()
    assert page.status_code == CONFLICT
    fetched = held.sent(page)
    assert fetched.getvalue() == DATA
    assert fetched["Content-Disposition"].startswith("attachment")
    assert held.asked_for().status_code == CONFLICT  # each time anew


def test_what_could_not_be_scanned_is_fetched_after_a_question(held):
    held.is_(FAILED)
    page = held.asked_for()
    assert "den är större än genomsökaren tar emot" in page.text
    assert held.sent(page).getvalue() == DATA


def test_a_finding_holds_a_file_back_and_is_told_to_whoever_may_read_it(held):
    held.is_(FOUND)
    for who in (None, make_person(), held.case.officer):
        page = held.asked_for(who)
        assert page.status_code == CONFLICT
        for told in ("Win.Test.X-1", "ClamAV 1.4.3", "27841", held.stored.sha256):
            assert told in page.text
        assert b"%PDF" not in page.content


def test_only_who_answers_for_the_case_lets_it_out(held):
    held.is_(FOUND)
    sent = {"reason": "Falskt larm.", "finding": FOUND.finding, "idempotency_key": "k" * 32}
    for who in (None, make_person(), held.case.evaluators[0], held.case.decider):
        page = held.asked_for(who)
        assert 'name="reason"' not in page.text
        assert held.client.post(held.address, sent).status_code == CONFLICT
    assert not LetOut.objects.exists()
    page = held.asked_for(held.case.officer)
    assert held.sent(page, reason="Falskt larm: samma mall som i våras.")["Location"] == held.address
    assert held.asked_for().getvalue() == DATA
    told = LedgerBody.objects.get(event="file_let_out")
    assert (told.by, told.case, told.object_id) == (held.case.officer.pk, held.case.procurement.pk, held.stored.pk)
    assert "samma mall" in told.what
    assert "krav.pdf" not in told.what


def test_an_officer_with_a_conflict_of_interest_lets_nothing_out(held):
    held.is_(FOUND)
    declare(held.case, held.case.officer, at=held.at, has_conflict=True)
    assert 'name="reason"' not in held.asked_for(held.case.officer).text


def test_it_is_let_out_with_a_reason_or_not_at_all(held):
    held.is_(FOUND)
    page = held.asked_for(held.case.officer)
    refused = held.sent(page, reason="  ")
    assert refused.status_code == 422
    assert not LetOut.objects.exists()


def test_what_was_let_out_is_held_back_again_for_another_finding(held):
    """What was judged is the one finding that the page told of, also where the page is an old one."""
    held.is_(FOUND)
    page = held.asked_for(held.case.officer)
    held.is_(Verdict(finding="Doc.Other-2"))
    refused = held.sent(page, reason="Falskt larm.")
    assert refused.status_code == 422
    assert "hålls inte längre inne av det skälet" in refused.text
    held.sent(held.asked_for(held.case.officer), reason="Falskt larm.")
    assert held.asked_for().getvalue() == DATA
    held.is_(FOUND)
    assert held.asked_for().status_code == CONFLICT
    assert [each.finding for each in LetOut.objects.all()] == ["Doc.Other-2"]


def test_the_same_bytes_in_another_case_are_let_out_by_those_who_answer_for_that(held):
    again = store_bytes(DATA, by=None, at=held.at)
    held.is_(FOUND)
    held.sent(held.asked_for(held.case.officer), reason="Falskt larm.")
    for each, state in ((held.stored, ScanMark.State.LET_OUT), (again, ScanMark.State.FOUND)):
        each.refresh_from_db()
        mark_scans([each])
        assert each.mark.state == state


def test_what_new_signatures_find_nothing_in_is_handed_out_again(held):
    held.is_(FOUND)
    held.is_(CLEAN)
    assert held.asked_for().getvalue() == DATA
    assert LedgerBody.objects.filter(event="finding_in_file").count() == 1  # the log keeps what was found
