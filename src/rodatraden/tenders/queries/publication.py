"""What stops publication, joined from all checks, and what a person has accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.evaluation import LowestPrice, PercentageAddition, PriceAddition, QualityOnly
from rodatraden.core.evaluation.lint import Severity as Weight
from rodatraden.core.exact import Exact, as_fraction
from rodatraden.core.message import Amount, say
from rodatraden.needs.queries import of_procurement
from rodatraden.tenders.models import AcceptedFinding
from rodatraden.tenders.queries.reads import content_items, requirements
from rodatraden.tenders.rules import checks
from rodatraden.tenders.rules.checks import Documents
from rodatraden.tenders.rules.completeness import hints, missing
from rodatraden.tenders.rules.findings import Finding, Severity
from rodatraden.tenders.rules.keys import keys
from rodatraden.tenders.rules.lint import code_of, remarks
from rodatraden.tenders.rules.model import asked, model_of
from rodatraden.tenders.rules.receiving import stamp
from rodatraden.tenders.rules.variants import cheaper

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence
    from datetime import datetime

    from rodatraden.core.evaluation import Model
    from rodatraden.core.message import Message
    from rodatraden.needs.models import Need
    from rodatraden.tenders.models import Requirement, Tender

    Checks = tuple[Callable[[Documents], Iterator[Finding]], ...]

SEVERITY = {Weight.ERROR: Severity.STOPS, Weight.WARNING: Severity.WARNS, Weight.NOTE: Severity.HINT}
ANCHORS = {"case.model.tie_rule": "id_tie_rule", "case.model.gates[0]": "id_gate"}
"""Where on the page of the model a remark is mended, when that is one field."""
CHECKS = (
    checks.needs,
    checks.fixed_price,
    checks.content,
    checks.terms,
    checks.dates,
    checks.regime,
    checks.team,
    keys,
    stamp,
    checks.proposals,
)
CHANGE_CHECKS = (checks.needs, checks.fixed_price, checks.content, checks.terms, checks.proposals)
"""What a published change is checked for; dates have their own rule there, and team, keys, stamp and regime stay as published."""


def publication_findings(
    tender: Tender, at: datetime, rows: Sequence[Requirement] | None = None, needs: Sequence[Need] | None = None
) -> list[Finding]:
    """Return everything that should be mended, accepted or thought about before publication at `at`.

    The exact list: what stops first, then warnings, then hints; within each in the order of the pages. Constant in
    the number of requirements and needs, which are read anew unless `rows` and `needs` hold all of them.
    """
    return _found(tender, at, CHECKS, requirements(tender) if rows is None else rows, needs)


def changed_findings(tender: Tender, at: datetime) -> list[Finding]:
    """Return what should be mended or thought about before published documents are changed to what the rows say."""
    return _found(tender, at, CHANGE_CHECKS, requirements(tender))


def _found(
    tender: Tender,
    at: datetime,
    asked_for: Checks,
    rows: Iterable[Requirement],
    needs: Sequence[Need] | None = None,
) -> list[Finding]:
    documents = Documents(
        tender=tender,
        requirements=list(rows),
        needs=[
            need for need in (of_procurement(tender.procurement) if needs is None else needs) if need.struck_at is None
        ],
        items=list(content_items(tender)),
        at=at,
    )
    found = [
        *(finding for row in documents.requirements for finding in (*missing(row), *hints(row))),
        *_model(documents),
        *(finding for check in asked_for for finding in check(documents)),
    ]
    order = list(Severity)
    return sorted(found, key=lambda finding: order.index(finding.severity))


def accepted(tender: Tender) -> dict[str, AcceptedFinding]:
    """Return the warnings that a person has accepted, by their code."""
    rows = AcceptedFinding.objects.filter(tender=tender).select_related("accepted_by").order_by("code")
    return {row.code: row for row in rows}


def standing_in_the_way(
    tender: Tender, at: datetime, rows: Sequence[Requirement] | None = None, needs: Sequence[Need] | None = None
) -> list[Finding]:
    """Return what keeps the documents from being published at `at`: stops, and warnings that nobody has accepted."""
    return not_accepted(publication_findings(tender, at, rows, needs), accepted(tender))


def not_accepted(findings: Iterable[Finding], taken: Container[str]) -> list[Finding]:
    """Return those of `findings` that stop, and the warnings whose code is not among those `taken`."""
    return [
        finding
        for finding in findings
        if finding.severity is Severity.STOPS or (finding.severity is Severity.WARNS and finding.code not in taken)
    ]


def _model(documents: Documents) -> Iterator[Finding]:
    model = model_of(documents.tender)
    if model is None:
        yield documents.finding(
            "no_model",
            say("Choose how the bids are evaluated."),
            page="tenders:model",
            source="LOU 16 kap. 1 §, 19 kap. 9 §",
        )
        return
    criteria = asked(documents.requirements)
    for remark in remarks(model, criteria):
        yield documents.finding(
            code_of(remark, criteria),
            remark.text,
            page="tenders:model",
            source=remark.source.text,
            anchor=ANCHORS.get(remark.field, ""),
            severity=SEVERITY[remark.severity],
        )
    yield from _trade_off(documents, model)


def _trade_off(documents: Documents, model: Model) -> Iterator[Finding]:
    """What quality is worth, said in kronor before anybody bids: it is a choice, and no rule of law."""
    text = _traded(model)
    if text is not None:
        yield documents.finding("trade_off", text, page="tenders:model", source="policy", severity=Severity.HINT)


def _traded(model: Model) -> Message | None:
    most = trade_off(model)
    match model.combination:
        case PriceAddition(target=target) if most is not None and model.gate:
            return say(
                "A bid with {fewest} points beats one with {most} if it is more than {amount} SEK cheaper. Is that what you want?",
                fewest=model.gate.minimum, most=target, amount=Amount(most),
            )  # fmt: skip
        case PercentageAddition(target=target) if most is not None and model.gate:
            return say(
                "A bid with {fewest} points beats one with {most} if it is more than {percent} % cheaper. Is that what you want?",
                fewest=model.gate.minimum, most=target, percent=most,
            )  # fmt: skip
        case LowestPrice() if model.gate:
            return say(
                "Of two bids with at least {fewest} points the cheaper wins, whatever their points. Is that what you want?",
                fewest=model.gate.minimum,
            )
        case QualityOnly():
            return say(
                "Everybody is paid the same, so more points win however few they are. Can the criteria tell the bids apart?"
            )
        case _:
            return None


def trade_off(model: Model) -> Exact | None:
    """Return by how much cheaper a bid at the gate must be to beat one with all points; None without a gate or a rate.

    In kronor for an addition, in per cent for a percentage.
    """
    weighing = model.combination
    if model.gate is None or not isinstance(weighing, PriceAddition | PercentageAddition):
        return None
    return cheaper(weighing, as_fraction(weighing.target) - as_fraction(model.gate.minimum))
