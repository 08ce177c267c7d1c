"""Proof from the intended winner: dated, checked by a named person, and nothing is awarded while any of it is left."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.awards.actions import decide_award
from rodatraden.awards.queries import has_next
from rodatraden.core.answer import RefusedError
from rodatraden.core.calendars import months_later
from rodatraden.core.instants import local_date
from rodatraden.evaluation import rules
from rodatraden.evaluation.models import Inquiry, Proof, ProofCheck, ProofPaper
from rodatraden.records.models import DiaryDocument, OutboxMail
from tests.evaluation.proofs import DAY, S, V, bring, check, fetch, line, refusal, said
from tests.factories.awards import award, make_awarded, prepare
from tests.factories.evaluation import CRIME, FETCHED, TAX, ask_proof, make_opened, make_outcome

pytestmark = pytest.mark.django_db


def test_the_award_waits_for_every_proof_and_says_which_with_the_way_to_it():
    world = make_outcome()
    asked = ask_proof(world)
    tender = world.fresh_tender()
    answer = refusal(prepare, world)
    assert [each in said(answer) for each in (TAX.what, CRIME.what, FETCHED.what)] == [True] * 3
    assert answer.mend == reverse("evaluation:proofs", args=[world.procurement.pk])
    for number in (1, 2):
        check(world, bring(world, asked, number))
    assert TAX.what not in said(has_next(tender))
    assert FETCHED.what in said(has_next(tender))
    check(world, fetch(world, asked))
    proposal = prepare(world, at=asked.asked_at + 3 * DAY)
    assert award(world, proposal=proposal, at=asked.asked_at + 4 * DAY).winner == world.bids[0]


def test_what_was_prepared_is_not_decided_when_proof_is_asked_for_since():
    world = make_outcome()
    proposal = prepare(world)
    ask_proof(world)
    answer = refusal(
        decide_award,
        proposal=proposal,
        reasons="x",
        delegation="x",
        by=world.case.decider,
        at=world.opened_at + 5 * DAY,
    )
    assert TAX.what in said(answer)


def test_an_accepted_proof_that_is_checked_anew_and_not_accepted_stops_the_award_again():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    paper = bring(world, asked)
    first = check(world, paper)
    assert has_next(world.fresh_tender())
    second = check(world, paper, V.INSUFFICIENT, reason="Avser ett annat bolag.", at=paper.came_at + 2 * DAY)
    assert (first.number, second.number) == (1, 2)
    assert not has_next(world.fresh_tender())
    assert line(asked, 1).state == S.INSUFFICIENT


def test_a_proof_that_is_older_than_the_documents_allow_is_kept_but_never_accepted():
    world = make_outcome()
    asked = ask_proof(world)
    oldest = line(asked, 1).oldest_on
    assert oldest == months_later(local_date(asked.asked_at), -3)
    old = bring(world, asked, issued_on=oldest - DAY)
    answer = refusal(check, world, old)
    assert str(oldest) in said(answer)
    assert "Inbjudan, avsnitt 4.2" in said(answer)
    assert not ProofCheck.objects.exists()
    check(world, bring(world, asked, issued_on=oldest))
    assert line(asked, 1).state == S.ACCEPTED
    assert ProofPaper.objects.count() == 2


@given(counted_on=st.dates(date(2020, 1, 1), date(2040, 12, 31)), months=st.integers(1, 36))
def test_a_proof_is_young_enough_from_one_day_on_and_never_later_than_that_many_months(counted_on, months):
    proof = Proof(counted_on=counted_on, max_months=months)
    assert proof.oldest_on is not None
    assert proof.oldest_on < counted_on
    assert not proof.is_too_old(proof.oldest_on)
    assert proof.is_too_old(proof.oldest_on - DAY)
    assert months_later(proof.oldest_on, months) >= counted_on
    assert months_later(proof.oldest_on - DAY, months) <= counted_on


def test_where_the_documents_set_no_limit_a_person_judges():
    assert Proof(counted_on=date(2026, 6, 1)).oldest_on is None
    assert not Proof(counted_on=date(2026, 6, 1)).is_too_old(date(1999, 1, 1))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"data": None}, "file"),
        ({"data": b""}, "file"),
        ({"data": b"MZ", "file_name": "intyg.exe"}, "file"),
        ({"source": " "}, "source"),
        ({"issued_on": date(2099, 1, 1)}, "issued_on"),
    ],
)
def test_a_proof_needs_its_file_who_issued_it_and_a_day_that_has_been(changes, field):
    world = make_outcome()
    asked = ask_proof(world)
    assert refusal(bring, world, asked, **changes).mend == field
    assert not ProofPaper.objects.exists()
    assert not DiaryDocument.objects.filter(subject__startswith="Bevis").exists()


def test_a_register_may_answer_in_words_but_never_with_nothing():
    world = make_outcome()
    asked = ask_proof(world)
    assert refusal(fetch, world, asked, note=" ").mend == "note"
    paper = fetch(world, asked)
    assert (paper.is_fetched, paper.brought_by, paper.document.file) == (True, world.case.officer, None)


def test_what_the_authority_fetches_nobody_hands_in():
    world = make_outcome()
    asked = ask_proof(world)
    answer = refusal(bring, world, asked, 3)
    assert (said(answer), answer.source) == ("The authority fetches this itself from Bolagsverket.", "LOU 15 kap. 5 §")


@pytest.mark.parametrize(
    "changes",
    [
        {"wanted": []},
        {"number": 2},
        {"wanted": [TAX], "age_source": " "},
        {"answer_by": "past"},
        {"by": "evaluator"},
    ],
)
def test_proof_is_asked_of_the_next_bid_alone_by_the_officer_with_a_time_ahead(changes):
    world = make_outcome()
    at = world.opened_at + 4 * DAY
    from rodatraden.evaluation.actions import ask_for_proof  # noqa: PLC0415 -- only here

    given_ = {
        "wanted": [TAX],
        "question": "Visa.",
        "answer_by": at + DAY,
        "counted_on": local_date(at),
        "age_source": "4.2",
        "by": world.case.officer,
        "number": 1,
    } | changes
    number = given_.pop("number")
    if given_["by"] == "evaluator":
        given_["by"] = world.case.evaluators[0]
    if given_["answer_by"] == "past":
        given_["answer_by"] = at
    with pytest.raises(RefusedError):
        ask_for_proof(tender=world.fresh_tender(), bid=world.bids[number - 1], at=at, **given_)
    assert not Inquiry.objects.exists()
    assert not Proof.objects.exists()
    assert not OutboxMail.objects.filter(subject__startswith="Bevis").exists()


def test_proof_is_not_asked_for_before_the_freeze_nor_after_the_decision():
    world = make_opened()
    assert not rules.may_ask_for_proof(world.case.officer, world.procurement)
    with pytest.raises(RefusedError):
        ask_proof(world)
    awarded = make_awarded()
    answer = rules.may_ask_for_proof(awarded.case.officer, awarded.procurement)
    assert said(answer) == "There is nobody to ask: the award is decided, or no single bid is next."
    with pytest.raises(RefusedError):
        ask_proof(awarded, at=awarded.opened_at + 10 * DAY)
