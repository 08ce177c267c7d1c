"""The bar of the example stands in a landmark of its own, so that nobody who listens to a page misses what it is."""

from __future__ import annotations

import pytest

from tests.factories.parties import make_buyer, make_person
from tests.journeys.axe import violations

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1200, "dark")])
def test_a_page_with_the_bar_is_accessible_and_as_wide_as_the_screen(visitor, settings, width, scheme):
    settings.DEMO, settings.UI_DEMO_BAR = True, "pages/demo_bar.html"
    make_person("Vera Lindgren", organisation=make_buyer(), title="Observatör från handelskammaren i provinsen")
    page = visitor(width=width, scheme=scheme)
    page.goto("/")
    assert page.get_by_role("complementary", name="Exempel, allt är påhittat").count() == 1
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
