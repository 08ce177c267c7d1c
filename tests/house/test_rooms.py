"""Every room looks alike: a door plate, a closed list of files, tests that mirror them, and no file too long to read."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOMS, ROOT, SOURCE, Module, assert_none, functions, modules, planted, tracked_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

LAYERS = {"models", "rules", "queries", "actions", "forms", "views", "urls", "apps", "tasks", "api", "documents"}
SPECIAL = {"records": {"storage", "scanner", "handing_out"}, "pages": {"templatetags"}}
FOLDERS = {"migrations", "templates", "static", "locale"}
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "services", "managers"}
MIRRORED = {"actions", "rules", "queries", "forms", "views"}
DOOR_PLATE = 10  # lines
LONGEST = 500  # lines
STANDS_ALONE = "core/ledger/offline.py"  # one file is what an outsider reads, keeps and runs


def strange_files(names: Iterable[str]) -> list[str]:
    """List the files below src/rodatraden that are not among those a room may hold."""
    found = []
    for name in names:
        room, _, rest = name.partition("/")
        first, _, below = rest.partition("/")
        stem = first.removesuffix(".py")
        if {part.removesuffix(".py") for part in name.split("/")} & NO_NAMES:
            found.append(f"{name}: a name that says nothing; a thing has a room and a layer")
        elif room not in ROOMS or rest in {"__init__.py", "README.md"}:
            continue
        elif first in FOLDERS:
            if first in {"templates", "static"} and not below.startswith(f"{room}/"):
                found.append(f"{name}: lies outside {first}/{room}/")
        elif stem not in LAYERS | SPECIAL.get(room, set()) or (not below and not first.endswith(".py")):
            found.append(f"{name}: not in the closed list of files of a room")
    return found


def without_plate(rooms: Iterable[str], source: Path) -> list[str]:
    """List the rooms without a README, or with one that is too long for a door plate."""
    found = []
    for room in rooms:
        plate = source / room / "README.md"
        if not plate.is_file():
            found.append(f"{room}: no README.md")
        elif (length := len(plate.read_text(encoding="utf-8").splitlines())) > DOOR_PLATE:
            found.append(f"{room}: README.md has {length} lines, {DOOR_PLATE} are enough")
    return found


def without_test(all_modules: Iterable[Module], tests: Collection[str]) -> list[str]:
    """List the modules whose test file one would not find by its name.

    `bids/rules.py` is tested in `tests/bids/test_rules.py`; `bids/actions/opening.py` there or in
    `tests/bids/test_actions.py`, `test_actions_opening.py` or `tests/bids/actions/test_opening.py`.
    """
    found = []
    for module in all_modules:
        *folders, file = module.place.split("/")
        name = file.removesuffix(".py")
        if not _holds_code(module.tree) or not (
            module.room == "core" or (module.room in ROOMS and module.layer in MIRRORED)
        ):
            continue
        folder = "/".join(["tests", *folders])
        good = {f"{folder}/test_{name}.py"}
        if name == "__init__":
            good = {f"{folder}/test_{folders[-1]}.py", "/".join(["tests", *folders[:-1], f"test_{folders[-1]}.py"])}
        elif module.room in ROOMS and len(folders) > 1:
            above = "/".join(["tests", *folders[:-1]])
            good |= {f"{above}/test_{folders[-1]}.py", f"{above}/test_{folders[-1]}_{name}.py"}
        if not good & set(tests):
            found.append(f"{module.place}: no {min(good, key=len)}")
    return found


def _holds_code(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body)


def silent(module: Module) -> list[str]:
    """List the public functions of the core that don't say which rule they compute."""
    if module.room != "core":
        return []
    return [f"{module.at(f)}: {f.name} has no docstring" for f in functions(module.tree) if not ast.get_docstring(f)]


def too_long(texts: dict[str, str]) -> list[str]:
    """List the files with more lines than one can keep in mind."""
    lengths = {place: len(text.splitlines()) for place, text in texts.items()}
    return [
        f"{place}: {n} lines; past some 400 a file becomes a package"
        for place, n in lengths.items()
        if n > LONGEST and place != STANDS_ALONE
    ]


