"""How the rows of the documents are written, under the verbs: by them before publication, by a published change after.

No rule is asked and no event recorded here; who calls has done the one and does the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Max

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.evaluation import Gate, Model, Price
from rodatraden.core.message import say
from rodatraden.tenders.models import ContentItem, Requirement, ScaleStep, Tender
from rodatraden.tenders.queries import standing
from rodatraden.tenders.rules.model import model_json, model_of, with_criteria
from rodatraden.tenders.rules.variants import may_break_ties, may_choose, may_fix_price

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.core.evaluation import Combination, PriceUnit, TieRule
    from rodatraden.needs.models import Need
    from rodatraden.parties.models import Person


class RequirementFields(TypedDict, total=False):
    """What can be said about a requirement besides its title; which of it must be said follows from the kind."""

    kind: str
    text: str
    needs: Sequence[Need]
    level: str
    level_reason: str
    evidence: str
    checked_when: str
    question: str
    max_points: Decimal | None
    steps: Sequence[tuple[Decimal, str]]
    acts_by: str
    consequence: str
    follow_up_by: Person | None
    follow_up_how: str
    follow_up_when: str
    follow_up_months: int | None
    is_fictional: bool


APART = ("needs", "steps")
"""The fields of a requirement that are rows of their own."""


def own(row: Tender | Requirement, fields: Iterable[str]) -> None:
    """Let `fields` be a proposal no longer, in the row as it stands now, which nobody else writes until the transaction ends.

    Who writes a row reads it some time before: what another has written meanwhile stays, so only what changes is saved.
    """
    hold(row, "proposed")
    row.proposed = [name for name in row.proposed if name not in fields]


def hold(row: Tender | Requirement, *names: str) -> None:
    """Read fields of a row anew, and hold the row until the transaction ends."""
    rows: Any = type(row)._default_manager.select_for_update(no_key=True)  # noqa: SLF001 -- Django's public name
    row.refresh_from_db(fields=names, from_queryset=rows)


def write_tender(tender: Tender, values: Mapping[str, object]) -> list[str]:
    """Write the fields of the documents that change and return which; what changes is no longer a proposal."""
    changed = _set(tender, values)
    own(tender, changed)
    tender.save(update_fields=[*changed, "proposed"])
    return changed


def write_model(
    tender: Tender,
    *,
    weighing: Combination,
    gate: Decimal | None,
    tie_rule: TieRule,
    unit: PriceUnit,
    tie_rule_reason: str,
    fixed_price: Decimal | None = None,
    fixed_price_vat: str = "",
    fixed_price_basis: str = "",
) -> tuple[list[str], Model]:
    """Write the evaluation model, whose criteria are those of the documents, and the fixed price where it has one.

    Return which fields changed, and the model.

    Raises:
        RefusedError: documents can't be given this way to weigh, to set equal bids apart, or this price.
    """
    require(may_choose(weighing))
    require(may_break_ties(weighing, tie_rule))
    require(may_fix_price(weighing, fixed_price))
    model = with_criteria(
        Model(
            criteria=(),
            combination=weighing,
            price=Price(unit),
            gates=() if gate is None else (Gate(gate),),
            tie_rule=tie_rule,
        ),
        standing(tender),
    )
    values = {
        "evaluation_model": model_json(model),
        "tie_rule_reason": tie_rule_reason.strip(),
        "fixed_price": fixed_price,
        "fixed_price_vat": "" if fixed_price is None else fixed_price_vat,
        "fixed_price_basis": "" if fixed_price is None else fixed_price_basis.strip(),
    }
    return write_tender(tender, values), model


def keep_model(tender: Tender) -> None:
    """Let the evaluation model follow the award criteria: they are one list, written once."""
    hold(tender, "evaluation_model")
    model = model_of(tender)
    if model is not None:
        tender.evaluation_model = model_json(with_criteria(model, standing(tender)))
        tender.save(update_fields=["evaluation_model"])


def new_requirement(tender: Tender) -> Requirement:
    """Return an unsaved requirement with the next label, and keep the number until the transaction ends."""
    return Requirement(tender=tender, number=_next_number(tender, Requirement))


def write_requirement(requirement: Requirement, title: str | None, fields: RequirementFields) -> list[str]:
    """Write what is given of a requirement and changes, and return which fields do; what changes is no longer a proposal.

    Raises:
        RefusedError: the title is empty, a need belongs elsewhere, or two steps of the scale give the same points.
    """
    values: dict[str, Any] = {name: value for name, value in fields.items() if name not in APART}
    if title is not None:
        if not title.strip():
            raise RefusedError(no(say("Name the requirement.")))
        values = {"title": title.strip(), **values}
    changed = _set(requirement, values)
    columns = [*changed, "proposed"]
    if requirement._state.adding:  # noqa: SLF001 -- Django's public name
        requirement.save()
    if "needs" in fields and _set_needs(requirement, fields["needs"]):
        changed.append("needs")
    if "steps" in fields and _set_steps(requirement, fields["steps"]):
        changed.append("steps")
    own(requirement, changed)
    requirement.save(update_fields=columns)
    keep_model(requirement.tender)
    return changed


def strike_row(requirement: Requirement, reason: str, *, at: datetime) -> None:
    """Strike a requirement; its row and label stay, with the reason.

    Raises:
        RefusedError: no reason is given.
    """
    if not reason.strip():
        raise RefusedError(no(say("Say why the requirement is struck.")))
    requirement.struck_at = at
    requirement.struck_reason = reason.strip()
    requirement.save(update_fields=["struck_at", "struck_reason"])
    keep_model(requirement.tender)


def new_item(tender: Tender) -> ContentItem:
    """Return an unsaved content item with the next number, and keep the number until the transaction ends."""
    return ContentItem(tender=tender, number=_next_number(tender, ContentItem))


def write_item(
    item: ContentItem,
    *,
    title: str,
    description: str,
    max_pages: int | None,
    rejects_over_limit: bool,
    is_price: bool,
    is_annex: bool,
    is_required: bool,
    criteria: Iterable[Requirement],
) -> None:
    """Write what a bid must hold.

    Raises:
        RefusedError: it has no name, rejects without a limit, names criteria that it can't answer, or is a price that
            would become an annex.
    """
    answered = list(criteria)
    if not title.strip():
        raise RefusedError(no(say("Name what the bid shall hold.")))
    if rejects_over_limit and not max_pages:
        raise RefusedError(no(say("Say how many pages it may have, or that nothing is rejected for its length.")))
    if any(criterion.tender_id != item.tender_id for criterion in answered):
        raise RefusedError(no(say("The criterion does not belong to these documents.")))
    if is_price and answered:
        raise RefusedError(
            no(
                say("What is scored can't stand in the price: prices stay closed until the quality is judged."),
                source="policy",
            )
        )
    if is_price and is_annex:
        raise RefusedError(
            no(say("The price stands in the contract itself. Only another part of the bid can become an annex."))
        )
    item.title, item.description, item.max_pages = title.strip(), description.strip(), max_pages
    item.rejects_over_limit, item.is_required = rejects_over_limit, is_required
    item.is_price, item.is_annex = is_price, is_annex
    item.save()
    item.criteria.set(answered)


def _next_number(tender: Tender, rows: type[Requirement | ContentItem]) -> int:
    Tender.objects.select_for_update(no_key=True).get(pk=tender.pk)  # one number at a time
    last = rows._default_manager.filter(tender=tender).aggregate(last=Max("number"))  # noqa: SLF001 -- Django's public name
    return (last["last"] or 0) + 1


def _set(row: Tender | Requirement, values: Mapping[str, object]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _set_needs(requirement: Requirement, needs: Iterable[Need]) -> bool:
    chosen = list(needs)
    if any(need.procurement_id != requirement.tender.procurement_id for need in chosen):
        raise RefusedError(no(say("The need does not belong to this procurement.")))
    before = set(requirement.needs.values_list("pk", flat=True))
    requirement.needs.set(chosen)
    return before != {need.pk for need in chosen}


def _set_steps(requirement: Requirement, steps: Iterable[tuple[Decimal, str]]) -> bool:
    scale = sorted((points, text.strip()) for points, text in steps)
    if len({points for points, _ in scale}) != len(scale):
        raise RefusedError(no(say("Two steps of the scale give the same points. Join them, or change one.")))
    before = [(step.points, step.text) for step in requirement.steps.order_by("points")]
    if before == scale:
        return False
    requirement.steps.all().delete()
    ScaleStep.objects.bulk_create(
        ScaleStep(requirement=requirement, points=points, text=text) for points, text in scale
    )
    return True
