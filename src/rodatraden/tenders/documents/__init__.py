"""Documents in and out: needs and requirements in pasted text, Word and Excel."""

from rodatraden.tenders.documents.columns import KIND_WORDS, Row, RowKind, scale_text
from rodatraden.tenders.documents.paper import documents_paper
from rodatraden.tenders.documents.reading import Found, UnreadableError, read_docx, read_text, read_xlsx
from rodatraden.tenders.documents.understanding import heading_of, read_fields
from rodatraden.tenders.documents.writing import write_docx, write_xlsx

__all__ = [
    "KIND_WORDS",
    "Found",
    "Row",
    "RowKind",
    "UnreadableError",
    "documents_paper",
    "heading_of",
    "read_docx",
    "read_fields",
    "read_text",
    "read_xlsx",
    "scale_text",
    "write_docx",
    "write_xlsx",
]
