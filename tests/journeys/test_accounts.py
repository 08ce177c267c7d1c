"""Registering, signing in and guarding one's account, in a real browser; and every page about it looked at by axe."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from hashlib import sha1
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from rodatraden.parties.actions import invite
from rodatraden.parties.models import Membership
from rodatraden.records.models import OutboxMail
from tests.factories.links import link_in
from tests.factories.parties import START, make_buyer, make_person
from tests.factories.procurements import declare, make_case
from tests.journeys.axe import violations
from tests.journeys.pictures import keep_picture

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from rodatraden.parties.models import Person

pytestmark = pytest.mark.journey

PASSWORD = "fyra ord som ingen gissar"


def become(page: Page, live: str, person: Person) -> None:
    """Sign `page` in as `person`, past the sign-in page."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live}])


def register(page: Page) -> None:
    page.goto("/bli-leverantor/")
    page.get_by_label("Företagets namn").fill("Provbolaget AB")
    page.get_by_label("Organisationsnummer").fill("556016-0680")
    page.get_by_label("Ditt namn").fill("Pia Prov")
    page.get_by_label("Din e-postadress").fill("pia@prov.example")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Registrera och fortsätt").click()
    page.get_by_role("heading", name="Mitt konto").wait_for()


def confirm_address(page: Page, *, script: bool = True) -> None:
    letter = OutboxMail.objects.get().text
    page.goto(link_in(letter))
    if not script:
        page.get_by_label("Koden").fill(re.findall(r"skriver du: (\S+)", letter)[0])
        page.get_by_role("button", name="Fortsätt").click()
    page.get_by_role("button", name="Ja, bekräfta den").click()
    page.get_by_role("heading", name="Mitt konto").wait_for()


def sign_out(page: Page) -> None:
    page.goto("/konto/logga-ut/?next=/konto/logga-in/")
    page.get_by_role("button", name="Logga ut").click()
    page.get_by_role("heading", name="Logga in").wait_for()


def sign_in(page: Page) -> None:
    page.goto("/konto/logga-in/?next=/jag/")
    page.get_by_label("E-postadress").fill("pia@prov.example")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()


def code_of(secret: str) -> str:
    """Return the code that an app shows now (RFC 6238: HMAC-SHA-1 over the half minute, six digits)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), sha1)  # noqa: TID251 -- the browser's own time
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def with_a_device(page: Page) -> None:
    """Give the browser a device that holds keys, and says yes whenever it is asked."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_supplier_registers_signs_out_and_in_again_without_script(visitor):
    page = visitor(width=390, script=False)
    register(page)
    expect(page.get_by_role("link", name="Provbolaget AB", exact=True).first).to_be_visible()
    sign_out(page)
    sign_in(page)
    page.get_by_role("heading", name="Mitt konto").wait_for()


def test_a_passkey_is_added_and_then_enough(visitor):
    page = visitor()
    with_a_device(page)
    register(page)
    confirm_address(page)
    page.goto("/konto/nycklar/ny/")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Fortsätt").click()
    page.get_by_label("Nyckelns namn").fill("Min dator")
    page.get_by_label("Logga in med enbart den här nyckeln").check()
    page.get_by_role("button", name="Lägg till nyckeln").click()
    page.get_by_role("heading", name="Reservkoder").wait_for()
    assert violations(page) == []
    keep_picture(page, "reservkoder")
    page.goto("/konto/nycklar/")
    assert "Min dator (ensam inloggningsnyckel)" in page.get_by_role("main").inner_text()
    assert violations(page) == []
    sign_out(page)
    page.goto("/konto/logga-in/?next=/jag/")
    page.get_by_role("button", name="Logga in med en nyckel").click()
    page.get_by_role("heading", name="Mitt konto").wait_for()


def test_codes_from_an_app_are_asked_for_once_they_are_on(visitor):
    page = visitor(script=False)
    register(page)
    confirm_address(page, script=False)
    page.goto("/konto/steg-tva/app/")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Fortsätt").click()
    secret = page.locator("code").inner_text()
    page.get_by_label("Kod").fill("000000" if code_of(secret) != "000000" else "111111")
    page.get_by_role("button", name="Slå på").click()
    assert "Koden är fel" in page.get_by_role("main").inner_text()
    page.get_by_label("Kod").fill(code_of(page.locator("code").inner_text()))
    page.get_by_role("button", name="Slå på").click()
    page.get_by_role("heading", name="Reservkoder").wait_for()
    recovery = page.locator("code").first.inner_text()
    sign_out(page)
    sign_in(page)
    page.get_by_role("heading", name="Skriv din kod").wait_for()
    page.get_by_label("Kod").fill(recovery)
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.get_by_role("heading", name="Mitt konto").wait_for()


