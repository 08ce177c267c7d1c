"""A bundle is read back as it was written, opens to what was sealed, and any other bytes are refused at once."""

import io
import json
import shutil
import subprocess
import tracemalloc
import zipfile
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from hashlib import sha256
from itertools import repeat
from time import perf_counter
from uuid import uuid4

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.sealing.bid import Envelope, begin_package, open_package
from rodatraden.core.sealing.bundle import (
    Bundle,
    Piece,
    check_holders,
    part_name,
    read_bundle,
    streamed,
    streamed_size,
    write_bundle,
)
from rodatraden.core.sealing.contents import PART, NewFile, PackageError, PackageFault
from rodatraden.core.sealing.holders import HolderList, Holds
from rodatraden.core.sealing.manifest import Manifest
from rodatraden.core.sealing.parts import MOST_PARTS, Room, part_count, plain_parts, seal_part
from rodatraden.core.sealing.wraps import peel
from tests.core.sealing.given import BID, FILES, TENDER, keys

OWN = pyrage.x25519.Identity.generate()
BIG = NewFile.of("Plan.pdf", bytes(range(256)) * (PART // 256) + b"slut")
AGE = shutil.which("age")


def written(
    *files: NewFile, holders: HolderList | None = None, price: bool = True, content: dict[str, object] | None = None
) -> bytes:
    """The bytes of a bundle."""
    holders = holders or keys().holders
    begin = partial(begin_package, holders=holders, bid=BID, nonce="n", own_recipient=str(OWN.to_public()))
    begun = {Holds.BID: begin(content or {"person": "Elin"}, files, holds=Holds.BID)}
    if price:
        begun[Holds.PRICE] = begin({"amount": "1140"}, (), holds=Holds.PRICE)
    recipient = begun[Holds.BID].recipient
    into = io.BytesIO()
    manifest = write_bundle(
        into,
        manifest=lambda packages: Manifest(
            tender=TENDER,
            bid=BID,
            documents_sha256="ab" * 32,
            holders_sha256=holders.sha256,
            packages=packages,
            made_with="prov",
            sealed_at=datetime(2026, 5, 4, 10, 2, 41, tzinfo=UTC),
        ),
        begun=begun,
        count=part_count(file.size for file in files),
        parts=(Piece.of(seal_part(room, recipient), room.sealed) for room in plain_parts(files, repeat(Room()))),
    )
    assert read_bundle(into).manifest == manifest
    return into.getvalue()


@cache
def bundle() -> bytes:
    """Three small files and a price."""
    return written(*FILES)


@pytest.mark.parametrize("price", [True, False])
def test_a_bundle_that_is_streamed_is_the_same_and_its_length_is_known_before(price):
    whole = written(*FILES, price=price)
    found = read_bundle(io.BytesIO(whole))
    members = [(name, found.open(name).read()) for name in found.members]
    assert b"".join(streamed(iter(members))) == whole
    assert streamed_size({name: len(data) for name, data in members}) == len(whole)


def refused(data: bytes) -> PackageError:
    with pytest.raises(PackageError) as error:
        read_bundle(io.BytesIO(data))
    return error.value


def opened(found: Bundle, holds: Holds = Holds.BID):
    package = found.packages[holds]
    identity = peel({"own": package.wraps.own}, str(OWN))["own"]
    assert identity is not None
    return open_package(
        found.manifest.packages[holds],
        Envelope(TENDER, BID, holds),
        identity=identity,
        index=package.index,
        parts=package.parts,
        stored=found.stored(holds),
        scratch=io.BytesIO(),
    )


def test_what_was_sealed_comes_out_of_the_bundle():
    found = read_bundle(io.BytesIO(written(*FILES, BIG)))
    package = opened(found)
    assert package.content == {"person": "Elin"}
    assert [(file.name, file.read()) for file in package.files] == [
        (file.name, file.open().read()) for file in (*FILES, BIG)
    ]
    assert opened(found, Holds.PRICE).content == {"amount": "1140"}
    assert len(found.packages[Holds.BID].parts) == 2


def test_the_members_stand_in_one_order_and_any_program_that_reads_zip_finds_them(tmp_path):
    (tmp_path / "a.zip").write_bytes(written(BIG))
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "manifest.json",
            "bid/wraps.json",
            "bid/index.age",
            "bid/parts/00000.age",
            "bid/parts/00001.age",
            "price/wraps.json",
            "price/index.age",
        ]
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert json.loads(archive.read("manifest.json"))["format"] == "rodatraden-manifest-1"


@pytest.mark.skipif(AGE is None, reason="age is not installed")
def test_the_age_program_opens_every_member_with_the_bids_key(tmp_path):
    found = read_bundle(io.BytesIO(written(BIG)))
    (tmp_path / "own.txt").write_text(str(OWN))
    (tmp_path / "wrap.age").write_bytes(found.packages[Holds.BID].wraps.own)
    decrypt = partial(subprocess.run, capture_output=True, check=True)
    key = decrypt([AGE, "-d", "-i", tmp_path / "own.txt", tmp_path / "wrap.age"]).stdout
    (tmp_path / "key.txt").write_bytes(key)
    plain = b""
    for number in range(2):
        (tmp_path / "part.age").write_bytes(found.open(part_name(number)).read())
        plain += decrypt([AGE, "-d", "-i", tmp_path / "key.txt", tmp_path / "part.age"]).stdout
    assert plain.rstrip(b"\0") == BIG.open().read()


def test_a_bid_without_files_and_one_without_a_price_are_bundles_too():
    assert opened(read_bundle(io.BytesIO(written()))).files == ()
    alone = read_bundle(io.BytesIO(written(*FILES, price=False)))
    assert set(alone.packages) == {Holds.BID}


def test_two_members_are_read_at_once_without_disturbing_each_other():
    found = read_bundle(io.BytesIO(bundle()))
    one, other = found.open("bid/index.age"), found.open("manifest.json")
    assert one.read(10) == found.packages[Holds.BID].index[:10]
    assert other.read() == found.manifest.canonical()
    assert one.read() == found.packages[Holds.BID].index[10:]
    with pytest.raises(KeyError):
        found.open("bid/parts/00009.age")


def test_whether_it_is_sealed_to_the_right_holders_is_told():
    found = read_bundle(io.BytesIO(bundle()))
    check_holders(found, keys().holders)
    with pytest.raises(PackageError) as error:
        check_holders(found, replace(keys().holders, tender=uuid4()))
    assert error.value.fault is PackageFault.HOLDERS
    without = replace(keys().holders, layers={Holds.BID: keys().holders.layers[Holds.BID]})
    fixed = read_bundle(io.BytesIO(written(*FILES, holders=without, price=False)))
    check_holders(fixed, without)
    for holders, price in ((keys().holders, False), (keys(5).holders, True)):
        with pytest.raises(PackageError):
            check_holders(read_bundle(io.BytesIO(written(*FILES, price=price))), holders)


def test_more_than_two_gib_are_refused_before_anything_is_written():
    begun = begin_package({}, (), holders=keys().holders, bid=BID, holds=Holds.BID, nonce="n")
    into = io.BytesIO()
    with pytest.raises(PackageError, match="2147 MB") as error:
        write_bundle(into, manifest=Manifest, begun={Holds.BID: begun}, count=MOST_PARTS + 1, parts=())  # type: ignore[arg-type]
    assert error.value.fault is PackageFault.TOO_LARGE
    assert into.getvalue() == b""


# What is no bundle


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(data):
    refused(data)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(bundle()) * 8 - 1))
