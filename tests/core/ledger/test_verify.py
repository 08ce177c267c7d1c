"""Checking a log: every kind of tampering is named at the first entry that is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.ledger import Body, Row, commitments, leaf_hash, verify

START = datetime(2026, 5, 4, 11, tzinfo=UTC)


def entry(index: int, event: str = "event") -> tuple[Row, Body]:
    salts = {part: sha256(f"{part}{index}".encode()).digest() for part in ("who", "when", "what")}
    parts = {"who": UUID(int=index), "when": START + timedelta(seconds=index), "what": {"event": event}}
    leaf = commitments(salts, parts)
    return Row(index, leaf.text, leaf.hash), Body(salts, parts)


def log(size: int) -> list[tuple[Row, Body | None]]:
    return [entry(index) for index in range(size)]


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
    rows[at] = replace(row, leaf=row.leaf.replace("0", "1", 1)), body
    fault = verify(rows)
    assert fault is not None
    assert (fault.index, fault.reason.text) == (at, "Entry {index} has been altered: its text does not give its hash.")


@given(places)
def test_a_leaf_that_was_written_anew_with_its_hash_is_named_by_its_body(place):
    size, at = place
    rows = log(size)
    rows[at] = replace(entry(size + 1)[0], index=at), rows[at][1]
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
    rows.append((replace(row, index=size), body))
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
    rows = [*log(1), (Row(1, text, leaf_hash(text.encode())), None)]
    fault = verify(rows)
    assert fault is not None
    assert (fault.index, fault.reason.text) == (1, "Entry {index} is not a leaf of a known format.")
