"""What the pages derive: phases, tasks, dates, the log in words, where the demo can jump."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction

import rodatraden
from rodatraden.awards.actions import cancel_published
from rodatraden.bids.rules import SETTLING
from rodatraden.core.thread import Phase, phase
from rodatraden.pages import queries
from rodatraden.pages.queries.facts import facts_of
from rodatraden.pages.queries.log import ONE_FOR_EACH_BID, SENTENCES
from rodatraden.procurements.actions import cancel_procurement
from rodatraden.procurements.models import Procurement, StageFact
from rodatraden.procurements.queries import visible_to as cases_of
from rodatraden.procurements.queries import with_case, with_teams
from rodatraden.records.actions import record_event
from rodatraden.records.models import LedgerBody
from tests.factories.awards import make_awarded
from tests.factories.contracts import make_contract
from tests.factories.evaluation import make_opened, make_outcome
from tests.factories.needs import make_need
from tests.factories.parties import START
from tests.factories.procurements import make_case
from tests.factories.sealed import give_bid
from tests.factories.tenders import (
    ANNOUNCED_AT,
    DEADLINE,
    make_drafted,
    make_published,
    make_published_tender,
    make_tender,
)

pytestmark = pytest.mark.django_db

NOT_OF_A_CASE = {
    "account_changed",
    "answers_follow_asked",
    "answers_follow_confirmed",
    "answers_follow_ended",
    "bid_confirmed",
    "bid_received",
    "bid_withdrawn",
    "board_told",
    "delegation_ended",
    "delegation_entered",
    "diary_case_opened",
    "invitation_link_taken",
    "invitation_withdrawn",
    "membership_ended",
    "membership_granted",
    "organisation_registered",
    "finding_in_file",
    "person_invited",
    "person_registered",
    "quality_model_made",
    "sealed_upload_discarded",
    "sealed_upload_started",
}
"""Events that belong to no procurement, or that the case never learns of."""


def fresh(case):
    return with_case(Procurement.objects.filter(pk=case.procurement.pk)).get()


def test_every_event_of_a_case_has_its_sentence():
    found = {f"procurement_{kind}" for kind in StageFact.Kind.values}
    for path in Path(rodatraden.__file__).parent.rglob("actions*/**/*.py"):
        found |= set(re.findall(r'record_event\(\s*"([a-z_]+)"', path.read_text("utf-8")))
    for path in Path(rodatraden.__file__).parent.rglob("actions.py"):
        found |= set(re.findall(r'record_event\(\s*"([a-z_]+)"', path.read_text("utf-8")))
    assert found - NOT_OF_A_CASE - set(SENTENCES) == set()


TELLS_NOT_HOW_MANY = {
    "access_answered",
    "access_asked",
    "access_decision_asked",
    "assessor_joined",
    "assessor_removed",
    "assessors_reminded",
    "award_decided_anew",
    "award_prepared",
    "award_proposal_returned",
    "award_revoked",
    "bidders_asked",
    "bidders_notified_anew",
    "consensus_locked",
    "example_called_off",
    "example_put_up",
    "feedback_frozen",
    "feedback_released",
    "first_key_forgotten",
    "first_key_unlocked",
    "individual_scores_locked",
    "items_named",
    "key_holders_frozen",
    "last_key_unlocked",
    "lead_taken_over",
    "leaving_out_decided",
    "leaving_out_proposed",
    "leaving_out_refuted",
    "notification_letter_posted",
    "notification_opened",
    "observer_added",
    "observer_removed",
    "opened_after_example",
    "opening_asked_for",
    "opening_followed",
    "opening_list_attested",
    "opening_observation_taken",
    "opening_observer_appointed",
    "opening_observer_ended",
    "outside_opening_stated",
    "presentations_drawn",
    "report_bundle_asked",
    "report_bundle_broken_off",
    "report_bundle_cancelled",
    "report_bundle_finished",
    "review_ended",
    "review_ordered",
    "review_registered",
    "robustness_asked",
    "round_started",
    "scores_due_set",
    "scores_submitted",
    "secrecy_assessed",
    "secrecy_claimed",
    "training_put_up",
    "training_read",
    "training_withdrawn",
}
"""Events of the rooms that know the bids, whose number tells nothing of how many bids there are: they come once, by assessor
or by reader, are sealed, or come after the award decision, when everybody with access sees the bids."""


def test_inv_02_each_event_of_the_rooms_that_know_the_bids_says_whether_its_number_tells_how_many_they_are():
    home = Path(rodatraden.__file__).parent
    written = {
        name
        for room in ("bids", "assessments", "evaluation", "awards")
        for path in [*home.glob(f"{room}/actions/*.py"), *home.glob(f"{room}/actions.py")]
        for name in re.findall(r'"([a-z_]+)"', path.read_text("utf-8"))
    }
    assert (written & set(SENTENCES)) - ONE_FOR_EACH_BID == TELLS_NOT_HOW_MANY
    assert set(SENTENCES) > ONE_FOR_EACH_BID
    assert not ONE_FOR_EACH_BID & TELLS_NOT_HOW_MANY


def test_inv_02_who_has_no_access_to_the_bids_reads_no_event_of_each_before_the_award():
    world = make_opened()
    entries = LedgerBody.objects.filter(case=world.procurement.pk)
    for event in sorted(ONE_FOR_EACH_BID):
        with transaction.atomic():
            record_event(event, of=world.bids[0], by=world.case.officer, at=world.opened_at, case=world.procurement.pk)
    assert entries.filter(event__in=ONE_FOR_EACH_BID).count() >= len(ONE_FOR_EACH_BID)
    case = fresh(world.case)
    seen = {
        person: set(queries.case_events(person, case).values_list("event", flat=True))
        for person in (world.case.officer, world.case.decider, world.case.need_owner)
    }
    assert seen[world.case.officer] >= ONE_FOR_EACH_BID
    assert not (seen[world.case.decider] | seen[world.case.need_owner]) & ONE_FOR_EACH_BID


def test_the_list_and_the_core_agree_on_the_phase():
    """The filter is the database's reading of a rule of the core: for each stage both say the same."""
    started = make_case()
    drafted = make_case()
    make_tender(drafted)
    published = make_case()
    make_published_tender(published)
    opened = make_opened().case
    awarded = make_awarded().case
    at = START + timedelta(days=400)
    for case, expected in (
        (started, Phase.NEED),
        (drafted, Phase.DOCUMENTS),
        (published, Phase.BIDS),
        (opened, Phase.EVALUATION),
        (awarded, Phase.AWARD),
    ):
        assert phase(facts_of(fresh(case), queries.later(case.officer, fresh(case))), at) is expected
        found = {
            each.value
            for each in Phase
            if queries.listed(case.officer, phase_name=each.value).filter(pk=case.procurement.pk).exists()
        }
        assert found == {expected.value}
        (row,) = queries.lines(case.officer, queries.listed(case.officer), at)
        assert row.phase is expected
        assert row.state == str(queries.PHASE_NAMES[expected])


