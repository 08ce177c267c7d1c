"""Rows are written in `actions.py` and nowhere else.

A syntax tree knows no types, so the test tells writes from their namesakes by how they are called: `QuerySet.update`
takes keywords only and `set.update` none, `Model.delete` takes nothing and `cache.delete` a key. `add`, `remove`, `set`
and `clear` count where the thing before the dot is a many-valued relation of one of our models.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import Module, assert_none, modules, planted

if TYPE_CHECKING:
    from collections.abc import Iterable

ALWAYS = {
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "save_base",
    "save_m2m",
    "create_user",
    "create_superuser",
}
WITHOUT_POSITION = {"save", "delete", "update"}
ENGINES = {"config/session_store.py"}
"""What Django asks to write its own rows when a request ends: no person does it, and nothing is recorded of it."""
OF_RELATIONS = {"add", "remove", "set", "clear"}
WRITING_SQL = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|MERGE)\b", re.IGNORECASE)


def relations(all_modules: Iterable[Module]) -> set[str]:
    """Return the names of the many-valued relations of our models, read from models.py."""
    names = set()
    for module in all_modules:
        if module.layer != "models":
            continue
        for node in module.nodes:
            if isinstance(node, ast.keyword) and node.arg == "related_name" and isinstance(node.value, ast.Constant):
                names.add(str(node.value.value))
            if isinstance(node, ast.Assign | ast.AnnAssign) and _is_many_to_many(node.value):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names


def _is_many_to_many(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func).endswith("ManyToManyField")


def writes(module: Module, related: set[str]) -> list[str]:
    """List where a module writes rows though it is no place for verbs."""
    if module.layer == "actions" or module.room == "core" or module.place in ENGINES:
        return []
    # A relation that was given a short name first: `files = bid.files`.
    short = {
        target.id
        for node in module.nodes
        if isinstance(node, ast.Assign) and _is_relation(node.value, related)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = []
    for node in module.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        verb = node.func.attr
        plain = verb[1:] if verb.startswith("a") and verb[1:] in ALWAYS | WITHOUT_POSITION | OF_RELATIONS else verb
        receiver = node.func.value
        if (
            plain in ALWAYS
            or (plain in {"save", "delete"} and not node.args)
            or (plain == "update" and node.keywords and not node.args)
            or (
                plain in OF_RELATIONS
                and (_is_relation(receiver, related) or (isinstance(receiver, ast.Name) and receiver.id in short))
            )
            or (plain in {"execute", "executemany", "raw"} and _writes_sql(node))
        ):
            found.append(f"{module.at(node)}: {ast.unparse(node.func)}(…) writes; make it a verb in actions.py")
    return found


def _is_relation(node: ast.expr, related: set[str]) -> bool:
    return isinstance(node, ast.Attribute) and (node.attr in related or node.attr.endswith("_set"))


def _writes_sql(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.JoinedStr):
        first = first.values[0]
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and bool(WRITING_SQL.match(first.value))


def test_rows_are_written_in_actions_only() -> None:
    related = relations(modules())
    assert_none(line for module in modules() for line in writes(module, related))


RELATED = {"files", "openers"}


@pytest.mark.parametrize(
    "code",
    [
        "bid.save()",
        "bid.save(update_fields=['price'])",
        "form.save(commit=False)",
        "await bid.asave()",
        "Bid.objects.create(price=1)",
        "bid.files.create()",
        "Bid.objects.filter(price=1).update(price=2)",
        "Bid.objects.update(**values)",
        "bids.bulk_create(rows)",
        "bids.bulk_update(rows, ['price'])",
        "Bid.objects.get_or_create(price=1)",
        "Bid.objects.update_or_create(price=1)",
        "Person.objects.create_user('a')",
        "bid.delete()",
        "bid.files.all().delete()",
        "bid.files.add(file)",
        "bid.files.set([])",
        "bid.files.clear()",
        "bid.openers.remove(person)",
        "bid.file_set.add(file)",
        "files = bid.files\nfiles.add(file)",
        "cursor.execute('update bids_bid set price = 1')",
        "cursor.execute(f'DELETE FROM {table}')",
        "Bid.objects.raw('DELETE FROM bids_bid RETURNING id')",
    ],
)
def test_a_planted_write_is_caught(code: str) -> None:
    for place in (
        "bids/views.py",
        "bids/rules.py",
        "bids/models.py",
        "pages/queries/tasks.py",
        "demo/story.py",
        "config/x.py",
    ):
        assert len(writes(planted(place, code), RELATED)) == 1
    assert writes(planted("bids/actions.py", code), RELATED) == []
    assert writes(planted("bids/actions/opening.py", code), RELATED) == []


@pytest.mark.parametrize(
    "code",
    [
        "seen.add(key)",
        "seen.update(keys)",
        "values.update({'a': 1})",
        "values.clear()",
        "names.remove('a')",
        "files = set()\nfiles.add(1)",
        "digest.update(data)",
        "cache.set('key', 1)",
        "cache.delete('key')",
        "token.set(1)",
        "workbook.save(buffer)",
        "storage.save(name, content)",
        "storage.delete(name)",
        "super().save(*args, **kwargs)",
        "cursor.execute('SELECT 1')",
        "open_bids(tender=tender, by=by, at=at)",
        "self.helper.add(field)",
    ],
)
def test_namesakes_are_no_writes(code: str) -> None:
    assert writes(planted("bids/views.py", code), RELATED) == []


def test_relations_are_found_in_models() -> None:
    code = "class Bid:\n  files = models.ManyToManyField(File)\n  tender = models.ForeignKey(T, related_name='bids')"
    assert relations([planted("bids/models.py", code), planted("bids/views.py", "x(related_name='no')")]) == {
        "files",
        "bids",
    }
