"""What stands in a PDF, for tests to ask."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """Return the text of all pages."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def flowing(pdf: bytes) -> str:
    """Return the text of all pages as one line, so that a sentence is found where a line breaks."""
    return " ".join(text_of(pdf).split())


def embedded_fonts(reader: PdfReader) -> set[bool]:
    """Return whether the fonts of all pages lie in the file: {True} when all do."""
    found = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].get_object().values():
            (inner,) = font.get_object()["/DescendantFonts"].get_object()
            described = inner.get_object()["/FontDescriptor"].get_object()
            found.add("/FontFile2" in described or "/FontFile3" in described)
    return found
