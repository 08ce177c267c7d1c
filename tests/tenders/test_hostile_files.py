"""Word and Excel files made to attack whoever reads them: they read nothing of the server, and swell to nothing."""

from __future__ import annotations

import io
import time
import zipfile

import docx
import openpyxl
import pytest

from rodatraden.tenders.documents.reading import UnreadableError, read_docx, read_xlsx

SECRET = "hemligheten-på-servern"


def word_with(body: str, before: str = "") -> bytes:
    made = io.BytesIO()
    docx.Document().save(made)
    return _with(made.getvalue(), "word/document.xml", before, body, WORD)


def sheet_with(cell: str, before: str = "") -> bytes:
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    return _with(made.getvalue(), "xl/worksheets/sheet1.xml", before, cell, SHEET)


WORD = (
    '<?xml version="1.0"?>{before}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>Krav: {body}</w:t></w:r></w:p></w:body></w:document>"
)
SHEET = (
    '<?xml version="1.0"?>{before}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{body}</t></is></c></row></sheetData></worksheet>'
)


def _with(data: bytes, part: str, before: str, body: str, form: str) -> bytes:
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as made:
        for info in old.infolist():
            text = form.format(before=before, body=body) if info.filename == part else old.read(info)
            made.writestr(info.filename, text)
    return new.getvalue()


def told(read, data: bytes) -> str:
    try:
        return repr(read(data))
    except UnreadableError as refused:
        return str(refused)


READERS = pytest.mark.parametrize(("read", "made"), [(read_docx, word_with), (read_xlsx, sheet_with)])


@READERS
def test_an_entity_of_a_word_file_reads_no_file_of_the_server(read, made, tmp_path):
    place = tmp_path / "secret"
    place.write_text(SECRET, encoding="utf-8")
    before = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{place.as_uri()}">]>'
    assert SECRET not in told(read, made("&e;", before))


@READERS
def test_entities_that_swell_are_refused(read, made):
    swelling = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    data = made("&e9;", f'<!DOCTYPE x [<!ENTITY e0 "ha">{swelling}]>')
    began = time.process_time()
    assert len(told(read, data)) < 100_000
    assert time.process_time() - began < 20  # two thousand million characters would take far longer


@READERS
@pytest.mark.parametrize("body", ["<", "</w:t>", "&unknown;", "\x01"])
def test_what_is_no_xml_is_told_to_be_damaged(read, made, body):
    with pytest.raises(UnreadableError):
        read(made(body))
