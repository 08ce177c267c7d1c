"""How what is written at the desk is saved: by the button, and in the background while one writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext, ngettext

from rodatraden.assessments import actions, queries
from rodatraden.core.answer import RefusedError
from rodatraden.core.numbers import swedish_number
from rodatraden.parties.queries import signed_in_person
from rodatraden.ui.words import clock, said

if TYPE_CHECKING:
    from typing import Any

    from rodatraden.assessments.forms import ScoreForm
    from rodatraden.assessments.models import IndividualScore, Round
    from rodatraden.ui.policy import Request

BACKGROUND = "X-Saves-While-Writing"
"""The header that the desk's script sends; it is answered with JSON, and saves each part by itself."""


def is_in_background(request: Request) -> bool:
    """Whether the desk's script saves while its writer goes on writing."""
    return request.method == "POST" and BACKGROUND in request.headers


def save(request: Request, form: ScoreForm) -> bool:
    """Save all that was written, or nothing and say why in the form; return whether it was saved."""
    try:
        actions.save_cells(drafts=_drafts(form), by=signed_in_person(request), at=request.now)
    except actions.ScoresChangedElsewhereError as refused:
        form.stand_on(refused.others)
        form.refuse(refused)
        return False
    except RefusedError as refused:
        form.refuse(refused)
        return False
    return True


def saved_in_background(request: Request, form: ScoreForm, assessed: Round) -> JsonResponse:
    """Save each part that can be saved, and answer with the marks of what stands there now, and why what could not.

    What another window has saved meanwhile comes as a piece of the page, with its words for who wants those instead.
    """
    person = signed_in_person(request)
    marks, problems, conflicts = {}, {}, {}
    for number, cell in form.cells.items():
        if problem := form.problem_of(number):
            problems[number] = problem
            continue
        drafts = _drafts(form, number)
        try:
            actions.save_cells(drafts=drafts, by=person, at=request.now)
        except actions.ScoresChangedElsewhereError as refused:
            conflicts[number] = _told(refused.others[cell], number)
        except RefusedError as refused:
            reason = refused.answer.reason
            return JsonResponse({"refused": said(reason) if reason else ""})
        else:
            marks[number] = queries.mark_of(drafts[cell].tidy())
    return JsonResponse(
        {
            "marks": marks,
            "problems": problems,
            "conflicts": conflicts,
            "saved": gettext("Saved %(time)s") % {"time": clock(request.now)},
            "left": left_in_words(len(queries.left_to_score(person, assessed))),
        }
    )


def left_in_words(n: int) -> str:
    """Say how many scores are left to give in the round."""
    if not n:
        return gettext("All scores are given")
    return ngettext("%(n)s score is left to give", "%(n)s scores are left to give", n) % {"n": n}


def _drafts(form: ScoreForm, *numbers: int) -> dict[Any, actions.Draft]:
    return {cell: actions.Draft(**written) for cell, written in form.written(numbers).items()}


def _told(other: IndividualScore, number: int) -> dict[str, object]:
    values = {
        "strengths": other.strengths,
        "improvements": other.improvements,
        "points": "" if other.points is None else swedish_number(other.points),
        "reason": other.reason,
        "places": other.places,
    }
    piece = render_to_string("assessments/other.html", {"other": other, "number": number})
    return {"mark": queries.mark_of(other), "values": values, "piece": piece}
