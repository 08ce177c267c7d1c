from dataclasses import replace
from itertools import permutations
from random import Random
from uuid import uuid4

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.sealing.bid import is_key_of
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.wraps import Wraps, check_wraps, peel, read_wraps, wrap
from tests.core.sealing.given import BID, key_of, keys, sealed, three_files

KEY = pyrage.x25519.Identity.generate()


def wraps_of(holds: Holds = Holds.BID, *, own: str | None = None) -> Wraps:
    return wrap(str(KEY), holders=keys().holders, bid=BID, holds=holds, own_recipient=own)


def without_layer(wraps: Wraps) -> dict:
    return peel(wraps.wraps, keys().layers[wraps.holds])


def test_every_allowed_pair_opens_in_either_order():
    wraps = wraps_of()
    private, outer = keys().private, without_layer(wraps)
    for first, last in permutations(private, 2):
        inner = peel({"one": outer[first, last]}, private[first])["one"]
        assert peel({"one": inner}, private[last])["one"] == str(KEY).encode()


def test_no_holder_alone_opens_anything_even_when_the_server_has_peeled():
    private, outer = keys().private, without_layer(wraps_of())
    for identity in private.values():
        inner = {pair: each for pair, each in peel(outer, identity).items() if each is not None}
        assert set(peel(inner, identity).values()) == {None}
        assert not any(str(KEY).encode() in each for each in inner.values())


def test_two_holders_together_open_nothing_before_the_server_peels():
    wraps, private = wraps_of(), keys().private
    for identity in private.values():
        assert set(peel(wraps.wraps, identity).values()) == {None}


def test_the_price_has_a_time_layer_of_its_own():
    assert set(peel(wraps_of(Holds.PRICE).wraps, keys().layers[Holds.BID]).values()) == {None}


def test_who_is_last_cannot_begin():
    outer = without_layer(wraps_of())
    for (_, last), each in outer.items():
        assert peel({"one": each}, keys().private[last]) == {"one": None}


def test_the_bidder_opens_with_its_own_key():
    mine = pyrage.x25519.Identity.generate()
    wraps = wraps_of(own=str(mine.to_public()))
    assert peel({"own": wraps.own}, str(mine)) == {"own": str(KEY).encode()}
    assert wraps_of().own == b""


def test_one_bad_wrap_never_stops_the_others():
    wraps = wraps_of()
    bad = list(wraps.wraps)[5]
    junk = dict(wraps.wraps) | {bad: b"age-encryption.org/v1\njunk"}
    assert [pair for pair, each in peel(junk, keys().layers[Holds.BID]).items() if each is None] == [bad]


def test_a_passphrase_file_sent_as_a_wrap_is_refused_without_trying_a_passphrase():
    salt, body = "A" * 22, "A" * 43
    endless = f"age-encryption.org/v1\n-> scrypt {salt} 40\n{body}\n--- {body}\n".encode() + bytes(100)
    assert peel({"one": endless}, str(KEY)) == {"one": None}, "2**40 rounds would never end"


def test_2000_flipped_bits_and_every_shortened_wrap_are_refused():
    pair, whole = next(iter(wraps_of().wraps.items()))
    layer, draw = keys().layers[Holds.BID], Random(20260504)
    assert peel({pair: whole}, layer)[pair] is not None
    flipped = {}
    for bit in draw.sample(range(len(whole) * 8), 2000):
        data = bytearray(whole)
        data[bit // 8] ^= 1 << (bit % 8)
        flipped[bit] = bytes(data)
    assert set(peel(flipped, layer).values()) == {None}
    assert set(peel({n: whole[:n] for n in range(0, len(whole), 9)}, layer).values()) == {None}


def test_wraps_of_two_bids_that_changed_places_open_but_are_not_the_key_of_the_manifest():
    one, other = three_files(), sealed(bid=uuid4())
    assert is_key_of(one.sealed.package, key_of(one))
    assert not is_key_of(one.sealed.package, key_of(other))
    for junk in (b"", b"AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1Å".encode(), b"\xff" * 74):
        assert not is_key_of(one.sealed.package, junk)


def test_wraps_are_read_back_as_they_were_written():
    wraps = wraps_of(own=str(KEY.to_public()))
    assert read_wraps(wraps.canonical()) == wraps


def test_wraps_for_another_list_or_with_a_pair_missing_are_refused():
    wraps, holders = wraps_of(), keys().holders
    check_wraps(wraps, holders)
    for changed, fault in (
        (replace(wraps, holders_sha256="0" * 64), PackageFault.HOLDERS),
        (replace(wraps, tender=uuid4()), PackageFault.HOLDERS),
        (replace(wraps, wraps=dict(list(wraps.wraps.items())[1:])), PackageFault.WRAPS),
        (replace(wraps, wraps={**wraps.wraps, (uuid4(), uuid4()): b"x"}), PackageFault.WRAPS),
        (replace(wraps, wraps=dict(reversed(wraps.wraps.items()))), PackageFault.WRAPS),
    ):
        with pytest.raises(PackageError) as error:
            check_wraps(changed, holders)
        assert error.value.fault == fault


def test_wraps_longer_than_they_are_made_twice_or_not_base64_are_refused():
    wraps = wraps_of()
    pair = next(iter(wraps.wraps))
    whole = wraps.canonical()
    long = replace(wraps, wraps={pair: b"x" * 2049}).canonical()
    first = whole[whole.index(b'"wraps":[{') + 9 : whole.index(b"},{") + 1]
    twice = whole.replace(first, first + b"," + first, 1)
    spaced = whole.replace(b'"own":""', b'"own":" "')
    for changed in (long, twice, spaced, replace(wraps, own=b"x" * 2049).canonical(), whole[:-1], b"{}", b"[]"):
        with pytest.raises(PackageError) as error:
            read_wraps(changed)
        assert error.value.fault == PackageFault.WRAPS


def test_a_fixed_price_has_nothing_to_seal():
    holders = replace(keys().holders, layers={Holds.BID: keys().holders.layers[Holds.BID]})
    with pytest.raises(PackageError, match="fix the price"):
        wrap(str(KEY), holders=holders, bid=BID, holds=Holds.PRICE)


def test_an_own_key_that_is_none_is_told_apart():
    with pytest.raises(PackageError) as error:
        wraps_of(own="age1qqqq")
    assert error.value.fault == PackageFault.RECIPIENT


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_wraps_or_refused(data):
    with pytest.raises(PackageError):
        read_wraps(data)
