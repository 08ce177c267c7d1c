"""What every page of the evaluation begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import procurement_or_404
from rodatraden.tenders.queries import tender_of

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.policy import Request


def loaded(request: Request, procurement_id: UUID) -> tuple[Person, Tender]:
    """Return the person and the documents of a procurement that the person is in the team of."""
    person = signed_in_person(request)
    return person, documents(procurement_or_404(person, procurement_id))


def documents(procurement: Procurement) -> Tender:
    """Return the documents of a procurement, which there are from its start on."""
    tender = tender_of(procurement)
    if tender is None:
        raise Http404
    return tender
