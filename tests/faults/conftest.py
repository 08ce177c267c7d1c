"""A site of real processes for each test that attacks one, and the seed that a failure can be repeated with."""

from __future__ import annotations

import os
import secrets

import pytest

from tests.faults.site import site as running


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
