"""One leaf of the log: its format is final, so its bytes stand here."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.ledger import FORMAT, PARTS, commit, commitments, leaf_hash, read_leaf

SALTS = {"who": bytes(32), "when": bytes([1] * 32), "what": bytes(range(32))}
BODY = {
    "who": UUID("12345678-1234-5678-1234-567812345678"),
    "when": datetime(2026, 5, 4, 11, 0, 0, 123456, tzinfo=UTC),
    "what": {"event": "bid_submitted", "case": None, "what": {"size": 1}},
}
GOLDEN = (
    '{"format":1,'
    '"what":"fb8f0cfd0f0bdfdacde2efae0bd2d4c5391569fd1a65aa1b3dc992e860b99dc0",'
    '"when":"8873ff0e630e364f7f02666afbdc7b14883debc1ef75fe10a124800460f71055",'
    '"who":"6e6168560d01197bfcba1a142a5a5dff883f415280d6d3743df3d019acbbe9d4"}'
)
GOLDEN_HASH = "cb0f3c3e34b53ea110de95b5ef35fdc0c6519ef09abd7e7080f2dcfbdd0b2b5a"


def test_the_format_is_frozen():
    """A leaf made today is the same leaf in twenty years: if this test breaks, the change is wrong, not the test."""
    leaf = commitments(SALTS, BODY)
    assert leaf.text == GOLDEN
    assert leaf.hash == GOLDEN_HASH


def test_a_leaf_is_salted_commitments_and_nothing_else():
    leaf = commitments(SALTS, BODY)
    who = sha256(bytes(32) + b'"12345678-1234-5678-1234-567812345678"').hexdigest()
    when = sha256(bytes([1] * 32) + b'"2026-05-04T11:00:00.123456Z"').hexdigest()
    what = sha256(bytes(range(32)) + b'{"case":null,"event":"bid_submitted","what":{"size":1}}').hexdigest()
    assert read_leaf(leaf.text) == {"who": who, "when": when, "what": what}
    assert leaf.hash == sha256(b"\x00" + leaf.text.encode()).hexdigest()
    assert "bid_submitted" not in leaf.text


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.text(), st.text())
def test_a_commitment_binds_salt_and_value(salt, other, value, another):
    assert (commit(salt, value) == commit(other, another)) == ((salt, value) == (other, another))


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_short_or_long_salt_is_refused(size):
    with pytest.raises(ValueError, match=f"A salt is 32 bytes, not {size}"):
        commit(bytes(size), "x")


@pytest.mark.parametrize("part", PARTS)
def test_a_leaf_has_exactly_its_parts(part):
    fewer = {name: value for name, value in BODY.items() if name != part}
    for salts, body in ((SALTS, fewer), (SALTS, BODY | {"why": 1}), ({"who": bytes(32)}, BODY)):
        with pytest.raises(ValueError, match="exactly the parts"):
            commitments(salts, body)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '"leaf"',
        '{"format":2,"what":"a","when":"b","who":"c"}',
        '{"format":1,"what":"a","when":"b"}',
        '{"format":1,"what":"a","when":"b","who":"c","why":"d"}',
        '{"who":"c","format":1,"what":"a","when":"b"}',
        '{"format": 1,"what":"a","when":"b","who":"c"}',
    ],
)
def test_what_is_no_canonical_leaf_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_leaf(text)


def test_the_leaf_hash_is_that_of_rfc_6962():
    assert leaf_hash(b"") == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert FORMAT == 1
