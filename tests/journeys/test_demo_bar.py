"""The bar of the example stands in a landmark of its own, so that nobody who listens to a page misses what it is."""

from __future__ import annotations

import pytest

from tests.journeys.axe import violations

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1200, "dark")])
def test_axe_finds_nothing_on_a_page_with_the_bar(visitor, settings, width, scheme):
    settings.DEMO, settings.UI_DEMO_BAR = True, "pages/demo_bar.html"
    page = visitor(width=width, scheme=scheme)
    page.goto("/")
    assert page.get_by_role("complementary", name="Exempel, allt är påhittat").count() == 1
    assert violations(page) == []
