"""Suppliers register, hand in, replace and come too late; two officials open."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.journeys.people import PASSWORD
from tests.journeys.process_coach.asking import declare
from tests.journeys.process_coach.story import PROMISE, SUPPLIERS, TITLE
from tests.journeys.unlocking import unlock_first, unlock_last
from tests.journeys.workspace import SLOWEST, choose_again, hand_in, write


def suppliers_register_and_hand_in(story):
    story.set_clock("2026-04-27 10:00")
    for key, price in (("elin", "1 140"), ("karin", "960")):
        begin_bid(story, key)
        write(story[key].page, price=price, name=SUPPLIERS[key][1], promises={"K7": PROMISE})
        handed_in(story, key)


def begin_bid(story, key):
    """Register from the public page, and go on to the page where the bid is written."""
    company, name, number = SUPPLIERS[key]
    seat = story[key]
    seat.go("/")
    seat.main.get_by_role("link", name=TITLE).first.click()
    seat.follow("Lämna anbud")
    seat.follow("Registrera ditt företag")
    seat.fill_in(
        {
            "Företagets namn": company,
            "Organisationsnummer": number,
            "Ditt namn": name,
            "Din e-postadress": seat.email,
            "Lösenord": PASSWORD,
        }
    )
    seat.press("Registrera och fortsätt")
    seat.press("Börja på anbudet")
    expect(seat.page.locator("[data-workspace]")).to_be_visible()
    story.bids[key] = urlsplit(seat.page.url).path


def handed_in(story, key):
    page = story[key].page
    hand_in(page)
    expect(page).to_have_url(re.compile("kvitto"), timeout=SLOWEST)


def a_bid_is_replaced(story):
    story.set_clock("2026-05-04 11:00")
    karin = story["karin"]
    karin.go(story.bids["karin"])  # a week has gone, so that she signs in again
    choose_again(karin.page)
    karin.page.locator('[data-place="pris/svar"]').fill("1 000")
    handed_in(story, "karin")


def a_third_comes_too_late(story):
    begin_bid(story, "anton")
    write(story["anton"].page, price="790", name=SUPPLIERS["anton"][1])
    story.set_clock("2026-05-04 13:00")
    handed_in(story, "anton")
    expect(story["anton"].main).to_contain_text("öppnas aldrig med de andra")


def one_official_alone_opens_nothing(story):
    story.set_clock("2026-05-04 13:10")
    jonas = story["jonas"]
    jonas.go(story.page("oppning/"))
    jonas.follow("Till upplåsningen")
    unlock_first(jonas.page)
    expect(jonas.page.get_by_role("button", name="Lås upp min nyckel och öppna", exact=True)).to_have_count(0)
    expect(jonas.main).not_to_contain_text("Mellanrum")


def two_officials_open_together(story):
    ingrid = story["ingrid"]
    ingrid.go(story.page("oppning/"))
    ingrid.follow("Till upplåsningen")
    unlock_last(ingrid.page, "Anbuden är öppnade")
    expect(ingrid.main).to_contain_text("Mellanrum")  # the name alone, to declare interests by
    expect(ingrid.page.get_by_role("link", name="Mellanrum")).to_have_count(0)
    story["sara"].go(story.page("oppning/"))
    expect(story["sara"].main).to_contain_text("Anbuden är öppnade")
    expect(story["sara"].main).not_to_contain_text("Mellanrum")
    for key in ("jonas", "ingrid", "sara", "maria", "fatima", "per"):
        declare(story, key)
    ingrid.go(story.page("oppning/"))
    for company in ("Mellanrum Samverkan AB", "Lyckåstrand Process AB"):
        expect(ingrid.main).to_contain_text(company)
    expect(ingrid.main).not_to_contain_text("Nordvala")
    expect(ingrid.main).not_to_contain_text("1 140")
    ingrid.press("Attestera förteckningen")
