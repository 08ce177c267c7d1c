"""A published snapshot as people read it: the same content on the page, as PDF and in Word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from rodatraden.core.calendars import PROCEDURES
from rodatraden.core.evaluation import Model, PriceUnit, TieRule
from rodatraden.core.evaluation.wording import worded
from rodatraden.procurements.models import Procurement, TeamMember
from rodatraden.tenders.models import Requirement, Tender
from rodatraden.tenders.queries.publication import trade_off
from rodatraden.tenders.queries.snapshots import read_snapshot
from rodatraden.ui.words import amount, contract_term, moment, number, points, said, weekday_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rodatraden.tenders.models import Snapshot

CLAUSES = (
    "volume_clause",
    "rights_clause",
    "travel_clause",
    "platform_clause",
    "replacement_clause",
    "price_clause",
    "termination_clause",
    "rejection_clause",
    "standstill_clause",
    "longer_term_reason",
)
SHOWN_OF_REQUIREMENT = (
    "level",
    "level_reason",
    "evidence",
    "checked_when",
    "question",
    "max_points",
    "acts_by",
    "consequence",
)

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ContentsRow:
    """A need, a requirement or a part of the bid: its name, its text, what else is said of it, and a scale if it has one."""

    label: str
    title: str
    text: str
    facts: Facts
    scale: Facts = ()
    is_fictional: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """What was published, in the order in which it is read."""

    title: str
    buyer: str
    diary_number: str
    summary: str
    introduction: str
    facts: Facts
    needs: tuple[ContentsRow, ...]
    requirements: tuple[tuple[str, tuple[ContentsRow, ...]], ...]
    items: tuple[ContentsRow, ...]
    model: tuple[str, ...]
    clauses: Facts
    files: Facts

    @property
    def n_requirements(self) -> int:
        """Return how many requirements there are."""
        return sum(len(rows) for _, rows in self.requirements)


def language_of(snapshot: Snapshot) -> str:
    """Return the language in which a snapshot was published."""
    return str(read_snapshot(snapshot)["procurement"]["language"])


def contents_of(snapshot: Snapshot) -> Contents:
    """Return what a snapshot says; it is read from its frozen text alone, never from the rows as they stand now."""
    found = read_snapshot(snapshot)
    procurement, documents = found["procurement"], found["documents"]
    needs = {need["id"]: need["label"] for need in found["needs"]}
    requirements = {row["id"]: row["label"] for row in found["requirements"]}
    answered = {row["id"]: _answered_in(row["id"], found["content_items"]) for row in found["requirements"]}
    return Contents(
        title=procurement["title"],
        buyer=found["buyer"]["name"],
        diary_number=found["diary_number"],
        summary=procurement["summary"],
        introduction=documents["introduction"],
        facts=tuple((label, text) for label, text in _facts(procurement, documents) if text),
        needs=tuple(_need(need) for need in found["needs"]),
        requirements=tuple(
            (
                heading,
                tuple(
                    _requirement(row, needs, answered[row["id"]])
                    for row in found["requirements"]
                    if row["kind"] == kind
                ),
            )
            for kind, heading in _headings()
        ),
        items=tuple(_item(item, requirements) for item in found["content_items"]),
        model=(
            *_how_paid(documents),
            *model_sentences(Model.from_json(documents["evaluation_model"]), documents["tie_rule_reason"]),
        ),
        clauses=tuple((_label(Tender, name), documents[name]) for name in CLAUSES if documents[name]),
        files=tuple((file["title"], file["sha256"]) for file in found["files"]),
    )


def _headings() -> Iterator[tuple[Requirement.Kind, str]]:
    yield Requirement.Kind.MUST, _("Mandatory requirements")
    yield Requirement.Kind.CRITERION, _("Award criteria")
    yield Requirement.Kind.TERM, _("Special contract terms")


def _how_paid(documents: Mapping[str, Any]) -> Iterator[str]:
    """Say what everybody is paid where the documents state it, and that a bid accepts it instead of stating a price."""
    if documents["fixed_price"] is not None:
        yield _(
            "The price is fixed and the same for all: %(price)s. A bid accepts it and states no price of its own."
        ) % {"price": _fixed_price(documents)}


def model_sentences(model: Model, tie_rule_reason: str = "") -> Iterator[str]:
    """Say in words how bids are evaluated, with every figure that decides."""
    if model.addition is None:
        yield from (said(sentence) for sentence in worded(model))
        if tie_rule_reason:
            yield tie_rule_reason
        return
    unit = {PriceUnit.HOUR: _("the price per hour"), PriceUnit.TOTAL: _("the total price")}[model.price.unit]
    yield _(
        "The evaluation price is %(price)s plus %(amount)s for each point missing up to %(target)s. The lowest wins."
    ) % {
        "price": unit,
        "amount": amount(model.addition.per_point),
        "target": number(model.addition.target),
    }
    if model.gate:
        yield _("A bid needs at least %(points)s to be ranked.") % {"points": points(model.gate.minimum)}
    most = trade_off(model)
    if most is not None and model.gate:
        yield _("A bid with %(fewest)s beats one with %(most)s if it is more than %(amount)s cheaper.") % {
            "fewest": points(model.gate.minimum),
            "most": points(model.addition.target),
            "amount": amount(most),
        }
    yield {
        TieRule.HIGHER_QUALITY: _("When evaluation prices are equal, the bid with more points goes first."),
        TieRule.LOWER_PRICE: _("When evaluation prices are equal, the bid with the lower price goes first."),
        TieRule.CRITERIA_IN_ORDER: _(
            "When evaluation prices are equal, the bid with more points on the first of these criteria where they differ goes first: %(criteria)s."
        )
        % {"criteria": ", ".join(criterion.label for criterion in model.criteria)},
        TieRule.NONE: _("When evaluation prices are equal, no rule sets the bids apart."),
    }[model.tie_rule]
    if tie_rule_reason:
        yield tie_rule_reason


def _facts(procurement: Mapping[str, Any], documents: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    procedure = PROCEDURES.get(procurement["procedure"])
    yield _("Deadline for bids"), _moment(documents["deadline_at"])
    yield _("Deadline for questions"), _moment(documents["question_deadline_at"])
    yield _("Bids are binding until"), _day(documents["bids_valid_until_on"])
    yield _("Planned start"), _day(documents["starts_on"])
    yield _("Address for bids"), documents["bids_address"]
    yield _("Ceiling"), _amount(documents["ceiling"])
    yield _("Frame per year"), _amount(documents["yearly_frame"])
    if documents["fixed_price"] is None:
        yield _("The price is"), str(Tender.Priced(documents["price_unit"]).label)
    else:
        yield _("Fixed price"), _fixed_price(documents)
        yield _("What the fixed price rests on"), documents["fixed_price_basis"]
    yield _("Contract period"), contract_term(documents["periods"], documents["period_months"])
    yield _("Language of the documents"), str(Procurement.Language(procurement["language"]).label)
    yield _("Procedure"), f"{said(procedure.label)}, {procedure.paragraph}" if procedure else ""
    yield _("Why this procedure"), procurement["procedure_reason"]
    yield _("CPV code"), procurement["cpv"]
    yield _("Why this CPV code"), procurement["cpv_reason"]
    yield _("Why it is not divided into lots"), procurement["no_lots_reason"]


def _fixed_price(documents: Mapping[str, Any]) -> str:
    return fixed_price_words(
        Decimal(documents["fixed_price"]),
        unit=str(Tender.Priced(documents["price_unit"]).label),
        vat=str(dict(Tender.Vat.choices).get(documents["fixed_price_vat"], "")),
    )


def fixed_price_words(price: Decimal, *, unit: str, vat: str) -> str:
    """Return a fixed price as everybody reads it: how much for what, and what is said of VAT."""
    values = {"amount": amount(price), "unit": unit, "vat": vat}
    if not vat:
        return _("%(amount)s %(unit)s, without VAT") % values
    return _("%(amount)s %(unit)s, without VAT; %(vat)s") % values


def fixed_price_of(tender: Tender) -> str:
    """Return the fixed price of documents in words, empty where bids state their own."""
    if tender.fixed_price is None:
        return ""
    vat = tender.get_fixed_price_vat_display()
    return fixed_price_words(tender.fixed_price, unit=tender.get_price_unit_display(), vat=vat)


def _need(need: Mapping[str, Any]) -> ContentsRow:
    facts = ((_("For whom"), need["for_whom"]), (_("How we know"), need["evidence"]), (_("Source"), need["source"]))
    return ContentsRow(
        need["label"], need["title"], need["description"], _said(facts), is_fictional=need["is_fictional"]
    )


def _answered_in(requirement: str, items: Sequence[Mapping[str, Any]]) -> str:
    """Return which parts of the bid a criterion is answered in, with how much is read of each."""
    return ". ".join(
        " ".join(filter(None, (f"{item['title']}.", _pages(item)))).removesuffix(".")
        for item in items
        if requirement in item["criteria"]
    )


def _requirement(row: Mapping[str, Any], needs: Mapping[str, str], answered_in: str) -> ContentsRow:
    answers_to = ", ".join(needs[key] for key in row["needs"])
    facts = [(_label(Requirement, name), _shown(name, row[name])) for name in SHOWN_OF_REQUIREMENT]
    facts += [(_("Answered in"), answered_in), (_("Answers to"), answers_to), (_("Followed up"), _follow_up(row))]
    scale = tuple((points(Decimal(step["points"])), step["text"]) for step in row["scale"])
    return ContentsRow(row["label"], row["title"], row["text"], _said(facts), scale, row["is_fictional"])


def _shown(name: str, value: Any) -> str:
    """Write one field of a requirement: a choice by its words, points with their unit, text as it is."""
    choices = {"checked_when": Requirement.Checked, "acts_by": Requirement.ActsBy}
    if not value:
        return ""
    if name in choices:
        return str(choices[name](value).label)
    return points(Decimal(value)) if name == "max_points" else str(value)


def _follow_up(row: Mapping[str, Any]) -> str:
    """Say how, when and by whom a requirement is followed up; the person is named by role."""
    when = str(Requirement.When(row["follow_up_when"]).label)
    if row["follow_up_months"]:
        when = _("After %(months)s months") % {"months": row["follow_up_months"]}
    role = str(TeamMember.Role(row["follow_up_by"]).label) if row["follow_up_by"] else ""
    return ". ".join(part for part in (row["follow_up_how"], when, role) if part)


def _pages(item: Mapping[str, Any]) -> str:
    """Say how long a part of the bid may be, and what becomes of a longer one; nothing where it may have any length."""
    if not item["max_pages"]:
        return ""
    if item["rejects_over_limit"]:
        return _("At most %(pages)s pages; a longer bid is rejected.") % {"pages": item["max_pages"]}
    return _("At most %(pages)s pages are read.") % {"pages": item["max_pages"]}


def _item(item: Mapping[str, Any], requirements: Mapping[str, str]) -> ContentsRow:
    facts = (
        (_("Pages"), _pages(item)),
        (_("Answers to"), ", ".join(requirements[key] for key in item["criteria"] if key in requirements)),
        (_("Required"), _("Yes") if item["is_required"] else _("No")),
        (
            _("In the contract"),
            _("What the winner hands in becomes an annex of the contract.") if item["is_annex"] else "",
        ),
    )
    return ContentsRow(str(item["number"]), item["title"], item["description"], _said(facts))


def _said(facts: Sequence[tuple[str, str]]) -> Facts:
    return tuple((label, text) for label, text in facts if text)


def _label(model: type[Tender | Requirement], name: str) -> str:
    label = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # noqa: SLF001 -- Django's public name
    return label[:1].upper() + label[1:]


def _moment(value: str | None) -> str:
    return moment(datetime.fromisoformat(value)) if value else ""


def _day(value: str | None) -> str:
    return weekday_date(date.fromisoformat(value)) if value else ""


def _amount(value: str | int | None) -> str:
    return amount(Decimal(value)) if value is not None else ""
