"""What goes back and forth when two holders unlock: the wraps of every bid at once, one layer less for each of them.

The server hands out a sheet with what one holder is to peel; the holder's browser, or the command line, hands back the
same sheet with what came out. Nobody but that holder can read a line of it, and what cannot be opened is left out: one
bad wrap never stops the others.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from rodatraden.core.canonical import NotCanonicalError, canonical_json, read_canonical
from rodatraden.core.message import say
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.wraps import LONGEST_WRAP, peel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rodatraden.core.sealing.holders import Pair

FORMAT = "rodatraden-peel-1"
LONGEST = 64 * 1024 * 1024
"""5,000 bids to twelve holders."""

Line = tuple[UUID, "Pair"]
"""Which bid, and which pair in its order."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The wraps that the holder `key` peels, or has peeled: of each bid one for each pair that the holder begins or ends."""

    tender: UUID
    holds: Holds
    key: UUID
    wraps: Mapping[Line, bytes]

    def canonical(self) -> bytes:
        """Return the sheet as the bytes that are sent."""
        return canonical_json(
            {
                "format": FORMAT,
                "tender": self.tender,
                "holds": str(self.holds),
                "key": self.key,
                "wraps": [
                    {"bid": bid, "pair": list(pair), "age": base64.b64encode(data).decode()}
                    for (bid, pair), data in self.wraps.items()
                ],
            }
        )


def read_sheet(data: bytes) -> Sheet:
    """Return the sheet that its canonical bytes say.

    Raises:
        PackageError: the bytes are no sheet.
    """
    if len(data) > LONGEST:
        raise _unreadable()
    try:
        match read_canonical(data):
            case {
                "format": str(form),
                "tender": str(tender),
                "holds": str(holds),
                "key": str(key),
                "wraps": list(rows),
                **rest,
            } if form == FORMAT and not rest:
                found = Sheet(UUID(tender), Holds(holds), UUID(key), dict(_line(row) for row in rows))
                if found.canonical() == data:
                    return found
    except (NotCanonicalError, ValueError) as error:
        raise _unreadable() from error
    raise _unreadable()


def peel_sheet(sheet: Sheet, identity: str) -> Sheet:
    """Return the sheet with one layer less on every line that `identity` opens, and without the others.

    Raises:
        PackageError: the identity opens no line of it, though there are some: it is not that holder's.
    """
    opened = {line: plain for line, plain in peel(sheet.wraps, identity).items() if plain is not None}
    if sheet.wraps and not opened:
        raise PackageError(
            PackageFault.IDENTITY, say("This key opens nothing here. Use the key that the page asks for.")
        )
    return replace(sheet, wraps=opened)


def _line(value: object) -> tuple[Line, bytes]:
    match value:
        case {"bid": str(bid), "pair": [str(first), str(last)], "age": str(text), **rest} if not rest:
            try:
                data = base64.b64decode(text, validate=True)
            except binascii.Error as error:
                raise _unreadable() from error
            if len(data) <= LONGEST_WRAP:
                return (UUID(bid), (UUID(first), UUID(last))), data
    raise _unreadable()


def _unreadable() -> PackageError:
    return PackageError(PackageFault.WRAPS, say("The sheet with the keys to unlock cannot be read."))
