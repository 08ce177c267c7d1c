import io
import os
import shutil
import subprocess
from dataclasses import replace
from hashlib import sha256
from random import Random
from uuid import uuid4

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json
from rodatraden.core.sealing.bid import Envelope, check_stored, seal_package
from rodatraden.core.sealing.contents import (
    PART,
    UNREAD,
    NewFile,
    PackageError,
    PackageFault,
)
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.parts import Part, list_hash
from tests.core.sealing.given import BID, CONTENT, FILES, TENDER, SealedBid, key_of, keys, opened, sealed, three_files

AGE = shutil.which("age")
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def refused(bid: SealedBid, **instead: object) -> PackageFault:
    with pytest.raises(PackageError) as error:
        opened(bid, **instead)  # type: ignore[arg-type]
    return error.value.fault


def bytes_of(size: int, seed: int = 1) -> bytes:
    return Random(seed).randbytes(size)


def test_what_was_sealed_comes_out_whoever_of_the_pairs_opens():
    bid = three_files()
    for first, last in ((0, 1), (1, 0), (2, 3), (3, 0)):
        package = opened(bid, identity=key_of(bid, first, last))
        assert package.content == CONTENT
        assert [(file.name, file.read()) for file in package.files] == [
            ("CV.pdf", b"Elin Hagstrom " * 5000),
            ("Metod.pdf", b"Metod"),
            ("tom.txt", b""),
        ]


@few
@given(st.lists(st.sampled_from([0, 1, 77, PART - 1, PART, PART + 1]), max_size=4))
def test_files_of_any_sizes_come_out_as_they_were(sizes):
    files = [NewFile.of(f"{n}.bin", bytes_of(size, n)) for n, size in enumerate(sizes)]
    bid = sealed(*files)
    assert len(bid.stored) == -(-sum(sizes) // PART)
    assert [file.read() for file in opened(bid).files] == [bytes_of(size, n) for n, size in enumerate(sizes)]


def test_outside_only_the_number_of_parts_shows():
    small, larger = (
        sealed(NewFile.of("a", b"x")),
        sealed(NewFile.of("a", bytes_of(PART - 5)), NewFile.of("b", b"12345")),
    )
    assert (small.sealed.package.parts_count, larger.sealed.package.parts_count) == (1, 1)
    assert lengths_differ_by_chance(small.stored[0], larger.stored[0])
    text = sealed(*FILES, content={"text": "å" * 20_000})
    assert lengths_differ_by_chance(small.sealed.index, text.sealed.index)


def test_a_price_alone_has_no_parts_and_one_length_whatever_it_is():
    cheap = sealed(content={"amount": "9.50"}, holds=Holds.PRICE)
    dear = sealed(content={"amount": "123456789.00"}, holds=Holds.PRICE)
    assert (cheap.stored, dear.stored) == ((), ())
    assert lengths_differ_by_chance(cheap.sealed.index, dear.sealed.index)
    assert opened(dear).content == {"amount": "123456789.00"}


def lengths_differ_by_chance(one: bytes, other: bytes) -> bool:
    """Whether two lengths differ by no more than the stanza that age's makers may add, drawn by chance each time."""
    return abs(len(one) - len(other)) < 400


def test_nothing_that_was_sealed_lies_in_what_is_stored():
    bid = sealed(NewFile.of("Hemlig fil.pdf", b"TIMPRIS ELVAHUNDRA " * 1000), content={"who": "Elin Hagström"})
    for data in (*bid.stored, bid.sealed.index, bid.sealed.wraps):
        for word in (b"TIMPRIS", "Hagström".encode(), b"Hemlig"):
            assert word not in data


def test_two_bids_of_the_same_content_have_nothing_in_common():
    one, other = sealed(*FILES), sealed(*FILES)
    assert one.sealed.package.recipient != other.sealed.package.recipient
    assert not set(one.stored) & set(other.stored)


def test_the_key_of_another_bid_opens_nothing():
    other = sealed(*FILES, bid=uuid4())
    assert refused(three_files(), identity=key_of(other)) == PackageFault.IDENTITY


def test_parts_missing_too_many_or_in_each_others_place_are_refused():
    bid = sealed(NewFile.of("a", bytes_of(2 * PART)))
    one, two = bid.stored
    for stored in ((one,), (two, one), (one, two, two), (one, one), ()):
        assert refused(bid, stored=stored) == PackageFault.PARTS
    turned = tuple(reversed(bid.sealed.parts))
    assert refused(bid, stored=(two, one), parts=turned) == PackageFault.PARTS


def test_2000_flipped_bits_in_parts_and_index_are_refused():
    bid, draw = sealed(NewFile.of("a", b"x" * 1000)), Random(20260504)
    identity = key_of(bid)
    for data, name in ((bid.stored[0], "stored"), (bid.sealed.index, "index")):
        for bit in draw.sample(range(len(data) * 8), 40):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << (bit % 8)
            found = (bytes(changed),) if name == "stored" else bytes(changed)
            assert refused(bid, identity=identity, **{name: found}) in {PackageFault.PARTS, PackageFault.INDEX}


def relabelled(bid: SealedBid, *, index: bytes | None = None, stored: tuple[bytes, ...] | None = None) -> SealedBid:
    """The bid of somebody who seals by the rules of age and breaks those of the index: all hashes are right."""
    index, stored = index or bid.sealed.index, bid.stored if stored is None else stored
    parts = tuple(Part(sha256(each).hexdigest(), len(each)) for each in stored)
    package = replace(
        bid.sealed.package,
        index_sha256=sha256(index).hexdigest(),
        parts_count=len(parts),
        parts_sha256=list_hash(parts),
    )
    return replace(bid, sealed=replace(bid.sealed, package=package, index=index, parts=parts), stored=stored)


def sealed_to(bid: SealedBid, plain: bytes) -> bytes:
    return bytes(pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(bid.sealed.package.recipient)]))


