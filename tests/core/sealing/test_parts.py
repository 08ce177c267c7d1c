from hashlib import sha256

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.canonical import canonical_json
from rodatraden.core.sealing.contents import PART, NewFile, PackageError, PackageFault
from rodatraden.core.sealing.parts import (
    Part,
    check_parts,
    list_hash,
    open_parts,
    part_count,
    plain_parts,
    seal_part,
)
from tests.core.sealing.given import in_memory

KEY = pyrage.x25519.Identity.generate()


def test_the_worked_example_of_the_rules_page():
    files = [NewFile.of("CV.pdf", b"c" * 70_000), NewFile.of("Metod.pdf", b"metod")]
    (part,) = plain_parts(files)
    assert part == b"c" * 70_000 + b"metod" + bytes(4_124_299)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, PART + 3), max_size=4))
def test_parts_laid_end_to_end_are_the_files_and_zeros(sizes):
    files = [NewFile.of(str(n), bytes([n + 1]) * size) for n, size in enumerate(sizes)]
    parts = list(plain_parts(files))
    assert len(parts) == part_count(sizes)
    assert {len(part) for part in parts} <= {PART}
    whole = b"".join(bytes([n + 1]) * size for n, size in enumerate(sizes))
    assert b"".join(parts) == whole.ljust(len(parts) * PART, b"\0")


def test_the_list_is_hashed_with_its_order():
    one, other = Part("a" * 64, 1), Part("b" * 64, 2)
    assert list_hash([one, other]) == sha256(canonical_json([["a" * 64, 1], ["b" * 64, 2]])).hexdigest()
    assert list_hash([one, other]) != list_hash([other, one])


def test_a_sealed_part_opens_to_what_it_was(tmp_path):
    plain = b"x".ljust(PART, b"\0")
    part, sealed = seal_part(plain, KEY.to_public())
    check_parts([part], [in_memory(sealed)])
    with (tmp_path / "scratch").open("w+b") as scratch:
        assert open_parts([in_memory(sealed)], KEY, scratch) == PART
        scratch.seek(0)
        assert scratch.read() == plain


@pytest.mark.parametrize(
    "changed", [lambda data: data[:-1], lambda data: data + b"x", lambda data: b"", lambda data: b"x" * len(data)]
)
def test_a_part_that_is_not_the_one_in_the_list_is_refused(changed):
    part, sealed = seal_part(bytes(PART), KEY.to_public())
    with pytest.raises(PackageError) as error:
        check_parts([part], [in_memory(changed(sealed))])
    assert error.value.fault is PackageFault.PARTS
