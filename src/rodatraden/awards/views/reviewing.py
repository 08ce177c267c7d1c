"""Review cases: what came to the court, what it ordered for the time being, how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from rodatraden.awards import actions, queries, rules
from rodatraden.awards.forms import EndingForm, InterimForm, ReviewForm
from rodatraden.awards.models import ReviewCase
from rodatraden.awards.views.loading import loaded
from rodatraden.core.calendars import Unknown, extends
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import carry_out
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.parties.models import Person


@signed_in
def register_review(request: Request, procurement_id: UUID) -> HttpResponse:
    """Register a review case as the court has it."""
    person, tender = loaded(request, procurement_id)
    decided = queries.decision_of(tender)
    if decided is None:
        raise Http404
    decided.tender = tender
    form = ReviewForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.review {decided.pk}",
        verb=lambda: actions.register_review(decision=decided, by=person, at=request.now, **form.stated()),
        by=person,
        at=request.now,
    ):
        return redirect("awards:notices", procurement_id)
    context = {
        "procurement": tender.procurement,
        "form": form,
        "may": rules.may_register_review(person, decided),
    }
    return render(request, "awards/review_register.html", context, status=form.status)


@signed_in
def review(request: Request, review_id: UUID) -> HttpResponse:
    """Show a review case with what it means for a contract; register how it ended."""
    person, found = _found(request, review_id)
    form = EndingForm(request.POST or None)
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.end_review {found.pk}",
        verb=lambda: actions.end_review(
            review=found,
            decided_on=form.cleaned_data["decided_on"],
            ending=ReviewCase.Ending(form.cleaned_data["ending"]),
            by=person,
            at=request.now,
        ),
        by=person,
        at=request.now,
    ):
        return redirect("awards:review", found.pk)
    tender = found.decision.tender
    plain = rules.plain_standstill(tender).value
    context = {
        "procurement": tender.procurement,
        "review": found,
        "extends": not isinstance(plain, Unknown) and extends(found.counted, plain),
        "standstill": rules.computed_standstill(tender),
        "form": form,
        "may": rules.may_end_review(person, found),
    }
    return render(request, "awards/review.html", context, status=form.status)


@signed_in
def interim(request: Request, review_id: UUID) -> HttpResponse:
    """Register that the court has ordered something for the time being, or lifted it."""
    person, found = _found(request, review_id)
    form = InterimForm(request.POST or None, initial={"barred_on": found.barred_on, "lifted_on": found.lifted_on})
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"awards.interim {found.pk}",
        verb=lambda: actions.record_interim_order(review=found, by=person, at=request.now, **form.stated()),
        by=person,
        at=request.now,
    ):
        return redirect("awards:review", found.pk)
    context = {
        "procurement": found.decision.tender.procurement,
        "review": found,
        "form": form,
        "may": rules.may_end_review(person, found),
    }
    return render(request, "awards/review_interim.html", context, status=form.status)


def _found(request: Request, review_id: UUID) -> tuple[Person, ReviewCase]:
    person = signed_in_person(request)
    return person, get_object_or_404(queries.reviews_visible_to(person), pk=review_id)
