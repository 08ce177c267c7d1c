"""An offer is read back exactly as it was written, and nothing else is taken for one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json
from rodatraden.core.offer import (
    Company,
    CvEntry,
    CvPerson,
    Declaration,
    DeclarationHow,
    MalformedError,
    Offer,
    OfferFile,
    PartyRole,
    PromiseText,
    Reply,
    index_of,
    price_of,
    read_index,
    read_price,
)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
days = st.dates(date(1960, 1, 1), date(2060, 1, 1))
yes_no = st.sampled_from([None, True, False])
periods = st.tuples(days, days).map(sorted)  # forms refuse an assignment that ends before it begins
entries = st.builds(lambda client, period, description: CvEntry(client, *period, description), texts, periods, texts)
declarations = st.builds(
    Declaration,
    how=st.sampled_from(DeclarationHow),
    no_crime=yes_no,
    taxes_paid=yes_no,
    no_other_ground=yes_no,
    explanation=texts,
    signatory=texts,
    signatory_title=texts,
)
files = st.builds(
    OfferFile,
    id=st.uuids(),
    item=st.none() | st.uuids(),
    name=texts,
    media_type=texts,
    size=st.integers(0, 10**9),
    sha256=st.just("0" * 64),
    pages=st.none() | st.integers(0, 900),
)
offers = st.builds(
    Offer,
    replies=st.dictionaries(st.uuids(), st.builds(Reply, yes_no, texts), max_size=3),
    promises=st.dictionaries(st.uuids(), st.builds(PromiseText, texts, texts), max_size=3),
    people=st.lists(st.builds(CvPerson, texts, st.lists(entries, max_size=3).map(tuple)), max_size=2).map(tuple),
    companies=st.lists(st.builds(Company, st.sampled_from(PartyRole), texts, texts, texts), max_size=2).map(tuple),
    declaration=declarations,
    files=st.lists(files, max_size=3).map(tuple),
    accepts_terms=st.booleans(),
    price=st.none() | st.decimals("0.01", 10**9, places=2),
)


@given(offers)
def test_the_index_of_the_package_holds_everything_but_the_price(offer):
    index = json.loads(canonical_json(index_of(offer)))
    assert "price" not in index
    assert read_index(index) == replace(offer, price=None)


@given(st.decimals("0.01", 10**9, places=2))
def test_a_price_comes_back_as_the_same_amount(amount):
    assert read_price(json.loads(canonical_json(price_of(amount, currency="SEK", unit="hour")))) == amount


def test_no_price_is_no_package():
    with pytest.raises(MalformedError):
        price_of(None, currency="SEK", unit="hour")


@pytest.mark.parametrize(
    "amount", [None, 5, 5.5, "", "x", "0", "-1", "NaN", "Infinity", "1.005", "1000000000000", True]
)
def test_what_is_no_price_is_refused(amount):
    with pytest.raises(MalformedError):
        read_price({"format": 1, "amount": amount})


ITEM = UUID(int=1)
GOOD = json.loads(
    canonical_json(
        index_of(
            Offer(
                replies={ITEM: Reply(True, "Ja")},
                promises={ITEM: PromiseText("Vi lovar", "s. 1")},
                people=(CvPerson("Elin", (CvEntry("Region", date(2024, 1, 1), date(2024, 2, 1)),)),),
                companies=(Company(PartyRole.SUBCONTRACTOR, "Bolag"),),
                files=(OfferFile(uuid4(), ITEM, "a.pdf", "application/pdf", 1, "0" * 64, 1),),
            )
        )
    )
)


def broken(*path, to):
    """Return the good index with the value at `path` replaced."""
    index = json.loads(json.dumps(GOOD))
    at = index
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return index


@pytest.mark.parametrize(
    "index",
    [
        None,
        [],
        "text",
        {},
        broken("format", to=2),
        broken("format", to="1"),
        broken("requirements", to={}),
        broken("requirements", 0, to="x"),
        broken("requirements", 0, "requirement", to="not a uuid"),
        broken("requirements", 0, "is_met", to="yes"),
        broken("requirements", 0, "text", to=5),
        broken("promises", 0, "text", to="x" * 301),
        broken("promises", 0, "page_reference", to="x" * 61),
        broken("people", 0, "name", to="x" * 151),
        broken("people", 0, "assignments", 0, "starts_on", to="2024-13-01"),
        broken("people", 0, "assignments", 0, "ends_on", to="2023-12-31"),
        broken("files", 0, "pages", to=2**40),
        broken("people", 0, "assignments", 0, "client", to="a\0b"),
        broken("people", 0, "assignments", 0, "client", to="\ud800"),
        broken("companies", 0, "role", to="owner"),
        broken("declaration", to=None),
        broken("declaration", "how", to="later"),
        broken("files", 0, "size", to=-1),
        broken("files", 0, "pages", to=True),
        broken("files", 0, "sha256", to="0" * 65),
        broken("accepts_terms", to="on"),
    ],
)
def test_what_has_another_shape_is_refused(index):
    assert read_index(GOOD).promises[ITEM].text == "Vi lovar"
    with pytest.raises(MalformedError):
        read_index(index)


def test_files_are_found_by_the_item_that_they_answer():
    file, espd = (OfferFile(uuid4(), item, "a.pdf", "", 1, "") for item in (ITEM, None))
    offer = Offer(files=(file, espd))
    assert (offer.files_of(ITEM), offer.files_of(None), offer.files_of(UUID(int=2))) == ((file,), (espd,), ())