def test_the_list_says_the_same_of_what_has_been_read_whole(django_assert_num_queries):
    world, _ = make_contract()
    officer = world.case.officer
    at = START + timedelta(days=900)
    whole = list(with_teams(cases_of(officer)).select_related("tender"))
    with django_assert_num_queries(2):
        read = queries.lines_of(officer, whole, at)
    with django_assert_num_queries(5):
        listed = queries.lines(officer, queries.listed(officer), at)
    assert read == listed
    assert {row.roles for row in read} == {"Upphandlare"}


def test_a_cancelled_procurement_says_so_and_stays_where_it_was():
    case = make_case()
    cancel_procurement(procurement=case.procurement, reason="Behovet är borta.", by=case.officer, at=START)
    (row,) = queries.lines(case.officer, queries.listed(case.officer), START)
    assert (row.phase, row.state) == (Phase.NEED, "Avbruten")
    assert queries.status(fresh(case), START)[0] == "Avbruten"


def test_tasks_are_grouped_by_when_they_are_due():
    case, tender = make_drafted()
    tasks = queries.tasks_of(case.officer, START, cases_of(case.officer))
    assert [(group.key, [task.title for task in group.tasks]) for group in queries.grouped(tasks, START)] == [
        ("soon", ["Gör dokumenten klara och publicera dem"])
    ]
    late = tender.planned_notice_at + timedelta(days=2)
    (group,) = queries.grouped(queries.tasks_of(case.officer, late, cases_of(case.officer)), late)
    assert (group.key, group.tasks[0].off) == ("overdue", "försenad 2 dagar")


def test_the_tasks_of_a_case_are_those_about_it():
    case, other = make_case(), make_case()
    make_tender(case)
    other.procurement.team.filter(person=other.officer).update(person=case.officer)
    everything = queries.tasks_of(case.officer, START, cases_of(case.officer))
    of_case = queries.tasks_in(case.procurement, case.officer, START)
    of_other = queries.tasks_in(other.procurement, case.officer, START)
    assert [task.kind for task in of_case] == ["tenders.complete"]
    assert [task.kind for task in of_other] == ["procurements.declare"]
    assert sorted(task.kind for task in everything) == ["procurements.declare", "tenders.complete"]


