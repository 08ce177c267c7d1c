"""What is masked is gone: from shown text, packed streams, metadata, attachments, annotations and earlier revisions."""

from __future__ import annotations

import io
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from rodatraden.core.answer import RefusedError
from rodatraden.core.masking import BLOCK, mask_text, masked_pdf, still_there
from rodatraden.demo.pdf import pdf

SECRET = "Timpris 1140 till Volvo"


def written(writer) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def packed(data: bytes) -> bytes:
    """Return the same file with its streams packed, as most programs write them."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    for page in writer.pages:
        page.compress_content_streams()
    return written(writer)


def bytes_of(data: bytes) -> bytes:
    """Return every byte of a file, and of everything packed in it, one after the other."""
    everything = [data]
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            everything.append(zlib.decompress(match[1]))
        except zlib.error:
            continue
    return b"\n".join(everything)


def refusal(data, **more):
    with pytest.raises(RefusedError) as refused:
        masked_pdf(data, **more)
    return str(refused.value.answer.reason)


def test_inv_28_a_page_that_is_taken_out_is_in_no_byte_of_the_copy_and_the_original_is_untouched():
    original = packed(pdf("Anbud", ["Detta är offentligt.", SECRET, "Också offentligt."]))
    before = bytes(original)
    copy = masked_pdf(original, hidden=[SECRET], removed=[2])
    assert original == before
    shown = "".join(page.extract_text() for page in PdfReader(io.BytesIO(copy)).pages)
    assert ("Detta är offentligt." in shown, "Också offentligt." in shown) == (True, True)
    everything = bytes_of(copy)
    assert [word for word in (b"1140", b"Volvo", b"Timpris") if word in everything] == []
    assert b"Volvo" in bytes_of(original), "the test looks where it should"


def test_inv_28_a_box_drawn_over_the_text_is_no_mask():
    reader = PdfReader(io.BytesIO(pdf("Anbud", [SECRET])))
    writer = PdfWriter(clone_from=reader)
    page = writer.pages[0]
    box = DecodedStreamObject()
    box.set_data(page.get_contents().get_data() + b"\n0 0 0 rg 0 0 595 842 re f\n")
    page[NameObject("/Contents")] = writer._add_object(box)
    said = refusal(written(writer), hidden=[SECRET])
    assert said.startswith(f"This can still be read in the file: {SECRET}.")


def with_metadata(writer):
    writer.add_metadata({"/Title": SECRET, "/Subject": SECRET})


def with_attachment(writer):
    writer.add_attachment("pris.txt", SECRET.encode())


def with_annotation(writer):
    writer.add_annotation(0, FreeText(text=SECRET, rect=(0, 0, 200, 40)))


def with_script(writer):
    action = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject(f"app.alert('{SECRET}')"),
    }
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def with_bookmark(writer):
    writer.add_outline_item(title=SECRET, page_number=0)


def with_private_data(writer):
    writer.pages[0][NameObject("/PieceInfo")] = DictionaryObject({NameObject("/Word"): TextStringObject(SECRET)})


def with_thumbnail(writer):
    thumb = DecodedStreamObject()
    thumb.set_data(SECRET.encode())
    writer.pages[0][NameObject("/Thumb")] = writer._add_object(thumb)


@pytest.mark.parametrize(
    "hide",
    [with_metadata, with_attachment, with_annotation, with_script, with_bookmark, with_private_data, with_thumbnail],
)
def test_inv_28_what_lies_beside_the_pages_is_left_behind(hide):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Anbud", ["Det offentliga."]))))
    hide(writer)
    original = written(writer)
    assert still_there(original, [SECRET]) == [SECRET], "the check finds it where it lies"
    copy = masked_pdf(original, hidden=[SECRET])
    assert still_there(copy, [SECRET]) == []
    assert b"Volvo" not in bytes_of(copy)


def test_inv_28_an_earlier_revision_of_the_file_is_left_behind():
    first = pdf("Anbud", [SECRET])
    writer = PdfWriter(fileobj=io.BytesIO(first), incremental=True)
    clean = DecodedStreamObject()
    clean.set_data(b"BT /F 11 Tf 64 700 Td (Maskerat) Tj ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(clean)
    revised = written(writer)
    assert revised.startswith(first)
    assert still_there(revised, [SECRET]) == [SECRET]
    copy = masked_pdf(revised, hidden=[SECRET])
    assert b"Volvo" not in bytes_of(copy)
    assert "Maskerat" in PdfReader(io.BytesIO(copy)).pages[0].extract_text()


@pytest.mark.parametrize(
    "operation",
    [
        b"[(Vol) -20 (vo)] TJ",  # moved a little between letters
        b"<566F6C766F> Tj",  # in hexadecimal
        b"(Vol) Tj 20 0 Td (vo) Tj",  # in two pieces
        b"(V\\157lvo) Tj",  # with an escape
        b"/Span <</ActualText <FEFF0056006F006C0076006F>>> BDC (x) Tj EMC",  # said to screen readers
    ],
)
def test_inv_28_text_is_found_however_it_is_written(operation):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Anbud", ["Det offentliga."]))))
    content = DecodedStreamObject()
    content.set_data(b"BT /F 11 Tf 64 700 Td " + operation + b" ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(content)
    assert "Volvo" in refusal(packed(written(writer)), hidden=["Volvo"])


@pytest.mark.parametrize(
    ("data", "more", "said"),
    [
        (b"not a pdf", {"hidden": ["abc"]}, "The file is no PDF that can be read."),
        (pdf("A", ["x"]), {"hidden": []}, "Write the words that must be gone, or which pages are taken out."),
        (pdf("A", ["x"]), {"hidden": ["ab"]}, "ab is too short: write at least 3 characters."),
        (pdf("A", ["x", "y"]), {"hidden": [], "removed": [3]}, "The file has 2 pages. At least one must be left."),
        (pdf("A", ["x", "y"]), {"hidden": [], "removed": [1, 2]}, "The file has 2 pages. At least one must be left."),
    ],
)
def test_what_cannot_be_masked_is_refused_with_a_reason(data, more, said):
    assert refusal(data, **more) == said


def test_a_file_with_a_password_is_refused():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("A", ["x"]))))
    writer.encrypt("hemligt", algorithm="RC4-128")
    assert refusal(written(writer), hidden=["abc"]) == "The file has a password or too many pages."


def test_inv_28_masked_text_does_not_even_tell_its_length():
    text = "Vi anlitar Bo Ek i Umeå.\nOch  bo   ek igen, och Maximiliana Wallenquist-Stenberg."
    short = mask_text(text, ["Bo Ek"])
    assert short == f"Vi anlitar {BLOCK} i Umeå.\nOch  {BLOCK} igen, och Maximiliana Wallenquist-Stenberg."
    both = mask_text(text, ["Bo Ek", "Maximiliana Wallenquist-Stenberg"])
    assert both.count(BLOCK) == 3
    assert len({len(found) for found in re.findall("▇+", both)}) == 1
    with pytest.raises(RefusedError, match="Volvo does not stand in the text"):
        mask_text(text, ["Volvo"])


LETTERS = st.text(st.characters(categories=["L", "N"]), min_size=3, max_size=12)


@given(st.text(max_size=60), LETTERS, st.text(max_size=60))
def test_inv_28_no_masked_word_stays_in_a_text(before, word, after):
    masked = mask_text(f"{before}{word}{after}", [word])
    assert word not in masked
    assert (
        set(re.findall("▇+", masked.replace(before, "").replace(after, ""))) <= {BLOCK, BLOCK * 2}
        or "▇" in before + after
    )


def drawn_with(*pages: tuple[str, dict[str, dict[str, object]]], shared: dict[str, object] | None = None) -> bytes:
    """Return a PDF whose pages draw what their operations say, with resources of their own or all with the same."""
    writer = PdfWriter()
    common = writer._add_object(DictionaryObject(shared)) if shared is not None else None
    for operations, own in pages:
        page = writer.add_blank_page(200, 200)
        content = DecodedStreamObject()
        content.set_data(operations.encode())
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = common or DictionaryObject(
            {
                NameObject(kind): DictionaryObject({NameObject(k): v for k, v in named.items()})
                for kind, named in own.items()
            }
        )
    return written(writer)


def picture(data: bytes) -> DecodedStreamObject:
    found = DecodedStreamObject()
    found.set_data(data)
    found.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image")})
    return found


def test_inv_28_what_only_a_page_that_is_taken_out_drew_does_not_come_along_with_shared_resources():
    shared = {
        NameObject("/XObject"): DictionaryObject(
            {NameObject("/Im1"): picture(b"kept form?"), NameObject("/Im2"): picture(b"the scanned secret")}
        )
    }
    data = drawn_with(("0 0 10 10 re f", {}), ("/Im2 Do", {}), shared=shared)
    assert b"the scanned secret" in bytes_of(data)
    copy = masked_pdf(data, hidden=[], removed=[2])
    assert b"the scanned secret" not in bytes_of(copy)
    assert b"kept form?" not in bytes_of(copy)


def test_inv_28_a_page_that_draws_what_cannot_be_read_is_not_kept():
    """A box over a picture, or over letters whose meaning is not in the file, hides nothing and can't be looked through."""
    box = " 0 0 0 rg 0 0 50 50 re f"
    mute = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type0")})
    form = picture(b"/Im Do")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/Im"): picture(b"secret")})}
    )
    for page in (
        ("/Im Do" + box, {"/XObject": {"/Im": picture(b"12 345 kr")}}),
        ("/Fm Do" + box, {"/XObject": {"/Fm": form}}),
        ("BT /F1 12 Tf <00410042> Tj ET" + box, {"/Font": {"/F1": mute}}),
        ("BI /W 1 /H 1 /BPC 8 /CS /G ID x EI" + box, {}),
    ):
        data = drawn_with(page, ("0 0 10 10 re f", {}))
        assert "Page 1 draws a picture" in refusal(data, hidden=["1234567"])
        masked_pdf(data, hidden=["1234567"], removed=[1])


@pytest.mark.parametrize("other", ["A\u030akesson", "\u00c5kes\u00adson", "\u00c5kes\u200bson"])
def test_inv_28_a_word_that_stands_in_another_form_too_is_told_and_not_left(other):
    with pytest.raises(RefusedError) as refused:
        mask_text(f"\u00c5kesson och {other}", ["\u00c5kesson"])
    assert "in another form too" in str(refused.value)
