"""Two officials decide to open the others, when no pair of holders that can be had brings out a bid's key.

Whoever is concerned is told at once: the holders who are said to be out of reach, and the suppliers of the bids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.bids.actions.box import lock_box
from rodatraden.bids.models import LeavingOut, Submission
from rodatraden.bids.queries.leaving import decision_told
from rodatraden.bids.rules.leaving import (
    may_decide_leaving,
    may_propose_leaving,
    may_say_reachable,
    names_as_unreachable,
    tried,
    user_of_keys,
)
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.message import say
from rodatraden.core.sealing.holders import Holds
from rodatraden.parties.rules import may_bid_for
from rodatraden.records.actions import record_event, write_mail
from rodatraden.tenders.models import Tender

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from rodatraden.parties.models import Person


def propose_leaving_out(
    *, tender: Tender, holds: Holds, unreachable: Collection[UUID], reason: str, by: Person, at: datetime
) -> LeavingOut:
    """Propose to open the others; `by` states that the holders of the keys `unreachable` can't be reached.

    These, and the suppliers of the bids that would be left out, are told at once. A new proposal takes the place of an
    earlier one.

    Raises:
        RefusedError: `by` is no official who holds a key, a pair that can be had has not tried, who is named was never
            appointed to open, a decision holds, or no reason is given.
    """
    with transaction.atomic():
        tender = _alone(tender)
        require(may_propose_leaving(by, tender, holds, unreachable, at))
        if not reason.strip():
            raise RefusedError(no(say("Write why the others can't be reached, and what you have done to reach them.")))
        found = tried(tender, holds, unreachable)
        leaving = LeavingOut.objects.create(
            tender=tender,
            holds=str(holds),
            bids=[str(bid) for bid in found.bids],
            failed=[[str(first), str(last)] for first, last in found.failed],
            unreachable=sorted(str(key) for key in unreachable),
            reason=reason.strip(),
            proposed_by=by,
            proposed_at=at,
        )
        _tell_holders(leaving, at=at)
        tell_left_out(tender, _when_proposed(), found.bids, by=by, at=at)
        case = tender.procurement_id
        record_event("leaving_out_proposed", of=leaving, by=by, at=at, case=case, what=_told(leaving))
    return leaving


def decide_leaving_out(*, leaving: LeavingOut, by: Person, at: datetime) -> LeavingOut:
    """Decide, as the second official, that the others are opened; `by` too states that the holders can't be reached.

    Nothing is opened by it: two unlock as before, and what is not in the decision must then come out.

    Raises:
        RefusedError: `by` may not, a working day has not gone, it is decided already or no longer the latest, or a holder has turned up.
    """
    with transaction.atomic():
        tender = _alone(leaving.tender)
        leaving = LeavingOut.objects.select_related("proposed_by").get(pk=leaving.pk)
        leaving.tender = tender
        later = LeavingOut.objects.filter(tender=tender, holds=leaving.holds, proposed_at__gt=leaving.proposed_at)
        if later.exists():
            raise RefusedError(no(say("Something else has been proposed since. Load the page again.")))
        require(may_decide_leaving(by, leaving, at))
        leaving.decided_by, leaving.decided_at = by, at
        leaving.save(update_fields=["decided_by", "decided_at"])
        case = tender.procurement_id
        record_event("leaving_out_decided", of=leaving, by=by, at=at, case=case, what=_told(leaving))
    return leaving


def say_reachable(*, leaving: LeavingOut, by: Person, at: datetime) -> LeavingOut:
    """Say, as one who is said to be out of reach, that one can be reached: what was proposed or decided falls for good.

    Raises:
        RefusedError: `by` is not said to be out of reach, it has fallen already, or the others are open.
    """
    with transaction.atomic():
        tender = _alone(leaving.tender)
        leaving = LeavingOut.objects.get(pk=leaving.pk)
        leaving.tender = tender
        require(may_say_reachable(by, leaving))
        let_fall(tender, Holds(leaving.holds), [by], at=at)
        leaving.refresh_from_db(fields=["refuted_by", "refuted_at"])
        case = tender.procurement_id
        record_event("leaving_out_refuted", of=leaving, by=by, at=at, case=case, what=_told(leaving))
    return leaving


def let_fall(tender: Tender, holds: Holds, turned_up: Iterable[Person], *, at: datetime) -> None:
    """Let all that says that one of these can't be reached fall, for good; the caller has the box alone, and writes the log."""
    for leaving in LeavingOut.objects.filter(tender=tender, holds=str(holds), refuted_at=None):
        leaving.tender = tender
        found = next((person for person in turned_up if names_as_unreachable(leaving, person)), None)
        if found:
            leaving.refuted_by, leaving.refuted_at = found, at
            leaving.save(update_fields=["refuted_by", "refuted_at"])


