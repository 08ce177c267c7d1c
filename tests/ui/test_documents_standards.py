"""What is set keeps PDF/UA-1 and PDF/A-2a as another program reads them, and what breaks them is found."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from rodatraden.ui.documents import (
    Annex,
    Bullets,
    Code,
    Column,
    Heading,
    Paper,
    Signatures,
    Steps,
    Table,
    Text,
    typeset,
)
from tests.pdf_standards import faults
from tests.ui.test_documents import NAME, PAPER

LONG = replace(
    PAPER,
    title=NAME,
    blocks=(
        Heading("Ett"),
        Heading("Två", 2),
        Table((Column("A", share=2), Column("B", figures=True)), [(f"Rad {n}\n{NAME}", str(n)) for n in range(80)]),
        Steps([(f"{n} + 1", str(n + 1)) for n in range(60)]),
        Bullets(("a", "b")),
        Annex("Bilaga"),
        Text("Läs på https://example.org/handling/ \u4e2d."),
        Code("Fingeravtryck", "0f" * 32),
        Signatures(("Köpare", "Leverantör")),
    ),
)


@pytest.mark.parametrize("paper", [PAPER, LONG, replace(PAPER, number=""), replace(PAPER, blocks=())])
def test_it_keeps_what_its_marks_promise(paper: Paper) -> None:
    assert faults(typeset(paper, closing=(Heading("Kontrollera"), Text("Så här.")))) == []


def tags(root):
    waiting = [root["/StructTreeRoot"]]
    while waiting:
        each = waiting.pop().get_object()
        kids = each.get("/K", []) if hasattr(each, "get") else []
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        waiting += [kid for kid in (kids if isinstance(kids, list) else [kids]) if not isinstance(kid, int)]
        yield each


def is_drawn_untagged(writer: PdfWriter) -> None:
    page = writer.pages[0]
    contents = DecodedStreamObject()
    contents.set_data(page.get_contents().get_data() + b"\n0 0 m 9 9 l S\n")
    page[NameObject("/Contents")] = contents


def is_tagged_twice(writer: PdfWriter) -> None:
    page = writer.pages[0]
    contents = DecodedStreamObject()
    contents.set_data(page.get_contents().get_data() + b"\n/P<</MCID 0>>BDC\nEMC\n")
    page[NameObject("/Contents")] = contents


def without(name: str, where=lambda root: root):
    def take_out(writer: PdfWriter) -> None:
        del where(writer.root_object)[name]

    return take_out


def heading_skips(writer: PdfWriter) -> None:
    next(each for each in tags(writer.root_object) if each.get("/S") == "/H2")[NameObject("/S")] = NameObject("/H4")


def heading_of_nothing(writer: PdfWriter) -> None:
    del next(each for each in tags(writer.root_object) if each.get("/S") == "/TH")["/A"]


def cell_outside_its_row(writer: PdfWriter) -> None:
    next(each for each in tags(writer.root_object) if each.get("/S") == "/TR")[NameObject("/S")] = NameObject("/Div")


def made_up_type(writer: PdfWriter) -> None:
    next(each for each in tags(writer.root_object) if each.get("/S") == "/L")[NameObject("/S")] = NameObject("/Lista")


def tag_of_nothing(writer: PdfWriter) -> None:
    next(each for each in tags(writer.root_object) if each.get("/S") == "/P")[NameObject("/K")] = NumberObject(999)


def not_marked(writer: PdfWriter) -> None:
    writer.root_object["/MarkInfo"][NameObject("/Marked")] = BooleanObject(value=False)


def does_something(writer: PdfWriter) -> None:
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def fonts_of(root):
    (font, *_) = root["/Pages"]["/Kids"][0].get_object()["/Resources"]["/Font"].values()
    return font.get_object()


PLANTED = {
    "01-005": is_drawn_untagged,
    "01-006": tag_of_nothing,
    "02-001": made_up_type,
    "06-002": without("/Metadata"),
    "07-001": without("/ViewerPreferences"),
    "09-004": cell_outside_its_row,
    "11-006": without("/Lang"),
    "14-003": heading_skips,
    "15-003": heading_of_nothing,
    "31-009": without("/FontFile2", lambda root: fonts_of(root)["/DescendantFonts"][0].get_object()["/FontDescriptor"]),
    "31-027": without("/ToUnicode", fonts_of),
    "A 6.2.3": without("/OutputIntents"),
    "A 6.5": does_something,
    "A 6.7.2.2": not_marked,
}


@pytest.mark.parametrize("number", PLANTED)
def test_what_breaks_them_is_found(number: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(typeset(PAPER))))
    PLANTED[number](writer)
    out = BytesIO()
    writer.write(out)
    assert [each for each in faults(out.getvalue()) if each.startswith(number)]


def test_a_piece_that_is_marked_twice_is_found() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(typeset(PAPER))))
    is_tagged_twice(writer)
    out = BytesIO()
    writer.write(out)
    assert [each for each in faults(out.getvalue()) if "twice" in each]
