"""Where a word lies, in whatever form: in the database and its journals, in files, in what was logged, in the memory of processes."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from rodatraden.cli.backup import copy_database
from tools import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COMPRESSED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
MOST_UNPACKED = 2**20
PIECE = 2**26
REGION = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) r(w?)\S* \S+ \S+ (\d+)", re.MULTILINE)


def forms(word: str) -> list[bytes]:
    """Return the forms in which a word could lie somewhere: encodings, hexadecimal, and base64 from each of its places."""
    plain = word.encode()
    wide = [word.encode(encoding) for encoding in ("utf-16-le", "utf-16-be")]
    coded = [base64.b64encode(bytes(shift) + plain)[4:-4] for shift in range(3)]
    return [
        *{plain, json.dumps(word)[1:-1].encode(), plain[::-1]},
        *wide,
        plain.hex().encode(),
        plain.hex().upper().encode(),
        *coded,
    ]


def hits(word: str, data: bytes) -> bool:
    """Whether a word lies in some bytes as it is or compressed."""
    wanted = forms(word)
    if any(form in data for form in wanted):
        return True
    return any(form in unpacked for unpacked in _unpacked(data) for form in wanted)


def _unpacked(data: bytes) -> Iterator[bytes]:
    for match in COMPRESSED.finditer(data):
        try:
            yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(
                data[match.start() : match.start() + MOST_UNPACKED], MOST_UNPACKED
            )
        except zlib.error:
            continue


def everything_stored(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield all that lies on disk, each with its place: data folder, database, its journals, and a dump of it."""
    for path in settings.DATA_DIR.rglob("*"):
        if path.is_file():
            yield f"data/{path.relative_to(settings.DATA_DIR)}", path.read_bytes()
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        for ending in ("", "-wal", "-shm", "-journal"):
            if Path(name + ending).exists():
                yield f"database{ending}", Path(name + ending).read_bytes()
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
            )
            place, oid = cursor.fetchone()
        for part in (f"base/{oid}", "pg_wal"):
            for path in Path(place, part).rglob("*"):
                if path.is_file():
                    yield f"database/{part}/{path.name}", path.read_bytes()
    target = folder / "dump"
    if connection.vendor == "sqlite":
        copy_database(target)
    else:
        named = connection.settings_dict
        command = [
            str((postgres.programs() or Path()) / "pg_dump"),
            "--file",
            str(target),
            "-h",
            named["HOST"],
            "-U",
            named["USER"],
        ]
        subprocess.run([*command, named["NAME"]], check=True)
    yield "dump", target.read_bytes()
    target.unlink()


def processes_of(group: int) -> list[int]:
    """Return every process of a process group."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if os.getpgid(int(folder.name)) == group:
                    found.append(int(folder.name))
            except ProcessLookupError:
                continue
    return found


def remembered(words: Sequence[str], pid: int) -> set[str]:
    """Return those of some words that lie in the memory of a process: all it can write to, and all without a file."""
    wanted = {word: forms(word) for word in words}
    found: set[str] = set()
    longest = max(len(form) for each in wanted.values() for form in each)
    maps = Path(f"/proc/{pid}/maps").read_text("utf-8")
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for start, end, writes, inode in REGION.findall(maps):
            if not writes and inode != "0":
                continue  # a program's own file
            first, last = int(start, 16), int(end, 16)
            for at in range(first, last, PIECE):
                try:
                    memory.seek(at)
                    data = memory.read(min(PIECE + longest, last - at))
                except (OSError, ValueError, OverflowError):  # the kernel's own
                    break
                found |= {word for word, each in wanted.items() if any(form in data for form in each)}
    return found
