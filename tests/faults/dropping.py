"""A file system that keeps in memory what was written, and when the power is cut forgets what was not synced (FUSE).

    python -m tests.faults.dropping FOLDER

It is mounted over FOLDER, and holds what lay there. Once it is mounted, `mounted` is told; `cut N` on its input lets the power be
cut at the N-th sync from then on that brings more to the disk: `cut` is told, and from then on nothing is written. `leave PLACE
SEED` writes what is left into a new folder, with a part of the rest by chance where SEED is not 0, and is answered by `left`;
`synced` by how many syncs there were.
"""

from __future__ import annotations

import errno
import os
import signal
import stat
import sys
from pathlib import Path
from random import Random
from threading import Lock, Thread

import mfusepy

from tests.faults.disk import FOLDER, WITHOUT_WORTH, Content, Disk
from tests.faults.tracing import Event

NONEMPTY = {"nonempty": True} if mfusepy.fuse_version_major == 2 else {}
"""To mount over files has to be asked for until libfuse 3."""


class Dropping(mfusepy.Operations):
    """Files by path; each call that changes some is an event that the disk follows."""

    use_ns = True

    def __init__(self, root: str) -> None:
        self.disk = Disk(Path(root))
        self.beside: dict[str, Content] = {}
        self.modes = {str(path): path.lstat().st_mode for path in Path(self.disk.root).rglob("*")}
        self.mounted_at = Path(root).stat().st_mtime_ns
        self.turn, self.synced, self.cut_at, self.is_cut = Lock(), 0, 0, False

    def place(self, path: str) -> str:
        return self.disk.root + path.rstrip("/")

    def content(self, path: str) -> Content:
        place = self.place(path)
        found = FOLDER if path == "/" else self.disk.names.get(place) or self.beside.get(place)
        if found is None:
            raise mfusepy.FuseOSError(errno.ENOENT)
        return found

    def change(self, event: Event) -> None:
        """Let something be done; nothing is any more when the power has been cut."""
        with self.turn:
            if self.is_cut:
                raise mfusepy.FuseOSError(errno.EIO)
            if self.disk.follow(event):
                self.synced += 1
                if self.synced == self.cut_at:
                    self.is_cut = True
                    _tell("cut")

    def init(self, path: str) -> None:
        _tell("mounted")

    def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
        content = self.content(path)
        is_folder = content is FOLDER
        mode = self.modes.get(self.place(path), stat.S_IFDIR | 0o700 if is_folder else stat.S_IFREG | 0o600)
        return {
            "st_mode": mode,
            "st_nlink": 2 if is_folder else 1,
            "st_size": len(content.data),
            "st_mtime": self.mounted_at,  # lately: what is older than a day and has no row yet is put aside by the worker
            "st_uid": os.getuid(),
            "st_gid": os.getgid(),
        }

    def readdir(self, path: str, fh: int) -> list[str]:
        place = self.place(path)
        with self.turn:
            return [
                ".",
                "..",
                *(Path(each).name for each in (*self.disk.names, *self.beside) if str(Path(each).parent) == place),
            ]

    def open(self, path: str, flags: int) -> int:
        self.content(path)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return bytes(self.content(path).data[offset : offset + size])

    def create(self, path: str, mode: int, fi: object = None) -> int:
        place = self.place(path)
        if place.endswith(WITHOUT_WORTH):
            self.beside[place] = Content()
        else:
            self.change(Event("make", place))
        self.modes[place] = stat.S_IFREG | stat.S_IMODE(mode)
        return 0

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        place = self.place(path)
        if place in self.beside:
            found = self.beside[place].data
            found.extend(bytes(max(0, offset - len(found))))
            found[offset : offset + len(data)] = data
        else:
            self.content(path)
            self.change(Event("write", place, data, offset))
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        place = self.place(path)
        if place in self.beside:
            found = self.beside[place].data
            del found[length:]
            found.extend(bytes(length - len(found)))
        else:
            self.content(path)
            self.change(Event("cut", place, at=length))
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self.change(Event("sync", self.place(path)))
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self.change(Event("sync", self.place(path)))
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        self.change(Event("folder", self.place(path)))
        self.modes[self.place(path)] = stat.S_IFDIR | stat.S_IMODE(mode)
        return 0

    def rename(self, old: str, new: str, flags: int = 0) -> int:
        self.content(old)
        self.change(Event("rename", self.place(old), other=self.place(new)))
        if self.place(old) in self.modes:
            self.modes[self.place(new)] = self.modes.pop(self.place(old))
        return 0

    def link(self, target: str, source: str) -> int:
        self.content(source)
        self.change(Event("name", self.place(source), other=self.place(target)))
        return 0

    def unlink(self, path: str) -> int:
        self.content(path)
        if self.beside.pop(self.place(path), None) is None:
            self.change(Event("unname", self.place(path)))
        return 0

    def rmdir(self, path: str) -> int:
        return self.unlink(path)

    def chmod(self, path: str, mode: int) -> int:
        self.content(path)
        self.modes[self.place(path)] = mode
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        return 0

    def utimens(self, path: str, times: object = None) -> int:
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        return {"f_bsize": 4096, "f_frsize": 4096, "f_blocks": 2**20, "f_bfree": 2**19, "f_bavail": 2**19}

    def heard(self) -> None:
        """Do what is asked for, until nothing more is: then end, even if who started this was killed, and leave nothing mounted."""
        for line in sys.stdin:
            word, *more = line.split()
            with self.turn:
                if word == "cut":
                    self.cut_at = self.synced + int(more[0])
                elif word == "leave":
                    self.disk.after_the_cut(Path(more[0]), Random(int(more[1])) if int(more[1]) else None)
                    _tell("left")
                else:
                    _tell(str(self.synced))
        os.kill(os.getpid(), signal.SIGTERM)  # on which libfuse unmounts


def _tell(word: str) -> None:
    print(word, flush=True)  # noqa: T201 -- what is told is read by who started it


def main(root: str) -> None:
    files = Dropping(root)
    Thread(target=files.heard, daemon=True).start()
    mfusepy.FUSE(files, root, foreground=True, nothreads=True, **NONEMPTY)


if __name__ == "__main__":
    main(sys.argv[1])
