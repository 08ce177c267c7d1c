"""Each page that no link of the example leads to, looked at by axe in a world of its own (`tests.journeys.beside`)."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import resolve, reverse

from rodatraden.awards.actions import ask_for_documents
from rodatraden.bids.actions import appoint_observer
from rodatraden.parties.actions import invite
from rodatraden.parties.models import Membership
from rodatraden.tenders.actions import follow_answers
from rodatraden.tenders.queries import subscription_link
from rodatraden.ui.links import new_code
from tests.factories.parties import make_person
from tests.factories.tenders import make_published
from tests.journeys.beside import BY_LINK, OF_ONES_ACCOUNT, everybody, offered
from tests.journeys.people import hand_session
from tests.journeys.pictures import keep_picture
from tests.journeys.test_accounts import PASSWORD, code_of, confirm_address, register, sign_in, sign_out, with_a_device
from tests.journeys.test_every_page import LOOKS, MORE_LOOKS, faults
from tests.journeys.worlds import WORLDS

pytestmark = pytest.mark.journey


@pytest.fixture
def look(pytestconfig):
    """Return how the page of a view, which is open, is looked at: what is wrong with it."""
    looks = LOOKS + MORE_LOOKS if pytestconfig.getoption("nightly") else LOOKS

    def looked_at(page, view):
        shown = resolve(urlsplit(page.url).path).view_name
        wrong = [] if shown == view else [f"{view}: leads to {shown}"]
        if (status := page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")) != HTTPStatus.OK:
            wrong.append(f"{view}: answers {status}")
        for width, scheme in looks:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            keep_picture(page, f"{view.replace(':', '-')}-{width}-{scheme}")
            wrong += [f"{page.url} ({view}, {width}, {scheme}): {each}" for each in faults(page)]
        return wrong

    return looked_at


@pytest.fixture(params=WORLDS)
def views(request, live, settings, time_machine):
    """Make each world in turn, and return the views that are looked at in it.

    Nobody is asked to show anew that it is they: the forms behind that are what is looked at here.
    """
    settings.DEMO = True
    settings.FRESH_FOR = timedelta.max
    world = WORLDS[request.param]
    time_machine.move_to(world.make())
    return world.views


def test_every_page_beside_is_accessible(visitor, live, views, look):
    clients = everybody()
    page, wrong = visitor(), []
    for view in views:
        found = offered(view, clients)
        if found is None:
            wrong.append(f"{view}: nobody sees it")
            continue
        address, person = found
        hand_session(page, person, live)
        page.goto(address)
        wrong += look(page, view)
    assert wrong == []


def test_every_page_that_a_letter_leads_to_is_accessible(visitor, live, time_machine, look):
    case, tender = make_published()
    at = tender.deadline_at - timedelta(days=1)
    token = new_code()
    appoint_observer(
        tender=tender,
        name="Vera Vittne",
        chamber="Handelskammaren Prov",
        email="vera@example.org",
        token=token,
        link="",
        is_mailed=False,
        by=case.officer,
        at=at,
    )
    following = follow_answers(tender=tender, email="a@example.org", by=None, at=at)
    administrator = make_person(organisation=case.buyer, role=Membership.Role.ADMINISTRATOR)
    role, invited = Membership.Role.DIRECTOR, new_code()
    invite(organisation=case.buyer, email="ny@example.org", role=role, token=invited, link="", by=administrator, at=at)
    asked = new_code()
    ask_for_documents(tender=tender, wanted="Upphandlingsdokumenten", token=asked, by=None, at=at)
    time_machine.move_to(at + timedelta(hours=1))
    leads = {
        "awards:own_request": f"{reverse('awards:request_code')}#{asked}",
        "bids:take_observation": f"{reverse('bids:observation_code')}#{token}",
        "parties:accept": f"{reverse('parties:invitation_code')}#{invited}",
        "tenders:subscription": subscription_link(following).removeprefix(settings.SITE_URL),
    }
    page, wrong = visitor(), []
    for view, link in leads.items():
        page.goto(link)
        page.wait_for_url(lambda url: "#" not in url, wait_until="load")
        wrong += look(page, view)
    assert wrong == []
    assert set(leads) == set(BY_LINK)


def test_every_page_of_ones_own_account_is_accessible(visitor, look):
    page, seen, wrong = visitor(), set(), []
    with_a_device(page)
    register(page)
    confirm_address(page)

    def see(view, *args):
        if resolve(urlsplit(page.url).path).view_name != view:
            page.goto(reverse(view, args=args))
        seen.add(view)
        wrong.extend(look(page, view))

    see("account_change_password")
    page.goto(reverse("mfa_activate_totp"))
    see("account_reauthenticate")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Fortsätt").click()
    see("mfa_activate_totp")
    page.get_by_label("Kod").fill(code_of(page.locator("code").inner_text()))
    page.get_by_role("button", name="Slå på").click()
    page.get_by_role("heading", name="Reservkoder").wait_for()
    recovery = page.locator("code").first.inner_text()
    see("mfa_add_webauthn")
    page.get_by_label("Nyckelns namn").fill("Min dator")
    page.get_by_role("button", name="Lägg till nyckeln").click()
    page.wait_for_url(lambda url: not url.endswith("/ny/"))
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).pk
    for view, *args in (
        ("mfa_edit_webauthn", key),
        ("mfa_remove_webauthn", key),
        ("mfa_deactivate_totp",),
        ("new_recovery_codes",),
        ("mfa_reauthenticate",),
        ("mfa_reauthenticate_webauthn",),
    ):
        see(view, *args)
    sign_out(page)
    sign_in(page)
    page.get_by_role("heading", name="Skriv din kod").wait_for()
    see("mfa_authenticate")
    page.get_by_label("Kod").fill(recovery)
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.get_by_role("heading", name="Mitt konto").wait_for()
    for view, args, verb in (
        ("mfa_remove_webauthn", [key], "Ta bort nyckeln"),
        ("mfa_deactivate_totp", [], "Stäng av"),
    ):
        page.goto(reverse(view, args=args))
        if page.get_by_label("Lösenord").count():
            page.get_by_label("Lösenord").fill(PASSWORD)
            page.get_by_role("button", name="Fortsätt").click()
        page.get_by_role("button", name=verb, exact=True).click()
        page.wait_for_url(lambda url: not url.endswith(("/ta-bort/", "/stang-av/")))
    assert set(Authenticator.objects.values_list("type", flat=True)) <= {Authenticator.Type.RECOVERY_CODES}
    assert wrong == []
    assert seen == set(OF_ONES_ACCOUNT)
