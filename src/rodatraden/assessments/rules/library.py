"""Who may write quality models for an organisation. Everybody in it reads them, and so does who judges by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.parties.models import Membership
from rodatraden.parties.rules import roles_of

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.assessments.models import ModelDraft
    from rodatraden.parties.models import Organisation, Person

WRITERS = frozenset(Membership.Role) - {Membership.Role.EMPLOYEE}
"""Whoever has a task of their own in the organisation; employees read the models and judge by them. Source: policy."""


def may_write_models(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may make quality models for `organisation`, and start rounds for it."""
    if roles_of(person, organisation, at) & WRITERS:
        return YES
    return no(
        say("Employees judge by the models. Ask an administrator of {name} for another role.", name=organisation.name),
        mend=reverse("parties:organisation", args=[organisation.pk]),
        source="policy",
    )


def may_write_draft(person: Person, draft: ModelDraft, at: datetime) -> Answer:
    """Answer whether `person` may write on a draft: whoever may make models for its organisation."""
    return may_write_models(person, draft.owner, at)
