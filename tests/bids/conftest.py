"""A published tender with its case, and a supplier's person."""

from __future__ import annotations

import pytest

from tests.factories.bids import make_bidder
from tests.factories.tenders import make_published


@pytest.fixture
def published(db):
    return make_published()


@pytest.fixture
def case(published):
    return published[0]


@pytest.fixture
def tender(published):
    return published[1]


@pytest.fixture
def bidder(tender):
    return make_bidder()
