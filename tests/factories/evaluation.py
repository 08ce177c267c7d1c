"""Opened bids on their way to a frozen outcome.

`make_opened(scores…)` gives a world with one bid per price, `judge_all` lets every evaluator score each bid as the
consensus will, `reach_outcome` goes all the way to the frozen outcome. The default is the worked example of the design:
consensus 9+8, 7+8, 8+6, 5+6 and prices 1 140, 1 000, 960, 790.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.assessments.actions import Draft, record_consensus, save_cells, submit_scores
from rodatraden.assessments.models import PanelMember, Round
from rodatraden.assessments.queries import cells_of
from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.instants import local_date
from rodatraden.evaluation.actions import (
    ask_for_proof,
    check_requirement,
    draw_presentations,
    freeze_outcome,
    lock_quality,
    start_evaluation_round,
)
from rodatraden.evaluation.models import Inquiry, Presentation, PresentationPlan, Proof, ProofPaper
from rodatraden.evaluation.queries import Wanted, check_cells, presentations_of
from rodatraden.procurements.models import Procurement
from rodatraden.tenders.models import Tender
from tests.factories.assessments import Panel, calibrate
from tests.factories.bids import open_box, open_prices
from tests.factories.memory import remembered
from tests.factories.observing import make_observer
from tests.factories.sealed import give_bid
from tests.factories.tenders import ADDITION, make_published

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rodatraden.bids.models import Bid
    from rodatraden.core.evaluation import Combination
    from rodatraden.evaluation.models import FrozenOutcome
    from tests.factories.procurements import Case

PRICES = (1140, 1000, 960, 790)
SCORES = ((9, 8), (7, 8), (8, 6), (5, 6))
SUPPLIERS = ("Mellanrum Samverkan AB", "Nordväg Coaching AB", "Bro & Bryggor HB", "Lågpris Konsult AB")


@dataclass
class World:
    """A case with its published tender and its opened bids."""

    case: Case
    tender: Tender
    bids: list[Bid]
    opened_at: datetime

    @property
    def procurement(self) -> Procurement:
        """The procurement as the database has it now."""
        return Procurement.objects.get(pk=self.case.procurement.pk)

    def fresh_tender(self) -> Tender:
        return Tender.objects.select_related("procurement").get(pk=self.tender.pk)


@remembered
def make_opened(
    prices: Sequence[int | str] = PRICES,
    *,
    evaluators: int = 2,
    weighing: Combination = ADDITION,
    language: str = "sv",
    suppliers: Sequence[str] = SUPPLIERS,
    is_observed: bool = False,
) -> World:
    """A bid for each price, opened, while somebody observed it or not; the bids are numbered in the order of the prices."""
    case, tender = make_published(evaluators=evaluators, weighing=weighing, language=language)
    for number, price in enumerate(prices):
        give_bid(
            tender,
            supplier=suppliers[number] if number < len(suppliers) else f"Leverantör {number}",
            price=str(price),
            at=tender.deadline_at - timedelta(hours=2, minutes=-number),
        )
    if is_observed:
        make_observer(case, tender)
    opened_at = tender.deadline_at + timedelta(hours=1)
    bids = open_box(case, tender, at=opened_at)
    world = World(case, tender, bids, opened_at)
    world.tender = world.fresh_tender()
    return world


def check_all(world: World, *, failing: Sequence[int] = ()) -> None:
    """Check every must in every bid; the bids numbered in `failing` fail."""
    for cell in check_cells(world.tender):
        check_requirement(
            bid=cell.bid,
            requirement=cell.requirement,
            is_met=cell.bid.number not in failing,
            evidence="Cv, sidan 1",
            reason="Uppdragen räcker." if cell.bid.number not in failing else "Bara 12 månader är styrkta.",
            by=world.case.officer,
            at=world.opened_at + timedelta(hours=2),
        )


def judge_all(world: World, scores: Sequence[Sequence[int | str]] = SCORES, *, with_example: bool = False) -> Round:
    """Start the round and let every evaluator score alone, hand in, and the leader write the consensus down."""
    at = world.opened_at + timedelta(days=1)
    assessed = start_evaluation_round(
        tender=world.fresh_tender(), by=world.case.officer, at=at, with_example=with_example
    )
    if with_example:
        calibrate(Panel(assessed.pk, world.case.officer, list(world.case.evaluators)), at=at)
    cells = cells_of(assessed)
    for person in world.case.evaluators:
        drafts = {
            (item, criterion): Draft(Decimal(scores[item.number - 1][criterion.number - 1]), "Se metoden, s. 2.")
            for item, criterion in cells
        }
        save_cells(drafts=drafts, by=person, at=at)
        submit_scores(assessed=assessed, by=person, at=at + timedelta(hours=1))
    assessed.refresh_from_db()
    present = list(assessed.panel.filter(role=PanelMember.Role.ASSESSOR))
    for item, criterion in cells:
        record_consensus(
            item=item,
            criterion=criterion,
            points=Decimal(scores[item.number - 1][criterion.number - 1]),
            reason="Svaret visar hur tilltro byggs i alla tre led.",
            present=present,
            by=world.case.officer,
            at=at + timedelta(days=1),
        )
    return assessed


def reach_outcome(
    world: World,
    scores: Sequence[Sequence[int | str]] = SCORES,
    *,
    failing: Sequence[int] = (),
    with_example: bool = False,
) -> FrozenOutcome:
    """Check, judge, lock the quality, open the prices where bids state them, and freeze the outcome, three days after the opening."""
    check_all(world, failing=failing)
    judge_all(world, scores, with_example=with_example)
    at = world.opened_at + timedelta(days=3)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    if not world.tender.has_fixed_price:
        open_prices(world.case, world.fresh_tender(), at=at + timedelta(hours=1))
    return freeze_outcome(tender=world.fresh_tender(), by=world.case.officer, at=at + timedelta(hours=2))


@remembered
def make_outcome(
    prices: Sequence[int | str] = PRICES,
    scores: Sequence[Sequence[int | str]] = SCORES,
    *,
    failing: Sequence[int] = (),
    weighing: Combination = ADDITION,
    language: str = "sv",
    suppliers: Sequence[str] = SUPPLIERS,
) -> World:
    """The world of `make_opened` with its outcome frozen."""
    world = make_opened(prices, weighing=weighing, language=language, suppliers=suppliers)
    reach_outcome(world, scores, failing=failing)
    return world


TAX = Wanted(Proof.Kind.TAX, SUPPLIERS[0], "Intyg om skatter och avgifter", max_months=3)
CRIME = Wanted(Proof.Kind.CRIME, SUPPLIERS[0], "Utdrag ur belastningsregistret")
FETCHED = Wanted(Proof.Kind.INSOLVENCY, SUPPLIERS[0], "Registreringsbevis", register="Bolagsverket")


ANNOUNCED = "Varje anbudsgivare presenterar sitt anbud i 30 minuter."
SCORED = "Presentationen av metoden, 30 minuter, vägs in i poängen."


def announce_presentations(world: World) -> None:
    """Let the published documents say that the bids are presented, and that the first criterion is scored by it too."""
    snapshot = world.tender.snapshots.order_by("-number")[0]
    content = read_canonical(snapshot.canonical.encode())
    content["documents"]["introduction"] += f" {ANNOUNCED}"
    criterion = next(row for row in content["requirements"] if row["kind"] == "criterion")
    criterion["question"] += f" {SCORED}"
    type(snapshot).objects.filter(pk=snapshot.pk).update(canonical=canonical_json(content).decode())


def draw(world: World, *, is_scored: bool = False, at: datetime | None = None) -> list[Presentation]:
    """Announce and draw the presentations: half an hour each, a quarter between them, the first a day after the opening."""
    announce_presentations(world)
    at = at or world.opened_at + timedelta(hours=3)
    draw_presentations(
        tender=world.fresh_tender(),
        minutes=30,
        pause=15,
        first_at=at + timedelta(days=1),
        place="Storgatan 1, rum 4",
        announced=SCORED if is_scored else ANNOUNCED,
        criterion=world.tender.requirements.filter(kind="criterion").order_by("number")[0] if is_scored else None,
        by=world.case.officer,
        at=at,
    )
    return presentations_of(world.fresh_tender())


def ask_proof(
    world: World, *, wanted: Sequence[Wanted] = (TAX, CRIME, FETCHED), number: int = 1, at: datetime | None = None
) -> Inquiry:
    """Ask the bid in first place for proof, four days after the opening, with ten days to hand it in."""
    at = at or world.opened_at + timedelta(days=4)
    return ask_for_proof(
        tender=world.fresh_tender(),
        bid=next(bid for bid in world.bids if bid.number == number),
        wanted=wanted,
        question="Vi ber er visa hur det är nu.",
        answer_by=at + timedelta(days=10),
        counted_on=local_date(at),
        age_source="Inbjudan, avsnitt 4.2",
        by=world.case.officer,
        at=at,
    )


def keep_proof(world: World) -> ProofPaper:
    """Write a proof and a presentation straight into a world whose award is long decided, for tables of who sees what."""
    bid, at = world.bids[0], world.opened_at + timedelta(days=4)
    document = world.procurement.diary_case.documents.order_by("-serial")[0]
    asked = Inquiry.objects.create(
        bid=bid,
        purpose=Inquiry.Purpose.PROOF,
        question="Vi ber er visa hur det är nu.",
        basis="Anbudet står på tur.",
        answer_by=at,
        asked_at=at,
        asked_by=world.case.officer,
    )
    proof = Proof.objects.create(
        inquiry=asked, number=1, kind=CRIME.kind, about=CRIME.about, what=CRIME.what, counted_on=local_date(at)
    )
    plan = PresentationPlan.objects.create(
        tender=world.tender,
        minutes=30,
        announced=ANNOUNCED,
        seed="0" * 64,
        log_size=1,
        drawn_at=at,
        drawn_by=world.case.officer,
    )
    Presentation.objects.create(plan=plan, bid=bid, number=1, starts_at=at, place="Rum 4")
    return ProofPaper.objects.create(
        proof=proof,
        number=1,
        issued_on=local_date(at),
        source="Polisen",
        document=document,
        came_at=at,
        brought_by=bid.submission.submitted_by,
    )
