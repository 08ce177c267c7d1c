"""Pages of one who judges alone: what is left, the reading desk, handing in; and of the leader, who waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.forms import ConfirmForm, ScoreForm, WithoutForm, scale_in_words
from rodatraden.assessments.views.loading import item_of, loaded, take_effect
from rodatraden.core.answer import RefusedError, require
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.assessments.models import Item, Round

Role = rules.Role


@signed_in
def overview(request: Request, round_id: UUID) -> HttpResponse:
    """Show what is left for the person, and who has handed in; never what anybody else has written."""
    person, assessed = loaded(request, round_id)
    progress = queries.progress(person, assessed)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "criteria": [(each, scale_in_words(each)) for each in assessed.model.criteria.all()],
        "progress": progress,
        "next_item": next((each.item for each in progress if not each.is_complete), None),
        "n_left": sum(each.n_all - each.n_scored for each in progress),
        "panel": assessed.panel.all(),
        "waiting": [member for member in rules.assessors_of(assessed) if member.submitted_at is None],
        "own": rules.member_as(person, assessed, Role.ASSESSOR),
        "may_score": rules.may_score(person, assessed),
        "may_lead": rules.may_lead(person, assessed),
        "may_see_all": rules.may_see_all_scores(person, assessed),
    }
    return render(request, "assessments/round.html", context)


@signed_in
def score(request: Request, round_id: UUID, item_id: UUID) -> HttpResponse:
    """Read what is judged and write one's own points and reasons; a draft until it is handed in."""
    person, assessed = loaded(request, round_id)
    item = item_of(assessed, item_id)
    may_score = rules.may_score(person, assessed)
    own = {key[1]: each for key, each in queries.own_scores(person, assessed).items() if key[0] == item.pk}
    if not own:
        require(may_score)
    material = queries.material_of(item, person=person, at=request.now)
    form = ScoreForm(request.POST or None, criteria=list(assessed.model.criteria.all()), own=own)
    if form.is_valid():
        try:
            drafts = {criterion: actions.Draft(**written) for criterion, written in form.written().items()}
            actions.save_scores(item=item, drafts=drafts, by=person, at=request.now)
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, gettext("Saved. Only you can see it."))
            return redirect(_after_saving(request, assessed, item))
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "item": item,
        "others": assessed.items.all(),
        "form": form,
        "parts": [(part, queries.for_criterion(material, part.criterion)) for part in form.parts],
        "own": own,
        "may_score": may_score,
    }
    return render(request, "assessments/score.html", context, status=form.status)


@signed_in
def submit(request: Request, round_id: UUID) -> HttpResponse:
    """Look once more at all that one has written, then hand it in; it can't be changed after."""
    person, assessed = loaded(request, round_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            take_effect(
                request,
                form,
                f"assessments.submit {assessed.pk}",
                lambda: actions.submit_scores(assessed=assessed, by=person, at=request.now),
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            messages.success(request, gettext("Your scores are handed in."))
            return redirect("assessments:round", assessed.pk)
    require(rules.may_score(person, assessed))
    own = queries.own_scores(person, assessed)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "rows": [(item, each, own.get((item.pk, each.pk))) for item, each in queries.cells_of(assessed)],
        "n_left": len(queries.left_to_score(person, assessed)),
        "form": form,
    }
    return render(request, "assessments/submit.html", context, status=form.status)


@signed_in
def go_on_without(request: Request, round_id: UUID, member_id: UUID) -> HttpResponse:
    """Ask the leader why, then go on without an assessor."""
    person, assessed = loaded(request, round_id)
    member = next((each for each in assessed.panel.all() if each.pk == member_id), None)
    if member is None:
        raise Http404
    member.round = assessed
    form = WithoutForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            take_effect(
                request,
                form,
                f"assessments.without {member.pk}",
                lambda: actions.go_on_without(member=member, reason=reason, by=person, at=request.now),
            )
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("assessments:round", assessed.pk)
    require(rules.may_go_on_without(person, member))
    context = {"assessed": assessed, "procurement": assessed.case, "member": member, "form": form}
    return render(request, "assessments/without.html", context, status=form.status)


def _after_saving(request: Request, assessed: Round, item: Item) -> str:
    """Return the next item when it was asked for and there is one, else the overview."""
    later = [each for each in assessed.items.all() if each.number > item.number]
    if "next" in request.POST and later:
        return reverse("assessments:score", args=[assessed.pk, later[0].pk])
    return reverse("assessments:round", args=[assessed.pk])