def with_index(bid: SealedBid, written: bytes, *, length: int | None = None, rest: bytes = b"\0") -> SealedBid:
    framed = b"rodatraden index 1\n" + (len(written) if length is None else length).to_bytes(8) + written
    framed += rest * (-len(framed) % 65536)
    return relabelled(bid, index=sealed_to(bid, framed))


def written(listed_files: list[dict[str, object]], /, **changed: object) -> bytes:
    index = {"format": "rodatraden-index-1", "tender": TENDER, "bid": BID, "holds": "bid", "nonce": "0"}
    return canonical_json(index | {"content": {}, "files": listed_files} | changed)


def listed(name: str, data: bytes) -> dict[str, object]:
    return {"name": name, "size": len(data), "sha256": sha256(data).hexdigest()}


def test_an_index_that_somebody_else_wrote_opens_as_well():
    bid = with_index(sealed(NewFile.of("a", b"hej")), written([listed("b", b"hej")]))
    assert [(file.name, file.read()) for file in opened(bid).files] == [("b", b"hej")]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"bid": uuid4()}, PackageFault.ANOTHER),
        ({"tender": uuid4()}, PackageFault.ANOTHER),
        ({"holds": "price"}, PackageFault.ANOTHER),
        ({"format": "rodatraden-index-2"}, PackageFault.INDEX),
        ({"more": 1}, PackageFault.INDEX),
        ({"content": []}, PackageFault.INDEX),
        ({"files": [{"name": "a", "size": 3}]}, PackageFault.INDEX),
        ({"files": [{"name": "a", "size": -3, "sha256": "0"}]}, PackageFault.INDEX),
        ({"files": [listed("../a", b"hej")]}, PackageFault.NAME),
        ({"files": [listed("a", b""), listed("A", b"hej")]}, PackageFault.NAME),
        ({"files": [listed("a", b"haj")]}, PackageFault.FILE),
        ({"files": [listed("a", b"hej" * 2_000_000)]}, PackageFault.FILE),
        ({"files": [listed("a", b"he")]}, PackageFault.PADDING),
        ({"files": []}, PackageFault.PADDING),
    ],
)
def test_an_index_that_breaks_the_rules_is_refused(changed, fault):
    bid = sealed(NewFile.of("a", b"hej"))
    assert refused(with_index(bid, written([listed("a", b"hej")], **changed))) == fault