def test_every_bit_counts_or_tells_only_of_the_program_that_wrote_it(bit):
    """Left free are versions, the times and attributes that other programs write; they say nothing of the bid."""
    data = bytearray(bundle())
    data[bit // 8] ^= 1 << bit % 8
    try:
        found = read_bundle(io.BytesIO(bytes(data)))
    except PackageError:
        return
    assert found.manifest == read_bundle(io.BytesIO(bundle())).manifest
    assert any(start <= bit // 8 < end for start, end in free_bytes())


@cache
def free_bytes() -> list[tuple[int, int]]:
    with zipfile.ZipFile(io.BytesIO(bundle())) as archive:
        entries = archive.infolist()
        at = archive.start_dir
    free = []
    for entry in entries:
        free += [
            (entry.header_offset + 4, entry.header_offset + 6),
            (entry.header_offset + 10, entry.header_offset + 14),
        ]
        free += [(at + 4, at + 8), (at + 12, at + 16), (at + 36, at + 42)]
        at += 46 + len(entry.filename)
    return free


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(bundle()) - 1), st.integers(1, 70), st.binary(max_size=70))
def test_a_piece_exchanged_for_another_is_refused(at, length, instead):
    data = bundle()[:at] + instead + bundle()[at + length :]
    if data != bundle():
        try:
            assert read_bundle(io.BytesIO(data)).manifest == read_bundle(io.BytesIO(bundle())).manifest
        except PackageError:
            return
        assert len(data) == len(bundle())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(bundle()) - 1))
