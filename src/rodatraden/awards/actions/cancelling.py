"""The verb that cancels a published procurement: a reasoned decision, and one act in which all are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.awards.actions.diary import issued
from rodatraden.awards.documents import cancellation_notice_paper, cancellation_paper
from rodatraden.awards.models import Cancellation
from rodatraden.awards.rules import Kind, may_cancel, may_rest_on
from rodatraden.bids.queries import addresses_of_all, tenders_received
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.evaluation.queries import held
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import write_mail
from rodatraden.records.models import DiaryDocument
from rodatraden.tenders.actions import record_cancellation_notice
from rodatraden.tenders.queries import following
from rodatraden.ui.documents import written_in

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender


def cancel_published(
    *, tender: Tender, reason: str, delegation: str, by: Person, at: datetime, is_announced_anew: bool = False
) -> Cancellation:
    """Cancel a published procurement with its reason, and tell all bidders and all who follow in one act.

    All get the same letter, which says nothing of who or how many they are; it stands in the diary once, as sent to all
    (INV-02). Bids that have not been opened are never opened, and nothing of them is destroyed here (INV-33). The
    procurement stays on the public page, with the reason (LOU 12 kap. 12 § st. 2, 19 kap. 21 §).

    Raises:
        RefusedError: `by` may not, the contract is concluded, reason or delegation is missing, or `by` may not decide on that
            delegation.
    """
    with transaction.atomic():
        tender = held(tender)
        require(may_cancel(by, tender.procurement))
        if not reason.strip() or not delegation.strip():
            raise RefusedError(
                no(
                    say("Write the reason, which everybody reads, and which delegation the decision rests on."),
                    mend="delegation" if reason.strip() else "reason",
                    source="LOU 12 kap. 12 §, 19 kap. 21 §",
                )
            )
        require(may_rest_on(delegation, tender, by=by, at=at))
        cancellation = Cancellation(
            tender=tender,
            reason=reason.strip(),
            delegation=delegation.strip(),
            is_announced_anew=is_announced_anew,
            cancelled_at=at,
            cancelled_by=by,
        )
        cancellation.document = issued(
            tender,
            DiaryDocument.Direction.DRAWN_UP,
            cancellation_paper(cancellation, _anew(cancellation)),
            by=by,
            at=at,
        )
        cancellation.save(force_insert=True)
        _tell_all(cancellation, by=by, at=at)
        record_cancellation_notice(
            tender=tender,
            reason=cancellation.reason,
            cancelled_on=local_date(at, tender.procurement.country),
            tenders_received=tenders_received(tender) if has_happened(tender.procurement, Kind.OPENED) else None,
            by=by,
            at=at,
        )
        record_fact(
            procurement=tender.procurement, kind=Kind.CANCELLED, by=by, at=at, what={"reason": cancellation.reason}
        )
    return cancellation


@written_in(lambda cancellation, **_: cancellation.tender.procurement.language)
def _tell_all(cancellation: Cancellation, *, by: Person, at: datetime) -> None:
    """Write the one letter to all, and enter it in the diary once: neither tells who or how many got it."""
    tender = cancellation.tender
    letter = _letter(cancellation)
    subject = gettext("Cancelled: %(title)s") % {"title": tender.procurement.title}
    followers = following(tender).values_list("email", flat=True)
    for address in dict.fromkeys([*addresses_of_all(tender), *followers]):
        write_mail(to=address, subject=subject, text=letter, by=by, at=at)
    paper = cancellation_notice_paper(cancellation, letter)
    issued(tender, DiaryDocument.Direction.SENT, paper, by=by, at=at)


def _letter(cancellation: Cancellation) -> str:
    procurement = cancellation.tender.procurement
    page = settings.SITE_URL + reverse("publication:tender", args=[cancellation.tender_id])
    return "\n\n".join(
        [
            gettext("The procurement %(title)s is cancelled.") % {"title": procurement.title},
            f"{procurement.buyer.name}, {procurement.diary_case.number}",
            gettext("Why: %(reason)s") % {"reason": cancellation.reason},
            _anew(cancellation),
            gettext(
                "Bids that have not been opened stay sealed and are not opened. The decision can be tried by the administrative court (LOU 20 kap. 12 §)."
            ),
            gettext("The same stands on the public page: %(page)s") % {"page": page},
        ]
    )


@written_in(lambda cancellation: cancellation.tender.procurement.language)
def _anew(cancellation: Cancellation) -> str:
    if cancellation.is_announced_anew:
        return gettext("A new procurement is planned. It is announced when it is ready.")
    return gettext("No new procurement is planned now.")
