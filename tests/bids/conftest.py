"""A published tender with its case, and a supplier's person."""

from __future__ import annotations

import pytest

from tests.factories.bids import make_bidder
from tests.factories.procurements import make_case
from tests.factories.tenders import make_published_tender


@pytest.fixture
def case(db):
    return make_case()


@pytest.fixture
def tender(case):
    return make_published_tender(case)


@pytest.fixture
def bidder(tender):
    return make_bidder()
