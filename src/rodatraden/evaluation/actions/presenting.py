"""The verbs of presentations: draw the order and the times, move, cancel, time, note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.message import say
from rodatraden.evaluation.actions.evaluating import SECRECY
from rodatraden.evaluation.actions.proving import stored
from rodatraden.evaluation.models import Presentation, PresentationChange, PresentationPlan
from rodatraden.evaluation.queries import (
    drawn_order,
    held,
    is_announced,
    plan_of,
    readable_bids,
    times_of,
    with_case_of_presentation,
)
from rodatraden.evaluation.rules import may_draw, may_hold, may_move, may_note
from rodatraden.records.actions import record_event, register_document, write_mail
from rodatraden.records.models import DiaryDocument
from rodatraden.records.queries import head_of, ledger_size
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Requirement, Tender

ANNOUNCE = "LOU 4 kap. 1 §, 16 kap. 2 §"


def draw_presentations(
    *,
    tender: Tender,
    minutes: int,
    pause: int,
    first_at: datetime,
    place: str,
    announced: str,
    criterion: Requirement | None,
    by: Person,
    at: datetime,
) -> PresentationPlan:
    """Draw the order in which the bids are presented, give each its time, and write to all bidders in one act.

    The entry of the draw comes first, with which bids and which times; the seed is the root of the log with that entry, whose
    salts nobody knows before. So nobody can try when to draw, and the draw is made once. What is scored, and that there are
    presentations at all, must stand in the published documents word for word (INV-09).

    Raises:
        RefusedError: `by` may not, they are drawn already, the documents don't say it, no bid can be read, or the time has
            passed.
    """
    with transaction.atomic():
        tender = held(tender)
        require(may_draw(by, tender.procurement))
        if plan_of(tender) is not None:
            raise RefusedError(no(say("The order is drawn already. A time can be moved, with the reason.")))
        if not is_announced(tender, announced, criterion.pk if criterion else None):
            raise RefusedError(
                no(
                    say(
                        "This does not stand in the published text of the criterion. What the documents don't say is scored is not."
                    )
                    if criterion
                    else say(
                        "This does not stand in the published documents. Quote the sentence about presentations word for word."
                    ),
                    mend="announced",
                    source=ANNOUNCE,
                )
            )
        if minutes < 1 or pause < 0:
            raise RefusedError(no(say("Write how many minutes each has."), mend="minutes"))
        if not place.strip():
            raise RefusedError(no(say("Write where the bids are presented."), mend="place"))
        if first_at <= at:
            raise RefusedError(no(say("The first time must lie ahead."), mend="first_at"))
        bids = readable_bids(tender)
        if not bids:
            raise RefusedError(no(say("There is no bid to present.")))
        plan = PresentationPlan(
            tender=tender,
            minutes=minutes,
            announced=announced.strip(),
            criterion=criterion,
            drawn_at=at,
            drawn_by=by,
        )
        record_event(
            "presentations_drawn",
            of=plan,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={
                "minutes": minutes,
                "pause": pause,
                "first_at": first_at,
                "bids_sha256": canonical_hash(sorted(str(bid.pk) for bid in bids)),
            },
        )
        head = head_of(ledger_size())
        plan.seed, plan.log_size = head.root, head.size
        plan.save(force_insert=True)
        times = times_of(len(bids), first_at=first_at, minutes=minutes, pause=pause)
        ordered = zip(drawn_order(bids, plan.seed), times, strict=True)
        drawn = Presentation.objects.bulk_create(
            Presentation(plan=plan, bid=bid, number=number, starts_at=starts_at, place=place.strip())
            for number, (bid, starts_at) in enumerate(ordered, 1)
        )
        for each in drawn:
            each.bid.tender = tender
            _tell(
                each,
                gettext(
                    "You present your bid on %(when)s, for %(minutes)s minutes like everybody else. Place: %(place)s"
                )
                % {"when": moment(each.starts_at), "minutes": minutes, "place": each.place},
                by=by,
                at=at,
            )
    return plan


def move_presentation(
    *, presentation: Presentation, starts_at: datetime, reason: str, by: Person, at: datetime
) -> Presentation:
    """Move a presentation that has not begun to another time, with the reason; its bidder is told.

    Raises:
        RefusedError: `by` may not, it has begun or is cancelled, the time is not ahead, or the reason is missing.
    """
    with transaction.atomic():
        presentation, tender = _fresh(presentation)
        require(may_move(by, presentation, tender.procurement))
        if starts_at <= at or starts_at == presentation.starts_at:
            raise RefusedError(no(say("Write another time, that lies ahead."), mend="starts_at"))
        _keep_change(presentation, starts_at, reason, by=by, at=at)
        presentation.starts_at = starts_at
        presentation.save(update_fields=["starts_at"])
        _tell(
            presentation,
            gettext("Your presentation is moved to %(when)s. Why: %(why)s")
            % {"when": moment(starts_at), "why": reason.strip()},
            by=by,
            at=at,
        )
        record_event("presentation_moved", of=presentation, by=by, at=at, case=tender.procurement_id)
    return presentation


def cancel_presentation(*, presentation: Presentation, reason: str, by: Person, at: datetime) -> Presentation:
    """Cancel a presentation that has not begun, with the reason; its bidder is told, and it is kept.

    Raises:
        RefusedError: `by` may not, it has begun or is cancelled, or the reason is missing.
    """
    with transaction.atomic():
        presentation, tender = _fresh(presentation)
        require(may_move(by, presentation, tender.procurement))
        _keep_change(presentation, None, reason, by=by, at=at)
        presentation.cancelled_at = at
        presentation.save(update_fields=["cancelled_at"])
        _tell(
            presentation,
            gettext("Your presentation is cancelled. Why: %(why)s") % {"why": reason.strip()},
            by=by,
            at=at,
        )
        record_event("presentation_cancelled", of=presentation, by=by, at=at, case=tender.procurement_id)
    return presentation


def run_clock(*, presentation: Presentation, by: Person, at: datetime) -> Presentation:
    """Start the clock of a presentation, or stop it when it runs.

    Raises:
        RefusedError: `by` may not, or it has ended.
    """
    with transaction.atomic():
        presentation, tender = _fresh(presentation)
        require(may_hold(by, presentation, tender.procurement))
        if presentation.ended_at is not None:
            raise RefusedError(no(say("The presentation has ended.")))
        if presentation.started_at is None:
            presentation.started_at, event = at, "presentation_started"
        elif at <= presentation.started_at:
            raise RefusedError(no(say("It ended after it began."), mend="ended_at"))
        else:
            presentation.ended_at, event = at, "presentation_ended"
        presentation.save(update_fields=["started_at", "ended_at"])
        record_event(event, of=presentation, by=by, at=at, case=tender.procurement_id)
    return presentation


def enter_times(
    *, presentation: Presentation, started_at: datetime, ended_at: datetime, by: Person, at: datetime
) -> Presentation:
    """Enter when a presentation began and ended, where nobody ran the clock or it was run wrong; the log keeps what stood.

    Raises:
        RefusedError: `by` may not, it ended before it began, or that has not been yet.
    """
    with transaction.atomic():
        presentation, tender = _fresh(presentation)
        require(may_hold(by, presentation, tender.procurement))
        if ended_at <= started_at:
            raise RefusedError(no(say("It ended after it began."), mend="ended_at"))
        if ended_at > at:
            raise RefusedError(no(say("That time has not come yet."), mend="ended_at"))
        before = {"started": presentation.started_at, "ended": presentation.ended_at}
        presentation.started_at, presentation.ended_at = started_at, ended_at
        presentation.save(update_fields=["started_at", "ended_at"])
        record_event(
            "presentation_times_entered",
            of=presentation,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"before": before, "after": {"started": started_at, "ended": ended_at}},
        )
    return presentation


def note_presentation(
    *,
    presentation: Presentation,
    present: str,
    notes: str,
    questions: str,
    holds_price: bool,
    data: bytes | None,
    file_name: str,
    by: Person,
    at: datetime,
) -> Presentation:
    """Write down who was there, what was said, asked and answered, with a recording or what was shown where there is one.

    Once a price has come up the notes stay closed until the prices are open: written anew they do not open by it (INV-13).

    Raises:
        RefusedError: `by` may not, it has not begun, who was there is missing, or the file can't be taken as it is.
    """
    with transaction.atomic():
        presentation, tender = _fresh(presentation)
        require(may_note(by, presentation, tender.procurement))
        if presentation.started_at is None:
            raise RefusedError(no(say("Start the clock first, or enter when it began and ended.")))
        if not present.strip() or not notes.strip():
            raise RefusedError(
                no(say("Write who was there, and what was said."), mend="notes" if present.strip() else "present")
            )
        if data is not None:
            presentation.document = register_document(
                case=tender.procurement.diary_case,
                direction=DiaryDocument.Direction.RECEIVED,
                subject=gettext("Presentation of bid %(number)s") % {"number": presentation.bid.number},
                file=stored(data, file_name, by=by, at=at),
                by=by,
                at=at,
                secrecy_note=SECRECY,
            )
        presentation.present, presentation.notes = present.strip(), notes.strip()
        presentation.questions = questions.strip()
        presentation.holds_price = presentation.holds_price or holds_price
        presentation.noted_at, presentation.noted_by = at, by
        presentation.save(
            update_fields=["present", "notes", "questions", "holds_price", "document", "noted_at", "noted_by"]
        )
        record_event(
            "presentation_noted",
            of=presentation,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"notes_sha256": canonical_hash([presentation.present, presentation.notes, presentation.questions])},
        )
    return presentation


def _keep_change(
    presentation: Presentation, after_at: datetime | None, reason: str, *, by: Person, at: datetime
) -> None:
    if not reason.strip():
        raise RefusedError(no(say("Write the reason. The bidder reads it."), mend="reason", source="LOU 4 kap. 1 §"))
    PresentationChange.objects.create(
        presentation=presentation,
        before_at=presentation.starts_at,
        after_at=after_at,
        reason=reason.strip(),
        changed_at=at,
        changed_by=by,
    )


def _tell(presentation: Presentation, what: str, *, by: Person, at: datetime) -> None:
    procurement = presentation.bid.tender.procurement
    if presentation.bid.address:
        page = f"{settings.SITE_URL}{reverse('evaluation:own_presentation', args=[presentation.pk])}"
        write_mail(
            to=presentation.bid.address,
            subject=gettext("Presentation of your bid: %(title)s") % {"title": procurement.title},
            text=f"{what}\n\n{page}",
            by=by,
            at=at,
            case=procurement.pk,
        )


def _fresh(presentation: Presentation) -> tuple[Presentation, Tender]:
    """Return the presentation and its tender as they stand now, held until the transaction ends."""
    tender = held(presentation.bid.tender)
    found = with_case_of_presentation(Presentation.objects.select_for_update(of=("self",), no_key=True)).get(
        pk=presentation.pk
    )
    return found, tender
