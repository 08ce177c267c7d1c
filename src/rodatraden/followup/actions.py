"""The verbs of the follow-up: plan checks, record what they found, open and close deviations, tie back to the needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from rodatraden.contracts.models import Contract
from rodatraden.contracts.queries import terms_of
from rodatraden.contracts.rules import follow_up_days, is_concluded, today
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.core.paging import MEDIA_TYPES, count_pages
from rodatraden.followup.models import Check, CheckResult, Deviation, NeedResult
from rodatraden.followup.rules import may_blame, may_close, may_grow_need, may_open_deviation, may_own, may_record
from rodatraden.needs.actions import write_need
from rodatraden.records.actions import record_event, register_text, store_bytes
from rodatraden.records.models import DiaryDocument
from rodatraden.ui.words import weekday_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from rodatraden.needs.models import Need
    from rodatraden.parties.models import Person
    from rodatraden.records.models import StoredFile


def plan_checks(*, contract: Contract, by: Person | None, at: datetime) -> list[Check]:
    """Plan the checks of a concluded contract, each dated and for its named person; again when an option is taken up.

    What is planned already stays as it is: an option only adds checks after those of its term.

    Raises:
        RefusedError: the contract is not concluded.
    """
    require(is_concluded(contract))
    with transaction.atomic():
        Contract.objects.select_for_update(no_key=True).get(pk=contract.pk)
        planned = list(Check.objects.filter(contract=contract).values_list("term", flat=True))
        checks = Check.objects.bulk_create(
            Check(
                contract=contract,
                term=term,
                number=number,
                due_on=due_on,
                responsible=term.requirement.follow_up_by,
                planned_at=at,
            )
            for term in terms_of(contract)
            for number, due_on in enumerate(follow_up_days(contract, term.requirement), 1)
            if number > planned.count(term.pk) and term.requirement.follow_up_by
        )
        record_event(
            "checks_planned",
            of=contract,
            by=by,
            at=at,
            case=contract.tender.procurement_id,
            what={"checks": len(checks)},
        )
    return checks


def record_result(
    *,
    check: Check,
    verdict: CheckResult.Verdict,
    level_reached: str,
    evidence: str,
    by: Person,
    at: datetime,
    note: str = "",
    data: bytes | None = None,
    file_name: str = "",
) -> CheckResult:
    """Record what a check found: the level reached, with evidence; the latest record counts, earlier ones are kept.

    `data` is a file that shows it, if there is one; what kind of file it is is read from its bytes.

    Raises:
        RefusedError: `by` may not record it, level or evidence is missing, or the file can't be taken as it is.
    """
    require(may_record(by, check))
    if not level_reached.strip():
        raise RefusedError(no(say("Write which level was reached."), mend="level_reached"))
    if not evidence.strip():
        raise RefusedError(no(say("Write how we know: the evidence."), mend="evidence"))
    with transaction.atomic():
        result = CheckResult.objects.create(
            check_of=check,
            verdict=verdict,
            level_reached=level_reached.strip(),
            evidence=evidence.strip(),
            note=note.strip(),
            file=None if data is None else _keep(data, file_name, by=by, at=at),
            recorded_at=at,
            recorded_by=by,
        )
        _file_result(result, by=by, at=at)
        record_event(
            "check_recorded",
            of=result,
            by=by,
            at=at,
            case=check.contract.tender.procurement_id,
            what={"check": check.pk, "verdict": verdict},
        )
    return result


def open_deviation(
    *, result: CheckResult, description: str, acts_by: str, owner: Person, due_on: date, by: Person, at: datetime
) -> Deviation:
    """Open a deviation on what a check found, with who must act, its owner and its date.

    Raises:
        RefusedError: `by` may not, the term was met, the description is missing, the party need not act, the owner is
            not in the team, or the day has passed.
    """
    contract = result.check_of.contract
    require(may_open_deviation(by, result))
    if not description.strip():
        raise RefusedError(no(say("Write what fell short."), mend="description"))
    require(may_blame(result.check_of.term.requirement, acts_by))
    require(may_own(owner, contract.tender.procurement))
    if due_on < today(contract, at):
        raise RefusedError(no(say("{day} has passed. Choose a day to come.", day=due_on), mend="due_on"))
    with transaction.atomic():
        deviation = Deviation.objects.create(
            result=result, description=description.strip(), acts_by=acts_by, owner=owner, due_on=due_on, opened_at=at
        )
        _file(
            result,
            gettext("Deviation from %(term)s"),
            f"{deviation.description}\n\n"
            + gettext("Must act: %(who)s. Owner: %(owner)s. To be mended by %(day)s.")
            % {"who": deviation.get_acts_by_display(), "owner": owner.name, "day": weekday_date(due_on)},
            by=by,
            at=at,
        )
        record_event(
            "deviation_opened",
            of=deviation,
            by=by,
            at=at,
            case=contract.tender.procurement_id,
            what={"acts_by": acts_by, "due_on": due_on},
        )
    return deviation


def close_deviation(*, deviation: Deviation, measure: str, by: Person, at: datetime) -> Deviation:
    """Close a deviation with the measure that mended it.

    Raises:
        RefusedError: `by` may not, it is closed, or the measure is missing.
    """
    with transaction.atomic():
        deviation.closed_at = Deviation.objects.select_for_update(no_key=True).get(pk=deviation.pk).closed_at
        require(may_close(by, deviation))
        if not measure.strip():
            raise RefusedError(no(say("Write what was done to mend it."), mend="measure"))
        deviation.closed_at, deviation.closed_by, deviation.measure = at, by, measure.strip()
        deviation.save(update_fields=["closed_at", "closed_by", "measure"])
        _file(
            deviation.result,
            gettext("Deviation mended, %(term)s"),
            f"{deviation.description}\n\n{deviation.measure}",
            by=by,
            at=at,
        )
        record_event(
            "deviation_closed",
            of=deviation,
            by=by,
            at=at,
            case=deviation.result.check_of.contract.tender.procurement_id,
            what={"measure": deviation.measure},
        )
    return deviation


def link_to_need(*, result: CheckResult, need: Need, text: str, by: Person, at: datetime) -> NeedResult:
    """Say what a followed-up term meant for a need that its requirement answers to: the thread is whole.

    Raises:
        RefusedError: `by` may not, the need is another requirement's, the text is missing, or it is said already.
    """
    require(may_record(by, result.check_of))
    if not result.check_of.term.requirement.needs.filter(pk=need.pk).exists():
        raise RefusedError(no(say("The requirement does not answer to this need."), mend="need"))
    if not text.strip():
        raise RefusedError(no(say("Write what it meant for the need."), mend="text"))
    with transaction.atomic():
        linked, is_new = NeedResult.objects.get_or_create(
            need=need, result=result, defaults={"text": text.strip(), "recorded_at": at}
        )
        if not is_new:
            raise RefusedError(no(say("What this result meant for the need is written already.")))
        record_event("need_result_linked", of=linked, by=by, at=at, case=need.procurement_id, what={"need": need.pk})
    return linked


def grow_need(
    *, linked: NeedResult, title: str, for_whom: str, description: str, evidence: str, by: Person, at: datetime
) -> NeedResult:
    """Write the need that a result leads to, in the organisation's backlog: where one thread ends the next begins.

    Raises:
        RefusedError: `by` may not, it has been written already, or a part of the need is missing.
    """
    requirement = linked.result.check_of.term.requirement
    with transaction.atomic():
        linked.next_need_id = NeedResult.objects.select_for_update(no_key=True).get(pk=linked.pk).next_need_id
        require(may_grow_need(by, linked, at))
        linked.next_need = write_need(
            organisation=linked.need.organisation,
            title=title,
            for_whom=for_whom,
            description=description,
            evidence=evidence,
            source=gettext("Follow-up of %(label)s %(title)s")
            % {"label": requirement.label, "title": requirement.title},
            by=by,
            at=at,
        )
        linked.save(update_fields=["next_need"])
        record_event(
            "need_grown",
            of=linked,
            by=by,
            at=at,
            case=linked.need.procurement_id,
            what={"next_need": linked.next_need.pk},
        )
    return linked


def _keep(data: bytes, file_name: str, *, by: Person, at: datetime) -> StoredFile:
    counted = count_pages(data, file_name)
    if counted.fault is not None or counted.kind is None:
        raise RefusedError(no(counted.reason, mend="file"))
    return store_bytes(data, name=file_name, media_type=MEDIA_TYPES[counted.kind], by=by, at=at)


def _file_result(result: CheckResult, *, by: Person, at: datetime) -> None:
    """Enter in the diary what a check found, with the file that shows it."""
    shown = [(gettext("What shows it"), result.file)] if result.file else []
    told = [
        (gettext("Verdict"), result.get_verdict_display()),
        (gettext("Level reached"), result.level_reached),
        (gettext("Evidence"), result.evidence),
        (gettext("Note"), result.note),
    ]
    text = "\n\n".join(f"{label}\n{value}" for label, value in told if value)
    _file(result, gettext("Follow-up of %(term)s"), text, by=by, at=at, attachments=shown)


def _file(
    result: CheckResult,
    subject: str,
    text: str,
    *,
    by: Person,
    at: datetime,
    attachments: Sequence[tuple[str, StoredFile]] = (),
) -> None:
    """Enter in the diary what was written about a term, under the requirement that it comes from."""
    contract, requirement = result.check_of.contract, result.check_of.term.requirement
    register_text(
        case=contract.tender.procurement.diary_case,
        direction=DiaryDocument.Direction.DRAWN_UP,
        counterparty=contract.supplier.name,
        subject=subject % {"term": f"{requirement.label} {requirement.title}"},
        text=text,
        attachments=attachments,
        by=by,
        at=at,
    )
