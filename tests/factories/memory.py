"""What a factory made in an empty database, kept for the next test that asks for the same.

A procurement on its way to a contract is a thousand statements by the verbs. Made once for all processes and runs of
the same source, its rows and files are written back as they were, which is what the verbs would have made. They are
kept in `build`, for each database by itself, under the hash of all that they were made from.
"""

from __future__ import annotations

import fcntl
import hashlib
import pickle
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from itertools import count
from secrets import randbelow
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models.sql import InsertQuery

from tools import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.db.models import Model

P = ParamSpec("P")
R = TypeVar("R")

MADE_BY_MIGRATIONS = {"auth", "contenttypes"}

KEPT = bootstrap.ROOT / "build/test-memories"
SOURCES = 3
"""Of so many sources memories are kept, the latest: a run whose source is changed meanwhile goes on with its own."""

beside: dict[str, str] = {}
"""What factories know of a row and write into none, the private half of a key by its public half: remembered with the rows."""
PAPER = "paper of "
"""Before a public half, the name of the printed key that opens the lock of its private half."""

_memories: dict[str, Memory] = {}


def numbers() -> Iterator[int]:
    """Count on from a number that no other process began with, since what one of them made another writes back."""
    return count(10**12 + randbelow(10**6) * 10**6)


def remembered(make: Callable[P, R]) -> Callable[P, R]:
    """Make a factory remember what it made from the same arguments, wherever nothing has happened before it."""

    @wraps(make)
    def made(*args, **kwargs):
        if not _nothing_has_happened():
            return make(*args, **kwargs)
        key = f"{connection.vendor} {make.__module__}.{make.__qualname__} {args} {sorted(kwargs.items())}"
        if memory := _memories.get(key):
            return memory.recall()
        with _kept(key) as path:
            if path.exists():
                _memories[key] = pickle.loads(path.read_bytes())  # noqa: S301 -- pickled below, by a process of this source
                return _memories[key].recall()
            before = _places()
            result = make(*args, **kwargs)
            files = {place: _read(settings.DATA_DIR / place) for place in _places() - before}
            statements = list(_statements())
            told = {each for _, params in statements for each in _flat(params) if isinstance(each, str)}
            known = {name: value for name, value in beside.items() if name.removeprefix(PAPER) in told}
            _memories[key] = Memory(pickle.dumps(result), statements, files, known)
            part = path.with_suffix(".part")
            part.write_bytes(pickle.dumps(_memories[key]))
            part.replace(path)
            return result

    return made


@contextmanager
def _kept(key: str) -> Iterator[Path]:
    """Give the file that keeps a memory, to one process at a time: another one that asks for the same waits until it is there."""
    folder = KEPT / _source()
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(KEPT.iterdir(), key=lambda each: each.stat().st_mtime)[:-SOURCES]:
            shutil.rmtree(old, ignore_errors=True)
    path = folder / hashlib.sha256(key.encode()).hexdigest()
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path


@cache
def _source() -> str:
    """Return the hash of what memories are made from: the program with its texts, the factories, the packages."""
    ours = (bootstrap.ROOT / "src/rodatraden", bootstrap.ROOT / "tests/factories")
    files = sorted(
        path
        for folder in ours
        for path in folder.rglob("*")
        if path.suffix in {".py", ".po", ".toml", ".json", ".typ", ".html"}
    )
    settled = (bootstrap.ROOT / "tests/settings.py", bootstrap.ROOT / "requirements.lock")
    return f"{sys.version_info.minor}-{bootstrap.fingerprint([*files, *settled])[:24]}"


@dataclass(frozen=True)
class Memory:
    """What a factory returned, the statements that write its rows, its files by their place (whose they are and content), and what is known beside."""

    result: bytes
    statements: list[tuple[str, Any]]
    files: dict[Path, tuple[int, bytes]]
    beside: dict[str, str]

    def recall(self) -> Any:
        beside.update(self.beside)
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


def _flat(params) -> Iterator[Any]:
    """Yield the values of a statement, which some databases take column by column."""
    for each in params or ():
        yield from each if isinstance(each, list) else (each,)


def _statements():
    """Yield what writes all rows as they are now, and sets what numbers the next ones."""
    written = {model: rows for model in _models() if (rows := list(model._base_manager.all()))}
    for model, rows in written.items():
        fields = model._meta.local_concrete_fields
        size = connection.ops.bulk_batch_size(fields, rows)
        for start in range(0, len(rows), size):
            query = InsertQuery(model)
            query.insert_values(fields, rows[start : start + size], raw=True)
            for sql, params in query.get_compiler(connection=connection).as_sql():
                yield sql, [bytes(each) if isinstance(each, memoryview) else each for each in params]
    yield from ((sql, None) for sql in connection.ops.sequence_reset_sql(no_style(), written))
