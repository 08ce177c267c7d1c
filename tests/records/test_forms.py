"""A document is checked as a file or by its fingerprint, written as people copy it."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rodatraden.records.forms import CheckForm

PRINT = sha256(b"x").hexdigest()


@pytest.mark.parametrize("written", [PRINT, PRINT.upper(), f"  {PRINT[:32]} {PRINT[32:]}\n"])
def test_a_fingerprint_is_read_as_it_is_copied(written):
    form = CheckForm({"sha256": written})
    assert form.is_valid()
    assert form.fingerprint() == PRINT


def test_a_file_has_its_own_fingerprint_and_wins():
    form = CheckForm({"sha256": "0" * 64}, {"file": SimpleUploadedFile("a.pdf", b"x")})
    assert form.is_valid()
    assert form.fingerprint() == PRINT


@pytest.mark.parametrize("written", ["", "abc", PRINT[:-1], PRINT + "0", "g" * 64, "٣" * 64])
def test_anything_else_is_asked_for_again(written):
    assert not CheckForm({"sha256": written}).is_valid()


def test_of_a_file_that_is_too_large_only_that_is_said(settings):
    settings.BID_FILE_MAX_BYTES = 3
    form = CheckForm({"sha256": ""}, {"file": SimpleUploadedFile("a.pdf", b"four")})
    assert not form.is_valid()
    assert "större än någon handling härifrån" in str(form.errors["file"])
