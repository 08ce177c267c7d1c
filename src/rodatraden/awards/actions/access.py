"""The verbs of public access: anybody asks, an official answers, a masked copy is made (TF 2 kap., OSL 6 kap., INV-27, INV-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.awards.actions.diary import issued
from rodatraden.awards.documents import access_paper
from rodatraden.awards.queries import assessment_of, held_back, pieces_for, recent_requests
from rodatraden.awards.rules import CARERS, LONGEST_WISH, may_answer_requests, may_ask_for_documents
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.codes import code_digest
from rodatraden.core.instants import local_date
from rodatraden.core.masking import mask_text, masked_pdf
from rodatraden.core.message import say
from rodatraden.evaluation.queries import held
from rodatraden.records.actions import record_event, register_text, store_bytes, write_mail
from rodatraden.records.models import AccessAnswer, AccessRequest, DiaryDocument, HandedOut, MaskedCopy
from rodatraden.records.queries import read_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from rodatraden.awards.queries import Piece
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

MOST_REQUESTS = 20
"""Requests that one case takes in an hour: a person asks for all in one. Source: policy, against machines."""
Outcome = AccessAnswer.Outcome


def ask_for_documents(*, tender: Tender, wanted: str, token: str, by: Person | None, at: datetime) -> AccessRequest:
    """Ask for documents of a published procurement, without account, name or purpose; the officials are told at once.

    Only the digest of `token`, its code, is kept: who holds it follows the request. Nobody's account is kept, here or in the log
    (TF 2 kap. 18 §, INV-27).

    Raises:
        RefusedError: it is not published, nothing is asked for, the text is too long, or too many came at once.
    """
    del by
    require(may_ask_for_documents(tender))
    if not wanted.strip():
        raise RefusedError(no(say("Write which documents you want."), mend="wanted"))
    if len(wanted) > LONGEST_WISH:
        raise RefusedError(no(say("Shorten the text to at most {most} characters.", most=LONGEST_WISH), mend="wanted"))
    case = tender.procurement.diary_case
    if recent_requests(case, at) >= MOST_REQUESTS:
        raise RefusedError(no(say("Many requests have come at once. Try again in an hour, or write to the authority.")))
    with transaction.atomic():
        asked = AccessRequest.objects.create(
            case=case,
            wanted=wanted.strip(),
            asked_at=at,
            token_sha256=code_digest(token),
            document=register_text(
                case=case,
                direction=DiaryDocument.Direction.RECEIVED,
                subject=gettext("Request for documents"),
                text=wanted.strip(),
                by=None,
                at=at,
            ),
        )
        page = settings.SITE_URL + reverse("awards:access_request", args=[asked.pk])
        members = tender.procurement.team.filter(role__in=CARERS, removed_at=None).select_related("person")
        for address in dict.fromkeys(member.person.email for member in members.order_by("person__name")):
            write_mail(
                to=address,
                subject=gettext("Request for documents: %(title)s") % {"title": tender.procurement.title},
                text=gettext("Somebody asks for documents. It is answered promptly, normally the same day: %(page)s")
                % {"page": page},
                by=None,
                at=at,
                case=tender.procurement_id,
            )
        record_event("access_asked", of=asked, by=None, at=at, case=tender.procurement_id)
    return asked


def answer_request(
    *,
    asked: AccessRequest,
    outcome: AccessAnswer.Outcome,
    text: str,
    provision: str,
    files: Collection[UUID],
    by: Person,
    at: datetime,
) -> AccessAnswer:
    """Answer a request: hand out files, as they are or masked, or refuse by a provision of law.

    Asked for in writing, the answer is the authority's decision, with how to appeal (OSL 6 kap. 3 och 7 §§).

    Raises:
        RefusedError: `by` may not, it is answered already, text or provision is missing, or the files do not fit the outcome.
    """
    with transaction.atomic():
        asked = AccessRequest.objects.select_for_update(no_key=True).get(pk=asked.pk)
        tender = held(asked.case.procurement.tender)
        require(may_answer_requests(by, tender.procurement))
        earlier = list(asked.answers.order_by("number"))
        decides = asked.decision_asked_at is not None
        if earlier and (not decides or earlier[-1].is_decision):
            raise RefusedError(no(say("The request is answered. Whoever asked can ask for a written decision.")))
        chosen = [piece for piece in pieces_for(by, tender.procurement) if piece.file.pk in set(files)]
        _require_fit(outcome, text, provision, chosen, n_asked=len(set(files)))
        _require_free(chosen, local_date(at, tender.procurement.country))
        answer = AccessAnswer(
            request=asked,
            number=len(earlier) + 1,
            outcome=outcome,
            provision=provision.strip(),
            text=text.strip(),
            is_decision=decides,
            answered_at=at,
            answered_by=by,
        )
        answer.document = issued(
            tender,
            DiaryDocument.Direction.SENT,
            access_paper(answer, tender, [each.title for each in chosen]),
            by=by,
            at=at,
        )
        answer.save(force_insert=True)
        HandedOut.objects.bulk_create(
            HandedOut(answer=answer, title=piece.title[:300], file=piece.file) for piece in chosen
        )
        what = {"outcome": outcome, "files": [piece.file.pk for piece in chosen], "is_decision": decides}
        record_event("access_answered", of=asked, by=by, at=at, case=tender.procurement_id, what=what)
    return answer


def ask_for_decision(*, asked: AccessRequest, by: Person | None, at: datetime) -> AccessRequest:
    """Ask for the authority's written decision on what was not handed out; no reason is needed (OSL 6 kap. 3 §).

    Raises:
        RefusedError: nothing is answered yet, all was handed out, or the decision is asked for already.
    """
    del by
    with transaction.atomic():
        asked = AccessRequest.objects.select_for_update(no_key=True).get(pk=asked.pk)
        latest = asked.answers.order_by("-number").first()
        if latest is None:
            raise RefusedError(no(say("The request is not answered yet.")))
        if latest.outcome == Outcome.ALL:
            raise RefusedError(no(say("All that you asked for was handed out.")))
        if asked.decision_asked_at is not None:
            raise RefusedError(no(say("A written decision is asked for already.")))
        asked.decision_asked_at = at
        asked.save(update_fields=["decision_asked_at"])
        record_event("access_decision_asked", of=asked, by=None, at=at, case=asked.case.procurement.pk)
    return asked


def make_masked_copy(
    *,
    tender: Tender,
    piece: Piece,
    provision: str,
    hidden: Sequence[str],
    by: Person,
    at: datetime,
    removed: Collection[int] = (),
    upload: bytes | None = None,
) -> MaskedCopy:
    """Make a masked copy of a file of the case: of itself, or of `upload`, a version in which the official has masked.

    What is stored is never the file that came, but a fresh one that nothing of `hidden` can be read from (INV-28); the
    original stays as it is.

    Raises:
        RefusedError: `by` may not, the provision is missing, the file is of a kind that can't be masked, or what was to
            be hidden can still be read.
    """
    with transaction.atomic():
        tender = held(tender)
        require(may_answer_requests(by, tender.procurement))
        if not provision.strip():
            raise RefusedError(
                no(say("Write by which provision it is hidden."), mend="provision", source="OSL 5 kap. 5 §")
            )
        if not any(each.file == piece.file and each.masked is None for each in pieces_for(by, tender.procurement)):
            raise RefusedError(no(say("This file can't be handed out now."), source="OSL 19 kap. 3 §"))
        data = upload if upload is not None else read_bytes(piece.file)
        is_pdf = data.startswith(b"%PDF")
        masked = masked_pdf(data, hidden=hidden, removed=removed) if is_pdf else _masked_text(data, hidden)
        name = f"maskerad-{piece.file.name or 'handling'}"
        copy = MaskedCopy.objects.create(
            document=piece.document,
            source=piece.file,
            file=store_bytes(
                masked,
                name=name[-250:],
                media_type="application/pdf" if is_pdf else "text/plain; charset=utf-8",
                by=by,
                at=at,
            ),
            title=gettext("%(title)s, masked") % {"title": piece.title[:230]},
            provision=provision.strip(),
            made_at=at,
            made_by=by,
        )
        record_event("masked_copy_made", of=copy, by=by, at=at, case=tender.procurement_id)
    return copy


def _masked_text(data: bytes, hidden: Sequence[str]) -> bytes:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise RefusedError(
            no(
                say("Only PDF and plain text can be masked. Save the file as PDF, mask it there and upload it."),
                mend="file",
            )
        ) from None
    return mask_text(text, hidden).encode()


def _require_free(chosen: Sequence[Piece], on: date) -> None:
    """Refuse a file as it is while a claim of secrecy in it is not tried, or was found right: its masked copy can leave.

    A masked copy leaves when it was made after every such claim had been tried: an earlier one hides something else.
    """
    claims = list(held_back([piece.file.pk for piece in chosen], on).values())
    for copy in (piece.masked for piece in chosen if piece.masked):
        for claim in held_back([copy.source_id], on).values():
            judged = assessment_of(claim)
            if judged is None or copy.made_at < judged.assessed_at:
                claims.append(claim)
    for claim in claims:
        raise RefusedError(
            no(
                say(
                    "{supplier} has claimed that a part of {title} is secret: try the claim, and hand out a masked copy where it is right.",
                    supplier=claim.supplier.name,
                    title=claim.title,
                ),
                mend=reverse("awards:assess", args=[claim.pk]),
                source="OSL 31 kap. 16 §",
            )
        )


def _require_fit(
    outcome: AccessAnswer.Outcome, text: str, provision: str, chosen: Sequence[Piece], *, n_asked: int
) -> None:
    if not text.strip():
        raise RefusedError(no(say("Write the answer."), mend="text"))
    if len(chosen) != n_asked:
        raise RefusedError(
            no(say("One of the files can't be handed out now."), mend="chosen", source="OSL 19 kap. 3 §")
        )
    if outcome in {Outcome.PART, Outcome.NOTHING} and not provision.strip():
        raise RefusedError(
            no(say("Write which provision makes it secret."), mend="provision", source="OSL 6 kap. 3 §, TF 2 kap. 2 §")
        )
    if (outcome in {Outcome.ALL, Outcome.PART}) is not bool(chosen):
        raise RefusedError(no(say("Choose the files that are handed out, or an answer without any."), mend="chosen"))
