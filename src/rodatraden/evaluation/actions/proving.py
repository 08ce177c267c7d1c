"""The verbs of proof from the intended winner: ask, hand in, fetch from a register, check, take back, give more time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.core.paging import MEDIA_TYPES, count_pages
from rodatraden.evaluation.actions.evaluating import SECRECY
from rodatraden.evaluation.actions.inquiring import ask_bidders
from rodatraden.evaluation.models import Inquiry, Proof, ProofCheck, ProofPaper
from rodatraden.evaluation.queries import held, with_case_of_proof, with_proofs
from rodatraden.evaluation.rules import (
    may_accept,
    may_check_proof,
    may_fetch_proof,
    may_give_time,
    may_hand_in,
    may_waive,
)
from rodatraden.records.actions import record_event, register_document, store_bytes, write_mail
from rodatraden.records.models import DiaryDocument
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from rodatraden.bids.models import Bid
    from rodatraden.evaluation.queries import Wanted
    from rodatraden.parties.models import Person
    from rodatraden.records.models import StoredFile
    from rodatraden.tenders.models import Tender

Verdict = ProofCheck.Verdict
SOURCE = "LOU 15 kap. 4 §"


def ask_for_proof(
    *,
    tender: Tender,
    bid: Bid,
    wanted: Sequence[Wanted],
    question: str,
    answer_by: datetime,
    counted_on: date,
    age_source: str,
    by: Person,
    at: datetime,
) -> Inquiry:
    """Ask the intended winner for proof, with a last time; what the authority fetches itself stands there too.

    How old a proof may be is counted on `counted_on`, and stands in the documents at `age_source` (LOU 15 kap. 4 och 5 §§).

    Raises:
        RefusedError: `by` may not, the bid is not next, nothing is asked for, the time is not ahead, or an age is limited
            without saying where the documents do.
    """
    with transaction.atomic():
        if not wanted:
            raise RefusedError(no(say("Choose at least one proof to ask for."), source=SOURCE))
        if any(each.max_months is not None for each in wanted) and not age_source.strip():
            raise RefusedError(
                no(
                    say("Write where the documents say how old a proof may be."),
                    mend="age_source",
                    source="LOU 4 kap. 1 §",
                )
            )
        (inquiry,) = ask_bidders(
            tender=tender,
            bids=[bid],
            purpose=Inquiry.Purpose.PROOF,
            question=question,
            basis=gettext("The bid is next in the frozen outcome. What is asked for shows how things are now."),
            answer_by=answer_by,
            by=by,
            at=at,
        )
        proofs = Proof.objects.bulk_create(
            Proof(
                inquiry=inquiry,
                number=number,
                kind=each.kind,
                about=each.about,
                what=each.what,
                requirement=each.requirement,
                register=each.register.strip(),
                max_months=each.max_months,
                counted_on=counted_on,
                age_source=age_source.strip() if each.max_months is not None else "",
            )
            for number, each in enumerate(wanted, 1)
        )
        record_event(
            "proof_asked",
            of=inquiry,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"proofs": len(proofs), "asked_sha256": canonical_hash([_asked(proof) for proof in proofs])},
        )
    return inquiry


def hand_in_proof(
    *,
    proof: Proof,
    issued_on: date,
    source: str,
    note: str,
    data: bytes | None,
    file_name: str,
    by: Person,
    at: datetime,
) -> ProofPaper:
    """Hand in a proof that one's supplier is asked for, with its own date; what came before is kept.

    Raises:
        RefusedError: `by` may not, there is no file, or who issued it is missing, or its date lies ahead.
    """
    with transaction.atomic():
        tender = held(proof.inquiry.bid.tender)
        proof = _fresh(proof)
        require(may_hand_in(by, proof, at))
        if data is None:
            raise RefusedError(no(say("Choose the file."), mend="file"))
        paper = _keep(proof, tender, data, name=file_name, issued_on=issued_on, source=source, note=note, by=by, at=at)
        record_event(
            "proof_handed_in",
            of=paper,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"paper_sha256": canonical_hash(_came(paper))},
        )
    return paper


def fetch_proof(
    *,
    proof: Proof,
    issued_on: date,
    source: str,
    note: str,
    data: bytes | None,
    file_name: str,
    by: Person,
    at: datetime,
) -> ProofPaper:
    """Record what a register answered about the intended winner: on which day, which register, with its file or in words.

    Raises:
        RefusedError: `by` may not, neither file nor words are there, the register is missing, or the date lies ahead.
    """
    with transaction.atomic():
        tender = held(proof.inquiry.bid.tender)
        proof = _fresh(proof)
        require(may_fetch_proof(by, proof, tender.procurement))
        if data is None and not note.strip():
            raise RefusedError(no(say("Choose the file, or write what the register answered."), mend="note"))
        paper = _keep(
            proof,
            tender,
            data,
            name=file_name,
            issued_on=issued_on,
            source=source,
            note=note,
            is_fetched=True,
            by=by,
            at=at,
        )
        record_event(
            "proof_fetched",
            of=paper,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"paper_sha256": canonical_hash(_came(paper))},
        )
    return paper


def check_proof(*, paper: ProofPaper, verdict: str, reason: str, by: Person, at: datetime) -> ProofCheck:
    """Check what came as a proof, with the reason; the latest check of the latest paper counts (LOU 4 kap. 10 §, INV-35).

    The bidder is told what is not accepted, and why.

    Raises:
        RefusedError: `by` may not, a later paper has come, the reason is missing, or the paper is too old to be accepted.
    """
    with transaction.atomic():
        tender = held(paper.proof.inquiry.bid.tender)
        proof = _fresh(paper.proof)
        require(may_check_proof(by, proof, tender.procurement))
        latest = proof.paper
        if latest is None or latest.pk != paper.pk:
            raise RefusedError(no(say("Something else has come since. Open the page again and read it.")))
        if not reason.strip():
            raise RefusedError(no(say("Write why it is enough or not."), mend="reason", source="LOU 12 kap. 14 §"))
        if verdict == Verdict.ACCEPTED:
            require(may_accept(latest))
        last = latest.check_that_counts
        check = ProofCheck.objects.create(
            paper=latest,
            number=last.number + 1 if last else 1,
            verdict=Verdict(verdict),
            reason=reason.strip(),
            checked_at=at,
            checked_by=by,
        )
        if verdict != Verdict.ACCEPTED and not proof.register:
            told = gettext("A proof that you handed in is not accepted: %(what)s. Why: %(why)s")
            _tell(proof.inquiry, told % {"what": proof.what, "why": check.reason}, by=by, at=at)
        record_event(
            "proof_checked",
            of=check,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"check_sha256": canonical_hash({"paper": latest.pk, "verdict": verdict, "reason": check.reason})},
        )
    return check


def waive_proof(*, proof: Proof, reason: str, by: Person, at: datetime) -> Proof:
    """Take back that a proof is asked for, with the reason: it is in the authority's hands already, or was not needed.

    Raises:
        RefusedError: `by` may not, it is settled, or the reason is missing.
    """
    with transaction.atomic():
        tender = held(proof.inquiry.bid.tender)
        proof = _fresh(proof)
        require(may_waive(by, proof, tender.procurement))
        if not reason.strip():
            raise RefusedError(
                no(say("Write why it is no longer asked for."), mend="reason", source="LOU 12 kap. 14 §")
            )
        proof.waived_at, proof.waived_by, proof.waive_reason = at, by, reason.strip()
        proof.save(update_fields=["waived_at", "waived_by", "waive_reason"])
        if not proof.register:
            told = gettext("A proof is no longer asked for: %(what)s. Why: %(why)s")
            _tell(proof.inquiry, told % {"what": proof.what, "why": proof.waive_reason}, by=by, at=at)
        record_event(
            "proof_waived",
            of=proof,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"reason_sha256": canonical_hash({"reason": proof.waive_reason})},
        )
    return proof


def give_more_time(*, inquiry: Inquiry, answer_by: datetime, reason: str, by: Person, at: datetime) -> Inquiry:
    """Give the intended winner more time for its proof, with the reason; a time never moves earlier.

    Raises:
        RefusedError: `by` may not, the new time is not later, or the reason is missing.
    """
    with transaction.atomic():
        tender = held(inquiry.bid.tender)
        inquiry = with_proofs(Inquiry.objects.select_for_update(of=("self",), no_key=True)).get(pk=inquiry.pk)
        require(may_give_time(by, inquiry, tender.procurement))
        if answer_by <= max(at, inquiry.answer_by):
            raise RefusedError(no(say("The new time must be later than the one that was given."), mend="answer_by"))
        if not reason.strip():
            raise RefusedError(no(say("Write why more time is given."), mend="reason", source="LOU 12 kap. 14 §"))
        before, inquiry.answer_by = inquiry.answer_by, answer_by
        inquiry.save(update_fields=["answer_by"])
        _tell(
            inquiry,
            gettext("You have more time for the proof of your bid, until %(when)s. Why: %(why)s")
            % {"when": moment(answer_by), "why": reason.strip()},
            by=by,
            at=at,
        )
        record_event(
            "proof_time_given",
            of=inquiry,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"before": before, "after": answer_by, "reason": reason.strip()},
        )
    return inquiry


def _keep(
    proof: Proof,
    tender: Tender,
    data: bytes | None,
    *,
    name: str,
    issued_on: date,
    source: str,
    note: str,
    by: Person,
    at: datetime,
    is_fetched: bool = False,
) -> ProofPaper:
    """Store what came, enter it in the diary by the number of the bid, and keep it as the proof's latest paper."""
    if not source.strip():
        raise RefusedError(no(say("Write who issued it, or which register answered."), mend="source"))
    if issued_on > local_date(at, tender.procurement.country):
        raise RefusedError(no(say("The day of issue lies ahead."), mend="issued_on"))
    file = None if data is None else stored(data, name, by=by, at=at)
    latest = proof.paper
    return ProofPaper.objects.create(
        proof=proof,
        number=latest.number + 1 if latest else 1,
        issued_on=issued_on,
        source=source.strip(),
        note=note.strip(),
        is_fetched=is_fetched,
        document=register_document(
            case=tender.procurement.diary_case,
            direction=DiaryDocument.Direction.RECEIVED,
            subject=gettext("Proof about bid %(number)s") % {"number": proof.inquiry.bid.number},
            file=file,
            by=by,
            at=at,
            secrecy_note=SECRECY,
        ),
        came_at=at,
        brought_by=by,
    )