def test_one_that_was_cut_off_or_has_something_after_it_is_refused(length):
    refused(bundle()[:length])
    refused(bundle() + b"\0" * (length % 9 + 1))
    refused(b"x" + bundle())


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezipped(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as archive:
        for name, data in entries:
            with pytest.warns(UserWarning, match="Duplicate") if name in archive.namelist() else nullcontext():
                archive.writestr(name, data)
        archive.comment = comment
    return into.getvalue()


def test_another_program_may_write_it():
    assert read_bundle(io.BytesIO(rezipped(list(members().items())))).manifest.bid == BID


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[1:],
        lambda rows: rows[:-1],
        lambda rows: rows[:-2],
        lambda rows: [rows[1], rows[0], *rows[2:]],
        lambda rows: [*rows[:3], *rows[4:]],
        lambda rows: [*rows, ("more.txt", b"")],
        lambda rows: [*rows[:4], ("bid/parts/00001.age", rows[3][1]), *rows[4:]],
        lambda rows: [*rows[:4], ("bid/parts/00002.age", rows[3][1]), *rows[4:]],
        lambda rows: [*rows[:4], rows[3], *rows[4:]],
        lambda rows: [*rows[:3], ("bid/parts/../x.age", rows[3][1]), *rows[4:]],
        lambda rows: [rows[0], ("bid/wraps.json", dict(rows)["price/wraps.json"]), *rows[2:]],
        lambda rows: [(name, data + b" ") for name, data in rows],
        lambda rows: [rows[0], rows[1], ("bid/index.age", b"x" * 5_000_000), *rows[3:]],
        lambda rows: [("manifest.json", b" " * 20_000), *rows[1:]],
    ],
)
def test_other_members_than_those_of_a_bid_are_refused(change):
    refused(rezipped(change(list(members().items()))))


def test_what_is_compressed_encrypted_or_commented_is_refused():
    rows = list(members().items())
    refused(rezipped(rows, zipfile.ZIP_DEFLATED))
    refused(rezipped(rows, comment=b"hej"))
    data = bytearray(bundle())
    data[6] |= 1
    refused(bytes(data))
    bomb = rezipped([("manifest.json", b"\0" * 200_000_000)], zipfile.ZIP_DEFLATED)
    refused(bomb)


def test_two_members_that_share_their_bytes_are_refused():
    data = bytearray(written(BIG))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        one, other = archive.getinfo("bid/parts/00000.age"), archive.getinfo("bid/parts/00001.age")
        at = data.index(b"bid/parts/00001.age", archive.start_dir)
    data[at - 4 : at] = one.header_offset.to_bytes(4, "little")
    assert other.header_offset != one.header_offset
    refused(bytes(data))


def test_sizes_that_lie_are_refused():
    data = bundle()
    for size in (0, 1, 0xFFFFFFFF):
        lying = bytearray(data)
        lying[18:26] = size.to_bytes(4, "little") * 2
        refused(bytes(lying))
        start = data.index(b"PK\x01\x02")
        lying[start + 20 : start + 28] = size.to_bytes(4, "little") * 2
        refused(bytes(lying))


def test_zip64_and_a_hundred_thousand_members_are_refused_at_once():
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for number in range(100_000):
            archive.writestr(str(number), b"")
    begun = perf_counter()
    refused(into.getvalue())
    assert perf_counter() - begun < 0.5
    large = bytearray(bundle())
    large[-14:-10] = b"\xff" * 4
    refused(bytes(large))


def test_reading_needs_little_memory_whatever_the_size(tmp_path):
    class Zeros(io.RawIOBase):
        left = 64 * 1024 * 1024

        def readable(self):
            return True

        def readinto(self, buffer):
            n = min(len(buffer), self.left)
            buffer[:n] = bytes(n)
            self.left -= n
            return n

    digest = sha256(bytes(Zeros.left)).hexdigest()
    (tmp_path / "a.rtbid").write_bytes(
        written(NewFile("noll.bin", Zeros.left, digest, lambda: io.BufferedReader(Zeros())))
    )
    with (tmp_path / "a.rtbid").open("rb") as file:
        tracemalloc.start()
        try:
            read_bundle(file)
            assert tracemalloc.get_traced_memory()[1] < 12_000_000
        finally:
            tracemalloc.stop()
