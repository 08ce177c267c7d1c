"""What docs/asvs.toml says of OWASP ASVS 5.0 level 2: no requirement is missing or twice, and what it points at exists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOT, assert_none
from tools.asvs import DATA, PAGE, Requirement, page, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# How many requirements each section of the standard has, and which of them are of level 3 alone.
SECTIONS = {
    "1.1": (2, ()), "1.2": (10, (10,)), "1.3": (12, (12,)), "1.4": (3, ()), "1.5": (3, (3,)),
    "2.1": (3, ()), "2.2": (3, ()), "2.3": (5, (5,)), "2.4": (2, (2,)),
    "3.1": (1, (1,)), "3.2": (3, (3,)), "3.3": (5, (5,)), "3.4": (8, (7, 8)), "3.5": (8, (6, 7, 8)), "3.6": (1, (1,)),
    "3.7": (5, (3, 4, 5)),
    "4.1": (5, (4, 5)), "4.2": (5, (2, 3, 4, 5)), "4.3": (2, ()), "4.4": (4, ()),
    "5.1": (1, ()), "5.2": (6, (4, 5, 6)), "5.3": (3, (3,)), "5.4": (3, ()),
    "6.1": (3, ()), "6.2": (12, ()), "6.3": (8, (5, 6, 7, 8)), "6.4": (6, (5, 6)), "6.5": (8, (6, 7, 8)),
    "6.6": (4, (4,)), "6.7": (2, (1, 2)), "6.8": (4, ()),
    "7.1": (3, ()), "7.2": (4, ()), "7.3": (2, ()), "7.4": (5, ()), "7.5": (3, (3,)), "7.6": (2, ()),
    "8.1": (4, (3, 4)), "8.2": (4, (4,)), "8.3": (3, (2, 3)), "8.4": (2, (2,)),
    "9.1": (3, ()), "9.2": (4, ()),
    "10.1": (2, ()), "10.2": (3, (3,)), "10.3": (5, (5,)), "10.4": (16, (12, 13, 14, 15, 16)), "10.5": (5, ()),
    "10.6": (2, ()), "10.7": (3, ()),
    "11.1": (4, (3, 4)), "11.2": (5, (4, 5)), "11.3": (5, (4, 5)), "11.4": (4, ()), "11.5": (2, (2,)),
    "11.6": (2, (2,)), "11.7": (2, (1, 2)),
    "12.1": (5, (4, 5)), "12.2": (2, ()), "12.3": (5, (5,)),
    "13.1": (4, (2, 3, 4)), "13.2": (6, (6,)), "13.3": (4, (3, 4)), "13.4": (7, (6, 7)),
    "14.1": (2, ()), "14.2": (8, (5, 6, 7, 8)), "14.3": (3, ()),
    "15.1": (5, (4, 5)), "15.2": (5, (4, 5)), "15.3": (7, ()), "15.4": (4, (1, 2, 3, 4)),
    "16.1": (1, ()), "16.2": (5, ()), "16.3": (4, ()), "16.4": (3, ()), "16.5": (4, (4,)),
    "17.1": (2, (2,)), "17.2": (8, (5, 6, 7, 8)), "17.3": (2, ()),
}  # fmt: skip
LEVELS = {1: 70, 2: 183}
"""How many requirements the standard has of each of the two levels."""


def asked() -> set[str]:
    return {
        f"{section}.{number}"
        for section, (many, high) in SECTIONS.items()
        for number in range(1, many + 1)
        if number not in high
    }


def complaints(rows: Iterable[Requirement], root: Path = ROOT) -> Iterator[str]:
    """Yield what is wrong with the rows: a number, a status without what it needs, a test or document that is not there."""
    rows = list(rows)
    numbers = Counter(row.number for row in rows)
    yield from (f"{number} is missing" for number in asked() - numbers.keys())
    yield from (f"{number} is no requirement of level 1 or 2" for number in numbers.keys() - asked())
    for row in rows:
        if not row.asks:
            yield f"{row.number} does not say what it asks"
        if row.lacks and row.not_applicable:
            yield f"{row.number} is both lacking and not applicable"
        if not (row.tests or row.documents or row.lacks or row.not_applicable):
            yield f"{row.number} says neither what meets it nor why not"
        yield from (f"{row.number}: {test} is no test" for test in row.tests if not is_test(test, root))
        yield from (f"{row.number}: {each} is nowhere" for each in row.documents if not is_document(each, root))


def is_test(named: str, root: Path) -> bool:
    file, _, name = named.partition("::")
    path = root / file
    if not re.fullmatch(r"tests/(?:\w+/)+test_\w+\.py", file) or not path.is_file():
        return False
    functions = {
        node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    }
    return name in functions if name else any(each.startswith("test_") for each in functions)


def is_document(named: str, root: Path) -> bool:
    file, _, place = named.partition("#")
    path = root / file
    if path.suffix != ".md" or not path.is_file():
        return False
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return not place or place in {re.sub(r"[^\w -]", "", each).strip().lower().replace(" ", "-") for each in headings}


def test_every_requirement_is_answered_and_what_it_points_at_exists() -> None:
    assert_none(complaints(read(DATA.read_text(encoding="utf-8"))))


def test_the_levels_are_counted_as_the_standard_counts_them() -> None:
    rows = read(DATA.read_text(encoding="utf-8"))
    assert Counter(row.level for row in rows) == LEVELS
    assert len(asked()) == sum(LEVELS.values())


def test_the_page_is_made_of_the_data() -> None:
    made = page(read(DATA.read_text(encoding="utf-8")))
    assert PAGE.read_text(encoding="utf-8") == made, "run python -m tools.asvs"


def test_a_requirement_told_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="verwrite"):
        read('"1.1.1" = { level = 2, asks = "a" }\n"1.1.1" = { level = 2, asks = "b" }')


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"asks": ""}, "does not say what it asks"),
        ({"tests": ()}, "says neither"),
        ({"lacks": "all", "not_applicable": "why"}, "both"),
        ({"tests": ("tests/house/test_asvs.py::test_nothing_of_the_kind",)}, "is no test"),
        ({"tests": ("tests/house/test_gone.py::test_x",)}, "is no test"),
        ({"tests": ("tests/house/tree.py::planted",)}, "is no test"),
        ({"tests": ("tools/asvs.py::read",)}, "is no test"),
        ({"documents": ("docs/gone.md",)}, "is nowhere"),
        ({"documents": ("docs/security.md#no-such-heading",)}, "is nowhere"),
    ],
)
def test_a_planted_fault_of_a_row_is_caught(row, said) -> None:
    good = {"number": "1.1.1", "level": 2, "asks": "a", "tests": ("tests/house/test_asvs.py",)}
    found = [each for each in complaints([Requirement(**(good | row))]) if each.startswith("1.1.1")]
    assert len(found) == 1
    assert said in found[0]
    assert [each for each in complaints([Requirement(**good)]) if each.startswith("1.1.1")] == []


def test_a_missing_and_an_unknown_requirement_are_caught() -> None:
    rows = [row for row in read(DATA.read_text(encoding="utf-8")) if row.number != "2.3.1"]
    strange = Requirement("2.3.5", 3, "level 3", tests=("tests/house/test_asvs.py",))
    assert {*complaints([*rows, strange])} >= {"2.3.1 is missing", "2.3.5 is no requirement of level 1 or 2"}
