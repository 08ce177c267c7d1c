import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.canonical import (
    SAFE_INTEGER,
    NotCanonicalError,
    canonical_hash,
    canonical_json,
    read_canonical,
    sha256_hex,
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
whole = st.integers(-SAFE_INTEGER, SAFE_INTEGER)
plain = st.recursive(
    st.none() | st.booleans() | whole | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, b"null"),
        (True, b"true"),
        (-7, b"-7"),
        ("Röda tråden", '"Röda tråden"'.encode()),
        ('"\\\n', b'"\\"\\\\\\n"'),
        ([1, "a", []], b'[1,"a",[]]'),
        ({"b": 1, "a": {"d": 2, "c": 3}}, b'{"a":{"c":3,"d":2},"b":1}'),
        (Decimal("1050.50"), b'"1050.5"'),
        (Decimal("1050.5"), b'"1050.5"'),
        (Decimal("1E+3"), b'"1000"'),
        (Decimal("1E-7"), b'"0.0000001"'),
        (Decimal("-0.00"), b'"0"'),
        (Decimal(100), b'"100"'),
        (Fraction(1, 3), b'"1/3"'),
        (Fraction(4, 2), b'"2/1"'),
        (date(2026, 5, 4), b'"2026-05-04"'),
        (datetime(2026, 5, 4, 11, 0, tzinfo=UTC), b'"2026-05-04T11:00:00Z"'),
        (datetime(2026, 5, 4, 13, 0, tzinfo=timezone(timedelta(hours=2))), b'"2026-05-04T11:00:00Z"'),
        (datetime(2026, 5, 4, 11, 0, 0, 500, tzinfo=UTC), b'"2026-05-04T11:00:00.000500Z"'),
        (UUID("5E6D6A8C-0000-4000-8000-00000000000A"), b'"5e6d6a8c-0000-4000-8000-00000000000a"'),
    ],
)
def test_canonical_json_writes_each_type_in_one_way(value: object, expected: bytes) -> None:
    assert canonical_json(value) == expected


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"bids": [{"price": 1050.5}]}, "$.bids[0].price"),
        ([1, float("nan")], "$[1]"),
        ({"at": datetime(2026, 5, 4, 11, 0)}, "$.at"),
        ({"price": Decimal("NaN")}, "$.price"),
        ({"price": Decimal("-Infinity")}, "$.price"),
        ({"a": {1: "one"}}, "$.a"),
        ({"a": {"x", "y"}}, "$.a"),
        ({"a": b"bytes"}, "$.a"),
        ({"a": (1, 2)}, "$.a"),
        ({"a": SAFE_INTEGER + 1}, "$.a"),
        ({"a": "\ud800"}, "$.a"),
    ],
)
def test_canonical_json_refuses_what_has_no_one_form_and_names_the_path(value: object, path: str) -> None:
    with pytest.raises(NotCanonicalError) as refused:
        canonical_json(value)
    assert refused.value.path == path
    assert str(refused.value) == f"{path}: {refused.value.reason}"


def test_text_is_never_normalised_behind_its_writer() -> None:
    composed, decomposed = unicodedata.normalize("NFC", "å"), unicodedata.normalize("NFD", "å")
    assert canonical_json(composed) != canonical_json(decomposed)
    assert read_canonical(canonical_json(decomposed)) == decomposed


def test_keys_are_sorted_by_code_point() -> None:
    assert canonical_json({"ö": 1, "z": 2, "Z": 3, "\U0001f9f5": 4, "\uffff": 5}) == (
        '{"Z":3,"z":2,"ö":1,"\uffff":5,"\U0001f9f5":4}'.encode()
    )


@given(plain)
def test_reading_gives_back_what_was_written(value: object) -> None:
    data = canonical_json(value)
    assert read_canonical(data) == value
    assert json.loads(data) == value


def backwards(value: object) -> object:
    """The same value with the keys of every object in the opposite order."""
    if isinstance(value, dict):
        return {key: backwards(item) for key, item in reversed(value.items())}
    return [backwards(item) for item in value] if isinstance(value, list) else value


@given(plain)
def test_the_order_of_keys_never_shows(value: object) -> None:
    assert canonical_json(backwards(value)) == canonical_json(value)


@given(decimals, st.integers(0, 6))
def test_equal_decimals_are_one_value(number: Decimal, zeros: int) -> None:
    padded = Decimal(f"{number:f}" + "0" * zeros)
    assert canonical_hash([padded]) == canonical_hash([number])
    assert Decimal(str(read_canonical(canonical_json(number)))) == number


@given(decimals, decimals)
def test_different_decimals_are_different_values(one: Decimal, other: Decimal) -> None:
    assert (canonical_json(one) == canonical_json(other)) == (one == other)


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1900, 1, 2), max_value=datetime(2100, 1, 1)))
def test_an_instant_is_one_value_in_every_zone(at: datetime) -> None:
    assert canonical_json(at) == canonical_json(at.astimezone(UTC))
    assert datetime.fromisoformat(str(read_canonical(canonical_json(at)))) == at.astimezone(
        UTC
    )  # a fold is never equal across zones


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.5",
        b"1e3",
        b"NaN",
        b"Infinity",
        b'"\\u00e5"',
        b'"\\ud800"',
        b"\xff",
        b"\xef\xbb\xbf1",
        b"9007199254740992",
        b"1" * 5000,
        b"[" * 100_000,
        b"-0",
    ],
)
def test_read_canonical_refuses_every_other_way_to_write_a_value(data: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        read_canonical(data)


def test_sha256_hex_is_the_published_test_vector() -> None:
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert canonical_hash({"a": 1}) == sha256_hex(b'{"a":1}')
