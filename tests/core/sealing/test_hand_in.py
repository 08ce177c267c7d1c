"""What hands in a bid: read back as it was laid, and refused for any other byte that says how it lies."""

import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.sealing.bid import LONGEST_SEALED_INDEX
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.hand_in import LONGEST, MAGIC, Enclosed, lay_hand_in, read_enclosed, read_hand_in
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.manifest import LONGEST as LONGEST_MANIFEST
from rodatraden.core.sealing.manifest import Manifest
from rodatraden.core.sealing.wraps import LONGEST as LONGEST_WRAPS
from tests.core.sealing.given import BID, TENDER, keys, sealed, three_files

SEALED = {Holds.PRICE: sealed(holds=Holds.PRICE).sealed, Holds.BID: three_files().sealed}
ENCLOSED = {holds: Enclosed(each.wraps, each.index) for holds, each in SEALED.items()}
NAMED = {holds: each.package for holds, each in SEALED.items()}
AT = datetime(2026, 5, 4, 10, 2, 41, tzinfo=UTC)
MANIFEST = Manifest(TENDER, BID, "d" * 64, keys().holders.sha256, NAMED, "webbläsaren 4f1c", AT)
WHOLE = lay_hand_in(MANIFEST.canonical(), ENCLOSED)


def refused(data: bytes) -> PackageFault:
    with pytest.raises(PackageError) as error:
        read_hand_in(data)
    return error.value.fault


def test_it_is_read_back_as_it_was_laid_with_the_price_or_without():
    found = read_hand_in(WHOLE)
    assert (found.manifest, found.packages) == (MANIFEST, ENCLOSED)
    alone = replace(MANIFEST, packages={Holds.BID: NAMED[Holds.BID]})
    only = {Holds.BID: ENCLOSED[Holds.BID]}
    found = read_hand_in(lay_hand_in(alone.canonical(), only))
    assert (found.manifest, found.packages) == (alone, only)


def test_the_form_is_the_one_that_the_page_on_sealing_tells():
    def piece(data: bytes) -> bytes:
        return len(data).to_bytes(8, "big") + data

    bid, price = ENCLOSED[Holds.BID], ENCLOSED[Holds.PRICE]
    pieces = (MANIFEST.canonical(), bid.wraps, bid.index, price.wraps, price.index)
    assert b"rodatraden hand-in 1\n" + b"".join(map(piece, pieces)) == WHOLE


def test_an_ordinary_one_is_small_enough_to_lie_in_the_kernel_while_it_waits():
    """docs/rules/arrival.md."""
    assert len(WHOLE) < 200_000


def test_what_was_enclosed_is_read_without_its_manifest():
    """When the bids are opened the manifest stands in the row, and a copy that was damaged stops nothing."""
    at = WHOLE.index(b"webb")
    damaged = WHOLE[:at] + b"x" + WHOLE[at + 1 :]
    assert read_enclosed(damaged, NAMED) == ENCLOSED
    with pytest.raises(PackageError):
        read_enclosed(damaged, [Holds.BID])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        MANIFEST.canonical(),
        WHOLE[1:],
        WHOLE[:-1],
        WHOLE + b"\0",
        WHOLE + bytes(8),
        MAGIC + bytes(8),
        MAGIC + b"\xff" * 8,
        lay_hand_in(MANIFEST.canonical(), {}),
        lay_hand_in(MANIFEST.canonical(), {Holds.BID: ENCLOSED[Holds.BID]}),
        lay_hand_in(replace(MANIFEST, packages={Holds.BID: NAMED[Holds.BID]}).canonical(), ENCLOSED),
        lay_hand_in(b" " * (LONGEST_MANIFEST + 1), ENCLOSED),
    ],
)
def test_anything_else_is_refused(data):
    assert refused(data) == PackageFault.MANIFEST


@pytest.mark.parametrize(
    "more", [{"wraps": bytes(LONGEST_WRAPS + 1)}, {"index": bytes(LONGEST_SEALED_INDEX + 1)}, {"wraps": bytes(LONGEST)}]
)
def test_a_piece_that_is_larger_than_it_can_be_is_refused(more):
    for holds in Holds:
        changed = {**ENCLOSED, holds: replace(ENCLOSED[holds], **more)}
        assert refused(lay_hand_in(MANIFEST.canonical(), changed)) == PackageFault.TOO_LARGE


def test_the_largest_pieces_are_let_through():
    most = Enclosed(bytes(LONGEST_WRAPS), bytes(LONGEST_SEALED_INDEX))
    found = read_hand_in(lay_hand_in(MANIFEST.canonical(), dict.fromkeys(Holds, most)))
    assert found.packages[Holds.PRICE] == most


def test_no_more_pieces_are_kept_than_a_bid_has():
    """Each is 8 bytes of what came and some 60 of memory: a million of them are refused at the sixth."""
    data = MAGIC + bytes(LONGEST - len(MAGIC))
    tracemalloc.start()
    assert refused(data) == PackageFault.MANIFEST
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1_000_000


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_no_bytes_break_the_reader(data):
    refused(data)
    refused(MAGIC + data)
