"""The text of a notice, field by field as the notice databases ask for it, to be copied by hand.

Numbers are eForms business terms (BT). The program hands over; it never publishes a notice itself (lag 2019:668).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from rodatraden.core.calendars import CPV_NAMES, parse_cpv
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.numbers import swedish_amount, swedish_number, swedish_sum
from rodatraden.tenders.models import NoticeHandover, Requirement
from rodatraden.tenders.queries.changes import change_of, version_before
from rodatraden.tenders.queries.contents import fixed_price_of
from rodatraden.tenders.queries.differences import snapshot_differences, told_of
from rodatraden.tenders.queries.reads import standing
from rodatraden.tenders.rules.dates import procedure_of
from rodatraden.tenders.rules.model import model_of
from rodatraden.ui.words import moment, said, weekday_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.tenders.models import Tender


@dataclass(frozen=True, slots=True)
class NoticeField:
    """One field of a notice: its business term, what it is called, and the text to copy."""

    term: str
    label: str
    text: str


def notice_fields(notice: NoticeHandover) -> list[NoticeField]:
    """Return the text of each field of a notice; fields without text are left out."""
    tender = notice.tender
    fields = [*_buyer(tender), *_purchase(tender)]
    if notice.kind == NoticeHandover.Kind.CHANGE:
        fields.extend(_change(notice))
    if notice.kind == NoticeHandover.Kind.RESULT:
        fields.extend(_award(notice))
    if notice.kind == NoticeHandover.Kind.CANCELLATION:
        fields.append(NoticeField("BT-142", _("Winner chosen"), _("No")))
        fields.append(NoticeField("BT-144", _("Why no contract comes of it"), notice.reason))
        fields.append(_received(notice))
        fields.append(NoticeField("BT-15", _("Address of the documents"), documents_address(tender)))
    if notice.kind in {NoticeHandover.Kind.CONTRACT, NoticeHandover.Kind.CHANGE}:
        fields.extend([*_time(tender), *_criteria(tender)])
    return [field for field in fields if field.text.strip()]


def _buyer(tender: Tender) -> Iterator[NoticeField]:
    buyer = tender.procurement.buyer
    yield NoticeField("BT-500", _("The buyer's name"), buyer.name)
    yield NoticeField("BT-501", _("The buyer's registration number"), buyer.registration_number)
    yield NoticeField("BT-506", _("The buyer's e-mail"), buyer.email)
    yield NoticeField("BT-22", _("Reference"), tender.procurement.diary_case.number)


def _purchase(tender: Tender) -> Iterator[NoticeField]:
    procurement, procedure = tender.procurement, procedure_of(tender.procurement)
    yield NoticeField("BT-21", _("Title"), procurement.title)
    yield NoticeField("BT-24", _("Description"), tender.introduction or procurement.summary)
    yield NoticeField("BT-262", _("CPV code"), _cpv(procurement.cpv))
    yield NoticeField("BT-105", _("Procedure"), said(procedure.label) if procedure else "")
    yield NoticeField("BT-27", _("Estimated value without VAT"), _amount(procurement.estimated_value))
    yield NoticeField("BT-271", _("Highest value of the framework agreement"), _amount(tender.ceiling))
    yield NoticeField("BT-765", _("Framework agreement"), _("Yes, with one supplier and without renewed competition"))
    yield NoticeField("BT-36", _("Length"), _("%(months)d months") % {"months": tender.period_months})
    renewals = tender.periods - 1
    yield NoticeField("BT-58", _("Most renewals"), str(renewals) if renewals > 0 else "")
    yield NoticeField("BT-536", _("Start"), weekday_date(tender.starts_on) if tender.starts_on else "")
    yield NoticeField("BT-137", _("Why it is not divided into lots"), procurement.no_lots_reason)


def _time(tender: Tender) -> Iterator[NoticeField]:
    yield NoticeField("BT-15", _("Address of the documents"), documents_address(tender))
    yield NoticeField("BT-18", _("Address for bids"), tender.bids_address or documents_address(tender))
    yield NoticeField(
        "BT-131", _("Last time for bids"), moment(tender.deadline_at, seconds=True) if tender.deadline_at else ""
    )
    yield NoticeField(
        "BT-13",
        _("Last time for questions"),
        moment(tender.question_deadline_at) if tender.question_deadline_at else "",
    )
    valid = tender.bids_valid_until_on
    yield NoticeField("BT-98", _("Bids are binding until"), weekday_date(valid) if valid else "")


def _criteria(tender: Tender) -> Iterator[NoticeField]:
    model = model_of(tender)
    rows = list(standing(tender))
    for row in rows:
        if row.kind == Requirement.Kind.CRITERION and row.max_points:
            text = _("%(title)s: at most %(points)s points") % {
                "title": row.title,
                "points": swedish_number(row.max_points),
            }
            yield NoticeField("BT-540", _("Award criterion, quality"), text)
    if model:
        text = " ".join(said(sentence) for sentence in worded(model))
        if model.addition is not None:
            text = _(
                "Price %(per_unit)s, plus %(amount)s for each point missing up to %(target)s. The lowest sum wins."
            ) % {
                "per_unit": tender.get_price_unit_display(),
                "amount": swedish_amount(model.addition.per_point),
                "target": swedish_number(model.addition.target),
            }
        fixed = fixed_price_of(tender)
        if fixed:
            text = _("Fixed price, the same for all: %(price)s. The most points win.") % {"price": fixed}
        yield NoticeField("BT-540", _("Award criterion, price"), text)
        gate = _("At least %(points)s points") % {"points": swedish_number(model.gate.minimum)} if model.gate else ""
        yield NoticeField("BT-5423", _("Lowest points to go on"), gate)
    musts = "\n".join(f"{row.title}: {row.level}" for row in rows if row.kind == Requirement.Kind.MUST)
    yield NoticeField("BT-750", _("Must requirements"), musts)
    conditions = "\n".join(f"{row.title}: {row.level}" for row in rows if row.kind == Requirement.Kind.TERM)
    yield NoticeField("BT-70", _("Special contract terms"), conditions)


def _award(notice: NoticeHandover) -> Iterator[NoticeField]:
    """Tell of the contract that was concluded, as the room of contracts wrote it down that day."""
    told = notice.outcome
    if not told:
        return
    value = f"{swedish_sum(Decimal(told['value']))}\N{NO-BREAK SPACE}{told['currency']}"
    yield NoticeField("BT-142", _("Winner chosen"), _("Yes"))
    yield NoticeField("BT-500", _("The winner's name"), told["winner"])
    number = told["winner_number"] or _("Not published: a sole trader's number is a personal number, or there is none")
    yield NoticeField("BT-501", _("The winner's registration number"), number)
    yield NoticeField("BT-118", _("Highest value of the framework agreement without VAT"), value)
    yield NoticeField("BT-1451", _("Date of the award decision"), told["decided_on"])
    yield NoticeField("BT-145", _("Date on which the contract was concluded"), told["signed_on"])
    yield NoticeField("BT-150", _("The contract's number"), told["contract_number"])
    yield _received(notice)


def _received(notice: NoticeHandover) -> NoticeField:
    """Tell how many tenders came in time; nothing where they were never opened (INV-02)."""
    return NoticeField("BT-759", _("Number of tenders received"), str(notice.outcome.get("tenders_received", "")))


def _change(notice: NoticeHandover) -> Iterator[NoticeField]:
    """Tell what a change notice is about: the published change that it was made for, else the deadline that moved."""
    tender, published = notice.tender, change_of(notice)
    if published and published.snapshot:
        before = version_before(published.snapshot)
        found = snapshot_differences(before, published.snapshot) if before else []
        told = "\n".join(f"{told_of(each)}: {each.before} → {each.after}" for each in found)
        text = _("Version %(number)d of the documents. Why: %(reason)s") % {
            "number": published.snapshot.number,
            "reason": published.reason,
        }
        yield NoticeField("BT-141", _("What has changed"), f"{text}\n{told}")
        return
    change = tender.deadline_changes.exclude(reason="").order_by("-changed_at", "-id").first()
    if change:
        text = _("%(which)s is now %(new)s. Why: %(reason)s") % {
            "which": change.get_which_display(),
            "new": moment(change.new_at, seconds=True),
            "reason": change.reason,
        }
        yield NoticeField("BT-141", _("What has changed"), text)


def documents_address(tender: Tender) -> str:
    """Return the address where everybody reads the published documents."""
    return settings.SITE_URL + reverse("publication:tender", args=[tender.pk])


def _cpv(code: str) -> str:
    if not code:
        return ""
    cpv = parse_cpv(code)
    named = CPV_NAMES.get(cpv.digits)
    return f"{cpv} {named.name}" if named else str(cpv)


def _amount(value: Decimal | None) -> str:
    return swedish_amount(value) if value is not None else ""
