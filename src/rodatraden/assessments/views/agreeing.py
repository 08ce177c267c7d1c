"""Pages of the panel that agrees: all scores beside each other, and the consensus on each criterion."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.assessments import actions, queries, rules
from rodatraden.assessments.forms import ConsensusForm
from rodatraden.assessments.queries import Flag
from rodatraden.assessments.views.loading import loaded
from rodatraden.core.assessment import FEWEST_FOR_SHARE
from rodatraden.core.assessment.total import total
from rodatraden.records.actions import carry_out
from rodatraden.ui.drawing import SpreadPlot, spread_plot
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal
    from uuid import UUID

    from django.http import HttpResponse

    from rodatraden.assessments.models import Criterion, Item, PanelMember, Round
    from rodatraden.assessments.queries import Cell
    from rodatraden.core.exact import Exact
    from rodatraden.core.message import Message
    from rodatraden.parties.models import Person


MOST_AT_ONCE = 120
"""Boxes on one page: more than twenty bids on six criteria are read one bid at a time. Source: policy."""


@signed_in
def consensus(request: Request, round_id: UUID) -> HttpResponse:
    """Show all scores beside each other with their spread and what was agreed on, once everybody has handed in.

    A large matrix is shown one item at a time: the one in the address, else the one that is next on the agenda.
    """
    person, assessed = loaded(request, round_id)
    cells = queries.matrix(person, assessed)
    agenda = queries.agenda(cells)
    alone = _alone(request, cells, agenda) if len(cells) > MOST_AT_ONCE else None
    shown = [cell for cell in cells if alone is None or cell.item == alone]
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "assessors": rules.assessors_of(assessed),
        "summaries": _summaries(cells) if alone else [],
        "alone": alone,
        "blocks": _blocks(shown, rules.assessors_of(assessed), agenda[0] if agenda else None),
        "first": agenda[0] if agenda else None,
        "n_left": len(agenda),
        "n_all": len(cells),
        "n_agreed": len(cells) - len(agenda),
        "may_record": rules.may_record_consensus(person, assessed),
    }
    return render(request, "assessments/consensus.html", context)


@signed_in
def agreement(request: Request, round_id: UUID) -> HttpResponse:
    """Show how alike the assessors judged on each criterion, with intervals; with fewer than five that it can't be told."""
    person, assessed = loaded(request, round_id)
    context = {
        "assessed": assessed,
        "procurement": assessed.case,
        "rows": queries.agreement_on(queries.matrix(person, assessed)),
        "n_assessors": len(rules.assessors_of(assessed)),
        "fewest": FEWEST_FOR_SHARE,
    }
    return render(request, "assessments/agreement.html", context)


@signed_in
def agree(request: Request, round_id: UUID, item_id: UUID, criterion_id: UUID) -> HttpResponse:
    """Write down what the panel agreed on for one criterion, with the original scores and reasons beside."""
    person, assessed = loaded(request, round_id)
    cells = queries.matrix(person, assessed)
    cell = next((each for each in cells if (each.item.pk, each.criterion.pk) == (item_id, criterion_id)), None)
    if cell is None:
        raise Http404
    form = ConsensusForm(
        request.POST or None, criterion=cell.criterion, assessors=rules.assessors_of(assessed), initial=_now(cell)
    )
    if form.is_valid() and carry_out(
        form=form,
        purpose=f"assessments.agree {item_id} {criterion_id}",
        verb=lambda: _record(request, person, cell, form),
        by=person,
        at=request.now,
    ):
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
    flags: Sequence[str]
    is_next: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """How far the panel has come with one item: boxes agreed on, boxes to talk through first, their sum once all are set."""

    item: Item
    n_all: int
    n_agreed: int
    n_flagged: int
    total: Exact | None
    highest: Exact
    steps: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Block:
    """One item of the matrix with its criteria; on a small screen it lies folded unless a box of it is next."""

    summary: Summary
    rows: Sequence[Row]

    @property
    def is_next(self) -> bool:
        """Whether the box that is talked through next is one of its."""
        return any(row.is_next for row in self.rows)


def _summaries(cells: Sequence[Cell]) -> list[Summary]:
    return [_summary(item, list(group)) for item, group in groupby(cells, key=lambda cell: cell.item)]


def _summary(item: Item, cells: Sequence[Cell]) -> Summary:
    agreed = {cell.criterion.key: cell.consensus.points for cell in cells if cell.consensus}
    found = total(cells[0].criterion.model.content, agreed)
    return Summary(
        item=item,
        n_all=len(cells),
        n_agreed=len(agreed),
        n_flagged=sum(bool(cell.flags) for cell in cells),
        total=found.value,
        highest=found.most,
        steps=found.steps,
    )


def _alone(request: Request, cells: Sequence[Cell], agenda: Sequence[Cell]) -> Item:
    """Return the item whose number stands in the address, else the next on the agenda, else the first."""
    asked = request.GET.get("nr", "")
    named = next((cell.item for cell in cells if str(cell.item.number) == asked), None)
    return named or (agenda or cells)[0].item


def rows_of(cells: Sequence[Cell], assessors: Sequence[PanelMember]) -> list[Row]:
    """Return the rows of a matrix from which nothing is chosen to be talked through next."""
    return [_row(cell, assessors, is_next=False) for cell in cells]


def _blocks(cells: Sequence[Cell], assessors: Sequence[PanelMember], first: Cell | None) -> list[Block]:
    return [
        Block(_summary(item, found), [_row(cell, assessors, is_next=cell is first) for cell in found])
        for item, group in groupby(cells, key=lambda cell: cell.item)
        for found in [list(group)]
    ]


def _row(cell: Cell, assessors: Sequence[PanelMember], *, is_next: bool) -> Row:
    scale = cell.criterion.scale
    given = {each.assessor_id: each.points for each in cell.scores}
    agreed = cell.consensus.points if cell.consensus else None
    points = [each for each in given.values() if each is not None]
    return Row(
        cell=cell,
        plot=spread_plot(scale.lowest, scale.highest, points, agreed),
        scores=[(member.person.name, given.get(member.pk)) for member in assessors],
        flags=[_flag(cell, flag) for flag in cell.flags],
        is_next=is_next,
    )


def _flag(cell: Cell, flag: Flag) -> str:
    """Say in a few words why the cell is talked through before others."""
    match flag:
        case Flag.GATE:
            return gettext("The gate hangs on it")
        case Flag.FIRST:
            return gettext("Decides %(n)s of 100") % {"n": max(1, round(cell.decides * 100))}
        case Flag.WIDE:
            return gettext("Wide spread")


def _now(cell: Cell) -> dict[str, object]:
    """Return what was agreed on so far, to be read again.

    Before that no points and no reason are proposed (open question 13), only the assessors' own lines to weed and join.
    """
    agreed = cell.consensus
    if agreed is None:
        return {
            "strengths": _joined(score.strengths for score in cell.scores),
            "improvements": _joined(score.improvements for score in cell.scores),
        }
    return {
        "points": agreed.points,
        "reason": agreed.reason,
        "strengths": agreed.strengths,
        "improvements": agreed.improvements,
    }


def _joined(texts: Iterable[str]) -> str:
    """Return the lines of all texts, each once."""
    lines = (line.strip() for text in texts for line in text.splitlines())
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _record(request: Request, person: Person, cell: Cell, form: ConsensusForm) -> None:
    actions.record_consensus(
        item=cell.item,
        criterion=cell.criterion,
        points=form.cleaned_data["points"],
        reason=form.cleaned_data["reason"],
        strengths=form.cleaned_data["strengths"],
        improvements=form.cleaned_data["improvements"],
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
