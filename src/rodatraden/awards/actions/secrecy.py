"""The verbs of secrecy: a supplier claims a part, an official tries it (OSL 5 kap. 5 §, 31 kap. 16 §)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.awards.queries import parts_of
from rodatraden.awards.rules import may_answer_requests, may_claim_secrecy
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.evaluation.queries import held
from rodatraden.records.actions import record_event
from rodatraden.records.models import SecrecyAssessment, SecrecyClaim

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from rodatraden.bids.models import Bid
    from rodatraden.parties.models import Person

Outcome = SecrecyAssessment.Outcome


def claim_secrecy(
    *, bid: Bid, file: UUID, place: str, reason: str, harm: str, by: Person, at: datetime
) -> SecrecyClaim:
    """Ask that a part of one's own bid is kept secret; a general wish is not enough, and the claim binds nobody.

    Raises:
        RefusedError: `by` may not, the file is no part of the bid, or place, reason or harm is missing.
    """
    with transaction.atomic():
        bid.tender = held(bid.tender)
        require(may_claim_secrecy(by, bid, at))
        part = next((each for each in parts_of(bid) if each[2].pk == file), None)
        if part is None:
            raise RefusedError(no(say("Choose a part of your own bid."), mend="file"))
        for text, field, missing in (
            (place, "place", say("Write which part: a page, a table, a name.")),
            (reason, "reason", say("Write why it is secret.")),
            (harm, "harm", say("Write what harm it would do.")),
        ):
            if not text.strip():
                raise RefusedError(no(missing, mend=field, source="OSL 31 kap. 16 §"))
        document, title, stored = part
        claim = SecrecyClaim.objects.create(
            document=document,
            supplier=bid.supplier,
            file=stored,
            title=title[:300],
            place=place.strip(),
            reason=reason.strip(),
            harm=harm.strip(),
            made_at=at,
            made_by=by,
        )
        case = bid.tender.procurement_id
        record_event("secrecy_claimed", of=claim, by=by, at=at, case=case, is_sealed=True)
    return claim


def assess_secrecy(
    *,
    claim: SecrecyClaim,
    outcome: SecrecyAssessment.Outcome,
    provision: str,
    reason: str,
    valid_until_on: date | None,
    by: Person,
    at: datetime,
) -> SecrecyAssessment:
    """Try a claim: secret, partly or not, by which provision and until when; a new one counts instead of the earlier.

    Raises:
        RefusedError: `by` may not, the reason is missing, or what is secret has no provision or no day to come.
    """
    with transaction.atomic():
        tender = held(claim.document.case.procurement.tender)
        require(may_answer_requests(by, tender.procurement))
        if not reason.strip():
            raise RefusedError(no(say("Write why."), mend="reason", source="OSL 31 kap. 16 §"))
        is_secret = outcome != Outcome.REJECTED
        if is_secret and not provision.strip():
            raise RefusedError(
                no(say("Write which provision makes it secret."), mend="provision", source="OSL 5 kap. 5 §")
            )
        today = local_date(at, tender.procurement.country)
        if is_secret and (valid_until_on is None or valid_until_on <= today):
            raise RefusedError(no(say("Write until which day to come it is secret."), mend="valid_until_on"))
        assessment = SecrecyAssessment.objects.create(
            claim=claim,
            number=claim.assessments.count() + 1,
            outcome=outcome,
            provision=provision.strip() if is_secret else "",
            reason=reason.strip(),
            valid_until_on=valid_until_on if is_secret else None,
            assessed_at=at,
            assessed_by=by,
        )
        case = tender.procurement_id
        what = {"outcome": outcome}
        record_event("secrecy_assessed", of=claim, by=by, at=at, case=case, what=what, is_sealed=True)
    return assessment
