"""The seal against those who hold a part of what opens it, and against changed bits: 100 % as promised (INV-01, INV-03).

For every number of holders that a list can have, with the file contents drawn by chance; `--nightly` flips 2,000 bits of
each kind, the short form some hundred.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING
from uuid import uuid4

import pyrage
import pytest

from rodatraden.core.canonical import sha256_hex
from rodatraden.core.sealing import NewFile, PackageError
from rodatraden.core.sealing.bid import Envelope, Sealed, check_stored, open_package, seal_package
from rodatraden.core.sealing.holders import MOST, Holder, HolderList, Holds, every_pair
from rodatraden.core.sealing.manifest import Manifest, read_manifest
from rodatraden.core.sealing.wraps import check_wraps, peel, read_wraps
from tests.core.sealing.given import CONTENT, TENDER, in_memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from random import Random
    from uuid import UUID

    from rodatraden.core.sealing.holders import Pair

SECRET = b"Elin Hagstrom 1140.50 kr " * 40
BITS, EVERY_BIT = 60, 2_000


@dataclass(frozen=True)
class Ceremony:
    """A bid sealed to some holders, with all private halves: of the holders in their order, and of the server's layer."""

    holders: HolderList
    private: Mapping[UUID, str]
    layer: str
    bid: UUID
    sealed: Sealed
    stored: tuple[bytes, ...]

    @property
    def keys(self) -> list[UUID]:
        return [holder.key for holder in self.holders.holders]

    def tried(self, wrap: bytes, secrets: Iterable[str]) -> bytes | None:
        """Peel one wrap with these private halves, in their order; None where one of them opens nothing."""
        found: bytes | None = wrap
        for secret in secrets:
            if found is None:
                return None
            found = peel({"one": found}, secret)["one"]
        return found

    @cached_property
    def wraps(self) -> Mapping[Pair, bytes]:
        return read_wraps(self.sealed.wraps).wraps

    def key_by(self, first: UUID, last: UUID) -> bytes | None:
        return self.tried(self.wraps[first, last], [self.layer, self.private[first], self.private[last]])

    def opened(self, identity: bytes, **instead) -> bytes:
        known = {"package": self.sealed.package, "index": self.sealed.index, "parts": self.sealed.parts, **instead}
        stored = known.pop("stored", self.stored)
        package = open_package(
            where=Envelope(TENDER, self.bid, Holds.BID),
            identity=identity,
            stored=[in_memory(each) for each in stored],
            scratch=io.BytesIO(),
            **known,
        )
        return package.files[0].read()


def ceremony(count: int, *, never: tuple[int, int] | None = None) -> Ceremony:
    """A bid to `count` holders, of whom two may `never` open together."""
    mine = [pyrage.x25519.Identity.generate() for _ in range(count)]
    people = tuple(Holder(uuid4(), f"Innehavare {n}", str(one.to_public())) for n, one in enumerate(mine))
    layer = {holds: pyrage.x25519.Identity.generate() for holds in Holds}
    apart = [(people[never[0]].key, people[never[1]].key)] if never else []
    holders = HolderList(
        TENDER, people, every_pair(people, never_together=apart), {h: str(one.to_public()) for h, one in layer.items()}
    )
    bid, stored = uuid4(), []
    sealed = seal_package(
        CONTENT, [NewFile.of("a", SECRET)], holders=holders, bid=bid, holds=Holds.BID, nonce=uuid4().hex,
        store=lambda _number, _part, data: stored.append(data),
    )  # fmt: skip
    private = {person.key: str(one) for person, one in zip(people, mine, strict=True)}
    return Ceremony(holders, private, str(layer[Holds.BID]), bid, sealed, tuple(stored))


@pytest.fixture
def bits(form) -> int:
    """How many bits of each kind to flip."""
    return form.times(BITS, EVERY_BIT)


def pytest_generate_tests(metafunc):
    """How many hold the keys: a few numbers in the short form, all that a list can have in the long one."""
    if "count" in metafunc.fixturenames:
        metafunc.parametrize("count", range(3, MOST + 1) if metafunc.config.getoption("nightly") else (3, 4, 6))


