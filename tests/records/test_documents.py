"""The export of a diary: what a records system and a spreadsheet can read, the same bytes each time, no formulas."""

from __future__ import annotations

import zipfile
from hashlib import sha256

import pytest

from rodatraden.records.actions import open_diary_case, record_scan, register_document, store_bytes
from rodatraden.records.documents import csv_bytes, diary_archive
from rodatraden.records.models import DiaryDocument, StoredFile
from rodatraden.records.scanner import Scanner, Verdict
from tests.factories.parties import START, make_buyer, make_person

pytestmark = pytest.mark.django_db

Direction = DiaryDocument.Direction


@pytest.fixture
def case():
    person = make_person()
    case = open_diary_case(organisation=make_buyer("Förbundet"), subject="Processcoachning", by=person, at=START)

    def document(subject, direction, counterparty="", *, file=None, note="", attachments=()):
        register_document(
            case=case,
            direction=direction,
            subject=subject,
            counterparty=counterparty,
            file=file,
            secrecy_note=note,
            attachments=attachments,
            by=person,
            at=START,
        )

    file = store_bytes(b"<p>h\xc3\xa4j</p>", name="../underlag: ett/två?.html", by=person, at=START)
    document("Upphandlingsdokument", Direction.DRAWN_UP, file=file)
    document("=2+3", Direction.RECEIVED, "Åkes Bygg; ’Åke’", note="OSL 19:3")
    attached = [
        (title, store_bytes(title.encode(), name="bilaga.pdf", by=person, at=START)) for title in ("Metod", "=Case")
    ]
    document("Samma namn", Direction.SENT, file=store_bytes(b"x", name="", by=person, at=START), attachments=attached)
    return case


def test_the_archive_holds_case_documents_and_files(case):
    with diary_archive(case) as file, zipfile.ZipFile(file) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == [
            "arende.csv",
            "handlingar.csv",
            "bilagor.csv",
            "handlingar/001 _underlag_ ett_två_.html",
            "handlingar/003 fil",
            "handlingar/003-01 bilaga.pdf",
            "handlingar/003-02 bilaga.pdf",
        ]
        assert packed.read("handlingar/001 _underlag_ ett_två_.html") == b"<p>h\xc3\xa4j</p>"
        assert packed.read("arende.csv").decode("utf-8-sig").splitlines() == [
            "Diarienummer;Ärendemening;Öppnat;Organisation;Organisationsnummer",
            "2026/001;Processcoachning;2026-01-07;Förbundet;",
        ]
        attached = [row.split(";") for row in packed.read("bilagor.csv").decode("utf-8-sig").splitlines()]
        assert [row[:5] for row in attached] == [
            ["Nummer", "Bilaga", "Vad det är", "Fil", "Storlek i byte"],
            ["2026/001-3", "1", "Metod", "handlingar/003-01 bilaga.pdf", "5"],
            ["2026/001-3", "2", "'=Case", "handlingar/003-02 bilaga.pdf", "5"],
        ]
        assert packed.read(attached[1][3]) == b"Metod"
        assert sha256(b"=Case").hexdigest() == attached[2][5]
        rows = packed.read("handlingar.csv").decode("utf-8-sig").splitlines()
    assert (
        rows[0]
        == "Nummer;Datum;Riktning;Avsändare eller mottagare;Ärendemening;Sekretessmarkering;Fil;Storlek i byte;SHA-256"
    )
    assert rows[1].startswith("2026/001-1;2026-01-07;Upprättad;;Upphandlingsdokument;;handlingar/001 ")
    assert rows[2] == '2026/001-2;2026-01-07;Inkommen;"Åkes Bygg; ’Åke’";\'=2+3;OSL 19:3;;;'


def test_an_archive_keeps_what_came_and_says_what_a_scanner_said_of_it(case, settings):
    """Whoever keeps it must know, and what came in is not thrown away (arkivlagen 10 §)."""
    settings.SCANNER = "/run/clamav/clamd.ctl"
    found = StoredFile.objects.get(name__startswith="../underlag")
    said = {"scanner": Scanner("ClamAV 1.4.3", "27841"), "by": None, "at": START}
    record_scan(file=found, verdict=Verdict(finding="=Win.Test"), **said)
    with diary_archive(case) as file, zipfile.ZipFile(file) as packed:
        rows = packed.read("genomsokning.csv").decode("utf-8-sig").splitlines()
        assert packed.read("handlingar/001 _underlag_ ett_två_.html") == b"<p>h\xc3\xa4j</p>"
    assert rows[0] == "Fil;Genomsökning;Genomsökare;Virussignaturer;När;SHA-256"
    assert rows[1].startswith(
        "handlingar/001 _underlag_ ett_två_.html;Hålls inne: genomsökningen fann =Win.Test;ClamAV 1.4.3;27841;"
    )
    assert rows[2].startswith("handlingar/003 fil;Väntar på genomsökning;;;;")
    assert len(rows) == 5


def test_the_same_diary_gives_the_same_bytes(case):
    with diary_archive(case) as one, diary_archive(case) as other:
        assert one.read() == other.read()


def test_an_empty_diary_is_an_archive_too():
    empty = open_diary_case(organisation=make_buyer(), subject="Tomt", by=make_person(), at=START)
    with diary_archive(empty) as file, zipfile.ZipFile(file) as packed:
        assert packed.namelist() == ["arende.csv", "handlingar.csv", "bilagor.csv"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_becomes_text(cell):
    assert csv_bytes([[cell, "a"]]).decode("utf-8-sig").strip('"').startswith(f"'{cell[0]}")


@pytest.mark.parametrize("cell", ["1", "a=b", "−1", "2026-01-07", "åäö", ""])
def test_what_is_no_formula_is_left_alone(cell):
    assert csv_bytes([[cell, "a"]]) == f"\ufeff{cell};a\r\n".encode()