def pages() -> dict[str, tuple[str, Person | None]]:
    """Return the pages of the accounts, organisations and procurements themselves, each with who looks at it."""
    case = make_case()
    conflict = declare(case, case.evaluators[0], has_conflict=True)
    member = case.procurement.team.first()
    admin = make_person("Admin", organisation=case.buyer, role=Membership.Role.ADMINISTRATOR)
    invitation = invite(
        organisation=case.buyer,
        email="ny@example.org",
        role=Membership.Role.DIRECTOR,
        token="hemlig",
        link="https://x.example/",
        by=admin,
        at=START,
    )
    new = make_case(buyer=make_buyer("Annat förbund"), declares=False)
    at = f"/upphandlingar/{case.procurement.pk}"
    return {
        "register": ("/bli-leverantor/", None),
        "sign in": ("/konto/logga-in/", None),
        "forgotten": ("/konto/losenord/glomt/", None),
        "link sent": ("/konto/losenord/glomt/skickat/", None),
        "bad link": ("/konto/losenord/nytt/#a-b", None),
        "used link": ("/konto/losenord/nytt/valj/", None),
        "no address to confirm": ("/konto/e-post/bekrafta/ja/", None),
        "accept": ("/inbjudan/#hemlig", None),
        "not found": ("/finns-inte/", None),
        "me": ("/jag/", admin),
        "nobody yet": ("/jag/", make_person()),
        "address": ("/konto/e-post/", admin),
        "second step": ("/konto/steg-tva/", admin),
        "recovery codes": ("/konto/reservkoder/", admin),
        "first password": ("/konto/losenord/valj/", admin),
        "organisation": (f"/organisationer/{case.buyer.pk}/", admin),
        "organisation of a colleague": (f"/organisationer/{case.buyer.pk}/", case.need_owner),
        "invite": (f"/organisationer/{case.buyer.pk}/bjud-in/", admin),
        "link": (f"/inbjudningar/{invitation.pk}/lank/", admin),
        "withdraw": (f"/inbjudningar/{invitation.pk}/dra-tillbaka/", admin),
        "end role": (f"/roller/{admin.memberships.get().pk}/avsluta/", admin),
        "create": ("/upphandlingar/ny/", case.officer),
        "create without role": ("/upphandlingar/ny/", case.need_owner),
        "describe": (f"{at}/beskriv/", case.officer),
        "describe for others": (f"{at}/beskriv/", case.need_owner),
        "team": (f"{at}/team/", case.officer),
        "remove": (f"/team/{member.pk}/ta-bort/", case.officer),
        "declare": (f"/upphandlingar/{new.procurement.pk}/jav/", new.officer),
        "declared": (f"{at}/jav/", case.evaluators[0]),
        "decide": (f"/jav/{conflict.pk}/", case.decider),
        "refused": (f"{at}/avbryt/", case.need_owner),
        "diary": (f"{at}/diarium/", case.officer),
        "cancel": (f"{at}/avbryt/", case.officer),
    }


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1200, "dark")])
def test_every_page_is_accessible_and_fits(visitor, live, width, scheme):
    found = {}
    page = visitor(width=width, scheme=scheme)
    for name, (address, person) in pages().items():
        page.context.clear_cookies()
        if person:
            become(page, live, person)
        page.goto(address)
        faults = violations(page)
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            faults.append("it is wider than the screen")
        if faults:
            found[name] = faults
    assert found == {}


def test_one_sees_where_one_is_signed_in_and_signs_out_there(visitor):
    """A computer and a telephone, and a third browser that is not one's own."""
    register(computer := visitor())
    phone, other = visitor(width=390, scheme="dark"), visitor()
    for page in (phone, other):
        sign_in(page)
        page.get_by_role("heading", name="Mitt konto").wait_for()
    for page in (computer, phone):
        page.goto("/jag/")
        page.get_by_role("link", name="Se var jag är inloggad").click()
        page.get_by_role("heading", name="Var jag är inloggad").wait_for()
        expect(page.get_by_role("button", name="Logga ut den")).to_have_count(2)
        expect(page.get_by_text("Den här webbläsaren.")).to_have_count(1)
        assert violations(page) == []
        for width in (1200, 390):
            page.set_viewport_size({"width": width, "height": 900})
            keep_picture(page, f"inloggningar-{'mork' if page is phone else 'ljus'}-{width}")
    phone.get_by_role("button", name="Logga ut den").first.click()
    phone.get_by_text("En webbläsare har loggats ut.").wait_for()
    expect(phone.get_by_role("button", name="Logga ut den")).to_have_count(1)
    assert violations(phone) == []
    was = [page for page in (computer, other) if is_out(page)]
    assert len(was) == 1
    sign_in(was[0])
    was[0].goto("/konto/inloggningar/")
    was[0].get_by_role("button", name="Logga ut alla andra").press("Enter")
    was[0].get_by_text("2 webbläsare har loggats ut.").wait_for()
    assert is_out(phone)


def is_out(page: Page) -> bool:
    """Whether somebody has been signed out in a browser: a page of theirs leads to sign in."""
    page.goto("/jag/")
    return "/konto/logga-in/" in page.url
