import io
import struct
import zipfile
import zlib

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from rodatraden.core.paging import OTHER, Counting, FileKind, PageFault, count_pages, media_type_of


def pdf(pages: int, password: str = "", owner: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password or owner:
        writer.encrypt(password, owner, algorithm="AES-256")
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def lying_pdf() -> bytes:
    """Three pages that say they are one."""
    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(595, 842)
    writer.root_object["/Pages"].get_object()[NameObject("/Count")] = NumberObject(1)  # type: ignore[index]
    return written(writer)


def endless_pdf() -> bytes:
    """Twelve levels of page tree in which each node has the next one ten times over."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    node = writer.root_object["/Pages"]
    for _ in range(12):
        parent = DictionaryObject({
            NameObject("/Type"): NameObject("/Pages"),
            NameObject("/Kids"): ArrayObject([node.indirect_reference or node] * 10),
            NameObject("/Count"): NumberObject(1),
        })  # fmt: skip
        node = writer._add_object(parent)
    writer.root_object[NameObject("/Pages")] = node
    return written(writer)


def zipped(**parts: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part.replace("__", "/").replace("_xml", ".xml"), data)
    return into.getvalue()


def word(about: bytes | None = None, **more: bytes) -> bytes:
    parts = {"[Content_Types]_xml": b"<Types/>", "word__document_xml": b"<document/>", **more}
    return zipped(**parts, **({} if about is None else {"docProps__app_xml": about}))


def real_word() -> bytes:
    document, into = Document(), io.BytesIO()
    document.add_paragraph("Metodbeskrivning")
    document.save(into)
    return into.getvalue()


def spreadsheet() -> bytes:
    into = io.BytesIO()
    Workbook().save(into)
    return into.getvalue()


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 200 + b"\xff\xd9"


@pytest.mark.parametrize(
    ("data", "name", "kind", "pages"),
    [
        (pdf(1), "CV.pdf", FileKind.PDF, 1),
        (pdf(4), "Metod.PDF", FileKind.PDF, 4),
        (pdf(5), "utan ändelse", FileKind.PDF, 5),
        (b"\n" * 900 + pdf(2), "Scannad.pdf", FileKind.PDF, 2),
        (lying_pdf(), "En sida.pdf", FileKind.PDF, 3),
        (png(), "Intyg.png", FileKind.PNG, 1),
        (JPEG, "Intyg.jpeg", FileKind.JPEG, 1),
    ],
)
def test_pages_are_counted_from_the_bytes(data: bytes, name: str, kind: FileKind, pages: int) -> None:
    found = count_pages(data, name)
    assert (found.kind, found.counting, found.pages, found.fault) == (kind, Counting.COUNTED, pages, None)
    assert str(found.reason) == f"Pages in {name}: {pages}."


def test_a_word_file_only_claims_its_pages() -> None:
    found = count_pages(word(b"<Properties><Pages>4</Pages></Properties>"), "Metod.docx")
    assert (found.kind, found.counting, found.pages) == (FileKind.WORD, Counting.CLAIMED, 4)
    assert str(found.reason) == (
        "Metod.docx gives its own number of pages as 4. That cannot be checked in a Word file; in a PDF it can."
    )


def test_the_claim_of_a_real_word_file_is_read() -> None:
    assert count_pages(real_word(), "Metod.docx").counting is Counting.CLAIMED


@pytest.mark.parametrize("about", [None, b"", b"<Properties/>", b"<Pages>0</Pages>", b"<Pages>many</Pages>"])
def test_a_word_file_that_claims_nothing_is_not_guessed_at(about: bytes | None) -> None:
    found = count_pages(word(about), "Metod.docx")
    assert (found.counting, found.pages, found.fault) == (Counting.CLAIMED, None, None)
    assert str(found.reason) == (
        "The pages of Metod.docx cannot be counted: it does not say how many it has. Save it as PDF."
    )


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (spreadsheet(), "Pris.xlsx", FileKind.SPREADSHEET),
        (b'\xef\xbb\xbf<?xml version="1.0"?><espd/>', "egen-forsakran.xml", FileKind.XML),
    ],
)
def test_some_files_have_no_pages(data: bytes, name: str, kind: FileKind) -> None:
    found = count_pages(data, name)
    assert (found.kind, found.counting, found.pages) == (kind, Counting.NOT_PAGED, None)
    assert str(found.reason) == f"{name} is a {kind.value} file, which has no pages to count."


@pytest.mark.parametrize(
    ("data", "name", "fault", "sentence"),
    [
        (b"", "Tom.pdf", PageFault.EMPTY, "Tom.pdf is empty."),
        (
            b"<html><body>Hej</body></html>",
            "Metod.pdf",
            PageFault.WRONG_TYPE,
            "Metod.pdf is of a kind that is not taken. Send PDF, Word, Excel, PNG, JPEG or XML.",
        ),
        (
            b"MZ\x90\x00" + b"\x00" * 500,
            "Metod.exe",
            PageFault.WRONG_TYPE,
            "Metod.exe is of a kind that is not taken. Send PDF, Word, Excel, PNG, JPEG or XML.",
        ),
        (
            zipped(metod_txt=b"Hej"),
            "Metod.zip",
            PageFault.WRONG_TYPE,
            "Metod.zip is of a kind that is not taken. Send PDF, Word, Excel, PNG, JPEG or XML.",
        ),
        (
            pdf(1),
            "Metod.docx",
            PageFault.MISNAMED,
            "Metod.docx is a PDF file, whatever its name says. Give it the right ending.",
        ),
        (
            png(),
            "Metod.pdf",
            PageFault.MISNAMED,
            "Metod.pdf is a PNG file, whatever its name says. Give it the right ending.",
        ),
        (
            pdf(1, "hemligt"),
            "Metod.pdf",
            PageFault.ENCRYPTED,
            "Metod.pdf has a password or is protected. Save it without protection.",
        ),
        (
            pdf(1, "", "owner"),
            "Metod.pdf",
            PageFault.ENCRYPTED,
            "Metod.pdf has a password or is protected. Save it without protection.",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500,
            "Metod.docx",
            PageFault.ENCRYPTED,
            "Metod.docx has a password or an old format. Save it as PDF, without password.",
        ),
        (
            b"%PDF-1.7\nthis is all",
            "Metod.pdf",
            PageFault.BROKEN,
            "Metod.pdf is broken and cannot be opened. Save it again, and send the new file.",
        ),
        (
            pdf(0),
            "Metod.pdf",
            PageFault.BROKEN,
            "Metod.pdf is broken and cannot be opened. Save it again, and send the new file.",
        ),
        (
            png()[:-20],
            "Intyg.png",
            PageFault.BROKEN,
            "Intyg.png is broken and cannot be opened. Save it again, and send the new file.",
        ),
        (
            JPEG[:100],
            "Intyg.jpg",
            PageFault.BROKEN,
            "Intyg.jpg is broken and cannot be opened. Save it again, and send the new file.",
        ),
        (
            real_word()[:5000],
            "Metod.docx",
            PageFault.BROKEN,
            "Metod.docx is broken and cannot be opened. Save it again, and send the new file.",
        ),
        (
            word(word__vbaProject=b"", **{"word__vbaProject.bin": b"Sub AutoOpen"}),
            "Metod.docx",
            PageFault.MACROS,
            "Metod.docx holds macros. Save it without them, or as PDF.",
        ),
        (
            endless_pdf(),
            "Metod.pdf",
            PageFault.TOO_LARGE,
            "Metod.pdf unpacks to more than can be looked through. Save it as a plain PDF.",
        ),
    ],
)
def test_what_cannot_be_taken_is_told(data: bytes, name: str, fault: PageFault, sentence: str) -> None:
    found = count_pages(data, name)
    assert (found.counting, found.pages, found.fault, str(found.reason)) == (Counting.PROBLEM, None, fault, sentence)


def test_a_word_file_that_claims_to_unpack_to_gigabytes_is_not_unpacked() -> None:
    bomb = word(b"<Pages>4</Pages>", bomb=b"\0" * (1024 * 1024))
    place = bomb.rindex(b"bomb") - 22
    huge = bomb[:place] + struct.pack("<I", 2**31) + bomb[place + 4 :]
    assert count_pages(bomb, "Metod.docx").pages == 4
    assert count_pages(huge, "Metod.docx").fault is PageFault.TOO_LARGE


def test_no_more_than_the_beginning_of_a_part_is_read() -> None:
    long = word(b" " * (1024 * 1024) + b"<Pages>4</Pages>")
    assert count_pages(long, "Metod.docx").pages is None


def test_a_file_with_very_many_parts_is_not_looked_through() -> None:
    many = word(b"<Pages>4</Pages>", **{f"part{n}": b"" for n in range(5000)})
    assert count_pages(many, "Metod.docx").fault is PageFault.TOO_LARGE


SAMPLES = [pdf(2), word(b"<Pages>4</Pages>"), spreadsheet(), png(), JPEG]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SAMPLES), st.data())
def test_damage_never_breaks_the_counting(sample: bytes, data: st.DataObject) -> None:
    damaged = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    for each in (bytes(damaged), bytes(damaged[:cut])):
        found = count_pages(each, "Metod")
        assert (found.fault is not None) == (found.counting is Counting.PROBLEM)
        assert found.pages is None or found.pages > 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Bilaga.PDF", "application/pdf"), ("foto.jpeg", "image/jpeg"), ("ritning.dwg", OTHER), ("utan", OTHER)],
)
def test_a_media_type_follows_the_ending_of_the_name(name, expected):
    assert media_type_of(name) == expected
