import io
from decimal import Decimal
from hashlib import sha256
from typing import BinaryIO

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json
from rodatraden.core.sealing import (
    NewFile,
    Package,
    PackageError,
    PackageFault,
    open_package,
    open_stream,
    padded_size,
    seal,
    seal_stream,
)

HOLDER = pyrage.x25519.Identity.generate()
RECIPIENT, IDENTITY = str(HOLDER.to_public()), str(HOLDER)
CONTENT: dict[str, object] = {"bid": "b1", "person": "Elin Hagström", "pages": 4, "promises": ["Varje månad"]}
SECRET = b"Timpris 1140 kronor "
MIB = 1024 * 1024

few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def refused(sealed: bytes, identity: str = IDENTITY) -> PackageFault:
    with pytest.raises(PackageError) as error:
        open_package(sealed, identity)
    return error.value.fault


def encrypted(plain: bytes) -> bytes:
    return bytes(pyrage.encrypt(plain, [HOLDER.to_public()]))


def plain_of(sealed: bytes) -> bytes:
    return bytes(pyrage.decrypt(sealed, [HOLDER]))


def crafted(index: bytes, rest: bytes = b"", *, length: int | None = None, size: int | None = None) -> bytes:
    """A package made by somebody who knows the format and breaks its rules."""
    told = len(index) if length is None else length
    plain = b"rodatraden sealed pack 1" + told.to_bytes(8) + sha256(index).digest() + index + rest
    return encrypted(plain.ljust(padded_size(len(plain)) if size is None else size, b"\0"))


def index_of(*files: object, content: object = None, **more: object) -> bytes:
    return canonical_json({"format": 1, "content": content or {}, "files": list(files), **more})


def listed(name: str, data: bytes) -> dict[str, object]:
    return {"name": name, "size": len(data), "sha256": sha256(data).hexdigest()}


def test_what_was_sealed_comes_back() -> None:
    files = [NewFile.of("Metod.pdf", SECRET * 9000), NewFile.of("Case åäö.pdf", b""), NewFile.of("CV.pdf", b"c")]
    package = open_package(seal(CONTENT, files, RECIPIENT), IDENTITY)
    assert package.content == CONTENT
    assert [(file.name, file.size, file.sha256) for file in package.files] == [
        (file.name, file.size, file.sha256) for file in files
    ]
    assert [file.read() for file in package.files] == [SECRET * 9000, b"", b"c"]


def test_a_price_is_a_package_of_its_own_and_amounts_come_back_as_text() -> None:
    sealed = seal({"kind": "price", "price": Decimal("1140.50")}, [], RECIPIENT)
    assert open_package(sealed, IDENTITY).content == {"kind": "price", "price": "1140.5"}


def test_the_hash_for_the_receipt_is_that_of_the_index() -> None:
    into = io.BytesIO()
    told = seal_stream(CONTENT, [NewFile.of("a", b"1")], RECIPIENT, into)
    assert open_package(into.getvalue(), IDENTITY).index_sha256 == told


def test_packing_is_deterministic_and_sealing_is_not() -> None:
    one, other = (seal(CONTENT, [NewFile.of("a", SECRET)], RECIPIENT) for _ in range(2))
    assert plain_of(one) == plain_of(other)
    assert one[200:] != other[200:]


def test_nothing_of_the_content_can_be_read_outside() -> None:
    sealed = seal(CONTENT, [NewFile.of("Metod.pdf", SECRET * 5)], RECIPIENT)
    for hidden in (SECRET, b"Metod", "Hagström".encode(), b"promises", b"sha256", b"rodatraden"):
        assert hidden in plain_of(sealed)
        assert hidden not in sealed


@pytest.mark.parametrize(
    ("size", "padded"),
    [(0, 65536), (65536, 65536), (65537, 4 * MIB), (4 * MIB, 4 * MIB), (4 * MIB + 1, 8 * MIB), (9 * MIB, 12 * MIB)],
)
def test_lengths_are_padded_to_classes(size: int, padded: int) -> None:
    assert padded_size(size) == padded


def test_prices_of_every_length_are_equally_long_outside() -> None:
    lengths = {len(seal({"price": Decimal(10) ** digits}, [], RECIPIENT)) // 1024 for digits in range(9)}
    assert lengths == {64}
    assert {len(plain_of(seal({"price": price}, [], RECIPIENT))) for price in (1, 999_999)} == {65536}


names = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='/\\:"'), min_size=1, max_size=20)
contents = st.dictionaries(st.text("abcå", max_size=5), st.integers(0, 99) | st.text("abcå", max_size=9), max_size=4)


@few
@given(contents, st.dictionaries(names, st.binary(max_size=300), max_size=4))
def test_any_content_and_files_survive(content: dict[str, object], data: dict[str, bytes]) -> None:
    files = [NewFile.of(name, each) for name, each in data.items()]
    try:
        sealed = seal(content, files, RECIPIENT)
    except PackageError as error:
        assert error.fault is PackageFault.NAME  # noqa: PT017 -- two names that differ only in case
        return
    package = open_package(sealed, IDENTITY)
    assert package.content == content
    assert [(file.name, file.read()) for file in package.files] == list(data.items())


SEALED = seal(CONTENT, [NewFile.of("Metod.pdf", SECRET * 50)], RECIPIENT)


def test_every_sampled_flipped_bit_is_refused() -> None:
    for place in [*range(400), *range(400, len(SEALED), 997), len(SEALED) - 1]:
        damaged = bytearray(SEALED)
        damaged[place] ^= 1 << place % 8
        assert refused(bytes(damaged)) is PackageFault.SEALED, place


