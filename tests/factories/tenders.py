"""The documents of a case: small but complete, so that later rooms build on them.

`make_tender(case)` gives documents that lack nothing, `make_published_tender(case)` the same published and announced.
Four requirements (K1 a must, K2 and K3 award criteria with 10 points each, K4 a contract term) answer to one need; a bid
holds a CV, a method of at most 4 pages, a case of at most 3 pages, and a price per hour. The model is that of seed 000,
mended: 100 SEK for each point missing up to 20 (or another `weighing`), at least 12 points, higher quality first when
prices are equal. With `QualityOnly()` the documents fix the price to 950 SEK per hour, bids hold none, and the
criteria are compared in order when points are equal.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rodatraden.core.evaluation import PriceAddition, TieRule
from rodatraden.procurements.actions import describe_procurement
from rodatraden.tenders.actions import (
    Awarded,
    accept_finding,
    add_content_item,
    add_requirement,
    confirm_notice,
    publish,
    set_dates,
    set_evaluation_model,
    set_terms,
    start_tender,
)
from rodatraden.tenders.models import Requirement, Tender
from rodatraden.tenders.queries import standing_in_the_way
from tests.factories.memory import remembered
from tests.factories.needs import make_need
from tests.factories.parties import START
from tests.factories.procurements import hold_keys, make_case

if TYPE_CHECKING:
    from rodatraden.core.evaluation import Combination
    from rodatraden.tenders.models import NoticeHandover
    from tests.factories.procurements import Case

Kind = Requirement.Kind
When = Requirement.When

ADDITION = PriceAddition(Decimal(100), Decimal(20))
OWN_PRICES = {"tie_rule": TieRule.HIGHER_QUALITY}
FIXED_PRICE = {
    "tie_rule": TieRule.CRITERIA_IN_ORDER,
    "fixed_price": Decimal(950),
    "fixed_price_vat": Tender.Vat.ADDED,
    "fixed_price_basis": "Snittet av timpriserna i de tre senaste avtalen.",
}
"""What is said beside a way to weigh in which bids state their prices, and beside one in which they do not."""
PUBLISHED_AT = START + timedelta(hours=2)
ANNOUNCED_AT = START + timedelta(hours=3)
DEADLINE = datetime(2026, 2, 16, 12, 0, tzinfo=UTC)
QUESTIONS_UNTIL = DEADLINE - timedelta(days=19)
SCALE = [
    (Decimal(0), "Svarar inte på frågan."),
    (Decimal(4), "Svarar på en del av frågan."),
    (Decimal(6), "Svarar på hela frågan, utan exempel."),
    (Decimal(8), "Svarar på hela frågan, med exempel ur egen erfarenhet."),
    (Decimal(10), "Svarar på hela frågan, med exempel och med hur det följs upp."),
]


def make_tender(
    case: Case,
    *,
    at: datetime = START,
    deadline: datetime = DEADLINE,
    weighing: Combination = ADDITION,
    language: str = "sv",
) -> Tender:
    """Start documents from nothing and fill in everything that publication asks for."""
    describe(case, at=at, language=language)
    tender = start_tender(procurement=case.procurement, by=case.officer, at=at)
    need = make_need(case, at=at)
    add_requirement(
        tender=tender,
        title="Erfarenhet av processcoachning",
        kind=Kind.MUST,
        needs=[need],
        level="Minst 24 månader",
        level_reason="Kortare tid räcker inte för att följa ett hinder till beslut.",
        evidence="CV med uppdrag och månader",
        checked_when=Requirement.Checked.IN_BID,
        follow_up_by=case.officer,
        follow_up_how="CV jämförs med intyg",
        follow_up_when=When.AT_AWARD,
        is_fictional=True,
        by=case.officer,
        at=at,
    )
    criteria = [
        add_requirement(
            tender=tender,
            title=title,
            kind=Kind.CRITERION,
            needs=[need],
            question=question,
            max_points=Decimal(10),
            steps=SCALE,
            follow_up_by=case.contract_manager,
            follow_up_how="Återföringsrapport",
            follow_up_when=When.HALF_YEARLY,
            by=case.officer,
            at=at,
        )
        for title, question in (
            ("Metod", "Hur bygger ni tilltro?"),
            ("Case", "Hur blir ett hinder till en åtgärd på rätt nivå?"),
        )
    ]
    add_requirement(
        tender=tender,
        title="Hinder till den som har mandat",
        kind=Kind.TERM,
        needs=[need],
        level="90 % av hindren inom 10 arbetsdagar",
        level_reason="Ett hinder utan mottagare blir liggande.",
        evidence="Hinderlogg med svarsdatum",
        acts_by=Requirement.ActsBy.SUPPLIER,
        consequence="Åtgärdsplan inom en månad, därefter uppsägning",
        follow_up_by=case.contract_manager,
        follow_up_how="Genomgång av loggen",
        follow_up_when=When.QUARTERLY,
        by=case.officer,
        at=at,
    )
    for title, pages, answered, is_price in (
        ("CV för namngiven konsult", None, [], False),
        ("Metodbeskrivning", 4, criteria[:1], False),
        ("Lösning av case", 3, criteria[1:], False),
        ("Prisbilaga", None, [], True),
    ):
        if is_price and not weighing.needs_price:
            continue
        add_content_item(
            tender=tender,
            title=title,
            max_pages=pages,
            criteria=answered,
            is_price=is_price,
            is_annex=title == "Metodbeskrivning",
            by=case.officer,
            at=at,
        )
    set_terms(
        tender=tender,
        introduction="Processcoachning för parterna.",
        ceiling=Decimal(3_000_000),
        yearly_frame=Decimal(750_000),
        periods=4,
        period_months=12,
        rights_clause="Allt material tillhör förbundet.",
        travel_clause="Ingen ersättning för restid.",
        platform_clause="Den plattform som förbundet anvisar.",
        replacement_clause="En ny person ska få minst lika många poäng med samma modell.",
        price_clause="Timpriset räknas om en gång per år med index.",
        termination_clause="Tre månaders uppsägning vid väsentligt avtalsbrott.",
        by=case.officer,
        at=at,
    )
    set_evaluation_model(
        tender=tender,
        weighing=weighing,
        gate=Decimal(12),
        **(OWN_PRICES if weighing.needs_price else FIXED_PRICE),
        by=case.officer,
        at=at,
    )
    set_dates(
        tender=tender,
        planned_notice_at=max(at, PUBLISHED_AT),
        question_deadline_at=deadline - (DEADLINE - QUESTIONS_UNTIL),
        deadline_at=deadline,
        bids_valid_until_on=deadline.date() + timedelta(days=90),
        starts_on=date(2026, 7, 1),
        by=case.officer,
        at=at,
    )
    hold_keys(case, at=at)
    return tender


def make_published_tender(
    case: Case,
    *,
    at: datetime = PUBLISHED_AT,
    deadline: datetime = DEADLINE,
    is_announced: bool = True,
    weighing: Combination = ADDITION,
    language: str = "sv",
) -> Tender:
    """Publish the documents of `make_tender`; unless told otherwise the notice database confirms an hour later."""
    tender = make_tender(case, at=min(at, START), deadline=deadline, weighing=weighing, language=language)
    hold_keys(case, at=at)
    publish(tender=tender, by=case.officer, at=at)
    if is_announced:
        announce(case, tender, at=max(at, ANNOUNCED_AT))
    return tender


@remembered
def make_published(
    *, evaluators: int = 2, is_announced: bool = True, weighing: Combination = ADDITION, language: str = "sv"
) -> tuple[Case, Tender]:
    """A case of its own with its published documents."""
    case = make_case(evaluators=evaluators)
    return case, make_published_tender(case, is_announced=is_announced, weighing=weighing, language=language)


@remembered
def make_drafted() -> tuple[Case, Tender]:
    """A case of its own with its complete documents, not yet published."""
    case = make_case()
    return case, make_tender(case)


def announce(case: Case, tender: Tender, *, at: datetime = ANNOUNCED_AT) -> NoticeHandover:
    """Enter that the notice database has published the notice at `at`."""
    notice = tender.notices.get(kind="contract")
    return confirm_notice(
        notice=notice,
        database="Annonsdatabasen (påhittad)",
        notice_id="2026-000123",
        published_at=at,
        link="https://annons.example/2026-000123",
        by=case.officer,
        at=at,
    )


def awarded(**changed: Any) -> Awarded:
    """What an award notice tells of a contract that was concluded, as the room of contracts would say it."""
    told: dict[str, Any] = {
        "winner": "Anbudsgivare AB",
        "winner_number": "556677-8899",
        "value": Decimal(3_000_000),
        "currency": "SEK",
        "decided_on": date(2026, 6, 1),
        "signed_on": date(2026, 7, 1),
        "tenders_received": 2,
        "contract_number": "2026/001-9",
    }
    return Awarded(**told | changed)


def accept_warnings(case: Case, tender: Tender, *, at: datetime = START) -> None:
    """Accept every warning, so that only what has to be mended is left."""
    for finding in standing_in_the_way(tender, at):
        if finding.severity == "warns":
            accept_finding(tender=tender, code=finding.code, reason="Prövat", by=case.officer, at=at)


def describe(case: Case, *, at: datetime = START, language: str = "sv") -> None:
    """State value, CPV and procedure: an open procedure above the threshold."""
    describe_procurement(
        procurement=case.procurement,
        by=case.officer,
        at=at,
        title=case.procurement.title,
        summary="Stöd till parterna att utveckla samverkan.",
        cpv="79410000-1",
        cpv_reason="Uppdraget är att utveckla arbetssätt i organisationer, inte utbildning.",
        estimated_value=Decimal(3_000_000),
        value_method="Fyra år à 750 000 kr, alla förlängningar räknade.",
        similar_purchases=Decimal(0),
        procedure="se-open",
        procedure_reason="Värdet når tröskelvärdet och tjänsten står inte i bilaga 2.",
        no_lots_reason="En person ska hålla ihop arbetet.",
        language=language,
    )
