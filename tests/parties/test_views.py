"""The pages of organisations and people: register, sign in, invite, give and end roles."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.config.accounts import FAILURES
from rodatraden.parties.actions import register_person, register_supplier
from rodatraden.parties.models import Invitation, Membership, Organisation, Person
from rodatraden.records.actions import send_mail
from rodatraden.records.models import LedgerBody, OutboxMail
from rodatraden.ui.links import COOKIE, FIELD
from tests.factories.links import follow, link_in
from tests.factories.parties import START, make_buyer, make_person, make_supplier

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.both_engines,
]  # accounts are allauth's, whose statements no test of ours makes otherwise

Role = Membership.Role
PASSWORD = "fyra ord som ingen gissar"
SUPPLIER = {
    "name": "Provbolaget AB",
    "country": "SE",
    "registration_number": "556016-0680",
    "person_name": "Pia Prov",
    "email": "Pia@Provbolaget.example",
    "password": PASSWORD,
}
REGISTER = "parties:register_supplier"


def links(message: OutboxMail) -> list[str]:
    return re.findall(r"http://testserver(/\S+)", message.text)


def given(link: str) -> tuple[str, dict[str, str]]:
    """Return where the code of a link is sent, and as what."""
    asks, _, code = link.partition("#")
    return asks, {FIELD: code}


def register(client, **change):
    return client.post(reverse(REGISTER), SUPPLIER | change)


def signed_in_as(client) -> str:
    return client.session.get("_auth_user_id", "")


class TestRegisterSupplier:
    def test_one_page_and_one_is_signed_in_at_once(self, client):
        assert client.get(reverse(REGISTER)).status_code == 200
        answer = register(client)
        assert (answer.status_code, answer["Location"]) == (302, reverse("parties:me"))
        person = Person.objects.get()
        assert (person.email, person.name) == ("pia@provbolaget.example", "Pia Prov")
        organisation = Organisation.objects.get()
        assert (organisation.name, organisation.kind) == ("Provbolaget AB", Organisation.Kind.SUPPLIER)
        roles = Membership.objects.order_by("role").values_list("role", flat=True)
        assert list(roles) == [Role.ADMINISTRATOR, Role.BIDDER]
        page = client.get(reverse("parties:me")).text
        assert "Provbolaget AB" in page
        assert "Du kan lämna anbud för det med en gång" in page
        assert [message.to for message in OutboxMail.objects.all()] == ["pia@provbolaget.example"]

    def test_a_company_from_anywhere_without_a_number(self, client):
        register(client, country="UA", registration_number="", name="Компанія")
        organisation = Organisation.objects.get()
        assert (organisation.country, organisation.name) == ("UA", "Компанія")

    def test_a_double_click_or_the_back_button_registers_once_and_goes_on(self, client):
        register(client)
        client.logout()
        answer = register(client)
        assert answer["Location"] == reverse("parties:me")
        assert (Person.objects.count(), Organisation.objects.count()) == (1, 1)
        assert signed_in_as(client) == str(Person.objects.get().pk)

    def test_with_another_password_it_is_no_way_in(self, client):
        register(client)
        client.logout()
        answer = register(client, password="fem andra ord som ingen gissar")
        assert answer.status_code == 422
        assert "Det finns redan ett konto" in answer.text
        assert signed_in_as(client) == ""

    def test_nothing_typed_is_lost_but_the_password(self, client):
        answer = register(client, registration_number="556016-0681")
        assert answer.status_code == 422
        assert 'value="Provbolaget AB"' in answer.text
        assert 'value="556016-0681"' in answer.text
        assert PASSWORD not in answer.text
        assert (Person.objects.count(), Organisation.objects.count()) == (0, 0)

    def test_when_the_number_is_taken_no_person_is_left_behind(self, client):
        make_supplier()
        Organisation.objects.update(registration_number="556016-0680")
        assert register(client).status_code == 422
        assert Person.objects.count() == 0

    def test_somebody_signed_in_adds_a_company(self, client):
        person = make_person("Anna")
        client.force_login(person)
        assert "Du är inloggad som Anna" in client.get(reverse(REGISTER)).text
        client.post(reverse(REGISTER), {"name": "Annas firma", "country": "SE", "registration_number": ""})
        assert person.memberships.count() == 2

    def test_allauths_sign_up_leads_here(self, client):
        assert client.get(reverse("account_signup"))["Location"] == reverse(REGISTER)


class TestSignIn:
    @pytest.fixture
    def person(self):
        return register_person(email="anna@example.org", name="Anna", password=PASSWORD, by=None, at=START)

    def sign_in(self, client, password=PASSWORD, email="Anna@Example.org"):
        sent = {"login": email, "password": password, "next": reverse("parties:me")}
        return client.post(reverse("account_login"), sent)

    def test_with_address_and_password_and_out_again(self, client, person):
        assert client.get(reverse("account_login")).status_code == 200
        assert self.sign_in(client)["Location"] == reverse("parties:me")
        assert signed_in_as(client) == str(person.pk)
        assert client.get(reverse("account_logout")).status_code == 200
        client.post(reverse("account_logout"))
        assert signed_in_as(client) == ""

    def test_wrong_or_unknown_is_the_same_answer(self, client, person):
        for email, password in (("anna@example.org", "fel"), ("ingen@example.org", PASSWORD)):
            answer = self.sign_in(client, password, email)
            assert answer.status_code in {200, 422}
            assert "E-postadressen eller lösenordet är fel" in answer.text
            assert f'value="{email}"' in answer.text
            assert signed_in_as(client) == ""

    def test_many_failures_are_stopped_for_a_while(self, client, person):
        for _ in range(11):
            answer = self.sign_in(client, "fel")
        assert "För många försök" in answer.text
        assert "För många försök" in self.sign_in(client).text

    def from_place(self, client, place, password=PASSWORD):
        sent = {"login": "anna@example.org", "password": password}
        return client.post(reverse("account_login"), sent, REMOTE_ADDR=place)

    def test_nobody_is_locked_out_by_another(self, client, person):
        for _ in range(6):
            answer = self.from_place(client, "198.51.100.9", "fel")
        assert "För många försök" in answer.text
        assert self.from_place(client, "192.0.2.1").status_code == 302

    def test_a_flood_from_many_places_stops_all_but_where_one_is_used_to_sign_in(self, client, person, monkeypatch):
        monkeypatch.setitem(FAILURES, "by_address", "8/h/key")
        assert self.from_place(client, "192.0.2.1").status_code == 302
        client.logout()
        for number in range(10):
            answer = self.from_place(client, f"198.51.100.{number}", "fel")
            assert ("För många försök" in answer.text) == (number >= 8)
        assert "För många försök" in self.from_place(client, "192.0.2.2").text
        for _ in range(2):
            assert self.from_place(client, "192.0.2.1").status_code == 302
            client.logout()

    def test_who_signs_in_rightly_uses_up_nothing(self, client, person, monkeypatch):
        monkeypatch.setitem(FAILURES, "by_address", "2/h/key")
        for number in range(4):
            assert self.from_place(client, f"192.0.2.{number}").status_code == 302
            client.logout()

    def test_a_closed_account_and_one_without_password_are_shut(self, client, person):
        person.is_active = False
        person.save()
        self.sign_in(client)
        make_person()
        self.sign_in(client, "", Person.objects.exclude(pk=person.pk).get().email)
        assert signed_in_as(client) == ""

    def test_nobody_is_sent_to_another_site(self, client, person):
        sent = {"login": person.email, "password": PASSWORD, "next": "https://evil.example/"}
        assert "evil" not in client.post(reverse("account_login"), sent).get("Location", "")


class TestPassword:
    @pytest.fixture
    def person(self):
        return register_person(email="anna@example.org", name="Anna", password=PASSWORD, by=None, at=START)

    def ask(self, client, email):
        return client.post(reverse("account_reset_password"), {"email": email})

    def test_a_forgotten_one_is_replaced_through_the_mail(self, client, person):
        assert self.ask(client, "anna@example.org")["Location"] == reverse("account_reset_password_done")
        assert client.get(reverse("account_reset_password_done")).status_code == 200
        (link,) = links(OutboxMail.objects.get())
        address = follow(client, link)
        assert address == reverse("account_choose_password")
        assert "Nytt lösenord en gång till" in client.get(address).text
        new = "fem helt andra ord"
        answer = client.post(address, {"password1": new, "password2": new}, follow=True)
        assert "Du har ett nytt lösenord" in answer.text
        person.refresh_from_db()
        assert person.check_password(new)
        assert "Koden leder ingenstans" in client.post(*given(link)).text
        assert "Länken fungerar inte längre" in client.get(address).text
        assert "Länken fungerar inte längre" in Client().post(address, {"password1": new, "password2": new}).text
        assert OutboxMail.objects.latest("written_at").subject == "Ditt lösenord är ändrat"
        assert LedgerBody.objects.filter(event="password_changed", by=person.pk).count() == 1

    def test_the_key_may_be_typed_and_signs_out_somebody_else_who_sits_there(self, client, person):
        self.ask(client, "anna@example.org")
        (key,) = re.findall(r"skriver du: (\S+)", OutboxMail.objects.get().text)
        client.force_login(make_person("Annan"))
        asks = reverse("account_reset_password_from_key")
        assert client.post(asks, {FIELD: f" {key.upper()}\n"})["Location"] == reverse("account_choose_password")
        assert signed_in_as(client) == ""
        new = "fem helt andra ord"
        sent = {"password1": new, "password2": new}
        assert client.post(reverse("account_choose_password"), sent).status_code == 302
        person.refresh_from_db()
        assert person.check_password(new)

    def test_a_key_that_was_given_serves_nobody_who_signs_in_after_it(self, client, person):
        self.ask(client, "anna@example.org")
        address = follow(client, links(OutboxMail.objects.get())[0])
        other = register_person(email="bo@example.org", name="Bo", password=PASSWORD, by=None, at=START)
        client.post(reverse("account_login"), {"login": other.email, "password": PASSWORD})
        assert signed_in_as(client) == str(other.pk)
        sent = {"password1": "fem helt andra ord", "password2": "fem helt andra ord"}
        assert "Länken fungerar inte längre" in client.post(address, sent).text
        person.refresh_from_db()
        assert person.check_password(PASSWORD)

    def test_the_right_lies_in_a_session_that_nobody_had_the_name_of(self, client, person):
        self.ask(client, "anna@example.org")
        client.session.save()
        known = client.cookies["session"].value
        address = follow(client, links(OutboxMail.objects.get())[0])
        assert "en gång till" in client.get(address).text
        thief = Client()
        thief.cookies["session"] = known
        assert "Länken fungerar inte längre" in thief.get(address).text

    def test_who_is_signed_out_by_anothers_key_leaves_no_code_in_the_browser(self, client, person):
        self.ask(client, "anna@example.org")
        (link,) = links(OutboxMail.objects.get())
        client.force_login(make_person("Annan"))
        client.cookies[COOKIE] = "sealed"
        answer = client.post(*given(link))
        assert (answer.cookies[COOKIE].value, answer["Clear-Site-Data"]) == ("", '"cache"')

    @pytest.mark.parametrize("key", ["fel", "-", "a-b", f"{'0' * 32}-abc-def", "åäö-\u2028"])
    def test_a_made_up_key_leads_nowhere(self, client, person, key):
        answer = client.post(reverse("account_reset_password_from_key"), {FIELD: key})
        assert (answer.status_code, "Koden leder ingenstans" in answer.text) == (422, True)
        assert answer["Cache-Control"] == "no-store, private"

    def test_the_page_never_tells_whether_there_is_an_account(self, client, person):
        answers = [self.ask(client, email) for email in ("anna@example.org", "ingen@example.org")]
        assert [a["Location"] for a in answers] == [reverse("account_reset_password_done")] * 2
        subjects = OutboxMail.objects.order_by("to").values_list("to", "subject")
        assert list(subjects) == [
            ("anna@example.org", "Välj ett nytt lösenord"),
            ("ingen@example.org", "Det finns inget konto med den här adressen"),
        ]

    def test_nothing_is_sent_past_the_outbox(self, client, person):
        self.ask(client, "anna@example.org")
        assert mail.outbox == []
        send_mail(by=None, at=START)
        assert [message.to for message in mail.outbox] == [["anna@example.org"]]

    def test_changing_it_asks_for_the_old_one(self, client, person):
        client.force_login(person)
        new = "fem helt andra ord"
        sent = {"oldpassword": "fel", "password1": new, "password2": new}
        assert "Lösenordet är fel" in client.post(reverse("account_change_password"), sent).text
        answer = client.post(reverse("account_change_password"), sent | {"oldpassword": PASSWORD})
        assert answer["Location"] == reverse("parties:me")
        person.refresh_from_db()
        assert person.check_password(new)


class TestAddress:
    def test_it_is_confirmed_by_the_link_in_the_mail(self, client):
        register(client)
        assert "Väntar på att du öppnar länken" in client.get(reverse("account_email")).text
        (link,) = links(OutboxMail.objects.get())
        address = follow(client, link)
        assert address == reverse("account_confirm_address")
        assert "Är pia@provbolaget.example din adress?" in client.get(address).text
        client.post(address)
        assert "Bekräftad" in client.get(reverse("account_email")).text
        assert LedgerBody.objects.filter(event="email_confirmed").count() == 1
        assert "Koden leder ingenstans" in client.post(*given(link)).text
        assert "Länken fungerar inte längre" in client.get(address).text
        assert "Länken fungerar inte längre" in Client().get(address).text

    def test_a_key_that_was_given_confirms_nothing_for_who_signs_in_after_it(self, client):
        register(client)
        client.logout()
        client.session.save()
        known = client.cookies["session"].value
        address = follow(client, links(OutboxMail.objects.get())[0])
        thief = Client()
        thief.cookies["session"] = known
        assert "Länken fungerar inte längre" in thief.get(address).text
        client.force_login(make_person("Annan"))
        assert "Länken fungerar inte längre" in client.get(address).text
        assert client.post(address).status_code == 404
        assert not EmailAddress.objects.get(email="pia@provbolaget.example").verified

    def test_another_one_counts_only_when_it_is_confirmed(self, client):
        register(client)
        client.post(follow(client, links(OutboxMail.objects.get())[0]))
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        client.post(reverse("account_email"), {"email": "ny@provbolaget.example", "action_add": "1"})
        assert Person.objects.get().email == "pia@provbolaget.example"
        (link,) = links(OutboxMail.objects.get(to="ny@provbolaget.example"))
        client.post(follow(client, link))
        assert Person.objects.get().email == "ny@provbolaget.example"


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
    ],
)
def test_pages_about_the_own_account_are_shown_when_the_address_is_confirmed(client, name):
    register(client)
    (link,) = links(OutboxMail.objects.get())
    address = follow(client, link)
    assert client.get(address).status_code == 200
    client.post(address)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": reverse("parties:me")})
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert "<h1" in answer.text


@pytest.mark.parametrize("name", ["account_reset_password_from_key_done", "account_email_verification_sent"])
def test_pages_on_the_way_are_shown(client, name):
    assert client.get(reverse(name)).status_code == 200


def test_who_has_no_password_is_not_sent_to_pages_that_ask_for_it(client):
    client.force_login(make_person())
    page = client.get(reverse("parties:me")).text
    assert "Det här kontot har inget lösenord" in page
    assert reverse("mfa_index") not in page


def test_a_closed_account_reads_why(client):
    assert "Kontot är stängt" in client.get(reverse("account_inactive")).text


class TestOrganisation:
    @pytest.fixture
    def buyer(self):
        return make_buyer("Förbundet")

    def page(self, organisation):
        return reverse("parties:organisation", args=[organisation.pk])

    def test_its_people_see_it_and_others_find_nothing(self, client, buyer):
        for person, status in (
            (make_person(organisation=buyer, role=Role.NEED_OWNER), 200),
            (make_person(organisation=make_buyer("Annat"), role=Role.ADMINISTRATOR), 404),
            (make_person(organisation=make_supplier(), role=Role.BIDDER), 404),
            (make_person(), 404),
        ):
            client.force_login(person)
            invite = reverse("parties:invite", args=[buyer.pk])
            assert client.get(self.page(buyer)).status_code == status
            assert client.get(invite).status_code == status
            assert client.post(invite, {"email": "x@example.org", "role": "director"}).status_code in {status, 422}
        assert Invitation.objects.count() == 0

    def test_a_personal_number_is_seen_by_its_own_people_only(self, client):
        owner = make_person()
        firm = register_supplier(
            name="Annas firma", registration_number="811218-9876", person=owner, by=owner, at=START
        )
        client.force_login(owner)
        assert "811218-9876" in client.get(self.page(firm)).text
        client.force_login(make_person(organisation=make_buyer(), role=Role.PROCUREMENT_OFFICER))
        assert client.get(self.page(firm)).status_code == 404

    def test_only_an_administrator_gives_roles(self, client, buyer):
        admin = make_person("Admin", organisation=buyer, role=Role.ADMINISTRATOR)
        person = make_person("Bo", organisation=buyer, role=Role.NEED_OWNER)
        sent = {"person": person.pk, "role": Role.DIRECTOR}
        client.force_login(person)
        assert client.post(self.page(buyer), sent).status_code == 422
        client.force_login(admin)
        assert client.post(self.page(buyer), sent).status_code == 302
        assert set(person.memberships.values_list("role", flat=True)) == {Role.NEED_OWNER, Role.DIRECTOR}
        assert client.post(self.page(buyer), sent | {"person": make_person().pk}).status_code == 422

    def test_a_role_ends_after_a_question(self, client, buyer):
        admin = make_person("Admin", organisation=buyer, role=Role.ADMINISTRATOR)
        membership = make_person("Bo", organisation=buyer, role=Role.NEED_OWNER).memberships.get()
        page = reverse("parties:end_role", args=[membership.pk])
        client.force_login(admin)
        assert "Avsluta rollen Behovsägare för Bo?" in client.get(page).text
        assert client.post(page)["Location"] == self.page(buyer)
        own = reverse("parties:end_role", args=[admin.memberships.get().pk])
        answer = client.post(own)
        assert answer.status_code == 422
        assert "minst en administratör" in answer.text

    def test_who_leaves_the_last_role_goes_home(self, client, buyer):
        person = make_person(organisation=buyer, role=Role.NEED_OWNER)
        client.force_login(person)
        answer = client.post(reverse("parties:end_role", args=[person.memberships.get().pk]))
        assert answer["Location"] == reverse("parties:me")
        assert client.get(self.page(buyer)).status_code == 404

    def test_a_role_elsewhere_is_not_found(self, client, buyer):
        membership = make_person(organisation=buyer, role=Role.NEED_OWNER).memberships.get()
        client.force_login(make_person(organisation=make_buyer("Annat"), role=Role.ADMINISTRATOR))
        assert client.post(reverse("parties:end_role", args=[membership.pk])).status_code == 404


class TestInvite:
    @pytest.fixture
    def link(self, client):
        buyer = make_buyer("Förbundet")
        admin = make_person("Admin", organisation=buyer, role=Role.ADMINISTRATOR)
        client.force_login(admin)
        sent = {"email": "ny@example.org", "role": Role.DIRECTOR, "title": "Förbundschef"}
        answer = client.post(reverse("parties:invite", args=[buyer.pk]), sent)
        assert answer["Location"] == reverse("parties:organisation", args=[buyer.pk])
        assert "ny@example.org är inbjuden som Chef" in client.get(answer["Location"]).text
        client.logout()
        (found,) = links(OutboxMail.objects.get())
        return found

    def test_somebody_new_chooses_a_password_and_is_in(self, client, link):
        address = follow(client, link)
        page = client.get(address).text
        assert "Inbjudan till Förbundet" in page
        assert "Du kommer att logga in med ny@example.org" in page
        answer = client.post(address, {"person_name": "Ny Chef", "password": PASSWORD})
        organisation = Organisation.objects.get()
        assert answer["Location"] == reverse("parties:organisation", args=[organisation.pk])
        person = Person.objects.get(email="ny@example.org")
        assert signed_in_as(client) == str(person.pk)
        assert (person.name, person.memberships.get().title) == ("Ny Chef", "Förbundschef")
        assert OutboxMail.objects.count() == 1  # the link has confirmed the address already
        assert "redan använd" in client.get(address).text

    def test_somebody_known_signs_in_first(self, client, link):
        person = register_person(email="ny@example.org", name="Ny", password=PASSWORD, by=None, at=START)
        address = follow(client, link)
        page = client.get(address).text
        assert "Det finns ett konto med adressen ny@example.org" in page
        assert f"?next={address}" in page
        assert client.post(address, {"person_name": "Intrång", "password": "fyra andra ord nu"}).status_code == 422
        signed_in = client.post(
            reverse("account_login"), {"login": person.email, "password": PASSWORD, "next": address}
        )
        assert signed_in["Location"] == address
        assert client.post(address).status_code == 302
        assert person.memberships.get().role == Role.DIRECTOR

    def test_somebody_else_who_is_signed_in_reads_whose_it_is(self, client, link):
        client.force_login(make_person())
        address = follow(client, link)
        assert "Inbjudan skickades till ny@example.org" in client.get(address).text
        assert client.post(address).status_code == 422
        assert Invitation.objects.get().accepted_at is None

    def test_withdrawn_it_leads_to_an_explanation(self, client, link):
        invitation = Invitation.objects.get()
        client.force_login(invitation.invited_by)
        page = reverse("parties:withdraw_invitation", args=[invitation.pk])
        assert "Dra tillbaka inbjudan till ny@example.org?" in client.get(page).text
        client.post(page)
        client.logout()
        address = follow(client, link)
        assert "Inbjudan är återtagen" in client.get(address).text
        assert client.post(address, {"person_name": "Ny", "password": PASSWORD}).status_code == 422

    def test_without_a_mail_server_an_administrator_takes_a_new_link_once_and_hands_it_over(
        self, client, link, settings
    ):
        settings.MAIL_IS_SET_UP = False
        invitation = Invitation.objects.get()
        client.force_login(invitation.invited_by)
        page = reverse("parties:invitation_link", args=[invitation.pk])
        organisation = reverse("parties:organisation", args=[invitation.organisation_id])
        assert page in client.get(organisation).text
        assert "/inbjudan/" not in client.get(page).text
        earlier = self.visitor_with(link)
        answer = client.post(page)
        assert answer["Cache-Control"] == "no-store, private"
        taken = link_in(answer.text)
        told = client.get(organisation).text
        assert ("Admin hämtade länken" in told, taken in told, taken in client.get(page).text) == (True, False, False)
        client.logout()
        sent = {"person_name": "Ny Chef", "password": PASSWORD}
        for visitor in (client, earlier):  # the link in the letter is dead, also for who had followed it before
            assert visitor.post(self.address(), sent)["Location"] == reverse("parties:invitation_code")
        assert "Koden leder ingenstans" in client.post(*given(link)).text
        assert client.post(follow(client, taken), sent).status_code == 302
        person = Person.objects.get(email="ny@example.org")
        assert (signed_in_as(client), person.memberships.get().role) == (str(person.pk), Role.DIRECTOR)
        assert not EmailAddress.objects.filter(user=person, verified=True).exists()

    def test_where_mail_is_sent_nobody_but_the_receiver_sees_the_link(self, client, link, settings):
        settings.MAIL_IS_SET_UP = True
        invitation = Invitation.objects.get()
        client.force_login(invitation.invited_by)
        page = reverse("parties:invitation_link", args=[invitation.pk])
        assert page not in client.get(reverse("parties:organisation", args=[invitation.organisation_id])).text
        shown = client.get(page).text
        assert ('aria-disabled="true"' in shown, "den ser ingen annan än mottagaren" in shown) == (True, True)
        answer = client.post(page)
        assert (answer.status_code, "/inbjudan/" in answer.text) == (422, False)

    def test_nobody_else_takes_the_link(self, client, link, settings):
        settings.MAIL_IS_SET_UP = False
        invitation = Invitation.objects.get()
        page = reverse("parties:invitation_link", args=[invitation.pk])
        colleague = make_person(organisation=invitation.organisation, role=Role.PROCUREMENT_OFFICER)
        stranger = make_person(organisation=make_buyer("Annat"), role=Role.ADMINISTRATOR)
        for person, statuses in ((colleague, {404, 422}), (stranger, {404}), (None, {302})):
            client.logout()
            if person:
                client.force_login(person)
            answer = client.post(page)
            assert (answer.status_code in statuses, "/inbjudan/" in answer.text) == (True, False)
        assert Invitation.objects.get().link_taken_at is None

    def address(self):
        return reverse("parties:accept", args=[Invitation.objects.get().pk])

    def visitor_with(self, link):
        visitor = Client()
        follow(visitor, link)
        return visitor

    def test_a_made_up_link_is_not_found(self, client, link):
        said = client.post(*given("/inbjudan/#P8H1-TTAD-0000-0000-0000-0000-0000"))
        assert (said.status_code, "Koden leder ingenstans" in said.text) == (422, True)
        for key in (Invitation.objects.get().pk, uuid4()):
            for answer in (client.get(reverse("parties:accept", args=[key])), client.post(self.address())):
                assert (answer.status_code, answer["Location"]) == (302, "/inbjudan/")
        assert Person.objects.filter(email="ny@example.org").count() == 0

    def test_it_is_typed_from_the_letter_without_script(self, client, link):
        (code,) = re.findall(r"skriver du: (\S+)", OutboxMail.objects.get().text)
        assert link == f"/inbjudan/#{code}"
        for typed in (code.lower(), code.replace("-", " "), f" {code.replace('-', '')}. ", f"http://testserver{link}"):
            assert client.post("/inbjudan/", {FIELD: typed})["Location"] == self.address()


def test_my_page_takes_as_many_queries_for_thirty_organisations_as_for_one(client):
    person = make_person(organisation=make_supplier(), role=Role.BIDDER)
    client.force_login(person)
    client.get(reverse("parties:me"))
    counts = []
    for more in (0, 29):
        for n in range(more):
            register_supplier(name=f"Bolag {n}", person=person, by=person, at=START)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("parties:me"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_who_was_about_to_bid_goes_on_to_the_bid_after_registering(client):
    page = f"{reverse('parties:register_supplier')}?next=/anbud/"
    assert f"{reverse('account_login')}?next=/bli-leverantor/%3Fnext%3D/anbud/" in client.get(page).text
    assert client.post(page, SUPPLIER)["Location"] == "/anbud/"
