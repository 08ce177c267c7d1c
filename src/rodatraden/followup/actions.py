"""The verbs of the follow-up: plan checks, record what they found, open and close deviations, tie back to the needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.contracts.models import Contract, Term
from rodatraden.contracts.rules import signed_on
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.followup.models import Check, CheckResult, Deviation, NeedResult
from rodatraden.followup.queries import due_dates
from rodatraden.followup.rules import may_blame, may_close, may_record
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from datetime import date, datetime

    from rodatraden.needs.models import Need
    from rodatraden.parties.models import Person
    from rodatraden.records.models import StoredFile


def plan_checks(*, contract: Contract, by: Person | None, at: datetime) -> list[Check]:
    """Plan the checks of a concluded contract, each dated and for its named person; again when an option is taken up.

    What is planned already stays as it is: the same term is planned once for each of its dates.

    Raises:
        RefusedError: the contract is not concluded.
    """
    if signed_on(contract) is None:
        raise RefusedError(no(say("The contract has not been signed by both parties yet."), mend="contracts:sign"))
    terms = Term.objects.filter(contract=contract).select_related("requirement__follow_up_by")
    with transaction.atomic():
        planned = list(Check.objects.filter(contract=contract).values_list("term", "due_on"))
        numbers = {term.pk: sum(1 for planned_term, _ in planned if planned_term == term.pk) for term in terms}
        checks = []
        for term in terms:
            for due_on in due_dates(term, contract):
                if (term.pk, due_on) in planned or term.requirement.follow_up_by is None:
                    continue
                numbers[term.pk] += 1
                checks.append(
                    Check(
                        contract=contract,
                        term=term,
                        number=numbers[term.pk],
                        due_on=due_on,
                        responsible=term.requirement.follow_up_by,
                        planned_at=at,
                    )
                )
        Check.objects.bulk_create(checks)
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
    file: StoredFile | None = None,
) -> CheckResult:
    """Record what a check found: the level reached, with evidence; the latest record counts, earlier ones are kept.

    Raises:
        RefusedError: `by` may not record it, or level or evidence is missing.
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
            level_reached=level_reached,
            evidence=evidence,
            note=note,
            file=file,
            recorded_at=at,
            recorded_by=by,
        )
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
        RefusedError: `by` may not, the term was met, the description is missing, or the party need not act.
    """
    require(may_record(by, result.check_of))
    if result.verdict == CheckResult.Verdict.MET:
        raise RefusedError(no(say("The term was met, so there is no deviation."), mend="verdict"))
    if not description.strip():
        raise RefusedError(no(say("Write what fell short."), mend="description"))
    require(may_blame(result.check_of.term.requirement, acts_by))
    with transaction.atomic():
        deviation = Deviation.objects.create(
            result=result, description=description, acts_by=acts_by, owner=owner, due_on=due_on, opened_at=at
        )
        record_event(
            "deviation_opened",
            of=deviation,
            by=by,
            at=at,
            case=result.check_of.contract.tender.procurement_id,
            what={"acts_by": acts_by, "due_on": due_on},
        )
    return deviation


def close_deviation(*, deviation: Deviation, measure: str, by: Person, at: datetime) -> Deviation:
    """Close a deviation with the measure that mended it.

    Raises:
        RefusedError: `by` may not, it is closed, or the measure is missing.
    """
    require(may_close(by, deviation))
    if not measure.strip():
        raise RefusedError(no(say("Write what was done to mend it."), mend="measure"))
    with transaction.atomic():
        deviation.closed_at, deviation.closed_by, deviation.measure = at, by, measure
        deviation.save(update_fields=["closed_at", "closed_by", "measure"])
        record_event(
            "deviation_closed",
            of=deviation,
            by=by,
            at=at,
            case=deviation.result.check_of.contract.tender.procurement_id,
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
    if NeedResult.objects.filter(need=need, result=result).exists():
        raise RefusedError(no(say("What this result meant for the need is written already.")))
    with transaction.atomic():
        linked = NeedResult.objects.create(need=need, result=result, text=text, recorded_at=at)
        record_event("need_result_linked", of=linked, by=by, at=at, case=need.procurement_id, what={"need": need.pk})
    return linked