def test_an_index_of_the_wrong_length_or_filling_is_refused():
    bid = sealed(NewFile.of("a", b"hej"))
    right = written([listed("a", b"hej")])
    for changed in (
        with_index(bid, right, length=2**63),
        with_index(bid, right, length=len(right) - 1),
        with_index(bid, right, rest=b" "),
        with_index(bid, right + b" "),
        relabelled(bid, index=sealed_to(bid, b"")),
        relabelled(bid, index=sealed_to(bid, right)),
    ):
        assert refused(changed) == PackageFault.INDEX


def test_parts_that_are_too_short_or_more_than_the_files_are_refused():
    bid = sealed(NewFile.of("a", b"hej"))
    assert refused(relabelled(bid, stored=(sealed_to(bid, b"hej"),))) == PackageFault.PARTS
    more = (*bid.stored, sealed_to(bid, bytes(PART)))
    assert refused(relabelled(bid, stored=more)) == PackageFault.PADDING
    filled = sealed_to(bid, b"hej".ljust(PART, b"x"))
    assert refused(relabelled(bid, stored=(filled,))) == PackageFault.PADDING


def test_what_is_stored_is_compared_with_the_manifest_when_it_is_handed_in():
    bid = three_files().sealed
    check_stored(bid.package, bid.index, bid.parts)
    for index, parts, fault in (
        (bid.index + b"x", bid.parts, PackageFault.INDEX),
        (bid.index, (), PackageFault.PARTS),
        (bid.index, (*bid.parts, *bid.parts), PackageFault.PARTS),
        (bid.index, (Part("0" * 64, bid.parts[0].size),), PackageFault.PARTS),
    ):
        with pytest.raises(PackageError) as error:
            check_stored(bid.package, index, parts)
        assert error.value.fault == fault


def test_a_file_that_changes_while_it_is_sealed_stops_the_sealing():
    changed = NewFile("a", 3, sha256(b"hej").hexdigest(), lambda: io.BytesIO(b"haj"))
    with pytest.raises(PackageError) as error:
        sealed(changed)
    assert error.value.fault == PackageFault.CHANGED


def test_files_that_have_not_been_read_are_in_no_index_that_is_sealed_before_them():
    with pytest.raises(ValueError, match="have been read"):
        sealed(NewFile("a", 3, UNREAD, lambda: io.BytesIO(b"hej")))


def test_names_and_content_that_cannot_be_sealed_are_told_before_anything_is_stored():
    stored: list[object] = []
    for content, files, fault in (
        ({}, [NewFile.of("../a", b"")], PackageFault.NAME),
        ({"a": 1.5}, [], PackageFault.INDEX),
        ({"a": "x" * 5_000_000}, [], PackageFault.INDEX),
    ):
        with pytest.raises(PackageError) as error:
            seal_package(
                content,
                files,
                holders=keys().holders,
                bid=BID,
                holds=Holds.BID,
                nonce="0",
                store=lambda *given: stored.append(given),
            )
        assert error.value.fault == fault
    assert stored == []


def test_the_envelope_tells_bid_and_price_apart():
    bid = sealed(content={"amount": "1"}, holds=Holds.PRICE)
    assert refused(bid, where=Envelope(TENDER, BID, Holds.BID)) == PackageFault.ANOTHER


@pytest.mark.skipif(not AGE and os.environ.get("CI") != "true", reason="the program age is not installed")
def test_the_program_age_opens_every_part(tmp_path):
    assert AGE, "the program age is not installed"
    bid = sealed(NewFile.of("a", b"hej"))
    (tmp_path / "key").write_bytes(key_of(bid) + b"\n")
    (tmp_path / "part").write_bytes(bid.stored[0])
    found = subprocess.run(
        [AGE, "--decrypt", "-i", tmp_path / "key", tmp_path / "part"], check=True, capture_output=True
    ).stdout
    assert found == b"hej".ljust(PART, b"\0")
