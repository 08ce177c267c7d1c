"""The public pages: free, whole, without login or trace; nothing about bids before all bidders are notified."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import docx
import pytest
from django.urls import reverse

from rodatraden.awards.actions import cancel_published
from rodatraden.core.bid_form import read_bid_form
from rodatraden.core.evaluation import QualityOnly
from rodatraden.core.numbers import swedish_amount
from rodatraden.parties.models import Session
from rodatraden.records.actions import record_scan
from rodatraden.records.models import StoredFile
from rodatraden.records.scanner import Scanner, Verdict, Why
from rodatraden.tenders.actions import add_document, begin_change, edit_documents, publish, publish_change
from rodatraden.tenders.models import DocumentEdit, Snapshot
from tests.factories.awards import make_awarded
from tests.factories.bids import pdf
from tests.factories.evaluation import PRICES, SUPPLIERS, make_outcome
from tests.factories.parties import START
from tests.factories.procurements import hold_keys, make_case
from tests.factories.tenders import (
    ANNOUNCED_AT,
    DEADLINE,
    PUBLISHED_AT,
    announce,
    make_drafted,
    make_published,
    make_published_tender,
)
from tests.pdf import flowing

pytestmark = pytest.mark.django_db


def show(client, name, *args, now=None, **query):
    return client.get(reverse(f"publication:{name}", args=args), query)


@pytest.fixture
def at(monkeypatch):
    """Let the server's clock show an instant."""

    def set_clock(instant):
        monkeypatch.setattr("rodatraden.config.clock.now", lambda: instant)

    set_clock(ANNOUNCED_AT + timedelta(days=1))
    return set_clock


PAGES = ("tender", "documents", "snapshot", "word", "archive")


def addresses(tender):
    snapshot = tender.snapshots.get()
    named = {name: reverse(f"publication:{name}", args=[snapshot.pk]) for name in PAGES[1:]}
    return {
        "index": reverse("publication:index"),
        "organisation": reverse("publication:organisation", args=[tender.procurement.buyer_id]),
        "tender": reverse("publication:tender", args=[tender.pk]),
        "bid_form": reverse("publication:bid_form", args=[tender.pk]),
        "how_bids_are_received": reverse("publication:how_bids_are_received"),
        "accessibility": reverse("publication:accessibility"),
        "how_we_count": reverse("publication:how_we_count"),
        **named,
    }


def test_inv_29_everybody_reads_everything_without_login_and_without_a_trace(client, at):
    _case, tender = make_published()
    for name, address in addresses(tender).items():
        answer = client.get(address)
        assert (name, answer.status_code, dict(answer.cookies)) == (name, 200, {})
    assert Session.objects.count() == 0


def test_what_is_not_published_is_not_there(client, at):
    _case, tender = make_drafted()
    assert show(client, "tender", tender.pk).status_code == 404
    assert show(client, "organisation", tender.procurement.buyer_id).status_code == 404
    assert show(client, "bid_form", tender.pk).status_code == 404


def test_documents_handed_over_are_read_by_their_address_and_listed_when_the_notice_is_confirmed(client, at):
    _case, tender = make_published(is_announced=False)
    assert show(client, "tender", tender.pk).status_code == 200
    assert tender.procurement.title not in show(client, "index").content.decode()


def test_the_original_is_given_byte_for_byte(client, at):
    _case, tender = make_published()
    snapshot = tender.snapshots.get()
    answer = show(client, "snapshot", snapshot.pk)
    assert hashlib.sha256(answer.content).hexdigest() == snapshot.sha256
    assert json.loads(answer.content)["procurement"]["title"] == "Processcoachning"
    assert snapshot.sha256 in show(client, "tender", tender.pk).content.decode()


def test_what_a_bid_must_hold_is_given_as_data(client, at):
    _case, tender = make_published()
    snapshot = tender.snapshots.get()
    answer = show(client, "bid_form", tender.pk)
    form = read_bid_form(answer.content)
    assert (form.tender, form.snapshot_sha256) == (tender.pk, snapshot.sha256)
    assert [row.label for row in form.asks.musts] == ["K1"]
    assert answer["Content-Disposition"] == 'attachment; filename="anbudsmall.json"'
    assert reverse("publication:bid_form", args=[tender.pk]) in show(client, "tender", tender.pk).content.decode()


