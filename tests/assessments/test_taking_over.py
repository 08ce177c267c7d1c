"""The lead of a round whose leader is no longer there: who may take it over, and what stays as it was."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.assessments.actions import (
    add_observer,
    call_off_example,
    put_up_example,
    record_consensus,
    release_reports,
    take_over_lead,
)
from rodatraden.assessments.queries import cells_of, tasks_elsewhere, visible_to, without_leader
from rodatraden.assessments.rules import (
    Role,
    is_led,
    leader_of,
    may_follow,
    may_lead,
    may_see,
    may_take_over,
    member_as,
)
from rodatraden.core.answer import RefusedError
from rodatraden.core.instants import local_date
from rodatraden.parties.models import Membership
from rodatraden.procurements.models import ConflictDeclaration, StageFact, TeamMember
from rodatraden.records.models import LedgerBody
from tests.factories.assessments import ANSWER, all_hand_in, hand_in, make_round
from tests.factories.own import start_own, up_to_reports
from tests.factories.parties import START, make_buyer, make_person
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=1)
WHY = "Ledaren har slutat."


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: NOW)


def leaves(person):
    person.memberships.update(until_on=local_date(NOW))


def off_team(case, person):
    TeamMember.objects.filter(procurement=case.procurement, person=person).update(removed_at=NOW)


def take(round_, by, reason=WHY):
    return take_over_lead(assessed=round_, reason=reason, by=by, at=NOW)


def refusal(round_, by, reason=WHY):
    with pytest.raises(RefusedError) as raised:
        take(round_, by, reason)
    return str(raised.value.answer.reason)


ROLES = ("leader", "writer", "director", "assessor", "assessor with a task", "judged", "observer", "stranger")


def cast(own):
    organisation = own.library.owner
    observer = make_person("Obs", organisation=organisation, role=Membership.Role.NEED_OWNER)
    add_observer(assessed=own.round, person=observer, by=own.leader, at=START)
    Membership.objects.filter(person=own.assessors[1]).update(role=Membership.Role.NEED_OWNER)
    Membership.objects.filter(person=own.readers[0]).update(role=Membership.Role.DIRECTOR)
    people = (
        own.leader,
        own.library.writer,
        make_person("Chef", organisation=organisation, role=Membership.Role.DIRECTOR),
        own.assessors[0],
        own.assessors[1],
        own.readers[0],
        observer,
        make_person("Frank", organisation=make_buyer("Annan"), role=Membership.Role.DIRECTOR),
    )
    return dict(zip(ROLES, people, strict=True))


STATES = {
    "led": (lambda own: None, set()),
    "the leader has left": (
        lambda own: leaves(own.leader),
        {"writer", "director", "assessor with a task", "observer"},
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_who_takes_over_a_round_where_nothing_is_bought(state):
    own = start_own()
    people = cast(own)
    happens, allowed = STATES[state]
    happens(own)
    assert {role for role, person in people.items() if may_take_over(person, own.round, NOW)} == allowed
    assert {role for role, person in people.items() if without_leader(person, NOW).exists()} == allowed
    listed = {
        role for role, person in people.items() if "assessments.lead" in [t.kind for t in tasks_elsewhere(person, NOW)]
    }
    assert listed == allowed


def test_each_is_told_why_not():
    own = start_own()
    people = cast(own)
    assert refusal(own.round, people["writer"]) == "Ledare leads the round."
    leaves(own.leader)
    employee = "Somebody with a task of their own in the organisation takes over, not an employee."
    assert refusal(own.round, people["assessor"]) == employee
    assert refusal(own.round, people["stranger"]) == employee
    judged = "You answer for something that is judged here, so somebody else leads."
    assert refusal(own.round, people["judged"]) == judged
    assert refusal(own.round, people["writer"], "  ") == "Say why you take over the lead."
    assert leader_of(own.round).person == own.leader


def test_who_has_taken_over_leads_and_what_was_written_stays():
    own = start_own()
    hand_in(own, own.assessors[0], 60)
    writer = own.library.writer
    former = leader_of(own.round)
    leaves(own.leader)
    assert not is_led(own.round)
    member = take(own.round, writer)
    assert (member.role, member.replaces, is_led(own.round)) == (Role.LEADER, former, True)
    assert may_lead(writer, own.round)
    assert not may_lead(own.leader, own.round)
    assert list(visible_to(writer)) == [own.round]
    assert refusal(own.round, make_person("C", organisation=own.library.owner)) == f"{writer.name} leads the round."
    hand_in(own, own.assessors[1], 60)
    present = [m for m in own.round.panel.all() if m.role == Role.ASSESSOR]
    item, criterion = cells_of(own.round)[0]
    made = record_consensus(
        item=item, criterion=criterion, points=criterion.scale.values[6], reason="Eniga.", present=present, by=writer, at=NOW
    )  # fmt: skip
    assert made.written_by == writer
    body = LedgerBody.objects.get(event="lead_taken_over")
    assert (body.by, json.loads(body.what)) == (writer.pk, {"reason": WHY, "replaces": str(former.pk)})


def test_an_observer_who_takes_over_is_no_observer_any_more():
    own = start_own()
    observer = cast(own)["observer"]
    leaves(own.leader)
    assert (bool(may_follow(observer, own.round)), bool(may_see(observer, own.round))) == (True, False)
    take(own.round, observer)
    assert may_see(observer, own.round)
    assert member_as(observer, own.round, Role.OBSERVER) is None


def test_the_example_is_led_by_the_same_person_and_never_taken_over_alone():
    own = start_own()
    made = put_up_example(
        assessed=own.round, label="Exempel", answers=dict.fromkeys(own.round.model.asked, ANSWER), by=own.leader, at=START
    )  # fmt: skip
    leaves(own.leader)
    writer = own.library.writer
    assert refusal(made.example, writer) == "This is an example. It is talked through, and nothing of it counts."
    take(own.round, writer)
    assert leader_of(own.round.calibration.example).person == writer
    call_off_example(assessed=own.round, reason="Ingen tid.", by=writer, at=NOW)


def test_when_every_report_has_been_given_out_nothing_waits():
    own = start_own()
    up_to_reports(own)
    release_reports(assessed=own.round, by=own.leader, at=START)
    leaves(own.leader)
    assert not without_leader(own.library.writer, NOW).exists()
    assert may_take_over(own.library.writer, own.round, NOW)  # a report may still need another version


class TestInAProcurement:
    @pytest.fixture
    def case(self):
        return make_case()

    def test_an_officer_or_evaluator_takes_over_when_the_leader_is_off_the_team(self, case):
        panel = make_round(case=case)
        other = case.evaluators[0]
        assert refusal(panel.round, other) == f"{case.officer.name} leads the round."
        off_team(case, case.officer)
        assert not is_led(panel.round)
        assert {p for p in (case.need_owner, case.contract_manager) if may_take_over(p, panel.round, NOW)} == set()
        take(panel.round, other)
        assert may_lead(other, panel.round)
        assert not may_lead(case.officer, panel.round)

    def test_a_leader_who_only_has_to_declare_anew_is_there_and_one_with_a_conflict_is_not(self, case):
        panel = make_round(case=case)
        StageFact.objects.create(procurement=case.procurement, kind=StageFact.Kind.OPENED, at=NOW, by=case.officer)
        assert is_led(panel.round)
        ConflictDeclaration.objects.create(
            procurement=case.procurement, person=case.officer, moment="after_opening", has_conflict=True,
            description="Syskon.", declared_at=NOW,
        )  # fmt: skip
        assert not is_led(panel.round)

    def test_nothing_is_taken_over_in_a_cancelled_one(self, case):
        panel = make_round(case=case)
        off_team(case, case.officer)
        StageFact.objects.create(procurement=case.procurement, kind=StageFact.Kind.CANCELLED, at=NOW, by=case.officer)
        assert refusal(panel.round, case.evaluators[0]) == "The procurement has been cancelled."

    def test_walked_in_the_pages(self, case, client):
        panel = make_round(case=case)
        all_hand_in(panel)
        off_team(case, case.officer)
        client.force_login(case.evaluators[0])
        page = reverse("assessments:take_over", args=[panel.id])
        assert page in client.get(reverse("assessments:round", args=[panel.id])).text
        assert case.officer.name in client.get(page).text
        assert client.post(page, {"reason": WHY, "idempotency_key": "a"}).status_code == 302
        assert f"i stället för {case.officer.name}" in client.get(reverse("assessments:round", args=[panel.id])).text
        assert client.get(page).status_code == 403
        client.force_login(case.contract_manager)
        assert client.get(page).status_code == 404


def test_the_page_is_found_from_the_list_of_rounds_and_by_nobody_who_may_not(client):
    own = start_own()
    people = cast(own)
    page = reverse("assessments:take_over", args=[own.id])
    client.force_login(people["writer"])
    assert client.get(page).status_code == 404
    leaves(own.leader)
    assert page in client.get(reverse("assessments:rounds")).text
    assert client.post(page, {"reason": " ", "idempotency_key": "a"}).status_code == 422
    assert client.post(page, {"reason": WHY, "idempotency_key": "b"})["Location"] == reverse(
        "assessments:round", args=[own.id]
    )
    assert page not in client.get(reverse("assessments:rounds")).text
    for role, status in (("stranger", 404), ("judged", 404), ("leader", 404), ("assessor", 403)):
        client.force_login(people[role])
        assert (role, client.get(page).status_code) == (role, status)


def test_the_list_asks_as_much_with_many_rounds_without_a_leader_as_with_one(client):
    own = start_own()
    leaves(own.leader)
    client.force_login(own.library.writer)

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(reverse("assessments:rounds")).status_code == 200
        return len(found)

    asked()
    one = asked()
    for _ in range(3):
        copy = own.round
        panel, items = list(copy.panel.all()), list(copy.items.all())
        copy.pk = None
        copy._state.adding = True
        copy.save(force_insert=True)
        for each in (*panel, *items):
            each.pk, each.round, each._state.adding = None, copy, True
            each.save(force_insert=True)
    assert without_leader(own.library.writer, NOW).count() == 4
    assert asked() == one
