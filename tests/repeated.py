"""Which tests are repeated on PostgreSQL: enough of them that each statement made on SQLite is made there too.

While the rooms run on SQLite it is noted which statements each test makes and how long it takes, under the hash of the
program and its tests. CONTRIBUTING.md says what is chosen from that, and what is always repeated.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from tools import bootstrap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

KEPT = bootstrap.ROOT / "build/test-statements"
UNLIKE = (
    (re.compile(r"'(?:[^']|'')*'"), "?"),
    (re.compile(r"\((?:%s|NULL)(?:, (?:%s|NULL))*\)"), "(?)"),
    (re.compile(r"\(\?\)(?:, \(\?\))+"), "(?)"),
    (re.compile(r"\b\d+\b"), "0"),
)
"""What differs between statements that ask the same of a database: values, and how many there are."""
PER_TEST = 0.02
"""Processor seconds that a test takes whatever it does."""
OF_A_TRANSACTION = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA")


@dataclass(frozen=True)
class Noted:
    """What a test did: processor seconds, and the statements that it made."""

    seconds: float
    statements: frozenset[str]


@cache
def form(sql: str) -> str:
    """Return what a statement asks, whatever its values; nothing where it only begins or ends something."""
    if sql.startswith(OF_A_TRANSACTION):
        return ""
    for pattern, instead in UNLIKE:
        sql = pattern.sub(instead, sql)
    return blake2b(sql.encode(), digest_size=8).hexdigest()


@dataclass
class Notes:
    """What the tests of one process did, written down when they have all run."""

    path: Path
    tests: dict[str, tuple[float, list[str]]] = field(default_factory=dict)

    @contextmanager
    def of(self, test: str) -> Iterator[None]:
        """Note what a test does, with what its fixtures do for it first of all."""
        from django.db import connection  # noqa: PLC0415 -- Django is set up by now

        made = set()

        def note(execute, sql, params, many, context):
            made.add(form(str(sql)))
            return execute(sql, params, many, context)

        began = time.process_time()
        with connection.execute_wrapper(note):
            yield
        self.tests[test] = (round(time.process_time() - began, 3), sorted(made - {""}))

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.tests), "ascii")


def place() -> Path:
    """Return the folder of the notes of this source."""
    folders = (bootstrap.ROOT / "src/rodatraden", bootstrap.ROOT / "tests")
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".html", ".typ"})
    return KEPT / bootstrap.fingerprint([*files, bootstrap.ROOT / "requirements.lock"])[:24]


def forget() -> None:
    """Throw away all notes, those of other sources too: new ones are about to be written."""
    shutil.rmtree(KEPT, ignore_errors=True)


def noted() -> dict[str, Noted]:
    """Return what is noted of each test of this source, nothing where its tests have not run on SQLite."""
    return {
        test: Noted(seconds, frozenset(made))
        for path in sorted(place().glob("*.json"))
        for test, (seconds, made) in json.loads(path.read_text("ascii")).items()
    }


def enough(tests: Mapping[str, Noted], *, always: Collection[str]) -> set[str]:
    """Return which of `tests` to repeat beside those `always` repeated: each statement is made, the cheapest way first.

    What a test adds only shrinks as others are chosen: the first in the queue whose worth has not is the best one.
    """
    made = {each for test in always if test in tests for each in tests[test].statements}

    def worth(test: str) -> float:
        return len(tests[test].statements - made) / (tests[test].seconds + PER_TEST)

    found = set(always)
    queue = [(-worth(test), test) for test in tests if test not in found]
    heapify(queue)
    while queue:
        was, test = heappop(queue)
        now = -worth(test)
        if now > was:
            heappush(queue, (now, test))
        elif now:
            found.add(test)
            made |= tests[test].statements
    return found