def test_every_sampled_truncation_and_any_addition_is_refused() -> None:
    for length in [*range(0, 400, 7), *range(400, len(SEALED), 4999), len(SEALED) - 1]:
        assert refused(SEALED[:length]) is PackageFault.SEALED, length
    assert refused(SEALED + b"\0") is PackageFault.SEALED
    assert refused(SEALED + SEALED) is PackageFault.SEALED


def test_another_key_opens_nothing() -> None:
    assert refused(SEALED, str(pyrage.x25519.Identity.generate())) is PackageFault.SEALED
    assert refused(SEALED, RECIPIENT) is PackageFault.IDENTITY


@pytest.mark.parametrize(
    ("sealed", "fault"),
    [
        (encrypted(b""), PackageFault.FORMAT),
        (encrypted(b"a letter" * 900), PackageFault.FORMAT),
        (encrypted(b"rodatraden sealed pack 2".ljust(65536, b"\0")), PackageFault.FORMAT),
        (crafted(index_of(), length=2**40), PackageFault.FORMAT),
        (crafted(index_of(), length=3), PackageFault.INDEX),
        (crafted(b'{"content": {}, "files": [], "format": 1}'), PackageFault.INDEX),
        (crafted(b"[]"), PackageFault.INDEX),
        (crafted(b"not json"), PackageFault.INDEX),
        (crafted(index_of(more=1)), PackageFault.INDEX),
        (crafted(index_of(content=[1])), PackageFault.INDEX),
        (crafted(canonical_json({"format": 2, "content": {}, "files": []})), PackageFault.INDEX),
        (crafted(index_of("a.pdf")), PackageFault.INDEX),
        (crafted(index_of({"name": "a.pdf", "size": -1, "sha256": ""})), PackageFault.INDEX),
        (crafted(index_of({**listed("a.pdf", b"x"), "path": "/"}), b"x"), PackageFault.INDEX),
        (crafted(index_of(listed("../a.pdf", b"x")), b"x"), PackageFault.NAME),
        (crafted(index_of(listed("a", b"x"), listed("A", b"y")), b"xy"), PackageFault.NAME),
        (crafted(index_of(listed("a", b"x"), listed("b", b"y")), b"yx"), PackageFault.FILE),
        (crafted(index_of(listed("a", b"x")), b"y"), PackageFault.FILE),
        (crafted(index_of({**listed("a", b""), "size": 10**12})), PackageFault.FILE),
        (crafted(index_of(), b"hidden"), PackageFault.PADDING),
        (crafted(index_of(), size=65535), PackageFault.PADDING),
        (crafted(index_of(), size=4 * MIB), PackageFault.PADDING),
        (crafted(index_of(*[listed(f"{n}", b"") for n in range(201)])), PackageFault.TOO_MANY),
    ],
)
def test_a_package_that_breaks_the_rules_inside_is_refused(sealed: bytes, fault: PackageFault) -> None:
    assert refused(sealed) is fault


def test_what_the_crafted_packages_are_made_of_is_sound() -> None:
    package = open_package(crafted(index_of(listed("a", b"x"), listed("b", b"yz")), b"xyz"), IDENTITY)
    assert [file.read() for file in package.files] == [b"x", b"yz"]


@pytest.mark.parametrize(
    ("content", "recipient", "fault"),
    [
        ({}, "age1nobody", PackageFault.RECIPIENT),
        ({}, IDENTITY, PackageFault.RECIPIENT),
        ({"price": 1140.5}, RECIPIENT, PackageFault.INDEX),
        ({"text": "x" * (4 * MIB)}, RECIPIENT, PackageFault.INDEX),
    ],
)
def test_what_cannot_be_sealed_is_told(content: dict[str, object], recipient: str, fault: PackageFault) -> None:
    with pytest.raises(PackageError) as error:
        seal(content, [], recipient)
    assert error.value.fault is fault


def test_a_file_that_cannot_be_read_is_not_sealed() -> None:
    def gone() -> BinaryIO:
        raise FileNotFoundError("a.pdf")

    with pytest.raises(PackageError) as error:
        seal({}, [NewFile("a.pdf", 1, "", gone)], RECIPIENT)
    assert error.value.fault is PackageFault.SEALED


class Large(io.RawIOBase):
    """A file of 20 MiB that never stands whole in memory; remembers the most that was asked for at once."""

    def __init__(self) -> None:
        self.left, self.most = 20 * MIB, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        self.most = max(self.most, len(buffer))
        n = min(len(buffer), self.left)
        buffer[:n] = b"x" * n
        self.left -= n
        return n


def test_large_files_pass_as_streams() -> None:
    digest = sha256(b"x" * (20 * MIB)).hexdigest()
    opened: list[Large] = []

    def large() -> BinaryIO:
        opened.append(Large())
        return opened[-1]  # type: ignore[return-value]

    sealed, scratch = io.BytesIO(), io.BytesIO()
    seal_stream({}, [NewFile("large.pdf", 20 * MIB, digest, large)], RECIPIENT, sealed)
    assert opened[0].most == MIB
    sealed.seek(0)
    package: Package = open_stream(sealed, IDENTITY, scratch)
    sizes = (len(chunk) for chunk in package.files[0].chunks())
    assert set(sizes) == {MIB}
    assert package.files[0].sha256 == digest
