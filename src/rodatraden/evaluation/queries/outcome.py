"""The round in which the bids are judged, and the outcome with its steps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_uppercase
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from rodatraden.assessments.models import Round
from rodatraden.assessments.queries import Material, latest_consensus, shown_at, with_items
from rodatraden.bids.queries import accepts_price, judged_files, name_of, opened_bids
from rodatraden.core import evaluation as core
from rodatraden.core.canonical import read_canonical
from rodatraden.core.message import say
from rodatraden.core.paging import media_type_of
from rodatraden.evaluation.models import BidItem, FrozenOutcome
from rodatraden.evaluation.queries.checks import check_cells, failed_checks
from rodatraden.evaluation.queries.inquiries import put_out
from rodatraden.evaluation.rules import may_see_outcome
from rodatraden.procurements.queries import accessible_to, with_case
from rodatraden.records.queries import mark_scans
from rodatraden.tenders.queries import fixed_price_of, latest_snapshot, read_snapshot
from rodatraden.ui.documents import written_in
from rodatraden.ui.words import amount, number, points, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from rodatraden.assessments.models import Item
    from rodatraden.bids.models import Bid, BidFile
    from rodatraden.core.exact import Exact
    from rodatraden.evaluation.models import Inquiry, RequirementCheck
    from rodatraden.parties.models import Person
    from rodatraden.records.models import DiaryDocument
    from rodatraden.tenders.models import Tender


def round_of(tender: Tender) -> Round | None:
    """Return the round in which a tender's bids are judged, with what its rules read; None before it has started."""
    return _in_case(with_items(Round.objects.filter(tender_round__tender=tender)), tender)


def panel_of(tender: Tender) -> Round | None:
    """Return the same round with its panel alone, for who only asks whether somebody is in it."""
    return _in_case(Round.objects.filter(tender_round__tender=tender).prefetch_related("panel"), tender)


def _in_case(rounds: QuerySet[Round], tender: Tender) -> Round | None:
    assessed = rounds.first()
    if assessed is not None:
        assessed.case = tender.procurement  # with what has been fetched with it
    return assessed


def bid_of(item_id: UUID) -> Bid | None:
    """Return the bid that is judged as this item, if it is one."""
    link = BidItem.objects.filter(item=item_id).select_related("bid__tender", "bid__supplier").first()
    return link.bid if link else None


def letters(n: int) -> list[str]:
    """Return the labels of `n` bids without names: A to Z, then AA."""
    named = [*ascii_uppercase, *(first + last for first in ascii_uppercase for last in ascii_uppercase)]
    return [gettext("Bid %(letter)s") % {"letter": letter} for letter in named[:n]]


def offer_material(
    sender: object, items: Sequence[Item], person: Person, at: datetime, **_: object
) -> dict[UUID, list[Material]]:
    """Return the files of the bids that are judged as `items`, within what `person` sees; never a price (INV-13)."""
    del sender
    bids = dict(BidItem.objects.filter(item__in=items).values_list("bid", "item"))
    offered: dict[UUID, list[Material]] = {item: [] for item in bids.values()}
    files = judged_files(person, at).filter(bid__in=bids, content_item__is_price=False)
    found = list(files.prefetch_related("content_item__criteria"))
    mark_scans(each.file for each in found)
    for file in found:
        offered[bids[file.bid_id]].append(_material(file, person))
    return offered


def _material(file: BidFile, person: Person) -> Material:
    view_url = reverse("bids:read", kwargs={"file_id": file.pk}) if is_shown(file.file.name) else ""
    return Material(
        name=f"{file.content_item.title}: {name_of(file, person)}",
        url=reverse("bids:file", kwargs={"file_id": file.pk}),
        view_url=shown_at(view_url, file.file),
        mark=file.file.mark,
        note=_pages(file),
        id=file.pk,
        criteria=frozenset(str(criterion.pk) for criterion in file.content_item.criteria.all()),
    )


def is_shown(name: str) -> bool:
    """Whether browsers show a file of that name by themselves."""
    return media_type_of(name) == "application/pdf"


