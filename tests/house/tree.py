"""What the house tests read: the rooms and their order, the modules as syntax trees, the tracked files."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "rodatraden"


def _order() -> tuple[str, ...]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (thread,) = (contract for contract in contracts if contract["id"] == "thread")
    return tuple(name.strip(" ()") for layer in reversed(thread["layers"]) for name in layer.split("|"))


# From the lowest to the highest; the contract "thread" in pyproject.toml is the one place that says it.
ORDER = _order()
ROOMS = tuple(name for name in ORDER if name not in {"core", "ui", "config", "cli", "demo"})


def assert_none(complaints: Iterable[str]) -> None:
    """Fail with every complaint on a line of its own."""
    if listed := list(complaints):
        pytest.fail("\n".join([f"{len(listed)} complaints:", *listed]), pytrace=False)


@dataclass(frozen=True)
class Module:
    """A Python file: its place below src/rodatraden, such as `bids/actions/opening.py`, and its syntax tree."""

    place: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.place.partition("/")[0].removesuffix(".py")

    @property
    def layer(self) -> str:
        """Return `actions` for both `bids/actions.py` and `bids/actions/opening.py`."""
        rest = self.place.partition("/")[2]
        return rest.partition("/")[0].removesuffix(".py")

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree, as `ast.walk` gives them; a dozen rules look through them."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def names(self) -> dict[str, str]:
        """Map each imported name to where it comes from: `dt` → `datetime`, `now` → `django.utils.timezone.now`."""
        names = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    names[alias.asname or alias.name.partition(".")[0]] = alias.name if alias.asname else alias.name.partition(".")[0]  # fmt: skip
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return names

    def at(self, node: ast.AST) -> str:
        return f"{self.place}:{getattr(node, 'lineno', 1)}"


def planted(place: str, code: str) -> Module:
    """Return a made-up module, for the tests that plant a fault."""
    return Module(place, ast.parse(code))


@cache
def modules(source: Path = SOURCE) -> tuple[Module, ...]:
    """Return every module of the program but migrations, which Django writes."""
    return tuple(
        Module(path.relative_to(source).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(source.rglob("*.py"))
        if "migrations" not in path.relative_to(source).parts
    )


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files that git knows, or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(path for name in sorted(names.split("\0")) if name and (path := ROOT / name).is_file())


def dotted(node: ast.AST, names: dict[str, str]) -> str:
    """Return the full name of `a.b.c` with the import of `a` put in, or nothing for other expressions."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = dotted(node.value, names)
        return f"{base}.{node.attr}" if base else ""
    return ""


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the public functions of a module, those of classes apart."""
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]
