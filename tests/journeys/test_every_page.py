"""Every page of the example, as the people who may open it: found by following all links from the first page.

Each address answers; each different view is looked at by axe, narrow and light, wide and dark (`--nightly`: in all four
combinations). What no link leads to is looked at in a world of its own (`test_pages_beside`), and what is looked at nowhere
fails the run. With RODATRADEN_SCREENSHOTS set to a folder, a picture of each is kept there.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from html import unescape
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve

from rodatraden import demo
from rodatraden.parties.models import Person
from tests.journeys.axe import violations
from tests.journeys.beside import NO_PAGES, beside, read_by_somebody
from tests.journeys.people import hand_session
from tests.journeys.pictures import keep_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.journey

TODAY = date(2026, 6, 12)
LOOKS = [(390, "light"), (1200, "dark")]
MORE_LOOKS = [(390, "dark"), (1200, "light")]
SAMPLES = 2
"""How many addresses of each view are opened by each person: the first ones that links lead to."""
FEWEST = 136
"""Views that people of the example reach by links; a new page that none leads to is found by nobody."""
NEVER_LOST = {"procurements:diary", "pages:log", "needs:backlog", "contracts:report"}
"""Pages beside the thread, which are easily forgotten by those who make menus."""
NOT_FOLLOWED = {"account_logout", "account_login"}


@pytest.fixture
def example(live, settings, time_machine):
    """Load the example as it stands on a day in June."""
    settings.DEMO = True
    time_machine.move_to(datetime.combine(TODAY, time(8, 0), tzinfo=ZoneInfo("Europe/Stockholm")))
    demo.load(TODAY)


def everybody() -> Iterator[Person | None]:
    yield None
    yield from Person.objects.filter(is_fictional=True).order_by("name")


LINK = re.compile(r'<a\s(?:[^>]*\s)?href="(/[^"]*)"')
"""The address of a link within the site, as Django's escaping leaves it: a parser spends fifty times as long on a page."""


def found_by_links(person: Person | None, wrong: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each view and address that the person reaches from the first page; what doesn't answer is told in `wrong`.

    Followed without a browser, which would make a thousand pages for the hundred that are looked at.
    """
    client = Client()
    if person:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    waiting, met, counts = deque([("/", "")]), {"/"}, defaultdict(int)
    while waiting:
        path, came_from = waiting.popleft()
        try:
            view = resolve(path).view_name
        except Resolver404:
            wrong.append(f"{came_from} links to {path}, which does not exist")
            continue
        counts[view] += 1
        if counts[view] > SAMPLES or view in NOT_FOLLOWED:
            continue
        answer = client.get(path, follow=True)
        if answer.status_code != HTTPStatus.OK:
            wrong.append(f"{came_from} links to {path} ({view}), which answers {answer.status_code}")
            continue
        if answer.streaming or not answer.headers["content-type"].startswith("text/html"):
            answer.close()
            continue
        yield view, path
        for link in LINK.findall(answer.text):
            there = urlsplit(unescape(link)).path
            if there not in met:
                met.add(there)
                waiting.append((there, path))


def walk(person: Person | None) -> tuple[list[tuple[str, str]], list[str]]:
    """Return what `found_by_links` yields, and what didn't answer; run in a thread, which leaves no connection behind."""
    wrong: list[str] = []
    try:
        return list(found_by_links(person, wrong)), wrong
    finally:
        connection.close()


def test_every_page_answers_and_is_accessible(visitor, live, example, pytestconfig):
    looks = LOOKS + MORE_LOOKS if pytestconfig.getoption("nightly") else LOOKS
    page = visitor()
    seen: set[str] = set()
    wrong: list[str] = []
    people = list(everybody())
    with ThreadPoolExecutor(
        1
    ) as ahead:  # follows the links of the next person while the pages of this one are looked at
        for person, (found, not_answered) in zip(people, ahead.map(walk, people), strict=True):
            hand_session(page, person, live)
            for view, path in found:
                if view not in seen:
                    seen.add(view)
                    page.goto(path)
                    for width, scheme in looks:
                        page.set_viewport_size({"width": width, "height": 900})
                        page.emulate_media(color_scheme=scheme)
                        keep_picture(page, f"{view.replace(':', '-')}-{width}-{scheme}")
                        wrong += [f"{path} ({view}, {width}, {scheme}): {each}" for each in faults(page)]
            wrong += [f"{person or 'nobody'}: {each}" for each in not_answered]
    assert wrong == []
    assert len(seen) >= FEWEST, "pages that no link leads to any longer"
    assert not NEVER_LOST - seen
    client = Client()
    client.force_login(people[-1], backend="django.contrib.auth.backends.ModelBackend")
    assert not read_by_somebody(client) - seen - beside() - set(NO_PAGES), "pages that nobody looks at"
    assert not seen & set(NO_PAGES)


def faults(page: Page) -> Iterator[str]:
    """Yield what is wrong with the page as it is shown."""
    yield from violations(page)
    if page.locator("h1").count() != 1:
        yield "not exactly one h1"
    if len(page.title()) <= len("Röda tråden"):
        yield f"the title is {page.title()!r}"
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield "scrolls sideways"
