"""What every page of a round begins with, and how a form takes effect once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404

from rodatraden.assessments import queries, rules
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person
from rodatraden.records.actions import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from rodatraden.assessments.models import Item, Round
    from rodatraden.parties.models import Person
    from rodatraden.ui.forms import RtForm
    from rodatraden.ui.policy import Request


def take_effect(request: Request, form: RtForm, purpose: str, verb: Callable[[], object]) -> None:
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


def loaded(request: Request, round_id: UUID) -> tuple[Person, Round]:
    """Return the person and the round; who is in its panel without access is told why (INV-15), others find nothing."""
    person = signed_in_person(request)
    assessed = get_object_or_404(queries.in_panel(person), pk=round_id)
    require(rules.may_see(person, assessed))
    return person, assessed


def item_of(assessed: Round, item_id: UUID) -> Item:
    found = next((each for each in assessed.items.all() if each.pk == item_id), None)
    if found is None:
        raise Http404
    return found
