"""One scanner for all tests here; it knows the test file and one bid's file, by their hashes alone."""

from __future__ import annotations

import pytest

from rodatraden.records.scanner import trade_file
from tests.factories.bids import pdf
from tools import clamd

INFECTED = pdf("with what our own signature finds")


@pytest.fixture(scope="session")
def scanner():
    """Where a clamd listens that finds `INFECTED` and the test file."""
    with clamd.server([trade_file(), INFECTED]) as place:
        yield place
