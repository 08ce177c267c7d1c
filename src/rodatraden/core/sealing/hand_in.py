"""What hands in a bid whose parts are there already: the manifest, and with it all that it names but the parts.

One row of bytes, so that it comes in one request, whose last byte is the bid's: a line of its own, then the manifest, and of
each package that it names, the bid before its price, the wraps and the index. Before each stands its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.message import say
from rodatraden.core.sealing.bid import LONGEST_SEALED_INDEX
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.manifest import LONGEST as LONGEST_MANIFEST
from rodatraden.core.sealing.manifest import read_manifest, unreadable
from rodatraden.core.sealing.wraps import LONGEST as LONGEST_WRAPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rodatraden.core.sealing.manifest import Manifest

MAGIC = b"rodatraden hand-in 1\n"
LENGTH_BYTES = 8
"""Of each piece, big-endian, as in the index."""
_PACKAGE = (LONGEST_WRAPS, LONGEST_SEALED_INDEX)
MOST_PIECES = 1 + len(Holds) * len(_PACKAGE)
LONGEST = len(MAGIC) + MOST_PIECES * LENGTH_BYTES + LONGEST_MANIFEST + len(Holds) * sum(_PACKAGE)
"""Bytes, some 9.5 MB; an ordinary one has 150 kB, of which the two indexes are 130."""

TOO_LARGE = say("A part of the sealed bid is larger than it can be. Seal the bid again.")


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What is handed in of a package: its wraps and its index, as the bytes that the manifest names by their hashes."""

    wraps: bytes
    index: bytes


@dataclass(frozen=True, slots=True)
class HandIn:
    """A manifest that has been read, and what came with it; whether the one names the other is for `check_stored` to say."""

    manifest: Manifest
    packages: Mapping[Holds, Enclosed]


def lay_hand_in(manifest: bytes, packages: Mapping[Holds, Enclosed]) -> bytes:
    """Return the bytes that hand in a bid by its canonical `manifest`."""
    pieces = [manifest]
    for holds in Holds:
        if holds in packages:
            pieces += [packages[holds].wraps, packages[holds].index]
    return MAGIC + b"".join(len(piece).to_bytes(LENGTH_BYTES) + piece for piece in pieces)


def read_hand_in(data: bytes) -> HandIn:
    """Return what hands in a bid. No length is believed before it is compared with its limit and with what is there.

    Raises:
        PackageError: the bytes hold no manifest, or something else than what belongs to its packages, or a piece is too large.
    """
    first, *pieces = _pieces(data)
    manifest = read_manifest(first)
    return HandIn(manifest, _enclosed(pieces, manifest.packages))


def read_enclosed(data: bytes, packages: Iterable[Holds]) -> dict[Holds, Enclosed]:
    """Return what was handed in of each of a bid's packages; its manifest is read from where else it is kept.

    Raises:
        PackageError: something else is there.
    """
    return _enclosed(_pieces(data)[1:], packages)


def _enclosed(pieces: Sequence[bytes], packages: Iterable[Holds]) -> dict[Holds, Enclosed]:
    held = [holds for holds in Holds if holds in set(packages)]
    if len(pieces) != len(held) * len(_PACKAGE):
        raise unreadable()
    if any(len(piece) > most for piece, most in zip(pieces, _PACKAGE * len(held), strict=True)):
        raise _too_large()
    return {holds: Enclosed(*pieces[2 * place : 2 * place + 2]) for place, holds in enumerate(held)}


def _pieces(data: bytes) -> list[bytes]:
    """Return the pieces, of which there is one at least."""
    if len(data) > LONGEST:
        raise _too_large()
    if not data.startswith(MAGIC):
        raise unreadable()
    pieces: list[bytes] = []
    at = len(MAGIC)
    while at < len(data) or not pieces:
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(data[at:start])
        if at > len(data):
            raise unreadable()
        pieces.append(data[start:at])
        if len(pieces) > MOST_PIECES:
            raise unreadable()
    return pieces


def _too_large() -> PackageError:
    return PackageError(PackageFault.TOO_LARGE, TOO_LARGE)
