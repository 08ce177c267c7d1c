"""The verbs of organisations and people."""

from __future__ import annotations

import json

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from rodatraden.core.answer import RefusedError
from rodatraden.core.codes import code_digest
from rodatraden.parties.actions import (
    accept_invitation,
    end_membership,
    grant_membership,
    invite,
    register_organisation,
    register_person,
    register_supplier,
    take_link,
    withdraw_invitation,
)
from rodatraden.parties.actions.signals import changing, happened
from rodatraden.parties.models import Invitation, Membership, Organisation, Person
from rodatraden.records.models import LedgerBody, LedgerEntry, OutboxMail
from tests.factories.parties import START, make_buyer, make_person, make_supplier

pytestmark = pytest.mark.django_db

Role = Membership.Role


class TestRegisterOrganisation:
    def register(self, number: str, country: str = "SE") -> Organisation:
        return register_organisation(
            name="Provbolaget",
            kind=Organisation.Kind.SUPPLIER,
            country=country,
            registration_number=number,
            by=None,
            at=START,
        )

    @pytest.mark.parametrize(
        ("number", "country", "kept", "published"),
        [
            ("5560160680", "SE", "556016-0680", "556016-0680"),
            (" 556016-0680 ", "SE", "556016-0680", "556016-0680"),
            ("974760673", "NO", "974 760 673", "974 760 673"),
            ("19811218-9876", "SE", "811218-9876", ""),
            ("HRB 12345", "DE", "HRB 12345", "HRB 12345"),
            ("", "SE", "", ""),
            ("  ", "FI", "", ""),
        ],
    )
    def test_a_number_is_kept_in_one_form_and_a_personal_number_is_never_published(
        self, number, country, kept, published
    ):
        organisation = self.register(number, country)
        assert (organisation.registration_number, organisation.published_number) == (kept, published)

    def test_the_same_number_in_another_form_is_taken(self):
        self.register("556016-0680")
        with pytest.raises(RefusedError) as refused:
            self.register("165560160680")
        assert refused.value.answer.mend == "registration_number"
        self.register("556016-0680", "DE")  # another country's register
        self.register("")
        self.register("")
        assert Organisation.objects.count() == 4

    @pytest.mark.parametrize("number", ["556016-0681", "12", "abc", "974760673"])
    def test_what_is_no_number_is_asked_about(self, number):
        with pytest.raises(RefusedError):
            self.register(number)
        assert Organisation.objects.count() == 0

    def test_a_buyer_belongs_to_a_country_with_rules(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            register_organisation(name="Stadt", kind=Organisation.Kind.MUNICIPALITY, country="DE", by=None, at=START)

    def test_the_log_never_tells_the_number(self):
        organisation = self.register("811218-9876")
        told = LedgerBody.objects.get(object_id=organisation.pk)
        assert "9876" not in told.what


class TestRegisterPerson:
    def test_one_account_for_an_address_whatever_its_case(self):
        register_person(email="Anna@Example.org", name="Anna", by=None, at=START)
        with pytest.raises(RefusedError):
            register_person(email="anna@example.ORG", name="Anna igen", by=None, at=START)
        assert [person.email for person in Person.objects.all()] == ["anna@example.org"]

    def test_without_a_password_nobody_signs_in_with_one(self):
        person = register_person(email="a@example.org", name="A", by=None, at=START)
        assert not person.has_usable_password()
        secret = register_person(email="b@example.org", name="B", password="hemligt ord", by=None, at=START)
        assert secret.check_password("hemligt ord")

    def test_who_registers_oneself_is_the_one_who_did_it(self):
        person = register_person(email="a@example.org", name="A", by=None, at=START)
        assert LedgerBody.objects.get(event="person_registered").by == person.pk


def test_a_supplier_has_an_administrator_and_bidder_at_once():
    person = make_person()
    supplier = register_supplier(name="Nytt AB", person=person, by=person, at=START)
    assert sorted(person.memberships.values_list("role", flat=True)) == [Role.ADMINISTRATOR, Role.BIDDER]
    assert (supplier.kind, supplier.email) == (Organisation.Kind.SUPPLIER, person.email)


def test_what_a_new_bidder_changes_is_held_before_the_log_is_written():
    """Who appoints the person holds the same rows and then waits for the log: the other order stops both for ever."""
    order = []

    def held(*, begins_to_bid, **_):
        order.append(("held", begins_to_bid))

    def written(*, event, **_):
        order.append(("written", event))

    person = make_person()
    changing.connect(held)
    happened.connect(written)
    try:
        register_supplier(name="Nytt AB", person=person, by=person, at=START)
    finally:
        changing.disconnect(held)
        happened.disconnect(written)
    assert order[:2] == [("held", True), ("written", "organisation_registered")]


class TestGrant:
    def test_an_administrator_gives_a_role_once(self):
        buyer = make_buyer()
        admin = make_person(organisation=buyer, role=Role.ADMINISTRATOR)
        person = make_person(organisation=buyer)
        grant_membership(person=person, organisation=buyer, role=Role.DIRECTOR, by=admin, at=START)
        with pytest.raises(RefusedError):
            grant_membership(person=person, organisation=buyer, role=Role.DIRECTOR, by=admin, at=START)
        assert LedgerBody.objects.filter(event="membership_granted", by=admin.pk).count() == 1

    def test_others_and_roles_that_do_not_exist_are_refused(self):
        buyer, supplier = make_buyer(), make_supplier()
        admin = make_person(organisation=buyer, role=Role.ADMINISTRATOR)
        officer = make_person(organisation=buyer, role=Role.PROCUREMENT_OFFICER)
        make_person(organisation=supplier, role=Role.ADMINISTRATOR)
        for organisation, role, by in (
            (buyer, Role.DIRECTOR, officer),
            (buyer, Role.BIDDER, admin),
            (supplier, Role.BIDDER, admin),
        ):
            with pytest.raises(RefusedError):
                grant_membership(person=make_person(), organisation=organisation, role=role, by=by, at=START)

    def test_ending_is_recorded_with_who_did_it(self):
        buyer = make_buyer()
        admin = make_person(organisation=buyer, role=Role.ADMINISTRATOR)
        person = make_person(organisation=buyer, role=Role.DIRECTOR)
        end_membership(membership=person.memberships.get(), by=admin, at=START)
        told = LedgerBody.objects.get(event="membership_ended")
        assert (told.by, json.loads(told.what)["role"]) == (admin.pk, "director")


class TestInvite:
    def invite(self, *, email: str = "ny@example.org", by: Person | None = None) -> Invitation:
        buyer = Organisation.objects.first() or make_buyer()
        by = by or make_person(organisation=buyer, role=Role.ADMINISTRATOR)
        return invite(
            organisation=buyer,
            email=email,
            role=Role.DIRECTOR,
            token=f"hemlig-{email}",
            link=f"https://x.example/hemlig-{email}",
            by=by,
            at=START,
        )

    def test_the_secret_is_in_the_letter_and_nowhere_else(self):
        invitation = self.invite()
        letter = OutboxMail.objects.get()
        assert letter.to == "ny@example.org"
        assert "https://x.example/hemlig-ny@example.org" in letter.text
        assert "hemlig" not in invitation.token_sha256
        assert not LedgerBody.objects.filter(what__contains="hemlig").exists()
        assert not LedgerBody.objects.filter(what__contains="ny@example.org").exists()

    def test_it_is_sent_by_an_administrator_to_each_once(self):
        invitation = self.invite()
        with pytest.raises(RefusedError):
            self.invite(by=invitation.invited_by)
        with pytest.raises(RefusedError):
            self.invite(email="annan@example.org", by=make_person(organisation=invitation.organisation))
        withdraw_invitation(invitation=invitation, by=invitation.invited_by, at=START)
        self.invite(email="ny2@example.org", by=invitation.invited_by)
        assert Invitation.objects.count() == 2

    def test_accepting_gives_the_role_and_confirms_the_address(self):
        invitation = self.invite()
        person = register_person(email="ny@example.org", name="Ny", by=None, at=START)
        membership = accept_invitation(invitation=invitation, by=person, at=START)
        assert (membership.role, membership.organisation) == (Role.DIRECTOR, invitation.organisation)
        assert EmailAddress.objects.get(user=person).verified
        with pytest.raises(RefusedError):
            accept_invitation(invitation=invitation, by=person, at=START)

    def test_a_link_that_is_handed_over_confirms_no_address_and_is_told_of_without_its_secret(self, settings):
        settings.MAIL_IS_SET_UP = False
        invitation = self.invite()
        for token in ("andra-hemlig", "tredje-hemlig"):
            take_link(invitation=invitation, token=token, by=invitation.invited_by, at=START)
            assert invitation.token_sha256 == code_digest(token)  # any earlier link is dead
        assert (invitation.link_taken_at, invitation.link_taken_by) == (START, invitation.invited_by)
        letters = OutboxMail.objects.filter(subject__contains="lämnas över").values_list("to", "text")
        assert [(to, "hemlig" in text) for to, text in letters] == [("ny@example.org", False)] * 2
        assert LedgerBody.objects.filter(event="invitation_link_taken").count() == 2
        assert not LedgerBody.objects.filter(what__contains="hemlig").exists()
        person = register_person(email="ny@example.org", name="Ny", by=None, at=START)
        accept_invitation(invitation=invitation, by=person, at=START)
        assert not EmailAddress.objects.filter(user=person, verified=True).exists()

    def test_an_address_that_was_confirmed_before_stays_so(self, settings):
        settings.MAIL_IS_SET_UP = False
        person = register_person(email="ny@example.org", name="Ny", by=None, at=START)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        invitation = self.invite()
        take_link(invitation=invitation, token="t", by=invitation.invited_by, at=START)
        accept_invitation(invitation=invitation, by=person, at=START)
        assert EmailAddress.objects.get(user=person).verified

    def test_a_stranger_accepts_nothing(self):
        invitation = self.invite()
        with pytest.raises(RefusedError):
            accept_invitation(invitation=invitation, by=make_person(), at=START)
        invitation.refresh_from_db()
        assert invitation.accepted_at is None

    def test_every_verb_leaves_one_entry(self):
        invitation = self.invite()
        before = LedgerEntry.objects.count()
        withdraw_invitation(invitation=invitation, by=invitation.invited_by, at=START)
        other = self.invite(email="annan@example.org", by=invitation.invited_by)
        person = register_person(email="annan@example.org", name="Annan", by=None, at=START)
        accept_invitation(invitation=other, by=person, at=START)
        assert LedgerEntry.objects.count() == before + 4
