"""The server is killed while a bid is on its way, and started again: the page goes on by itself, to a receipt.

Not the server of the other journeys, which lives in the test's own process: an installation's own processes, killed all at
once, on one database and one port.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.bids.models import SealedPart, Submission
from rodatraden.core.canonical import sha256_hex
from tests.factories.bids import close_box, make_bidder
from tests.factories.keys import unlock
from tests.factories.tenders import make_published
from tests.faults.invariants import Held, broken
from tests.faults.site import site as running
from tests.journeys.test_workspace import BEFORE, OPENING, workspace
from tests.journeys.test_workspace_breaks import choose, large
from tests.journeys.workspace import SLOWEST, hand_in, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.faults.site import Site

pytestmark = pytest.mark.journey
PARTS = 8
RECEIPT = "Anbudet är lämnat och förseglat"


@pytest.fixture
def programs(data_dir, settings) -> None:
    """Gather the programs for the browser where an installation has them."""
    settings.STATIC_ROOT = data_dir / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture
def site(fresh_database, programs, tmp_path) -> Iterator[Site]:
    """An installation, not started yet."""
    kept = tmp_path / "kept"
    kept.mkdir()
    with running(kept) as found:
        yield found


@pytest.fixture
def world(site):
    return make_published()


@pytest.fixture
def bidder(world):
    return make_bidder()


@pytest.fixture
def page(browser: Browser, site: Site, bidder) -> Iterator[Page]:
    """The bidder's browser, signed in, at the running server."""
    site.is_now(BEFORE)
    site.sign_in(bidder)
    site.start()
    is_safe = site.trusts is not None
    context = browser.new_context(
        base_url=site.address, locale="sv-SE", timezone_id="Europe/Stockholm", ignore_https_errors=is_safe
    )
    cookies = site.of(bidder).cookies
    context.add_cookies(
        [{"name": name, "value": value, "url": site.address, "secure": is_safe} for name, value in cookies.items()]
    )
    yield context.new_page()
    context.close()


def test_a_bid_on_its_way_survives_that_the_server_is_killed(site, world, bidder, page, tmp_path):
    case, tender = world
    workspace(page, tender, bidder)
    write(page)
    path = large(tmp_path / "bilaga.png", parts=PARTS)
    choose(page, 1, path)
    with page.expect_request(lambda asked: asked.method == "PUT" and asked.url.endswith("/00002.age")):
        hand_in(page)
    site.kill()
    expect(page.locator('[data-part="progress-words"]')).to_contain_text("Försöker igen", timeout=SLOWEST)
    assert not Submission.objects.exists()
    assert SealedPart.objects.count() < PARTS
    site.start()
    expect(page.get_by_role("heading", level=1)).to_have_text(RECEIPT, timeout=SLOWEST)
    submission = Submission.objects.get()
    expect(page.get_by_text(submission.fingerprint)).to_be_visible()
    told = page.request.get(reverse("bids:receipt_json", args=[submission.pk]))
    site.kill()
    held = Held(receipts={submission.pk: told.body()}, acknowledged={submission.pk})
    assert json.loads(told.body())["in_time"]
    assert not (faults := broken(held)), faults
    close_box(tender)
    (bid,) = unlock(tender, *case.openers[:2], at=OPENING)
    stored = {each.file.name: each.file.sha256 for each in bid.files.select_related("file")}
    assert stored["bilaga.png"] == sha256_hex(path.read_bytes())
