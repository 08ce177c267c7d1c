"""The leader while the others judge: a due day, reminders once a day, and somebody in another's stead."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from rodatraden.assessments.actions import add_assessor, go_on_without, remind_late, set_due_day, submit_scores
from rodatraden.assessments.models import IndividualScore, PanelMember
from rodatraden.assessments.queries import candidates, matrix, open_tasks, own_scores
from rodatraden.assessments.rules import may_see_all_scores
from rodatraden.core.answer import RefusedError
from rodatraden.evaluation.actions import start_evaluation_round
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import Procurement, TeamMember
from rodatraden.records.models import LedgerBody, OutboxMail
from tests.factories.assessments import Panel, hand_in, make_round, score_all
from tests.factories.evaluation import make_opened
from tests.factories.parties import START, make_person
from tests.factories.procurements import declare

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = START.date()


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as refused:
        verb(**{"at": START} | arguments)
    return str(refused.value.answer.reason)


def page(name, panel, *more):
    return reverse(f"assessments:{name}", args=[panel.id, *more])


def seat(panel, person):
    return panel.round.panel.get(person=person, role=PanelMember.Role.ASSESSOR)


@pytest.fixture
def panel():
    return make_round()


class TestDueDay:
    def test_it_stands_among_the_tasks_and_closes_nothing(self, panel):
        set_due_day(assessed=panel.round, due_on=TODAY, by=panel.leader, at=START)
        assert panel.round.due_on == TODAY
        for person in panel.assessors:
            hand_in(panel, person, at=START + 30 * DAY)
        assert panel.round.individual_locked_at == START + 30 * DAY
        late = refusal(set_due_day, assessed=panel.round, due_on=TODAY, by=panel.leader)
        assert late == "Everybody has handed in."

    def test_only_the_leader_sets_it_and_never_in_the_past(self, panel):
        assert refusal(set_due_day, assessed=panel.round, due_on=TODAY, by=panel.assessors[0]).startswith(
            "Only the leader"
        )
        assert refusal(set_due_day, assessed=panel.round, due_on=TODAY - DAY, by=panel.leader).startswith("The day has")
        assert panel.round.due_on is None

    def test_the_task_of_who_is_late_is_dated(self):
        world = make_opened()
        at = world.opened_at
        assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=at)
        set_due_day(assessed=assessed, due_on=at.date() + 5 * DAY, by=world.case.officer, at=at)
        tasks = open_tasks(world.case.evaluators[0], at, [world.procurement])
        assert [(task.kind, task.due) for task in tasks] == [("assessments.score", at.date() + 5 * DAY)]


class TestReminder:
    def test_who_is_late_gets_one_letter_a_day_that_tells_nothing_of_what_is_judged(self, panel):
        hand_in(panel, panel.assessors[0])
        set_due_day(assessed=panel.round, due_on=date(2026, 12, 24), by=panel.leader, at=START)
        late = remind_late(assessed=panel.round, by=panel.leader, at=START)
        assert [member.person for member in late] == [panel.assessors[1]]
        mail = OutboxMail.objects.get()
        assert mail.to == panel.assessors[1].email
        assert "torsdag 24\u00a0december 2026" in mail.text
        assert page("round", panel) in mail.text
        for leak in ("Anbud 1", "Kriterium", "Assessor 1", "Skäl"):
            assert leak not in mail.subject + mail.text
        again = refusal(remind_late, assessed=panel.round, by=panel.leader, at=START + timedelta(hours=1))
        assert again == "Everybody who has not handed in has been reminded today."
        assert OutboxMail.objects.count() == 1
        remind_late(assessed=panel.round, by=panel.leader, at=START + DAY)
        assert OutboxMail.objects.count() == 2

    def test_nobody_but_the_leader_reminds(self, panel):
        for person in panel.assessors:
            assert refusal(remind_late, assessed=panel.round, by=person).startswith("Only the leader")
        assert not OutboxMail.objects.exists()

    def test_who_has_lost_access_is_not_written_to(self):
        world = make_opened()
        assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at)
        declare(world.case, world.case.evaluators[0], at=world.opened_at, has_conflict=True)
        late = remind_late(assessed=assessed, by=world.case.officer, at=world.opened_at)
        assert [member.person for member in late] == [world.case.evaluators[1]]

    def test_the_page_sends_it_once_however_often_it_is_pressed(self, client, panel, time_machine):
        time_machine.move_to(START)
        client.force_login(panel.leader)
        assert "Assessor 1" in client.get(page("remind", panel)).text
        for _ in range(2):
            assert client.post(page("remind", panel), {"idempotency_key": "k"})["Location"] == page("round", panel)
        assert OutboxMail.objects.count() == 2
        shown = client.get(page("round", panel)).text
        assert "2 bedömare är påminda." in shown
        assert "Alla som inte har lämnat in har fått en påminnelse i dag." in shown
        assert client.get(page("remind", panel)).status_code == 403


class TestSuccessor:
    """Somebody new judges from blank; what was written before stays on record, and nobody reads it."""

    @pytest.fixture
    def world(self):
        world = make_opened()
        at = world.opened_at
        started = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=at)
        world.panel = Panel(started.pk, world.case.officer, list(world.case.evaluators))
        return world

    def new_evaluator(self, world, *, declared=True):
        at = world.opened_at
        person = make_person("Newcomer", organisation=world.case.buyer, at=at)
        appoint(
            procurement=Procurement.objects.get(pk=world.case.procurement.pk),
            person=person,
            role=TeamMember.Role.EVALUATOR,
            by=world.case.officer,
            at=at,
        )
        if declared:
            declare(world.case, person, at=at)
        return person

    def test_the_successor_starts_from_blank_and_the_old_scores_stay_unread(self, world):
        panel, at = world.panel, world.opened_at
        first, second = panel.assessors
        score_all(panel, first, 3, at=at)
        hand_in(panel, second, 8, at=at)
        newcomer = self.new_evaluator(world)
        go_on_without(member=seat(panel, first), reason="Sjuk i två veckor", successor=newcomer, by=panel.leader, at=at)
        assert panel.round.individual_locked_at is None
        assert own_scores(newcomer, panel.round) == {}
        assert seat(panel, newcomer).replaces == seat(panel, first)
        kept = IndividualScore.objects.filter(assessor__person=first)
        assert {score.points for score in kept} == {3}
        assert not may_see_all_scores(newcomer, panel.round)
        score_all(panel, newcomer, 7, at=at)
        submit_scores(assessed=panel.round, by=newcomer, at=at)
        assert panel.round.individual_locked_at == at
        cells = matrix(panel.leader, panel.round)
        assert {score.assessor.person.name for cell in cells for score in cell.scores} == {"Newcomer", second.name}
        events = list(LedgerBody.objects.filter(event__startswith="assessor_").order_by("index"))
        assert [event.event for event in events] == ["assessor_removed", "assessor_joined"]

    @pytest.mark.parametrize("declared", [True, False])
    def test_inv_15_nobody_joins_without_having_declared_with_the_names_at_hand(self, world, declared):
        newcomer = self.new_evaluator(world, declared=declared)
        able = [each.person for each in candidates(world.panel.round) if each.answer]
        assert able == ([newcomer] if declared else [])
        if declared:
            add_assessor(assessed=world.panel.round, person=newcomer, by=world.panel.leader, at=world.opened_at)
            return
        why = refusal(add_assessor, assessed=world.panel.round, person=newcomer, by=world.panel.leader)
        assert why.startswith("Newcomer has no access yet")
        assert not PanelMember.objects.filter(person=newcomer).exists()

    def test_who_is_no_evaluator_or_was_here_already_cannot_join(self, world):
        panel = world.panel
        assert refusal(add_assessor, assessed=panel.round, person=world.case.need_owner, by=panel.leader).startswith(
            "Appoint"
        )
        gone = panel.assessors[0]
        go_on_without(member=seat(panel, gone), reason="Jäv", by=panel.leader, at=world.opened_at)
        why = refusal(add_assessor, assessed=panel.round, person=gone, by=panel.leader)
        assert why.endswith("is or has been an assessor of this round.")

    def test_nobody_joins_when_the_scores_are_shown(self, world):
        newcomer = self.new_evaluator(world)
        for person in world.panel.assessors:
            hand_in(world.panel, person, at=world.opened_at)
        why = refusal(add_assessor, assessed=world.panel.round, person=newcomer, by=world.panel.leader)
        assert why == "Everybody has handed in."

    def test_the_only_assessor_can_be_replaced_but_not_missed(self, world):
        panel, at = world.panel, world.opened_at
        first, second = panel.assessors
        go_on_without(member=seat(panel, first), reason="Jäv", by=panel.leader, at=at)
        assert refusal(go_on_without, member=seat(panel, second), reason="Sjuk", by=panel.leader).startswith(
            "Somebody must"
        )
        newcomer = self.new_evaluator(world)
        go_on_without(member=seat(panel, second), reason="Sjuk", successor=newcomer, by=panel.leader, at=at)
        assert [m.person for m in panel.round.panel.filter(role="assessor", removed_at=None)] == [newcomer]

    def test_the_leader_does_it_on_the_page(self, client, world, time_machine):
        time_machine.move_to(world.opened_at)
        panel = world.panel
        self.new_evaluator(world, declared=False)
        newcomer = self.new_evaluator(world)
        client.force_login(panel.leader)
        member = seat(panel, panel.assessors[0])
        shown = client.get(page("without", panel, member.pk)).text
        assert re.search(rf'<option\s+value="{newcomer.pk}"\s*>\s*Newcomer\s*</option>', shown)
        assert "Newcomer har ingen behörighet än" in shown
        sent = {"reason": "Sjuk", "taker": str(newcomer.pk), "idempotency_key": "k"}
        for _ in range(2):
            assert client.post(page("without", panel, member.pk), sent)["Location"] == page("round", panel)
        assert f"i stället för {panel.assessors[0].name}" in client.get(page("round", panel)).text.replace("\n", " ")
        assert "Det finns ingen bedömare som kan komma med." in client.get(page("add_assessor", panel)).text
        client.force_login(newcomer)
        assert client.get(page("round", panel)).status_code == 200
        client.force_login(panel.assessors[0])
        assert client.get(page("round", panel)).status_code == 404

    def test_one_more_joins_on_the_page(self, client, world, time_machine):
        time_machine.move_to(world.opened_at)
        newcomer = self.new_evaluator(world)
        client.force_login(world.panel.leader)
        assert client.get(page("due_day", world.panel)).status_code == 200
        answer = client.post(page("due_day", world.panel), {"due_on": "2020-01-01", "idempotency_key": "d"})
        assert answer.status_code == 422
        sent = {"person": str(newcomer.pk), "idempotency_key": "k"}
        assert client.post(page("add_assessor", world.panel), sent).status_code == 302
        assert PanelMember.objects.get(person=newcomer).replaces is None
        client.force_login(newcomer)
        for name in ("due_day", "remind", "add_assessor"):
            assert client.get(page(name, world.panel)).status_code == 403
