"""A file of ours says what it is and how it is called, and is kept by no cache."""

from __future__ import annotations

import pytest

from rodatraden.ui.files import PDF_TYPE, as_made


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