def test_inv_03_every_single_holder_fails_and_every_allowed_pair_opens(count):
    given = ceremony(count)
    wraps = given.wraps
    assert set(wraps) == set(permutations(given.keys, 2))
    for (
        key
    ) in given.keys:  # with the server's layer taken off, each wrap tried again and again with the one key there is
        mine = given.private[key]
        for wrap in wraps.values():
            for secrets in ([given.layer, mine], [given.layer, mine, mine], [mine, given.layer], [given.layer] * 2):
                found = given.tried(wrap, secrets)
                assert found is None or not found.startswith(b"AGE-SECRET-KEY-1")
    for first, last in permutations(given.keys, 2):
        assert (
            given.tried(wraps[first, last], [given.private[first], given.private[last]]) is None
        )  # before it is closed
        identity = given.key_by(first, last)
        assert identity is not None
        assert given.tried(wraps[first, last], [given.layer, given.private[last], given.private[first]]) is None
    assert given.opened(identity) == SECRET


def test_the_loss_of_any_one_holder_is_the_loss_of_nothing(count):
    given = ceremony(count)
    keys = {pair: given.key_by(*pair) for pair in permutations(given.keys, 2)}
    for lost in given.keys:
        left = {key for pair, key in keys.items() if lost not in pair}
        assert len(left) == 1
        assert given.opened(left.pop()) == SECRET


def test_inv_03_two_who_may_never_open_together_do_not():
    given = ceremony(4, never=(0, 1))
    wraps = given.wraps
    one, other = given.keys[:2]
    assert not {(one, other), (other, one)} & set(wraps)
    for wrap in wraps.values():
        for order in permutations([given.private[one], given.private[other]]):
            assert given.tried(wrap, [given.layer, *order]) is None


def flipped(data: bytes, chance: Random) -> bytes:
    changed = bytearray(data)
    bit = chance.randrange(len(data) * 8)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_flipped_bit_of_parts_and_index_stops_the_opening(bits, form):
    given, chance = ceremony(3), form.chance(4)
    identity = given.key_by(*given.keys[:2])
    for _ in range(bits):
        for changed in (
            {"stored": (flipped(given.stored[0], chance),)},
            {"index": flipped(given.sealed.index, chance)},
        ):
            with pytest.raises(PackageError):
                given.opened(identity, **changed)


def test_every_flipped_bit_of_the_ciphertext_itself_stops_it_though_all_hashes_are_made_anew(bits, form):
    """Whoever can write into the storage and into the manifest as well."""
    given, chance = ceremony(3), form.chance(5)
    identity = pyrage.x25519.Identity.from_str(given.key_by(*given.keys[:2]).decode())
    for data in (given.stored[0], given.sealed.index):
        for _ in range(bits):
            with pytest.raises(pyrage.DecryptError):
                pyrage.decrypt(flipped(data, chance), [identity])


def test_every_flipped_bit_of_a_wrap_opens_nothing_else(bits, form):
    """A wrap that was changed opens for nobody, whatever layer was hit; the others still open."""
    given, chance = ceremony(3), form.chance(6)
    first, last = given.keys[:2]
    good = given.wraps[first, last]
    layers = [given.layer, given.private[first], given.private[last]]
    for depth in range(3):
        reached = given.tried(good, layers[:depth])
        for _ in range(bits // 2):
            assert given.tried(flipped(reached, chance), layers[depth:]) is None
    assert given.key_by(given.keys[2], first) == given.key_by(first, last)


def test_every_flipped_bit_of_the_wraps_or_the_manifest_is_told_when_it_is_handed_in(bits, form):
    given, chance = ceremony(3), form.chance(7)
    packages = dict.fromkeys((Holds.BID,), given.sealed.package)
    at = datetime(2026, 5, 1, tzinfo=UTC)
    manifest = Manifest(TENDER, given.bid, "0" * 64, given.holders.sha256, packages, "test", at)
    whole = manifest.canonical()
    assert accepted(whole, given.sealed.wraps, given)
    for _ in range(bits):
        assert not accepted(whole, flipped(given.sealed.wraps, chance), given)
        changed = flipped(whole, chance)
        assert sha256_hex(changed) != manifest.sha256  # what the receipt names, and every opening compares
        assert not accepted(changed, given.sealed.wraps, given) or read_manifest(changed) != manifest


def accepted(manifest: bytes, wraps: bytes, given: Ceremony) -> bool:
    """Whether the server would take what was sent, by the same checks."""
    try:
        package = read_manifest(manifest).packages[Holds.BID]
        check_wraps(read_wraps(wraps), given.holders)
        check_stored(package, given.sealed.index, given.sealed.parts)
    except PackageError:
        return False
    return sha256_hex(wraps) == package.wraps_sha256 and read_wraps(wraps).recipient == package.recipient
