"""A folder as a disk keeps it: what has been synced is there after the power was cut, of the rest nothing, or any of it.

POSIX promises no more than this: the bytes of a file when the file was synced, and its name when its folder was.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from tests.faults.tracing import Event

BLOCK = 512
"""Bytes that a disk writes whole."""
WITHOUT_WORTH = "-shm"
"""What SQLite makes anew after a crash."""


class Content:
    """The bytes of a file: as programs see them, and as they lie on the disk."""

    def __init__(self, data: bytes = b"", synced: bytes = b"") -> None:
        self.data = bytearray(data)
        self.synced = synced


FOLDER = Content()
"""What stands for a folder among the names."""


class Disk:
    """The files under a folder, followed from a state in which all of it was synced."""

    def __init__(self, root: Path) -> None:
        self.root = os.path.realpath(root)
        self.names: dict[str, Content] = {}
        for path in Path(self.root).rglob("*"):
            if path.is_dir():
                self.names[str(path)] = FOLDER
            elif not path.name.endswith(WITHOUT_WORTH):
                self.names[str(path)] = Content(path.read_bytes(), path.read_bytes())
        self.synced = dict(self.names)

    def holds(self, path: str) -> bool:
        return (path + "/").startswith(self.root + "/") and not path.endswith(WITHOUT_WORTH)

    def follow(self, event: Event) -> bool:
        """Do what was done; answer whether more is on the disk than before."""
        path = event.path
        if not self.holds(path) and not self.holds(event.other):
            return False
        match event.what:
            case "make":
                content = self.names.setdefault(path, Content())
                if event.at & os.O_TRUNC:
                    content.data.clear()
            case "write":
                data = self.names[path].data
                data.extend(bytes(max(0, event.at - len(data))))
                data[event.at : event.at + len(event.data)] = event.data
            case "cut":
                data = self.names[path].data
                del data[event.at :]
                data.extend(bytes(event.at - len(data)))
            case "folder":
                self.names[path] = FOLDER
            case "name":
                self.names[event.other] = self.names[path]
            case "rename":
                self.names[event.other] = self.names.pop(path)
            case "unname":
                self.names.pop(path)
            case "sync":
                return self._sync(path)
        return False

    def _sync(self, path: str) -> bool:
        content = self.names.get(path, FOLDER)
        if content is not FOLDER:
            had, content.synced = content.synced, bytes(content.data)
            return had != content.synced
        before = dict(self.synced)
        for name in {*self.synced, *self.names}:
            if str(Path(name).parent) == path:
                self._keep(self.synced, name)
        return before != self.synced

    def _keep(self, among: dict[str, Content], name: str) -> None:
        if name in self.names:
            among[name] = self.names[name]
        else:
            among.pop(name, None)

    def after_the_cut(self, to: Path, chance: Random | None = None) -> None:
        """Write what is left into a new folder; with `chance` each name and block that was not synced is there or not."""
        names = dict(self.synced)
        if chance is not None:
            for name in sorted({*self.synced, *self.names}):
                if self.names.get(name) is not self.synced.get(name) and chance.random() < 0.5:
                    self._keep(names, name)
        to.mkdir()
        for name in sorted(names):
            place = to / Path(name).relative_to(self.root)
            if not place.parent.is_dir():
                continue  # its folder is gone, and it with it
            if names[name] is FOLDER:
                place.mkdir()
            else:
                place.write_bytes(_left(names[name], chance))


def _left(content: Content, chance: Random | None) -> bytes:
    if chance is None or content.synced == content.data:
        return content.synced
    longest = max(len(content.synced), len(content.data))
    blocks = [
        bytes((content.data if chance.random() < 0.5 else content.synced)[start : start + BLOCK])
        for start in range(0, longest, BLOCK)
    ]
    return b"".join(block.ljust(BLOCK, b"\0") for block in blocks[:-1]) + blocks[-1]
