"""What every page of a round begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from rodatraden.assessments import queries, rules
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.assessments.models import Item, Round
    from rodatraden.parties.models import Person
    from rodatraden.ui.policy import Request


def loaded(request: Request, round_id: UUID) -> tuple[Person, Round]:
    """Return the person and the round; who is in its panel without access is told why (INV-15), others find nothing."""
    person = signed_in_person(request)
    assessed = entered(person, round_id)
    require(rules.may_see(person, assessed))
    return person, assessed


def followed(request: Request, round_id: UUID) -> tuple[Person, Round]:
    """Return the person and the round, also to an observer, who sees nothing but that it goes on and who remains."""
    person = signed_in_person(request)
    assessed = entered(person, round_id)
    require(rules.may_follow(person, assessed))
    return person, assessed


def entered(person: Person, round_id: UUID) -> Round:
    """Return a round in which the person has a part; to everybody else there is no such page."""
    assessed = queries.round_by(round_id)
    if assessed is None or not rules.has_part(person, assessed):
        raise Http404
    return assessed


def item_of(assessed: Round, item_id: UUID) -> Item:
    found = next((each for each in assessed.items.all() if each.pk == item_id), None)
    if found is None:
        raise Http404
    return found
