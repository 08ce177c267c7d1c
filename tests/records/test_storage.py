"""Storage that answers only when the bytes lie on disk."""

from __future__ import annotations

import errno
import os
import resource
import signal
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile

from rodatraden.records.storage import DurableStorage


@pytest.fixture
def storage(tmp_path):
    return DurableStorage(tmp_path / "files")


def read(storage: DurableStorage, name: str) -> bytes:
    with storage.open(name) as file:
        return file.read()


def files_below(storage: DurableStorage) -> list[str]:
    return sorted(p.relative_to(storage.root).as_posix() for p in storage.root.rglob("*") if p.is_file())


def test_chunks_are_written_as_one_file(storage):
    storage.write("2026/a", [b"hej ", b"", b"d\xc3\xa5"])
    assert read(storage, "2026/a") == b"hej d\xc3\xa5"
    assert (storage.exists("2026/a"), storage.size("2026/a"), storage.exists("2026/b")) == (True, 7, False)
    assert files_below(storage) == ["2026/a"]
    assert storage.listdir("2026") == ([], ["a"])


def test_file_and_every_folder_up_to_the_root_are_synced_before_the_answer(storage, monkeypatch):
    """Watches os.fsync and lets it work: the file while it still has its other name, then its folder and those above."""
    synced = []
    really = os.fsync

    def watch(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        really(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    storage.write("2026/05/a", [b"x"])
    part, *folders = synced
    assert (part.parent, part.suffix) == (storage.root / "2026" / "05", ".part")
    assert folders == [storage.root / "2026" / "05", storage.root / "2026", storage.root, storage.root.parent]


def test_a_name_is_never_used_twice(storage):
    storage.write("a", [b"first"])
    with pytest.raises(FileExistsError):
        storage.write("a", [b"second"])
    with pytest.raises(FileExistsError):
        storage.save("a", ContentFile(b"third"))
    assert read(storage, "a") == b"first"
    assert files_below(storage) == ["a"]


@pytest.mark.parametrize("name", ["../a", "2026/../../a", "/etc/passwd", "a/../../../b", ".."])
def test_a_name_that_leads_outside_is_refused(storage, name):
    for use in (storage.path, storage.open, storage.exists, storage.size, storage.delete, storage.listdir):
        with pytest.raises(SuspiciousFileOperation):
            use(name)
    with pytest.raises(SuspiciousFileOperation):
        storage.write(name, [b"x"])
    assert not (storage.root.parent / "a").exists()


def test_a_link_that_leads_outside_is_refused(storage, tmp_path):
    (tmp_path / "secret").write_text("x")
    storage.root.mkdir()
    (storage.root / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(SuspiciousFileOperation):
        storage.open("link")


def test_a_stream_that_breaks_leaves_nothing(storage):
    def broken():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        storage.write("2026/a", broken())
    assert files_below(storage) == []


def test_a_full_disk_leaves_nothing_and_works_again_after(storage):
    """The kernel refuses to let a file grow past a limit, as a full disk or a quota does, in the middle of the bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        with pytest.raises(OSError, match=r".") as full:
            storage.write("2026/a", [b"x" * 60_000] * 3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert full.value.errno == errno.EFBIG
    assert files_below(storage) == []
    storage.write("2026/a", [b"x" * 60_000] * 3)
    assert storage.size("2026/a") == 180_000


def test_a_part_left_by_a_crash_is_in_nobodys_way(storage):
    folder = storage.root / "2026"
    folder.mkdir(parents=True)
    (folder / ".0123.part").write_bytes(b"half")
    storage.write("2026/a", [b"whole"])
    assert read(storage, "2026/a") == b"whole"
    assert storage.listdir("2026") == ([], ["a"])


def test_files_and_folders_are_for_their_owner_only(storage):
    storage.write("2026/a", [b"x"])
    modes = [(storage.root / name).stat().st_mode & 0o077 for name in (".", "2026", "2026/a")]
    assert modes == [0, 0, 0]


def test_removing_is_synced_and_harmless_when_nothing_is_there(storage):
    storage.write("2026/a", [b"x"])
    storage.delete("2026/a")
    storage.delete("2026/a")
    assert files_below(storage) == []


def test_a_stored_file_has_no_address(storage):
    with pytest.raises(ValueError, match="has no address"):
        storage.url("2026/a")


def test_nobody_chooses_another_name(storage):
    storage.save("a", ContentFile(b"x"))
    assert storage.get_available_name("a") == "a"
