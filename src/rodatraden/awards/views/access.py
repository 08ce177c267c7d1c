"""Requests for documents: the public form and the requester's page without account; the officials' answers and masked copies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from rodatraden.awards import actions, queries, rules
from rodatraden.awards.documents import rights_of
from rodatraden.awards.forms import AnswerRequestForm, AskDocumentsForm, MaskForm
from rodatraden.awards.views.loading import case_of
from rodatraden.bids.rules import may_see_bids
from rodatraden.core.calendars import Unknown
from rodatraden.core.instants import local_date
from rodatraden.parties.models import Person
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.rules import may_let_out
from rodatraden.records.actions import carry_out
from rodatraden.records.handing_out import hand_out
from rodatraden.records.queries import mark_scans
from rodatraden.tenders.queries import open_to_all
from rodatraden.ui import links
from rodatraden.ui.forms import VerbForm
from rodatraden.ui.policy import Request, asks_for_code, by_link, public, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from rodatraden.procurements.models import Procurement
    from rodatraden.records.models import AccessAnswer, AccessRequest, StoredFile

REQUEST = links.Link(
    "awards:request_code",
    "awards:own_request",
    queries.request_by,
    title=_("Your request for documents"),
    about=_("Write the code that you got when you asked for the documents."),
    lost=_(
        "Nobody can find your code again, since nobody knows who asked. If you have lost it, ask for the documents once more."
    ),
)
request_code = asks_for_code(REQUEST)


@public
def ask_documents(request: Request, tender_id: UUID) -> HttpResponse:
    """Ask for documents without an account; nobody asks who you are or why (INV-27)."""
    tender = get_object_or_404(open_to_all(), pk=tender_id)
    form = AskDocumentsForm(request.POST or None)
    if form.is_valid():
        # The code follows from the form's own random number, so that a form that is sent twice leads to one page.
        token = links.code_from("awards.request", form.idempotency_key)
        if carry_out(
            form=form,
            purpose=f"awards.ask_documents {tender.pk}",
            verb=lambda: actions.ask_for_documents(
                tender=tender, wanted=form.cleaned_data["wanted"], token=token, by=None, at=request.now
            ),
            by=None,
            at=request.now,
        ):
            return _let_in(request, token)
    context = {"tender": tender, "form": form, "may_ask": rules.may_ask_for_documents(tender)}
    return render(request, "awards/ask_documents.html", context, status=form.status)


def _let_in(request: Request, code: str) -> HttpResponse:
    """Lead who has asked to their request: this browser knows its code, and no address holds it."""
    asked = queries.request_by(code)
    if asked is None:
        raise Http404
    response = redirect("awards:own_request", asked.pk)
    links.give(response, request, REQUEST, asked.pk, code)
    return response


@by_link(REQUEST)
def own_request(request: Request, asked: AccessRequest) -> HttpResponse:
    """Show a request to whoever has its code: whether it is answered, what was handed out, and how to go on."""
    form = VerbForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.ask_decision {asked.pk}",
        verb=lambda: actions.ask_for_decision(asked=asked, by=None, at=request.now),
        by=None,
        at=request.now,
    ):
        return redirect("awards:own_request", asked.pk)
    answers = list(asked.answers.all())
    _mark(answers)
    context = {
        "asked": asked,
        "link": request.build_absolute_uri(REQUEST.to(links.code_held(request, REQUEST, asked.pk))),
        "procurement": asked.case.procurement,
        "answers": [(answer, rights_of(answer)) for answer in answers],
        "may_ask_decision": bool(answers) and answers[-1].outcome != "all" and asked.decision_asked_at is None,
        "is_decided": any(answer.is_decision for answer in answers),
        "form": form,
        **_age(asked, request),
    }
    return render(request, "awards/own_request.html", context, status=form.status)


@by_link(REQUEST)
def own_file(request: Request, asked: AccessRequest, file_id: UUID) -> HttpResponseBase:
    """Hand out a file to whoever has the code of the request that it was handed out on."""
    handed = [each for answer in asked.answers.all() for each in answer.handed_out.all()]
    found = next((each.file for each in handed if each.file_id == file_id), None)
    if found is None:
        raise Http404
    return _file(request, found, asked.case.procurement)


@signed_in
def access_requests(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show the requests for documents of a case, those that wait first with their age, and the masked copies."""
    person, procurement = case_of(request, procurement_id)
    mine = queries.requests_visible_to(person).filter(case=procurement.diary_case_id)
    waits = {each.pk for each in queries.waiting(mine)}
    found = list(mine)
    copies = list(queries.copies_visible_to(person).filter(document__case=procurement.diary_case_id))
    mark_scans(copy.file for copy in copies)
    context = {
        "procurement": procurement,
        "waiting": [(each, _age(each, request)) for each in found if each.pk in waits],
        "answered": [each for each in found if each.pk not in waits],
        "claims": [
            (each, queries.assessment_of(each))
            for each in queries.claims_visible_to(person).filter(document__case=procurement.diary_case_id)
        ]
        if may_see_bids(person, procurement)
        else [],
        "copies": copies,
        "may_answer": rules.may_answer_requests(person, procurement),
    }
    return render(request, "awards/access_requests.html", context)


