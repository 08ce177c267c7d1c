"""Pages of a round: what is left, the reading desk, handing in, the consensus."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.forms import ConfirmForm, ConsensusForm, ScoreForm, WithoutForm, scale_in_words
from rodatraden.core.answer import RefusedError, require
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import once
from rodatraden.ui.drawing import SpreadPlot, spread_plot
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.assessments.models import Criterion, Item, PanelMember, Round
    from rodatraden.assessments.queries import Cell
    from rodatraden.parties.models import Person
    from rodatraden.ui.forms import RtForm

Role = rules.Role


@signed_in
def overview(request: Request, round_id: UUID) -> HttpResponse:
    """Show what is left for the person, and who has handed in; never what anybody else has written."""
    person, assessed = _loaded(request, round_id)
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
    person, assessed = _loaded(request, round_id)
    item = _item(assessed, item_id)
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
    person, assessed = _loaded(request, round_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _once(
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
    person, assessed = _loaded(request, round_id)
    member = next((each for each in assessed.panel.all() if each.pk == member_id), None)
    if member is None:
        raise Http404
    member.round = assessed
    form = WithoutForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            _once(
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


@signed_in
def consensus(request: Request, round_id: UUID) -> HttpResponse:
    """Show all scores beside each other with their spread and what was agreed on, once everybody has handed in."""
    person, assessed = _loaded(request, round_id)
    cells = queries.matrix(person, assessed)
    agenda = queries.agenda(cells)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "assessors": rules.assessors_of(assessed),
        "blocks": _blocks(cells, rules.assessors_of(assessed), agenda[0] if agenda else None),
        "first": agenda[0] if agenda else None,
        "n_left": len(agenda),
        "n_all": len(cells),
        "n_agreed": len(cells) - len(agenda),
        "may_record": rules.may_record_consensus(person, assessed),
    }
    return render(request, "assessments/consensus.html", context)


@signed_in
def agree(request: Request, round_id: UUID, item_id: UUID, criterion_id: UUID) -> HttpResponse:
    """Write down what the panel agreed on for one criterion, with the original scores and reasons beside."""
    person, assessed = _loaded(request, round_id)
    cells = queries.matrix(person, assessed)
    cell = next((each for each in cells if (each.item.pk, each.criterion.pk) == (item_id, criterion_id)), None)
    if cell is None:
        raise Http404
    form = ConsensusForm(
        request.POST or None, criterion=cell.criterion, assessors=rules.assessors_of(assessed), initial=_now(cell)
    )
    if form.is_valid():
        try:
            purpose = f"assessments.agree {item_id} {criterion_id}"
            _once(request, form, purpose, lambda: _record(request, person, cell, form))
        except RefusedError as refused:
            form.refuse(refused)
        else:
            return redirect(_after_agreeing(assessed, queries.agenda(queries.matrix(person, assessed))))
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "cell": cell,
        "history": queries.consensus_history(cell.item, cell.criterion),
        "form": form,
        "may_record": rules.may_record_consensus(person, assessed),
        "material": queries.for_criterion(
            queries.material_of(cell.item, person=person, at=request.now), cell.criterion
        ),
    }
    return render(request, "assessments/agree.html", context, status=form.status)


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion of the matrix, with how its scores lie on the scale."""

    cell: Cell
    plot: SpreadPlot
    scores: Sequence[tuple[str, Decimal | None]]
    is_next: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One item of the matrix with its criteria, and their sum once all are agreed on."""

    item: Item
    rows: Sequence[Row]
    total: Decimal | None
    highest: Decimal


def _blocks(cells: Sequence[Cell], assessors: Sequence[PanelMember], first: Cell | None) -> list[Block]:
    blocks = []
    for item, group in groupby(cells, key=lambda cell: cell.item):
        found = list(group)
        agreed = [cell.consensus.points for cell in found if cell.consensus]
        blocks.append(
            Block(
                item=item,
                rows=[_row(cell, assessors, is_next=cell is first) for cell in found],
                total=sum(agreed, Decimal(0)) if len(agreed) == len(found) else None,
                highest=sum((cell.criterion.max_points for cell in found), Decimal(0)),
            )
        )
    return blocks


def _row(cell: Cell, assessors: Sequence[PanelMember], *, is_next: bool) -> Row:
    scale = cell.criterion.scale
    given = {each.assessor_id: each.points for each in cell.scores}
    agreed = cell.consensus.points if cell.consensus else None
    points = [each for each in given.values() if each is not None]
    return Row(
        cell=cell,
        plot=spread_plot(scale.lowest, scale.highest, points, agreed),
        scores=[(member.person.name, given.get(member.pk)) for member in assessors],
        is_next=is_next,
    )


def _now(cell: Cell) -> dict[str, object]:
    """Return what was agreed on so far, to be read again; nothing is proposed before (open question 13)."""
    return {"points": cell.consensus.points, "reason": cell.consensus.reason} if cell.consensus else {}


def _record(request: Request, person: Person, cell: Cell, form: ConsensusForm) -> None:
    actions.record_consensus(
        item=cell.item,
        criterion=cell.criterion,
        points=form.cleaned_data["points"],
        reason=form.cleaned_data["reason"],
        present=form.present(),
        by=person,
        at=request.now,
    )


def _after_agreeing(assessed: Round, agenda: Sequence[Cell]) -> str:
    if agenda:
        return _cell_url(assessed, agenda[0].item, agenda[0].criterion)
    return reverse("assessments:consensus", args=[assessed.pk])


def _cell_url(assessed: Round, item: Item, criterion: Criterion) -> str:
    return reverse("assessments:agree", args=[assessed.pk, item.pk, criterion.pk])


def _after_saving(request: Request, assessed: Round, item: Item) -> str:
    """Return the next item when it was asked for and there is one, else the overview."""
    later = [each for each in assessed.items.all() if each.number > item.number]
    if "next" in request.POST and later:
        return reverse("assessments:score", args=[assessed.pk, later[0].pk])
    return reverse("assessments:round", args=[assessed.pk])


def _once(request: Request, form: RtForm, purpose: str, verb: Callable[[], object]) -> None:
    """Carry out the verb at most once for this form: a double click or the back button has no second effect."""

    def effect() -> str:
        verb()
        return purpose

    once(
        key=form.idempotency_key,
        purpose=purpose,
        body=form.sent,
        effect=effect,
        by=signed_in_person(request),
        at=request.now,
    )


def _loaded(request: Request, round_id: UUID) -> tuple[Person, Round]:
    """Return the person and the round; who is in its panel without access is told why (INV-15), others find nothing."""
    person = signed_in_person(request)
    assessed = get_object_or_404(queries.in_panel(person), pk=round_id)
    require(rules.may_see(person, assessed))
    return person, assessed


def _item(assessed: Round, item_id: UUID) -> Item:
    found = next((each for each in assessed.items.all() if each.pk == item_id), None)
    if found is None:
        raise Http404
    return found
