"""Who sees what of the proof from the intended winner, and who does what with it (INV-02, INV-13)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from rodatraden.evaluation import rules
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import TeamMember
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from tests.evaluation.proofs import DAY, bidder, bring, check, fetch, line
from tests.factories.bids import pdf
from tests.factories.evaluation import SUPPLIERS, TAX, ask_proof, make_opened, make_outcome
from tests.factories.parties import make_person

pytestmark = pytest.mark.django_db


def test_inv_02_diary_log_and_mail_tell_nobody_else_who_is_asked_and_what_came():
    world = make_outcome()
    asked = ask_proof(world)
    check(world, bring(world, asked))
    for document in DiaryDocument.objects.filter(subject__startswith="Bevis"):
        assert (document.counterparty, document.secrecy_note) == ("", "OSL 19 kap. 3 §")
    bodies = LedgerBody.objects.filter(event__startswith="proof_")
    assert {body.event for body in bodies} == {"proof_asked", "proof_handed_in", "proof_checked"}
    secrets = (SUPPLIERS[0], str(world.bids[0].pk), TAX.what, "Inga skulder.")
    assert [body for body in bodies if any(each in body.what for each in secrets)] == []
    assert set(OutboxMail.objects.filter(subject__startswith="Bevis").values_list("to", flat=True)) == {
        world.bids[0].address
    }
    assert TAX.what not in OutboxMail.objects.get(subject__startswith="Bevis").text


def team(world):
    """Everybody of the case, one of each role, and some who are not of it."""
    return {
        "officer": world.case.officer,
        "evaluator": world.case.evaluators[0],
        "opener": world.case.openers[0],
        "decider": world.case.decider,
        "bidder": bidder(world),
        "other bidder": bidder(world, 2),
        "outsider": make_person(),
    }


def status(client, page):
    """What a page answers; a file that it hands out is read to its end."""
    answer = client.get(page)
    answer.getvalue()
    return answer.status_code


def test_who_sees_what_of_the_proof(client):
    world = make_outcome()
    asked = ask_proof(world)
    handed_in, fetched = bring(world, asked), fetch(world, asked, data=pdf(), file_name="bevis.pdf")
    proof = handed_in.proof_id
    pages = {
        "list": reverse("evaluation:proofs", args=[world.procurement.pk]),
        "ask": reverse("evaluation:ask_proof", args=[world.procurement.pk]),
        "proof": reverse("evaluation:proof", args=[proof]),
        "register": reverse("evaluation:fetch_proof", args=[proof]),
        "waive": reverse("evaluation:waive_proof", args=[proof]),
        "time": reverse("evaluation:more_time", args=[asked.pk]),
        "own": reverse("evaluation:prove", args=[asked.pk]),
        "hand in": reverse("evaluation:hand_in", args=[proof]),
        "file": reverse("evaluation:proof_file", args=[handed_in.pk]),
        "fetched": reverse("evaluation:proof_file", args=[fetched.pk]),
    }
    found = {}
    for name, person in team(world).items():
        client.force_login(person)
        found[name] = [status(client, page) for page in pages.values()]
    seen = [200] * 6 + [404, 404, 200, 200]
    assert found == {
        "officer": seen,
        "evaluator": seen,
        "opener": seen,
        "decider": seen,
        "bidder": [404] * 6 + [200, 200, 200, 404],
        "other bidder": [404] * 10,
        "outsider": [404] * 10,
    }


def test_who_does_what_with_the_proof():
    world = make_outcome()
    asked = ask_proof(world)
    bring(world, asked)
    proof, procurement, at = line(asked, 1), world.procurement, asked.asked_at + 2 * DAY
    able = {
        name: [
            bool(answer)
            for answer in (
                rules.may_ask_for_proof(person, procurement),
                rules.may_fetch_proof(person, proof, procurement),
                rules.may_check_proof(person, proof, procurement),
                rules.may_waive(person, proof, procurement),
                rules.may_give_time(person, proof.inquiry, procurement),
                rules.may_hand_in(person, proof, at),
            )
        ]
        for name, person in team(world).items()
    }
    nothing = [False] * 6
    assert able == dict.fromkeys(able, nothing) | {"officer": [True] * 5 + [False], "bidder": [False] * 5 + [True]}


def test_inv_13_nobody_comes_to_the_proof_before_the_outcome_is_frozen(client):
    world = make_opened()
    for person in (world.case.officer, world.case.evaluators[0]):
        client.force_login(person)
        assert client.get(reverse("evaluation:proofs", args=[world.procurement.pk])).status_code == 403


def test_one_with_a_conflict_of_interest_or_a_role_removed_sees_nothing(client):
    world = make_outcome()
    ask_proof(world)
    person = make_person(organisation=world.procurement.buyer)
    appoint(
        procurement=world.procurement,
        person=person,
        role=TeamMember.Role.OFFICER,
        by=world.case.officer,
        at=world.opened_at + 5 * DAY,
    )
    client.force_login(person)
    assert client.get(reverse("evaluation:proofs", args=[world.procurement.pk])).status_code in {302, 403}
