"""The verbs of the evaluation itself: check, start the judging, lock the quality, compute and freeze."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext

from rodatraden.assessments.actions import lock_consensus, make_model, name_items, start_round
from rodatraden.assessments.models import WIDE_ABOVE
from rodatraden.bids.actions import pass_prices
from rodatraden.bids.models import Bid
from rodatraden.core import evaluation as core
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash, canonical_json
from rodatraden.core.message import say
from rodatraden.evaluation.documents import protocol_paper
from rodatraden.evaluation.models import BidItem, FrozenOutcome, RequirementCheck, RobustnessReport, TenderRound
from rodatraden.evaluation.queries import (
    check_cells,
    criteria_of,
    frozen_outcome,
    held,
    how_firm,
    individual_scores,
    left_for_first,
    left_to_assess,
    left_to_check,
    letters,
    plan_of,
    preliminary_outcome,
    readable_bids,
    robustness_of,
    round_of,
)
from rodatraden.evaluation.rules import (
    Kind,
    evaluators_of,
    is_ready,
    leaders_of,
    may_ask_how_firm,
    may_check_requirement,
    may_freeze,
    may_start_round,
)
from rodatraden.procurements.actions import record_fact
from rodatraden.procurements.rules import has_happened
from rodatraden.records.actions import issue_document, record_event, store_bytes
from rodatraden.records.models import DiaryDocument, StoredFile
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.assessments.models import Round
    from rodatraden.core.answer import Answer
    from rodatraden.core.evaluation.robustness import Joined
    from rodatraden.evaluation.queries import CheckCell, Counted
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender


SECRECY = "OSL 19 kap. 3 §"


def check_requirement(
    *, bid: Bid, requirement: Requirement, is_met: bool, evidence: str, reason: str, by: Person, at: datetime
) -> RequirementCheck:
    """Check a published must requirement in a bid, with the evidence and the reason; the latest check counts.

    A bid is never rejected without a stated requirement and evidence (INV-12). The bid itself never changes (INV-16).

    Raises:
        RefusedError: `by` may not check now, the requirement is not a published must, or evidence or reason is missing.
    """
    with transaction.atomic():
        tender = held(bid.tender)
        last = RequirementCheck.objects.filter(bid=bid, requirement=requirement).aggregate(last=Max("number"))["last"]
        require(may_check_requirement(by, tender.procurement, requirement, is_checked=last is not None))
        if requirement.tender_id != tender.pk or requirement.kind != Requirement.Kind.MUST or requirement.struck_at:
            raise RefusedError(no(say("Only a published must requirement can be checked."), source="LOU 4 kap. 10 §"))
        if bid.is_unreadable:
            raise RefusedError(no(say("The bid could not be read at the opening, so there is nothing to check in it.")))
        if not evidence.strip() or not reason.strip():
            raise RefusedError(
                no(
                    say("Write where in the bid it shows, and why that is enough or not."),
                    source="LOU 4 kap. 10 §, 12 kap. 14 §",
                )
            )
        check = RequirementCheck.objects.create(
            bid=bid,
            requirement=requirement,
            number=(last or 0) + 1,
            is_met=is_met,
            evidence=evidence.strip(),
            reason=reason.strip(),
            checked_at=at,
            checked_by=by,
        )
        record_event(
            "requirement_checked",
            of=check,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"check_sha256": canonical_hash(_checked(check))},
        )
    return check


def start_evaluation_round(
    *,
    tender: Tender,
    by: Person,
    at: datetime,
    leader: Person | None = None,
    wide_above: Decimal = WIDE_ABOVE,
    is_anonymous: bool = False,
    with_example: bool = False,
) -> Round:
    """Start the round in which the evaluators judge all bids by the published criteria; `by` leads it unless named.

    A spread above the share `wide_above` of a scale is talked through before others. Where it `is_anonymous` the bids have
    letters, in an order that follows neither names nor arrival, until the consensus is locked. `with_example` the bids open
    when the panel has judged an example that the leader puts up.

    Raises:
        RefusedError: `by` may not, somebody has not declared anew, there is no bid to judge, or the round has started.
    """
    leader = leader or by
    with transaction.atomic():
        tender = held(tender)
        procurement = tender.procurement
        require(may_start_round(by, procurement))
        if leader not in leaders_of(procurement):
            raise RefusedError(no(say("An officer or an evaluator of this procurement leads the judging.")))
        require(is_ready(leader, procurement))
        bids = readable_bids(tender)
        if not bids:
            raise RefusedError(no(say("There is no bid to judge.")))
        if is_anonymous and plan_of(tender) is not None:
            raise RefusedError(
                no(
                    say("The bids are presented, so who is behind each is seen. They can't be judged without names."),
                    mend=_page("presentations", tender),
                    source="policy",
                )
            )
        if is_anonymous:
            bids.sort(key=lambda bid: bid.pk.hex)  # drawn at random when the bid was opened
        assessed = start_round(
            title=procurement.title,
            model=make_model(title=procurement.title, criteria=criteria_of(tender), by=by, at=at),
            leader=leader,
            assessors=evaluators_of(procurement),
            labels=letters(len(bids)) if is_anonymous else [bid.supplier.name for bid in bids],
            by=by,
            at=at,
            case=procurement,
            wide_above=wide_above,
            with_example=with_example,
        )
        TenderRound.objects.create(tender=tender, round=assessed)
        items = assessed.items.order_by("number")
        BidItem.objects.bulk_create(BidItem(bid=bid, item=item) for bid, item in zip(bids, items, strict=True))
        if is_anonymous:
            record_fact(procurement=procurement, kind=Kind.NAMES_HIDDEN, by=by, at=at)
    return assessed


def lock_quality(*, tender: Tender, by: Person, at: datetime) -> Round:
    """Lock the consensus on quality; only after this can prices be opened (INV-13). At a fixed price none are.

    Raises:
        RefusedError: the judging has not started, `by` does not lead it, or something has no consensus.
    """
    with transaction.atomic():
        tender = held(tender)
        assessed = round_of(tender)
        if assessed is None:
            raise RefusedError(no(say("The judging has not started yet."), mend=_page("start_round", tender)))
        locked = lock_consensus(assessed=assessed, by=by, at=at)
        record_fact(procurement=tender.procurement, kind=Kind.CONSENSUS_LOCKED, by=by, at=at)
        if tender.has_fixed_price:
            pass_prices(tender=tender, by=by, at=at)
        if has_happened(tender.procurement, Kind.NAMES_HIDDEN):
            named = BidItem.objects.filter(bid__tender=tender).select_related("bid__supplier")
            name_items(assessed=locked, names={link.item_id: link.bid.supplier.name for link in named}, by=by, at=at)
    return locked


def freeze_outcome(*, tender: Tender, by: Person, at: datetime) -> FrozenOutcome:
    """Compute the outcome exactly by the published model and freeze it with the hash of its inputs.

    A tie for first place freezes without a winner: the decision stops until a published rule breaks it. The program
    computes; a named person decides (INV-35).

    Raises:
        RefusedError: `by` may not now, a check is missing, or something cannot be counted.
    """
    with transaction.atomic():
        tender = held(tender)
        require(may_freeze(by, tender.procurement))
        cells = check_cells(tender)
        _require_checked(left_to_check(cells), tender)
        try:
            counted = preliminary_outcome(tender)
        except core.InputError as error:
            raise RefusedError(no(error.reason, mend=_page("checks", tender), source=error.source)) from error
        outcome = counted.outcome
        _require_checked(left_for_first(cells, outcome.value.keys), tender)
        _require_assessed(tender)
        frozen = FrozenOutcome(
            tender=tender,
            inputs=canonical_json(core.inputs(counted.model, counted.bids)).decode("utf-8"),
            inputs_sha256=outcome.inputs_hash,
            outcome_sha256=outcome.hash,
            winner=Bid.objects.get(pk=outcome.value.winner) if outcome.value.winner else None,
            frozen_at=at,
            frozen_by=by,
        )
        frozen.document = _issue_protocol(tender, replace(counted, frozen=frozen), by=by, at=at)
        frozen.save(force_insert=True)
        record_fact(
            procurement=tender.procurement,
            kind=Kind.OUTCOME_FROZEN,
            by=by,
            at=at,
            what={"inputs": outcome.inputs_hash, "outcome": outcome.hash},
        )
    return frozen


def ask_how_firm(*, tender: Tender, joined: Joined, by: Person, at: datetime) -> RobustnessReport:
    """Ask how firm the frozen outcome is, in the asker's name; the answer explains and never changes an award.

    Who has asked first stands, and is returned to whoever asks again; the report may become a public document when the award is decided.

    Raises:
        RefusedError: `by` may not, or the outcome is not frozen.
    """
    with transaction.atomic():
        tender = held(tender)
        require(may_ask_how_firm(by, tender.procurement))
        if (before := robustness_of(tender)) is not None:
            return before
        counted = frozen_outcome(tender)
        assert counted is not None, "the rule has seen the fact"
        report = how_firm(counted, individual_scores(tender), joined)
        asked = RobustnessReport.objects.create(
            tender=tender,
            joined=joined.value,
            report_sha256=canonical_hash(report.to_json()),
            asked_at=at,
            asked_by=by,
        )
        record_event(
            "robustness_asked",
            of=asked,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"joined": joined.value, "report": asked.report_sha256, "outcome": counted.outcome.hash},
        )
    return asked


def _issue_protocol(tender: Tender, counted: Counted, *, by: Person, at: datetime) -> DiaryDocument:
    """Issue the protocol of the evaluation, with what was counted as a file that computes again to the same outcome."""
    assert counted.frozen is not None, "what is issued is frozen"
    inputs = counted.frozen.inputs.encode()
    stored = store_bytes(
        inputs,
        name="utvardering-underlag.json",
        media_type="application/json",
        origin=StoredFile.Origin.OURS,
        by=by,
        at=at,
    )
    procurement = tender.procurement
    return issue_document(
        paper=protocol_paper(tender, counted, at),
        case=procurement.diary_case,
        of=procurement.pk,
        direction=DiaryDocument.Direction.DRAWN_UP,
        subject=gettext("Evaluation protocol"),
        attachments=[(gettext("What was counted: the model and the bids"), stored)],
        secrecy_note=SECRECY,
        by=by,
        at=at,
    )


def _checked(check: RequirementCheck) -> dict[str, object]:
    """Return what the ledger's hash of a check commits to; before the award decision the log tells nobody of bids."""
    return {
        "bid": check.bid_id,
        "requirement": check.requirement_id,
        "number": check.number,
        "is_met": check.is_met,
        "evidence": check.evidence,
        "reason": check.reason,
    }


def _require_assessed(tender: Tender) -> None:
    left = left_to_assess(tender)
    if left:
        raise RefusedError(
            no(
                say(
                    "{n} questions to bidders are not assessed. The first is to {supplier}.",
                    n=len(left),
                    supplier=left[0].bid.supplier.name,
                ),
                mend=_page("inquiries", tender),
                source="LOU 4 kap. 9 §, 13 kap. 4 §, 16 kap. 7 §",
            )
        )


def _require_checked(left: list[CheckCell], tender: Tender) -> None:
    if left:
        raise RefusedError(_unchecked(left, tender))


def _unchecked(left: list[CheckCell], tender: Tender) -> Answer:
    return no(
        say(
            "{n} checks are left before the outcome can be frozen. The first is {requirement} in the bid of {supplier}.",
            n=len(left),
            requirement=str(left[0].requirement),
            supplier=left[0].bid.supplier.name,
        ),
        mend=_page("checks", tender),
        source="LOU 4 kap. 10 §",
    )


def _page(name: str, tender: Tender) -> str:
    return reverse(f"evaluation:{name}", kwargs={"procurement_id": tender.procurement_id})
