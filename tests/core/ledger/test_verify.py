"""Checking a log: every kind of tampering is named at the first entry that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core import ledger
from rodatraden.core.ledger import Body, Entry, Fault, Head, Tile, commitments, leaf_hash, root_hash, tile_root

START = datetime(2026, 5, 4, 11, tzinfo=UTC)


def entry(index: int, event: str = "event") -> tuple[Entry, Body]:
    salts = {part: sha256(f"{part}{index}".encode()).digest() for part in ("who", "when", "what")}
    parts = {"who": UUID(int=index), "when": START + timedelta(seconds=index), "what": {"event": event}}
    leaf = commitments(salts, parts)
    return Entry(index, leaf.text, leaf.hash, None), Body(salts, parts)


def log(size: int) -> list[tuple[Entry, Body | None]]:
    return [entry(index) for index in range(size)]


def verify(rows: list[tuple[Entry, Body | None]]) -> Fault | None:
    return ledger.verify(row._replace(body=body.opened() if body else None) for row, body in rows)


places = st.integers(2, 9).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1)))


@given(st.integers(0, 10))
def test_a_log_that_nobody_touched_holds(size):
    assert verify(log(size)) is None


@given(places)
def test_an_erased_body_is_no_fault(place):
    size, at = place
    rows = log(size)
    rows[at] = rows[at][0], None
    assert verify(rows) is None


@given(places)
def test_an_altered_leaf_is_named(place):
    size, at = place
    rows = log(size)
    row, body = rows[at]
    rows[at] = row._replace(leaf=row.leaf.replace("0", "1", 1)), body
    fault = verify(rows)
    assert fault is not None
    assert (fault.index, fault.reason.text) == (at, "Entry {index} has been altered: its text does not give its hash.")


@given(places)
def test_a_leaf_that_was_written_anew_with_its_hash_is_named_by_its_body(place):
    size, at = place
    rows = log(size)
    rows[at] = entry(size + 1)[0]._replace(number=at), rows[at][1]
    fault = verify(rows)
    assert fault is not None
    assert (fault.index, fault.reason.text) == (at, "The body of entry {index} has been altered.")


@given(places)
def test_a_missing_entry_is_named(place):
    size, at = place
    rows = log(size)
    del rows[at]
    fault = verify(rows)
    if at == size - 1:
        assert fault is None  # what is cut off at the end is seen by the head
    else:
        assert fault is not None
        assert (fault.index, fault.reason.text) == (at, "Entry {index} is missing.")


@given(places.filter(lambda place: place[1] < place[0] - 1))
def test_entries_in_another_order_are_named(place):
    size, at = place
    rows = log(size)
    rows[at], rows[at + 1] = rows[at + 1], rows[at]
    fault = verify(rows)
    assert fault is not None
    assert fault.index == at


@given(places)
def test_an_entry_that_is_there_twice_is_named(place):
    size, at = place
    rows = log(size)
    rows.insert(at + 1, rows[at])
    fault = verify(rows)
    assert fault is not None
    assert (fault.index, fault.reason.text) == (at, "Entry {index} is there twice.")


@given(places)
def test_an_entry_that_is_told_again_under_a_new_number_is_named(place):
    size, at = place
    rows = log(size)
    row, body = rows[at]
    rows.append((row._replace(number=size), body))
    fault = verify(rows)
    assert fault is not None
    assert (fault.index, fault.reason.text) == (size, "Entry {index} is there twice.")


@given(places, st.sampled_from(["who", "when", "what"]))
def test_an_altered_body_is_named(place, part):
    size, at = place
    rows = log(size)
    row, body = rows[at]
    assert body is not None
    rows[at] = row, Body(body.salts, {**body.parts, part: "something else"})
    fault = verify(rows)
    assert fault is not None
    assert (fault.index, fault.reason.text) == (at, "The body of entry {index} has been altered.")


@pytest.mark.parametrize(
    ("salts", "parts"),
    [({}, {}), ({"who": b"short", "when": bytes(32), "what": bytes(32)}, {"who": 1, "when": 1, "what": 0.5})],
)
def test_a_body_that_can_not_be_read_is_named(salts, parts):
    rows = log(3)
    rows[1] = rows[1][0], Body(salts, parts)
    fault = verify(rows)
    assert fault is not None
    assert fault.index == 1


def test_a_text_of_an_unknown_format_is_named_though_its_hash_is_right():
    text = '{"format":2}'
    rows = [*log(1), (Entry(1, text, leaf_hash(text.encode()), None), None)]
    fault = verify(rows)
    assert fault is not None
    assert (fault.index, fault.reason.text) == (1, "Entry {index} is not a leaf of a known format.")


COVER = [ledger.cover_leaf(number.to_bytes(96, "big")) for number in range(600)]
ENTRIES = [Entry(number, leaf.text, leaf.hash, None) for number, leaf in enumerate(COVER)]
HASHES = [leaf.hash for leaf in COVER]
TILES = [Tile(1, number, tile_root(HASHES[number * 256 : (number + 1) * 256])) for number in range(2)]


def test_heads_and_tiles_of_a_log_that_nobody_touched_hold():
    heads = [Head(size, root_hash(HASHES[:size])) for size in (1, 255, 256, 257, 600)]
    assert ledger.verify(ENTRIES, heads, TILES) is None
    assert ledger.verify(ENTRIES, heads, TILES[:1]) is None  # the second has not been written down yet


@pytest.mark.parametrize(
    ("tiles", "named"),
    [
        ([TILES[0], TILES[1]._replace(root=HASHES[0])], (256, 511)),
        ([TILES[0], TILES[0]._replace(number=1)], (256, 511)),
        ([TILES[1]], (0, 255)),
        ([*TILES, Tile(1, 2, HASHES[0])], (512, 767)),
        ([Tile(0, 0, HASHES[0]), *TILES], (0, 0)),
        ([*TILES, Tile(2, 0, HASHES[0])], (0, 65_535)),
    ],
)
def test_a_tile_that_does_not_follow_from_the_entries_is_named(tiles, named):
    fault = ledger.verify(ENTRIES, [], tiles)
    assert fault is not None
    assert fault.reason.text == "The root kept of the entries {first} to {last} is not theirs."
    assert (fault.index, (fault.reason.values["first"], fault.reason.values["last"])) == (named[0], named)


@pytest.mark.parametrize("size", [1, 255, 256, 300, 600])
def test_a_head_that_the_log_did_not_have_names_the_entries_since_the_one_before(size):
    fault = ledger.verify(ENTRIES, [Head(1, HASHES[0])] * (size > 1) + [Head(size, HASHES[5])])
    assert fault is not None
    assert fault.index == (1 if size > 1 else 0)


@given(st.integers(0, 232), st.integers(0, 255).map(chr))
def test_a_leaf_with_a_right_hash_is_of_a_known_format_only_as_it_is_written(at, sign):
    """Whatever sign stands wherever: what is looked at quickly is let through only where the slow way reads it."""
    text = ENTRIES[0].leaf
    changed = text[:at] + sign + text[at + 1 :]
    fault = ledger.verify([ENTRIES[0]._replace(leaf=changed, leaf_hash=leaf_hash(changed.encode()))])
    try:
        ledger.read_leaf(changed)
    except ValueError:
        assert fault is not None
        assert fault.reason.text == "Entry {index} is not a leaf of a known format."
    else:
        assert fault is None
