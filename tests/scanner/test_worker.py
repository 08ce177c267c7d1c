"""What others send comes to the scanner through the worker, after the opening and beside it; people read what it said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.bids.models import Bid
from rodatraden.records.actions import store_bytes
from rodatraden.records.models import FileScan, LedgerBody, LedgerEntry, StoredFile
from rodatraden.records.tasks import Scanning
from tests.factories.bids import make_bidder, open_box, pdf
from tests.factories.parties import START
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_published
from tests.scanner.conftest import INFECTED
from tools import clamd

pytestmark = pytest.mark.django_db

OPENED = DEADLINE + timedelta(hours=1)
Origin, Verdict = StoredFile.Origin, FileScan.Verdict


@pytest.fixture
def work(scanner, settings):
    """Let a worker scan until nothing waits; answers how many files it took up."""
    settings.SCANNER = scanner

    def until_done(at=OPENED):
        scanning = Scanning(scanner, lambda: at)
        return sum(1 for _ in iter(scanning.do_next, False))

    return until_done


def test_what_others_send_is_scanned_once_for_all_who_send_it(work):
    first = store_bytes(b"ett anbud", by=None, at=START)
    again = store_bytes(b"ett anbud", by=None, at=START)
    found = store_bytes(INFECTED, by=None, at=START)
    ours = store_bytes(INFECTED, origin=Origin.OURS, by=None, at=START)
    sealed = store_bytes(INFECTED, origin=Origin.SEALED, by=None, at=START)
    assert work() == 2
    for each in (first, again, found, ours, sealed):
        each.refresh_from_db()
    assert first.scan == again.scan
    assert (first.scan.verdict, first.scan.at) == (Verdict.CLEAN, OPENED)
    assert first.scan.scanner.startswith("ClamAV 1.")
    assert (found.scan.verdict, found.scan.finding) == (Verdict.FOUND, clamd.FOUND)
    assert ours.scan is sealed.scan is None
    assert work() == 0


def test_the_log_tells_of_a_finding_without_naming_the_file(work):
    store_bytes(INFECTED, name="Mellanrum anbud.pdf", by=None, at=START)
    before = LedgerEntry.objects.count()
    work()
    body = LedgerBody.objects.get(event="finding_in_file")
    assert LedgerEntry.objects.count() == before + 1
    assert clamd.FOUND in body.what
    assert "Mellanrum" not in body.what
    assert (body.case, body.by) == (None, None)


def test_inv_02_nothing_of_a_sealed_bid_is_scanned_before_it_is_opened(work):
    """Neither a row nor a number of them tells that somebody has bid."""
    case, tender = make_published()
    work()
    before = FileScan.objects.count(), StoredFile.objects.filter(origin=Origin.OTHERS).count()
    give_bid(tender)
    assert work() == 0
    assert (FileScan.objects.count(), StoredFile.objects.filter(origin=Origin.OTHERS).count()) == before
    open_box(case, tender)
    bid = Bid.objects.get()
    assert {each.file.origin for each in bid.files.all()} == {Origin.OTHERS}
    assert work() > 0
    assert not StoredFile.objects.filter(origin=Origin.SEALED).exclude(scan=None).exists()


def test_a_bid_with_a_finding_is_opened_and_read_and_its_file_held_back_until_somebody_answers_for_it(
    work, client, time_machine
):
    case, tender = make_published()
    item = tender.content_items.filter(is_price=False).order_by("number").first()
    give_bid(tender, bidder=make_bidder(), files={item.pk: INFECTED})
    open_box(case, tender)
    time_machine.move_to(OPENED + timedelta(days=1), tick=False)
    bid = Bid.objects.get()
    file = bid.files.get(content_item=item)
    page, address = reverse("bids:bid", args=[bid.pk]), reverse("bids:file", args=[file.pk])
    client.force_login(case.officer)
    assert "Väntar på genomsökning" in client.get(page).text
    work(OPENED)
    text = client.get(page).text
    assert f"Hålls inne: genomsökningen fann {clamd.FOUND}" in " ".join(text.split())
    held = client.get(address)
    assert held.status_code == 409
    assert b"%PDF" not in held.content
    assert clamd.FOUND in held.text
    key = held.context["form"]["idempotency_key"].value()
    sent = {"reason": "It har sett på den i en avskild dator.", "finding": clamd.FOUND, "idempotency_key": key}
    assert client.post(address, sent)["Location"] == address
    assert client.get(address).getvalue() == INFECTED
    told = LedgerBody.objects.get(event="file_let_out")
    assert (told.by, told.case) == (case.officer.pk, case.procurement.pk)
    assert "It har sett på den" in told.what
    assert "släppt" in client.get(page).text


def test_a_file_that_is_gone_from_storage_is_told_of_and_holds_nobody_up(work, settings):
    gone = store_bytes(b"borta", by=None, at=START)
    other = store_bytes(pdf(), by=None, at=START + timedelta(seconds=1))
    (settings.DATA_DIR / "files" / gone.location).unlink()
    assert work() == 2
    gone.refresh_from_db()
    other.refresh_from_db()
    assert (gone.scan.verdict, gone.scan.why) == (Verdict.FAILED, FileScan.Why.NOT_READ)
    assert other.scan.verdict == Verdict.CLEAN
