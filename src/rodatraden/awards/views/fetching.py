"""The documents that the room has issued, as the bytes that they were issued as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404

from rodatraden.awards import queries, rules
from rodatraden.awards.documents import decision_paper
from rodatraden.awards.views.loading import loaded
from rodatraden.core.answer import require
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import procurement_or_404
from rodatraden.records.documents import as_copy, handed_out
from rodatraden.tenders.queries import tender_of
from rodatraden.ui.policy import Request, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import FileResponse, HttpResponse


@signed_in
def decision_document(request: Request, procurement_id: UUID) -> FileResponse:
    """Hand out the award decision, to those who see its page."""
    _, tender = loaded(request, procurement_id)
    decided = queries.decision_of(tender)
    if decided is None:
        raise Http404
    return handed_out(decided.document)


@signed_in
def decision_word(request: Request, procurement_id: UUID) -> HttpResponse:
    """Hand out a copy of the award decision in Word, for a decision maker whose own template it must be put into."""
    _, tender = loaded(request, procurement_id)
    decided = queries.decision_of(tender)
    if decided is None:
        raise Http404
    return as_copy(decision_paper(decided), decided.document)


@signed_in
def notification_document(request: Request, notification_id: UUID) -> FileResponse:
    """Hand out one bidder's notification, to those who bid for it and to the team."""
    person = signed_in_person(request)
    found = get_object_or_404(queries.visible_to(person, request.now), pk=notification_id)
    return handed_out(found.document)


@signed_in
def cancellation_document(request: Request, procurement_id: UUID) -> FileResponse:
    """Hand out the decision to cancel, to those who see its page."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    require(rules.may_see_cancellation(person, procurement))
    tender = tender_of(procurement)
    cancelled = queries.cancellation_of(tender) if tender else None
    if cancelled is None:
        raise Http404
    return handed_out(cancelled.document)