def _pages(file: BidFile) -> str:
    if file.pages is None:
        return ""
    counted = ngettext("%(n)s page", "%(n)s pages", file.pages) % {"n": file.pages}
    if file.is_over_limit:
        most = gettext("at most %(most)s are allowed") % {"most": file.content_item.max_pages}
        return f"{counted}, {most}"
    return counted


@written_in(lambda tender: tender.procurement.language)
def evaluation_bids(tender: Tender) -> list[core.Bid]:
    """Return the bids as the calculation takes them: consensus points, price, and a person's reason if not qualified.

    Raises:
        LookupError: the judging has not started.
    """
    assessed = round_of(tender)
    if assessed is None:
        msg = "The judging has not started"
        raise LookupError(msg)
    failed, out = failed_checks(check_cells(tender)), put_out(tender)
    criteria = {criterion.pk: criterion.key for criterion in assessed.model.criteria.all()}
    agreed: dict[UUID, dict[str, Exact]] = defaultdict(dict)
    for (item, criterion), consensus in latest_consensus(assessed).items():
        agreed[item][criteria[criterion]] = consensus.points
    items = dict(BidItem.objects.filter(bid__tender=tender).values_list("bid", "item"))
    return [
        core.Bid(
            key=str(bid.pk),
            name=bid.supplier.name,
            price=bid.price.amount if hasattr(bid, "price") else None,
            scores=agreed[items[bid.pk]] if bid.pk in items else {},
            not_qualified=_reason(failed.get(bid.pk), out.get(bid.pk), bid, tender),
        )
        for bid in opened_bids(tender).select_related("price")
    ]


def published_model(tender: Tender) -> core.Model:
    """Return the evaluation model as it was published, never the one that lies in the working documents (INV-08)."""
    snapshot = latest_snapshot(tender)
    if snapshot is None:
        msg = "The tender has not been published"
        raise LookupError(msg)
    return core.Model.from_json(read_snapshot(snapshot)["documents"]["evaluation_model"])


@dataclass(frozen=True, slots=True)
class Counted:
    """An outcome with all that it was computed from; `frozen` is None while it is only preliminary."""

    model: core.Model
    bids: tuple[core.Bid, ...]
    outcome: core.Outcome
    frozen: FrozenOutcome | None = None


def preliminary_outcome(tender: Tender) -> Counted:
    """Return the outcome as it would be frozen now, by the published model.

    Raises:
        InputError: something can't be counted.
    """
    model, bids = published_model(tender), tuple(evaluation_bids(tender))
    return Counted(model, bids, core.evaluate(model, bids))


def frozen_outcome(tender: Tender) -> Counted | None:
    """Return the frozen outcome, computed again from its inputs, which must give the same hashes.

    Raises:
        ValueError: the inputs do not give the hashes they were frozen with.
    """
    found = FrozenOutcome.objects.select_related("winner__supplier", "frozen_by", "document__case")
    frozen = next(iter(found.filter(tender=tender).order_by()), None)  # one at most
    if frozen is None:
        return None
    model, bids, outcome, outcome_sha256 = _evaluated(frozen.inputs)
    if outcome.inputs_hash != frozen.inputs_sha256 or outcome_sha256 != frozen.outcome_sha256:
        msg = f"The outcome of {tender.pk} does not agree with its inputs"
        raise ValueError(msg)
    return Counted(model, bids, outcome, frozen)


@lru_cache(maxsize=64)
def _evaluated(inputs: str) -> tuple[core.Model, tuple[core.Bid, ...], core.Outcome, str]:
    """Evaluate frozen inputs and hash the outcome, once for the same text: it always gives the same."""
    model, bids = core.read_inputs(read_canonical(inputs.encode()))
    outcome = core.evaluate(model, bids)
    return model, bids, outcome, outcome.hash


