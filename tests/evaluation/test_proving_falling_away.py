"""A bid without its proof: when it falls away, what holds it, what is taken back, and who is asked then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from rodatraden.awards.queries import has_next, intended_winner
from rodatraden.core.answer import RefusedError
from rodatraden.evaluation import rules
from rodatraden.evaluation.actions import (
    answer_inquiry,
    ask_bidders,
    assess_inquiry,
    give_more_time,
    waive_proof,
)
from rodatraden.evaluation.models import Inquiry, Proof
from rodatraden.evaluation.queries import tasks_as_bidder
from rodatraden.records.models import OutboxMail
from tests.evaluation.proofs import DAY, C, S, V, bidder, bring, check, fetch, line, refusal, said
from tests.factories.awards import award, make_awarded, revoke
from tests.factories.evaluation import CRIME, TAX, ask_proof, make_outcome

pytestmark = pytest.mark.django_db


def test_a_bid_without_its_proof_falls_away_when_its_time_is_over_and_the_next_is_asked():
    world = make_outcome()
    asked = ask_proof(world)
    for verdict in (C.REJECTED, C.ACCEPTED):
        with pytest.raises(RefusedError):
            assess_inquiry(
                inquiry=asked, conclusion=verdict, reason="Inget kom.", by=world.case.officer, at=asked.asked_at + DAY
            )
    late = asked.answer_by + DAY
    assert "accepted by itself" in said(
        refusal(
            assess_inquiry, inquiry=asked, conclusion=C.ACCEPTED, reason="Allt kom.", by=world.case.officer, at=late
        )
    )
    assess_inquiry(inquiry=asked, conclusion=C.REJECTED, reason="Inget kom.", by=world.case.officer, at=late)
    following = intended_winner(world.fresh_tender())
    assert following != world.bids[0]
    assert not rules.may_hand_in(bidder(world), line(asked, 1), late)
    ask_proof(world, number=following.number, wanted=[replace(CRIME, about=following.supplier.name)], at=late)
    assert not has_next(world.fresh_tender())


def test_no_bid_falls_away_for_what_the_authority_fetches_itself_nor_for_what_nobody_has_checked():
    world = make_outcome()
    asked = ask_proof(world)
    late = asked.answer_by + DAY
    papers = [bring(world, asked, number) for number in (1, 2)]

    def fall():
        return said(
            refusal(assess_inquiry, inquiry=asked, conclusion=C.REJECTED, reason="x", by=world.case.officer, at=late)
        )

    assert fall() == "Check first what has come."
    for paper in papers:
        check(world, paper)
    assert fall() == "What is missing the authority fetches itself, so the bidder can't be without it."
    check(world, fetch(world, asked))
    assert fall() == "Every proof is accepted or no longer asked for."


def test_inv_18_a_proof_that_shows_a_ground_for_exclusion_rejects_nobody_unheard():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    check(world, bring(world, asked), V.GROUND, reason="En dom från 2024.")
    answer = refusal(
        assess_inquiry,
        inquiry=asked,
        conclusion=C.REJECTED,
        reason="Dom",
        by=world.case.officer,
        at=asked.answer_by + DAY,
    )
    assert (answer.source, answer.mend) == (
        "LOU 13 kap. 4 §, 14 kap. 7 §",
        reverse("evaluation:ask", args=[world.procurement.pk]),
    )
    assert intended_winner_is_held(world)


def intended_winner_is_held(world):
    """Whether the bid is still next, and still can't be awarded."""
    return rules.next_bid(world.procurement) == world.bids[0] and not has_next(world.fresh_tender())


def test_a_proof_can_be_taken_back_with_the_reason_and_no_longer_holds_the_award():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    at = asked.asked_at + DAY
    assert refusal(waive_proof, proof=line(asked, 1), reason=" ", by=world.case.officer, at=at).mend == "reason"
    waive_proof(proof=line(asked, 1), reason="Vi har det redan.", by=world.case.officer, at=at)
    assert has_next(world.fresh_tender())
    with pytest.raises(RefusedError):
        bring(world, asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proof.objects.update(waive_reason="")


def test_inv_18_a_proof_that_has_shown_a_ground_for_exclusion_is_not_put_aside():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    officer = world.case.officer
    paper = bring(world, asked)
    checked = check(world, paper, V.GROUND, reason="En dom från 2024.")
    answer = refusal(waive_proof, proof=line(asked, 1), reason="Onödigt.", by=officer, at=checked.checked_at + DAY)
    assert (answer.source, answer.mend) == (
        "LOU 13 kap. 4 §",
        reverse("evaluation:ask", args=[world.procurement.pk]),
    )
    bring(world, asked, at=checked.checked_at + DAY)  # another paper does not hide what the first one showed
    with pytest.raises(RefusedError):
        waive_proof(proof=line(asked, 1), reason="Onödigt.", by=officer, at=checked.checked_at + 2 * DAY)
    assert intended_winner_is_held(world)


def test_a_ground_that_the_supplier_has_answered_for_or_that_was_seen_wrongly_no_longer_holds_the_proof():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME, TAX])
    officer = world.case.officer
    first, second = (bring(world, asked, number) for number in (1, 2))
    at = check(world, first, V.GROUND, reason="En dom från 2024.").checked_at
    check(world, second, V.GROUND, reason="En skuld.")
    check(world, second, V.INSUFFICIENT, reason="Skulden är ett annat bolags.", at=at + DAY)
    assert rules.may_waive(officer, line(asked, 2), world.procurement)
    assert not rules.may_waive(officer, line(asked, 1), world.procurement)
    (about,) = ask_bidders(
        tender=world.fresh_tender(),
        bids=[world.bids[0]],
        purpose=Inquiry.Purpose.EXCLUSION,
        question="Vad har ni gjort åt det?",
        basis="En dom från 2024.",
        answer_by=at + 2 * DAY,
        by=officer,
        at=at + DAY,
    )
    assert not rules.may_waive(officer, line(asked, 1), world.procurement)
    assess_inquiry(inquiry=about, conclusion=C.ACCEPTED, reason="Personen är borta.", by=officer, at=at + 3 * DAY)
    waive_proof(proof=line(asked, 1), reason="Besvarad.", by=officer, at=at + 3 * DAY)
    assert line(asked, 1).state == S.WAIVED


