"""What comes above the limit of a file is never stored."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory


@pytest.mark.parametrize(("size", "stored"), [(99, 99), (100, 100), (101, 0), (300_000, 0)])
def test_a_file_above_the_limit_arrives_as_name_and_size_only(settings, size, stored):
    settings.BID_FILE_MAX_BYTES = 100
    request = RequestFactory().post("/", {"a": "1", "file": SimpleUploadedFile("stor.pdf", b"x" * size), "b": "2"})
    file = request.FILES["file"]
    assert (file.name, file.size, len(file.read())) == ("stor.pdf", size, stored)
    assert (request.POST["a"], request.POST["b"]) == ("1", "2")
