"""What comes above the limit of a file is never stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from rodatraden.config.uploads import NamelessUpload


@pytest.mark.parametrize(("size", "stored"), [(99, 99), (100, 100), (101, 0), (300_000, 0)])
def test_a_file_above_the_limit_arrives_as_name_and_size_only(settings, size, stored):
    settings.BID_FILE_MAX_BYTES = 100
    request = RequestFactory().post("/", {"a": "1", "file": SimpleUploadedFile("stor.pdf", b"x" * size), "b": "2"})
    file = request.FILES["file"]
    assert (file.name, file.size, len(file.read())) == ("stor.pdf", size, stored)
    assert (request.POST["a"], request.POST["b"]) == ("1", "2")


def test_a_large_file_lies_on_the_disk_without_a_name(settings, tmp_path, monkeypatch):
    """A killed server leaves nothing of it: what Django would have made is a file that anybody finds (INV-01)."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    data = bytes(range(256)) * 20_000
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("stor.pdf", data, "application/pdf")})
    file = request.FILES["file"]
    assert (file.size, file.read(), file.content_type) == (len(data), data, "application/pdf")
    assert Path(f"/proc/self/fd/{file.fileno()}").readlink().as_posix().startswith(f"{folder}/")  # on the disk
    assert list(folder.iterdir()) == []
    request.close()


def test_a_broken_line_closes_what_had_come():
    handler = NamelessUpload()
    handler.upload_interrupted()
    handler.new_file("file", "stor.pdf", "application/pdf", None)
    handler.receive_data_chunk(b"x", 0)
    handler.upload_interrupted()
    assert handler.file.closed
