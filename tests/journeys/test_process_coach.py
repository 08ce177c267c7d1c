"""Seed 000, mended: one procurement from the first need to the followed-up promise, clicked by each of its people.

The dates are those of the design: announced 16 March 2026, bids by 4 May 13.00, notified 9 June, so that the standstill
holds through 22 June (day ten is Midsummer Eve).
"""

from __future__ import annotations

import pytest

from rodatraden.parties.models import Person
from tests.factories.parties import hold_key, make_holder
from tests.journeys.people import Role, local, register_buyer
from tests.journeys.process_coach import asking, bidding, contracting, judging
from tests.journeys.process_coach.story import NEIGHBOUR, Story

pytestmark = pytest.mark.journey


@pytest.fixture
def story(visitor, live, time_machine):
    time_machine.move_to(local("2026-03-02 09:00"))
    people = [
        ("sara", "Sara Nyqvist", Role.NEED_OWNER),
        ("jonas", "Jonas Ekdahl", Role.PROCUREMENT_OFFICER),
        ("maria", "Maria Holmgren", Role.DIRECTOR),
        ("ingrid", "Ingrid Möller", Role.ADMINISTRATOR),
        ("fatima", "Fatima Rahimi", Role.EMPLOYEE),
        ("per", "Per Sandström", Role.EMPLOYEE),
    ]
    buyer, addresses = register_buyer("Samordningsförbundet i Blekinge", people, at=local("2026-01-07 08:00"))
    for key in ("jonas", "ingrid"):
        hold_key(Person.objects.get(email=addresses[key]), buyer, words=key, at=local("2026-03-01 08:00"))
    make_holder(NEIGHBOUR, buyer, at=local("2026-01-20 08:00"))  # has not practised since
    return Story(visitor, lambda text: time_machine.move_to(local(text)), addresses)


@pytest.mark.main_journey
def test_from_the_first_need_to_the_followed_up_promise(story):
    asking.a_need_is_written(story)
    asking.a_procurement_is_started(story)
    asking.the_team_is_named_and_declares(story)
    asking.what_is_bought_is_described(story)
    asking.publication_is_refused_with_what_is_missing(story)
    asking.what_is_missing_is_mended(story)
    asking.the_documents_are_published(story)
    asking.anybody_reads_and_asks_without_an_account(story)
    asking.the_answer_goes_to_everybody(story)
    bidding.suppliers_register_and_hand_in(story)
    bidding.a_bid_is_replaced(story)
    bidding.a_third_comes_too_late(story)
    bidding.one_official_alone_opens_nothing(story)
    bidding.two_officials_open_together(story)
    judging.the_requirements_are_checked(story)
    judging.everybody_judges_alone(story)
    judging.the_group_agrees_without_seeing_prices(story)
    judging.prices_are_opened_and_the_outcome_frozen(story)
    judging.the_director_decides(story)
    judging.all_bidders_are_notified_at_once(story)
    contracting.no_contract_is_signed_during_the_standstill(story)
    contracting.both_parties_sign(story)
    contracting.an_order_above_the_ceiling_is_refused(story)
    contracting.the_promise_is_followed_up(story)
    contracting.the_thread_is_whole_for_one_requirement_and_broken_for_another(story)
