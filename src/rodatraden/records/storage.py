"""Storage that answers only when the bytes lie on disk: file and folder are synced before anybody is told so.

Django's own file storage calls no fsync: after a power cut a file that was reported as saved can be empty. A file is
written under a temporary name, synced, renamed to its own, and its folder is synced; names are never used twice.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime


PART = ".part"


@deconstructible
class DurableStorage(Storage):
    """Files under one folder of the local disk, written once, never overwritten."""

    def __init__(self, root: str | Path | None = None) -> None:
        self._root = root
        self._named: set[Path] = set()

    @property
    def root(self) -> Path:
        """The folder that everything lies under."""
        return Path(self._root or settings.DATA_DIR / "files")

    def path(self, name: str) -> str:
        """Return the place of `name` on disk.

        Raises:
            SuspiciousFileOperation: the name leads outside the folder.
        """
        place = (self.root / name).resolve()
        if not place.is_relative_to(self.root.resolve()):
            msg = f"{name!r} leads outside the storage"
            raise SuspiciousFileOperation(msg)
        return str(place)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 -- signature
        """Return `name`: names are drawn by the caller and never collide; a collision is refused when written."""
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        self.write(name, content.chunks())
        return name

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write `chunks` as `name` and return when file and folder are synced.

        Raises:
            FileExistsError: `name` is taken already.
            OSError: the disk is full or fails; then nothing is left under `name`.
        """
        place = Path(self.path(name))
        self._make_folders(place.parent)
        part = place.with_name(f".{uuid4().hex}{PART}")
        try:
            with open(part, "xb", opener=_for_the_owner) as file:
                file.writelines(chunks)
                file.flush()
                os.fsync(file.fileno())
            os.link(part, place)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(place.parent)
        if place.parent not in self._named:
            for above in place.parent.parents:
                _sync_folder(above)
                if above == self.root.parent:
                    break
            self._named.add(place.parent)  # its own name is safe from now on

    def _make_folders(self, folder: Path) -> None:
        """Make the folders from the root down, for their owner only."""
        root = self.root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for step in reversed([folder, *folder.parents]):
            if step.is_relative_to(root.resolve()):
                step.mkdir(mode=0o700, exist_ok=True)

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        return File(Path(self.path(name)).open(mode), name=name)

    def exists(self, name: str) -> bool:
        """Whether something lies under `name`."""
        return Path(self.path(name)).exists()

    def size(self, name: str) -> int:
        """Return the number of bytes under `name`."""
        return Path(self.path(name)).stat().st_size

    def delete(self, name: str) -> None:
        """Remove what lies under `name`; only for a file that no row refers to."""
        place = Path(self.path(name))
        place.unlink(missing_ok=True)
        _sync_folder(place.parent)

    @property
    def quarantine(self) -> Path:
        """The folder beside the files where what no row names is put aside, in a folder for each day."""
        return self.root.parent / "quarantine"

    def put_aside(self, name: str, at: datetime) -> None:
        """Move what lies under `name` to the quarantine's folder of the day of `at`, under the same name."""
        place, aside = Path(self.path(name)), self.quarantine / f"{at:%Y-%m-%d}" / name
        self.quarantine.mkdir(mode=0o700, exist_ok=True)
        aside.parent.mkdir(parents=True, exist_ok=True)
        place.rename(aside)
        for folder in (aside.parent, *aside.parent.parents):
            _sync_folder(folder)
            if folder == self.root.parent:
                break
        _sync_folder(place.parent)

    def forget_put_aside(self, before: datetime) -> None:
        """Delete what was put aside on days before that of `before`."""
        for day in self.quarantine.glob("????-??-??"):
            if day.name < f"{before:%Y-%m-%d}":
                rmtree(day)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Return the folders and the files right under `path`; what a crash left half written is neither."""
        entries = sorted(entry for entry in Path(self.path(path)).iterdir() if entry.suffix != PART)
        return [e.name for e in entries if e.is_dir()], [e.name for e in entries if e.is_file()]

    def unchanged_since(self, instant: datetime) -> Iterator[str]:
        """Yield the name of every file whose last byte was written before `instant`, half-written ones included."""
        for folder, _folders, names in os.walk(self.root):
            for name in names:
                place = Path(folder, name)
                with suppress(FileNotFoundError):  # taken away since the folder was read
                    if place.stat().st_mtime < instant.timestamp():
                        yield place.relative_to(self.root).as_posix()

    def url(self, name: str | None) -> Any:
        """Refuse: a stored file has no address, its owner serves it under its own rule.

        Raises:
            ValueError: always.
        """
        msg = f"{name!r} has no address; the room that owns it serves it"
        raise ValueError(msg)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, synced together with its folders before anybody relies on it."""
    new = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    # The one above too: another process may have made the folder a moment ago, and not synced that yet.
    for folder in dict.fromkeys([path.parent, path.parent.parent, *(each.parent for each in new)]):
        _sync_folder(folder)