def test_the_documents_in_word_and_in_print_say_all_that_was_published(client, at):
    _case, tender = make_published()
    snapshot = tender.snapshots.get()
    paper = docx.Document(io.BytesIO(show(client, "word", snapshot.pk).content))
    texts = [paragraph.text for paragraph in paper.paragraphs]
    texts += [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    page = show(client, "documents", snapshot.pk).content.decode()
    pdf = flowing(show(client, "pdf", snapshot.pk).content)
    for said in (
        "K1 Erfarenhet av processcoachning",
        "Minst 24 månader",
        "Hur bygger ni tilltro?",
        "Allt material tillhör förbundet.",
    ):
        assert said in texts
        assert said in page
        assert said in pdf
    assert f"{snapshot.document.number}, version 1" in pdf
    assert snapshot.sha256 in pdf


def test_anybody_may_have_the_published_documents_checked(client, at):
    _case, tender = make_published()
    document = tender.snapshots.get().document
    for fingerprint in (document.file.sha256, document.attachments.get(serial=1).file.sha256):
        page = client.get(reverse("records:check"), {"sha256": fingerprint}).text
        assert f"Äkta: handling {document.number}, version 1" in page


def test_the_archive_holds_the_original_and_what_can_be_read(client, at):
    _case, tender = make_published()
    snapshot = tender.snapshots.get()
    with zipfile.ZipFile(io.BytesIO(show(client, "archive", snapshot.pk).content)) as archive:
        assert sorted(archive.namelist()) == [
            "upphandlingsdokument-1.docx",
            "upphandlingsdokument-1.json",
            "upphandlingsdokument-1.json.sha256",
            "upphandlingsdokument-1.pdf",
        ]
        assert archive.read("upphandlingsdokument-1.json") == snapshot.canonical.encode()


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (None, "bilagor/01-krav.pdf är inte genomsökt utan fynd."),
        (Verdict(why=Why.TOO_LARGE), "bilagor/01-krav.pdf är inte genomsökt utan fynd."),
        (Verdict(finding="Win.Test"), "bilagor/01-krav.pdf är inte med: en virusgenomsökare fann Win.Test i den."),
        (Verdict(), None),
    ],
    ids=["waits", "failed", "found", "clean"],
)
def test_the_archive_leaves_out_what_a_scanner_found_something_in_and_says_so(client, at, settings, verdict, told):
    settings.SCANNER = "/run/clamav/clamd.ctl"
    case, tender = make_drafted()
    stated = {"title": "Krav", "data": pdf(), "name": "krav.pdf"}
    add_document(tender=tender, by=case.officer, at=START, **stated)
    file = StoredFile.objects.get(name="krav.pdf")
    if verdict is not None:
        record_scan(file=file, verdict=verdict, scanner=Scanner("ClamAV", ""), by=None, at=START)
    hold_keys(case, at=PUBLISHED_AT)
    publish(tender=tender, by=case.officer, at=PUBLISHED_AT)
    announce(case, tender)
    snapshot = tender.snapshots.get()
    with zipfile.ZipFile(io.BytesIO(show(client, "archive", snapshot.pk).content)) as archive:
        assert ("bilagor/01-krav.pdf" in archive.namelist()) is ("inte med" not in (told or ""))
        note = archive.read("virusgenomsokning.txt").decode() if "virusgenomsokning.txt" in archive.namelist() else None
    assert (note or "").startswith(told or "")
    assert (note is None) is (told is None)


def test_inv_02_nothing_about_bids_is_public_before_all_are_notified(client, at):
    world = make_outcome()
    at(world.opened_at + timedelta(days=4))
    tender = world.fresh_tender()
    pages = {name: client.get(address).content for name, address in addresses(tender).items()}
    del pages["how_we_count"]  # its bids are made up, and the same everywhere
    prices = [swedish_amount(price) for price in PRICES]
    leaks = [*SUPPLIERS, *prices, "17 poäng", "Elin Hagström", "4 anbud", "Fyra anbud"]
    assert [(leak, name) for name, page in pages.items() for leak in leaks if leak.encode() in page] == []
    assert show(client, "results", tender.pk).status_code == 404


def test_a_decision_is_public_with_points_reasons_and_prices_but_not_bids_and_people(client, at):
    world = make_awarded()
    at(world.opened_at + timedelta(days=5))
    page = show(client, "tender", world.tender.pk).content.decode()
    for said in (*SUPPLIERS, "1\xa0140\xa0kr", "1\xa0440\xa0kr", "Svaret visar hur tilltro byggs i alla tre led."):
        assert said.replace("&", "&amp;") in page
    for kept in ("Elin Hagström", "Vi håller K1.", "Se cv, sidan 1."):
        assert kept not in page


def test_the_result_is_open_data(client, at):
    world = make_awarded()
    rows = list(csv.DictReader(io.StringIO(show(client, "results", world.tender.pk).content.decode())))
    assert [(row["bidder"], row["criterion"], row["points"]) for row in rows[:2]] == [
        ("Mellanrum Samverkan AB", "Metod", "9"),
        ("Mellanrum Samverkan AB", "Case", "8"),
    ]
    assert (rows[0]["place"], rows[0]["price"], rows[0]["evaluation_price"]) == ("1", "1140", "1440")
    assert [(row["status"], row["evaluation_price"]) for row in rows[-2:]] == [("below_gate", "")] * 2


