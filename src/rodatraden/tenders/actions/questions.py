"""The verbs of questions and answers: ask, answer to all at once, follow by e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.calendars import answer_in_time
from rodatraden.core.codes import code_digest
from rodatraden.core.message import say
from rodatraden.records.actions import record_event, register_text, write_mail
from rodatraden.records.models import DiaryDocument
from rodatraden.tenders.actions.following import write_to_followers
from rodatraden.tenders.actions.holding import hold_documents
from rodatraden.tenders.actions.publication import move_deadline
from rodatraden.tenders.models import AnswerSubscription, DeadlineChange, Question, Tender
from rodatraden.tenders.queries import answers_page, code_of_subscription, recent_questions, subscription_link
from rodatraden.tenders.rules.access import may_answer, may_ask, may_follow
from rodatraden.tenders.rules.dates import procedure_of
from rodatraden.ui import links

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person

MOST_QUESTIONS = 30
"""Questions about one procurement within an hour; more comes from a machine. Source: policy."""
LONGEST_QUESTION = 4000
MOST_REQUESTS = 5
"""Unconfirmed subscriptions of one address; more mail than that is a nuisance. Source: policy."""


def ask_question(*, tender: Tender, text: str, by: Person | None, at: datetime, asker_email: str = "") -> Question:
    """Ask about published documents, without an account; who asks is not kept, here or in the log (INV-30).

    Raises:
        RefusedError: nothing can be asked now, the question is empty or too long, or too many came at once.
    """
    del by  # kept out of everything: the asker stays unseen also when signed in
    require(may_ask(tender, at))
    if not text.strip():
        raise RefusedError(no(say("Write your question.")))
    if len(text) > LONGEST_QUESTION:
        raise RefusedError(no(say("Shorten the question to at most {most} characters.", most=LONGEST_QUESTION)))
    if recent_questions(tender, at) >= MOST_QUESTIONS:
        raise RefusedError(no(say("Many questions have come at once. Try again in an hour.")))
    with transaction.atomic():
        Tender.objects.select_for_update(no_key=True).get(pk=tender.pk)  # one number at a time
        last = Question.objects.filter(tender=tender).aggregate(last=Max("number"))
        question = Question.objects.create(
            tender=tender,
            number=(last["last"] or 0) + 1,
            text=text.strip(),
            asked_at=at,
            asker_email=asker_email.strip(),
        )
        register_text(
            case=tender.procurement.diary_case,
            direction=DiaryDocument.Direction.RECEIVED,
            subject=gettext("Question %(number)d") % {"number": question.number},
            text=question.text,
            by=None,
            at=at,
        )
        record_event(
            "question_asked",
            of=question,
            by=None,
            at=at,
            case=tender.procurement_id,
            what={"number": question.number},
        )
    return question


def answer_question(
    *,
    question: Question,
    published_text: str,
    answer: str,
    by: Person,
    at: datetime,
    extend_to: datetime | None = None,
    late_reason: str = "",
) -> Question:
    """Answer a question to everybody at one instant; the question is published in the words given here.

    An answer later than the law's last day moves the deadline to `extend_to`, or says why the deadline stays
    (LOU 12 kap. 11 §, 11 kap. 8 §).

    Raises:
        RefusedError: `by` may not, a text is empty, or the answer is late and neither extends nor says why not.
    """
    with transaction.atomic():
        # What the caller has read may be a colleague's moment old, and answered since.
        tender = hold_documents(question.tender_id)
        question = Question.objects.get(pk=question.pk)
        question.tender = tender
        require(may_answer(by, question, at))
        if not published_text.strip() or not answer.strip():
            raise RefusedError(no(say("Write both the question, as everybody will read it, and the answer.")))
        late = _too_late(tender, at)
        if late and extend_to is None and not late_reason.strip():
            raise late
        question.published_text, question.answer = published_text.strip(), answer.strip()
        question.answered_by, question.answered_at = by, at
        question.late_reason = late_reason.strip() if late and extend_to is None else ""
        question.save()
        if extend_to is not None:
            move_deadline(
                tender=tender,
                which=DeadlineChange.Which.BIDS,
                new_at=extend_to,
                reason=gettext("Question %(number)d was answered late.") % {"number": question.number},
                by=by,
                at=at,
            )
        _send_answer(question, at=at)
        record_event(
            "question_answered",
            of=question,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"number": question.number, "is_late": bool(late), "late_reason": question.late_reason},
        )
    return question


def follow_answers(*, tender: Tender, email: str, by: Person | None, at: datetime) -> AnswerSubscription:
    """Ask to get the answers by e-mail, without an account; it begins when the link in the first mail is followed.

    Raises:
        RefusedError: the documents are not published, or the address has been sent many such mails already.
    """
    del by
    require(may_follow(tender))
    address = email.strip().lower()
    asked = AnswerSubscription.objects.filter(email=address, confirmed_at=None, ended_at=None)
    if asked.count() >= MOST_REQUESTS:
        raise RefusedError(
            no(say("This address has been sent several mails already. Look for them, also among the junk."))
        )
    with transaction.atomic():
        subscription = AnswerSubscription(tender=tender, email=address, asked_at=at)
        code = code_of_subscription(subscription)
        subscription.token_sha256 = code_digest(code)
        subscription.save(force_insert=True)
        write_mail(
            to=address,
            subject=gettext("Confirm that you follow %(title)s") % {"title": tender.procurement.title},
            text=gettext(
                "Somebody asked to send the answers in the procurement %(title)s to this address.\n\n"
                "Follow this link to begin: %(link)s\n\n%(code)s\n\nWas it not you? Then do nothing."
            )
            % {
                "title": tender.procurement.title,
                "link": subscription_link(subscription),
                "code": links.told(code),
            },
            by=None,
            at=at,
            case=None,
        )
        record_event("answers_follow_asked", of=subscription, by=None, at=at, is_sealed=True)
    return subscription


def confirm_subscription(*, subscription: AnswerSubscription, by: Person | None, at: datetime) -> AnswerSubscription:
    """Begin to send the answers to the address; the link in the mail was followed. Once more changes nothing."""
    del by
    if subscription.confirmed_at is None and subscription.ended_at is None:
        with transaction.atomic():
            subscription.confirmed_at = at
            subscription.save(update_fields=["confirmed_at"])
            record_event("answers_follow_confirmed", of=subscription, by=None, at=at, is_sealed=True)
    return subscription


def end_subscription(*, subscription: AnswerSubscription, by: Person | None, at: datetime) -> AnswerSubscription:
    """Stop sending the answers to the address. Once more changes nothing."""
    del by
    if subscription.ended_at is None:
        with transaction.atomic():
            subscription.ended_at = at
            subscription.save(update_fields=["ended_at"])
            record_event("answers_follow_ended", of=subscription, by=None, at=at, is_sealed=True)
    return subscription


def _too_late(tender: Tender, at: datetime) -> RefusedError | None:
    procedure = procedure_of(tender.procurement)
    if procedure is None or tender.deadline_at is None:
        return None
    answer = answer_in_time(answered_at=at, deadline_at=tender.deadline_at, procedure=procedure)
    return (
        None
        if answer
        else RefusedError(no(answer.reason or say("The answer is late."), mend="extend_to", source=answer.source))
    )


def _send_answer(question: Question, *, at: datetime) -> None:
    """Write the same answer to everybody who follows, and to the asker, in one transaction (INV-30); the diary has it once."""
    tender = question.tender
    text = gettext("Question %(number)d\n%(question)s\n\nAnswer\n%(answer)s\n\nAll answers: %(link)s") % {
        "number": question.number,
        "question": question.published_text,
        "answer": question.answer,
        "link": answers_page(tender),
    }
    subject = gettext("Answer to question %(number)d, %(title)s") % {
        "number": question.number,
        "title": tender.procurement.title,
    }
    register_text(
        case=tender.procurement.diary_case,
        direction=DiaryDocument.Direction.SENT,
        counterparty=gettext("Everybody"),
        subject=gettext("Answer to question %(number)d") % {"number": question.number},
        text=text,
        by=question.answered_by,
        at=at,
    )
    sent = write_to_followers(tender=tender, subject=subject, text=text, by=None, at=at)
    if question.asker_email and question.asker_email.lower() not in sent:
        write_mail(to=question.asker_email, subject=subject, text=text, by=None, at=at)
