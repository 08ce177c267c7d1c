"""The wraps of a bid's key: one for each pair of holders in each order, inside the server's time layer.

`age_server(age_first(age_last(key)))`. The server peels its layer once the box is closed, the first of the two peels
theirs, the last one gets the key. age tells when a wrap was changed, but not whose bid it belongs to: that the key
which comes out is the manifest's is for the opener to check (sealing.md 3.6, `opened.py`).

Every wrap has the one shape of `age_file`, as the browser's have: nobody can tell by it which are real (INV-02).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import pyrage

from rodatraden.core.canonical import NotCanonicalError, canonical_json, read_canonical
from rodatraden.core.message import say
from rodatraden.core.sealing.age_file import seal_to
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.holders import Holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rodatraden.core.sealing.holders import HolderList, Pair

FORMAT = "rodatraden-wraps-1"
LONGEST = 512 * 1024
LONGEST_WRAP = 2048
"""Three layers of age are 674 bytes, and up to 300 more for each layer whose maker adds a stanza drawn by chance."""
LONGEST_OWN = 2048

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Wraps:
    """The wraps of one package: whose it is, the public half of its key, and the key wrapped for each ordered pair.

    `own` is the key wrapped for the bidder, in a form of the bidder's choice; empty when the bidder wanted none.
    """

    tender: UUID
    bid: UUID
    holds: Holds
    recipient: str
    holders_sha256: str
    wraps: Mapping[Pair, bytes]
    own: bytes = b""

    def canonical(self) -> bytes:
        """Return the wraps as the bytes that are sent and hashed."""
        return canonical_json(
            {
                "format": FORMAT,
                "tender": self.tender,
                "bid": self.bid,
                "holds": str(self.holds),
                "recipient": self.recipient,
                "holders_sha256": self.holders_sha256,
                "wraps": [{"pair": list(pair), "age": _as_text(sealed)} for pair, sealed in self.wraps.items()],
                "own": _as_text(self.own),
            }
        )


def wrap(identity: str, *, holders: HolderList, bid: UUID, holds: Holds, own_recipient: str | None = None) -> Wraps:
    """Return the key `identity` (AGE-SECRET-KEY-1…) of one package, wrapped for every allowed pair and for the bidder.

    Raises:
        PackageError: the list has no time layer for what the package holds, or the bidder's own key is no age key.
    """
    layer = holders.layers.get(holds)
    if layer is None:
        raise PackageError(PackageFault.HOLDERS, say("The documents fix the price: there is none to seal."))
    key = pyrage.x25519.Identity.from_str(identity)
    secret = identity.encode()
    return Wraps(
        tender=holders.tender,
        bid=bid,
        holds=holds,
        recipient=str(key.to_public()),
        holders_sha256=holders.sha256,
        wraps={
            (first, last): seal_to(
                layer, seal_to(holders.recipient_of(first), seal_to(holders.recipient_of(last), secret))
            )
            for first, last in holders.ordered_pairs
        },
        own=seal_to(own_recipient, secret) if own_recipient else b"",
    )


def decoy(holders: HolderList, first: UUID) -> dict[Pair, bytes]:
    """Return what the first holder of a bid gets that is nobody's: a key made for nothing, without the server's layer."""
    nobody = str(pyrage.x25519.Identity.generate()).encode()
    return {
        pair: seal_to(holders.recipient_of(first), seal_to(holders.recipient_of(pair[1]), nobody))
        for pair in holders.ordered_pairs
        if pair[0] == first
    }


def read_wraps(data: bytes) -> Wraps:
    """Return the wraps that their canonical bytes say; whether they can be opened shows only at the opening.

    Raises:
        PackageError: the bytes are no wraps, or more than they may be.
    """
    if len(data) > LONGEST:
        raise _unreadable()
    try:
        match read_canonical(data):
            case {
                "format": str(form),
                "tender": str(tender),
                "bid": str(bid),
                "holds": str(holds),
                "recipient": str(recipient),
                "holders_sha256": str(holders),
                "wraps": list(rows),
                "own": str(own),
                **rest,
            } if form == FORMAT and not rest:
                wraps = dict(_row(row) for row in rows)
                if len(wraps) < len(rows):
                    raise _unreadable()
                return Wraps(
                    UUID(tender), UUID(bid), Holds(holds), recipient, holders, wraps, _as_bytes(own, LONGEST_OWN)
                )
    except (NotCanonicalError, ValueError) as error:
        raise _unreadable() from error
    raise _unreadable()


def check_wraps(wraps: Wraps, holders: HolderList) -> None:
    """Refuse wraps that are not made for this list: every allowed pair in both orders, and none else.

    Raises:
        PackageError: they follow another list, or a pair is missing or too many.
    """
    if wraps.holders_sha256 != holders.sha256 or wraps.tender != holders.tender:
        reason = say("The bid was sealed to another list of who holds the keys. Load the page again, and seal it anew.")
        raise PackageError(PackageFault.HOLDERS, reason)
    if tuple(wraps.wraps) != holders.ordered_pairs:
        raise PackageError(PackageFault.WRAPS, say("The bid's key is not wrapped for everybody who may open together."))


def peel(sealed: Mapping[K, bytes], identity: str) -> dict[K, bytes | None]:
    """Take one layer off each; None for what this identity cannot open, so that one bad wrap never stops the others.

    Only keys are tried, never a passphrase: a bid could otherwise make the opener work for minutes.
    """
    holder = pyrage.x25519.Identity.from_str(identity)
    return {name: _opened(each, holder) for name, each in sealed.items()}


def _opened(sealed: bytes, holder: pyrage.x25519.Identity) -> bytes | None:
    try:
        return bytes(pyrage.decrypt(sealed, [holder]))
    except pyrage.DecryptError:
        return None


def _unreadable() -> PackageError:
    return PackageError(PackageFault.WRAPS, say("The bid's wrapped keys cannot be read."))


def _row(value: object) -> tuple[Pair, bytes]:
    match value:
        case {"pair": [str(first), str(last)], "age": str(sealed), **rest} if not rest:
            return (UUID(first), UUID(last)), _as_bytes(sealed, LONGEST_WRAP)
    raise _unreadable()


def _as_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _as_bytes(text: str, longest: int) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise _unreadable() from error
    if len(data) > longest or _as_text(data) != text:
        raise _unreadable()
    return data
