from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.core.answer import RefusedError
from rodatraden.records.models import DiaryDocument, LedgerBody, OutboxMail
from rodatraden.tenders.actions import (
    answer_question,
    ask_question,
    confirm_subscription,
    end_subscription,
    follow_answers,
)
from rodatraden.tenders.actions.questions import MOST_QUESTIONS, MOST_REQUESTS
from rodatraden.tenders.models import Question
from rodatraden.tenders.queries import published_answers, subscription_by, subscription_link
from tests.factories.diary import filed
from tests.factories.links import link_in
from tests.factories.parties import make_person, make_supplier
from tests.factories.tenders import (
    ANNOUNCED_AT,
    DEADLINE,
    QUESTIONS_UNTIL,
    make_drafted,
    make_published,
)

pytestmark = pytest.mark.django_db
ASKED_AT = ANNOUNCED_AT + timedelta(days=1)
ANSWERED_AT = ANNOUNCED_AT + timedelta(days=2)
TOO_LATE = DEADLINE - timedelta(days=5)
SECRET = "Vi på Hemliga Konsulter AB undrar: räknas deltid?"


def ask(tender, *, text=SECRET, email="", at=ASKED_AT) -> Question:
    return ask_question(tender=tender, text=text, asker_email=email, by=None, at=at)


def answer(case, question, *, at=ANSWERED_AT, **more) -> Question:
    return answer_question(
        question=question,
        published_text="Räknas deltid?",
        answer="Ja, i kalenderdagar.",
        by=case.officer,
        at=at,
        **more,
    )


def follow(tender, address, *, begins=True):
    subscription = follow_answers(tender=tender, email=address, by=None, at=ASKED_AT)
    if begins:
        confirm_subscription(subscription=subscription, by=None, at=ASKED_AT)
    return subscription


def test_inv_30_question_and_answer_are_in_the_diary_and_neither_tells_who_asked():
    case, tender = make_published()
    question = ask(tender, email="asker@example.org")
    direction, sender, text = filed(case.procurement, "Fråga 1")
    assert (direction, sender) == ("received", "")
    assert SECRET in text
    assert filed(case.procurement, "Svar på fråga 1") is None
    answer(case, question)
    direction, receiver, text = filed(case.procurement, "Svar på fråga 1")
    assert (direction, receiver) == ("sent", "Alla")
    assert ("Räknas deltid?" in text, "Ja, i kalenderdagar." in text, "Hemliga Konsulter" in text) == (
        True,
        True,
        False,
    )
    for subject in ("Fråga 1", "Svar på fråga 1"):
        assert "asker@example.org" not in str(filed(case.procurement, subject))


def test_a_refused_question_is_not_in_the_diary():
    case, tender = make_published()
    with pytest.raises(RefusedError):
        ask(tender, text="  ")
    assert filed(case.procurement, "Fråga 1") is None


def test_inv_30_an_answer_reaches_everybody_at_one_instant():
    case, tender = make_published()
    follow(tender, "a@example.org")
    follow(tender, "b@example.org")
    question = ask(tender, email="asker@example.org")
    OutboxMail.objects.all().delete()
    assert list(published_answers(tender)) == []
    answer(case, question)
    mails = OutboxMail.objects.order_by("to")
    assert [mail.to for mail in mails] == ["a@example.org", "asker@example.org", "b@example.org"]
    assert {mail.written_at for mail in mails} == {ANSWERED_AT}
    assert [row.answered_at for row in published_answers(tender)] == [ANSWERED_AT]


def test_inv_30_nothing_tells_who_asked():
    case, tender = make_published()
    supplier = make_supplier("Hemliga Konsulter AB")
    asker = make_person("Asta Askare", organisation=supplier)
    follow(tender, "a@example.org")
    question = ask_question(tender=tender, text=SECRET, asker_email="asta@hemliga.example", by=asker, at=ASKED_AT)
    OutboxMail.objects.all().delete()
    answer(case, question)
    published = published_answers(tender).get()
    told = [
        published.published_text,
        published.answer,
        *OutboxMail.objects.filter(to="a@example.org").values_list("text", flat=True),
        *OutboxMail.objects.filter(to="a@example.org").values_list("subject", flat=True),
        *(
            f"{body.what} {body.by}"
            for body in LedgerBody.objects.filter(case=case.procurement.pk, event__startswith="question")
        ),
    ]
    for sign in ("Hemliga", "Asta", "asta@", str(asker.pk), str(supplier.pk)):
        assert [text for text in told if sign in text] == []
    assert published.get_deferred_fields() >= {"text", "asker_email"}


def test_an_asker_who_follows_gets_one_mail():
    case, tender = make_published()
    follow(tender, "asker@example.org")
    question = ask(tender, email="Asker@example.org")
    OutboxMail.objects.all().delete()
    answer(case, question)
    assert [mail.to for mail in OutboxMail.objects.all()] == ["asker@example.org"]


@pytest.mark.parametrize(("text", "match"), [("  ", "Write"), ("x" * 4001, "Shorten")])
def test_an_empty_or_endless_question_is_refused(text, match):
    _case, tender = make_published()
    with pytest.raises(RefusedError, match=match):
        ask(tender, text=text)


def test_questions_come_between_publication_and_the_last_time_for_them():
    _case, tender = make_drafted()
    with pytest.raises(RefusedError, match="not published"):
        ask(tender)
    _case, tender = make_published()
    ask(tender, at=QUESTIONS_UNTIL - timedelta(seconds=1))
    with pytest.raises(RefusedError, match="ended"):
        ask(tender, at=QUESTIONS_UNTIL)