def test_dates_stand_in_order_with_their_reasons():
    world = make_awarded()
    at = world.opened_at + timedelta(days=5)
    entries = queries.dates(fresh(world.case), at)
    assert [entry.iso for entry in entries] == sorted(entry.iso for entry in entries)
    assert [entry.title for entry in entries if entry.state == "now"] == ["I dag"]
    notes = {entry.title: entry.note for entry in entries}
    assert "10 dagar efter" in notes["Sista spärrdag"]
    assert "Minst 30 dagar" in notes["Sista anbudstid"]


def test_what_was_planned_of_a_cancelled_procurement_is_not_among_its_dates():
    case = make_case()
    tender = make_published_tender(case)
    at = START + timedelta(days=3)
    assert "Sista anbudstid" in [entry.title for entry in queries.dates(fresh(case), at)]
    cancel_published(tender=tender, reason="Behovet finns inte kvar", delegation="4.3", by=case.decider, at=at)
    titles = [entry.title for entry in queries.dates(fresh(case), at + timedelta(days=1))]
    assert titles[-2:] == ["Avbruten", "I dag"]
    assert "Sista anbudstid" not in titles


def test_a_signed_contract_has_its_next_follow_up_among_the_dates():
    world, _ = make_contract()
    titles = [entry.title for entry in queries.dates(fresh(world.case), world.opened_at + timedelta(days=60))]
    assert "Nästa uppföljning" in titles
    assert "Sista dag i den avtalade tiden" in titles


def log_of(case, person=None):
    return queries.log_lines(queries.case_events(person or case.officer, fresh(case)), numbered=False)


def test_inv_02_the_log_tells_nothing_of_bids_before_the_opening():
    case, tender = make_published()
    before = log_of(case)

    give_bid(tender)
    assert log_of(case) == before


def test_inv_02_who_does_not_see_the_bids_cannot_count_them_in_the_log():
    world = make_outcome()
    for_each_bid = {"requirement_checked", "consensus_recorded"}
    seen = {line.event for line in log_of(world.case, world.case.need_owner)}
    assert ("procurement_opened" in seen, seen & for_each_bid) == (True, set())
    assert for_each_bid <= {line.event for line in log_of(world.case, world.case.officer)}


def test_the_log_says_who_did_what():
    case = make_case()
    make_need(case)
    line = log_of(case)[0]
    assert (line.who, str(line.what)) == ("Need owner", "wrote the need B1")


def test_the_demo_jumps_to_just_after_what_comes_next():
    case = make_case()
    make_published_tender(case)
    jumps = queries.jumps(START + timedelta(days=1), case.procurement)
    assert [jump.to for jump in jumps][-1] == DEADLINE + SETTLING
    assert [jump.label for jump in jumps] == ["Frågetiden är slut", "Anbudstiden är slut"]
    assert queries.jumps(START, None) == []
    cancelled, tender = make_published()
    at = ANNOUNCED_AT + timedelta(days=1)
    cancel_published(tender=tender, reason="Behovet är borta.", delegation="D 1", by=cancelled.decider, at=at)
    assert queries.jumps(at, Procurement.objects.get(pk=cancelled.procurement.pk)) == []
    world = make_awarded()
    last = queries.jumps(world.opened_at + timedelta(days=4, hours=2), world.case.procurement)
    assert [jump.label for jump in last] == ["Avtalsspärren är slut"]
    assert last[0].to.date() > date(2026, 2, 28)


def test_the_thread_hides_promises_from_those_who_may_not_see_bids_yet():
    world = make_opened()
    officer, procurement = world.case.officer, fresh(world.case)
    held = queries.later(officer, procurement)
    thread = queries.thread_of(officer, procurement, held, world.opened_at + timedelta(days=1))
    assert {node.station.value for row in thread.requirements for knot in row.knots for node in knot.nodes} == {
        "need",
        "requirement",
    }


def test_a_break_is_mended_on_a_page_that_the_person_may_open():
    case = make_case()
    make_tender(case)
    pages = queries.pages_of(case.officer, fresh(case), queries.later(case.officer, fresh(case)))
    assert queries.mend_addresses(pages)["need"] == f"/upphandlingar/{case.procurement.pk}/behov/"
    assert "term" not in queries.mend_addresses(pages)


def test_the_people_of_the_example_are_listed_once():
    case = make_case()
    ((organisation, people),) = queries.fictional_people(START)
    assert organisation == case.buyer.name
    assert len(people) == len(case.everybody)
