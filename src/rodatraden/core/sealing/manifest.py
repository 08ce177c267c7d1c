"""The manifest: the small plain text that hands in a bid whose parts are there already.

It names what was sealed by hash alone, so that it is short whatever the bid's size: its arrival is the bid's arrival.
What it holds is known to the server; nothing of the bid is in it (docs/rules/sealing.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from rodatraden.core.canonical import NotCanonicalError, canonical_hash, canonical_json, read_canonical, sha256_hex
from rodatraden.core.message import say
from rodatraden.core.sealing.contents import (
    PART,
    PackageError,
    PackageFault,
)
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.parts import MOST_PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "rodatraden-manifest-1"
LONGEST = 16 * 1024
"""Longer ones were stamped late in the measurements, since the client waits before it sends the last bytes (sealing.md 4)."""
LONGEST_MADE_WITH = 100

_HASH = re.compile(r"[0-9a-f]{64}")
_AGE_RECIPIENT = re.compile(r"age1[0-9a-z]{58}")


@dataclass(frozen=True, slots=True)
class SealedPackage:
    """One package as the manifest names it: the key's public half, the hashes of wraps and index, and of the list of parts."""

    recipient: str
    wraps_sha256: str
    index_sha256: str
    parts_count: int
    parts_sha256: str

    @property
    def sha256(self) -> str:
        """The hash that names the package in the log and in the receipt."""
        return canonical_hash(_written(self))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is handed in. `bid` names this version of the bid, and `replaces` the one before it.

    `documents_sha256` names the version of the procurement documents that the bid answers. `made_with` names the program that wrote the manifest, by its published hash; `sealed_at` is the bidder's own clock, which
    decides nothing.
    """

    tender: UUID
    bid: UUID
    documents_sha256: str
    holders_sha256: str
    packages: Mapping[Holds, SealedPackage]
    made_with: str
    sealed_at: datetime
    replaces: UUID | None = None

    def canonical(self) -> bytes:
        """Return the manifest as the bytes that are sent, hashed and named in the receipt."""
        return canonical_json(
            {
                "format": FORMAT,
                "tender": self.tender,
                "bid": self.bid,
                "documents_sha256": self.documents_sha256,
                "holders_sha256": self.holders_sha256,
                "packages": {str(holds): _written(package) for holds, package in self.packages.items()},
                "part_size": PART,
                "made_with": self.made_with,
                "sealed_at": self.sealed_at,
                "replaces": self.replaces,
            }
        )

    @property
    def sha256(self) -> str:
        """The hash that names the manifest."""
        return sha256_hex(self.canonical())


def read_manifest(data: bytes) -> Manifest:
    """Return the manifest that its canonical bytes say.

    Raises:
        PackageError: the bytes are no manifest, or more than 16 kB.
    """
    if len(data) > LONGEST:
        raise unreadable()
    try:
        match read_canonical(data):
            case {
                "format": str(form),
                "tender": str(tender),
                "bid": str(bid),
                "documents_sha256": str(documents),
                "holders_sha256": str(holders),
                "packages": dict(packages),
                "part_size": int(part_size),
                "made_with": str(made_with),
                "sealed_at": str(sealed_at),
                "replaces": None | str() as replaces,
                **rest,
            } if (form, part_size) == (FORMAT, PART) and not rest and len(made_with) <= LONGEST_MADE_WITH:
                manifest = Manifest(
                    UUID(tender),
                    UUID(bid),
                    _hash(documents),
                    _hash(holders),
                    {Holds(name): _package(each) for name, each in packages.items()},
                    made_with,
                    datetime.fromisoformat(sealed_at).astimezone(UTC),
                    UUID(replaces) if replaces else None,
                )
                if Holds.BID in manifest.packages and manifest.canonical() == data:
                    return manifest
    except (NotCanonicalError, ValueError, OverflowError) as error:
        raise unreadable() from error
    raise unreadable()


def unreadable() -> PackageError:
    """Return the error of what should hand in a bid and can't be read."""
    return PackageError(PackageFault.MANIFEST, say("What hands in the bid cannot be read."))


def _written(package: SealedPackage) -> dict[str, object]:
    return {
        "recipient": package.recipient,
        "wraps_sha256": package.wraps_sha256,
        "index_sha256": package.index_sha256,
        "parts_count": package.parts_count,
        "parts_sha256": package.parts_sha256,
    }


def _package(value: object) -> SealedPackage:
    match value:
        case {
            "recipient": str(recipient),
            "wraps_sha256": str(wraps),
            "index_sha256": str(index),
            "parts_count": int(count),
            "parts_sha256": str(parts),
            **rest,
        } if not rest and 0 <= count <= MOST_PARTS and _AGE_RECIPIENT.fullmatch(recipient):
            return SealedPackage(recipient, _hash(wraps), _hash(index), count, _hash(parts))
    raise unreadable()


def _hash(text: str) -> str:
    if not _HASH.fullmatch(text):
        raise unreadable()
    return text
