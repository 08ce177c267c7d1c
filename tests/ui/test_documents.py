"""Documents as PDF: what is said stands in them word for word, the standards hold, the same paper gives the same bytes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from rodatraden.core.canonical import read_canonical
from rodatraden.ui import documents
from rodatraden.ui.documents import (
    Annex,
    Bullets,
    Code,
    Column,
    Facts,
    Heading,
    Lead,
    Note,
    Numbered,
    Paper,
    Signatures,
    Steps,
    Table,
    Text,
    typeset,
)
from rodatraden.ui.documents.letters import NOT_SURE, spelled_out
from tests.pdf import text_of

NAME = r"""B & S <AB> #1 $2$ "x" \ @a *b* _c_ [d] `e` ~ -- // = + ' {f}"""
PAPER = Paper(
    kind="example",
    title="Tilldelningsbeslut",
    buyer="Samordningsförbundet Exempel",
    subtitle="Processcoachning",
    number="2026/014-3",
    on=date(2026, 6, 23),
    language="sv",
    blocks=(
        Lead("Anbudet antas."),
        Heading("Skäl"),
        Text("Första stycket.\r\nNy rad.\r\n\r\nAndra stycket."),
        Facts((("Beslutat av", "Åsa Öberg"),)),
        Table((Column("Anbud", share=3), Column("Poäng", figures=True)), (("Ett", "8,5"), ("Två", "7"))),
        Steps((("20 − 8", "12"), ("12 × 50 kronor", "600 kronor"))),
        Bullets(("punkt",)),
        Numbered(("i ordning",)),
        Heading("Underrubrik", 2),
        Note("Smått."),
        Code("Fingeravtryck", "0f" * 32),
        Signatures(("Köpare", "Leverantör")),
        Annex("Bilaga 1"),
        Text("Sist."),
    ),
)


def with_text(text: str) -> Paper:
    return replace(PAPER, blocks=(Text(text),))


def test_every_kind_of_block_stands_in_the_document():
    text = text_of(typeset(PAPER, closing=(Heading("Kontrollera"),)))
    for said in (
        "Samordningsförbundet Exempel",
        "2026/014-3, version 1, 2026-06-23",
        "Tilldelningsbeslut",
        "Processcoachning",
        "Anbudet antas.",
        "Första stycket.",
        "Ny rad.",
        "Åsa Öberg",
        "8,5",
        "Steg",
        "12 × 50 kronor",
        "600 kronor",
        "punkt",
        "i ordning",
        "Underrubrik",
        "Smått.",
        "0f" * 32,
        "Namnförtydligande",
        "Bilaga 1",
        "Kontrollera",
        "1 (3)",
        "3 (3)",
    ):
        assert said in text


def test_it_is_tagged_titled_and_archivable():
    reader = PdfReader(BytesIO(typeset(PAPER)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sv"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Tilldelningsbeslut"
    assert reader.metadata.creation_date_raw.startswith("D:20260623")
    said = reader.xmp_metadata.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in said
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in said
    assert "<pdfuaid:part>1</pdfuaid:part>" in said


@pytest.mark.parametrize("where", ["text", "title", "buyer", "cell", "step"])
def test_signs_that_mean_something_elsewhere_survive(where):
    paper = {
        "text": with_text(NAME),
        "title": replace(PAPER, title=NAME),
        "buyer": replace(PAPER, buyer=NAME),
        "cell": replace(PAPER, blocks=(Table((Column("Namn"),), ((NAME,),)),)),
        "step": replace(PAPER, blocks=(Steps(((NAME, "1"),)),)),
    }[where]
    assert NAME in " ".join(text_of(typeset(paper)).split())


@pytest.mark.parametrize(
    "text",
    ["#panic()", '#read("/etc/passwd")', "$ x $", '"); #let a = 1', "= rubrik\n- lista\n+ etta\n/ a: b", "<a> @a"],
)
def test_what_looks_like_source_is_text(text):
    found = " ".join(text_of(typeset(with_text(text))).split())
    assert "".join(text.split()) in "".join(found.split())


def test_the_same_paper_gives_the_same_bytes_also_side_by_side():
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: typeset(PAPER), range(12)))
    assert len(made) == 1
    assert typeset(replace(PAPER, title="Annat")) not in made


def test_its_words_follow_its_own_language_whoever_asks():
    with override("en"):
        abroad = PAPER.data
    assert abroad == PAPER.data
    assert "Step" in text_of(typeset(replace(PAPER, language="en")))


def test_a_draft_says_so_and_has_no_number():
    text = text_of(typeset(replace(PAPER, number="")))
    assert "UTKAST" in text
    assert "2026/014-3" not in text
    assert "UTKAST" not in text_of(typeset(PAPER))


def test_a_character_without_a_font_is_told_by_its_number():
    name = "中 & \U0001f600 \ue000\x01"
    text = text_of(typeset(with_text(name)))
    assert "[U+4E2D] & [U+1F600] [U+E000][U+0001]" in text
    assert read_canonical(with_text(name).data)["blocks"][0]["text"] == name


def test_every_sure_character_is_printed():
    sure = [chr(code) for code in range(0x2FFF) if not NOT_SURE.match(chr(code))]
    assert len(sure) > 800
    typeset(with_text(" ".join(sure)))
    assert spelled_out("".join(sure)) == "".join(sure)


def test_a_long_name_and_an_empty_table_fit():
    paper = replace(
        PAPER,
        title="Ord" * 60,
        blocks=(Table((Column("A"), Column("B")), ()), Table((Column("A"), Column("B")), (("x" * 300, ""),)), Text("")),
    )
    assert text_of(typeset(paper))


def test_a_process_that_parted_from_one_that_sets_documents_says_so_and_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(documents, "_setting", {os.getppid()})
    with pytest.raises(RuntimeError, match="parted"):
        typeset(PAPER)