def _tracked(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in tracked_files() if path.is_relative_to(root)]


def _rooms_that_stand() -> list[str]:
    return [room for room in ROOMS if (SOURCE / room).is_dir()]


def test_rooms_hold_a_closed_list_of_files() -> None:
    assert_none(strange_files(_tracked(SOURCE)))


def test_every_room_has_its_door_plate() -> None:
    assert_none(without_plate(_rooms_that_stand(), SOURCE))


def test_tests_mirror_the_source() -> None:
    assert_none(without_test(modules(), _tracked(ROOT)))


def test_the_core_says_what_it_computes() -> None:
    assert_none(line for module in modules() for line in silent(module))


def test_no_file_is_too_long_to_read() -> None:
    texts = {
        path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8")
        for path in tracked_files()
        if path.is_relative_to(SOURCE) and path.suffix in {".py", ".html"}
    }
    assert_none(too_long(texts))


@pytest.mark.parametrize(
    "name",
    [
        "bids/helpers.py",
        "bids/constants.py",
        "bids/storage.py",
        "bids/templatetags/case.py",
        "bids/notes.md",
        "bids/fixtures/a.json",
        "bids/templates/page.html",
        "bids/templates/awards/page.html",
        "bids/static/x.css",
        "bids/actions/utils.py",
        "core/common.py",
        "config/helpers/a.py",
    ],
)
def test_a_planted_file_is_caught(name: str) -> None:
    assert len(strange_files([name])) == 1


def test_the_usual_files_are_let_through() -> None:
    usual = [
        "__init__.py",
        "README.md",
        "models.py",
        "actions/opening.py",
        "templates/bids/page.html",
        "static/bids/a.css",
    ]
    usual += [
        "migrations/0001_initial.py",
        "locale/sv/LC_MESSAGES/django.po",
        "documents/receipt.typ",
        "apps.py",
        "urls.py",
    ]
    assert (
        strange_files(
            [
                *(f"bids/{name}" for name in usual),
                "records/storage.py",
                "pages/templatetags/case.py",
                "ui/words.py",
                "__init__.py",
            ]
        )
        == []
    )


def test_a_missing_or_long_door_plate_is_caught(tmp_path: Path) -> None:
    for room, lines in {"bids": 10, "awards": 11}.items():
        (tmp_path / room).mkdir()
        (tmp_path / room / "README.md").write_text("x\n" * lines, encoding="utf-8")
    assert [line.partition(":")[0] for line in without_plate(["bids", "awards", "needs"], tmp_path)] == [
        "awards",
        "needs",
    ]


@pytest.mark.parametrize(
    ("place", "test", "found"),
    [
        ("bids/rules.py", "tests/bids/test_rules.py", True),
        ("bids/rules.py", "tests/bids/test_rule.py", False),
        ("bids/actions/opening.py", "tests/bids/test_actions.py", True),
        ("bids/actions/opening.py", "tests/bids/test_actions_opening.py", True),
        ("bids/actions/opening.py", "tests/bids/actions/test_opening.py", True),
        ("bids/actions/opening.py", "tests/bids/test_opening.py", False),
        ("core/evaluation/gate.py", "tests/core/evaluation/test_gate.py", True),
        ("core/evaluation/gate.py", "tests/core/test_evaluation.py", False),
        ("core/evaluation/__init__.py", "tests/core/test_evaluation.py", True),
        ("bids/models.py", "", True),
        ("config/settings.py", "", True),
    ],
)
def test_a_missing_mirror_is_caught(place: str, test: str, found: bool) -> None:
    assert (without_test([planted(place, "def f(): ...")], [test]) == []) is found
    assert without_test([planted(place, "x = 1")], []) == []


def test_a_silent_function_in_the_core_is_caught() -> None:
    code = 'def said():\n  "It says."\ndef silent(): ...\ndef _own(): ...'
    assert silent(planted("core/gate.py", code)) == ["core/gate.py:3: silent has no docstring"]
    assert silent(planted("bids/rules.py", code)) == []


def test_a_long_file_is_caught() -> None:
    assert len(too_long({"a.py": "x\n" * 501, "b.py": "x\n" * 500})) == 1
