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
