"""What suppliers have asked to be kept secret, how it was judged, and what it means for what can be handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.bids.models import Bid
from rodatraden.bids.queries import suppliers_of
from rodatraden.procurements.queries import accessible_to, standing
from rodatraden.records.models import DiaryDocument, SecrecyAssessment, SecrecyClaim

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.parties.models import Person
    from rodatraden.records.models import StoredFile

Outcome = SecrecyAssessment.Outcome


def own_bids(person: Person, at: datetime) -> QuerySet[Bid]:
    """Return the opened bids of the suppliers that `person` bids for."""
    return (
        Bid.objects.filter(supplier__in=suppliers_of(person, at).order_by())
        .select_related("supplier", "tender__procurement__buyer", "tender__procurement__diary_case")
        .prefetch_related(*standing("tender__procurement"))
    )


def claims_of(bid: Bid) -> list[SecrecyClaim]:
    """Return what a bid's supplier has claimed in its case, with how each was judged."""
    found = SecrecyClaim.objects.filter(document__case=bid.tender.procurement.diary_case_id, supplier=bid.supplier_id)
    return list(_judged(found).order_by("made_at"))


def claims_visible_to(person: Person) -> QuerySet[SecrecyClaim]:
    """Return the claims of secrecy in the procurements that `person` has access to."""
    found = SecrecyClaim.objects.filter(document__case__procurement__in=accessible_to(person)).order_by("made_at")
    return _judged(found).prefetch_related(*standing("document__case__procurement"))


def assessment_of(claim: SecrecyClaim) -> SecrecyAssessment | None:
    """Return the assessment of a claim that counts, or None while nobody has tried it."""
    return max(claim.assessments.all(), key=lambda each: each.number, default=None)


def parts_of(bid: Bid) -> list[tuple[DiaryDocument, str, StoredFile]]:
    """Return the parts of an opened bid that stand in the diary: what it says, and each of its files."""
    files = {each.file_id: each for each in bid.files.select_related("content_item")}
    found: list[tuple[DiaryDocument, str, StoredFile]] = []
    documents = DiaryDocument.objects.filter(case=bid.tender.procurement.diary_case_id).select_related("file", "case")
    for document in documents.prefetch_related("attachments__file").order_by("serial"):
        own = [each for each in document.attachments.all() if each.file_id in files]
        if not own:
            continue
        if document.direction == DiaryDocument.Direction.RECEIVED and document.file:  # what the bid says
            # not its subject: the number of a bid tells its bidder how many came before it (INV-02)
            found.append((document, gettext("What the bid says"), document.file))
        found += [(document, files[each.file_id].content_item.title, each.file) for each in own]
    return found


def held_back(files: Iterable[UUID], on: date) -> dict[UUID, SecrecyClaim]:
    """Return which of the stored files can't be handed out as they are, each with the claim that stands in the way.

    One that nobody has tried yet, or one that was found right, wholly or partly, and still holds on the day `on`.
    """
    found = {}
    for claim in _judged(SecrecyClaim.objects.filter(file__in=list(files))).order_by("made_at"):
        judged = assessment_of(claim)
        holds = judged is None or (
            judged.outcome != Outcome.REJECTED and (judged.valid_until_on is None or on <= judged.valid_until_on)
        )
        if holds:
            found[claim.file_id] = claim
    return found


def _judged(claims: QuerySet[SecrecyClaim]) -> QuerySet[SecrecyClaim]:
    return claims.select_related("supplier", "file", "document__case__procurement__buyer", "made_by").prefetch_related(
        "assessments__assessed_by"
    )
