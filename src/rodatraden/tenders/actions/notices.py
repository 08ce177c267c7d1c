"""The verbs of notices: note that one is due, hand it over, and enter what the notice database has published."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.calendars import Unknown, duty_due_on, result_notice_due_on
from rodatraden.core.message import say
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.models import StageFact
from rodatraden.records.actions import record_event, register_text
from rodatraden.records.models import DiaryDocument
from rodatraden.tenders.actions.holding import hold_documents
from rodatraden.tenders.models import NoticeHandover
from rodatraden.tenders.queries import notice_fields
from rodatraden.tenders.rules.access import may_confirm, may_handle
from rodatraden.tenders.rules.dates import describe_page, procedure_of
from rodatraden.ui.words import moment

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import DocumentChange, Tender


def confirm_notice(
    *,
    notice: NoticeHandover,
    database: str,
    notice_id: str,
    published_at: datetime,
    link: str,
    by: Person,
    at: datetime,
) -> NoticeHandover:
    """Enter what the notice database has published; only now is the procurement announced.

    Raises:
        RefusedError: `by` may not, it is confirmed already, or the time can't be right.
    """
    if not database.strip() or not notice_id.strip():
        raise RefusedError(no(say("Enter the database and the number that it gave the notice.")))
    if published_at > at:
        raise RefusedError(no(say("The database can't have published the notice later than now."), mend="published_at"))
    with transaction.atomic():
        notice = _held(notice)
        require(may_confirm(by, notice))
        # Databases show minutes.
        if notice.handed_over_at and published_at < notice.handed_over_at.replace(second=0, microsecond=0):
            raise RefusedError(
                no(say("The database can't have published the notice before it was handed over."), mend="published_at")
            )
        notice.database, notice.notice_id, notice.link = database.strip(), notice_id.strip(), link
        notice.published_at, notice.confirmed_at, notice.confirmed_by = published_at, at, by
        notice.save()
        _file_answer(notice, by=by, at=at)
        what = {"database": notice.database, "notice_id": notice.notice_id, "published_at": published_at}
        if notice.kind == NoticeHandover.Kind.CONTRACT:
            record_fact(
                procurement=notice.tender.procurement,
                kind=StageFact.Kind.NOTICE_CONFIRMED,
                by=by,
                at=at,
                what=what,
            )
        else:
            record_event("notice_confirmed", of=notice, by=by, at=at, case=notice.tender.procurement_id, what=what)
    return notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Awarded:
    """What the contract award notice tells of a contract that is concluded; nothing of it is known here before that.

    `value` is the most that may be ordered, in `currency` without VAT; `winner_number` is empty where it may not be
    published (a sole trader's is a personal number); `tenders_received` counts those that came in time.
    """

    winner: str
    winner_number: str
    value: Decimal
    currency: str
    decided_on: date
    signed_on: date
    tenders_received: int
    contract_number: str

    @property
    def stored(self) -> dict[str, str | int]:
        """The same as it is kept with the notice: amounts and days as text."""
        return {name: each if isinstance(each, int) else str(each) for name, each in asdict(self).items()}


def record_award_notice_due(*, tender: Tender, awarded: Awarded, by: Person, at: datetime) -> NoticeHandover | None:
    """Note by which day the contract award notice must be sent after the contract was signed; None when none is due.

    Called by the room where contracts are signed, which alone knows what the notice tells: it is kept with the notice,
    as it was that day. The days come from the procedure's rule row (LOU 10 kap. 4 §, 19 kap. 7 §).

    Raises:
        RefusedError: the program has no rule row for it.
    """
    procedure = procedure_of(tender.procurement)
    if procedure is None:
        raise RefusedError(no(say("The procurement has no procedure."), mend=describe_page(tender.procurement)))
    due_on = result_notice_due_on(procedure=procedure, signed_on=awarded.signed_on, value=awarded.value).known()
    if due_on is None:
        return None
    with transaction.atomic():
        notice = NoticeHandover.objects.create(
            tender=tender, kind=NoticeHandover.Kind.RESULT, due_on=due_on, outcome=awarded.stored
        )
        record_event("award_notice_due", of=notice, by=by, at=at, case=tender.procurement_id, what={"due_on": due_on})
    return notice


def record_cancellation_notice(
    *,
    tender: Tender,
    reason: str,
    cancelled_on: date,
    by: Person,
    at: datetime,
    tenders_received: int | None = None,
) -> NoticeHandover:
    """Note that the notice database must be told of a cancellation, and by which day.

    `tenders_received` is told only where the bids had been opened; before that nobody knows how many there are (INV-02).

    Called by the room where procurements are cancelled. The law names the days for a contract that is concluded (LOU 10
    kap. 4 §, 19 kap. 7 §); for one that never comes the same row is taken as the safe reading, not verified.
    """
    procedure = procedure_of(tender.procurement)
    due_on = None
    if procedure is not None:
        counted = duty_due_on(procedure.result_notice_days, procedure=procedure, event_on=cancelled_on).value
        due_on = None if isinstance(counted, Unknown) else counted
    with transaction.atomic():
        notice = NoticeHandover.objects.create(
            tender=tender,
            kind=NoticeHandover.Kind.CANCELLATION,
            reason=reason,
            due_on=due_on,
            outcome={} if tenders_received is None else {"tenders_received": tenders_received},
        )
        record_event(
            "cancellation_notice_due", of=notice, by=by, at=at, case=tender.procurement_id, what={"due_on": due_on}
        )
    return notice


def open_handover(
    *, tender: Tender, kind: NoticeHandover.Kind, by: Person, at: datetime, change: DocumentChange | None = None
) -> NoticeHandover:
    """Hand a notice over in the act that it tells of: the publication of the documents, or of a change of them.

    Part of that verb's transaction, whose event tells of it.
    """
    with transaction.atomic():
        notice = NoticeHandover.objects.create(
            tender=tender, kind=kind, change=change, handed_over_at=at, handed_over_by=by
        )
        _file_text(notice, by=by, at=at)
    return notice


def hand_over_notice(*, notice: NoticeHandover, by: Person, at: datetime) -> NoticeHandover:
    """Say that the text of a notice has been handed over to the notice database.

    Raises:
        RefusedError: `by` is not the officer, or it has been handed over already.
    """
    with transaction.atomic():
        notice = _held(notice)
        require(may_handle(by, notice))
        if notice.handed_over_at:
            raise RefusedError(no(say("The notice has been handed over already.")))
        notice.handed_over_at, notice.handed_over_by = at, by
        notice.save(update_fields=["handed_over_at", "handed_over_by"])
        _file_text(notice, by=by, at=at)
        record_event("notice_handed_over", of=notice, by=by, at=at, case=notice.tender.procurement_id)
    return notice


def _held(notice: NoticeHandover) -> NoticeHandover:
    """Return a notice as it stands now, its documents held until the transaction ends: a colleague may have been first."""
    tender = hold_documents(notice.tender_id)
    held = NoticeHandover.objects.get(pk=notice.pk)
    held.tender = tender
    return held


def _file_text(notice: NoticeHandover, *, by: Person, at: datetime) -> None:
    """Enter in the diary what was handed over, field by field, as it read at that moment."""
    register_text(
        case=notice.tender.procurement.diary_case,
        direction=DiaryDocument.Direction.SENT,
        counterparty=gettext("Notice database"),
        subject=notice.get_kind_display(),
        text="\n\n".join(f"{field.label} ({field.term})\n{field.text}" for field in notice_fields(notice)),
        by=by,
        at=at,
    )


def _file_answer(notice: NoticeHandover, *, by: Person, at: datetime) -> None:
    """Enter in the diary what the notice database has answered."""
    assert notice.published_at is not None  # it is entered first
    lines = [
        f"{gettext('Notice database')}: {notice.database}",
        f"{gettext('Notice number')}: {notice.notice_id}",
        f"{gettext('Published by the database')}: {moment(notice.published_at)}",
        *([f"{gettext('Link to the notice')}: {notice.link}"] if notice.link else []),
    ]
    register_text(
        case=notice.tender.procurement.diary_case,
        direction=DiaryDocument.Direction.RECEIVED,
        counterparty=notice.database,
        subject=gettext("Published: %(notice)s") % {"notice": notice.get_kind_display()},
        text="\n".join(lines),
        by=by,
        at=at,
    )
