"""A published tender with its case, and a supplier's person."""

from __future__ import annotations

import pytest

from rodatraden.procurements.actions import appoint
from rodatraden.procurements.rules import Role
from tests.factories.bids import make_bidder
from tests.factories.keys import ring_of
from tests.factories.leaving import BEFORE, box_with_junk
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


@pytest.fixture
def ring(tender):
    return ring_of(tender)


@pytest.fixture
def lost(case, ring):
    """The holder who is not to be had: appointed as an official of this procurement, and nobody answers."""
    found = next(key.person for key in ring.keys.values() if key.person not in case.openers)
    appoint(procurement=case.procurement, person=found, role=Role.OPENER, by=case.officer, at=BEFORE)
    return found


@pytest.fixture
def box(tender):
    return box_with_junk(tender)