@signed_in
def access_request(request: Request, request_id: UUID) -> HttpResponse:
    """Answer a request for documents: what is handed out, and by which provision the rest is not."""
    person = signed_in_person(request)
    asked = get_object_or_404(queries.requests_visible_to(person), pk=request_id)
    procurement = asked.case.procurement
    may = rules.may_answer_requests(person, procurement)
    waits = queries.waiting(queries.requests_visible_to(person)).filter(pk=asked.pk).exists()
    form = AnswerRequestForm(request.POST or None, pieces=queries.pieces_for(person, procurement) if may else [])
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.answer_request {asked.pk}",
        verb=lambda: actions.answer_request(asked=asked, by=person, at=request.now, **form.stated()),
        by=person,
        at=request.now,
    ):
        return redirect("awards:access_request", asked.pk)
    _mark(asked.answers.all())
    context = {
        "asked": asked,
        "procurement": procurement,
        "answers": [(answer, rights_of(answer)) for answer in asked.answers.all()],
        "waits": waits,
        "form": form,
        "may": may,
        **_age(asked, request),
    }
    return render(request, "awards/access_request.html", context, status=form.status)


@signed_in
def mask(request: Request, procurement_id: UUID) -> HttpResponse:
    """Make a masked copy of a file, in which what is hidden is really gone."""
    person, procurement = case_of(request, procurement_id)
    may = rules.may_answer_requests(person, procurement)
    form = MaskForm(
        request.POST or None, request.FILES or None, pieces=queries.pieces_for(person, procurement) if may else []
    )
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.mask {procurement.pk}",
        verb=lambda: actions.make_masked_copy(tender=procurement.tender, by=person, at=request.now, **form.stated()),
        by=person,
        at=request.now,
    ):
        return redirect("awards:access_requests", procurement.pk)
    context = {"procurement": procurement, "form": form, "may": may}
    return render(request, "awards/mask.html", context, status=form.status)


@signed_in
def masked_copy(request: Request, copy_id: UUID) -> HttpResponseBase:
    """Hand out a masked copy to the team, to look at before it leaves."""
    person = signed_in_person(request)
    copy = get_object_or_404(queries.copies_visible_to(person), pk=copy_id)
    return _file(request, copy.file, copy.document.case.procurement)


def _mark(answers: Iterable[AccessAnswer]) -> None:
    """Read what a scanner said of the files that answers handed out."""
    mark_scans(each.file for answer in answers for each in answer.handed_out.all())


def _age(asked: AccessRequest, request: Request) -> dict[str, object]:
    """Return how old a request is in days, and by which day it is answered."""
    country = asked.case.procurement.country
    counted = queries.due_on(asked, country)
    since = local_date(asked.decision_asked_at or asked.asked_at, country)
    today = local_date(request.now, country)
    return {
        "days": (today - since).days,
        "due": None if isinstance(counted.value, Unknown) else counted.value,
        "is_late": not isinstance(counted.value, Unknown) and counted.value < today,
        "paragraph": counted.steps[0].paragraph if counted.steps else "",
    }


def _file(request: Request, stored: StoredFile, procurement: Procurement) -> HttpResponseBase:
    person = request.user if isinstance(request.user, Person) else None
    may = partial(may_let_out, person, procurement)
    response = hand_out(request, stored, stored.name, may_let_out=may, case=procurement.pk)
    response["Referrer-Policy"] = "same-origin"  # the secret is told to nobody else; without it no form could be sent
    return response
