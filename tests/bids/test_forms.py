"""Bad input, each with words that say what to do."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from pypdf import PdfReader, PdfWriter

from rodatraden.bids.forms import OutsideBidForm, OutsideOpeningForm
from rodatraden.bids.queries import Asked
from rodatraden.tenders.models import Tender
from tests.factories.bids import pdf


@pytest.fixture(autouse=True)
def swedish():
    with translation.override("sv"):
        yield


def price(text):
    form = OutsideBidForm({"price": text}, asked=Asked(Tender(), (), ()))
    form.is_valid()
    return form.errors["price"][0] if "price" in form.errors else str(form.cleaned_data["price"])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1 050,50 kr", "1050.5"),
        ("1050", "1050"),
        ("1\u00a0050,50", "1050.5"),
        ("0,01", "0.01"),
        ("1.050,50", "1050.5"),
    ],
)
def test_a_price_is_read_as_people_write_it(typed, read):
    assert price(typed) == read


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1.050", "1.050 kan betyda 1\u00a0050 eller 1,05"),
        ("-5", "negativt"),
        ("tusen", "bokstäver"),
        ("\uff11\uff10\uff15\uff10", "siffrorna 0 till 9"),
        ("0", "Priset ska vara större än noll."),
        ("0,00", "Priset ska vara större än noll."),
        ("10,0055", "för många decimaler"),
        ("1e3", "utan e"),
        ("", "Fyll i pris"),
    ],
)
def test_what_is_no_price_is_asked_about(typed, said):
    assert said.casefold() in price(typed).casefold()


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    writer.encrypt("hemligt")
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def upload(name, data):
    form = OutsideOpeningForm({}, {"protocol": SimpleUploadedFile(name, data)})
    form.is_valid()
    return form.errors["protocol"][0] if "protocol" in form.errors else form.cleaned_data["protocol"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("metod.exe", b"MZ\x90\x00", "inte tas emot"),
        ("metod.pdf", b"MZ\x90\x00", "inte tas emot"),
        ("metod.docx", pdf(), "PDF"),
        ("metod.pdf", b"", "tom"),
        ("låst.pdf", encrypted(), "lösenord"),
        ("trasig.pdf", b"%PDF-1.4 trasig", "trasig"),
        ("a" * 250 + ".pdf", pdf(), "för långt"),
        ("m:etod.pdf", pdf(), "tecken"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_its_name_and_the_way_out(name, data, said):
    answer = upload(name, data)
    assert isinstance(answer, str)
    assert said.casefold() in answer.casefold()


def test_a_file_above_the_limit_is_refused_with_both_sizes(settings):
    settings.BID_FILE_MAX_BYTES = 2_000_000
    assert upload("stor.pdf", b"%PDF-" + b"x" * 2_000_001) == (
        "stor.pdf är på 3 MB. En fil får vara högst 2 MB: gör den mindre eller dela den."
    )


def test_what_the_bytes_tell_comes_with_the_file():
    read = upload("metod.pdf", pdf(pages=5))
    assert (read.name, read.media_type, read.pages) == ("metod.pdf", "application/pdf", 5)
    assert upload("espd.xml", b"<?xml version='1.0'?><a/>").pages is None
