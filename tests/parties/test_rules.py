"""Who is what in which organisation, on which day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rodatraden.core.codes import code_digest
from rodatraden.parties import rules
from rodatraden.parties.actions import accept_invitation, end_membership, grant_membership, invite, withdraw_invitation
from rodatraden.parties.models import Membership
from rodatraden.parties.queries import open_invitations
from tests.factories.parties import START, make_buyer, make_person, make_supplier

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]  # the list and the rule agree

Role = Membership.Role
DAY = timedelta(days=1)


def test_a_role_holds_from_its_first_day_and_not_on_its_last():
    buyer = make_buyer()
    person = make_person(organisation=buyer, role=Role.DIRECTOR)
    make_person(organisation=buyer, role=Role.ADMINISTRATOR)
    assert rules.roles_of(person, buyer, START - DAY) == frozenset()
    assert rules.roles_of(person, buyer, START) == {Role.DIRECTOR}
    end_membership(membership=person.memberships.get(), by=person, at=START + 3 * DAY)
    assert rules.is_member(person, buyer, START + 2 * DAY)
    assert not rules.is_member(person, buyer, START + 3 * DAY)


# Each rule by role, in one's own organisation; elsewhere always no.
MAY = {
    rules.may_administer: {Role.ADMINISTRATOR},
    rules.may_start_procurement: {Role.PROCUREMENT_OFFICER},
    rules.may_bid_for: {Role.BIDDER},
}


@pytest.mark.parametrize("rule", MAY)
@pytest.mark.parametrize("role", Role)
def test_what_each_role_may_at_home_and_elsewhere(rule, role):
    is_supplier = role == Role.BIDDER
    home = make_supplier() if is_supplier else make_buyer()
    person = make_person(organisation=home, role=role)
    for place in (home, make_buyer("Annat"), make_supplier("Annan")):
        answer = rule(person, place, START)
        assert bool(answer) == (place == home and role in MAY[rule]), place
        assert answer or answer.reason


def test_a_supplier_starts_no_procurement_whatever_its_people_are():
    supplier = make_supplier()
    person = make_person(organisation=supplier, role=Role.ADMINISTRATOR)
    assert rules.may_start_procurement(person, supplier, START).source == "LOU 1 kap. 22 §"


@pytest.mark.parametrize("role", Role)
def test_which_roles_exist_where(role):
    fits = (bool(rules.role_fits(role, make_buyer())), bool(rules.role_fits(role, make_supplier())))
    assert fits == {
        Role.ADMINISTRATOR: (True, True),
        Role.EMPLOYEE: (True, True),
        Role.BIDDER: (False, True),
    }.get(role, (True, False))


def test_the_first_role_of_an_organisation_is_free_and_then_its_administrators_decide():
    supplier, stranger = make_supplier(), make_person()
    assert rules.may_grant(stranger, supplier, START)
    admin = make_person(organisation=supplier, role=Role.ADMINISTRATOR)
    assert not rules.may_grant(stranger, supplier, START)
    assert rules.may_grant(admin, supplier, START)


class TestEnd:
    def test_an_administrator_or_the_person_ends_a_role_and_nobody_else(self):
        buyer = make_buyer()
        admin = make_person(organisation=buyer, role=Role.ADMINISTRATOR)
        officer = make_person(organisation=buyer, role=Role.PROCUREMENT_OFFICER)
        colleague = make_person(organisation=buyer, role=Role.DIRECTOR)
        stranger = make_person(organisation=make_buyer("Annat"), role=Role.ADMINISTRATOR)
        membership = officer.memberships.get()
        may = [bool(rules.may_end(person, membership, START)) for person in (admin, officer, colleague, stranger)]
        assert may == [True, True, False, False]

    def test_the_last_administrator_stays(self):
        buyer = make_buyer()
        admin = make_person(organisation=buyer, role=Role.ADMINISTRATOR)
        membership = admin.memberships.get()
        assert not rules.may_end(admin, membership, START)
        second = make_person(organisation=buyer, role=Role.ADMINISTRATOR)
        assert rules.may_end(admin, membership, START)
        end_membership(membership=second.memberships.get(), by=admin, at=START)
        assert not rules.may_end(admin, membership, START)

    def test_what_has_ended_ends_once(self):
        buyer = make_buyer()
        person = make_person(organisation=buyer, role=Role.DIRECTOR)
        membership = end_membership(membership=person.memberships.get(), by=person, at=START)
        assert not rules.may_end(person, membership, START)


class TestInvitation:
    @pytest.fixture
    def invitation(self):
        buyer = make_buyer()
        admin = make_person(organisation=buyer, role=Role.ADMINISTRATOR)
        return invite(
            organisation=buyer,
            email="Ny@Example.org",
            role=Role.DIRECTOR,
            token="hemlig",
            link="https://x.example/hemlig",
            by=admin,
            at=START,
        )

    def test_it_is_open_until_its_time_is_out(self, invitation, settings):
        last = START + settings.INVITATION_VALID_FOR
        instants = (START, last - timedelta(microseconds=1), last)
        assert [bool(rules.invitation_open(invitation, at)) for at in instants] == [True, True, False]
        listed = [bool(open_invitations(invitation.organisation, at)) for at in instants]
        assert listed == [True, True, False]

    def test_only_the_one_it_was_sent_to_accepts(self, invitation):
        other = make_person()
        assert "ny@example.org" in str(rules.may_accept(other, invitation, START).reason)

    def test_its_link_is_taken_by_an_administrator_where_no_mail_is_sent_and_while_it_is_open(
        self, invitation, settings
    ):
        admin = invitation.invited_by
        people = {
            "administrator": admin,
            "officer": make_person(organisation=invitation.organisation, role=Role.PROCUREMENT_OFFICER),
            "administrator elsewhere": make_person(organisation=make_buyer("Annan"), role=Role.ADMINISTRATOR),
        }
        for is_set_up in (False, True):
            settings.MAIL_IS_SET_UP = is_set_up
            answers = {who: bool(rules.may_take_link(person, invitation, START)) for who, person in people.items()}
            assert answers == dict.fromkeys(people, False) | {"administrator": not is_set_up}
        settings.MAIL_IS_SET_UP = False
        withdraw_invitation(invitation=invitation, by=admin, at=START)
        assert not rules.may_take_link(admin, invitation, START)

    def test_accepted_or_withdrawn_it_is_closed(self, invitation, django_user_model):
        withdraw_invitation(invitation=invitation, by=invitation.invited_by, at=START)
        assert not rules.invitation_open(invitation, START)
        assert invitation.token_sha256 == code_digest("hemlig")

    def test_a_person_accepts_once(self, invitation):
        person = make_person()
        person.email = "ny@example.org"
        person.save()
        accept_invitation(invitation=invitation, by=person, at=START)
        invitation.refresh_from_db()
        assert not rules.may_accept(person, invitation, START)


def test_grants_are_counted_by_the_day_in_the_organisations_country():
    buyer = make_buyer()
    late = START.replace(hour=23, minute=30)
    person = make_person()
    grant_membership(person=person, organisation=buyer, role=Role.EMPLOYEE, by=None, at=late)
    assert person.memberships.get().since_on == (late + DAY).date()