def stored(data: bytes, name: str, *, by: Person, at: datetime) -> StoredFile:
    """Store a file that can be read as what it is; its kind is read from its bytes."""
    counted = count_pages(data, name)
    if counted.fault is not None or counted.kind is None:
        raise RefusedError(no(counted.reason, mend="file"))
    return store_bytes(data, name=name, media_type=MEDIA_TYPES[counted.kind], by=by, at=at)


def _tell(inquiry: Inquiry, what: str, *, by: Person, at: datetime) -> None:
    """Write to the bidder what has become of its proof, with the way to it."""
    procurement = inquiry.bid.tender.procurement
    if inquiry.bid.address:
        page = f"{settings.SITE_URL}{reverse('evaluation:prove', args=[inquiry.pk])}"
        write_mail(
            to=inquiry.bid.address,
            subject=gettext("Proof for your bid: %(title)s") % {"title": procurement.title},
            text=f"{what}\n\n{page}",
            by=by,
            at=at,
            case=procurement.pk,
        )


def _fresh(proof: Proof) -> Proof:
    return with_case_of_proof(Proof.objects.select_for_update(of=("self",), no_key=True)).get(pk=proof.pk)


def _asked(proof: Proof) -> dict[str, object]:
    """Return what the ledger's hash of a proof commits to; before the award the log tells nobody who was asked for what."""
    return {
        "number": proof.number,
        "kind": proof.kind,
        "about": proof.about,
        "what": proof.what,
        "register": proof.register,
        "max_months": proof.max_months,
        "counted_on": proof.counted_on,
    }


def _came(paper: ProofPaper) -> dict[str, object]:
    file = paper.document.file
    return {
        "proof": paper.proof_id,
        "number": paper.number,
        "issued_on": paper.issued_on,
        "source": paper.source,
        "note": paper.note,
        "file_sha256": file.sha256 if file else "",
    }
