"""Tasks and pages of what comes before judging."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.assessments.actions import (
    open_after_example,
)
from rodatraden.assessments.models import Calibration, PanelMember, Round
from rodatraden.assessments.queries import (
    open_tasks,
    visible_to,
    with_panel,
)
from rodatraden.assessments.rules import (
    has_part,
    may_see,
)
from rodatraden.procurements.models import Procurement
from rodatraden.procurements.queries import standing
from tests.assessments.prepared import LATER, page, tasks
from tests.factories.assessments import (
    ANSWER,
    LEVEL,
    hand_in,
    make_round,
    put_up,
    train,
)
from tests.factories.parties import START
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db


class TestTasks:
    def test_each_step_waits_on_one_who_can_take_it(self):
        panel = make_round(with_example=True)
        person, other = panel.assessors
        seen = [(tasks(panel.leader), tasks(person))]
        example = put_up(panel)
        seen.append((tasks(panel.leader), tasks(person)))
        for each in panel.assessors:
            hand_in(example, each)
        seen.append((tasks(panel.leader), tasks(other)))
        open_after_example(assessed=panel.round, level=LEVEL, by=panel.leader, at=LATER)
        seen.append((tasks(panel.leader), tasks(person)))
        assert seen == [
            (["assessments.example"], []),
            ([], ["assessments.score"]),
            (["assessments.level"], []),
            ([], ["assessments.score"]),
        ]

    def test_as_many_questions_to_the_database_for_many_rounds_as_for_one(self):
        case = make_case()

        def count() -> int:
            known = Procurement.objects.prefetch_related(*standing())
            with CaptureQueriesContext(connection) as asked:
                assert open_tasks(case.evaluators[0], START, known)
            return len(asked)

        def one() -> None:
            panel = make_round(case=case)
            train(panel)
            put_up(panel)

        one()
        few = count()
        for _ in range(5):
            one()
        assert count() == few


class TestPages:
    def test_from_choosing_it_to_the_real_ones(self, client):
        panel = make_round(with_example=True)
        person, other = panel.assessors
        client.force_login(panel.leader)
        assert page("put_up_example", panel) in client.get(page("round", panel)).text
        sent = {"label": "Exempel", "answer_1": ANSWER, "answer_2": "", "idempotency_key": "a"}
        nobody = client.post(page("put_up_example", panel), sent | {"answer_1": "Som Anbud 1 skrev"})
        assert (nobody.status_code, "Som Anbud 1 skrev" in nobody.text) == (422, True)
        made = client.post(page("put_up_example", panel), sent | {"idempotency_key": "b"})
        assert made["Location"] == page("calibration", panel)
        example = Calibration.objects.get().example
        client.force_login(person)
        assert page("calibration", panel) in client.get(page("round", panel)).text
        desk = reverse("assessments:score", args=[example.pk, example.items.get().pk])
        text = client.get(desk).text
        assert (ANSWER in text, "inget av det räknas" in text) == (True, True)
        points = {"points_1": "9", "reason_1": "Visar hur", "points_2": "3", "reason_2": "Saknas"}
        assert client.post(desk, points).status_code == 302
        submit = reverse("assessments:submit", args=[example.pk])
        assert client.post(submit, {"idempotency_key": "c"}).status_code == 302
        waiting = client.get(page("calibration", panel)).text
        assert ("Assessor 2" in waiting, "Visar hur" in waiting) == (True, False)
        client.force_login(other)
        assert client.post(desk, points | {"points_1": "2"}).status_code == 302
        assert client.post(submit, {"idempotency_key": "d"}).status_code == 302
        side_by_side = client.get(page("calibration", panel)).text
        assert side_by_side.count("Visar hur") >= 2
        assert 'name="level"' not in side_by_side
        client.force_login(panel.leader)
        assert 'name="level"' in client.get(page("calibration", panel)).text
        opened = client.post(page("calibration", panel), {"level": LEVEL, "idempotency_key": "e"})
        assert opened.status_code == 302
        client.force_login(person)
        assert LEVEL in client.get(page("calibration", panel)).text
        real = panel.round.items.all()[0]
        assert client.get(page("score", panel, real.pk)).status_code == 200
        assert "Exempel" not in client.get(page("score", panel, real.pk)).text
        consensus = client.get(reverse("assessments:consensus", args=[example.pk]))
        assert (consensus.status_code, page("calibration", panel) in consensus.text) == (403, True)

    def test_called_off_on_a_page_of_its_own(self, client):
        panel = make_round()
        put_up(panel)
        client.force_login(panel.leader)
        assert page("call_off_example", panel) in client.get(page("round", panel)).text
        assert client.post(page("call_off_example", panel), {"reason": "", "idempotency_key": "a"}).status_code == 422
        sent = {"reason": "Ont om tid.", "idempotency_key": "b"}
        assert client.post(page("call_off_example", panel), sent)["Location"] == page("round", panel)
        assert client.get(page("calibration", panel))["Location"] == page("round", panel)


def test_who_has_left_the_round_no_longer_sees_its_example():
    panel = make_round()
    put_up(panel)
    gone = panel.assessors[0]
    example = Calibration.objects.get().example
    assert visible_to(gone).filter(pk=example.pk).exists()
    PanelMember.objects.filter(round=panel.round, person=gone).update(removed_at=START)
    assert not visible_to(gone).filter(pk=example.pk).exists()
    assert not has_part(gone, with_panel(Round.objects.filter(pk=example.pk)).get())
    assert not may_see(gone, with_panel(Round.objects.filter(pk=example.pk)).get())