def test_at_a_fixed_price_the_open_data_tell_what_everybody_is_paid_and_no_evaluation_price(client, at):
    world = make_awarded(weighing=QualityOnly())
    rows = list(csv.DictReader(io.StringIO(show(client, "results", world.tender.pk).content.decode())))
    assert {(row["price"], row["evaluation_price"]) for row in rows} == {("950.00", "")}
    assert (rows[0]["place"], rows[0]["value"], rows[0]["unit"]) == ("1", "17", "points")


def test_a_bid_can_be_begun_and_a_question_asked_until_the_time_is_out(client, at):
    _case, tender = make_published()
    start = f'href="{reverse("bids:start", args=[tender.pk])}"'
    assert start in show(client, "tender", tender.pk).content.decode()
    at(DEADLINE)
    assert start not in show(client, "tender", tender.pk).content.decode()


def test_the_lists_ask_the_database_as_often_for_many_as_for_one(client, at, django_assert_max_num_queries):
    case, _tender = make_published()

    def n_queries():
        found = {}
        for name, args in (("index", []), ("organisation", [case.buyer.pk])):
            show(client, name, *args)  # what is asked for once only
            with django_assert_max_num_queries(20) as queries:
                show(client, name, *args)
            found[name] = len(queries)
        return found

    one = n_queries()
    for _ in range(4):
        make_published_tender(make_case(buyer=case.buyer))
    assert n_queries() == one


def test_an_unknown_snapshot_is_not_there(client, at):
    make_published_tender(make_case())
    assert show(client, "snapshot", Snapshot().pk).status_code == 404


def test_what_is_cancelled_stays_public_with_its_reason_and_takes_no_bids(client, at):
    case = make_case()
    tender = make_published_tender(case)
    other = make_published_tender(make_case())
    when = ANNOUNCED_AT + timedelta(hours=12)
    cancel_published(tender=tender, reason="Pengarna är slut.", delegation="Punkt 4.3", by=case.decider, at=when)
    page = show(client, "tender", tender.pk).content.decode()
    assert "Upphandlingen är avbruten" in page
    assert "Pengarna är slut." in page
    assert "Anbud som inte öppnades ligger kvar förseglade." in page
    for shut in (reverse("bids:start", args=[tender.pk]), reverse("tenders:ask", args=[tender.pk])):
        assert f'href="{shut}"' not in page
    for name, address in addresses(tender).items():
        assert client.get(address).status_code == 200, name
    assert client.post(reverse("tenders:ask", args=[tender.pk]), {"text": "Varför?"}).status_code in {403, 422}
    organisation = show(client, "organisation", tender.procurement.buyer_id).content.decode()
    assert tender.procurement.title in organisation[organisation.index('id="cancelled"') :]
    assert str(tender.pk) not in organisation[: organisation.index('id="cancelled"')]
    assert "cancelled" not in show(client, "organisation", other.procurement.buyer_id).content.decode()


def test_the_example_counts_as_the_real_ones(client):
    page = show(client, "how_we_count").content.decode()
    for said in ("1\xa0440\xa0kr", "1\xa0500\xa0kr", "1\xa0560\xa0kr"):
        assert said in page
    assert "1\xa0690" not in page


def test_everybody_reads_what_a_version_changed_before_and_after(client, at):
    case = make_case()
    tender = make_published_tender(case)
    first = tender.snapshots.get()
    at(ANNOUNCED_AT + timedelta(days=3))
    change = begin_change(tender=tender, by=case.officer, at=ANNOUNCED_AT + timedelta(days=2))
    edit_documents(
        change=change,
        about=DocumentEdit.About.TERMS,
        how=DocumentEdit.How.REVISE,
        target=tender.pk,
        values={"travel_clause": "Resor ersätts inte."},
        by=case.officer,
        at=ANNOUNCED_AT + timedelta(days=2),
    )
    assert "Resor ersätts inte." not in show(client, "tender", tender.pk).content.decode()
    assert show(client, "changes", first.pk).status_code == 404
    snapshot = publish_change(
        change=change,
        reason="Förtydligat",
        is_substantial=False,
        by=case.officer,
        at=ANNOUNCED_AT + timedelta(days=2),
    )
    page = show(client, "tender", tender.pk).content.decode()
    assert reverse("publication:changes", args=[snapshot.pk]) in page
    assert "Förtydligat" in page
    told = show(client, "changes", snapshot.pk).content.decode()
    assert "Resor ersätts inte." in told
    assert "Förtydligat" in told
    assert show(client, "documents", first.pk).status_code == 200
