"""Whose an organisation number is: unproven until an official says so, and a way in for whoever finds it taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.core.answer import RefusedError
from rodatraden.parties import actions, queries, rules
from rodatraden.parties.models import JoinRequest, Membership, Organisation
from rodatraden.records.models import LedgerBody, OutboxMail
from tests.factories.parties import START, make_buyer, make_person

pytestmark = pytest.mark.django_db

NUMBER = "556016-0680"
AT = START + timedelta(days=1)
Role = Membership.Role


@pytest.fixture
def buyer():
    return make_buyer()


@pytest.fixture
def officer(buyer):
    return make_person("Officer", organisation=buyer, role=Role.PROCUREMENT_OFFICER)


@pytest.fixture
def house(buyer):
    return make_person("House", organisation=buyer, role=Role.ADMINISTRATOR)


@pytest.fixture
def holder():
    return make_person("Holder")


@pytest.fixture
def supplier(holder):
    return actions.register_supplier(
        name="Tagen Identitet AB", registration_number=NUMBER, person=holder, by=holder, at=START
    )


def confirm(supplier, by, ground="Registreringsbevis"):
    return actions.confirm_organisation_number(organisation=supplier, ground=ground, by=by, at=AT)


def release(supplier, by, ground="Fel bolag"):
    return actions.release_organisation_number(organisation=supplier, ground=ground, by=by, at=AT)


def ask(**changed):
    typed = {"name": "Nina Ny", "email": "nina@example.com", "text": "Jag är vd.", "by": None, "at": AT}
    return actions.ask_to_join(
        country="SE", registration_number=NUMBER, link=lambda pk: f"https://x.example/{pk}", **typed | changed
    )


def mails():
    return {(mail.to, mail.subject) for mail in OutboxMail.objects.all()}


class TestWhoseTheNumberIs:
    def test_it_is_unproven_until_an_official_confirms_it_on_a_ground(self, supplier, officer):
        assert not supplier.is_proven
        confirm(supplier, officer)
        supplier.refresh_from_db()
        assert (supplier.is_proven, supplier.number_confirmed_at, supplier.number_confirmed_by) == (True, AT, officer)
        assert supplier.number_ground == "Registreringsbevis"
        assert LedgerBody.objects.filter(event="organisation_number_confirmed", by=officer.pk).count() == 1

    @pytest.mark.parametrize("verb", [confirm, release])
    def test_only_an_official_of_an_authority_who_is_not_of_the_supplier(self, supplier, buyer, officer, house, verb):
        people = {
            "officer": officer,
            "house": house,
            "director": make_person(organisation=buyer, role=Role.DIRECTOR),
            "own": supplier.memberships.first().person,
            "both": make_person(organisation=supplier, role=Role.BIDDER),
            "stranger": make_person(),
        }
        actions.grant_membership(
            person=people["both"], organisation=buyer, role=Role.PROCUREMENT_OFFICER, by=None, at=START
        )
        may = {name for name, person in people.items() if rules.may_judge_number(person, supplier, AT)}
        assert may == {"officer", "house"}
        for name in people.keys() - may:
            with pytest.raises(RefusedError):
                verb(supplier, people[name])

    @pytest.mark.parametrize("verb", [confirm, release])
    def test_a_ground_is_needed_and_what_is_confirmed_stands(self, supplier, officer, verb):
        with pytest.raises(RefusedError, match="Write what shows"):
            verb(supplier, officer, " ")
        confirm(supplier, officer)
        with pytest.raises(RefusedError, match="confirmed already"):
            verb(supplier, officer)

    def test_a_number_that_is_not_theirs_is_released_and_the_right_one_registers(self, supplier, officer, holder):
        release(supplier, officer)
        supplier.refresh_from_db()
        assert supplier.registration_number == ""
        assert mails() == {(holder.email, "Organisationsnumret för Tagen Identitet AB")}
        right = make_person()
        actions.register_supplier(name="Rätt AB", registration_number=NUMBER, person=right, by=right, at=AT)

    def test_the_page_says_that_it_is_unproven_and_then_who_confirmed_it(self, client, supplier, officer, holder):
        own = reverse("parties:organisation", args=[supplier.pk])
        page = reverse("parties:confirm_number", args=[supplier.pk])
        client.force_login(holder)
        assert "Numret är obestyrkt" in client.get(own).text
        assert client.get(page).status_code == 404
        client.force_login(officer)
        lacking = client.post(page, {"is_theirs": "yes"})
        assert (lacking.status_code, "Fyll i vad som visar det" in lacking.text) == (422, True)
        assert client.post(page, {"is_theirs": "yes", "ground": "Registreringsbevis"})["Location"] == page
        assert "Officer har för en myndighets räkning bekräftat" in client.get(page).text
        client.force_login(holder)
        assert "Grund: Registreringsbevis" in client.get(own).text

    def test_the_page_takes_a_number_away(self, client, supplier, officer):
        client.force_login(officer)
        page = reverse("parties:confirm_number", args=[supplier.pk])
        client.post(page, {"is_theirs": "no", "ground": "Bolaget känner inte till kontot"})
        assert "inget organisationsnummer" in client.get(page).text
        assert Organisation.objects.get(pk=supplier.pk).registration_number == ""


class TestAskingToBeLetIn:
    def test_a_second_registration_is_refused_without_telling_who_has_the_number(self, client, supplier):
        typed = {
            "name": "Nytt AB",
            "country": "SE",
            "registration_number": NUMBER,
            "person_name": "Nina Ny",
            "email": "nina@example.com",
            "password": "fyra ord som bara jag vet",
        }
        answer = client.post(reverse("parties:register_supplier"), typed)
        assert answer.status_code == 422
        assert "Be att bli insläppt i den." in answer.text
        assert reverse("parties:ask_to_join") in answer.text
        assert "Tagen Identitet" not in answer.text

    def test_the_request_reaches_who_can_let_in_and_the_asker_learns_nothing(self, client, supplier, holder, house):
        typed = {
            "country": "SE",
            "registration_number": "5560160680",
            "person_name": "Nina Ny",
            "email": "Nina@example.com",
            "text": "Jag är vd.",
        }
        answer = client.post(reverse("parties:ask_to_join"), typed)
        assert "Förfrågan är skickad" in answer.text
        assert "Tagen Identitet" not in answer.text
        subject = "Någon ber att bli insläppt i Tagen Identitet AB"
        assert mails() == {(holder.email, subject), (house.email, subject)}
        assert reverse("parties:invite", args=[supplier.pk]) in OutboxMail.objects.first().text
        client.force_login(holder)
        page = client.get(reverse("parties:organisation", args=[supplier.pk])).text
        assert ("Nina Ny" in page, "nina@example.com" in page) == (True, True)

    def test_with_a_confirmed_number_only_its_own_administrator_is_asked(self, supplier, officer, holder, house):
        confirm(supplier, officer)
        ask()
        assert {to for to, _ in mails()} == {holder.email}

    def test_the_same_person_asking_again_sends_no_second_letter_and_too_many_are_refused(self, supplier, holder):
        assert ask() == ask(email="NINA@example.com")
        assert OutboxMail.objects.count() == 1
        for n in range(actions.MOST_REQUESTS - 1):
            ask(email=f"n{n}@example.com")
        with pytest.raises(RefusedError, match="Several people"):
            ask(email="n9@example.com")
        assert JoinRequest.objects.count() == actions.MOST_REQUESTS
        ask(email="n9@example.com", at=AT + timedelta(days=2))

    def test_a_number_that_nobody_has_can_be_registered_instead(self, db):
        with pytest.raises(RefusedError, match="You can register it"):
            ask()


class TestASupplierWithoutPeople:
    @pytest.fixture
    def outside(self):
        return actions.register_organisation(
            name="Utifrån AB", kind=Organisation.Kind.SUPPLIER, registration_number=NUMBER, by=None, at=START
        )

    def test_the_house_opens_it_only_once_the_number_is_confirmed(self, client, outside, house, officer):
        ask()
        assert {to for to, _ in mails()} == {house.email}
        refused = rules.may_administer(house, outside, AT)
        assert (refused.allowed, refused.mend) == (False, reverse("parties:confirm_number", args=[outside.pk]))
        confirm(outside, officer)
        outside.refresh_from_db()
        assert rules.may_administer(house, outside, AT)
        assert not rules.may_administer(officer, outside, AT)
        client.force_login(house)
        typed = {"email": "nina@example.com", "role": "administrator"}
        page = reverse("parties:invite", args=[outside.pk])
        assert client.post(page, typed)["Location"] == reverse("parties:organisation", args=[outside.pk])
        actions.grant_membership(
            person=make_person("Nina"), organisation=outside, role=Role.ADMINISTRATOR, by=None, at=AT
        )
        assert not rules.may_administer(house, outside, AT)
        assert outside not in queries.administered_by(house, AT)

    def test_nobody_else_sees_it(self, client, outside, supplier_people):
        for person in supplier_people:
            client.force_login(person)
            for name in ("organisation", "invite", "confirm_number"):
                assert client.get(reverse(f"parties:{name}", args=[outside.pk])).status_code == 404

    @pytest.fixture
    def supplier_people(self, buyer):
        other = actions.register_organisation(name="Annan AB", kind=Organisation.Kind.SUPPLIER, by=None, at=START)
        return [
            make_person(organisation=other, role=Role.ADMINISTRATOR),
            make_person(organisation=buyer, role=Role.DIRECTOR),
        ]
