"""What is refused with a reason in a real browser: files that can't be a bid, points off the scale, reasons left empty."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from rodatraden.assessments.models import IndividualScore
from rodatraden.bids.models import Opening
from rodatraden.evaluation.actions import start_evaluation_round
from rodatraden.evaluation.models import RequirementCheck
from tests.factories.bids import pdf
from tests.factories.evaluation import check_all, make_opened
from tests.factories.files import encrypted_pdf
from tests.factories.procurements import make_case
from tests.factories.tenders import DEADLINE, make_published_tender
from tests.journeys.axe import violations
from tests.journeys.people import Seat, hand_session
from tests.journeys.pictures import keep_picture

pytestmark = pytest.mark.journey

LOOKS = [(390, "light"), (1200, "dark")]
MEGABYTE = 1_000_000


@pytest.fixture(params=LOOKS, ids=["narrow and light", "wide and dark"])
def seat(request, visitor, live):
    """Sit somebody down at a browser of one of the looks."""
    width, scheme = request.param

    def sit(person):
        page = visitor(width=width, scheme=scheme)
        hand_session(page, person, live)
        return Seat(page, person.email)

    return sit


def looked_at(seat, name):
    """Find nothing wrong with the page that refuses."""
    page = seat.page
    expect(page.locator("ds-error-summary")).to_be_visible()
    keep_picture(page, f"refused-{name}-{page.viewport_size['width']}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_files_that_cannot_be_read_or_are_too_large_are_named_and_asked_for_again(seat, time_machine, settings):
    settings.BID_FILE_MAX_BYTES = MEGABYTE
    time_machine.move_to(DEADLINE + timedelta(hours=1))
    case = make_case()
    make_published_tender(case)
    jonas = seat(case.openers[0])
    for name, data, said in (
        ("tom.pdf", b"", "är tom"),
        ("låst.pdf", encrypted_pdf(), "lösenord"),
        ("stor.pdf", pdf("x" * (MEGABYTE + 1)), "1 MB"),
    ):
        jonas.go(f"/upphandlingar/{case.procurement.pk}/anbud/registrera/")
        jonas.fill_in({"När anbuden öppnades": "2026-02-16T13:30", "Verktyg": "Annat"})
        jonas.page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": data}
        )
        jonas.press("Uppge öppningen")
        expect(jonas.page.locator("ds-error-summary")).to_contain_text(said)
        expect(jonas.main).to_contain_text(f"Du hade valt {name}: välj den igen.")
    looked_at(jonas, "too-large")  # the same page each time
    assert not Opening.objects.exists()


def test_points_off_the_scale_and_reasons_left_empty_are_asked_for_with_the_rest_kept(seat, time_machine):
    world = make_opened((1000, 1100))
    at = world.opened_at + timedelta(days=1)
    time_machine.move_to(at)
    bid, must = world.bids[0], world.tender.requirements.get(number=1)
    jonas = seat(world.case.officer)
    jonas.go(f"/upphandlingar/kontroll/{bid.pk}/{must.pk}/")
    jonas.tick("Uppfyllt")
    jonas.fill("Var det syns", "CV, sidan 1")
    jonas.press("Spara kontrollen")
    looked_at(jonas, "check-without-reason")
    expect(jonas.field("Skäl")).to_have_attribute("aria-invalid", "true")
    expect(jonas.field("Var det syns")).to_have_value("CV, sidan 1")
    assert not RequirementCheck.objects.exists()

    check_all(world)
    assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=at)
    item = assessed.items.order_by("number")[0]
    fatima = seat(world.case.evaluators[0])
    fatima.go(f"/bedomningar/{assessed.pk}/poang/{item.pk}/")
    fatima.fill_in({"Poäng: Metod": "11", "Skäl: Metod": "Svarar på hela frågan."})
    fatima.press("Spara")
    looked_at(fatima, "off-the-scale")
    expect(fatima.page.locator("ds-error-summary")).to_contain_text("0")
    expect(fatima.field("Poäng: Metod")).to_have_value("11")
    expect(fatima.field("Skäl: Metod")).to_have_value("Svarar på hela frågan.")
    assert not IndividualScore.objects.exists()
    fatima.fill_in({"Poäng: Metod": "8", "Skäl: Metod": ""})
    written_at = fatima.page.url
    fatima.press("Spara")
    expect(fatima.page).not_to_have_url(written_at)
    fatima.go(f"/bedomningar/{assessed.pk}/lamna-in/")
    fatima.press("Lämna in mina poäng")
    looked_at(fatima, "handed-in-without-reason")
    # what she has not touched is not saved at all
    assert list(IndividualScore.objects.values_list("criterion__title", "points", "reason")) == [
        ("Metod", Decimal(8), "")
    ]
