"""What the tests of the follow-up share: a contract signed by both parties on 1 July 2026, made once for each module."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.factories.contracts import fresh, make_contract

SENT = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
SIGNED_ON = date(2026, 7, 1)


@pytest.fixture(scope="module")
def concluded(shared_rows):
    return make_contract(notified_at=SENT, on=SIGNED_ON)


@pytest.fixture
def world(concluded, db):
    return concluded[0]


@pytest.fixture
def contract(concluded, db):
    return fresh(concluded[1])
