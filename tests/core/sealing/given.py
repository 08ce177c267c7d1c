"""Holders, files and a sealed bid that the tests of sealing start from."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID, uuid4

import pyrage

from rodatraden.core.sealing.bid import Envelope, Sealed, open_package, seal_package
from rodatraden.core.sealing.contents import NewFile, Package
from rodatraden.core.sealing.holders import Holder, HolderList, Holds, every_pair
from rodatraden.core.sealing.identity import tidy_passphrase
from rodatraden.core.sealing.wraps import peel, read_wraps

if TYPE_CHECKING:
    from collections.abc import Callable

TENDER = UUID("7d0f6a2e-4a0e-4f6b-9a6e-0d6c9e6a1b01")
BID = UUID("7d0f6a2e-4a0e-4f6b-9a6e-0d6c9e6a1b02")
NAMES = ("Jonas Ekdahl", "Ingrid Möller", "Sara Nyqvist", "Förvarad i arkivet")
CONTENT: dict[str, object] = {"person": "Elin Hagström", "promises": ["Varje månad"]}
FILES = (NewFile.of("CV.pdf", b"Elin Hagstrom " * 5000), NewFile.of("Metod.pdf", b"Metod"), NewFile.of("tom.txt", b""))


def in_memory(sealed: bytes) -> Callable[[], BinaryIO]:
    """How a part that lies in memory is opened."""
    return lambda: io.BytesIO(sealed)


def lock_with_passphrase(secret: str, passphrase: str) -> str:
    """Lock the private half of an opening key as a holder's browser does; some seconds, since guessing is to be slow."""
    locked = pyrage.passphrase.encrypt(secret.encode("ascii"), tidy_passphrase(passphrase), armored=True)
    return bytes(locked).decode("ascii")


@dataclass(frozen=True, slots=True)
class Keys:
    """A holder list, and the private halves that it stands for: of each holder by name, and of the server's layers."""

    holders: HolderList
    private: dict[UUID, str]
    layers: dict[Holds, str]


@cache
def keys(count: int = 4) -> Keys:
    """`count` holders of which any two may open together."""
    mine = [pyrage.x25519.Identity.generate() for _ in range(count)]
    people = tuple(
        Holder(uuid4(), NAMES[n] if n < len(NAMES) else f"Nyckel {n}", str(one.to_public()))
        for n, one in enumerate(mine)
    )
    layers = {holds: pyrage.x25519.Identity.generate() for holds in Holds}
    return Keys(
        HolderList(TENDER, people, every_pair(people), {holds: str(one.to_public()) for holds, one in layers.items()}),
        {person.key: str(one) for person, one in zip(people, mine, strict=True)},
        {holds: str(one) for holds, one in layers.items()},
    )


@dataclass(frozen=True, slots=True)
class SealedBid:
    """A sealed package with its stored parts."""

    sealed: Sealed
    stored: tuple[bytes, ...]
    envelope: Envelope


def sealed(
    *files: NewFile, content: dict[str, object] | None = None, holds: Holds = Holds.BID, bid: UUID = BID
) -> SealedBid:
    """A package sealed to the four holders."""
    stored: list[bytes] = []
    package = seal_package(
        CONTENT if content is None else content,
        files,
        holders=keys().holders,
        bid=bid,
        holds=holds,
        nonce="0123456789abcdef",
        store=lambda number, part, data: stored.insert(number, data),
    )
    return SealedBid(package, tuple(stored), Envelope(TENDER, bid, holds))


@cache
def three_files() -> SealedBid:
    """A bid of three files, one of them empty."""
    return sealed(*FILES)


def key_of(bid: SealedBid, first: int = 0, last: int = 1) -> bytes:
    """The key that two holders get out together, once the server has taken its layer off."""
    given = keys()
    pair = (given.holders.holders[first].key, given.holders.holders[last].key)
    layers = [given.layers[bid.envelope.holds], given.private[pair[0]], given.private[pair[1]]]
    found: bytes | None = read_wraps(bid.sealed.wraps).wraps[pair]
    for identity in layers:
        assert found is not None
        found = peel({"one": found}, identity)["one"]
    assert found is not None
    return found


def opened(
    bid: SealedBid, *, identity: bytes | None = None, stored: tuple[bytes, ...] | None = None, **instead: object
) -> Package:
    """The opened package, with something of it exchanged for `instead`."""
    known: dict[str, object] = {
        "package": bid.sealed.package,
        "where": bid.envelope,
        "index": bid.sealed.index,
        "parts": bid.sealed.parts,
        **instead,
    }
    return open_package(
        known["package"],  # type: ignore[arg-type]
        known["where"],  # type: ignore[arg-type]
        identity=key_of(bid) if identity is None else identity,
        index=known["index"],  # type: ignore[arg-type]
        parts=known["parts"],  # type: ignore[arg-type]
        stored=[in_memory(each) for each in (bid.stored if stored is None else stored)],
        scratch=io.BytesIO(),
    )
