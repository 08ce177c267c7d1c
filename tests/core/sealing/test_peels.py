from dataclasses import replace
from uuid import uuid4

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.peels import Sheet, peel_sheet, read_sheet
from rodatraden.core.sealing.wraps import peel, read_wraps
from tests.core.sealing.given import BID, TENDER, key_of, keys, three_files

FIRST, LAST, OTHER = (each.key for each in keys().holders.holders[:3])


def first_sheet() -> Sheet:
    """What the first holder gets when the server has taken its layer off."""
    wraps = peel(read_wraps(three_files().sealed.wraps).wraps, keys().layers[Holds.BID])
    return Sheet(
        TENDER, Holds.BID, FIRST, {(BID, pair): data for pair, data in wraps.items() if data and pair[0] == FIRST}
    )


def test_two_sheets_after_each_other_give_the_key():
    sheet = peel_sheet(first_sheet(), keys().private[FIRST])
    assert len(sheet.wraps) == 3
    last = replace(sheet, key=LAST, wraps={line: data for line, data in sheet.wraps.items() if line[1][1] == LAST})
    assert peel_sheet(last, keys().private[LAST]).wraps == {(BID, (FIRST, LAST)): key_of(three_files())}


def test_a_sheet_is_read_back_as_it_was_written():
    assert read_sheet(first_sheet().canonical()) == first_sheet()
    peeled = peel_sheet(first_sheet(), keys().private[FIRST])
    assert read_sheet(peeled.canonical()) == peeled


def test_a_line_that_cannot_be_opened_is_left_out_and_stops_no_other():
    sheet = first_sheet()
    junk = uuid4()
    mixed = replace(sheet, wraps={(junk, (FIRST, LAST)): b"junk", **sheet.wraps})
    peeled = peel_sheet(mixed, keys().private[FIRST])
    assert set(peeled.wraps) == set(sheet.wraps)


def test_another_holders_key_is_told_apart_from_bad_wraps():
    with pytest.raises(PackageError) as error:
        peel_sheet(first_sheet(), keys().private[OTHER])
    assert error.value.fault is PackageFault.IDENTITY
    empty = replace(first_sheet(), wraps={})
    assert peel_sheet(empty, keys().private[OTHER]) == empty


def test_a_thousand_bids_are_peeled_at_once():
    pair = (FIRST, LAST)
    (data,) = (data for (_, each), data in first_sheet().wraps.items() if each == pair)
    many = replace(first_sheet(), wraps={(uuid4(), pair): data for _ in range(1000)})
    assert len(peel_sheet(many, keys().private[FIRST]).wraps) == 1000


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "rodatraden-peel-2"},
        {"more": 1},
        {"holds": "everything"},
        {"key": "x"},
        {"wraps": [{}]},
        {"wraps": [{"bid": str(BID), "pair": [str(FIRST)], "age": ""}]},
        {"wraps": [{"bid": str(BID), "pair": [str(FIRST), str(LAST)], "age": "å"}]},
        {"wraps": [{"bid": str(BID), "pair": [str(FIRST), str(LAST)], "age": "QQ=="}] * 2},
    ],
)
def test_what_is_no_sheet_is_refused(changed):
    as_read = read_canonical(first_sheet().canonical())
    assert isinstance(as_read, dict)
    with pytest.raises(PackageError) as error:
        read_sheet(canonical_json(as_read | changed))
    assert error.value.fault is PackageFault.WRAPS


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_sheet_or_refused(data):
    with pytest.raises(PackageError):
        read_sheet(data)


def test_the_key_that_came_out_is_an_identity_of_age():
    assert pyrage.x25519.Identity.from_str(key_of(three_files()).decode())
