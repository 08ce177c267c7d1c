"""The form of a tender is read back exactly as it was written, and nothing else is taken for one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.bid_form import (
    AskedItem,
    AskedRequirement,
    AskKind,
    Asks,
    BidForm,
    BidFormError,
    read_bid_form,
)
from rodatraden.core.canonical import canonical_json
from rodatraden.core.paging import FileKind
from tests.core.forms import form

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
items = st.builds(
    AskedItem,
    id=st.uuids(),
    number=st.integers(0, 999),
    title=texts,
    description=texts,
    is_required=st.booleans(),
    max_pages=st.none() | st.integers(1, 99),
    rejects_over_limit=st.booleans(),
    is_annex=st.booleans(),
    kinds=st.lists(st.sampled_from(FileKind), min_size=1, unique=True).map(tuple),
)
requirements = st.builds(
    AskedRequirement,
    id=st.uuids(),
    label=texts,
    kind=st.sampled_from(AskKind),
    title=texts,
    text=texts,
    question=texts,
    level=texts,
    evidence=texts,
)
forms = st.builds(
    BidForm,
    tender=st.uuids(),
    title=texts,
    deadline_at=st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)),
    snapshot=st.integers(1, 99),
    snapshot_sha256=st.just("0" * 64),
    currency=st.just("SEK"),
    price_unit=st.just("hour"),
    most_bytes=st.integers(0, 2**53 - 1),
    asks=st.builds(
        Asks,
        items=st.lists(items, max_size=3, unique_by=(lambda row: row.id, lambda row: row.number)).map(tuple),
        requirements=st.lists(requirements, max_size=3, unique_by=(lambda row: row.id, lambda row: row.label)).map(
            tuple
        ),
        fixed_price=st.none() | st.decimals("0.01", 10**9, places=2).map(lambda price: Decimal(str(price))),
        names_people=st.booleans(),
    ),
)


@given(forms)
def test_a_form_is_read_back_as_it_was_written(written):
    assert read_bid_form(written.canonical()) == written


def test_musts_and_terms_are_told_apart():
    asks = form().asks
    assert ([row.label for row in asks.musts], [row.label for row in asks.terms]) == (["K1"], ["K3"])


def changed(**values: object) -> bytes:
    return canonical_json(json.loads(form().canonical()) | values)


def row_changed(name: str, **values: object) -> bytes:
    rows = json.loads(form().canonical())[name]
    return changed(**{name: [rows[0] | values, *rows[1:]]})


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "$"),
        (b"{}", ""),
        (b"[]", ""),
        (form().canonical() + b"\n", "$"),
        (json.dumps(json.loads(form().canonical()), indent=2).encode(), "$"),
        (changed(format="rodatraden-bid-form-2"), ""),
        (changed(more=1), ""),
        (changed(tender="x"), "$.tender"),
        (changed(deadline_at="i morgon"), "$.deadline_at"),
        (changed(deadline_at="0001-01-01T00:00:00+14:00"), "$.deadline_at"),
        (changed(deadline_at="2026-06-01T21:59:00+00:00"), ""),
        (changed(fixed_price="NaN"), "$.fixed_price"),
        (changed(fixed_price="-1"), "$.fixed_price"),
        (changed(fixed_price="x"), "$.fixed_price"),
        (changed(fixed_price=100), ""),
        (changed(fixed_price="1e3"), ""),
        (changed(names_people=1), ""),
        (changed(snapshot={"number": 1}), ""),
        (changed(snapshot={"number": True, "sha256": "0" * 64}), ""),
        (row_changed("items", number=True), "$.items[0]"),
        (row_changed("items", max_pages=True), "$.items[0]"),
        (changed(items=[7]), "$.items[0]"),
        (row_changed("items", kinds=[]), "$.items[0]"),
        (row_changed("items", kinds=["ZIP"]), "$.items[0]"),
        (row_changed("items", kinds=[["PDF"]]), "$.items[0]"),
        (row_changed("items", max_pages=0), "$.items[0]"),
        (row_changed("items", id=7), "$.items[0]"),
        (row_changed("items", number=2), "number"),
        (row_changed("requirements", kind="wish"), "$.requirements[0]"),
        (row_changed("requirements", level=None), "$.requirements[0]"),
        (row_changed("requirements", points=5), "$.requirements[0]"),
        (row_changed("requirements", label="K2"), "label"),
        (row_changed("requirements", id=str(form().asks.items[0].id)), "id"),
    ],
)
def test_what_is_no_form_is_refused_with_its_place(data, field):
    with pytest.raises(BidFormError) as error:
        read_bid_form(data)
    assert error.value.field == field


def test_a_form_that_is_too_long_is_refused_unread():
    with pytest.raises(BidFormError):
        read_bid_form(b" " * (4 * 1024 * 1024 + 1))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_form_or_refused(data):
    with pytest.raises(BidFormError):
        read_bid_form(data)


def test_a_fixed_price_is_part_of_it():
    fixed = form(fixed_price=Decimal("900.50"))
    assert read_bid_form(fixed.canonical()).asks.fixed_price == Decimal("900.5")
    assert replace(fixed, asks=replace(fixed.asks, fixed_price=None)).canonical() == form().canonical()
