import io
from hashlib import sha256

import pytest

from rodatraden.core.sealing.contents import (
    MOST_FILES,
    NewFile,
    PackageError,
    PackageFault,
    check_names,
    is_zero,
    name_problem,
    packed_files,
    written_list,
)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " a.pdf",
        "a.pdf ",
        ".",
        "..",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "C:a",
        "a\nb",
        "a\0b",
        "a\u202eb",
        "å" * 101,
    ],
)
def test_a_name_that_is_not_a_file_name_is_refused(name: str) -> None:
    assert name_problem(name) is not None
    with pytest.raises(PackageError) as error:
        check_names([name])
    assert error.value.fault is PackageFault.NAME


@pytest.mark.parametrize("name", ["Metod.pdf", "Case – svar (2).pdf", "åäö.docx", ".hidden", "a" * 200])
def test_ordinary_names_are_taken(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(("one", "other"), [("a.pdf", "A.PDF"), ("å.pdf", "a\u030a.pdf"), ("a", "a")])
def test_two_names_that_some_disk_takes_for_one_are_refused(one: str, other: str) -> None:
    with pytest.raises(PackageError) as error:
        check_names([one, other])
    assert error.value.fault is PackageFault.NAME


def test_too_many_files_are_refused_before_their_names_are_read() -> None:
    check_names([str(n) for n in range(MOST_FILES)])
    with pytest.raises(PackageError) as error:
        check_names([""] * (MOST_FILES + 1))
    assert error.value.fault is PackageFault.TOO_MANY


def test_files_are_found_end_to_end_where_the_list_says() -> None:
    files = [NewFile.of("a", b"hej"), NewFile.of("b", b""), NewFile.of("c", b"nej")]
    plain = io.BytesIO(b"??hejnej\0\0")
    found, end = packed_files(list(written_list(files)), plain, start=2, size=10)
    assert [(file.name, file.read()) for file in found] == [("a", b"hej"), ("b", b""), ("c", b"nej")]
    assert end == 8
    assert (is_zero(plain, end), is_zero(plain, end - 1)) == (True, False)


def test_a_file_that_ends_outside_is_damaged_and_not_read() -> None:
    listed = [{"name": "a", "size": 4, "sha256": sha256(b"hej").hexdigest()}]
    with pytest.raises(PackageError) as error:
        packed_files(list(listed), io.BytesIO(b"hej"), start=0, size=3)
    assert error.value.fault is PackageFault.FILE