def test_more_time_is_never_less_and_the_bidder_is_told_why():
    world = make_outcome()
    asked = ask_proof(world)
    at, before = asked.asked_at + DAY, asked.answer_by
    for earlier in (before, before - DAY):
        answer = refusal(give_more_time, inquiry=asked, answer_by=earlier, reason="x", by=world.case.officer, at=at)
        assert answer.mend == "answer_by"
    give_more_time(inquiry=asked, answer_by=before + DAY, reason="Skatteverket dröjer.", by=world.case.officer, at=at)
    asked.refresh_from_db()
    assert asked.answer_by == before + DAY
    assert (
        "Skatteverket dröjer." in OutboxMail.objects.filter(subject__startswith="Bevis").order_by("-written_at")[0].text
    )
    assert not rules.may_assess_inquiry(world.case.officer, asked, world.procurement, before + timedelta(hours=1))


def test_the_bidder_is_told_why_a_proof_is_not_accepted_and_can_hand_in_another():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    first = bring(world, asked)
    check(world, first, V.INSUFFICIENT, reason="Fel bolag.")
    assert "Fel bolag." in OutboxMail.objects.filter(subject__startswith="Bevis").order_by("-written_at")[0].text
    assert [task.kind for task in tasks_as_bidder(bidder(world), first.came_at)] == ["evaluation.prove"]
    second = bring(world, asked, at=first.came_at + 2 * DAY)
    assert (second.number, line(asked, 1).state) == (2, S.WAITING)
    assert tasks_as_bidder(bidder(world), first.came_at) == []
    with pytest.raises(RefusedError):
        check(world, first)


def test_a_bidder_that_writes_why_something_is_missing_keeps_all_its_time_to_hand_it_in():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    officer, at = world.case.officer, asked.asked_at + DAY
    asked = answer_inquiry(inquiry=asked, answer="Intyget dröjer.", by=bidder(world), at=at)
    due = asked.answer_by
    for early in (at + timedelta(hours=1), due):
        answer = refusal(
            assess_inquiry, inquiry=asked, conclusion=C.REJECTED, reason="Inget kom.", by=officer, at=early
        )
        assert said(answer).startswith("The bidder has time to answer until")
    assert intended_winner_is_held(world)
    give_more_time(inquiry=asked, answer_by=due + DAY, reason="Skatteverket dröjer.", by=officer, at=due)
    asked.refresh_from_db()
    assert not rules.may_assess_inquiry(officer, asked, world.procurement, due + DAY)
    assess_inquiry(inquiry=asked, conclusion=C.REJECTED, reason="Inget kom.", by=officer, at=due + 2 * DAY)
    assert intended_winner(world.fresh_tender()) != world.bids[0]


def test_what_comes_after_the_bidder_has_written_is_accepted_before_the_time_is_over():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    answer_inquiry(inquiry=asked, answer="Det kommer i morgon.", by=bidder(world), at=asked.asked_at + DAY)
    check(world, bring(world, asked, at=asked.asked_at + 2 * DAY))
    assert has_next(world.fresh_tender())


def test_no_bid_falls_away_while_an_award_is_in_force():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    paper = bring(world, asked)
    check(world, paper)
    award(world, at=asked.asked_at + 3 * DAY)
    with pytest.raises(RefusedError):
        check(world, paper, V.INSUFFICIENT, at=asked.asked_at + 4 * DAY)
    with pytest.raises(RefusedError):
        waive_proof(proof=line(asked, 1), reason="x", by=world.case.officer, at=asked.asked_at + 4 * DAY)


def test_after_a_revoked_award_the_next_bid_is_asked_for_its_own_proof():
    world = make_awarded()
    revoke(world, at=world.opened_at + 20 * DAY)
    following = rules.next_bid(world.procurement)
    assert following not in {None, world.bids[0]}
    asked = ask_proof(world, number=following.number, wanted=[CRIME], at=world.opened_at + 21 * DAY)
    assert asked.bid == following
    assert not has_next(world.fresh_tender())
