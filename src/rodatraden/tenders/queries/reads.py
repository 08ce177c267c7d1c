"""Named reads of the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Prefetch, Q, prefetch_related_objects

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.needs.models import Need
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.queries import accessible_to
from rodatraden.procurements.queries import standing as standing_of
from rodatraden.procurements.rules import may_work
from rodatraden.tenders.models import (
    ContentItem,
    DeadlineChange,
    NoticeHandover,
    Question,
    Requirement,
    Snapshot,
    Tender,
    TenderDocument,
)
from rodatraden.tenders.rules.access import is_published

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.records.models import DiaryDocument

MOST_COPYABLE = 20
"""Documents to copy that are offered at once: so many are looked through, and the others are searched for. Source: policy."""


def visible_to(person: Person) -> QuerySet[Tender]:
    """Return the documents that `person` works with: those of the procurements that they have access to (INV-15)."""
    return with_case(Tender.objects.filter(procurement__in=accessible_to(person)))


def published() -> QuerySet[Tender]:
    """Return the documents that anybody may bid on and ask about: published, and not cancelled since (INV-29)."""
    facts = StageFact.objects.filter(procurement=OuterRef("procurement"))
    return with_case(
        Tender.objects.filter(
            Exists(facts.filter(kind=StageFact.Kind.PUBLISHED)), ~Exists(facts.filter(kind=StageFact.Kind.CANCELLED))
        )
    )


def open_to_all() -> QuerySet[Tender]:
    """Return the documents that anybody may read: those that have been published, cancelled ones too.

    What was public stays so, with the reason for the cancellation (LOU 10 kap. 7 §, TF 2 kap.).
    """
    facts = StageFact.objects.filter(procurement=OuterRef("procurement"), kind=StageFact.Kind.PUBLISHED)
    return with_case(Tender.objects.filter(Exists(facts)))


def offer_documents(
    sender: object, document: DiaryDocument, person: Person | None, at: datetime, **_: object
) -> bool | None:
    """Answer whether somebody may know of a version of the documents: anybody once published; None of other documents."""
    del sender, person, at
    snapshot = Snapshot.objects.filter(document=document).first()
    return None if snapshot is None else open_to_all().filter(pk=snapshot.tender_id).exists()


def announced() -> QuerySet[Tender]:
    """Return the published documents whose notice the notice database has confirmed; only these are listed."""
    facts = StageFact.objects.filter(procurement=OuterRef("procurement"), kind=StageFact.Kind.NOTICE_CONFIRMED)
    return published().filter(Exists(facts))


def announced_ever() -> QuerySet[Tender]:
    """Return the documents whose notice the notice database has confirmed, cancelled ones too."""
    facts = StageFact.objects.filter(procurement=OuterRef("procurement"), kind=StageFact.Kind.NOTICE_CONFIRMED)
    return open_to_all().filter(Exists(facts))


def with_case(tenders: QuerySet[Tender]) -> QuerySet[Tender]:
    """Return the same documents with the procurement and what its rules read, in a constant number of queries."""
    return tenders.select_related("procurement__buyer", "procurement__diary_case").prefetch_related(
        *standing_of("procurement")
    )


def may_copy(person: Person, tender: Tender) -> Answer:
    """Answer whether `person` may start from a copy of `tender`: what they work with, or what everybody may read."""
    if is_published(tender.procurement) or may_work(person, tender.procurement):
        return YES
    return no(say("These documents can't be copied: they are neither yours nor published."))


def copyable(person: Person, search: str = "") -> list[Tender]:
    """Return the documents that `person` may start a copy from: one's own first, the latest first, `MOST_COPYABLE` at most.

    `search` asks for words of the title, or of who buys; whatever is not among the latest is found by it.
    """
    found = Q(procurement__title__icontains=search) | Q(procurement__buyer__name__icontains=search)
    mine = list(visible_to(person).filter(found).order_by("-procurement__created_at")[:MOST_COPYABLE])
    others = published().filter(found).exclude(pk__in=[tender.pk for tender in mine])
    return [*mine, *others.order_by("-procurement__created_at")[: MOST_COPYABLE - len(mine)]]


def tender_of(procurement: Procurement) -> Tender | None:
    """Return the documents of a procurement, or None when no start has been chosen yet; read once and kept with it."""
    try:
        return procurement.tender
    except Tender.DoesNotExist:
        return None


def tenders_of(cases: Iterable[Procurement]) -> list[Tender]:
    """Return the documents of those of `cases` that have any, read in one query and kept with their procurements."""
    read = list(cases)
    prefetch_related_objects(read, "tender")
    return [tender for case in read if (tender := tender_of(case))]


def requirements(tender: Tender) -> QuerySet[Requirement]:
    """Return all requirements in order, struck ones included, with needs, scale and follower, in constant queries."""
    return (
        tender.requirements.select_related("follow_up_by")
        .prefetch_related(Prefetch("needs", Need.objects.order_by("number")), "steps")
        .order_by("number")
    )


def standing(tender: Tender) -> QuerySet[Requirement]:
    """Return the requirements that count, in order."""
    return requirements(tender).filter(struck_at=None)


def criteria_asked(tender: Tender) -> dict[str, str]:
    """Return the award criteria that count as key and label, with or without points, in order; as `rules.model.asked`."""
    counting = tender.requirements.filter(kind=Requirement.Kind.CRITERION, struck_at=None).order_by("number")
    return {str(key): title for key, title in counting.values_list("pk", "title")}


def content_items(tender: Tender) -> QuerySet[ContentItem]:
    """Return what a bid must hold, in order, with the criteria that are answered in it."""
    return ContentItem.objects.filter(tender=tender, removed_at=None).prefetch_related("criteria").order_by("number")


def files(tender: Tender) -> QuerySet[TenderDocument]:
    """Return the files that belong to the documents now, in the order in which they were added."""
    return (
        TenderDocument.objects.filter(tender=tender, removed_at=None).select_related("file").order_by("added_at", "id")
    )


def readable_files(person: Person | None) -> QuerySet[TenderDocument]:
    """Return the files that may be read: those of published documents by everybody, others by who works with them."""
    readable = Q(tender__in=open_to_all().values("pk"), removed_at=None)
    if person is not None:
        readable |= Q(tender__in=visible_to(person).values("pk"))
    return TenderDocument.objects.filter(readable).select_related("file")


def deadline_changes(tender: Tender) -> QuerySet[DeadlineChange]:
    """Return every deadline that was set or moved, latest first."""
    return DeadlineChange.objects.filter(tender=tender).select_related("changed_by").order_by("-changed_at", "-id")


def notices(tender: Tender) -> QuerySet[NoticeHandover]:
    """Return the notices of the documents: those handed over in order, then those that wait."""
    found = NoticeHandover.objects.filter(tender=tender).select_related("handed_over_by", "confirmed_by")
    return found.order_by(F("handed_over_at").asc(nulls_last=True), "id")


def database_used(tender: Tender) -> str:
    """Return the notice database that confirmed the latest notice of the documents, or "" before the first."""
    confirmed = tender.notices.exclude(confirmed_at=None).order_by("-confirmed_at")
    return confirmed.values_list("database", flat=True).first() or ""


def latest_snapshot(tender: Tender) -> Snapshot | None:
    """Return the documents as they stand published, or None before publication."""
    return Snapshot.objects.filter(tender=tender).order_by("-number").first()


def questions(tender: Tender) -> QuerySet[Question]:
    """Return all questions in the order in which they came: for the officer only."""
    return Question.objects.filter(tender=tender).order_by("number")


def published_answers(tender: Tender) -> QuerySet[Question]:
    """Return the answered questions, latest first: what everybody reads, never who asked (INV-30)."""
    return (
        Question.objects.filter(tender=tender, answered_at__isnull=False)
        .only("number", "published_text", "answer", "answered_at", "late_reason", "tender_id")
        .order_by("-answered_at", "-number")
    )


def needs_answered_only_by(requirement: Requirement) -> list[Need]:
    """Return the needs that would have no requirement left if this one were struck."""
    others = Requirement.objects.filter(tender=requirement.tender_id, struck_at=None).exclude(pk=requirement.pk)
    held = set(others.values_list("needs", flat=True))
    return [need for need in requirement.needs.all() if need.struck_at is None and need.pk not in held]
