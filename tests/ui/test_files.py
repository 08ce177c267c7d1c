"""A file of ours says what it is and how it is called, and is kept by no cache."""

from __future__ import annotations

import io

import pytest

from rodatraden.ui.files import PDF_TYPE, as_download, as_made, as_shown


@pytest.mark.parametrize(
    ("name", "is_shown", "disposition"),
    [
        ("kvitto.pdf", False, 'attachment; filename="kvitto.pdf"'),
        ("protokoll.pdf", True, 'inline; filename="protokoll.pdf"'),
        ("\u00c5terf\u00f6ring 1.pdf", False, "attachment; filename*=utf-8''%C3%85terf%C3%B6ring%201.pdf"),
        ('a"b\r\nX: y.pdf', False, "attachment; filename*=utf-8''a%22b%0D%0AX%3A%20y.pdf"),
    ],
)
def test_what_we_have_made_leaves_with_its_name_and_no_copy_kept(name, is_shown, disposition):
    answer = as_made(b"%PDF-", name, PDF_TYPE, is_shown=is_shown)
    assert (answer.content, answer["Content-Type"], answer["Content-Disposition"]) == (b"%PDF-", PDF_TYPE, disposition)
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store, private")


HTML = b"<html><script>alert(1)</script>"


@pytest.mark.parametrize("give", [as_download, as_shown])
@pytest.mark.parametrize("name", ["sida.html", "bild.svg", "anbud.pdf", ""])
def test_what_others_have_written_is_never_a_page_of_ours(give, name):
    answer = give(io.BytesIO(HTML), name)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox"
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_pdf_is_shown_in_a_frame_of_ours_that_loads_and_runs_nothing():
    answer = as_shown(io.BytesIO(b"%PDF-1.7 " + HTML), "anbud.html")
    assert answer["Content-Type"] == "application/pdf"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script" not in policy


@pytest.mark.parametrize(
    "name", ["a\r\nSet-Cookie: x=1.pdf", 'a"; filename="b.exe', "../../etc/passwd", "\u202ecod.pdf"]
)
def test_a_name_breaks_out_of_no_header(name):
    for answer in (as_download(io.BytesIO(b"x"), name), as_made(b"x", name, "text/csv; charset=utf-8")):
        header = answer["Content-Disposition"]
        assert "\r" not in header
        assert "\n" not in header
        assert header.isascii()
        assert header.count('"') in {0, 2} or '\\"' in header
