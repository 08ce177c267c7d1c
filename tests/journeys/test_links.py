"""The link of a letter followed in a browser, and its code typed where there is no script: no address ever holds the code."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.signals import request_started
from playwright.sync_api import expect

from rodatraden.config import clock
from rodatraden.parties.actions import invite
from rodatraden.parties.models import Membership
from rodatraden.records.models import OutboxMail
from rodatraden.ui.links import new_code
from tests.factories.links import link_in
from tests.factories.parties import make_buyer, make_person
from tests.factories.tenders import DEADLINE, make_published
from tests.journeys.axe import violations
from tests.journeys.pictures import keep_picture

pytestmark = pytest.mark.journey

SIZES = [(1200, "light"), (1200, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture
def asked():
    """What the server is asked for: each address with its query, and the page that it was asked from."""
    seen = []

    def note(environ, **_):
        seen.extend(environ.get(name, "") for name in ("PATH_INFO", "QUERY_STRING", "HTTP_REFERER"))

    request_started.connect(note)
    yield seen
    request_started.disconnect(note)


@pytest.fixture
def letter(live):
    """The letter that somebody is invited by, in which a link of this site stands."""
    admin = make_person("Admin", organisation=make_buyer("Förbundet"), role=Membership.Role.ADMINISTRATOR)
    code = new_code()
    invite(
        organisation=admin.memberships.get().organisation,
        email="ny@example.org",
        role=Membership.Role.DIRECTOR,
        token=code,
        link=f"{live}/inbjudan/#{code}",
        by=admin,
        at=clock.now(),
    )
    return OutboxMail.objects.get()


def looked_at(page, name):
    for width, scheme in SIZES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        keep_picture(page, f"lank-{name}-{width}-{scheme}")


def test_a_link_leads_on_by_itself_and_leaves_its_code_in_no_address(visitor, letter, asked):
    link = link_in(letter.text)
    code = link.partition("#")[2]
    page = visitor()
    page.goto(link)
    expect(page.get_by_role("heading", name="Inbjudan till Förbundet")).to_be_visible()
    assert re.fullmatch(r"/inbjudan/[0-9a-f-]{36}/", page.evaluate("location.pathname + location.hash"))
    page.goto("/inbjudan/")
    page.get_by_role("link", name="Hoppa till innehållet").press("Enter")  # an anchor is no code
    assert page.evaluate("location.hash") == "#innehall"
    page.evaluate("code => { location.hash = code }", code)  # as when the link is pasted where its page is open
    expect(page.get_by_role("heading", name="Inbjudan till Förbundet")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Inbjudan", exact=True)).to_be_visible()
    assert code not in page.url
    expect(page.get_by_label("Koden")).to_have_value("")
    assert [place for place in asked if code in place] == []
    assert "/inbjudan/" in asked


def test_without_script_the_code_is_typed(visitor, letter, asked):
    link = link_in(letter.text)
    (code,) = re.findall(r"skriver du: (\S+)", letter.text)
    page = visitor(script=False)
    page.goto(link)
    page.get_by_label("Koden").fill("K7Q2 9XF3")
    page.get_by_role("button", name="Fortsätt").click()
    expect(page.get_by_role("main")).to_contain_text("Koden leder ingenstans")
    page.get_by_label("Koden").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Fortsätt").click()
    expect(page.get_by_role("heading", name="Inbjudan till Förbundet")).to_be_visible()
    page.get_by_label("Ditt namn").fill("Ny Chef")
    page.get_by_label("Lösenord").fill("fyra ord som ingen gissar")
    page.get_by_role("button", name="Tacka ja till inbjudan").click()
    expect(page.get_by_role("heading", name="Förbundet")).to_be_visible()
    assert [place for place in asked if code in place] == []


def test_the_page_that_asks_for_a_code_is_accessible_and_fits(visitor, letter):
    page = visitor()
    page.goto("/inbjudan/")
    looked_at(page, "kod")
    page.get_by_label("Koden").fill("K7Q2-9XF3")
    page.get_by_role("button", name="Fortsätt").click()
    expect(page.get_by_role("main")).to_contain_text("Koden leder ingenstans")
    looked_at(page, "fel-kod")


def test_documents_are_asked_for_and_the_link_that_is_shown_leads_back_from_another_browser(
    visitor, live, asked, time_machine
):
    time_machine.move_to(DEADLINE - timedelta(days=9))
    _case, tender = make_published()
    page = visitor()
    page.goto(f"/offentligt/upphandling/{tender.pk}/begar-handlingar/")
    page.get_by_role("main").get_by_role("textbox").fill("Allt om krav K1.")
    page.get_by_role("button", name="Begär handlingarna").click()
    expect(page.get_by_role("heading", name="Din begäran om handlingar")).to_be_visible()
    link = page.get_by_label("Länken").input_value()
    assert link.startswith(f"{live}/begaran/#")
    looked_at(page, "begaran")
    other = visitor()
    other.goto(page.url)  # the address alone
    expect(other.get_by_label("Koden")).to_be_visible()
    other.goto(link)
    expect(other.get_by_text("Allt om krav K1.")).to_be_visible()
    assert other.url == page.url
    assert [place for place in asked if link.partition("#")[2] in place] == []
