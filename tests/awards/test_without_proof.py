"""An award above the threshold for which no proof was asked: only with a reason on record (LOU 15 kap. 4 §)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from rodatraden.awards.actions import prepare_decision
from rodatraden.awards.documents import decision_paper
from rodatraden.awards.models import DecisionProposal
from rodatraden.awards.queries import intended_winner
from rodatraden.core.answer import RefusedError
from rodatraden.evaluation.actions import waive_proof
from rodatraden.procurements.models import Procurement
from rodatraden.records.models import LedgerBody
from tests.evaluation.proofs import bring, check
from tests.factories.awards import award
from tests.factories.evaluation import CRIME, ask_proof, make_outcome

pytestmark = pytest.mark.django_db
WHY = "Bevisen är en månad gamla och finns hos oss."


def prepare(world, without_proof=""):
    tender = world.fresh_tender()
    return prepare_decision(
        tender=tender,
        winner=intended_winner(tender),
        reasons="Bäst.",
        delegation="Punkt 4.2",
        without_proof=without_proof,
        by=world.case.officer,
        at=world.opened_at + timedelta(days=4),
    )


@pytest.mark.parametrize(
    ("procedure", "why", "is_prepared", "kept"),
    [
        ("se-open", "", False, ""),
        ("se-open", "  ", False, ""),
        ("se-open", WHY, True, WHY),
        ("se-below", "", True, ""),
        ("se-below", WHY, True, ""),  # nothing asks for it, so nothing is said of it
        ("no-part-3", "", True, ""),
    ],
)
def test_what_the_law_asks_for_in_each_procedure(procedure, why, is_prepared, kept):
    world = make_outcome()
    Procurement.objects.filter(pk=world.procurement.pk).update(procedure=procedure)
    if is_prepared:
        assert prepare(world, why).without_proof == kept
    else:
        with pytest.raises(RefusedError) as refused:
            prepare(world, why)
        assert (refused.value.answer.source, refused.value.answer.mend) == ("LOU 15 kap. 4 §", "without_proof")
        assert not DecisionProposal.objects.exists()


def test_the_reason_stands_in_the_log_and_in_the_decision():
    world = make_outcome()
    proposal = prepare(world, WHY)
    assert json.loads(LedgerBody.objects.get(event="award_prepared").what) == {"without_proof": WHY}
    assert WHY in repr(decision_paper(award(world, proposal=proposal)))


def test_the_page_asks_why_and_keeps_what_was_typed(client):
    world = make_outcome()
    client.force_login(world.case.officer)
    page = reverse("awards:prepare", args=[world.procurement.pk])
    sent = {"reasons": "Egna ord.", "delegation": "Punkt 4.2", "without_proof": " ", "idempotency_key": "a"}
    refused = client.post(page, sent)
    assert refused.status_code == 422
    for text in ("Egna ord.", "Fyll i varför inga bevis begärs", 'name="without_proof"'):
        assert text in refused.text
    assert "Varför inga bevis begärs (valfritt)" not in refused.text
    assert client.post(page, sent | {"without_proof": WHY, "idempotency_key": "b"}).status_code == 302
    assert DecisionProposal.objects.get().without_proof == WHY


def test_nothing_is_asked_when_proof_has_been(client):
    world = make_outcome()
    check(world, bring(world, ask_proof(world, wanted=[CRIME])))
    client.force_login(world.case.officer)
    page = client.get(reverse("awards:prepare", args=[world.procurement.pk])).text
    assert 'name="without_proof"' not in page
    assert prepare(world).without_proof == ""


def test_proof_that_was_taken_back_was_not_asked_for():
    world = make_outcome()
    proof = ask_proof(world, wanted=[CRIME]).proofs.get()
    at = world.opened_at + timedelta(days=3)
    waive_proof(proof=proof, reason="Finns hos oss redan.", by=world.case.officer, at=at)
    with pytest.raises(RefusedError):
        prepare(world)
    assert prepare(world, WHY).without_proof == WHY


def test_a_decision_that_says_that_no_proof_was_asked_for_falls_when_it_has_been():
    world = make_outcome()
    proposal = prepare(world, WHY)
    check(world, bring(world, ask_proof(world, wanted=[CRIME])))
    with pytest.raises(RefusedError, match="since the decision was prepared"):
        award(world, proposal=proposal)
