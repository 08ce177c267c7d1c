"""Proof from the intended winner: dated, checked by a named person, and nothing is awarded while any of it is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.awards.actions import decide_award, prepare_decision
from rodatraden.awards.documents import decision_paper
from rodatraden.awards.queries import has_next, intended_winner
from rodatraden.awards.views.deciding import queries as awards_queries
from rodatraden.core.answer import RefusedError
from rodatraden.core.calendars import months_later
from rodatraden.core.instants import local_date
from rodatraden.core.offer import Company, PartyRole, index_of, read_index
from rodatraden.evaluation import rules
from rodatraden.evaluation.actions import (
    answer_inquiry,
    ask_bidders,
    assess_inquiry,
    check_proof,
    fetch_proof,
    give_more_time,
    hand_in_proof,
    waive_proof,
)
from rodatraden.evaluation.models import Inquiry, Proof, ProofCheck, ProofPaper
from rodatraden.evaluation.queries import open_tasks, proofs_of, tasks_as_bidder, wanted_of, with_case_of_proof
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.queries import visible_to as cases_of
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from tests.factories.awards import award, make_awarded, prepare, revoke
from tests.factories.bids import pdf
from tests.factories.evaluation import CRIME, FETCHED, SUPPLIERS, TAX, ask_proof, make_opened, make_outcome
from tests.factories.parties import make_person

pytestmark = pytest.mark.django_db

V, S, C = ProofCheck.Verdict, Proof.State, Inquiry.Conclusion
DAY = timedelta(days=1)


def bidder(world, number=1):
    return world.bids[number - 1].submission.submitted_by


def line(asked, number):
    return with_case_of_proof(Proof.objects.filter(inquiry=asked)).get(number=number)


def bring(world, asked, number=1, *, at=None, issued_on=None, by=None, **changes):
    at = at or asked.asked_at + DAY
    return hand_in_proof(
        proof=line(asked, number),
        by=by or bidder(world),
        at=at,
        **{
            "issued_on": issued_on or local_date(at),
            "source": "Skatteverket",
            "note": "",
            "data": pdf(),
            "file_name": "intyg.pdf",
        }
        | changes,
    )


def fetch(world, asked, number=3, *, at=None, **changes):
    at = at or asked.asked_at + DAY
    return fetch_proof(
        proof=line(asked, number),
        by=world.case.officer,
        at=at,
        **{
            "issued_on": local_date(at),
            "source": "Bolagsverket",
            "note": "Ingen konkurs.",
            "data": None,
            "file_name": "",
        }
        | changes,
    )


def check(world, paper, verdict=V.ACCEPTED, *, at=None, reason="Inga skulder.", by=None):
    return check_proof(
        paper=paper, verdict=verdict, reason=reason, by=by or world.case.officer, at=at or paper.came_at + DAY
    )


def refusal(verb, *args, **more):
    with pytest.raises(RefusedError) as refused:
        verb(*args, **more)
    return refused.value.answer


def said(answer):
    return str(answer.reason)


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


def test_proposed_are_the_grounds_of_all_that_the_bid_relies_on_and_the_musts_that_wait_for_the_award():
    world = make_outcome()
    bid = world.bids[0]
    offer = replace(
        read_index(bid.index),
        companies=(
            Company(PartyRole.RELIED_UPON, "Stödbolaget AB"),
            Company(PartyRole.SUBCONTRACTOR, "Underhand AB"),
        ),
    )
    bid.index = index_of(offer)
    must = world.tender.requirements.filter(kind="must").order_by("number")[0]
    type(must).objects.filter(pk=must.pk).update(checked_when="before_award")
    found = wanted_of(bid)
    assert [(each.about, each.kind, each.is_proposed) for each in found] == [
        *((SUPPLIERS[0], kind, True) for kind in ("crime", "tax", "insolvency")),
        *(("Stödbolaget AB", kind, True) for kind in ("crime", "tax", "insolvency")),
        *(("Underhand AB", kind, False) for kind in ("crime", "tax", "insolvency")),
        (SUPPLIERS[0], "qualification", True),
    ]
    assert must.evidence in found[-1].what


def test_the_page_says_what_it_rests_on_in_each_procedure():
    world = make_outcome()
    procurement = world.procurement
    seen = {}
    for procedure in ("se-open", "se-below", "no-part-3", ""):
        procurement.procedure = procedure
        text, source = rules.what_proof_rests_on(procurement)
        seen[procedure] = (source, rules.is_proof_asked_by_law(procurement), "not been verified" in str(text))
    assert seen == {
        "se-open": ("LOU 15 kap. 4 §", True, False),
        "se-below": ("LOU 19 kap. 1 och 2 §§", False, False),
        "no-part-3": ("", False, True),
        "": ("", False, True),
    }


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


def test_the_decision_names_the_proof_it_rests_on():
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    check(world, bring(world, asked, source="Polisen"))
    decision = award(world, at=asked.asked_at + 3 * DAY)
    told = str(decision_paper(decision))
    assert [each in told for each in ("Utdrag ur belastningsregistret", "Polisen", world.case.officer.name)] == [
        True
    ] * 3


def test_the_officer_has_the_tasks_of_the_proof_in_a_constant_number_of_queries():
    world = make_outcome()
    officer = world.case.officer

    def told():
        cases = list(cases_of(officer))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = [task.url_name for task in open_tasks(officer, world.opened_at + 5 * DAY, cases)]
        return found, len(queries)

    first, n = told()
    assert first == ["evaluation:ask_proof"]
    asked = ask_proof(world, wanted=[CRIME, TAX])
    assert told()[0] == []
    papers = [bring(world, asked, number) for number in (1, 2)]
    second, m = told()
    assert second == ["evaluation:proofs"]
    assert m <= n + 2
    for paper in papers:
        check(world, paper)
    assert told()[0] == []


def test_the_list_asks_as_few_questions_of_the_database_with_many_proofs_as_with_one():
    world = make_outcome()
    ask_proof(world, wanted=[CRIME])
    tender = world.fresh_tender()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            for inquiry in proofs_of(tender):
                [(proof.state, proof.paper) for proof in inquiry.proofs.all()]
        return len(queries)

    few = asked()
    more = ask_proof(world, wanted=[CRIME] * 30)
    for number in range(1, 31):
        check(world, bring(world, more, number))
    assert asked() <= few + 2


def test_the_officer_asks_the_bidder_hands_in_and_the_officer_accepts_on_their_pages(client):
    world = make_outcome()
    client.force_login(world.case.officer)
    page = reverse("evaluation:ask_proof", args=[world.procurement.pk])
    sent = {f"how_{n}": "not" for n in range(3)} | {
        "how_0": "bidder",
        "months_0": "3",
        "how_1": "register",
        "counted_from": "asked",
        "age_source": "Inbjudan 4.2",
        "question": "Visa & skicka.",
        "answer_by": "2031-06-01T12:00",
        "idempotency_key": "a",
    }
    assert "Bolagsverket" in client.get(page).text
    wrong = client.post(page, sent | {"age_source": "", "idempotency_key": "z"})
    assert wrong.status_code == 422
    assert "Visa &amp; skicka." in wrong.text
    assert client.post(page, sent).url == reverse("evaluation:proofs", args=[world.procurement.pk])
    crime, tax = Proof.objects.order_by("number")
    assert (crime.register, crime.max_months, tax.register, tax.age_source) == ("", 3, "Skatteverket", "")

    decision = reverse("awards:decision", args=[world.procurement.pk])
    assert reverse("evaluation:proof", args=[crime.pk]) in client.get(decision).text

    client.force_login(bidder(world))
    own = reverse("evaluation:prove", args=[crime.inquiry_id])
    hand_in = reverse("evaluation:hand_in", args=[crime.pk])
    assert hand_in in client.get(own).text
    assert reverse("evaluation:hand_in", args=[tax.pk]) not in client.get(own).text
    today = crime.counted_on.isoformat()
    typed = {"issued_on": today, "source": "Polisen", "note": "", "idempotency_key": "b"}
    assert client.post(hand_in, typed).status_code == 422
    file = SimpleUploadedFile("utdrag.pdf", pdf(), content_type="application/pdf")
    assert client.post(hand_in, typed | {"file": file, "idempotency_key": "c"}).url == own
    paper = ProofPaper.objects.get()
    assert "utdrag.pdf" in client.get(own).text
    answer = client.get(reverse("evaluation:proof_file", args=[paper.pk]))
    assert (b"".join(answer.streaming_content), answer["Content-Type"]) == (pdf(), "application/octet-stream")

    client.force_login(world.case.officer)
    one = reverse("evaluation:proof", args=[crime.pk])
    assert "utdrag.pdf" in client.get(one).text
    assert client.post(one, {"verdict": "accepted", "reason": "", "idempotency_key": "d"}).status_code == 422
    client.post(one, {"verdict": "accepted", "reason": "Ingen dom.", "idempotency_key": "e"})
    register = reverse("evaluation:fetch_proof", args=[tax.pk])
    client.post(
        register,
        {"issued_on": today, "source": "Skatteverket", "note": "Inga skulder.", "idempotency_key": "f"},
    )
    client.post(
        reverse("evaluation:proof", args=[tax.pk]),
        {"verdict": "accepted", "reason": "Inga skulder.", "idempotency_key": "g"},
    )
    assert [line(crime.inquiry, number).state for number in (1, 2)] == [S.ACCEPTED, S.ACCEPTED]
    assert awards_queries.has_next(world.fresh_tender())


def test_a_page_tells_what_can_be_done_when_something_is_wanting(client):
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME])
    Inquiry.objects.filter(pk=asked.pk).update(answer_by=asked.asked_at)
    client.force_login(world.case.officer)
    shown = client.get(reverse("evaluation:proofs", args=[world.procurement.pk])).text
    for name in ("evaluation:assess", "evaluation:more_time"):
        assert reverse(name, args=[asked.pk]) in shown
    assess = reverse("evaluation:assess", args=[asked.pk])
    client.post(assess, {"conclusion": "rejected", "reason": "Inget kom.", "idempotency_key": "a"})
    asked.refresh_from_db()
    assert asked.conclusion == "rejected"
    assert (
        client.post(
            reverse("evaluation:more_time", args=[asked.pk]),
            {"answer_by": "2031-06-01T12:00", "reason": "x", "idempotency_key": "b"},
        ).status_code
        == 422
    )


def test_what_is_not_asked_for_any_longer_or_late_is_said_on_the_bidders_page(client):
    world = make_outcome()
    asked = ask_proof(world, wanted=[CRIME, TAX])
    Inquiry.objects.filter(pk=asked.pk).update(answer_by=asked.asked_at)
    client.force_login(world.case.officer)
    waive = reverse("evaluation:waive_proof", args=[line(asked, 2).pk])
    assert client.post(waive, {"reason": "Vi har det.", "idempotency_key": "a"}).status_code == 302
    client.force_login(bidder(world))
    shown = client.get(reverse("evaluation:prove", args=[asked.pk])).text
    assert "Vi har det." in shown
    assert "Tiden har gått ut" in shown


def test_prepare_decision_is_refused_on_its_own_page_too(client):
    world = make_outcome()
    ask_proof(world, wanted=[CRIME])
    with pytest.raises(RefusedError):
        prepare_decision(
            tender=world.fresh_tender(),
            winner=world.bids[0],
            reasons="x",
            delegation="x",
            by=world.case.officer,
            at=world.opened_at + 5 * DAY,
        )
    client.force_login(world.case.officer)
    shown = client.get(reverse("awards:prepare", args=[world.procurement.pk])).text
    assert CRIME.what in shown
