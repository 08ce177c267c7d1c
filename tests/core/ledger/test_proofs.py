"""Proofs out of the tree: the RFC's own recursive definitions as oracle, and every wrong proof refused."""

from __future__ import annotations

import contextlib
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.ledger import (
    TILE,
    Head,
    Unproven,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    root_hash,
    root_reader,
    tile_root,
)
from rodatraden.core.ledger.offline import require_growth, root_by_path

LEAVES = [leaf_hash(str(number).encode()) for number in range(3 * TILE + 77)]


def block(level: int, number: int) -> list[str]:
    """What is kept: all leaves, and at each level above the roots of its whole tiles."""
    below = LEAVES if level == 0 else TILES
    return below[number * TILE : (number + 1) * TILE]


TILES = [tile_root(LEAVES[number * TILE : (number + 1) * TILE]) for number in range(len(LEAVES) // TILE)]
ROOT = root_reader(block)


def mth(leaves: list[str]) -> bytes:
    """MTH of RFC 6962 §2.1, as it is written there."""
    if len(leaves) == 1:
        return bytes.fromhex(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[str]) -> list[str]:
    """PATH of RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:]).hex()]
    return [*path(m - k, leaves[k:]), mth(leaves[:k]).hex()]


def subproof(m: int, leaves: list[str], *, whole: bool) -> list[str]:
    """SUBPROOF of RFC 6962 §2.1.2."""
    if m == len(leaves):
        return [] if whole else [mth(leaves).hex()]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:]).hex()]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k]).hex()]


sizes = st.one_of(st.integers(1, 70), st.sampled_from([TILE - 1, TILE, TILE + 1, 2 * TILE, 2 * TILE + 1, len(LEAVES)]))
places = sizes.flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))


@given(places)
def test_a_path_is_that_of_the_rfc_and_leads_to_the_root(place):
    index, size = place
    proof = [ROOT(span) for span in inclusion_spans(index, size)]
    assert proof == path(index, LEAVES[:size])
    assert root_by_path(LEAVES[index], index, size, proof) == root_hash(LEAVES[:size]) == ROOT((0, size))


@given(places, st.data())
def test_no_other_entry_place_or_path_leads_to_the_root(place, data):
    index, size = place
    root = root_hash(LEAVES[:size])
    proof = [ROOT(span) for span in inclusion_spans(index, size)]
    wrong = data.draw(
        st.one_of(
            st.just((LEAVES[index - 1], index, size, proof)),
            st.integers(-1, size + 1).filter(lambda at: at != index).map(lambda at: (LEAVES[index], at, size, proof)),
            st.just((LEAVES[index], index, size, [*proof, LEAVES[0]])),
            *([st.just((LEAVES[index], index, size, proof[:-1]))] if proof else []),
            *([st.just((LEAVES[index], index, size, [*proof[1:], LEAVES[5]]))] if proof else []),
        )
    )
    with contextlib.suppress(Unproven):
        assert root_by_path(*wrong) != root


@given(places)
def test_growth_is_proved_as_the_rfc_says(place):
    first, size = place
    proof = [ROOT(span) for span in consistency_spans(first, size)]
    earlier, later = Head(first, root_hash(LEAVES[:first])), Head(size, root_hash(LEAVES[:size]))
    assert proof == (subproof(first, LEAVES[:size], whole=True) if first else [])
    require_growth(earlier, later, proof)


@settings(max_examples=200)
@given(sizes.filter(lambda size: size > 1), st.data())
def test_a_log_written_anew_rolled_back_or_badly_proved_does_not_grow(size, data):
    first = data.draw(st.integers(1, size - 1))
    proof = [ROOT(span) for span in consistency_spans(first, size)]
    earlier, later = Head(first, root_hash(LEAVES[:first])), Head(size, root_hash(LEAVES[:size]))
    altered = data.draw(st.integers(0, first - 1))
    anew = [*LEAVES[:altered], leaf_hash(b"anew"), *LEAVES[altered + 1 : size]]
    for wrong in (
        (later, earlier, proof),
        (Head(first, root_hash(anew[:first])), later, proof),
        (earlier, Head(size, root_hash(anew)), proof),
        (earlier, later, proof[:-1]),
        (earlier, later, [*proof, LEAVES[0]]),
        (earlier, Head(first, later.root), []),
    ):
        with pytest.raises(Unproven):
            require_growth(*wrong)


@pytest.mark.parametrize("place", [(0, 0), (-1, 5), (5, 5)])
def test_there_is_no_path_to_what_is_not_there(place):
    with pytest.raises(ValueError, match="No entry"):
        inclusion_spans(*place)


@pytest.mark.parametrize("sizes", [(2, 1), (-1, 1)])
def test_a_log_grows_from_no_longer_one(sizes):
    with pytest.raises(ValueError, match="does not grow"):
        consistency_spans(*sizes)


def test_a_tile_is_whole():
    with pytest.raises(ValueError, match="256 leaves, not 255"):
        tile_root(LEAVES[:255])


@given(places, st.integers(0, 3))
def test_tiles_that_nobody_has_written_down_yet_are_computed(place, kept):
    index, size = place
    root = root_reader(lambda level, number: block(level, number) if level == 0 else TILES[:kept])
    assert [root(span) for span in inclusion_spans(index, size)] == path(index, LEAVES[:size])


def test_a_log_of_tiles_of_tiles_is_proved_by_few_blocks_each_read_once(monkeypatch):
    """As true of tiles of 4: for a head and a proof a block at each level where the entry lies, and one where the log ends."""
    monkeypatch.setattr("rodatraden.core.ledger.tree.TILE", 4)
    leaves, read = LEAVES[:700], []
    kept = [leaves]
    while len(kept[-1]) >= 4:
        kept.append([root_hash(kept[-1][at : at + 4]) for at in range(0, len(kept[-1]) - 3, 4)])

    def block(level: int, number: int) -> list[str]:
        read.append((level, number))
        return kept[level][number * 4 : number * 4 + 4]

    for index in (0, 300, 650, 699):
        read.clear()
        root = root_reader(block)
        assert [root(span) for span in inclusion_spans(index, 700)] == path(index, leaves)
        assert root((0, 700)) == root_hash(leaves)
        assert len(read) == len(set(read)) <= 2 * len(kept)
