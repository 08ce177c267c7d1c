from dataclasses import replace
from uuid import uuid4

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.holders import Holder, Holds, every_pair, read_holders
from tests.core.sealing.given import TENDER, keys


def fault(data: bytes) -> PackageFault:
    with pytest.raises(PackageError) as error:
        read_holders(data)
    return error.value.fault


def said(**changed: object) -> str:
    with pytest.raises(PackageError) as error:
        replace(keys().holders, **changed)  # type: ignore[arg-type]
    assert error.value.fault == PackageFault.HOLDERS
    return str(error.value.reason)


def test_a_list_is_read_back_as_it_was_written():
    holders = keys().holders
    again = read_holders(holders.canonical())
    assert again == holders
    assert again.sha256 == holders.sha256


def test_every_pair_stands_in_both_orders():
    holders = keys(3).holders
    a, b, c = (each.key for each in holders.holders)
    assert holders.ordered_pairs == ((a, b), (b, a), (a, c), (c, a), (b, c), (c, b))


def test_two_who_may_not_open_together_are_no_pair():
    people = keys().holders.holders
    apart = (people[3].key, people[0].key)
    pairs = every_pair(people, never_together=[apart])
    assert len(pairs) == 5
    assert not [pair for pair in pairs if set(pair) == set(apart)]


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 12), st.data())
def test_whichever_holder_is_lost_a_pair_remains(count, data):
    holders = keys(count).holders
    lost = data.draw(st.sampled_from(holders.holders))
    assert [pair for pair in holders.pairs if lost.key not in pair]


def test_a_list_with_a_holder_that_nobody_can_do_without_is_refused():
    people = keys().holders.holders
    needed = people[1]
    assert needed.name in said(pairs=tuple(pair for pair in every_pair(people) if needed.key in pair))


@pytest.mark.parametrize("count", [2, 13])
def test_too_few_and_too_many_holders_are_refused(count):
    people = tuple(Holder(uuid4(), "N", str(pyrage.x25519.Identity.generate().to_public())) for _ in range(count))
    assert str(count) in said(holders=people, pairs=every_pair(people))


def test_one_key_twice_is_refused_as_holder_and_as_time_layer():
    people = keys().holders.holders
    twice = (*people[:3], replace(people[3], recipient=people[0].recipient))
    assert "twice" in said(holders=twice, pairs=every_pair(twice))
    assert "twice" in said(layers={Holds.BID: people[0].recipient})


def test_what_is_no_key_and_a_list_without_a_time_layer_are_refused():
    people = keys().holders.holders
    assert "public age key" in said(layers={})
    assert "public age key" in said(layers={Holds.BID: "age1" + "q" * 58})
    assert "public age key" in said(holders=(*people[:3], replace(people[3], recipient=str(uuid4()))))


def test_pairs_in_another_order_twice_or_unknown_are_refused():
    holders = keys().holders
    one, *rest = holders.pairs
    for pairs in ((*rest, one), (one, *holders.pairs), ((one[1], one[0]), *rest), ((one[0], uuid4()), *rest)):
        assert "pair" in said(pairs=pairs)


def test_names_that_dont_show_are_refused():
    people = keys().holders.holders
    for name in ("a\nb", "\u202etorP", "x" * 151):
        assert "name" in said(holders=(*people[:3], replace(people[3], name=name)))


def test_another_format_more_than_there_should_be_and_too_much_are_refused():
    holders = keys().holders
    as_read = {
        "format": "rodatraden-holders-1",
        "tender": TENDER,
        "holders": [{"key": each.key, "name": each.name, "recipient": each.recipient} for each in holders.holders],
        "pairs": [list(pair) for pair in holders.pairs],
        "layers": {str(holds): each for holds, each in holders.layers.items()},
    }
    assert read_holders(canonical_json(as_read)) == holders
    for changed in (
        {"format": "rodatraden-holders-2"},
        {"more": 1},
        {"layers": {"bid": holders.layers[Holds.BID], "witness": holders.layers[Holds.PRICE]}},
        {"holders": []},
        {"pairs": [["a", "b"]]},
        {"tender": "1"},
    ):
        assert fault(canonical_json(as_read | changed)) == PackageFault.HOLDERS
    assert fault(canonical_json(as_read) + b" ") == PackageFault.HOLDERS
    assert fault(b'{"a":"' + b"x" * 20_000 + b'"}') == PackageFault.HOLDERS


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_list_or_refused(data):
    assert fault(data) == PackageFault.HOLDERS
