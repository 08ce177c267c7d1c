"""Files that are there as a whole or not at all, what is said at the terminal about them, and how far the work has come."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from rodatraden.cli.words import _
from rodatraden.config.place import is_about_space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BAD_FILE = 2
"""The exit code of a file that can't be used, the same as of a command that can't be understood."""
CUT_OFF = 141
"""The exit code of a command whose reader has gone."""
MOST_READ = 64 * 1024 * 1024
"""More than anything that is read at once."""
OWNER_ALONE = 0o600
WHOLE = 100
UNFINISHED = ".rodatraden-ofardig"
"""The end of the name that a file has while it is written."""

try:
    fcntl: Any = import_module("fcntl")
except ImportError:  # Windows has no such locks
    fcntl = None


class BadFileError(Exception):
    """A file that can't be used; `lines` say why."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(lines)
        self.lines = lines


def bytes_of(path: Path, most: int = MOST_READ) -> bytes:
    """Return what a file holds.

    Raises:
        BadFileError: there is no such file, it can't be read, or it is far too large to be what it should be.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise unusable(str(path), error, _("{file} can't be read.")) from error
    if len(data) > most:
        raise bad(path, _("It is far too large to be what is asked for here."))
    return data


def bad(path: Path, *reasons: str) -> BadFileError:
    """Return what is said of a file that can't be used."""
    return BadFileError([
        _("{file} can't be used.").format(file=shown(str(path))), *(f"  {shown(reason)}" for reason in reasons)
    ])  # fmt: skip


def require_new(path: Path) -> None:
    """Refuse a name under which there is something already.

    Raises:
        BadFileError: there is, so nothing is written over it.
    """
    if path.exists() or path.is_symlink():
        raise unusable(str(path), FileExistsError(), _("{file} can't be written."))


def unusable(name: str, error: OSError, what: str) -> BadFileError:
    """Return what is said when the disk refuses a file.

    Raises:
        OSError: the disk is full, which is not that file's fault: whoever runs the command is told so.
    """
    if is_about_space(error):
        raise error
    reason = error.strerror or str(error)
    if isinstance(error, FileExistsError):
        reason = _("It is there already. Choose another name.")
    elif isinstance(error, FileNotFoundError):
        reason = _("There is no such file.")
    elif isinstance(error, IsADirectoryError):
        reason = _("This is a folder.")
    return BadFileError([what.format(file=name), f"  {reason}"])


def stopping(run: Callable[[], int]) -> int:
    """Return what `run` returns, or say on the error stream why the file can't be used."""
    try:
        code = run()
        sys.stdout.flush()
    except BadFileError as error:
        print("\n".join(error.lines), file=sys.stderr)
        return BAD_FILE
    except BrokenPipeError:  # whoever reads has seen enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CUT_OFF
    return code


@contextmanager
def new_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a new file, for its owner alone, that gets its name when all of it has reached the disk, or never.

    Raises:
        BadFileError: there is such a file, or it can't be written there.
    """
    require_new(path)
    sweep(path.parent)
    try:
        file = _held(path)
    except OSError as error:
        raise unusable(str(path), error, _("{file} can't be written.")) from error
    with file as opened:
        temporary = Path(file.name)
        try:
            yield opened
            file.flush()
            os.fsync(file.fileno())
            if fcntl is None:  # there an open file can't get another name; elsewhere it is held until it has its own
                file.close()
            require_new(path)
            temporary.rename(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


def _held(path: Path) -> Any:
    """Return a new file with an unfinished name, locked for as long as it is open: `sweep` takes none away that somebody writes."""
    while True:
        file = NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED, delete=False)  # noqa: SIM115
        if fcntl is None:
            return file
        with suppress(OSError):  # a disk over the net may know no locks: then nothing is swept there
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # swept before it was locked


def sweep(folder: Path) -> None:
    """Take away the unfinished files of ours in a folder that nobody writes any more, since their command was killed.

    The lock on one goes with the process that wrote it, however it ended. A file that somebody still writes, that is another's,
    or that can't be locked is left alone; what can't be taken away stops nothing.
    """
    if fcntl is None:
        return
    with suppress(OSError):
        for path in sorted(folder.glob(f".*{UNFINISHED}")):
            with suppress(OSError), path.open("rb+") as file:
                now = os.fstat(file.fileno())
                if stat.S_ISREG(now.st_mode) and now.st_uid == os.getuid() and not path.is_symlink():
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()


def write_new(path: Path, data: bytes) -> None:
    """Write a new file for its owner alone, and wait until it has reached the disk.

    Raises:
        BadFileError: there is such a file, or it can't be written there.
    """
    with new_whole(path) as file:
        file.write(data)


def send_on(file: BinaryIO, since: int) -> int:
    """Let what was written to `file` from the place `since` on begin its way to the disk, and return where it ends.

    Nothing is waited for, so that there is little left to wait for at the end; and what has arrived needs no memory any more.
    Systems that can't be told so begin when they like.
    """
    end = file.tell()
    if sys.platform == "linux":
        os.posix_fadvise(file.fileno(), since, end - since, os.POSIX_FADV_DONTNEED)
    return end


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder have reached the disk; on systems where a folder can't be opened it waits for nothing."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def shown(text: str) -> str:
    """Return a text from outside without the signs by which it could steer the terminal."""
    return "".join(sign if sign.isprintable() or sign in "\n\u00a0" else "?" for sign in text)


def tell(*lines: str) -> None:
    """Print lines; nothing in them steers the terminal."""
    print(shown("\n".join(lines)))


class Progress:
    """How far the work has come, on a terminal alone: a line that is written over."""

    def __init__(self, what: str, of: int) -> None:
        self._what, self._of, self._done, self._last = what, max(1, of), 0, -1
        self._is_shown = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._is_shown and self._last >= 0:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def add(self, count: int) -> None:
        """Tell that `count` more are done."""
        self._done += count
        percent = min(WHOLE, self._done * WHOLE // self._of)
        if self._is_shown and percent != self._last:
            self._last = percent
            print(f"\r{self._what} {percent} %", end="", file=sys.stderr, flush=True)
