"""Requests for documents: which wait and since when, what can be handed out, what a requester sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from rodatraden.awards.rules import is_secrecy_over, may_answer_requests, may_hand_out
from rodatraden.core.calendars import Unknown, access_due_on
from rodatraden.core.codes import code_digest
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.thread import Task
from rodatraden.procurements.queries import accessible_to, standing
from rodatraden.procurements.rules import may_see_secret_documents
from rodatraden.records.models import AccessAnswer, AccessRequest, MaskedCopy, StoredFile
from rodatraden.records.queries import before_secret, diary_documents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.core.calendars import Computed
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.records.models import DiaryCase, DiaryDocument


def request_by(code: str) -> AccessRequest | None:
    """Return the request whose code somebody holds, with its answers, or None."""
    found = AccessRequest.objects.filter(token_sha256=code_digest(code))
    return _with_answers(found).first()


def requests_visible_to(person: Person) -> QuerySet[AccessRequest]:
    """Return the requests for documents of the procurements that `person` has access to, the oldest first."""
    found = AccessRequest.objects.filter(case__procurement__in=accessible_to(person)).order_by("asked_at", "id")
    return _with_answers(found).prefetch_related(*standing("case__procurement"))


def copies_visible_to(person: Person) -> QuerySet[MaskedCopy]:
    """Return the masked copies made in the procurements that `person` has access to."""
    found = MaskedCopy.objects.filter(document__case__procurement__in=accessible_to(person))
    return found.select_related("file", "document__case", "made_by")


def recent_requests(case: DiaryCase, at: datetime) -> int:
    """Return how many requests for documents of a case have come within the last hour."""
    return AccessRequest.objects.filter(case=case, asked_at__gt=at - timedelta(hours=1)).count()


def waiting(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Return those that nobody has answered, or in which a written decision was asked for and is not made yet."""
    answers = AccessAnswer.objects.filter(request=OuterRef("pk"))
    decided = Exists(answers.filter(is_decision=True, answered_at__gte=OuterRef("decision_asked_at")))
    return requests.filter(Q(~Exists(answers)) | Q(~decided, decision_asked_at__isnull=False)).annotate(
        since=F("decision_asked_at")
    )


def due_on(asked: AccessRequest, country: str) -> Computed[date]:
    """Return by which day a request, or the decision asked for in it, is answered."""
    return access_due_on(local_date(asked.decision_asked_at or asked.asked_at, country), country=country)


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the case that can be handed out: as it is, or as a masked copy.

    Its title goes to whoever asked, so no number is in it: from numbers the opened bids can be counted (INV-02).
    """

    document: DiaryDocument
    title: str
    file: StoredFile
    masked: MaskedCopy | None = None


def pieces_for(person: Person, procurement: Procurement) -> list[Piece]:
    """Return what `person` can hand out now: until the bids' secrecy is over, only what they know of in the diary (INV-02).

    Nor what the program itself has issued after the first secret document: its number tells how many bids there are, and so do its
    entry in the log and the fingerprint of its data, which stand in it too.
    """
    found = pieces(procurement)
    if is_secrecy_over(procurement):
        return found
    before = {each.pk for each in before_secret(procurement.diary_case, (piece.document for piece in found))}
    if not may_see_secret_documents(person, procurement):
        return [piece for piece in found if piece.document.pk in before]
    return [piece for piece in found if piece.document.version is None or piece.document.pk in before]


def pieces(procurement: Procurement) -> list[Piece]:
    """Return what of the diary can be handed out now, masked copies after their originals."""
    documents = [each for each in diary_documents(procurement.diary_case) if may_hand_out(each, procurement)]
    masked: dict[tuple[UUID, UUID], list[MaskedCopy]] = {}
    for copy in MaskedCopy.objects.filter(document__in=documents).select_related("file").order_by("made_at"):
        masked.setdefault((copy.document_id, copy.source_id), []).append(copy)
    found: list[Piece] = []
    for document in documents:
        files = [(document.subject, document.file)] if document.file else []
        files += [(f"{document.subject}: {each.title}", each.file) for each in document.attached]
        for title, file in files:
            found.append(Piece(document, title, file))
            found += [Piece(document, copy.title, copy.file, copy) for copy in masked.get((document.pk, file.pk), [])]
    return found


def access_tasks(person: Person, cases: Iterable[Procurement]) -> list[Task]:
    """Return the requests for documents that wait on `person`, each with the day on which it grows old, in two queries."""
    mine = {case.diary_case_id: case for case in cases if may_answer_requests(person, case)}
    asked_in = AccessRequest.objects.filter(case__in=mine)
    if not mine or not asked_in.exists():
        return []  # most cases have none, and the condition below takes Django longer than all else here
    tasks = []
    for asked in waiting(asked_in).order_by("asked_at", "id"):
        case = mine[asked.case_id]
        due = due_on(asked, case.country).value
        decides = asked.decision_asked_at is not None
        tasks.append(
            Task(
                title=say("Decide in writing on a request for documents")
                if decides
                else say("Answer a request for documents"),
                for_person=person.pk,
                due=None if isinstance(due, Unknown) else due,
                url_name="awards:access_request",
                url_kwargs={"request_id": asked.pk},
                case_title=case.title,
                kind="awards.access",
            )
        )
    return tasks


def _with_answers(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    return requests.select_related(
        "case__procurement__buyer", "case__procurement__diary_case", "case__procurement__tender", "document__case"
    ).prefetch_related("answers__handed_out__file", "answers__answered_by", "answers__document__case")
