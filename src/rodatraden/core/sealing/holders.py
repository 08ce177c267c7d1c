"""Who holds the keys to a tender's bids: the list that is frozen with the documents and hashed in the log.

A bid is sealed to every ordered pair of holders that may open together, inside the server's time layer. The order is
only that in which the two unlock: both orders of a pair are there, so that whoever is first at the screen can begin.
No holder can open alone, and whichever one is lost, a pair remains (INV-03; docs/rules/sealing.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING
from uuid import UUID

from rodatraden.core.canonical import NotCanonicalError, canonical_json, read_canonical, sha256_hex
from rodatraden.core.message import say
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.identity import is_recipient

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rodatraden.core.message import Message

FORMAT = "rodatraden-holders-1"
FEWEST = 3
"""With two, the loss of one would be the loss of every bid."""
MOST = 12
"""132 ordered pairs: some 120 kB of wraps, and still a list that a person can read."""
LONGEST = 16 * 1024
LONGEST_HOLDER_NAME = 150

Pair = tuple[UUID, UUID]


class Holds(StrEnum):
    """What a package holds: the bid, or its price alone, which nobody opens before the quality is locked (INV-13)."""

    BID = "bid"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who takes part in opening: `key` names the opening key, `recipient` is its public half (age1…)."""

    key: UUID
    name: str
    recipient: str


@dataclass(frozen=True, slots=True)
class HolderList:
    """The holders of one tender, the pairs that may open together, and the server's time layer for each package.

    `pairs` names each pair once, in the order of `holders`. A tender whose documents fix the price has no layer for it.
    """

    tender: UUID
    holders: tuple[Holder, ...]
    pairs: tuple[Pair, ...]
    layers: Mapping[Holds, str]

    def __post_init__(self) -> None:
        problem = _problem(self)
        if problem:
            raise PackageError(PackageFault.HOLDERS, problem)

    def canonical(self) -> bytes:
        """Return the list as the bytes that are published and hashed."""
        return canonical_json(
            {
                "format": FORMAT,
                "tender": self.tender,
                "holders": [{"key": each.key, "name": each.name, "recipient": each.recipient} for each in self.holders],
                "pairs": [list(pair) for pair in self.pairs],
                "layers": {str(holds): recipient for holds, recipient in self.layers.items()},
            }
        )

    @property
    def sha256(self) -> str:
        """The hash that names the list."""
        return sha256_hex(self.canonical())

    @property
    def ordered_pairs(self) -> tuple[Pair, ...]:
        """Every allowed pair in both orders: who unlocks first, then who unlocks last."""
        return tuple(ordered for one, other in self.pairs for ordered in ((one, other), (other, one)))

    def recipient_of(self, key: UUID) -> str:
        """Return the public half of a holder's key.

        Raises:
            KeyError: no holder in the list has that key.
        """
        return {each.key: each.recipient for each in self.holders}[key]


def every_pair(holders: Sequence[Holder], *, never_together: Iterable[Pair] = ()) -> tuple[Pair, ...]:
    """Return all pairs of `holders` but those that may not open together, each once, in the order of `holders`."""
    refused = {frozenset(pair) for pair in never_together}
    keys = [each.key for each in holders]
    return tuple(pair for pair in combinations(keys, 2) if frozenset(pair) not in refused)


def read_holders(data: bytes) -> HolderList:
    """Return the list that its canonical bytes say.

    Raises:
        PackageError: the bytes are no holder list, or one by which somebody could open alone or a loss would be final.
    """
    if len(data) > LONGEST:
        raise _unreadable()
    try:
        match read_canonical(data):
            case {
                "format": str(form),
                "tender": str(tender),
                "holders": list(holders),
                "pairs": list(pairs),
                "layers": dict(layers),
                **rest,
            } if form == FORMAT and not rest:
                found = HolderList(
                    UUID(tender),
                    tuple(_holder(each) for each in holders),
                    tuple(_pair(each) for each in pairs),
                    {Holds(name): str(recipient) for name, recipient in layers.items()},
                )
                if found.canonical() == data:
                    return found
    except PackageError:
        raise
    except (NotCanonicalError, ValueError) as error:
        raise _unreadable() from error
    raise _unreadable()


def _unreadable() -> PackageError:
    return PackageError(PackageFault.HOLDERS, say("This is not a list of who holds the keys."))


def _holder(value: object) -> Holder:
    match value:
        case {"key": str(key), "name": str(name), "recipient": str(recipient), **rest} if not rest:
            return Holder(UUID(key), name, recipient)
    raise _unreadable()


def _pair(value: object) -> Pair:
    match value:
        case [str(one), str(other)]:
            return UUID(one), UUID(other)
    raise _unreadable()


def _problem(holders: HolderList) -> Message | None:
    return _key_problem(holders) or _pair_problem(holders)


def _key_problem(holders: HolderList) -> Message | None:
    keys = [each.key for each in holders.holders]
    recipients = [each.recipient for each in holders.holders] + list(holders.layers.values())
    if not FEWEST <= len(keys) <= MOST:
        return say(
            "Between {fewest} and {most} people hold the keys to the bids. Here there are {count}.",
            fewest=FEWEST,
            most=MOST,
            count=len(keys),
        )
    if len(set(keys)) < len(keys) or len(set(recipients)) < len(recipients):
        return say("The same key stands twice in the list of who holds the keys.")
    if Holds.BID not in holders.layers or not all(is_recipient(each) for each in recipients):
        return say("A key in the list of who holds the keys is not a public age key.")
    if any(len(each.name) > LONGEST_HOLDER_NAME or not each.name.isprintable() for each in holders.holders):
        return say("A name in the list of who holds the keys is too long, or holds signs that don't show.")
    return None


def _pair_problem(holders: HolderList) -> Message | None:
    keys = [each.key for each in holders.holders]
    if list(holders.pairs) != [pair for pair in combinations(keys, 2) if pair in set(holders.pairs)]:
        return say("A pair in the list of who holds the keys is unknown, stands twice or is in the wrong order.")
    for holder in holders.holders:
        if all(holder.key in pair for pair in holders.pairs):
            return say(
                "If {name} were lost, nobody could open the bids. Let more pairs open together.", name=holder.name
            )
    return None
