"""With JavaScript turned off: the main steps go as well."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from rodatraden.bids.models import Unlocking
from tests.factories.bids import make_bidder
from tests.factories.keys import first_sheet, last_sheet, ring_of
from tests.factories.procurements import make_case
from tests.factories.sealed import bundle_of, give_bid, seal_bid
from tests.factories.tenders import DEADLINE, make_published_tender
from tests.journeys.people import Seat, hand_session

pytestmark = pytest.mark.journey


@pytest.fixture
def seat(visitor, live):
    def sit(person):
        page = visitor(script=False)
        hand_session(page, person, live)
        return Seat(page)

    return sit


@pytest.fixture
def case(live, time_machine):
    time_machine.move_to(DEADLINE - timedelta(hours=3))
    return make_case()


def test_a_need_is_written(case, seat):
    sara = seat(case.need_owner)
    sara.go(f"/upphandlingar/{case.procurement.pk}/behov/")
    sara.follow("Skriv ett behov")
    sara.fill_in({"Titel": "Insikter", "För vem": "Alla", "Vad som behövs": "Att höras", "Hur vi vet": "Intervjuer"})
    sara.press("Spara behovet")
    expect(sara.page.get_by_role("rowheader", name="Insikter")).to_be_visible()


def test_a_bid_is_handed_in_and_opened_by_two(case, seat, time_machine):
    tender = make_published_tender(case)
    give_bid(tender, supplier="Nordväg Coaching AB")
    bidder = make_bidder()
    elin = seat(bidder)
    elin.go(f"/anbud/{tender.pk}/")
    elin.follow("Lämna ett anbud som du själv har förseglat")
    elin.attach("Det förseglade anbudet", "anbud.rtbid", bundle_of(seal_bid(tender)))
    elin.press("Lämna det förseglade anbudet")
    expect(elin.page.get_by_role("heading", level=1)).to_have_text("Anbudet är lämnat och förseglat")
    time_machine.move_to(DEADLINE + timedelta(minutes=5))
    ring, (first, last) = ring_of(tender), case.openers
    for official, verb in ((first, "Lämna tillbaka bladet"), (last, "Lämna tillbaka bladet och öppna")):
        opener = seat(official)
        opener.go(f"/upphandlingar/{case.procurement.pk}/oppning/")
        opener.follow("Till upplåsningen")
        opener.main.get_by_text("Lås upp på din egen dator i stället").click()
        waiting = Unlocking.objects.filter(tender=tender).first()
        sheet = last_sheet(waiting, ring, official) if waiting else first_sheet(tender, ring, official)
        opener.attach("Det upplåsta bladet", "upplast.json", sheet)
        opener.press(verb)
    expect(opener.page.get_by_role("heading", name="Anbuden är öppnade")).to_be_visible()
