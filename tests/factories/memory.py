"""What a factory made in an empty database, kept for the next test that asks for the same.

A procurement on its way to a contract is a thousand statements by the verbs. Made once in each process, its rows and
files are written back as they were, which is what the verbs would have made.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models.sql import InsertQuery

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.db.models import Model

P = ParamSpec("P")
R = TypeVar("R")

MADE_BY_MIGRATIONS = {"auth", "contenttypes"}

_memories: dict[tuple[str, ...], Memory] = {}


def remembered(make: Callable[P, R]) -> Callable[P, R]:
    """Make a factory remember what it made from the same arguments, wherever nothing has happened before it."""

    @wraps(make)
    def made(*args, **kwargs):
        if not _nothing_has_happened():
            return make(*args, **kwargs)
        key = (make.__module__, make.__qualname__, repr((args, sorted(kwargs.items()))))
        if key not in _memories:
            before = _places()
            result = make(*args, **kwargs)
            files = {place: _read(settings.DATA_DIR / place) for place in _places() - before}
            _memories[key] = Memory(pickle.dumps(result), list(_statements()), files)
            return result
        return _memories[key].recall()

    return made


@dataclass(frozen=True)
class Memory:
    """What a factory returned, the statements that write its rows, and its files by their place: whose they are and content."""

    result: bytes
    statements: list[tuple[str, Any]]
    files: dict[Path, tuple[int, bytes]]

    def recall(self) -> Any:
        for place, (mode, content) in self.files.items():
            path = settings.DATA_DIR / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(mode)
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, params in self.statements:
                cursor.execute(sql, params)
        return pickle.loads(self.result)  # noqa: S301 -- pickled above, by this process


def _read(path: Path) -> tuple[int, bytes]:
    return path.stat().st_mode, path.read_bytes()


def _places() -> set[Path]:
    return {path.relative_to(settings.DATA_DIR) for path in settings.DATA_DIR.rglob("*") if path.is_file()}


@cache
def _models() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.app_label not in MADE_BY_MIGRATIONS
    ]


@cache
def _is_anything_there() -> str:
    tables = (connection.ops.quote_name(model._meta.db_table) for model in _models())
    return f"SELECT {' OR '.join(f'EXISTS (SELECT 1 FROM {table})' for table in tables)}"  # noqa: S608 -- our own names


def _nothing_has_happened() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_is_anything_there())
        return not cursor.fetchone()[0]


def _statements():
    """Yield what writes all rows as they are now, and sets what numbers the next ones."""
    written = {model: rows for model in _models() if (rows := list(model._base_manager.all()))}
    for model, rows in written.items():
        fields = model._meta.local_concrete_fields
        size = connection.ops.bulk_batch_size(fields, rows)
        for start in range(0, len(rows), size):
            query = InsertQuery(model)
            query.insert_values(fields, rows[start : start + size], raw=True)
            yield from query.get_compiler(connection=connection).as_sql()
    yield from ((sql, None) for sql in connection.ops.sequence_reset_sql(no_style(), written))
