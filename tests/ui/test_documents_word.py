"""A copy in Word to edit: the same words as the document, names that look like markup among them."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import docx
import pytest

from rodatraden.ui.documents import Facts, Heading, Paper, Table, Text, as_word
from rodatraden.ui.documents.blocks import written
from tests.ui.test_documents import NAME, PAPER


def texts_of(paper: Paper) -> list[str]:
    document = docx.Document(BytesIO(as_word(paper)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    return texts + [cell.text for table in document.tables for row in table.rows for cell in row.cells]


def said_in(value: object) -> list[str]:
    """All that a block says, as the layout gets it."""
    match value:
        case str():
            return [value]
        case list():
            return [each for item in value for each in said_in(item)]
        case dict():
            return [each for key, item in value.items() if key != "kind" for each in said_in(item)]
        case _:
            return []


def test_all_that_stands_in_the_document_stands_in_the_copy():
    found = "\n".join(texts_of(PAPER))
    for block in PAPER.blocks:
        for said in said_in(written(block)):
            assert said.replace("\r\n", "\n") in found
    assert "En kopia att redigera av handling 2026/014-3, version 1." in found


@pytest.mark.parametrize("block", [Heading(NAME), Text(NAME), Facts(((NAME, NAME),)), Table((), ((NAME,),))])
def test_signs_that_mean_something_in_xml_survive(block):
    assert NAME in texts_of(replace(PAPER, blocks=(block,)))


def test_what_word_cannot_hold_is_left_out():
    assert "ab中" in texts_of(replace(PAPER, title="T", blocks=(Text("a\x01b\ufffe中"),)))


def test_it_tells_title_buyer_language_and_the_papers_own_day():
    properties = docx.Document(BytesIO(as_word(PAPER))).core_properties
    assert (properties.title, properties.author, properties.language) == (
        "Tilldelningsbeslut",
        "Samordningsförbundet Exempel",
        "sv-SE",
    )
    assert properties.modified.date() == PAPER.on
