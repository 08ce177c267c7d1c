"""A real browser: one for the whole run, a fresh context for every visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import sync_playwright

from tools.browser import program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NOT_LOADED = "Failed to load resource"  # the console says it of pages too, which answer 404 and 422 by right
PARTS = {"stylesheet", "script", "font", "image"}


def pytest_collection_modifyitems(items):
    """Begin with the two longest, one in each process: of two, each gets a half of the list and then what the other has left."""
    main = [item for item in items if item.get_closest_marker("main_journey")]
    walk = [item for item in items if item.path.name == "test_every_page.py"]
    others = [item for item in items if item not in main and item not in walk]
    before = max(len(items) // 2 - len(main), 0)
    items[:] = [*main, *others[:before], *walk, *others[before:]]


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Start Debian's Chromium; from then on Playwright's event loop runs in the thread that also talks to the database."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=program(), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(browser: Browser, live: str) -> Iterator[Callable[..., Page]]:
    """Open a page of the live site for a new visitor: `visitor(width=390, scheme="dark", script=False)`.

    A script error, a missing style, script, font or picture, or anything that the content security policy refuses
    fails the test.
    """
    contexts = []
    complaints: list[str] = []

    def _complain(wrong: bool, what: str) -> None:
        if wrong:
            complaints.append(what)

    def open_(*, width: int = 1200, scheme: str = "light", script: bool = True) -> Page:
        context = browser.new_context(
            base_url=live,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: _complain(said.type == "error" and not said.text.startswith(NOT_LOADED), said.text)
        )
        page.on("response", lambda got: _complain(got.status >= 400 and got.request.resource_type in PARTS, got.url))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def sit(visitor, live):
    """Return how somebody sits down at a browser, signed in; nobody is a visitor without account."""

    def seated(person=None, *, width=1200, scheme="light"):
        page = visitor(width=width, scheme=scheme)
        if person is not None:
            client = Client()
            client.force_login(person)
            name = settings.SESSION_COOKIE_NAME
            page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live}])
        return page

    return seated
