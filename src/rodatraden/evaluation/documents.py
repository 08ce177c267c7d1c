"""The evaluation protocol: what was checked, what the panel agreed on, and every step of the arithmetic, as the pages tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext, ngettext

from rodatraden.assessments.models import PanelMember
from rodatraden.core import evaluation as core
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.evaluation.queries import check_cells, judged, round_of, telling
from rodatraden.tenders.queries import fixed_price_of, latest_snapshot
from rodatraden.ui.documents import (
    Bullets,
    Code,
    Column,
    Facts,
    Heading,
    Lead,
    Note,
    Paper,
    Steps,
    Table,
    Text,
    written_in,
)
from rodatraden.ui.words import amount, moment, number, said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from rodatraden.evaluation.queries import CheckCell, Counted, Judged
    from rodatraden.tenders.models import Tender
    from rodatraden.ui.documents import Block

Role = PanelMember.Role


@written_in(lambda tender, *_: tender.procurement.language)
def protocol_paper(tender: Tender, counted: Counted, at: datetime) -> Paper:
    """Return the protocol of the evaluation as it is frozen, or as it would be; who reads it sees prices and names.

    The sentences are those of the page of the result: the explanation is the protocol (LOU 12 kap. 14 §).
    """
    procurement = tender.procurement
    return Paper(
        kind="evaluation-protocol",
        title=gettext("Evaluation protocol"),
        subtitle=gettext("%(title)s, case %(number)s")
        % {"title": procurement.title, "number": procurement.diary_case.number},
        buyer=procurement.buyer.name,
        on=local_date(at, procurement.country),
        blocks=(
            Lead(telling.headline(counted) if counted.frozen else gettext("Preliminary until it is frozen.")),
            *_who(tender, counted),
            *_model(counted),
            *_ranking(counted),
            *_arithmetic(counted),
            *_margins(counted),
            *_quality(judged(tender), counted),
            *_checks(check_cells(tender)),
        ),
    )


def _who(tender: Tender, counted: Counted) -> Iterable[Block]:
    assessed, snapshot = round_of(tender), latest_snapshot(tender)
    panel = [each for each in assessed.panel.all() if each.removed_at is None] if assessed else []
    facts = [
        (gettext("Evaluators"), ", ".join(each.person.name for each in panel if each.role == Role.ASSESSOR)),
        (gettext("Led by"), ", ".join(each.person.name for each in panel if each.role == Role.LEADER)),
    ]
    if assessed and assessed.consensus_locked_at:
        locked = gettext("Quality locked, before any price was opened")
        if tender.has_fixed_price:
            locked = gettext("Quality locked")
        facts.append((locked, moment(assessed.consensus_locked_at)))
    if tender.has_fixed_price:
        facts.append((gettext("Fixed price, the same for all"), fixed_price_of(tender)))
    if counted.frozen:
        facts.append((gettext("Frozen"), f"{moment(counted.frozen.frozen_at)}, {counted.frozen.frozen_by.name}"))
    if snapshot:
        facts.append((gettext("Published documents"), said(say("version {number}", number=snapshot.number))))
    yield Facts(facts)


def _model(counted: Counted) -> Iterable[Block]:
    yield Heading(gettext("The model, as published"))
    yield Bullets([said(each) for each in worded(counted.model)])
    yield Code(gettext("Fingerprint of the model (SHA-256)"), counted.model.hash)
    yield Code(gettext("Fingerprint of what was counted (SHA-256)"), counted.outcome.inputs_hash)
    yield Code(gettext("Fingerprint of the outcome (SHA-256)"), counted.outcome.hash)


def _ranking(counted: Counted) -> Iterable[Block]:
    yield Heading(gettext("Ranking"))
    yield Table(
        [
            Column(gettext("Bidder"), share=4),
            Column(gettext("Place"), figures=True),
            Column(gettext("Points"), figures=True),
            Column(gettext("Price"), share=2, figures=True),
            Column(gettext("Result"), share=2, figures=True),
        ],
        [
            [
                result.name,
                "–" if result.place is None else str(result.place),
                "–" if result.points is None else number(result.points),
                "–" if result.price is None else amount(result.price),
                telling.told(result).aside,
            ]
            for result in counted.outcome.results
        ],
    )


def _arithmetic(counted: Counted) -> Iterable[Block]:
    yield Heading(gettext("How it was counted"))
    yield Text(gettext("The same way of counting for all. Exact numbers, no rounding."))
    for result in counted.outcome.results:
        told = telling.told(result)
        yield Heading(told.title, 2)
        if told.steps:
            yield Steps(list(told.steps))
        yield from (Text(note) for note in told.notes)


def _margins(counted: Counted) -> Iterable[Block]:
    margins = core.margins(counted.model, counted.bids, counted.outcome)
    if not margins:
        return
    told = [telling.told_margin(margin, counted) for margin in margins]
    yield Heading(gettext("Margins"))
    if counted.model.combination.needs_price:
        columns = [
            Column(gettext("Bid"), share=3),
            Column(gettext("Would have been first with a price"), share=3),
            Column(gettext("Or with points"), share=2),
        ]
    else:
        columns = [Column(gettext("Bid"), share=3), Column(gettext("Would have been first with points"), share=2)]
    yield Table(
        columns,
        [
            [
                f"{each.name}\n{each.behind}",
                *([f"{each.price}\n{each.price_note}"] if each.price else []),
                f"{each.points}\n{each.points_note}",
            ]
            for each in told
        ],
    )
    yield Note(gettext("Margins explain the outcome. They never change it."))


def _quality(agreed: dict[UUID, list[Judged]], counted: Counted) -> Iterable[Block]:
    """Tell what the panel agreed on, also for a bid that was not counted: its supplier reads why."""
    if not agreed:
        return
    yield Heading(gettext("What the panel agreed on"))
    for bid in counted.bids:
        judgements = agreed.get(UUID(bid.key), [])
        if not judgements:
            continue
        yield Heading(bid.name, 2)
        yield Table(
            [
                Column(gettext("Criterion"), share=2),
                Column(gettext("Points"), figures=True),
                Column(gettext("Reason"), share=4),
            ],
            [
                [
                    each.criterion,
                    said(say("{score} of {highest}", score=each.points, highest=each.highest)),
                    each.reason,
                ]
                for each in judgements
            ],
        )


def _checks(cells: list[CheckCell]) -> Iterable[Block]:
    checked = [cell for cell in cells if cell.check]
    if not checked:
        return
    yield Heading(gettext("Requirements that were checked"))
    left = len(cells) - len(checked)
    if left:
        yield Text(
            ngettext(
                "%(n)s check was not needed: it waits for the award, or the bid had failed another requirement.",
                "%(n)s checks were not needed: they wait for the award, or the bid had failed another requirement.",
                left,
            )
            % {"n": left}
        )
    for name in dict.fromkeys(cell.bid.supplier.name for cell in checked):
        yield Heading(name, 2)
        yield Table(
            [
                Column(gettext("Requirement"), share=3),
                Column(gettext("Check")),
                Column(gettext("Evidence and reason"), share=4),
            ],
            [
                [
                    str(cell.requirement),
                    gettext("Met") if cell.check.is_met else gettext("Not met"),
                    f"{cell.check.evidence}\n{cell.check.reason}",
                ]
                for cell in checked
                if cell.check and cell.bid.supplier.name == name
            ],
        )
