"""What the procurement's page says of it: its state in a word, the facts in brief, and its dates with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from rodatraden.awards.rules import computed_standstill, reviews_of
from rodatraden.contracts.queries import contract_of
from rodatraden.contracts.rules import term_of
from rodatraden.core.calendars import BASES, PROCEDURES, Standstill, earliest_deadline, latest_answer_at
from rodatraden.core.numbers import swedish_amount
from rodatraden.core.thread import cancelled_at
from rodatraden.followup.models import Check
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.queries import cpv_name, fact_at
from rodatraden.procurements.rules import has_happened
from rodatraden.tenders.queries import tender_of
from rodatraden.ui.words import SWEDISH_TIME, contract_term, day_of, said, short_date, short_moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from rodatraden.core.calendars import Computed
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Tender

Kind = StageFact.Kind


def status(procurement: Procurement, at: datetime) -> tuple[str, str]:
    """Return the state in a word and its colour; announced only once the notice database has confirmed it."""
    if cancelled_at(procurement.facts.all(), at):
        return _("Cancelled"), "neutral"
    if not fact_at(procurement, Kind.CONTRACT_SIGNED) and _is_reviewed(procurement):
        return _("In court"), "warning"
    known = (
        (Kind.CONTRACT_SIGNED, _("Contract signed"), "success"),
        (Kind.NOTIFIED, _("Decided, all notified"), "info"),
        (Kind.DECIDED, _("Decided, not notified"), "warning"),
        (Kind.OUTCOME_FROZEN, _("Outcome computed"), "info"),
        (Kind.OPENED, _("Bids are judged"), "info"),
        (Kind.CLOSED, _("Closed for bids"), "neutral"),
        (Kind.NOTICE_CONFIRMED, _("Announced"), "success"),
        (Kind.PUBLISHED, _("Handed over, not announced"), "warning"),
    )
    return next(
        ((word, colour) for kind, word, colour in known if fact_at(procurement, kind)),
        (_("Draft, not announced"), "neutral"),
    )


def _is_reviewed(procurement: Procurement) -> bool:
    """Whether a review case of the award runs."""
    tender = tender_of(procurement) if fact_at(procurement, Kind.DECIDED) else None
    return tender is not None and any(review.decided_on is None for review in reviews_of(tender))


def brief(procurement: Procurement, tender: Tender | None) -> list[tuple[str, str, bool]]:
    """Return the facts in brief; what is not stated yet is left out."""
    procedure = PROCEDURES.get(procurement.procedure)
    name = cpv_name(procurement)
    found = [
        (_("Estimated value"), _amount(procurement.estimated_value), True),
        (_("Ceiling"), _amount(tender.ceiling if tender else None), True),
        (_("Frame per year"), _amount(tender.yearly_frame if tender else None), True),
        (
            _("Contract period"),
            contract_term(tender.periods, tender.period_months) if tender and tender.ceiling else "",
            False,
        ),
        (_("Procedure"), f"{said(procedure.label)}, {procedure.paragraph}" if procedure else "", False),
        (_("CPV code"), f"{procurement.cpv} {name}".strip(), False),
        (_("Standstill"), _standstill_words(procurement), False),
    ]
    return [fact for fact in found if fact[1]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A date in the list: when, what, why then, and whether it has passed."""

    when: str
    iso: str
    title: str
    note: str
    state: str


def dates(procurement: Procurement, at: datetime) -> list[Entry]:
    """Return the dates of a procurement in order, past and planned, today among them, each with its reason.

    What was planned of one that is cancelled never comes, and is left out.
    """
    tender = tender_of(procurement)
    known = [*_of_case(procurement), *_of_tender(procurement, tender, at), *_of_contract(procurement, at)]
    if has_happened(procurement, Kind.CANCELLED):
        known = [each for each in known if _instant(each[0]) <= at]
    known.append((at, _("Today"), ""))
    known.sort(key=lambda entry: _instant(entry[0]))
    return [_entry(when, title, note, at) for when, title, note in known]


Dated = tuple[date | datetime, str, str]


