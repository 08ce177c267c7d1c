"""Who lets an observer attend, and what the observer sees until when, as tables of role × state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rodatraden.bids import actions
from rodatraden.bids.models import Opening, OpeningObserver
from rodatraden.bids.queries.observing import observers
from rodatraden.bids.rules import observing as rules
from rodatraden.parties.actions import grant_membership
from rodatraden.parties.models import Membership
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.rules import Role
from rodatraden.records.actions import store_bytes
from rodatraden.ui import words
from tests.bids.test_rules import AT, BEFORE, STATES, bring_to, fresh, people  # noqa: F401 -- a fixture
from tests.factories.bids import make_bidder, supplier_of
from tests.factories.observing import appoint_observer, make_observer
from tests.factories.parties import make_person
from tests.factories.tenders import make_drafted

UNOPENED = {"published", "closed", "asked"}


@pytest.mark.parametrize("state", STATES)
def test_who_lets_an_observer_attend_and_ends_it(case, tender, people, state):  # noqa: F811
    observer = appoint_observer(case, tender)
    bring_to(state, case, tender, people)
    observer.tender = stage = fresh(tender)
    officials = {"officer", "opener", "other_opener", "neighbour"}
    allowed = {name for name, person in people.items() if rules.may_appoint_observer(person, stage)}
    assert allowed == (officials if state in UNOPENED else set())
    ended = {name for name, person in people.items() if rules.may_end_observer(person, observer)}
    assert ended == (set() if state == "cancelled" else officials)


@pytest.mark.parametrize("state", STATES)
def test_only_the_observer_follows_until_the_procurement_is_cancelled(case, tender, people, state):  # noqa: F811
    observer = make_observer(case, tender)
    bring_to(state, case, tender, people)
    observer = observers().get(pk=observer.pk)
    everybody = people | {"observer of the opening": observer.person}
    sees = {name for name, person in everybody.items() if rules.may_observe(person, observer, AT)}
    assert sees == (set() if state == "cancelled" else {"observer of the opening"})
    says = {name for name, person in everybody.items() if rules.may_say_followed(person, observer, AT)}
    assert says == (set() if state in {*UNOPENED, "cancelled"} else {"observer of the opening"})


@pytest.mark.django_db
def test_nobody_observes_what_is_not_published():
    case, tender = make_drafted()
    assert "inte publicerade" in said(rules.may_appoint_observer(case.officer, tender))


def test_where_bids_come_in_another_tool_there_is_nothing_to_follow_here(case, tender):
    tender.bids_address = "https://example.org/anbud"
    assert "annat verktyg" in said(rules.may_appoint_observer(case.officer, tender))
    observer = make_observer(case, fresh(tender))
    Opening.objects.create(
        tender=tender,
        asked_by=case.openers[0],
        confirmed_by=case.openers[1],
        asked_at=AT,
        opened_at=AT,
        is_external=True,
        stated_at=AT,
        outside_protocol=store_bytes(b"x", by=case.officer, at=AT),
    )
    assert "annat verktyg" in said(rules.may_observe(observer.person, observer, AT))


def said(answer):
    """Return why it is refused, in words."""
    assert not answer
    return words.said(answer.reason)


def test_the_list_is_seen_and_spoken_of_until_a_day_after_both_have_attested(case, tender, people):  # noqa: F811
    observer = make_observer(case, tender)
    bring_to("opened", case, tender, people)
    opening = Opening.objects.get(tender=tender)
    assert rules.may_observe(observer.person, observer, AT + timedelta(days=400))
    actions.attest_list(opening=opening, by=case.openers[0], at=AT)
    assert rules.may_say_followed(observer.person, observer, AT)
    actions.attest_list(opening=opening, by=case.openers[1], at=AT + timedelta(hours=1))
    over = AT + timedelta(hours=1) + rules.WATCHES_FOR
    assert rules.may_observe(observer.person, observer, over - timedelta(microseconds=1))
    assert rules.may_say_followed(observer.person, observer, over - timedelta(microseconds=1))
    assert not rules.may_observe(observer.person, observer, over)
    assert not rules.may_say_followed(observer.person, observer, over)


def test_who_is_in_the_team_or_bids_for_anybody_observes_nothing(case, tender):
    for person in (case.need_owner, make_bidder("Annan AB")):
        observer = OpeningObserver(tender=fresh(tender), email=person.email)
        assert not rules.may_take_observation(person, observer, BEFORE)
    colleague = make_person("Vera Vittne", organisation=case.buyer)
    observer = make_observer(case, tender, person=colleague)
    assert rules.may_observe(observer.person, observer, BEFORE)
    appoint(procurement=case.procurement, person=observer.person, role=Role.EVALUATOR, by=case.officer, at=BEFORE)
    observer.tender = fresh(tender)
    assert not rules.may_observe(observer.person, observer, BEFORE)


def test_who_begins_to_bid_no_longer_observes_and_who_has_stopped_may(case, tender):
    observer = make_observer(case, tender)
    bidder = make_bidder("Annan AB")
    grant_membership(
        person=observer.person,
        organisation=supplier_of(bidder),
        role=Membership.Role.BIDDER,
        by=None,
        at=BEFORE,
    )
    assert not rules.may_observe(observer.person, observer, BEFORE)
    Membership.objects.filter(person=observer.person).update(until_on=BEFORE.date())
    assert rules.may_observe(observer.person, observer, BEFORE)


def test_the_link_is_for_the_one_whose_address_it_was_sent_to(case, tender):
    observer = appoint_observer(case, tender)
    observer.tender = fresh(tender)
    assert not rules.may_take_observation(make_person("Annan"), observer, BEFORE)
    observer.ended_at = BEFORE
    assert not rules.is_link_open(observer, BEFORE)
