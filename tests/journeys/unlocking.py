"""Two officials unlock on their pages, each with the six words of the example's keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

SLOWEST = 20_000
"""Milliseconds for a key to be unlocked in the browser, and the sheet to be peeled and handed back."""


def unlock_first(page: Page) -> None:
    """Unlock on the page of the unlocking, as the first of two."""
    page.get_by_label("Dina sex ord").fill(settings.DEMO_PASSPHRASE)
    page.get_by_role("button", name="Lås upp min nyckel", exact=True).click()
    expect(page.get_by_text("Din nyckel är upplåst, till")).to_be_visible(timeout=SLOWEST)


def unlock_last(page: Page, then: str) -> None:
    """Unlock as the last, which opens; the heading or text `then` comes up."""
    page.get_by_label("Dina sex ord").fill(settings.DEMO_PASSPHRASE)
    page.get_by_role("button", name="Lås upp min nyckel och öppna", exact=True).click()
    expect(page.get_by_text(then).first).to_be_visible(timeout=SLOWEST)


def unlock_both(first: Page, last: Page, address: str, then: str) -> None:
    """Let two at their own browsers go to the unlocking and unlock, one after the other."""
    first.goto(address)
    unlock_first(first)
    last.goto(address)
    unlock_last(last, then)