def test_a_flood_of_questions_is_stopped_for_an_hour():
    _case, tender = make_published()
    for number in range(MOST_QUESTIONS):
        ask(tender, text=f"Fråga {number}")
    with pytest.raises(RefusedError, match="at once"):
        ask(tender)
    ask(tender, at=ASKED_AT + timedelta(hours=1, seconds=1))
    assert Question.objects.count() == MOST_QUESTIONS + 1


def test_a_question_is_answered_once_with_both_texts():
    case, tender = make_published()
    question = ask(tender)
    with pytest.raises(RefusedError, match="both"):
        answer_question(question=question, published_text=" ", answer="Ja", by=case.officer, at=ANSWERED_AT)
    with pytest.raises(RefusedError, match="officer"):
        answer_question(question=question, published_text="X", answer="Ja", by=case.need_owner, at=ANSWERED_AT)
    answer(case, question)
    with pytest.raises(RefusedError, match="has been answered"):
        answer(case, question)


def test_inv_30_a_question_that_a_colleague_has_answered_meanwhile_gets_no_other_answer():
    case, tender = make_published()
    asked = ask(tender, email="fragar@foretag.example")
    one, other = (Question.objects.select_related("tender__procurement").get(pk=asked.pk) for _ in range(2))
    answer(case, one)
    letters = OutboxMail.objects.count()
    with pytest.raises(RefusedError, match="has been answered"):
        answer_question(question=other, published_text="Räknas deltid?", answer="Nej.", by=case.officer, at=ANSWERED_AT)
    assert Question.objects.get(pk=asked.pk).answer == "Ja, i kalenderdagar."
    assert OutboxMail.objects.count() == letters
    assert DiaryDocument.objects.filter(subject="Svar på fråga 1").count() == 1


def test_a_late_answer_extends_or_says_why_not():
    case, tender = make_published()
    first, second = ask(tender), ask(tender)
    with pytest.raises(RefusedError, match="extend the deadline"):
        answer(case, first, at=TOO_LATE)
    answer(case, first, at=TOO_LATE, late_reason="Ändrar inget i anbudet")
    first.refresh_from_db()
    tender.refresh_from_db()
    assert (first.late_reason, tender.deadline_at) == ("Ändrar inget i anbudet", DEADLINE)
    second.tender = tender
    answer(case, second, at=TOO_LATE, extend_to=DEADLINE + timedelta(days=7))
    tender.refresh_from_db()
    assert (tender.deadline_at, tender.snapshots.count()) == (DEADLINE + timedelta(days=7), 2)


def test_a_late_answer_that_can_not_extend_is_not_published():
    case, tender = make_published()
    question = ask(tender)
    with pytest.raises(RefusedError, match="later time"):
        answer(case, question, at=TOO_LATE, extend_to=DEADLINE)
    question.refresh_from_db()
    assert (question.answered_at, OutboxMail.objects.count()) == (None, 0)


def test_following_begins_with_the_link_and_ends_with_the_link():
    case, tender = make_published()
    subscription = follow(tender, " A@Example.org ", begins=False)
    mail = OutboxMail.objects.get()
    code = link_in(mail.text).partition("#")[2]
    assert (mail.to, subscription_by(code)) == ("a@example.org", subscription)
    assert f"skriver du: {code}" in mail.text
    assert subscription_by(code[:-1]) is None
    confirm_subscription(subscription=subscription, by=None, at=ASKED_AT)
    OutboxMail.objects.all().delete()
    answer(case, ask(tender))
    assert subscription_link(subscription) in OutboxMail.objects.get().text
    end_subscription(subscription=subscription, by=None, at=ANSWERED_AT)
    OutboxMail.objects.all().delete()
    answer(case, ask(tender))
    assert not OutboxMail.objects.exists()


def test_nobody_is_sent_a_heap_of_confirmations():
    _case, tender = make_published()
    for _ in range(MOST_REQUESTS):
        follow(tender, "a@example.org", begins=False)
    with pytest.raises(RefusedError, match="several mails"):
        follow(tender, "a@example.org", begins=False)


def test_who_follows_is_told_to_nobody():
    """Who reads the documents is nobody's business (INV-29), and would tell who bids (INV-02)."""
    _case, tender = make_published()
    subscription = follow(tender, "a@example.org")
    bodies = LedgerBody.objects.filter(object_id=subscription.pk)
    assert {(body.case, body.by, body.is_sealed) for body in bodies} == {(None, None, True)}
    assert [body for body in bodies if "example.org" in body.what] == []


def test_after_another_secret_of_the_installation_each_letter_has_a_link_that_works(settings):
    case, tender = make_published()
    subscription = follow(tender, "a@example.org")
    before = link_in(OutboxMail.objects.get().text).partition("#")[2]
    OutboxMail.objects.all().delete()
    settings.SECRET_KEY = "another"
    answer(case, ask(tender))
    code = link_in(OutboxMail.objects.get().text).partition("#")[2]
    assert code != before
    assert (subscription_by(code), subscription_by(before)) == (subscription, None)


def test_who_has_asked_twice_gets_one_letter():
    case, tender = make_published()
    for _ in range(2):
        follow(tender, "a@example.org")
    OutboxMail.objects.all().delete()
    answer(case, ask(tender))
    assert [mail.to for mail in OutboxMail.objects.all()] == ["a@example.org"]


def test_the_answers_are_read_at_once_however_many_they_are(client):
    case, tender = make_published()

    def cost(more: int) -> int:
        for number in range(more):
            answer(case, ask(tender, text=f"Fråga {number}"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("tenders:answers", args=[tender.pk])).status_code == 200
        return len(queries)

    assert cost(1) == cost(29)
