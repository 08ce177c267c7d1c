"""What is published is read, asked about and answered without an account."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from rodatraden.records.models import OutboxMail
from rodatraden.tenders.actions import (
    add_document,
    ask_question,
)
from rodatraden.tenders.models import Question
from rodatraden.ui.links import FIELD
from tests.factories.bids import pdf
from tests.factories.links import follow, link_in
from tests.factories.parties import START
from tests.factories.tenders import (
    DEADLINE,
    make_drafted,
    make_published,
)
from tests.tenders.pages import LATER, OPEN_PAGES, key, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def test_inv_29_what_is_published_is_read_without_an_account_and_without_a_trace(client):
    case, tender = make_drafted()
    document = add_document(tender=tender, title="Bilaga", data=pdf(), name="a.pdf", by=case.officer, at=START)
    pages = [*(url(name, tender.pk) for name in OPEN_PAGES), url("document", document.pk)]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    client.force_login(case.officer)
    client.post(url("publish", case.procurement.pk), {"sure": "on", **key()})
    client.logout()
    client.cookies.clear()
    for page in (url("answers", tender.pk), url("document", document.pk)):
        answer = client.get(page)
        assert (answer.status_code, b"".join(answer) != b"", "session" in answer.cookies) == (200, True, False)


def test_a_question_is_asked_without_an_account_and_only_once(client):
    _case, tender = make_published()
    sent = {"text": "Räknas deltid?", "email": "", **key()}
    for _ in range(2):
        assert client.post(url("ask", tender.pk), sent)["Location"] == url("answers", tender.pk)
    assert Question.objects.count() == 1
    assert client.post(url("ask", tender.pk), {"text": "", **key()}).status_code == 422
    wrong = client.post(url("ask", tender.pk), {"text": "Min fråga", "email": "fel", **key()})
    assert (wrong.status_code, "Min fråga" in wrong.content.decode()) == (422, True)


def test_inv_30_the_answer_is_published_without_the_words_that_tell_who_asked(client):
    case, tender = make_published()
    question = ask_question(tender=tender, text="Vi på Hemliga AB undrar", by=None, at=LATER, asker_email="h@h.example")
    client.force_login(case.officer)
    page = url("answer", case.procurement.pk, question.pk)
    shown = client.get(page).content.decode()
    assert ("Hemliga AB" in shown, "h@h.example" in shown) == (True, False)
    assert "h@h.example" not in client.get(url("questions", case.procurement.pk)).content.decode()
    client.post(page, {"published_text": "En leverantör undrar", "answer": "Ja"} | key())
    client.logout()
    public = client.get(url("answers", tender.pk)).content.decode()
    assert ("En leverantör undrar" in public, "Hemliga" in public, "h@h" in public) == (True, False, False)


def test_a_late_answer_asks_for_a_new_deadline_or_a_reason(client):
    case, tender = make_published()
    question = ask_question(tender=tender, text="Sent?", by=None, at=LATER)
    with time_machine.travel(DEADLINE - timedelta(days=3), tick=False):
        client.force_login(case.officer)
        page = url("answer", case.procurement.pk, question.pk)
        late = client.post(page, {"published_text": "Sent?", "answer": "Mitt svar"} | key())
        assert (late.status_code, "Mitt svar" in late.content.decode()) == (422, True)
        client.post(page, {"published_text": "Sent?", "answer": "Ja", "late_reason": "Ändrar inget"} | key())
    question.refresh_from_db()
    assert question.late_reason == "Ändrar inget"


def test_the_answers_are_followed_and_left_by_links(client):
    _case, tender = make_published()
    client.post(url("follow_answers", tender.pk), {"email": "a@example.org", **key()})
    link = link_in(OutboxMail.objects.get().text)
    subscription = tender.subscriptions.get()
    page = follow(client, link)
    assert page == url("subscription", subscription.pk)
    client.get(page)  # a mail program looks at the link by itself
    subscription.refresh_from_db()
    assert subscription.confirmed_at is None
    assert client.post(page)["Location"] == page
    subscription.refresh_from_db()
    assert subscription.confirmed_at == LATER
    assert "Svaren skickas till a@example.org" in client.get(page).text
    client.post(page, {"end": "1"})
    subscription.refresh_from_db()
    assert subscription.ended_at == LATER
    assert "Inga fler svar skickas till dig" in client.get(page).text
    assert client.post(url("subscription_code"), {FIELD: "fel"}).status_code == 422
    assert Client().post(page)["Location"] == url("subscription_code")


def test_nothing_of_a_draft_is_shown_to_the_public(client):
    _case, tender = make_drafted()
    for name in OPEN_PAGES:
        assert client.get(url(name, tender.pk)).status_code == 404
        assert client.post(url(name, tender.pk), {"text": "x", **key()}).status_code in {404, 405}
