"""An example that the panel judges first counts nowhere: not in the outcome, its protocol, how firm it is, or a report."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.assessments.models import Calibration, IndividualScore
from rodatraden.assessments.queries import material_of
from rodatraden.core.evaluation.robustness import Joined
from rodatraden.evaluation.actions import start_evaluation_round
from rodatraden.evaluation.documents import protocol_paper
from rodatraden.evaluation.models import BidItem
from rodatraden.evaluation.queries import (
    evaluation_bids,
    frozen_outcome,
    how_firm,
    individual_scores,
    judged,
    round_of,
)
from rodatraden.pages.queries import later
from rodatraden.procurements.models import Procurement
from tests.factories.assessments import ANSWER, LEVEL, Panel, put_up
from tests.factories.evaluation import PRICES, SCORES, make_opened, reach_outcome

pytestmark = pytest.mark.django_db


def test_it_is_in_no_outcome_protocol_or_measure_of_how_firm_it_is():
    world = make_opened()
    frozen = reach_outcome(world, with_example=True)
    counted = frozen_outcome(world.fresh_tender())
    assert counted is not None
    numbers = {str(bid.pk): bid.number for bid in world.bids}
    given = {numbers[bid.key]: sorted(bid.scores.values()) for bid in evaluation_bids(world.fresh_tender())}
    assert given == {number: sorted(scores) for number, scores in enumerate(SCORES[: len(PRICES)], start=1)}
    example = Calibration.objects.get().example
    assert example is not None
    inputs = json.dumps(json.loads(frozen.inputs))
    assert not any(str(key) in inputs for key in (example.pk, example.items.get().pk))
    assert not BidItem.objects.filter(item__round=example).exists()
    own = individual_scores(world.fresh_tender())
    assert {len(of_bids) for of_bids in own.values()} == {len(PRICES)}
    n_scores = sum(len(of_bid) for of_bids in own.values() for of_bid in of_bids.values())
    assert n_scores == IndividualScore.objects.exclude(item__round=example).count()
    assert len(judged(world.fresh_tender())) == len(PRICES)
    paper = protocol_paper(world.fresh_tender(), counted, world.opened_at).data.decode()
    assert not any(words in paper for words in ("Exempel", LEVEL, ANSWER))
    assert how_firm(counted, own, Joined.MEAN)


def test_the_bids_open_when_the_leader_has_said_what_the_levels_mean(client):
    world = make_opened()
    client.force_login(world.case.officer, backend="django.contrib.auth.backends.ModelBackend")
    start = reverse("evaluation:start_round", args=[world.procurement.pk])
    sent = {"leader": str(world.case.officer.pk), "wide_above": "0.4", "with_example": "on", "idempotency_key": "a"}
    assert client.post(start, sent).status_code == 302
    assessed = round_of(world.fresh_tender())
    assert assessed is not None
    person = world.case.evaluators[0]
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    first = assessed.items.order_by("number")[0]
    desk = reverse("assessments:score", args=[assessed.pk, first.pk])
    refused = client.get(desk)
    assert refused.status_code == 403
    assert "Ledaren lägger upp ett exempel först" in refused.text
    example = put_up(Panel(assessed.pk, world.case.officer, list(world.case.evaluators)), at=world.opened_at).round
    shown = material_of(example.items.all()[0], person=person, at=world.opened_at)
    assert {each.text for each in shown} == {ANSWER}


def test_the_case_leads_to_the_round_never_to_its_example():
    world = make_opened()
    at = world.opened_at
    assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=at, with_example=True)
    put_up(Panel(assessed.pk, world.case.officer, list(world.case.evaluators)), at=at + timedelta(hours=1))
    found = Procurement.objects.get(pk=world.procurement.pk)
    for person in (world.case.officer, *world.case.evaluators):
        assert later(person, found).round_id == assessed.pk
