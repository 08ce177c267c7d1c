"""What is issued: numbered, set once, kept with the data it was set from, and told of by the log."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils.translation import override

from rodatraden.core.canonical import read_canonical
from rodatraden.records.actions import issue_document, open_diary_case
from rodatraden.records.models import DiaryDocument, LedgerBody
from rodatraden.records.queries import read_bytes, verify_ledger
from rodatraden.ui.documents import Paper, Text
from tests.factories.parties import make_buyer, make_person
from tests.pdf import flowing

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 22, 22, 30, tzinfo=UTC)
CASE = uuid4()


def paper(text: str = "Anbudet antas.") -> Paper:
    return Paper(
        kind="award-decision", title="Tilldelningsbeslut", buyer="Förbundet", on=date(2000, 1, 1), blocks=(Text(text),)
    )


@pytest.fixture
def diary():
    return open_diary_case(
        organisation=make_buyer("Förbundet"), subject="Coachning", by=make_person("Handläggare"), at=AT
    )


def issue(diary, **more):
    return issue_document(
        **{
            "paper": paper(),
            "case": diary,
            "of": CASE,
            "direction": DiaryDocument.Direction.DRAWN_UP,
            "subject": "Tilldelningsbeslut",
            "by": None,
            "at": AT,
            **more,
        }
    )


def test_it_has_its_number_version_and_day_and_says_how_it_is_checked(diary):
    first, document = issue(diary), issue(diary, version=2, counterparty="Bolaget")
    assert [first.number, document.number] == ["2026/001-1", "2026/001-2"]
    assert (document.version, document.counterparty, document.on) == (2, "Bolaget", date(2026, 6, 23))
    text = flowing(read_bytes(document.file))
    entry = LedgerBody.objects.get(event="document_issued", object_id=document.pk)
    (data,) = [attached.file for attached in document.attachments.all()]
    for said in (
        "2026/001-2, version 2, 2026-06-23",
        "Anbudet antas.",
        "Kontrollera att handlingen är äkta",
        "http://localhost:8000/kontrollera-handling/",
        f"Post i händelseloggen {entry.index}",
        data.sha256,
    ):
        assert said in text


def test_the_kept_data_is_what_the_fingerprint_is_made_of(diary):
    document = issue(diary)
    data = document.attachments.get().file
    entry = LedgerBody.objects.get(event="document_issued")
    assert sha256(read_bytes(data)).hexdigest() == data.sha256
    assert json.loads(entry.what) == {"number": "2026/001-1", "version": 1, "fingerprint": data.sha256}
    assert (entry.case, entry.object_id) == (CASE, document.pk)
    told = read_canonical(read_bytes(data))
    assert (told["number"], told["on"], told["blocks"][0]["text"]) == ("2026/001-1", "2026-06-23", "Anbudet antas.")
    assert verify_ledger() is None


def test_it_is_in_the_ledger_or_not_at_all(diary):
    with transaction.atomic():
        issue(diary)
        transaction.set_rollback(True)
    assert DiaryDocument.objects.count() == 0
    assert LedgerBody.objects.filter(event="document_issued").count() == 0
    assert issue(diary).number == "2026/001-1"


def test_what_is_sealed_stays_sealed_in_the_log(diary):
    issue(diary, is_sealed=True)
    assert LedgerBody.objects.get(event="document_issued").is_sealed is True


def test_further_files_come_after_the_data(diary):
    data = issue(diary).attachments.get().file
    document = issue(diary, attachments=[("Protokollet", data)])
    assert [each.title for each in document.attachments.order_by("serial")] == ["Handlingens uppgifter", "Protokollet"]


def test_its_last_page_is_in_its_own_language_whoever_issues_it(diary):
    with override("en"):
        document = issue(diary, paper=replace(paper(), language="sv"))
    text = flowing(read_bytes(document.file))
    assert "Kontrollera att handlingen är äkta" in text
    assert "tisdag 23 juni 2026" in text
    assert document.attachments.get().title == "Handlingens uppgifter"
