from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.manifest import LONGEST, Manifest, read_manifest
from tests.core.sealing.given import BID, TENDER, keys, sealed, three_files

PRICE = sealed(holds=Holds.PRICE).sealed.package


def manifest(**changed: object) -> Manifest:
    return replace(
        Manifest(
            TENDER,
            BID,
            "d" * 64,
            keys().holders.sha256,
            {Holds.BID: three_files().sealed.package, Holds.PRICE: PRICE},
            "webbläsaren 4f1c",
            datetime(2026, 5, 4, 10, 2, 41, tzinfo=UTC),
        ),
        **changed,  # type: ignore[arg-type]
    )


def refused(data: bytes) -> None:
    with pytest.raises(PackageError) as error:
        read_manifest(data)
    assert error.value.fault == PackageFault.MANIFEST


def test_a_manifest_is_read_back_as_it_was_written():
    for each in (manifest(), manifest(replaces=uuid4())):
        assert read_manifest(each.canonical()) == each
        assert read_manifest(each.canonical()).sha256 == each.sha256


def test_a_manifest_is_short_whatever_it_names():
    assert len(manifest(replaces=uuid4(), made_with="x" * 100).canonical()) < 2000


def test_nothing_of_the_bid_is_in_it():
    said = manifest().canonical().decode()
    for word in ("Elin", "CV.pdf", "Metod.pdf", "Varje"):
        assert word not in said


def test_another_form_of_the_same_is_refused():
    here = manifest(sealed_at=datetime(2026, 5, 4, 12, 2, 41, tzinfo=timezone(timedelta(hours=2))))
    assert read_manifest(here.canonical()) == here, "canonical JSON writes every instant in UTC"
    local = here.canonical().replace(b"2026-05-04T10:02:41Z", b"2026-05-04T12:02:41+02:00")
    assert local != here.canonical()
    refused(local)
    refused(here.canonical().replace(str(BID).encode(), str(BID).upper().encode()))
    refused(here.canonical() + b"\n")


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "rodatraden-manifest-2"},
        {"part_size": 8 * 1024 * 1024},
        {"more": 1},
        {"tender": "x"},
        {"replaces": 7},
        {"sealed_at": "i går"},
        {"sealed_at": "0001-01-01T00:00:00+14:00"},
        {"made_with": "x" * 101},
        {"packages": {}},
        {"packages": {"price": {}}},
        {"holders_sha256": "A" * 64},
        {"documents_sha256": "d" * 63},
    ],
)
def test_what_is_not_a_manifest_is_refused(changed):
    as_read = read_canonical(manifest().canonical())
    assert isinstance(as_read, dict)
    refused(canonical_json(as_read | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"recipient": "age1" + "B" * 58},
        {"recipient": "age1\n" + "q" * 57},
        {"wraps_sha256": "0" * 63},
        {"parts_count": -1},
        {"parts_count": 513},
        {"parts_count": "1"},
        {"more": None},
    ],
)
def test_a_package_that_is_named_wrongly_is_refused(changed):
    as_read = read_canonical(manifest().canonical())
    assert isinstance(as_read, dict)
    as_read["packages"]["bid"] |= changed
    refused(canonical_json(as_read))


def test_a_bid_without_a_price_package_is_a_manifest_and_a_price_without_a_bid_is_none():
    both = manifest().packages
    alone = manifest(packages={Holds.BID: both[Holds.BID]})
    assert read_manifest(alone.canonical()).packages == {Holds.BID: both[Holds.BID]}
    refused(manifest(packages={Holds.PRICE: both[Holds.PRICE]}).canonical())


def test_more_than_16_kb_is_not_even_read():
    refused(b'{"made_with":"' + b"x" * LONGEST + b'"}')


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_manifest_or_refused(data):
    refused(data)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_manifest_with_one_byte_changed_names_another_or_none(data):
    whole = manifest().canonical()
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda each: each != whole[at]))
    changed = whole[:at] + bytes([byte]) + whole[at + 1 :]
    try:
        found = read_manifest(changed)
    except PackageError:
        return
    assert found.sha256 != manifest().sha256
    assert isinstance(found.bid, UUID)
