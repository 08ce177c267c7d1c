"""Checking a document: genuine for those who may read it, nothing at all for others, and a change is seen."""

from __future__ import annotations

import re
from datetime import date, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.core.ledger import read_key, told_head
from rodatraden.core.ledger.offline import check_growth
from rodatraden.records.actions import issue_document, open_diary_case, publish_head, store_bytes
from rodatraden.records.models import DiaryAttachment, DiaryDocument, StoredFile
from rodatraden.records.queries import read_bytes
from rodatraden.records.rules import document_readers_asked, may_know_of
from rodatraden.ui.documents import Paper, Text
from tests.factories.parties import START, make_buyer, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # the ledger as it is fetched

PAGE = "/kontrollera-handling/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
UNKNOWN = "Vi har ingen sådan handling som du får se"


@pytest.fixture
def reader():
    return make_person("Läsare")


@pytest.fixture
def document(reader):
    case = open_diary_case(organisation=make_buyer("Förbundet"), subject="Coachning", by=make_person(), at=START)
    issued = issue_document(
        paper=Paper(kind="k", title="Beslut", buyer="Förbundet", on=date(2026, 1, 1), blocks=(Text("Hemligt namn"),)),
        case=case,
        of=uuid4(),
        direction=DiaryDocument.Direction.DRAWN_UP,
        subject="Tilldelningsbeslut",
        by=None,
        at=START,
    )

    def may_read(sender, document, person, **_):
        return document == issued and person == reader

    document_readers_asked.connect(may_read, dispatch_uid="test")
    yield issued
    document_readers_asked.disconnect(dispatch_uid="test")


def asked(client, fingerprint):
    return client.get(PAGE, {"sha256": fingerprint})


def test_a_reader_is_told_that_the_file_is_genuine(client, reader, document):
    client.force_login(reader)
    answer = client.post(PAGE, {"file": SimpleUploadedFile("x.pdf", read_bytes(document.file)), "sha256": ""})
    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}?sha256={document.file.sha256}"
    page = client.get(answer["Location"]).content.decode()
    for said in ("Äkta: handling", document.number, "bokstav för bokstav", "Tilldelningsbeslut", document.file.sha256):
        assert said in page


def test_the_fingerprint_on_its_last_page_leads_to_it_too(client, reader, document):
    client.force_login(reader)
    page = asked(client, document.attachments.get().file.sha256).content.decode()
    assert "Äkta: handling" in page
    assert "bokstav för bokstav" not in page


def test_one_changed_letter_is_another_file(client, reader, document):
    client.force_login(reader)
    changed = sha256(read_bytes(document.file).replace(b"e", b"a", 1)).hexdigest()
    page = asked(client, changed).content.decode()
    assert UNKNOWN in page
    assert document.number not in page


@pytest.mark.parametrize("who", ["anybody", "stranger"])
def test_others_are_answered_as_if_it_did_not_exist(client, document, who):
    if who == "stranger":
        client.force_login(make_person("Främling"))
    pages = [TOKEN.sub("", asked(client, each).content.decode()) for each in (document.file.sha256, "0" * 64)]
    assert UNKNOWN in pages[0]
    assert pages[0].replace(document.file.sha256, "0" * 64) == pages[1]
    for secret in (document.number, "Tilldelningsbeslut", "Hemligt namn", "Förbundet"):
        assert secret not in pages[0]


@pytest.mark.parametrize("what", ["file", "data", "gone"])
def test_what_has_been_changed_in_storage_is_told(client, reader, document, what):
    client.force_login(reader)
    kept = document.attachments.get().file if what == "data" else document.file
    default_storage.delete(kept.location)
    if what != "gone":
        default_storage.write(kept.location, [b"changed"])
    page = asked(client, kept.sha256).content.decode()
    assert "stämmer inte med händelseloggen" in page
    assert "Äkta" not in page


def test_data_changed_together_with_its_row_does_not_agree_with_the_log(client, reader, document):
    client.force_login(reader)
    other = store_bytes(b"{}", by=None, at=START)
    DiaryAttachment.objects.filter(document=document).update(file=other)
    page = asked(client, other.sha256).content.decode()
    assert "stämmer inte med händelseloggen" in page


