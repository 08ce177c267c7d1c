"""The core has no files, no cache and no settings: what each other test is given a fresh one of is left out here."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def data_dir() -> None:
    """Give no data folder."""


@pytest.fixture(autouse=True)
def _no_memory_between_tests() -> None:
    """Have nothing to forget."""
