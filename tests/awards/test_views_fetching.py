"""Who fetches which issued document of an award, and who may have it checked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from rodatraden.awards.actions import cancel_published
from rodatraden.awards.models import Notification
from rodatraden.records.models import DiaryDocument
from rodatraden.records.queries import read_bytes
from tests.factories.awards import award, make_awarded, notify, revoke
from tests.factories.evaluation import make_outcome
from tests.factories.parties import make_buyer, make_person
from tests.pdf import flowing

pytestmark = pytest.mark.django_db
EIGHT = ((8, 8), (8, 8))
PEOPLE = ("officer", "opener", "evaluator", "need_owner", "decider", "bidder", "loser", "stranger", "anonymous")


def people_of(world):
    case, bids = world.case, world.bids
    return {
        "officer": case.officer,
        "opener": case.openers[0],
        "evaluator": case.evaluators[0],
        "need_owner": case.need_owner,
        "decider": case.decider,
        "bidder": bids[1].submission.submitted_by,
        "loser": bids[0].submission.submitted_by,
        "stranger": make_person("Stranger", organisation=make_buyer("Annat")),
        "anonymous": None,
    }


def fetched(client, address, person):
    client.logout()
    if person is not None:
        client.force_login(person)
    answer = client.get(address)
    answer.body = answer.getvalue()
    return answer if answer.status_code == 200 else None


def who_fetches(client, world, address):
    return {name for name, person in people_of(world).items() if fetched(client, address, person)}


def who_knows(client, world, document):
    address = f"{reverse('records:check')}?sha256={document.file.sha256}"
    return {
        name for name, person in people_of(world).items() if document.number in fetched(client, address, person).text
    }


def test_the_decision_is_the_teams_from_the_moment_it_is_made_and_anybody_may_check_it(client):
    world = make_outcome((1000, 900), EIGHT)
    address = reverse("awards:decision_document", args=[world.procurement.pk])
    with time_machine.travel(world.opened_at + timedelta(days=5), tick=False):
        assert who_fetches(client, world, address) == set()
        decision = award(world)
        notify(world, decision)
        team = {"officer", "opener", "evaluator", "need_owner", "decider"}
        assert who_fetches(client, world, address) == team
        assert who_fetches(client, world, reverse("awards:decision_word", args=[world.procurement.pk])) == team
        assert who_knows(client, world, decision.document) == set(PEOPLE)
        answer = fetched(client, address, world.case.decider)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    text = flowing(answer.body)
    assert "Anbudet från Nordväg Coaching AB antas." in text
    assert "Mellanrum" not in text


def test_a_decision_revoked_before_anybody_was_told_is_the_teams_alone(client):
    world = make_outcome((1000, 900), EIGHT)
    decision = award(world)
    revocation = revoke(world)
    team = {"officer", "opener", "evaluator", "need_owner", "decider"}
    with time_machine.travel(decision.decided_at + timedelta(days=2), tick=False):
        assert who_knows(client, world, decision.document) == team
        assert who_knows(client, world, revocation.document) == team


def test_a_notification_is_its_bidders_and_the_teams_alone(client):
    world = make_awarded((1000, 900), EIGHT)
    losers, winners = Notification.objects.order_by("bid__number")
    team = {"officer", "opener", "evaluator", "need_owner", "decider"}
    with time_machine.travel(world.tender.award.decided_at + timedelta(days=1), tick=False):
        for each, whose in ((losers, "loser"), (winners, "bidder")):
            address = reverse("awards:notification_document", args=[each.pk])
            assert who_fetches(client, world, address) == team | {whose}
            assert who_knows(client, world, each.document) == team | {whose}


def test_what_is_fetched_is_what_was_issued_whatever_the_rows_say_now(client):
    world = make_awarded((1000, 900), EIGHT)
    sent = Notification.objects.order_by("bid__number")[0]
    Notification.objects.filter(pk=sent.pk).update(reasons="Ändrat efteråt.")
    person = world.bids[0].submission.submitted_by
    answer = fetched(client, reverse("awards:notification_document", args=[sent.pk]), person)
    text = flowing(answer.body)
    assert "Ändrat efteråt." not in text
    assert "högst kvalitet uppväger ett högre timpris" in text


def test_a_decision_to_cancel_is_fetched_by_the_team_and_checked_by_anybody(client):
    world = make_outcome((1000, 900), EIGHT)
    address = reverse("awards:cancellation_document", args=[world.procurement.pk])
    assert who_fetches(client, world, address) == set()
    cancelled = cancel_published(
        tender=world.fresh_tender(),
        reason="Medlen har fallit bort.",
        delegation="Punkt 4.3",
        by=world.case.decider,
        at=world.opened_at + timedelta(days=4),
    )
    with time_machine.travel(world.opened_at + timedelta(days=5), tick=False):
        assert who_fetches(client, world, address) >= {"officer", "decider"}
        assert who_fetches(client, world, address).isdisjoint({"bidder", "loser", "stranger", "anonymous"})
        assert who_knows(client, world, cancelled.document) == set(PEOPLE)


def test_a_name_that_looks_like_source_survives_in_every_document():
    name = 'A & B <C> #1 $2$ "x" \\ @d *e* _f_ [g]'
    world = make_outcome((1000, 900), EIGHT)
    supplier = world.bids[1].supplier
    supplier.name = name
    supplier.save()
    notify(world, award(world))
    issued = DiaryDocument.objects.filter(case=world.procurement.diary_case, subject__contains="illdelningsbeslut")
    assert [name in flowing(read_bytes(document.file)) for document in issued] == [True] * 3