def criteria_of(tender: Tender) -> list[dict[str, object]]:
    """Return the published award criteria as a quality model takes them, in the order of the documents.

    What a criterion says in full, such as the case of a scenario, stands before its question: whoever judges reads both.
    """
    snapshot = latest_snapshot(tender)
    content = read_snapshot(snapshot) if snapshot else {"requirements": []}
    scales = {criterion.key: criterion.scale for criterion in published_model(tender).criteria}
    return [
        {
            "key": row["id"],
            "title": row["title"],
            "question": "\n\n".join(filter(None, (row["text"], row["question"]))),
            "min_points": scales[row["id"]].lowest,
            "max_points": scales[row["id"]].highest,
            "step": scales[row["id"]].step,
            "steps": row["scale"],
        }
        for row in content["requirements"]
        if row["id"] in scales
    ]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the panel agreed on for one criterion of a bid; the bidder reads it (LOU 12 kap. 12 §)."""

    criterion: str
    points: Exact
    highest: Exact
    reason: str


def judged(tender: Tender) -> dict[UUID, list[Judged]]:
    """Return the consensus on each bid, criterion by criterion in the order of the documents."""
    assessed = round_of(tender)
    if assessed is None:
        return {}
    agreed = latest_consensus(assessed)
    return {
        bid: [
            Judged(criterion.title, consensus.points, criterion.max_points, consensus.reason)
            for criterion in assessed.model.criteria.all()
            if (consensus := agreed.get((item, criterion.pk)))
        ]
        for bid, item in BidItem.objects.filter(bid__tender=tender).values_list("bid", "item")
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a calculation in words: what is counted, and what comes out."""

    kind: core.StepKind
    text: str
    value: str

    def __str__(self) -> str:
        """Return the line as it stands in a letter."""
        between = " = " if self.kind in SUMS else ": "
        return between.join(part for part in (self.text, self.value) if part)


SUMS = {core.StepKind.POINTS, core.StepKind.ADDITION, core.StepKind.EVALUATION_PRICE}


def told(result: core.BidResult) -> list[Line]:
    """Return the steps of a bid's way through the model as a person reads them."""
    return [Line(step.kind, *_written(step, result)) for step in result.steps]


def _written(step: core.Step, result: core.BidResult) -> tuple[str, str]:
    values = step.text.values
    match step.kind:
        case core.StepKind.SCORE:
            given = say("{score} of {highest}", score=values["score"], highest=values["highest"])
            return str(values["criterion"]), said(given)
        case core.StepKind.GATE:
            stops = result.status is core.Status.BELOW_GATE
            return said(step.text), gettext("does not go on") if stops else gettext("goes on")
    if step.value is None or step.kind is core.StepKind.TIE:
        return said(step.text), ""
    return said(step.text), valued(step.value, step.unit)


def valued(value: Exact, unit: core.Unit | None) -> str:
    """Write what a step or a bid comes to: kronor, points, or a bare number."""
    match unit:
        case core.Unit.AMOUNT:
            return amount(value)
        case core.Unit.POINTS:
            return points(value)
        case _:
            return number(value)


def _reason(failed: RequirementCheck | None, out: Inquiry | None, bid: Bid, tender: Tender) -> str | None:
    """Return why a bid is not judged, in the words of the person who checked it, or of the opening (INV-12)."""
    if bid.is_unreadable:
        return gettext("The bid could not be read at the opening. The opening protocol says why.")
    if failed is not None:
        return f"{failed.requirement.label} {failed.requirement.title}: {failed.reason}"
    if out is not None:
        return f"{out.get_purpose_display()}: {out.assessment}"
    return _without_price(bid, tender)


def _without_price(bid: Bid, tender: Tender) -> str | None:
    """Return why a bid has no price to be paid: its own could not be read, or it does not accept the fixed one."""
    if tender.has_fixed_price:
        price = {"price": fixed_price_of(tender)}
        refuses = gettext("The bid does not accept the fixed price of the documents, %(price)s.") % price
        return None if accepts_price(bid, tender) else refuses
    if not hasattr(bid, "price"):
        return gettext("The price could not be read when the prices were opened.")
    return None


def offer_documents(
    sender: object, document: DiaryDocument, person: Person | None, at: datetime, **_: object
) -> bool | None:
    """Answer whether somebody may know of a protocol of an evaluation: who sees the outcome; None of other documents."""
    del sender, at
    frozen = FrozenOutcome.objects.filter(document=document).select_related("tender").first()
    if frozen is None:
        return None
    if person is None:
        return False
    cases = accessible_to(person).filter(pk=frozen.tender.procurement_id)
    return any(may_see_outcome(person, case) for case in with_case(cases))
