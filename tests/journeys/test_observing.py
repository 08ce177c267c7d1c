"""An observer from a chamber of commerce: let in, an account by the link, the steps, the list, and a word on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rodatraden.bids.models import OpeningObserver
from rodatraden.records.models import OutboxMail
from tests.factories import keys
from tests.factories.bids import close_box, open_box
from tests.factories.links import link_in
from tests.factories.sealed import give_bid
from tests.factories.tenders import DEADLINE, make_published
from tests.journeys.axe import violations
from tests.journeys.pictures import keep_picture

pytestmark = pytest.mark.journey

BEFORE, OPENING = DEADLINE - timedelta(hours=3), DEADLINE + timedelta(hours=1)
EMAIL = "vera@handelskammaren.example"
SIZES = [(1200, "light"), (1200, "dark"), (390, "light"), (390, "dark")]


def looked_at(page, name):
    """Look at a page in both schemes, wide and on a phone."""
    for width, scheme in SIZES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        keep_picture(page, f"observator-{name}-{width}-{scheme}")
    page.set_viewport_size({"width": 1200, "height": 900})
    page.emulate_media(color_scheme="light")


def test_an_observer_is_let_in_follows_checks_the_list_and_says_so(sit, live, time_machine, settings):
    settings.MAIL_IS_SET_UP = True
    case, tender = make_published()
    time_machine.move_to(BEFORE)
    officer = sit(case.officer)
    officer.goto(reverse("bids:opening", args=[case.procurement.pk]))
    officer.get_by_role("link", name="Släpp in en observatör").click()
    officer.get_by_label("Namn", exact=True).fill("Vera Vittne")
    officer.get_by_label("Handelskammare", exact=True).fill("Handelskammaren Prov")
    officer.get_by_label("E-post", exact=True).fill(EMAIL)
    looked_at(officer, "slapp-in")
    officer.get_by_role("button", name="Skicka länken").click()
    expect(officer.get_by_text("Har inte använt länken än.")).to_be_visible()
    looked_at(officer, "inslappt")

    vera = sit()
    vera.goto(link_in(OutboxMail.objects.get(to=EMAIL).text))
    expect(vera.get_by_label("Ditt namn")).to_be_visible()
    looked_at(vera, "lanken")
    vera.get_by_label("Ditt namn").fill("Vera Vittne")
    vera.get_by_label("Lösenord").fill("fyra ord som ingen gissar")
    vera.get_by_role("button", name="Följ öppningen").click()
    expect(vera.get_by_role("heading", name="Lådan är öppen för anbud")).to_be_visible()
    looked_at(vera, "fore")
    vera.get_by_role("link", name="Mitt arbete").first.click()
    vera.get_by_role("link", name="Öppna").first.click()
    expect(vera.get_by_role("heading", name="Följ anbudsöppningen")).to_be_visible()

    for number in range(3):
        give_bid(tender, supplier=f"Bolag {number} AB", at=BEFORE + timedelta(minutes=number))
    close_box(tender, at=OPENING)
    time_machine.move_to(OPENING)
    keys.begin(tender, case.openers[0], at=OPENING)
    vera.reload()
    expect(vera.get_by_text(f"{case.openers[0].name} väntar på en annan förrättare")).to_be_visible()
    open_box(case, tender, at=OPENING)
    time_machine.move_to(OPENING + timedelta(minutes=10))
    vera.reload()
    expect(vera.get_by_role("rowheader", name="1. Bolag 0 AB")).to_be_visible()
    vera.get_by_label("Anmärkning").fill("Allt stämde med kvittona.")
    vera.get_by_label("Jag har följt öppningen och gått igenom förteckningen").check()
    looked_at(vera, "efter")
    vera.get_by_role("button", name="Säg att jag har följt öppningen").click()
    expect(vera.get_by_text("Du har sagt att du följde öppningen")).to_be_visible()
    assert OpeningObserver.objects.get().remark == "Allt stämde med kvittona."

    officer = sit(case.officer)  # whose session had ended by then
    officer.goto(reverse("bids:opening", args=[case.procurement.pk]))
    expect(officer.get_by_text("Allt stämde med kvittona.")).to_be_visible()
    looked_at(officer, "oppningen")
