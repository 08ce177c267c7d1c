"""The evaluation protocol: every step that the page of the result shows, for those who see that page, never before."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from rodatraden.core.canonical import read_canonical
from rodatraden.core.evaluation import evaluate, read_inputs
from rodatraden.evaluation.actions import lock_quality
from rodatraden.evaluation.queries import frozen_outcome, telling
from rodatraden.records.models import DiaryDocument
from rodatraden.records.queries import read_bytes
from tests.factories.awards import award
from tests.factories.bids import open_prices
from tests.factories.evaluation import check_all, judge_all, make_opened, make_outcome, reach_outcome
from tests.factories.parties import make_buyer, make_person
from tests.pdf import flowing

pytestmark = pytest.mark.django_db
TEAM = {"officer", "opener", "evaluator", "decider"}
EIGHT = ((8, 8), (8, 8))


def text_of(document):
    return flowing(read_bytes(document.file))


def one_line(text):
    return " ".join(text.split())


def test_every_step_of_the_page_stands_in_the_protocol():
    world = make_outcome()
    counted = frozen_outcome(world.tender)
    text = text_of(counted.frozen.document)
    assert one_line(telling.headline(counted)) in text
    for result in counted.outcome.results:
        told = telling.told(result)
        assert one_line(f"{told.title} Steg Värde") in text
        for words, value in told.steps:
            assert one_line(f"{words} {value}") in text
        for note in told.notes:
            assert one_line(note) in text
    for said in ("Utvärderingspris: 1 140 + 300 1 440 kr", "Bedömare Evaluator", "Modellen, som den publicerades"):
        assert said in text
    for fingerprint in (counted.model.hash, counted.outcome.inputs_hash, counted.outcome.hash):
        assert fingerprint in text
    assert "UTKAST" not in text


def test_its_second_attachment_computes_again_to_the_same_outcome():
    world = make_outcome((1000, 900), EIGHT)
    frozen = world.fresh_tender().outcome
    inputs = frozen.document.attachments.get(serial=2).file
    outcome = evaluate(*read_inputs(read_canonical(read_bytes(inputs))))
    assert (outcome.inputs_hash, outcome.hash) == (frozen.inputs_sha256, frozen.outcome_sha256)
    assert frozen.document.secrecy_note == "OSL 19 kap. 3 §"


def test_a_bid_that_failed_a_requirement_is_told_why_and_what_was_checked():
    world = make_outcome((1000, 900), EIGHT, failing=[1])
    text = text_of(world.fresh_tender().outcome.document)
    assert "Bara 12 månader är styrkta." in text
    assert "Inte uppfyllt" in text
    assert "Krav som har kontrollerats" in text


def test_the_decision_names_the_protocol_that_it_rests_on():
    world = make_outcome((1000, 900), EIGHT)
    decision = award(world)
    protocol = world.fresh_tender().outcome.document
    assert f"Utvärderingsprotokoll {protocol.number}" in text_of(decision.document)


def who_fetches(client, world, address):
    case = world.case
    people = {
        "officer": case.officer,
        "opener": case.openers[0],
        "evaluator": case.evaluators[0],
        "need_owner": case.need_owner,
        "decider": case.decider,
        "bidder": world.bids[0].submission.submitted_by,
        "stranger": make_person("Stranger", organisation=make_buyer("Annat")),
        "anonymous": None,
    }
    found = {}
    for name, person in people.items():
        client.logout()
        if person:
            client.force_login(person)
        answer = client.get(address)
        body = answer.getvalue()
        if answer.status_code == 200 and (
            answer["Content-Type"] == "application/pdf" or b"Utv\xc3\xa4rderingspr" in body
        ):
            found[name] = body
    return found


def test_inv_13_nobody_fetches_it_before_the_prices_are_open_and_then_as_a_draft_until_it_is_frozen(client):
    world = make_opened((1000, 900))
    address = reverse("evaluation:protocol", args=[world.procurement.pk])
    assert who_fetches(client, world, address) == {}
    reach_outcome(world, EIGHT)
    with time_machine.travel(world.opened_at + timedelta(days=3), tick=False):
        frozen = who_fetches(client, world, address)
        document = DiaryDocument.objects.get(subject="Utvärderingsprotokoll")
        assert set(frozen) == TEAM
        assert set(frozen.values()) == {read_bytes(document.file)}
        checked = f"{reverse('records:check')}?sha256={document.file.sha256}"
        assert set(who_fetches(client, world, checked)) == TEAM
        award(world)
        assert set(who_fetches(client, world, address)) == TEAM | {"need_owner"}


def test_before_it_is_frozen_it_is_a_draft_that_nothing_is_kept_of(client):
    world = make_opened((1000, 900))
    check_all(world)
    judge_all(world, EIGHT)
    at = world.opened_at + timedelta(days=3)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    open_prices(world.case, world.fresh_tender(), at=at)
    before = DiaryDocument.objects.count()
    client.force_login(world.case.officer)
    answer = client.get(reverse("evaluation:protocol", args=[world.procurement.pk]))
    text = flowing(answer.content)
    assert "UTKAST" in text
    assert "Preliminärt tills det är fryst." in text
    assert DiaryDocument.objects.count() == before
