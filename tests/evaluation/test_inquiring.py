"""Questions to bidders: nothing in a bid changes by them, nobody is put out without one, and each reader sees their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import serializers
from django.db import IntegrityError, transaction
from django.urls import reverse

from rodatraden.awards.queries import intended_winner
from rodatraden.bids.models import Assignment, Bid, BidPrice, NamedPerson, Promise, RequirementAnswer
from rodatraden.core.answer import RefusedError
from rodatraden.evaluation.actions import answer_inquiry, ask_bidders, assess_inquiry, freeze_outcome, lock_quality
from rodatraden.evaluation.models import Inquiry
from rodatraden.evaluation.queries import evaluation_bids, open_tasks, tasks_as_bidder
from rodatraden.procurements.queries import visible_to as cases_of
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from tests.factories.bids import open_prices
from tests.factories.evaluation import check_all, judge_all, make_opened, make_outcome
from tests.factories.parties import make_person

pytestmark = pytest.mark.django_db

P, C = Inquiry.Purpose, Inquiry.Conclusion
HOUR = timedelta(hours=1)


def ask(world, numbers=(1,), purpose=P.CLARIFICATION, *, at=None, by=None, **changes):
    at = at or world.opened_at
    return ask_bidders(
        tender=world.fresh_tender(),
        bids=[bid for bid in world.bids if bid.number in numbers],
        by=by or world.case.officer,
        at=at,
        **{
            "purpose": purpose,
            "question": "Vilken månad slutade uppdraget?",
            "basis": "Uppgiften finns i cv:t, men månaden är oläslig.",
            "answer_by": at + 48 * HOUR,
            "why_alone": "De andra har skrivit månaden.",
        }
        | changes,
    )


def bidder(world, number=1):
    return world.bids[number - 1].submission.submitted_by


def with_prices():
    """A world with its quality locked, its prices open and its outcome not frozen yet."""
    world = make_opened()
    check_all(world)
    judge_all(world)
    at = world.opened_at + timedelta(days=3)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    open_prices(world.case, world.fresh_tender(), at=at)
    return world, at + HOUR


def what_bids_hold():
    """Every row of what was offered, as it stands."""
    models = (Bid, BidPrice, RequirementAnswer, Promise, NamedPerson, Assignment)
    return [serializers.serialize("json", model.objects.order_by("pk")) for model in models]


def test_inv_16_a_clarification_never_changes_the_bid_its_price_or_its_person():
    world, at = with_prices()
    before, counted = what_bids_hold(), evaluation_bids(world.fresh_tender())
    (inquiry,) = ask(world, at=at)
    answer_inquiry(inquiry=inquiry, answer="Priset är 1 krona och konsulten är en annan.", by=bidder(world), at=at)
    assess_inquiry(inquiry=inquiry, conclusion=C.ACCEPTED, reason="Framgår.", by=world.case.officer, at=at + HOUR)
    assert what_bids_hold() == before
    assert evaluation_bids(world.fresh_tender()) == counted


def test_inv_16_what_one_may_clarify_the_others_may_too_or_it_is_said_why_not():
    world = make_opened()
    with pytest.raises(RefusedError) as refused:
        ask(world, (1, 2), why_alone=" ")
    assert "the others may too" in str(refused.value)
    asked = ask(world, (1, 2, 3, 4), why_alone="")
    assert len(asked) == 4
    assert len({inquiry.alike for inquiry in asked}) == 1
    assert len({inquiry.answer_by for inquiry in asked}) == 1


def test_inv_17_no_bid_is_rejected_for_its_price_without_a_question_a_time_and_an_assessment():
    world, at = with_prices()
    (inquiry,) = ask(world, (4,), P.LOW_PRICE, at=at)
    with pytest.raises(RefusedError) as refused:
        assess_inquiry(inquiry=inquiry, conclusion=C.REJECTED, reason="För lågt", by=world.case.officer, at=at + HOUR)
    assert "has time to answer" in str(refused.value)
    assert evaluation_bids(world.fresh_tender())[3].not_qualified is None
    with pytest.raises(RefusedError):
        freeze_outcome(tender=world.fresh_tender(), by=world.case.officer, at=at + HOUR)
    late = at + 49 * HOUR
    with pytest.raises(RefusedError):
        assess_inquiry(inquiry=inquiry, conclusion=C.REJECTED, reason=" ", by=world.case.officer, at=late)
    assess_inquiry(inquiry=inquiry, conclusion=C.REJECTED, reason="Inget svar.", by=world.case.officer, at=late)
    frozen = freeze_outcome(tender=world.fresh_tender(), by=world.case.officer, at=late)
    assert "Ett pris som verkar för lågt: Inget svar." in frozen.inputs
    assert frozen.winner == world.bids[0]


def test_inv_17_a_price_is_not_asked_about_before_the_prices_are_open():
    world = make_opened()
    with pytest.raises(RefusedError):
        ask(world, purpose=P.LOW_PRICE)
    assert not Inquiry.objects.exists()


def test_inv_18_nobody_is_excluded_without_having_had_a_set_time_to_comment():
    world = make_opened()
    (inquiry,) = ask(world, (2,), P.EXCLUSION)
    before = world.opened_at + 47 * HOUR
    with pytest.raises(RefusedError):
        assess_inquiry(inquiry=inquiry, conclusion=C.REJECTED, reason="Skuld", by=world.case.officer, at=before)
    answer_inquiry(inquiry=inquiry, answer="Skulden är betald.", by=bidder(world, 2), at=before)
    assess_inquiry(inquiry=inquiry, conclusion=C.REJECTED, reason="Skuld", by=world.case.officer, at=before + HOUR)
    judge_all(world)
    reasons = [bid.not_qualified for bid in evaluation_bids(world.fresh_tender())]
    assert [reason == "Uteslutning av leverantören: Skuld" for reason in reasons] == [False, True, False, False]


def test_a_clarification_rejects_nothing_neither_by_verb_nor_by_row():
    world = make_opened()
    (inquiry,) = ask(world)
    with pytest.raises(RefusedError):
        assess_inquiry(
            inquiry=inquiry, conclusion=C.REJECTED, reason="Nej", by=world.case.officer, at=world.opened_at + 49 * HOUR
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.filter(pk=inquiry.pk).update(conclusion=C.REJECTED, assessed_at=world.opened_at)


def test_an_answer_is_given_once_by_its_own_bidder_and_a_late_one_is_marked():
    world = make_opened()
    (inquiry,) = ask(world)
    for stranger in (bidder(world, 2), world.case.officer, make_person()):
        with pytest.raises(RefusedError):
            answer_inquiry(inquiry=inquiry, answer="Maj.", by=stranger, at=world.opened_at)
    with pytest.raises(RefusedError):
        answer_inquiry(inquiry=inquiry, answer=" ", by=bidder(world), at=world.opened_at)
    late = answer_inquiry(inquiry=inquiry, answer="Maj.", by=bidder(world), at=world.opened_at + 50 * HOUR)
    assert late.answered_at > late.answer_by
    with pytest.raises(RefusedError):
        answer_inquiry(inquiry=inquiry, answer="Juni.", by=bidder(world), at=world.opened_at + 51 * HOUR)
    assert Inquiry.objects.get().answer == "Maj."


@pytest.mark.parametrize(
    "changes", [{"question": " "}, {"basis": ""}, {"answer_by": "past"}, {"numbers": ()}, {"by": "evaluator"}]
)
def test_a_question_needs_its_officer_its_reason_and_a_time_ahead(changes):
    world = make_opened()
    if "answer_by" in changes:
        changes = {"answer_by": world.opened_at}
    if "by" in changes:
        changes = {"by": world.case.evaluators[0]}
    with pytest.raises(RefusedError):
        ask(world, **changes)
    assert not Inquiry.objects.exists()
    assert not OutboxMail.objects.filter(subject__contains="fråga").exists()


def test_when_the_outcome_is_frozen_only_the_intended_winner_is_asked_and_never_about_its_price():
    world = make_outcome()
    at = world.opened_at + timedelta(days=5)
    for numbers, purpose in (((2,), P.CLARIFICATION), ((1, 2), P.EXCLUSION), ((1,), P.LOW_PRICE)):
        with pytest.raises(RefusedError):
            ask(world, numbers, purpose, at=at)
    (asked,) = ask(world, (1,), P.EXCLUSION, at=at)
    assert asked.bid == world.bids[0]


def test_inv_18_a_supplier_that_is_excluded_after_the_freeze_has_been_heard_and_the_next_bid_comes_in_its_place():
    world = make_outcome()
    at = world.opened_at + timedelta(days=5)
    (asked,) = ask(world, (1,), P.EXCLUSION, at=at)
    with pytest.raises(RefusedError) as refused:
        intended_winner(world.fresh_tender())
    assert "is not assessed" in str(refused.value)
    with pytest.raises(RefusedError):
        assess_inquiry(inquiry=asked, conclusion=C.REJECTED, reason="Dom", by=world.case.officer, at=at + HOUR)
    assess_inquiry(inquiry=asked, conclusion=C.REJECTED, reason="Dom", by=world.case.officer, at=at + 49 * HOUR)
    assert intended_winner(world.fresh_tender()) != world.bids[0]


def test_the_bidder_is_written_to_and_diary_log_and_mail_tell_nobody_else_whose_it_is():
    world = make_opened()
    (inquiry,) = ask(world, (3,))
    name = world.bids[2].supplier.name
    mail = OutboxMail.objects.get(to=world.bids[2].address, subject__contains="fråga om ditt anbud")
    assert reverse("evaluation:answer", args=[inquiry.pk]) in mail.text
    assert inquiry.question not in mail.text
    document = DiaryDocument.objects.get(subject="Fråga om anbud 3")
    assert (document.counterparty, document.secrecy_note) == ("", "OSL 19 kap. 3 §")
    body = LedgerBody.objects.get(event="bidders_asked")
    assert not [
        each for each in (name, str(world.bids[2].pk), inquiry.question) if each in body.what + str(body.object_id)
    ]


def test_who_reads_a_question_by_role_and_state(client):
    world, at = with_prices()
    (clarified,) = ask(world, (1,), at=at)
    (low,) = ask(world, (1,), P.LOW_PRICE, at=at, question="Varför är priset så lågt?")
    people = {
        "officer": world.case.officer,
        "evaluator": world.case.evaluators[0],
        "opener": world.case.openers[0],
        "bidder": bidder(world),
        "other": bidder(world, 2),
        "outsider": make_person(),
    }
    found = {}
    for name, person in people.items():
        client.force_login(person)
        pages = [
            reverse("evaluation:inquiries", args=[world.procurement.pk]),
            reverse("evaluation:assess", args=[clarified.pk]),
            reverse("evaluation:assess", args=[low.pk]),
            reverse("evaluation:answer", args=[clarified.pk]),
        ]
        found[name] = [client.get(page).status_code for page in pages]
    assert found == {
        "officer": [200, 200, 200, 404],
        "evaluator": [200, 200, 200, 404],
        "opener": [403, 403, 200, 404],
        "bidder": [404, 404, 404, 200],
        "other": [404] * 4,
        "outsider": [404] * 4,
    }


def test_inv_13_an_evaluator_sees_no_question_about_a_price_before_the_prices_are_open(client):
    world = make_opened()
    ask(world)
    Inquiry.objects.create(
        bid=world.bids[1],
        purpose=P.LOW_PRICE,
        question="Varför 790 kronor?",
        basis="-",
        answer_by=world.opened_at,
        asked_at=world.opened_at,
        asked_by=world.case.officer,
    )
    client.force_login(world.case.evaluators[0])
    shown = client.get(reverse("evaluation:inquiries", args=[world.procurement.pk])).text
    assert "Vilken månad slutade uppdraget?" in shown
    assert "790" not in shown


def test_the_officer_asks_the_bidder_answers_and_the_officer_takes_a_stand_in_the_browser(client):
    world = make_opened()
    client.force_login(world.case.officer)
    page = reverse("evaluation:ask", args=[world.procurement.pk])
    sent = {
        "purpose": "clarification",
        "bids": [str(bid.pk) for bid in world.bids],
        "question": "Vilken månad & vilket år?",
        "basis": "Oläsligt.",
        "answer_by": "2031-06-01T12:00",
        "idempotency_key": "a",
    }
    assert "low_price" not in client.get(page).text
    wrong = client.post(page, sent | {"question": "", "idempotency_key": "z"})
    assert wrong.status_code == 422
    assert "Oläsligt." in wrong.text
    assert client.post(page, sent).url == reverse("evaluation:inquiries", args=[world.procurement.pk])
    inquiry = Inquiry.objects.get(bid=world.bids[0])
    assert [task.url_kwargs for task in tasks_as_bidder(bidder(world), inquiry.asked_at)] == [
        {"inquiry_id": inquiry.pk}
    ]
    client.force_login(bidder(world))
    answer = reverse("evaluation:answer", args=[inquiry.pk])
    assert "Vilken månad &amp; vilket år?" in client.get(answer).text
    assert "Oläsligt." not in client.get(answer).text
    client.post(answer, {"answer": "Maj 2024.", "idempotency_key": "b"})
    assert "Maj 2024." in client.get(answer).text
    client.force_login(world.case.officer)
    assess = reverse("evaluation:assess", args=[inquiry.pk])
    assert "Anbudet förkastas" not in client.get(assess).text
    client.post(assess, {"conclusion": "accepted", "reason": "Framgår.", "idempotency_key": "c"})
    inquiry.refresh_from_db()
    assert (inquiry.conclusion, inquiry.assessment) == ("accepted", "Framgår.")


def test_the_officer_is_told_when_there_is_something_to_take_a_stand_on():
    world = make_opened()
    (inquiry,) = ask(world)
    cases = list(cases_of(world.case.officer))

    def told(at):
        return [task.url_name for task in open_tasks(world.case.officer, at, cases) if task.kind == "evaluation.assess"]

    assert told(world.opened_at + HOUR) == []
    assert told(world.opened_at + 49 * HOUR) == ["evaluation:inquiries"]
    answer_inquiry(inquiry=inquiry, answer="Maj.", by=bidder(world), at=world.opened_at)
    assert told(world.opened_at + HOUR) == ["evaluation:inquiries"]
