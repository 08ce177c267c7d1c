"""An observer from a chamber of commerce: appointed, let in by a link, heard, ended (LOU 12 kap. 10 §)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from rodatraden.bids.actions.box import lock_box
from rodatraden.bids.actions.filing import file_observation
from rodatraden.bids.models import Opening, OpeningObserver
from rodatraden.bids.queries.observing import observers
from rodatraden.bids.rules.observing import (
    may_appoint_address,
    may_appoint_observer,
    may_end_observer,
    may_say_followed,
    may_take_observation,
)
from rodatraden.core.answer import require
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.codes import code_digest
from rodatraden.parties.actions import trust_address
from rodatraden.records.actions import record_event, write_mail
from rodatraden.tenders.models import Tender
from rodatraden.ui import links

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person


def appoint_observer(
    *,
    tender: Tender,
    name: str,
    chamber: str,
    email: str,
    token: str,
    link: str,
    is_mailed: bool,
    by: Person,
    at: datetime,
) -> OpeningObserver:
    """Let somebody whom a chamber of commerce has appointed follow the opening; who asked for it is not recorded (INV-02).

    `link` holds the code `token`, the row only its digest. It is mailed; where `is_mailed` is False, since no mail server
    is set up, `by` hands it over in person.

    Raises:
        RefusedError: `by` is no officer or official with access, the bids are opened, or the address is taken or the team's.
    """
    with transaction.atomic():
        lock_box(tender.pk, alone=False)
        tender = Tender.objects.select_related("procurement__buyer").get(pk=tender.pk)
        require(may_appoint_observer(by, tender))
        require(may_appoint_address(email, tender))
        observer = OpeningObserver.objects.create(
            tender=tender,
            name=name,
            chamber=chamber,
            email=email.lower(),
            token_sha256=code_digest(token),
            is_handed_over=not is_mailed,
            appointed_by=by,
            appointed_at=at,
        )
        if is_mailed:
            _write_to(observer, link, token, by=by, at=at)
        record_event("opening_observer_appointed", of=observer, by=by, at=at, case=tender.procurement_id)
    return observer


def _write_to(observer: OpeningObserver, link: str, token: str, *, by: Person, at: datetime) -> None:
    procurement = observer.tender.procurement
    text = gettext(
        "%(chamber)s has appointed you to attend when %(buyer)s opens the bids in the procurement %(title)s. You follow the steps in "
        "your browser, and see the list of bids when they have been opened.\n\n"
        "Begin here: %(link)s\n\n%(code)s\n\n"
        "Whoever has this message can use the link. Don't pass it on. If you do not know why you got it, do nothing."
    ) % {
        "chamber": observer.chamber,
        "buyer": procurement.buyer.name,
        "title": procurement.title,
        "link": link,
        "code": links.told(token),
    }
    subject = gettext("Follow the opening of bids: %(title)s") % {"title": procurement.title}
    write_mail(to=observer.email, subject=subject, text=text, by=by, at=at)


def end_observer(*, observer: OpeningObserver, by: Person, at: datetime) -> OpeningObserver:
    """End that somebody observes an opening: the link and the page stop working; that it was so stays in the log.

    Raises:
        RefusedError: `by` is no officer or official with access, or it has been ended already.
    """
    with transaction.atomic():
        observer = _held(observer)
        require(may_end_observer(by, observer))
        observer.ended_by, observer.ended_at = by, at
        observer.save(update_fields=["ended_by", "ended_at"])
        case = observer.tender.procurement_id
        record_event("opening_observer_ended", of=observer, by=by, at=at, case=case)
    return observer


def take_observation(*, observer: OpeningObserver, by: Person, at: datetime) -> OpeningObserver:
    """Take the link: from now on `by` sees the steps of the opening. Taken again by the same person it changes nothing.

    A link that came by mail shows that the address is the person's.

    Raises:
        RefusedError: it is not open, was sent to another address, or the person is in the team or bids here.
    """
    with transaction.atomic():
        observer = _held(observer)
        require(may_take_observation(by, observer, at))
        if observer.person_id is not None:
            return observer
        observer.person, observer.taken_at = by, at
        observer.save(update_fields=["person", "taken_at"])
        if not observer.is_handed_over:
            trust_address(person=by, by=by, at=at)
        record_event("opening_observation_taken", of=observer, by=by, at=at, case=observer.tender.procurement_id)
    return observer


def say_followed(*, observer: OpeningObserver, remark: str, by: Person, at: datetime) -> OpeningObserver:
    """Say, as the observer, that one has followed the opening, with a remark or none; once, and nothing else changes by it.

    It is a document in the diary of its own, under the same secrecy as the list; it says whether both officials had attested
    that by then. They are told of a remark, since it may come when they have no reason to look any more.

    Raises:
        RefusedError: `by` does not observe (any more), nothing is opened, or it has been said.
    """
    with transaction.atomic():
        observer = _held(observer)
        require(may_say_followed(by, observer, at))
        observer.followed_at, observer.remark = at, remark
        observer.save(update_fields=["followed_at", "remark"])
        said = file_observation(observer, by=by, at=at)
        record_event(
            "opening_followed",
            of=observer,
            by=by,
            at=at,
            case=observer.tender.procurement_id,
            what={"said": sha256_hex(said), "has_remark": bool(remark)},
        )
        if remark:
            _tell_officials(observer, by=by, at=at)
    return observer


def _tell_officials(observer: OpeningObserver, *, by: Person, at: datetime) -> None:
    """Write to both who opened that there is a remark, and nothing of what it says (OSL 19 kap. 3 §)."""
    procurement = observer.tender.procurement
    opening = Opening.objects.select_related("asked_by", "confirmed_by").get(tender=observer.tender_id)
    subject = gettext("The observer has a remark on the opening: %(title)s") % {"title": procurement.title}
    text = gettext(
        "%(observer)s has written a remark on the opening of bids in %(title)s. You read it on the page of the opening. It is "
        "registered in the diary, and changes neither the list nor what has been opened. Judge together what it leads to."
    ) % {"observer": observer, "title": procurement.title}
    for official in (opening.asked_by, opening.confirmed_by):
        if official is not None:
            write_mail(to=official.email, subject=subject, text=text, by=by, at=at)


def _held(observer: OpeningObserver) -> OpeningObserver:
    """Return the observer as it stands now, held until the transaction ends."""
    OpeningObserver.objects.select_for_update(no_key=True).get(pk=observer.pk)
    return observers().get(pk=observer.pk)