def tell_left_out(tender: Tender, text: str, bids: Iterable[UUID], *, by: Person, at: datetime) -> None:
    """Write to the suppliers of these bids, one mail to each address; it hangs on no case, so that nobody else learns of it (INV-02)."""
    subject = gettext("Your bid could not be unlocked: %(title)s") % {"title": tender.procurement.title}
    for submission in Submission.objects.filter(pk__in=list(bids)).select_related("supplier", "submitted_by"):
        sender = submission.submitted_by
        told = {
            "title": tender.procurement.title,
            "receipt": settings.SITE_URL + reverse("bids:receipt", args=[submission.pk]),
        }
        mine = sender.email if may_bid_for(sender, submission.supplier, at) else ""
        for address in dict.fromkeys(each for each in (submission.supplier.email, mine) if each):
            write_mail(to=address, subject=subject, text=text % told, by=by, at=at)


def _when_proposed() -> str:
    return gettext(
        "The key to your sealed bid in %(title)s has not come out for the officials who have unlocked so far. Either it was sealed "
        "wrongly, or one of them is to blame: nobody can see which. Other holders of keys are said to be out of reach. In a day "
        "at the earliest two officials can decide to open the other bids. Yours then stays sealed, and is kept.\n\n"
        "If you think that this is wrong, turn to the buyer now. Your receipt: %(receipt)s"
    )


def when_left_out(holds: Holds) -> str:
    """Return what a supplier is told when the others are opened and its own bid, or its price, is not."""
    if holds is Holds.PRICE:
        return gettext(
            "The prices in %(title)s are opened, but not yours: its key did not come out for any pair of officials that could be "
            "had, so your bid has no price. It stays sealed and is kept as you handed it in. Turn to the buyer if you think that "
            "this is wrong. Your receipt: %(receipt)s"
        )
    return gettext(
        "The bids in %(title)s are opened, but not yours: its key did not come out for any pair of officials that could be had. It "
        "stays sealed and is kept as you handed it in. The protocol of the opening says which pairs tried, and why the others were "
        "opened. Turn to the buyer if you think that this is wrong. Your receipt: %(receipt)s"
    )


def _tell_holders(leaving: LeavingOut, *, at: datetime) -> None:
    procurement, users = leaving.tender.procurement, user_of_keys(leaving.tender)
    page = settings.SITE_URL + reverse("bids:reachable", args=[procurement.pk, leaving.holds])
    text = gettext(
        "%(name)s has stated that you can't be reached, and that %(title)s therefore must be opened without your key. A bid will "
        "then be left unread. It can be decided after one working day. If you can be reached, say so on this page, and the proposal "
        "falls: %(page)s"
    ) % {"name": leaving.proposed_by.name, "title": procurement.title, "page": page}
    subject = gettext("You are said to be out of reach: %(title)s") % {"title": procurement.title}
    for address in sorted({users[UUID(key)].email for key in leaving.unreachable}):
        write_mail(to=address, subject=subject, text=text, by=leaving.proposed_by, at=at)


def _told(leaving: LeavingOut) -> dict[str, object]:
    """Return by its hash what the protocol of the opening tells in full: how many bids are left out is not told before (INV-02)."""
    return {"holds": leaving.holds, "told": sha256_hex(canonical_json(decision_told(leaving)))}


def _alone(tender: Tender) -> Tender:
    lock_box(tender.pk, alone=True)
    return Tender.objects.select_related("procurement__buyer", "frozen_holders").get(pk=tender.pk)