def test_what_came_in_is_not_issued(client, reader, document):
    client.force_login(reader)
    DiaryDocument.objects.filter(pk=document.pk).update(version=None)
    assert UNKNOWN in asked(client, document.file.sha256).content.decode()


@pytest.mark.parametrize("odd", ["abc", "<script>", "0" * 65])
def test_an_odd_address_is_the_empty_page(client, odd):
    page = asked(client, odd)
    assert page.status_code == 200
    assert UNKNOWN not in page.content.decode()
    assert "<script>" not in page.content.decode()


def test_nothing_of_a_checked_file_is_kept(client, db):
    before = StoredFile.objects.count()
    answer = client.post(PAGE, {"file": SimpleUploadedFile("x.pdf", b"hemligt"), "sha256": ""})
    assert answer.status_code == 302
    assert StoredFile.objects.count() == before


def test_without_a_file_or_a_fingerprint_one_is_asked_for(client, db):
    answer = client.post(PAGE, {"sha256": ""})
    assert answer.status_code == 422
    assert "Välj handlingen, eller skriv dess fingeravtryck." in answer.content.decode()


def test_without_a_room_that_answers_nobody_knows_of_it(document):
    document_readers_asked.disconnect(dispatch_uid="test")
    assert not may_know_of(make_person(), document, START)


# The log, for anybody

LOG = "/offentligt/logg/"


def test_the_log_says_that_no_head_has_been_signed_yet(client):
    answer = client.get(LOG)
    assert "Inget huvud har undertecknats än" in answer.text
    assert "kontrollera.py" in answer.text
    assert client.get(f"{LOG}huvud.txt").status_code == 404


def test_anybody_fetches_the_heads_and_the_proof_that_one_grew_from_another(client):
    make_buyer("Första")
    first = publish_head(by=None, at=START)
    make_buyer("Andra")
    second = publish_head(by=None, at=START + timedelta(days=1))
    page = client.get(LOG).text
    assert page.count("Bevis på att inget har ändrats sedan") == 1  # the very first has none before it
    assert told_head(second.note).root in page
    assert second.key in page
    assert client.get(f"{LOG}huvud.txt").text == second.note
    proof = client.get(f"{LOG}vaxt.json", {"from": first.size, "to": second.size}).json()
    earlier, later = check_growth(proof, read_key(proof["key"]))
    assert (earlier.size, later.size) == (first.size, second.size)


def test_the_oldest_head_on_a_page_is_held_against_the_one_on_the_next(client):
    for day in range(26):
        make_buyer(f"Nummer {day}")
        publish_head(by=None, at=START + timedelta(days=day))
    assert client.get(LOG).text.count("Bevis på att") == 24
    assert client.get(LOG, {"page": 2}).text.count("Bevis på att") == 1


@pytest.mark.parametrize(
    "asked", [{}, {"from": "1"}, {"from": "1", "to": "x"}, {"from": "1", "to": "²"}, {"from": "1" * 30, "to": "2"}]
)
def test_a_proof_of_what_was_not_published_does_not_exist(client, asked):
    make_buyer()
    publish_head(by=None, at=START)
    assert client.get(f"{LOG}vaxt.json", asked).status_code == 404


def test_a_proof_backwards_does_not_exist(client):
    make_buyer()
    first = publish_head(by=None, at=START)
    make_buyer("Annat")
    second = publish_head(by=None, at=START + timedelta(days=1))
    asked = {"from": second.size, "to": first.size}
    assert client.get(f"{LOG}vaxt.json", asked).status_code == 404


def test_the_log_takes_as_many_queries_for_many_heads_as_for_one(client, django_assert_num_queries):
    make_buyer()
    publish_head(by=None, at=START)
    with CaptureQueriesContext(connection) as few:
        client.get(LOG)
    for day in range(1, 31):
        publish_head(by=None, at=START + timedelta(days=day))
    with django_assert_num_queries(len(few)):
        client.get(LOG)