def _of_case(procurement: Procurement) -> Iterator[Dated]:
    titles = {
        Kind.CREATED: _("Started"),
        Kind.PUBLISHED: _("Documents published, notice handed over"),
        Kind.NOTICE_CONFIRMED: _("Announced"),
        Kind.OPENED: _("Bids opened"),
        Kind.CONSENSUS_LOCKED: _("Quality agreed on and locked"),
        Kind.DECIDED: _("Award decided"),
        Kind.NOTIFIED: _("All bidders notified"),
        Kind.CONTRACT_SIGNED: _("Contract signed"),
        Kind.CANCELLED: _("Cancelled"),
    }
    for fact in procurement.facts.all():
        if fact.kind in titles:
            yield fact.at, titles[Kind(fact.kind)], ""


def _of_tender(procurement: Procurement, tender: Tender | None, at: datetime) -> Iterator[Dated]:
    if tender is None:
        return
    procedure = PROCEDURES.get(procurement.procedure)
    published_at = fact_at(procurement, Kind.PUBLISHED)
    if tender.planned_notice_at and published_at is None:
        yield tender.planned_notice_at, _("Notice is handed over"), _("Planned")
    if tender.question_deadline_at:
        latest = latest_answer_at(tender.deadline_at, procedure=procedure) if procedure and tender.deadline_at else None
        yield tender.question_deadline_at, _("Last time for questions"), _reasons(latest)
    if tender.deadline_at:
        sent_at = published_at or tender.planned_notice_at or at
        yield (
            tender.deadline_at,
            _("Last time for bids"),
            _reasons(earliest_deadline(procedure=procedure, dispatched_at=sent_at)) if procedure else "",
        )
    for review in reviews_of(tender) if fact_at(procurement, Kind.DECIDED) else ():
        yield review.received_on, _("Review case received by the court"), str(review)
        if review.decided_on:
            yield review.decided_on, _("Review case decided"), f"{review}: {review.get_ending_display()}"
    if fact_at(procurement, Kind.NOTIFIED):
        counted = computed_standstill(tender)
        found = counted.value
        if isinstance(found, Standstill) and found.last_barred_on:
            yield found.last_barred_on, _("Last day of the standstill"), _reasons(counted)
            yield found.earliest_signing_on, _("Earliest day for the contract"), found.basis.paragraph
    elif tender.starts_on:
        yield tender.starts_on, _("Contract starts"), _("Planned")


def _of_contract(procurement: Procurement, at: datetime) -> Iterator[Dated]:
    contract = contract_of(procurement) if has_happened(procurement, Kind.NOTIFIED) else None
    if contract is None:
        return
    term = term_of(contract)
    if term is not None:
        yield term[1], _("Last day of the agreed term"), ""
    coming = Check.objects.filter(contract=contract, due_on__gte=day_of(at), results=None)
    check = coming.select_related("term__requirement", "responsible").order_by("due_on", "pk").first()
    if check is not None:
        yield check.due_on, _("Next follow-up"), f"{check.term.requirement.label}, {check.responsible.name}"


def _entry(when: date | datetime, title: str, note: str, at: datetime) -> Entry:
    is_now = when is at
    return Entry(
        when=short_moment(when) if isinstance(when, datetime) and not is_now else short_date(when),
        iso=day_of(when).isoformat(),
        title=title,
        note=note,
        state="now" if is_now else "done" if _instant(when) <= at else "",
    )


def _instant(when: date | datetime) -> datetime:
    """Return when a date has passed: an instant as it is, a day at its end."""
    return when if isinstance(when, datetime) else datetime.combine(when, time.max, tzinfo=SWEDISH_TIME)


def _reasons(counted: Computed[Any] | None) -> str:
    """Return the steps by which a day was counted, in words."""
    return " ".join(said(step.message) for step in counted.steps) if counted else ""


def _amount(value: Decimal | None) -> str:
    return swedish_amount(value) if value is not None else ""


def _standstill_words(procurement: Procurement) -> str:
    procedure = PROCEDURES.get(procurement.procedure)
    if procedure is None:
        return ""
    basis = BASES[procedure.standstill]
    words = _("mandatory") if basis.mandatory else _("voluntary")
    return f"{words}, {basis.paragraph}"
