"""A real browser behind a real proxy: the same walk as without one, with a server that is killed while a bid is on its way."""

from __future__ import annotations

import pytest

from tests.journeys.test_killed_server import (  # noqa: F401 -- fixtures, and the test itself
    bidder,
    page,
    programs,
    test_a_bid_on_its_way_survives_that_the_server_is_killed,
    world,
)


@pytest.fixture
def site(programs, site):  # noqa: F811 -- the fixture from above
    """Give the installation with its programs for the browser."""
    return site
