"""How files leave the house: those that others have written, and those that we have made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from rodatraden.core.paging import MEDIA_TYPES, FileKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http.response import HttpResponseBase

PDF_TYPE, EXCEL_TYPE = MEDIA_TYPES[FileKind.PDF], MEDIA_TYPES[FileKind.SPREADSHEET]


def as_made(data: bytes | str, name: str, media_type: str, *, is_shown: bool = False) -> HttpResponse:
    """Return a file that we have made of what one person may see: to be saved, or shown by the browser, and kept by no cache."""
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=not is_shown, filename=name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def as_download(file: Any, name: str) -> FileResponse:
    """Return a file to be saved, never shown by the browser as a page of ours (INV-01 after the opening too)."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
    _shield(response)
    return response


def _shield(response: HttpResponseBase) -> None:
    """Let no browser guess what a file is, run anything of it, or keep it."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = "sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"


def as_streamed(pieces: Iterable[bytes], size: int, name: str) -> StreamingHttpResponse:
    """Return a file to be saved that is made while it is sent, of `size` bytes, since it is too large to hold."""
    response = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    _shield(response)
    return response


PDF = b"%PDF-"


def as_shown(file: Any, name: str) -> FileResponse:
    """Return a PDF for the browser's own viewer, which runs nothing of it on our pages; anything else to be saved.

    What it is, its bytes say, never its name or its sender. Only pages of ours may frame it; it may load nothing. A
    sandbox would be stricter still, but no viewer of today shows a PDF in one.
    """
    is_pdf = file.read(len(PDF)) == PDF
    file.seek(0)
    response = as_download(file, name)
    if is_pdf:
        response["Content-Type"] = PDF_TYPE
        response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
        response["Content-Security-Policy"] = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response
