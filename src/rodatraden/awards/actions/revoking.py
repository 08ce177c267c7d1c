"""The verb that revokes an award: the decision is kept with why it does not stand, and all bidders are told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.awards.actions.diary import issued
from rodatraden.awards.documents import revocation_paper
from rodatraden.awards.models import Revocation
from rodatraden.awards.rules import is_notified, may_rest_on, may_revoke
from rodatraden.bids.queries import opened_bids
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.evaluation.queries import held
from rodatraden.records.actions import record_event, write_mail
from rodatraden.records.models import DiaryDocument
from rodatraden.ui.documents import written_in

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.awards.models import AwardDecision
    from rodatraden.parties.models import Person


def revoke_award(
    *, decision: AwardDecision, cause: Revocation.Cause, reason: str, delegation: str, by: Person, at: datetime
) -> Revocation:
    """Revoke the award in force with its reason, and tell all bidders who were notified of it in one act.

    The decision, its notifications and its review cases are kept. From now on no contract can be concluded until a new
    decision is made, notified and its own standstill is over.

    Raises:
        RefusedError: `by` may not, a contract is concluded, another decision is in force, reason or delegation is missing, or
            `by` may not decide on that delegation.
    """
    with transaction.atomic():
        tender = held(decision.tender)
        require(may_revoke(by, tender))
        if tender.award.pk != decision.pk:
            raise RefusedError(no(say("Another decision is in force. Open the page again and read it.")))
        if not reason.strip() or not delegation.strip():
            raise RefusedError(
                no(
                    say("Write the reason, which all bidders read, and which delegation the decision rests on."),
                    mend="delegation" if reason.strip() else "reason",
                )
            )
        require(may_rest_on(delegation, tender, by=by, at=at))
        decision, was_notified = tender.award, is_notified(tender)
        decision.tender, decision.in_force_of = tender, None
        decision.save(update_fields=["in_force_of"])
        revocation = Revocation(
            decision=decision,
            cause=cause,
            reason=reason.strip(),
            delegation=delegation.strip(),
            revoked_at=at,
            revoked_by=by,
        )
        revocation.document = issued(
            tender, DiaryDocument.Direction.DRAWN_UP, revocation_paper(revocation), by=by, at=at
        )
        revocation.save(force_insert=True)
        if was_notified:
            _tell_all(revocation, by=by, at=at)
        what = {"cause": cause, "winner": decision.winner_id}
        record_event("award_revoked", of=decision, by=by, at=at, case=tender.procurement_id, what=what)
    return revocation


@written_in(lambda revocation, **_: revocation.decision.tender.procurement.language)
def _tell_all(revocation: Revocation, *, by: Person, at: datetime) -> None:
    tender = revocation.decision.tender
    page = settings.SITE_URL + reverse("publication:tender", args=[tender.pk])
    letter = "\n\n".join(
        [
            f"{tender.procurement.title}, {tender.procurement.buyer.name}, {tender.procurement.diary_case.number}",
            gettext("The decision to accept the bid of %(winner)s is revoked.")
            % {"winner": revocation.decision.winner.supplier.name},
            gettext("Why: %(reason)s") % {"reason": revocation.reason},
            gettext(
                "You are told of the next decision in the same way. Your bid stays binding as long as the documents say."
            ),
            gettext("The same stands on the public page: %(page)s") % {"page": page},
        ]
    )
    subject = gettext("Award revoked: %(title)s") % {"title": tender.procurement.title}
    for bid in opened_bids(tender).select_related("submission__submitted_by"):
        if address := bid.address:
            write_mail(to=address, subject=subject, text=letter, by=by, at=at, case=tender.procurement_id)
