"""What every page of the award begins with: the person, the documents, and whether they are for these eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from rodatraden.awards import rules
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import procurement_or_404
from rodatraden.procurements.rules import may_work
from rodatraden.tenders.queries import tender_of

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.policy import Request


def case_of(request: Request, procurement_id: UUID) -> tuple[Person, Procurement]:
    """Return the person and the procurement with its documents, to those with access to it."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    require(may_work(person, procurement))
    if tender_of(procurement) is None:
        raise Http404
    return person, procurement


def loaded(request: Request, procurement_id: UUID) -> tuple[Person, Tender]:
    """Return the person and the documents; who may not see the award yet is told why."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    require(rules.may_see_decision(person, procurement))
    tender = tender_of(procurement)
    if tender is None:
        raise Http404
    return person, tender
