"""What was said at a presentation is read where it is scored, and who sees what of it (INV-09, INV-13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.assessments.queries import material_of
from rodatraden.evaluation import rules
from rodatraden.evaluation.actions import (
    note_presentation,
    run_clock,
    start_evaluation_round,
)
from rodatraden.evaluation.models import Presentation
from rodatraden.evaluation.queries import (
    tasks_as_bidder,
)
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import TeamMember
from tests.evaluation.presented import DAY, NOTED, first_criterion, hold
from tests.factories.bids import pdf
from tests.factories.evaluation import (
    draw,
    make_opened,
)
from tests.factories.parties import make_person
from tests.factories.procurements import declare

pytestmark = pytest.mark.django_db


def bidder(world, bid):
    return bid.submission.submitted_by


def judged(world):
    return start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at + 3 * DAY)


def seen_by_panel(world, assessed):
    person = world.case.evaluators[0]
    return [
        each
        for item in assessed.items.order_by("number")
        for each in material_of(item, person=person, at=world.opened_at + 4 * DAY)
        if each.name == "Presentationen"
    ]


def test_what_was_said_is_read_at_the_criterion_that_is_scored_by_it_and_nowhere_else():
    world = make_opened()
    hold(world, draw(world, is_scored=True)[0])
    (material,) = seen_by_panel(world, judged(world))
    assert (material.text, material.criteria) == ("Metoden visades.", frozenset({str(first_criterion(world).pk)}))


def test_inv_09_what_is_not_scored_is_no_material_that_a_score_can_refer_to():
    world = make_opened()
    hold(world, draw(world)[0])
    assert seen_by_panel(world, judged(world)) == []


def test_inv_13_what_holds_a_price_is_shown_to_nobody_who_judges_before_the_prices_are_open(client):
    world = make_opened()
    first = draw(world, is_scored=True)[0]
    hold(world, first, notes="Timpriset är 4711 kr.", holds_price=True, data=pdf(), file_name="bilder.pdf")
    note_presentation(
        presentation=first,
        by=world.case.officer,
        at=first.starts_at + DAY,
        data=None,
        file_name="",
        **NOTED | {"notes": "Timpriset är 4711 kr."},
    )
    assert Presentation.objects.get(pk=first.pk).holds_price
    assert seen_by_panel(world, judged(world)) == []
    client.force_login(world.case.evaluators[0])
    for page in ("presentation", "presentations"):
        target = first.pk if page == "presentation" else world.procurement.pk
        assert "4711" not in client.get(reverse(f"evaluation:{page}", args=[target])).text
    assert client.get(reverse("evaluation:presentation_file", args=[first.pk])).status_code == 403
    client.force_login(world.case.officer)
    assert "4711" in client.get(reverse("evaluation:presentation", args=[first.pk])).text


def two_roles(world, person, role):
    """Give `person` one more role in the team, with interests declared."""
    at = world.opened_at + timedelta(hours=1)
    appoint(procurement=world.procurement, person=person, role=role, by=world.case.officer, at=at)
    declare(world.case, person, at=at)
    return person


def test_inv_13_one_who_is_officer_and_evaluator_reads_no_price_that_another_wrote_down(client):
    world = make_opened()
    person = two_roles(world, world.case.evaluators[0], TeamMember.Role.OFFICER)
    first, second, *_ = draw(world, is_scored=True)
    priced = {"notes": "Timpriset är 4711 kr.", "holds_price": True, "data": pdf(), "file_name": "bilder.pdf"}
    hold(world, first, **priced)
    client.force_login(person)
    page = reverse("evaluation:presentation", args=[first.pk])
    file = reverse("evaluation:presentation_file", args=[first.pk])
    shown = client.get(page).text
    assert ["4711" in shown, "Spara det som sades" in shown, client.get(file).status_code] == [False, False, 403]
    written_over = {"present": "Alla", "notes": "x", "questions": "", "idempotency_key": "a"}
    assert client.post(page, written_over).status_code == 422
    assert client.get(file).status_code == 403
    run_clock(presentation=second, by=person, at=second.starts_at)
    note_presentation(
        presentation=second,
        by=person,
        at=second.starts_at + DAY,
        data=None,
        file_name="",
        **NOTED | {"notes": "Timpriset är 4712 kr.", "holds_price": True},
    )
    assert "4712" in client.get(reverse("evaluation:presentation", args=[second.pk])).text
    assert seen_by_panel(world, judged(world)) == []


def test_inv_13_an_officer_who_leads_the_judging_reads_no_price_that_another_wrote_down():
    world = make_opened()
    first = hold(world, draw(world)[0], holds_price=True)
    other = two_roles(world, make_person(organisation=world.procurement.buyer), TeamMember.Role.OFFICER)
    assert rules.may_read_notes(other, first, world.procurement)
    start_evaluation_round(
        tender=world.fresh_tender(), leader=other, by=world.case.officer, at=world.opened_at + 3 * DAY
    )
    assert not rules.may_read_notes(other, first, world.procurement)
    assert rules.may_read_notes(world.case.officer, first, world.procurement)


def test_who_sees_what_of_the_presentations(client):
    world = make_opened()
    first = draw(world)[0]
    hold(world, first, data=pdf(), file_name="bilder.pdf")
    other = next(bid for bid in world.bids if bid != first.bid)
    people = {
        "officer": world.case.officer,
        "evaluator": world.case.evaluators[0],
        "opener": world.case.openers[0],
        "decider": world.case.decider,
        "bidder": bidder(world, first.bid),
        "other bidder": bidder(world, other),
        "outsider": make_person(),
    }
    names = ("presentation", "presentation_times", "move_presentation", "cancel_presentation", "presentation_file")
    pages = [
        reverse("evaluation:presentations", args=[world.procurement.pk]),
        *(reverse(f"evaluation:{name}", args=[first.pk]) for name in names),
        reverse("evaluation:own_presentation", args=[first.pk]),
    ]
    found = {}
    for name, person in people.items():
        client.force_login(person)
        answers = [client.get(page) for page in pages]
        [answer.getvalue() for answer in answers]
        found[name] = [answer.status_code for answer in answers]
    assert found == {
        "officer": [200] * 6 + [404],
        "evaluator": [200] * 6 + [404],
        "opener": [403] * 6 + [404],
        "decider": [403] * 6 + [404],
        "bidder": [404] * 6 + [200],
        "other bidder": [404] * 7,
        "outsider": [404] * 7,
    }


def test_only_the_officer_holds_them_and_nothing_after_the_quality_is_locked():
    world = make_opened()
    first = draw(world)[0]
    procurement = world.procurement
    able = {
        name: [
            bool(rule(person, first, procurement)) for rule in (rules.may_hold, rules.may_move, rules.may_read_notes)
        ]
        for name, person in (
            ("officer", world.case.officer),
            ("evaluator", world.case.evaluators[0]),
            ("decider", world.case.decider),
            ("bidder", bidder(world, first.bid)),
        )
    }
    assert able == {
        "officer": [True, True, True],
        "evaluator": [False, False, True],
        "decider": [False, False, False],
        "bidder": [False, False, False],
    }
    assert rules.may_present(bidder(world, first.bid), first, first.starts_at)
    assert not rules.may_present(world.case.officer, first, first.starts_at)


def test_the_bidder_has_a_task_until_it_has_presented():
    world = make_opened()
    first = draw(world)[0]
    person = bidder(world, first.bid)
    assert [(task.kind, task.due) for task in tasks_as_bidder(person, world.opened_at)] == [
        ("evaluation.present", first.starts_at)
    ]
    run_clock(presentation=first, by=world.case.officer, at=first.starts_at)
    assert tasks_as_bidder(person, world.opened_at) == []
