"""Seed 000 from its template to a notice in the database, without script; and every page of the documents seen by axe."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from rodatraden.config import clock
from rodatraden.core.instants import ZONES, local_date
from rodatraden.needs.actions import write_need
from rodatraden.tenders.actions import ask_question, follow_answers, start_tender
from rodatraden.tenders.models import Tender
from rodatraden.tenders.queries import subscription_link
from tests.factories.coming import show_as_coming
from tests.factories.procurements import hold_keys, make_case
from tests.factories.tenders import describe, make_drafted, make_published_tender, make_tender
from tests.journeys.axe import violations

pytestmark = pytest.mark.journey


def become(page, live, person) -> None:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live}])


def everybody_is_told_that_it_is_coming(officer, reader, at) -> None:
    officer.goto(f"{at}/beskriv/")
    officer.get_by_role("link", name="Kommande").click()
    officer.get_by_label("Namn som alla läser").fill("Stöd till samverkan")
    officer.get_by_label("Annonsen väntas").select_option(index=1)
    officer.get_by_role("button", name="Visa den som kommande").click()
    expect(officer.locator("ds-error-summary")).to_contain_text("behovet")
    expect(officer.get_by_label("Namn som alla läser")).to_have_value("Stöd till samverkan")
    officer.get_by_label("Behovet i en mening").fill("Hinder ska nå den som kan ändra dem.")
    officer.get_by_role("button", name="Visa den som kommande").click()
    officer.get_by_role("button", name="Ändra det som alla läser").wait_for()
    reader.goto("/offentligt/?q=samverkan#coming")
    expect(reader.get_by_role("row", name="Stöd till samverkan")).to_contain_text("Hinder ska nå")


def test_the_mended_seed_is_published_without_script(visitor, live):
    case = make_case()
    describe(case)
    hold_keys(case, at=clock.now())
    officer, reader = visitor(script=False), visitor(script=False)
    become(officer, live, case.officer)
    at = f"/upphandlingar/{case.procurement.pk}"

    everybody_is_told_that_it_is_coming(officer, reader, at)
    assert case.procurement.title not in reader.content()
    officer.goto(f"{at}/borja/")
    officer.get_by_label("Konsult per timme").check()
    officer.get_by_role("button", name="Börja på dokumenten").click()
    officer.get_by_role("heading", name="Kan inte publiceras än").wait_for()
    for number in range(1, 10):
        officer.goto(f"{at}/krav/")
        officer.get_by_role("link", name=f"Ändra K{number} ").click()
        officer.get_by_label("Jag har läst förslagen och godtar dem").check()
        officer.get_by_role("button", name=f"Spara K{number}").click()
    for page, verb in (("villkor", "Spara villkoren"), ("datum", "Spara datumen")):
        officer.goto(f"{at}/{page}/")
        officer.get_by_label("Jag har läst förslagen och godtar dem").check()
        officer.get_by_role("button", name=verb).click()
    officer.goto(f"{at}/publicera/")
    officer.get_by_label("Dokumenten är som vi vill ha dem").check()
    officer.get_by_role("button", name="Lämna över till annonsdatabasen").click()
    expect(officer.get_by_text("Annonserad", exact=True)).to_be_hidden()
    officer.get_by_role("link", name="Skriv vad databasen svarar").click()
    officer.get_by_label("Annonsdatabas", exact=True).select_option("En annan")
    officer.get_by_label("Namn på en annan annonsdatabas").fill("Annonsdatabasen (påhittad)")
    officer.get_by_label("Annonsens nummer").fill("2026-000123")
    officer.get_by_label("Publicerad av databasen").fill(f"{clock.now().astimezone(ZONES['SE']):%Y-%m-%dT%H:%M}")
    officer.get_by_role("button", name="Spara svaret").click()
    expect(officer.get_by_text("Annonserad", exact=True)).to_be_visible()

    reader.goto("/offentligt/")
    expect(reader.get_by_text("Stöd till samverkan")).to_have_count(0)
    reader.get_by_role("link", name=case.procurement.title).wait_for()
    tender = Tender.objects.get()
    reader.goto(f"/anbud/{tender.pk}/fragor/")
    reader.get_by_role("link", name="Ställ en fråga").click()
    reader.get_by_label("Din fråga").fill("Vi på Hemliga AB undrar om deltid räknas.")
    reader.get_by_role("button", name="Skicka frågan").click()
    officer.goto(f"{at}/fragor/")
    officer.get_by_role("link", name="Besvara fråga 1").click()
    officer.get_by_label("Frågan som alla kommer att läsa den").fill("Räknas deltid?")
    officer.get_by_label("Svar", exact=True).fill("Ja, i kalenderdagar.")
    officer.get_by_role("button", name="Publicera svaret för alla").click()
    reader.goto(f"/anbud/{tender.pk}/fragor/")
    expect(reader.get_by_text("Ja, i kalenderdagar.")).to_be_visible()
    assert "Hemliga" not in reader.content()


def pages() -> dict[str, tuple[str, object]]:
    now = clock.now()
    new, case, published = make_case(), make_case(), make_case()
    tender = make_tender(case)
    write_need(
        organisation=case.buyer,
        title="Väntar",
        for_whom="Alla",
        description="Något",
        evidence="Intervjuer",
        by=case.need_owner,
        at=now,
    )
    seed = make_case()
    start_tender(procurement=seed.procurement, template="seed_000_as_written", by=seed.officer, at=now)
    mended = make_case()
    start_tender(procurement=mended.procurement, template="consultant_hourly", by=mended.officer, at=now)
    open_tender = make_published_tender(published, at=now, deadline=now + timedelta(days=45))
    question = ask_question(tender=open_tender, text="Fråga?", by=None, at=now)
    following = follow_answers(tender=open_tender, email="a@example.org", by=None, at=now)
    show_as_coming(case, at=now, expected_on=local_date(now))
    show_as_coming(case, at=now, expected_on=now.date() + timedelta(days=62))
    at, shut = f"/upphandlingar/{case.procurement.pk}", f"/upphandlingar/{published.procurement.pk}"
    rows = {row.label: row.pk for row in tender.requirements.all()}
    return {
        "nothing shown as coming": (f"/upphandlingar/{new.procurement.pk}/kommande/", new.officer),
        "coming": (f"{at}/kommande/", case.officer),
        "coming for others": (f"{at}/kommande/", case.need_owner),
        "take back": (f"{at}/kommande/ta-tillbaka/", case.officer),
        "coming and published": (f"{shut}/kommande/", published.officer),
        "public": ("/offentligt/", None),
        "public, by organisation": (f"/offentligt/organisation/{case.buyer.pk}/", None),
        "start": (f"/upphandlingar/{new.procurement.pk}/borja/", new.officer),
        "backlog": ("/behov/", case.need_owner),
        "write a need": (f"/behov/ny/{case.buyer.pk}/", case.need_owner),
        "needs": (f"{at}/behov/", case.officer),
        "need": (f"/behov/{case.procurement.needs.get().pk}/", case.officer),
        "strike a need": (f"/behov/{case.procurement.needs.get().pk}/stryk/", case.officer),
        "requirements": (f"{at}/krav/", case.officer),
        "requirements of the seed": (f"/upphandlingar/{seed.procurement.pk}/krav/", seed.officer),
        "requirements of the mended seed": (f"/upphandlingar/{mended.procurement.pk}/krav/", mended.officer),
        "new requirement": (f"{at}/krav/nytt/", case.officer),
        **{f"requirement {label}": (f"/krav/{key}/", case.officer) for label, key in rows.items()},
        "requirement for others": (f"/krav/{rows['K2']}/", case.need_owner),
        "strike": (f"/krav/{rows['K1']}/stryk/", case.officer),
        "import": (f"{at}/krav/importera/", case.officer),
        "contents": (f"{at}/innehall/", case.officer),
        "new part": (f"{at}/innehall/nytt/", case.officer),
        "terms": (f"{at}/villkor/", case.officer),
        "terms for others": (f"{at}/villkor/", case.need_owner),
        "dates": (f"{at}/datum/", case.officer),
        "model": (f"{at}/modell/", case.officer),
        "publish": (f"{at}/publicera/", case.officer),
        "publish the seed": (f"/upphandlingar/{seed.procurement.pk}/publicera/", seed.officer),
        "no notices": (f"{at}/annonser/", case.officer),
        "notices": (f"{shut}/annonser/", published.officer),
        "published": (f"{shut}/publicera/", published.officer),
        "published dates": (f"{shut}/datum/", published.officer),
        "move": (f"{shut}/datum/flytta/", published.officer),
        "questions": (f"{shut}/fragor/", published.officer),
        "answer": (f"{shut}/fragor/{question.pk}/", published.officer),
        "answers": (f"/anbud/{open_tender.pk}/fragor/", None),
        "ask": (f"/anbud/{open_tender.pk}/fraga/", None),
        "follow": (f"/anbud/{open_tender.pk}/folj/", None),
        "begin": (subscription_link(following).removeprefix(settings.SITE_URL), None),
    }


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1200, "dark")])
def test_every_page_is_accessible_and_fits(visitor, live, width, scheme):
    found = {}
    page = visitor(width=width, scheme=scheme)
    for name, (address, person) in pages().items():
        page.context.clear_cookies()
        if person:
            become(page, live, person)
        answer = page.goto(address)
        faults = violations(page) if answer.status == 200 else [f"answers {answer.status}"]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            faults.append("it is wider than the screen")
        if faults:
            found[name] = faults
    assert found == {}


def test_the_preview_of_an_import_is_accessible_and_asks_before_it_writes(visitor, live):
    case, tender = make_drafted()
    page = visitor(width=390)
    become(page, live, case.officer)
    page.goto(f"/upphandlingar/{case.procurement.pk}/krav/importera/")
    page.get_by_label("Eller klistra in text").fill("Skall-krav\nKörkort: B\nKaffe varje dag")
    page.get_by_role("button", name="Läs in").click()
    page.get_by_role("heading", name="Välj vad som ska importeras").wait_for()
    assert violations(page) == []
    page.get_by_label("Ta med raden").nth(1).uncheck()
    page.get_by_role("button", name="Importera de valda raderna").click()
    page.get_by_text("1 rad är importerad.").wait_for()
    assert [row.title for row in tender.requirements.order_by("number")][4:] == ["Körkort"]
