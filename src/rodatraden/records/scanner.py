"""What is said to a virus scanner, clamd, over its socket: a file goes there in pieces, a verdict comes back.

Only `stream: OK` means that nothing was found. Whatever else is said, or not said, is a finding or no verdict: a scanner
that hangs, dies or talks nonsense never makes a file clean. A scanner is used once it has shown that it finds the test file of
the trade and that it tells when it has not looked through the whole of a file. Source of the protocol: clamd(8).
"""

from __future__ import annotations

import io
import re
import socket
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

PIECE = 1 << 16
"""Bytes that are sent at a time."""
LONGEST_REPLY = 4096
LONGEST_NAME = 200
CONNECTS_WITHIN = 5.0
"""Seconds in which a scanner on this machine takes a connection, or is not there. Source: policy."""
ANSWERS_WITHIN = 180.0
"""Seconds in which it takes a piece or gives its verdict; clamd itself gives up on a file after 120. Source: clamd.conf(5), MaxScanTime."""
FOUND = re.compile(r"stream: (.+) FOUND")
PORT, LAST_PORT = re.compile(r"[0-9]{1,5}"), 65535
VERSION = re.compile(r"(ClamAV [^/\s]+)(?:/(.+))?")
LIMITS, LOCKED = "Heuristics.Limits.Exceeded", "Heuristics.Encrypted"
"""How names begin that are no finding: of what it did not look through, and of what it could not."""
DEEPEST = 120
"""Packages in packages of the file that is passed on only in part; clamd looks 17 down unless told otherwise."""


class Why(StrEnum):
    """Why a file could not be scanned."""

    TOO_LARGE = "too_large"
    LIMITS = "limits"
    LOCKED = "locked"
    REFUSED = "refused"
    BROKEN_OFF = "broken_off"
    NOT_READ = "not_read"


class Fault(StrEnum):
    """Why a scanner cannot be used."""

    NOT_REACHED = "not_reached"
    FINDS_NOTHING = "finds_nothing"
    PASSES_OVER = "passes_over"


class ScannerError(Exception):
    """The scanner cannot be used; no file is to blame."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Scanner:
    """Which scanner answered, and by which signatures it looks; an empty text where it does not say."""

    name: str
    signatures: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner said of a file: the name of what it found, or why it could not tell; neither, if it found nothing."""

    finding: str = ""
    why: Why | None = None


def parse(place: str) -> str | tuple[str, int]:
    """Return the address that `place` names: the path of a socket, or a host of this machine and a port.

    What is scanned is sent as it is, so no other machine is taken.

    Raises:
        ValueError: it names neither.
    """
    if place.startswith("/"):
        return place
    host, _, port = place.rpartition(":")
    if host not in {"127.0.0.1", "[::1]", "localhost"} or not PORT.fullmatch(port) or int(port) > LAST_PORT:
        msg = f"{place!r} is neither the path of a socket nor a port of this machine such as 127.0.0.1:3310"
        raise ValueError(msg)
    return host.strip("[]"), int(port)


def try_scanner(place: str, *, patience: float = ANSWERS_WITHIN) -> Scanner:
    """Return which scanner answers at `place`, when it has shown that its word can be relied on.

    Raises:
        ScannerError: nobody answers there as a scanner does, it does not find the test file, or it says that nothing is
            found in what it has not looked through.
    """
    try:
        with _connected(place, patience) as connection:
            connection.sendall(b"zVERSION\0")
            said = VERSION.fullmatch(_reply(connection))
    except (OSError, ValueError):
        raise ScannerError(Fault.NOT_REACHED) from None
    if said is None:
        raise ScannerError(Fault.NOT_REACHED)
    if not scan(io.BytesIO(trade_file()), place, patience=patience).finding:
        raise ScannerError(Fault.FINDS_NOTHING)
    if scan(io.BytesIO(_deep_file()), place, patience=patience).why is not Why.LIMITS:
        raise ScannerError(Fault.PASSES_OVER)
    return Scanner(said[1][:LONGEST_NAME], (said[2] or "")[:LONGEST_NAME])


def scan(file: BinaryIO, place: str, *, patience: float = ANSWERS_WITHIN) -> Verdict:
    """Return what the scanner at `place` says of a file, read to its end in pieces.

    Raises:
        ScannerError: nobody takes the connection, so that the file is not to blame.
    """
    try:
        connection = _connected(place, patience)
    except (OSError, ValueError):
        raise ScannerError(Fault.NOT_REACHED) from None
    with connection:
        try:
            is_read = _send(file, connection)
        except OSError:
            is_read = True  # a scanner that takes no more says why, as when a file is too large for it
        if not is_read:
            return Verdict(why=Why.NOT_READ)
        try:
            return _verdict(_reply(connection))
        except (OSError, ValueError):
            return Verdict(why=Why.BROKEN_OFF)


def _connected(place: str, patience: float) -> socket.socket:
    address = parse(place)
    if isinstance(address, str):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(CONNECTS_WITHIN)
            connection.connect(address)
        except OSError:
            connection.close()
            raise
    else:
        connection = socket.create_connection(address, CONNECTS_WITHIN)
    connection.settimeout(patience)
    return connection


def _send(file: BinaryIO, connection: socket.socket) -> bool:
    """Send a file in pieces, each after its length; answer whether it could be read to its end."""
    connection.sendall(b"zINSTREAM\0")
    while True:
        try:
            piece = file.read(PIECE)
        except OSError:
            return False
        connection.sendall(len(piece).to_bytes(4, "big") + piece)
        if not piece:
            return True


def _reply(connection: socket.socket) -> str:
    """Return what the scanner says, up to the sign that ends it.

    Raises:
        OSError: it says nothing in time.
        ValueError: it ends, or goes on and on, without that sign.
    """
    said = b""
    while b"\0" not in said:
        more = connection.recv(LONGEST_REPLY)
        said += more
        if not more or len(said) > LONGEST_REPLY:
            msg = "the scanner has not said the whole of anything"
            raise ValueError(msg)
    return said.partition(b"\0")[0].decode("utf-8", "replace")


def _verdict(said: str) -> Verdict:
    if said == "stream: OK":
        return Verdict()
    if found := FOUND.fullmatch(said):
        name = "".join(sign for sign in found[1] if sign.isprintable())[:LONGEST_NAME]
        if name.startswith(LIMITS):
            return Verdict(why=Why.LIMITS)
        if name.startswith(LOCKED):
            return Verdict(why=Why.LOCKED)
        return Verdict(finding=name) if name else Verdict(why=Why.BROKEN_OFF)
    if said == "INSTREAM size limit exceeded. ERROR":
        return Verdict(why=Why.TOO_LARGE)
    return Verdict(why=Why.REFUSED if said.endswith(" ERROR") else Why.BROKEN_OFF)


def trade_file() -> bytes:
    """Return the file that every scanner finds and that does nothing, put together here so that none finds it in our source."""
    parts = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR", "-STANDARD-", "ANTIVIRUS-", "TEST-FILE!", "$H+H*")
    return "".join(parts).encode("ascii")


@cache
def _deep_file() -> bytes:
    """Return packages in packages, deeper than any scanner looks."""
    inner = b"the innermost"
    for _ in range(DEEPEST):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(zipfile.ZipInfo("a.zip"), inner)
        inner = packed.getvalue()
    return inner
