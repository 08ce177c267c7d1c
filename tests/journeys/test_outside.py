"""What comes from outside: a number that nobody has proved, and an opening that was held in another tool."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from rodatraden.bids.models import Opening
from rodatraden.parties.actions import register_organisation
from rodatraden.parties.models import Organisation
from tests.factories.bids import make_bidder, pdf
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.tenders import DEADLINE, make_published_tender
from tests.journeys.axe import violations
from tests.journeys.people import Seat, hand_session
from tests.journeys.pictures import keep_picture

pytestmark = pytest.mark.journey

LOOKS = [(390, "light"), (1200, "dark")]
NUMBER = "556703-7485"


@pytest.fixture
def case(live, time_machine):
    time_machine.move_to(DEADLINE + timedelta(hours=3))
    return make_case()


@pytest.fixture(params=LOOKS, ids=["narrow and light", "wide and dark"])
def seat(request, visitor, live):
    """Sit somebody (or nobody) down at a browser of one of the looks."""
    width, scheme = request.param

    def sit(person):
        page = visitor(width=width, scheme=scheme)
        hand_session(page, person, live)
        return Seat(page, person.email if person else "")

    return sit


def looked_at(seat, name):
    """Find nothing wrong with the page as it stands now."""
    page = seat.page
    keep_picture(page, f"outside-{name}-{page.viewport_size['width']}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_taken_number_is_asked_about_and_proved_by_an_official(case, seat):
    supplier = register_organisation(
        name="Utifrån AB", kind=Organisation.Kind.SUPPLIER, registration_number=NUMBER, by=None, at=START
    )
    make_bidder(supplier=supplier)
    stranger = seat(None)
    stranger.go("/bli-leverantor/slapp-in/")
    stranger.fill_in(
        {
            "Organisationsnummer": "556703-7486",
            "Ditt namn": "Ny Kollega",
            "Din e-postadress": "ny@utifran.example",
            "Vem du är i företaget": "Anbudsansvarig",
        }
    )
    stranger.press("Skicka förfrågan")
    looked_at(stranger, "no-such-number")
    expect(stranger.field("Organisationsnummer")).to_have_attribute("aria-invalid", "true")
    expect(stranger.field("Vem du är i företaget")).to_have_value("Anbudsansvarig")
    stranger.fill("Organisationsnummer", NUMBER)
    stranger.press("Skicka förfrågan")
    looked_at(stranger, "asked")
    expect(stranger.main).not_to_contain_text("Utifrån AB")

    official = seat(case.officer)
    official.go(f"/organisationer/{supplier.pk}/nummer/")
    official.press("Anteckna det")
    looked_at(official, "nothing-shown")
    official.page.get_by_label("Det är deras").check()
    official.fill("Vad som visar det", "Registreringsbevis 2026-03-02")
    official.press("Anteckna det")
    expect(official.main).to_contain_text("Registreringsbevis 2026-03-02")
    looked_at(official, "proved")
    supplier.refresh_from_db()
    assert supplier.is_proven


def test_two_officials_vouch_for_an_opening_in_another_tool(case, seat):
    make_published_tender(case)
    page = f"/upphandlingar/{case.procurement.pk}/anbud/registrera/"
    first, second = (seat(person) for person in case.openers)
    first.go(page)
    first.press("Uppge öppningen")
    looked_at(first, "nothing-stated")
    first.fill("När anbuden öppnades", "2026-01-01 13:00")
    first.fill("Verktyg", "Upphandlingsverktyget")
    first.attach("Det andra verktygets protokoll från öppningen", "protokoll.pdf", pdf("protokoll"))
    first.press("Uppge öppningen")
    looked_at(first, "before-the-deadline")
    expect(first.field("Verktyg")).to_have_value("Upphandlingsverktyget")
    first.fill("När anbuden öppnades", "2026-02-16 15:00")
    first.attach("Det andra verktygets protokoll från öppningen", "protokoll.pdf", pdf("protokoll"))
    first.press("Uppge öppningen")
    looked_at(first, "stated")
    expect(first.page.get_by_role("button", name="Bekräfta öppningen")).to_be_disabled()

    second.go(page)
    second.press("Bekräfta öppningen")
    looked_at(second, "not-vouched-for")
    second.page.get_by_role("checkbox").check()
    second.press("Bekräfta öppningen")
    looked_at(second, "confirmed")
    opening = Opening.objects.get(tender__procurement=case.procurement)
    assert (opening.asked_by, opening.confirmed_by) == tuple(case.openers)
    assert opening.opened_at == datetime(2026, 2, 16, 14, 0, tzinfo=UTC)
