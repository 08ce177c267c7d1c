"""People of a journey: each at a browser of their own, with their own password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from rodatraden.parties.actions import grant_membership, register_organisation, register_person
from rodatraden.parties.models import Membership, Organisation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Locator, Page

    from rodatraden.parties.models import Person

PASSWORD = "fyra ord som ingen gissar"
Role = Membership.Role
MARK_WHAT_IS_SENT = """() => addEventListener("submit", event => {
  if (!event.defaultPrevented) document.documentElement.dataset.sent = "";
})"""
"""On the window, thus after what the page's own programs do with a form: what they send themselves leaves no page."""


def local(text: str) -> datetime:
    """Return the instant that Swedish clocks show as `text`, for example "2026-05-04 13:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Stockholm"))


@dataclass(frozen=True)
class Seat:
    """Somebody at a browser. Labels, buttons and links are named as the page names them."""

    page: Page
    email: str = ""

    def go(self, path: str) -> None:
        """Open a page; sign in first when the session has ended, and show who one is when the page asks for it again."""
        self.page.goto(path)
        if self.email and self.heading == "Logga in":
            self.sign_in()
        elif self.email and self.heading == "Visa att det är du":
            self.fill("Lösenord", PASSWORD)
            self.press("Fortsätt")

    def go_home(self) -> None:
        """Sign in, or be sent home at once by who is signed in already."""
        self.go("/konto/logga-in/")

    def sign_in(self) -> None:
        self.fill("E-postadress", self.email)
        self.fill("Lösenord", PASSWORD)
        self.press("Logga in")

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def field(self, label: str) -> Locator:
        labelled = self.page.get_by_label(label, exact=True).or_(
            self.page.get_by_label(f"{label} (valfritt)", exact=True)
        )
        return self.page.locator("input, select, textarea").and_(labelled)

    def fill(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def fill_in(self, typed: dict[str, str]) -> None:
        for label, text in typed.items():
            self.fill(label, text)

    def choose(self, label: str, option: str) -> None:
        self.field(label).select_option(label=option)

    def tick(self, label: str, *, group: str = "") -> None:
        within = self.page.get_by_role("group", name=group) if group else self.page
        within.get_by_label(label, exact=True).check()

    def attach(self, label: str, name: str, data: bytes) -> None:
        self.field(label).set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})

    def press(self, name: str) -> None:
        """Press a button; when that sends a form, return on the page that answers (a click alone may return before it)."""
        self.page.evaluate(MARK_WHAT_IS_SENT)
        self.page.get_by_role("button", name=name, exact=True).click()
        expect(self.page.locator("html:not([data-sent])")).to_be_attached(timeout=30_000)

    def follow(self, name: str) -> None:
        self.main.get_by_role("link", name=name, exact=True).first.click()

    def turn_to(self, name: str) -> None:
        """Go to another page of the phase that the procurement is in."""
        self.page.get_by_role("navigation", name="Sidor i fasen").get_by_role("link", name=name, exact=True).click()


def register_buyer(
    name: str, people: Sequence[tuple[str, str, Membership.Role]], *, at: datetime
) -> tuple[Organisation, dict[str, str]]:
    """Register an authority and its people (first name by which the test calls them, name, role).

    Return the authority, and the address that each signs in with together with `PASSWORD`.
    """
    buyer = register_organisation(name=name, kind=Organisation.Kind.COORDINATION_ASSOCIATION, by=None, at=at)
    addresses = {}
    for key, full_name, role in people:
        person = register_person(email=f"{key}@forbundet.example", name=full_name, password=PASSWORD, by=None, at=at)
        grant_membership(person=person, organisation=buyer, role=role, by=None, at=at)
        addresses[key] = person.email
    return buyer, addresses


def hand_session(page: Page, person: Person | None, address: str) -> None:
    """Give the browser a session of the person (or none), without the pages for it, which have tests of their own."""
    page.context.clear_cookies()
    if person:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])
