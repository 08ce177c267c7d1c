from dataclasses import replace
from hashlib import sha256
from itertools import cycle, repeat

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json
from rodatraden.core.sealing.age_file import seal_to
from rodatraden.core.sealing.contents import PART, UNREAD, NewFile, PackageError, PackageFault
from rodatraden.core.sealing.parts import (
    SEALED,
    Part,
    Room,
    check_parts,
    list_hash,
    most_of_files,
    open_parts,
    part_count,
    plain_parts,
    seal_part,
)
from tests.core.sealing.given import in_memory

KEY = pyrage.x25519.Identity.generate()


def sealed_part(plain: bytes) -> tuple[Part, bytes]:
    room = Room(bytearray(plain))
    return seal_part(room, str(KEY.to_public())), bytes(room.sealed)


def test_the_worked_example_of_the_rules_page():
    files = [NewFile.of("CV.pdf", b"c" * 70_000), NewFile.of("Metod.pdf", b"metod")]
    (room,) = plain_parts(files, repeat(Room()))
    assert room.plain == b"c" * 70_000 + b"metod" + bytes(4_124_299)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, PART + 3), max_size=4))
def test_parts_laid_end_to_end_are_the_files_and_zeros(sizes):
    files = [NewFile.of(str(n), bytes([n + 1]) * size) for n, size in enumerate(sizes)]
    digests: list[str] = []
    rooms = cycle([Room(), Room()])  # the second part must not be laid where the first one may still be read
    parts = [bytes(room.plain) for room in plain_parts(files, rooms, digests.append)]
    assert digests == [file.sha256 for file in files]
    assert len(parts) == part_count(sizes)
    assert {len(part) for part in parts} <= {PART}
    whole = b"".join(bytes([n + 1]) * size for n, size in enumerate(sizes))
    assert b"".join(parts) == whole.ljust(len(parts) * PART, b"\0")


@pytest.mark.parametrize("size", [PART - 1, PART + 1, 2 * PART])
@pytest.mark.parametrize("sha256", [UNREAD, NewFile.of("a", bytes(PART)).sha256])
def test_a_file_of_another_size_than_it_had_is_refused(size, sha256):
    changed = replace(NewFile.of("a.pdf", bytes(size)), size=PART, sha256=sha256)
    with pytest.raises(PackageError) as error:
        list(plain_parts([changed], repeat(Room())))
    assert error.value.fault is PackageFault.CHANGED
    assert str(error.value.reason) == "The file a.pdf has changed since it was received. Upload it again."


def test_a_file_with_other_bytes_than_it_had_is_refused_unless_they_were_not_known():
    changed = replace(NewFile.of("a.pdf", b"haj"), sha256=NewFile.of("a.pdf", b"hej").sha256)
    with pytest.raises(PackageError) as error:
        list(plain_parts([changed], repeat(Room())))
    assert error.value.fault is PackageFault.CHANGED
    digests: list[str] = []
    assert len(list(plain_parts([replace(changed, sha256=UNREAD)], repeat(Room()), digests.append))) == 1
    assert digests == [sha256(b"haj").hexdigest()]


@pytest.mark.parametrize(
    ("whole", "files"),
    [(0, 0), (SEALED, 0), (3 * SEALED, 2 * PART), (250_000_000, 58 * PART), (2_200_000_000, 512 * PART)],
)
def test_a_bid_holds_whole_parts_and_has_room_left_for_its_indexes(whole, files):
    assert most_of_files(whole) == files


def test_the_list_is_hashed_with_its_order():
    one, other = Part("a" * 64, 1), Part("b" * 64, 2)
    assert list_hash([one, other]) == sha256(canonical_json([["a" * 64, 1], ["b" * 64, 2]])).hexdigest()
    assert list_hash([one, other]) != list_hash([other, one])


def test_a_sealed_part_opens_to_what_it_was(tmp_path):
    plain = b"x".ljust(PART, b"\0")
    part, sealed = sealed_part(plain)
    assert len(sealed) == part.size == SEALED
    check_parts([part], [in_memory(sealed)])
    with (tmp_path / "scratch").open("w+b") as scratch:
        assert open_parts([in_memory(sealed)], str(KEY), scratch) == PART
        scratch.seek(0)
        assert scratch.read() == plain


@pytest.mark.parametrize(
    "changed", [lambda data: data[:-1], lambda data: data + b"x", lambda data: b"", lambda data: b"x" * len(data)]
)
def test_a_part_that_is_not_the_one_in_the_list_is_refused(changed):
    part, sealed = sealed_part(bytes(PART))
    with pytest.raises(PackageError) as error:
        check_parts([part], [in_memory(changed(sealed))])
    assert error.value.fault is PackageFault.PARTS


@pytest.mark.parametrize("size", [0, PART - 1, PART + 1])
def test_what_is_no_part_of_that_length_is_not_opened(size, tmp_path):
    sealed = seal_to(str(KEY.to_public()), bytes(size))
    with (tmp_path / "scratch").open("w+b") as scratch, pytest.raises(PackageError) as error:
        open_parts([in_memory(sealed)], str(KEY), scratch)
    assert error.value.fault is PackageFault.PARTS
