"""Pages of questions: the officer's, and those that need no account."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rodatraden.core.answer import RefusedError
from rodatraden.parties.models import Person
from rodatraden.procurements.rules import may_let_out
from rodatraden.records.actions import once
from rodatraden.records.handing_out import hand_out
from rodatraden.tenders import actions, queries
from rodatraden.tenders.forms.publication import AnswerForm, AskForm, FollowForm
from rodatraden.tenders.rules import is_published, may_answer, may_ask, may_follow
from rodatraden.tenders.views.desk import Desk, at_desk
from rodatraden.ui import links
from rodatraden.ui.policy import Request, asks_for_code, by_link, may_stay, public, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from rodatraden.tenders.models import AnswerSubscription

SUBSCRIPTION = links.Link(
    "tenders:subscription_code",
    "tenders:subscription",
    queries.subscription_by,
    title=gettext_lazy("Answers by e-mail"),
    about=gettext_lazy("Write the code in one of the mails that you got."),
    lost=gettext_lazy("If you have no code, ask for the answers by e-mail once more, on the page of the questions."),
)
subscription_code = asks_for_code(SUBSCRIPTION)


@signed_in
@at_desk
def questions(request: Request, desk: Desk) -> HttpResponse:
    """Show the questions, those that wait first, never who asked."""
    rows = list(queries.questions(desk.tender))
    context = desk.context(
        waiting=[row for row in rows if row.answered_at is None],
        answered=[row for row in rows if row.answered_at],
        latest=queries.last_answer_at(desk.tender),
        source="LOU 12 kap. 11 §",
        is_published=is_published(desk.procurement),
    )
    return render(request, "tenders/questions.html", context)


@signed_in
@at_desk
def answer(request: Request, desk: Desk, question_id: UUID) -> HttpResponse:
    """Answer a question to everybody at once."""
    question = get_object_or_404(queries.questions(desk.tender), pk=question_id)
    question.tender = desk.tender
    form = AnswerForm(request.POST or None, question=question)
    if form.is_valid() and desk.carry_out(
        form,
        f"tenders.answer {question.pk}",
        lambda: actions.answer_question(question=question, by=desk.person, at=desk.at, **form.typed()),
    ):
        messages.success(request, _("The answer is published to everybody."))
        return redirect("tenders:questions", desk.procurement.pk)
    context = desk.context(
        form=form,
        question=question,
        may_answer=may_answer(desk.person, question, desk.at),
        latest=queries.last_answer_at(desk.tender),
    )
    return render(request, "tenders/answer.html", context, status=form.status)


@public
def answers(request: Request, tender_id: UUID) -> HttpResponse:
    """Show the answers to everybody; here one asks and follows."""
    tender = get_object_or_404(queries.open_to_all(), pk=tender_id)
    context = {
        "tender": tender,
        "answers": queries.published_answers(tender),
        "may_ask": may_ask(tender, request.now),
    }
    return render(request, "tenders/answers.html", context)


@may_stay
@public
def ask(request: Request, tender_id: UUID) -> HttpResponse:
    """Ask about the documents, without an account."""
    tender = get_object_or_404(queries.open_to_all(), pk=tender_id)
    form = AskForm(request.POST or None)
    if form.is_valid():
        try:
            once(
                key=form.idempotency_key,
                purpose=f"tenders.ask {tender.pk}",
                body=form.sent,
                effect=lambda: str(
                    actions.ask_question(
                        tender=tender,
                        text=form.cleaned_data["text"],
                        asker_email=form.cleaned_data["email"],
                        by=None,
                        at=request.now,
                    ).number
                ),
                by=None,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Your question has come. The answer is published here for everybody at once."))
            return redirect("tenders:answers", tender.pk)
    context = {"tender": tender, "form": form, "may_ask": may_ask(tender, request.now)}
    return render(request, "tenders/ask.html", context, status=form.status)


@public
def follow_answers(request: Request, tender_id: UUID) -> HttpResponse:
    """Ask for the answers by e-mail, without an account."""
    tender = get_object_or_404(queries.open_to_all(), pk=tender_id)
    form = FollowForm(request.POST or None)
    if form.is_valid():
        try:
            once(
                key=form.idempotency_key,
                purpose=f"tenders.follow {tender.pk}",
                body=form.sent,
                effect=lambda: str(
                    actions.follow_answers(tender=tender, email=form.cleaned_data["email"], by=None, at=request.now).pk
                ),
                by=None,
                at=request.now,
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Look in your mail, and follow the link there to begin."))
            return redirect("tenders:answers", tender.pk)
    context = {"tender": tender, "form": form, "may_follow": may_follow(tender)}
    return render(request, "tenders/follow.html", context, status=form.status)


@by_link(SUBSCRIPTION)
def subscription(request: Request, followed: AnswerSubscription) -> HttpResponse:
    """Begin to send the answers, or stop: each by a button, since mail programs follow links by themselves."""
    if request.method == "POST":
        verb = actions.end_subscription if "end" in request.POST else actions.confirm_subscription
        verb(subscription=followed, by=None, at=request.now)
        return redirect("tenders:subscription", followed.pk)
    return render(request, "tenders/subscription.html", {"subscription": followed})


@public
def document(request: Request, document_id: UUID) -> HttpResponseBase:
    """Give a file of the documents: to everybody once they are published, to the team before (INV-29)."""
    person = request.user if isinstance(request.user, Person) else None
    found = get_object_or_404(queries.readable_files(person), pk=document_id)
    procurement = found.tender.procurement
    may = partial(may_let_out, person, procurement)
    return hand_out(request, found.file, found.file.name, may_let_out=may, case=procurement.pk)
