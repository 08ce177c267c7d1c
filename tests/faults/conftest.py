"""A site of real processes for each test that attacks one, and the seed that a failure can be repeated with."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from random import Random

import pytest
from django.db import connection

from tests.faults.races import Races
from tests.faults.site import site as running

BY_NIGHT = {"test_clock_jumps.py", "test_dropped_writes.py", "test_guided.py"}
"""What has no short form."""
OF_POSTGRESQL = {"test_database_killed.py"}


def pytest_ignore_collect(collection_path, config):
    """Leave out what this form, or this engine, does not have; None leaves it to others."""
    name = collection_path.name
    is_left_out = (name in BY_NIGHT and not config.getoption("--nightly")) or (
        name in OF_POSTGRESQL and connection.vendor != "postgresql"
    )
    return True if is_left_out else None


@pytest.fixture
def site(fresh_database, data_dir, tmp_path):
    """Give an installation: nothing runs until it is started."""
    kept = tmp_path / "kept"
    kept.mkdir()
    with running(kept) as found:
        yield found


@pytest.fixture
def seed():
    """Give the number that all chance of a test comes from; RODATRADEN_SEED=N repeats a run."""
    number = int(os.environ.get("RODATRADEN_SEED") or secrets.randbelow(10**9))
    print(f"RODATRADEN_SEED={number}")  # noqa: T201 -- pytest shows it beside a failure
    return number


@pytest.fixture
def nightly(request):
    return request.config.getoption("--nightly")


@dataclass(frozen=True)
class Form:
    """How much is tried: the short form, or of the long one the `part`-th of `parts`, so that a night need not be one run."""

    is_long: bool
    part: int = 1
    parts: int = 1

    def times(self, short: int, long: int) -> int:
        """How many times to try what is drawn by chance."""
        return -(-long // self.parts) if self.is_long else short

    def takes(self, number: int) -> bool:
        """Whether the `number`-th of all that there is to try is this part's."""
        return number % self.parts == self.part - 1

    def chance(self, seed: int) -> Random:
        """Chance with a seed of its own in each part: it tries others than the parts before it."""
        return Random(seed + 1_000_003 * (self.part - 1))


def form_of(config) -> Form:
    found = re.fullmatch(r"([0-9]+)/([0-9]+)", config.getoption("--part"))
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise pytest.UsageError("--part takes K/N, such as 3/17")
    return Form(config.getoption("--nightly"), int(found[1]), int(found[2]))


@pytest.fixture
def form(request):
    return form_of(request.config)


@pytest.fixture
def races(fresh_database, form, seed, tmp_path):
    return Races(form, form.chance(seed), tmp_path)
