"""What a process asks the kernel to do with files, in order: each write, sync and change of a name, and refusals put in at will.

It needs no mount, no compiler and no other program: the process is traced (ptrace) at the system calls that a filter
(seccomp) picks out, with Python alone, on Linux of x86-64.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections

from tools import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

IS_POSSIBLE = platform.system() == "Linux" and platform.machine() == "x86_64"

WRITE, PWRITE, FTRUNCATE, FSYNC, FDATASYNC = 1, 18, 77, 74, 75
RENAME, MKDIR, RMDIR, LINK, UNLINK, OPENAT = 82, 83, 84, 86, 87, 257
UNSEEN = {20: "writev", 40: "sendfile", 76: "truncate", 85: "creat", 88: "symlink", 264: "renameat", 265: "linkat",
          296: "pwritev", 316: "renameat2", 326: "copy_file_range"}  # fmt: skip
"""Further ways to change files: nobody uses them here, and who begins to is told."""
UNLINKAT, MKDIRAT = 263, 258
TRACED = (WRITE, PWRITE, FTRUNCATE, FSYNC, FDATASYNC, RENAME, MKDIR, RMDIR, LINK, UNLINK, UNLINKAT, MKDIRAT, *UNSEEN)
CREATES = os.O_CREAT | os.O_TRUNC

TRACEME, CONT, GETREGS, SETREGS, SYSCALL, SETOPTIONS = 0, 7, 12, 13, 24, 0x4200
OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x80 | 0x100000  # sysgood, fork, vfork, clone, seccomp, exitkill
AT_SYSCALL, BY_FILTER, NEW = signal.SIGTRAP | 0x80, 7, (1, 2, 3)
EVERY_KIND = 0x40000000
"""To waitpid: threads of the child too."""
REGISTERS = struct.Struct("=27Q")
RDI, RSI, RDX, R10, RAX, ORIG_RAX = 14, 13, 12, 7, 10, 15

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


@dataclass(frozen=True)
class Event:
    """One thing that was done: `what` is write, cut, sync, make, folder, name, rename or unname; `data` what was written."""

    what: str
    path: str
    data: bytes = b""
    at: int = 0
    other: str = ""


def traced(
    command: Sequence[str], environment: Mapping[str, str], *, refuse: Callable[[Event], int] = lambda _: 0
) -> Iterator[Event]:
    """Run a program, and yield what it does with files as it is done; it stands still meanwhile.

    `refuse` says for what is about to be done which error it is refused with, 0 for none.

    Raises:
        RuntimeError: it failed, or changed files in a way that is not followed.
    """
    child = os.fork()
    if child == 0:
        _be_traced(command, environment)
    os.waitpid(child, 0)  # it stops itself
    _ptrace(SETOPTIONS, child, OPTIONS)
    _ptrace(CONT, child, 0)
    ended: dict[int, Event] = {}
    while True:
        thread, status = os.waitpid(-1, EVERY_KIND)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            if thread == child:
                if status:
                    raise RuntimeError(f"what was traced ended with {os.waitstatus_to_exitcode(status)}")
                return
            continue
        stopped, kind = os.WSTOPSIG(status), status >> 16
        if kind == BY_FILTER:
            _follow(thread, ended, refuse)
        elif stopped == AT_SYSCALL:
            yield from _done(thread, ended)
        else:
            passed = 0 if kind in NEW or stopped in {signal.SIGSTOP, signal.SIGTRAP} else stopped
            _ptrace(CONT, thread, passed)


def followed(module: str, *arguments: Path, refuse: Callable[[Event], int] = lambda _: 0) -> Iterator[Event]:
    """Run a module of these tests on the installation in the data folder, and yield what it does with files."""
    connections.close_all()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "PYTHONPATH": os.pathsep.join([str(bootstrap.ROOT / "src"), str(bootstrap.ROOT)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "RODATRADEN_DATA_DIR": str(settings.DATA_DIR),
        "RODATRADEN_DATABASE_URL": "",
    }
    yield from traced([sys.executable, "-m", module, *map(str, arguments)], environment, refuse=refuse)


def _be_traced(command: Sequence[str], environment: Mapping[str, str]) -> None:
    try:
        _ptrace(TRACEME, 0, 0)
        _filter()
        os.kill(os.getpid(), signal.SIGSTOP)
        os.execve(command[0], command, environment)  # noqa: S606 -- our own program
    finally:
        os._exit(1)


def _follow(thread: int, ended: dict[int, Event], refuse: Callable[[Event], int]) -> None:
    """Note what a thread is about to do, and let it; or let it do nothing and be told that it failed."""
    registers = _registers(thread)
    event = _event(thread, registers)
    error = refuse(event) if event else 0
    if error:
        registers[ORIG_RAX] = 2**64 - 1  # no such call
        _set_registers(thread, registers)
        event = Event("refused", "", at=error)
    if event:
        ended[thread] = event
        _ptrace(SYSCALL, thread, 0)
    else:
        _ptrace(CONT, thread, 0)


def _done(thread: int, ended: dict[int, Event]) -> Iterator[Event]:
    """Yield what a thread has done, if it succeeded."""
    event = ended.pop(thread, None)
    if event is not None:
        registers = _registers(thread)
        if event.what == "refused":
            registers[RAX] = 2**64 - event.at
            _set_registers(thread, registers)
        elif registers[RAX] < 2**63:
            written = registers[RAX] if event.what == "write" else 0
            yield Event(event.what, event.path, event.data[:written], event.at, event.other)
    _ptrace(CONT, thread, 0)


def _event(thread: int, registers: list[int]) -> Event | None:
    call, first, second, third = registers[ORIG_RAX], registers[RDI], registers[RSI], registers[RDX]
    if call in UNSEEN:
        raise RuntimeError(f"{UNSEEN[call]} is not followed")
    if call in {WRITE, PWRITE}:
        place = registers[R10] if call == PWRITE else _position(thread, first)
        return Event("write", _open_file(thread, first), _memory(thread, second, third), place)
    if call == FTRUNCATE:
        return Event("cut", _open_file(thread, first), at=second)
    if call in {FSYNC, FDATASYNC}:
        return Event("sync", _open_file(thread, first))
    if call in {RENAME, LINK}:
        what = "rename" if call == RENAME else "name"
        return Event(what, _text(thread, first), other=_text(thread, second))
    if call == OPENAT:
        return Event("make", _text(thread, second), at=third)
    named = _text(thread, second if call in {UNLINKAT, MKDIRAT} else first)
    return Event("folder" if call in {MKDIR, MKDIRAT} else "unname", named)


def _open_file(thread: int, number: int) -> str:
    return str(Path(f"/proc/{thread}/fd/{number}").readlink()).removesuffix(" (deleted)")


def _position(thread: int, number: int) -> int:
    told = Path(f"/proc/{thread}/fdinfo/{number}").read_text("ascii")
    return int(told.split("pos:")[1].split()[0])


def _memory(thread: int, place: int, size: int) -> bytes:
    with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 -- unbuffered, at one place
        memory.seek(place)
        return memory.read(size)


def _text(thread: int, place: int) -> str:
    """Return a path that a thread names, from the root."""
    data = b""
    while b"\0" not in data:
        size = 4096 - (place + len(data)) % 4096  # the next page may not be there
        data += _memory(thread, place + len(data), size)
    path = os.fsdecode(data.split(b"\0")[0])
    return os.path.normpath(Path(f"/proc/{thread}/cwd").readlink() / path)


def _registers(thread: int) -> list[int]:
    room = ctypes.create_string_buffer(REGISTERS.size)
    _ptrace(GETREGS, thread, ctypes.addressof(room))
    return list(REGISTERS.unpack(room.raw))


def _set_registers(thread: int, registers: list[int]) -> None:
    room = ctypes.create_string_buffer(REGISTERS.pack(*registers), REGISTERS.size)
    _ptrace(SETREGS, thread, ctypes.addressof(room))


def _ptrace(request: int, thread: int, data: int) -> None:
    if _libc.ptrace(request, thread, None, data) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _filter() -> None:
    """Let the kernel stop this process, and all that come from it, at the calls that change files, and at no others."""
    load, equal, any_of, answer = 0x20, 0x15, 0x45, 0x06
    allow, trace = 0x7FFF0000, 0x7FF00000
    lines = [(load, 0, 0, 0)]  # the number of the call
    lines += [(equal, len(TRACED) - number + 3, 0, call) for number, call in enumerate(TRACED)]
    lines += [(equal, 0, 2, OPENAT), (load, 0, 0, 32), (any_of, 1, 0, CREATES)]  # its third argument
    lines += [(answer, 0, 0, allow), (answer, 0, 0, trace)]
    program = b"".join(struct.pack("=HBBI", *line) for line in lines)
    room = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_void_p))

    told = Program(len(lines), ctypes.addressof(room))
    _libc.prctl(38, 1, 0, 0, 0)  # no new privileges, which a filter asks for of who is not root
    if _libc.prctl(22, 2, ctypes.byref(told)) != 0:
        raise OSError(ctypes.get_errno(), "no filter")
