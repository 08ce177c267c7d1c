"""What stops the documents as a whole: terms, content, dates, regime, team. Each check says what to do and who asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.calendars import Chapter17, Unknown, deadline_lawful, framework_term_allowed, latest_answer_at
from rodatraden.core.instants import local_date
from rodatraden.core.message import Amount, Message, say
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.rules import cpv_of, declaration_due, may_choose_procedure
from rodatraden.tenders.models import Requirement
from rodatraden.tenders.rules.dates import procedure_of
from rodatraden.tenders.rules.findings import Finding, Severity
from rodatraden.tenders.rules.planning import Dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from rodatraden.core.calendars import Procedure
    from rodatraden.needs.models import Need
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import ContentItem, Tender

Role = TeamMember.Role
POLICY = "policy"
MONTHS_IN_YEAR = 12
UNSAID = "–"
"""Stands where an imported document says nothing about a need, to be written by a person."""


@dataclass(frozen=True)
class Documents:
    """Everything that the checks read, fetched once."""

    tender: Tender
    requirements: Sequence[Requirement]
    needs: Sequence[Need]
    items: Sequence[ContentItem]
    at: datetime

    @property
    def procurement(self) -> Procurement:
        return self.tender.procurement

    @property
    def on(self) -> date:
        return local_date(self.at, self.procurement.country)

    @property
    def procedure(self) -> Procedure | None:
        return procedure_of(self.procurement)

    def finding(
        self,
        code: str,
        sentence: Message,
        *,
        page: str,
        source: str,
        anchor: str = "",
        severity: Severity = Severity.STOPS,
    ) -> Finding:
        """Return a finding that is mended on a page of this procurement."""
        kwargs: Mapping[str, object] = {"procurement_id": self.procurement.pk}
        return Finding(code, sentence, severity, source, page, anchor, kwargs)


def regime(documents: Documents) -> Iterator[Finding]:
    """Which rules the purchase follows: value, CPV and procedure with their reasons (LOU 1 kap. 4 §, 5 kap. 3 §)."""
    procurement, ceiling = documents.procurement, documents.tender.ceiling
    cpv, value = (
        say("State what is bought by its CPV code."),
        say("State the estimated value, options counted as used."),
    )
    if ceiling is not None:
        cpv = say(
            "State what is bought by its CPV code: at {ceiling} SEK the rules depend on whether the service is in Annex 2.",
            ceiling=Amount(ceiling),
        )
        value = say(
            "State the estimated value: with all options it is at least the ceiling, {ceiling} SEK.",
            ceiling=Amount(ceiling),
        )
    said: tuple[tuple[str, str | Decimal | None, Message, str], ...] = (
        ("cpv", procurement.cpv, cpv, "LOU 1 kap. 4 §, 19 kap. 1 §, bilaga 2"),
        ("cpv_reason", procurement.cpv_reason, say("Write why it is this CPV code."), "LOU 12 kap. 14 §"),
        ("estimated_value", procurement.estimated_value, value, "LOU 5 kap. 3 och 14 §§"),
        ("value_method", procurement.value_method, say("Write how the value was estimated."), "LOU 5 kap. 3 §"),
        ("procedure", procurement.procedure, say("Choose the procedure."), "LOU 6 kap. 1 §, 19 kap. 6 §"),
        ("procedure_reason", procurement.procedure_reason, say("Write why it is this procedure."), "LOU 12 kap. 14 §"),
    )
    for name, stated, sentence, source in said:
        if stated in {"", None}:
            yield documents.finding(name, sentence, page="procurements:describe", source=source, anchor=f"id_{name}")
    procedure = documents.procedure
    if procedure and procedure.regime == "lou_above" and not procurement.no_lots_reason.strip():
        yield documents.finding(
            "no_lots_reason",
            say("Write why it is not divided into lots."),
            page="procurements:describe",
            source="LOU 4 kap. 14 §",
            anchor="id_no_lots_reason",
        )
    if procedure and cpv_of(procurement) and procurement.estimated_value is not None:
        # Direct procurement at or above its limit without a listed ground is refused here too (INV-23).
        answer = may_choose_procedure(procurement, documents.on)
        if not answer and answer.reason:
            yield documents.finding(
                "regime",
                answer.reason,
                page="procurements:describe",
                source=answer.source,
                anchor="id_procedure",
            )


def terms(documents: Documents) -> Iterator[Finding]:
    """Ceiling, term and clauses of the agreement that bids are asked for."""
    tender, value = documents.tender, documents.procurement.estimated_value
    if tender.ceiling is None:
        yield _term(
            documents,
            "ceiling",
            say("State the ceiling: the most that can ever be ordered."),
            "HFD 2022 ref. 4, C-23/20",
        )
    elif value is not None and tender.ceiling > value:
        yield _term(
            documents,
            "ceiling_above_value",
            say(
                "The ceiling {ceiling} is more than the estimated value {value}. The value counts all that can be ordered.",
                ceiling=Amount(tender.ceiling),
                value=Amount(value),
            ),
            "LOU 5 kap. 14 §",
            anchor="id_ceiling",
        )
    yield from _length(documents)
    yield from _clauses(documents)


def _length(documents: Documents) -> Iterator[Finding]:
    tender = documents.tender
    months = tender.periods * tender.period_months
    years = -(-months // MONTHS_IN_YEAR)
    if documents.procedure:
        answer = framework_term_allowed(
            procedure=documents.procedure,
            years=years,
            on=documents.on,
            special_reasons=tender.longer_term_reason,
        )
        if not answer and answer.reason:
            yield _term(documents, "term", answer.reason, answer.source, anchor="id_longer_term_reason")
    if tender.ceiling is not None and tender.yearly_frame is not None:
        planned = tender.yearly_frame * months / MONTHS_IN_YEAR
        if planned > tender.ceiling:
            yield _term(
                documents,
                "frame_above_ceiling",
                say(
                    "The yearly frame adds up to {planned}, but the ceiling is {ceiling}: the agreement ends early.",
                    planned=Amount(planned),
                    ceiling=Amount(tender.ceiling),
                ),
                "HFD 2022 ref. 4",
                anchor="id_yearly_frame",
                severity=Severity.WARNS,
            )


FREE_HANDS = re.compile(r"förbehåller\s+sig\s+rätten|marknadsmässig|fri prövningsrätt", re.IGNORECASE)
"""Words with which a buyer keeps a freedom to reject that no published rule bounds."""
VOLUNTARY = re.compile(r"frivillig", re.IGNORECASE)
MEASURED = re.compile(r"poäng|samma\s+(?:modell|skala)|likvärdig", re.IGNORECASE)
"""Words by which a clause on replacing a person says what the new one is measured against."""


def _clauses(documents: Documents) -> Iterator[Finding]:
    tender, procedure = documents.tender, documents.procedure
    if VOLUNTARY.search(tender.standstill_clause) and (procedure is None or procedure.standstill_mandatory):
        yield _term(
            documents,
            "standstill_clause",
            say("A standstill can't be voluntary in an announced procurement: it follows from the law. Mend the text."),
            "LOU 20 kap. 1 §",
        )
    if FREE_HANDS.search(tender.rejection_clause):
        yield _term(
            documents,
            "rejection_clause",
            say(
                "The text lets you reject bids without a limit. Low bids are tried after the bidder has explained the price; high ones meet the ceiling."
            ),
            "LOU 16 kap. 2 och 7 §§, 19 kap. 18 §",
            severity=Severity.WARNS,
        )
    if not tender.termination_clause.strip():
        is_binding = procedure is not None and procedure.chapter_17 is Chapter17.BINDING
        yield _term(
            documents,
            "termination_clause",
            say("Write when the agreement can be ended early."),
            "LOU 17 kap. 17 §",
            severity=Severity.STOPS if is_binding else Severity.WARNS,
        )
    if not tender.price_clause.strip():
        yield _term(
            documents,
            "price_clause",
            say("Nothing is said about changing prices: they then stand still for the whole term."),
            "LOU 17 kap. 10 §",
            severity=Severity.WARNS,
        )
    if not MEASURED.search(tender.replacement_clause):
        yield _term(
            documents,
            "replacement_clause",
            say(
                "Say what a new person is measured against when the named one is replaced, for example the same points."
            ),
            "LOU 17 kap. 10 § p 2",
            severity=Severity.WARNS,
        )
    for name, sentence in (
        ("introduction", say("Describe the assignment.")),
        ("rights_clause", say("Say who owns what is made.")),
    ):
        if not getattr(tender, name).strip():
            yield _term(documents, name, sentence, POLICY, severity=Severity.STOPS)


def _term(
    documents: Documents,
    code: str,
    sentence: Message,
    source: str,
    *,
    anchor: str = "",
    severity: Severity = Severity.STOPS,
) -> Finding:
    return documents.finding(
        code, sentence, page="tenders:terms", source=source, anchor=anchor or f"id_{code}", severity=severity
    )


def fixed_price(documents: Documents) -> Iterator[Finding]:
    """The price that everybody is paid where quality alone decides: what it rests on, VAT, and room under the ceiling.

    A price that no bid can lower is no price without effect (HFD 2022 ref. 41): it is the price of the contract, the same
    for all, and what remains to compete with is quality. So it has to be one that can be explained.
    """
    tender = documents.tender
    price = tender.fixed_price
    if price is None:
        return
    said: tuple[tuple[str, str, Message, str], ...] = (
        (
            "fixed_price_basis",
            tender.fixed_price_basis,
            say("Write what the fixed price rests on: a calculation, earlier prices, or what the market has said."),
            "LOU 4 kap. 1 §, 12 kap. 14 §, 16 kap. 1 §",
        ),
        ("fixed_price_vat", tender.fixed_price_vat, say("Say whether VAT is added to the fixed price."), POLICY),
    )
    for name, stated, sentence, source in said:
        if not stated.strip():
            yield documents.finding(name, sentence, page="tenders:model", source=source, anchor=f"id_{name}")
    if tender.ceiling is not None and price > tender.ceiling:
        yield documents.finding(
            "fixed_price_above_ceiling",
            say(
                "The fixed price {price} is more than the ceiling {ceiling}: nothing could be ordered.",
                price=Amount(price),
                ceiling=Amount(tender.ceiling),
            ),
            page="tenders:model",
            source="HFD 2022 ref. 4",
            anchor="id_fixed_price",
        )


def content(documents: Documents) -> Iterator[Finding]:
    """What a bid holds: the price apart, or none where it is fixed, and a place for the answer to every criterion."""
    prices = [item for item in documents.items if item.is_price]
    if documents.tender.has_fixed_price:
        for item in prices:
            yield documents.finding(
                f"price_item:{item.number}",
                say(
                    "The price is fixed, so no bid states one. Take “{item}” out of what a bid holds.", item=item.title
                ),
                page="tenders:contents",
                source=POLICY,
            )
    elif len(prices) != 1:
        yield documents.finding(
            "price_item",
            say("Ask for exactly one price, apart from the rest: it stays closed until the quality is judged."),
            page="tenders:contents",
            source=POLICY,
        )
    answered = {criterion.pk for item in documents.items for criterion in item.criteria.all()}
    for row in documents.requirements:
        if row.kind == Requirement.Kind.CRITERION and row.struck_at is None and row.pk not in answered:
            yield documents.finding(
                f"answered_in:{row.label}",
                say("Say in which part of the bid {label} is answered.", label=row.label),
                page="tenders:contents",
                source="LOU 16 kap. 2 §",
            )


def needs(documents: Documents) -> Iterator[Finding]:
    """There is something to buy, and every need is answered by some requirement."""
    standing = [row for row in documents.requirements if row.struck_at is None]
    if not documents.needs:
        yield documents.finding(
            "no_needs",
            say("Write at least one need: what is bought, for whom, and how you know."),
            page="needs:list",
            source=POLICY,
        )
    for need in documents.needs:
        if UNSAID in {need.evidence.strip(), need.for_whom.strip()}:
            yield documents.finding(
                f"need_unsaid:{need.label}",
                say(
                    "The need {label} {title} came from a document that does not say for whom it is, or how you know.",
                    label=need.label,
                    title=need.title,
                ),
                page="needs:list",
                source=POLICY,
                severity=Severity.WARNS,
            )
    if not standing:
        yield documents.finding(
            "no_requirements",
            say("Write at least one requirement."),
            page="tenders:requirements",
            source="LOU 16 kap. 1 §",
        )
        return
    answered = {need.pk for row in standing for need in row.needs.all()}
    for need in documents.needs:
        if need.pk not in answered:
            yield documents.finding(
                f"need:{need.label}",
                say("No requirement answers to the need {label} {title}.", label=need.label, title=need.title),
                page="tenders:requirements",
                source=POLICY,
                severity=Severity.WARNS,
            )


def dates(documents: Documents) -> Iterator[Finding]:
    """The dates are set, and the time for bids is no shorter than the law's least (INV-07)."""
    tender, procedure = documents.tender, documents.procedure
    for name, sentence, source in (
        ("deadline_at", say("Set the last time for bids."), "LOU 11 kap. 1 §, 19 kap. 11 §"),
        ("question_deadline_at", say("Set the last time for questions."), POLICY),
        ("bids_valid_until_on", say("Say how long bids are binding."), "LOU 10 kap. 10 §"),
    ):
        if getattr(tender, name) is None:
            yield _date(documents, name, sentence, source)
    deadline, questions = tender.deadline_at, tender.question_deadline_at
    if deadline is None:
        return
    if procedure:
        lawful = deadline_lawful(procedure=procedure, dispatched_at=documents.at, deadline_at=deadline)
        if not lawful and lawful.reason:
            yield _date(documents, "deadline_at", lawful.reason, lawful.source)
        latest = latest_answer_at(deadline, procedure=procedure).value
        if questions and not isinstance(latest, Unknown) and questions >= latest:
            yield _date(
                documents,
                "question_deadline_at",
                say("Answers must be out before {latest}, so questions should end earlier.", latest=latest),
                "LOU 12 kap. 11 §",
                severity=Severity.WARNS,
            )
    elif deadline <= documents.at:
        yield _date(documents, "deadline_at", say("The last time for bids has passed."), POLICY)
    if questions and questions <= documents.at:
        yield _date(documents, "question_deadline_at", say("The last time for questions has passed."), POLICY)


def _date(
    documents: Documents, name: str, sentence: Message, source: str, *, severity: Severity = Severity.STOPS
) -> Finding:
    return documents.finding(
        name, sentence, page="tenders:dates", source=source, anchor=f"id_{name}", severity=severity
    )


APPOINTED = (
    (Role.OPENER, 2, say("Appoint two opening officials."), "LOU 12 kap. 10 §"),
    (Role.EVALUATOR, 1, say("Appoint at least one evaluator."), POLICY),
    (Role.DECIDER, 1, say("Appoint the decision maker."), POLICY),
    (Role.CONTRACT_MANAGER, 1, say("Appoint the contract manager."), POLICY),
)
"""Who must be appointed before publication, how many at least."""


def team(documents: Documents) -> Iterator[Finding]:
    """Everybody that the procurement needs is appointed and has declared their interests (INV-15)."""
    members = [member for member in documents.procurement.team.all() if member.removed_at is None]
    for role, least, sentence, source in APPOINTED:
        if len({member.person_id for member in members if member.role == role}) < least:
            yield documents.finding(f"team:{role}", sentence, page="procurements:team", source=source)
    people = {member.person_id: member.person for member in members}
    for person in sorted(people.values(), key=lambda person: (person.name, str(person.pk))):
        made = [d for d in documents.procurement.conflict_declarations.all() if d.person_id == person.pk]
        if declaration_due(person, documents.procurement):
            sentence = say("{name} has not declared their interests.", name=person.name)
        elif any(declaration.has_conflict and declaration.cleared_at is None for declaration in made):
            sentence = say("Decide on the conflict of interest of {name}.", name=person.name)
        else:
            continue
        yield documents.finding(
            f"declaration:{person.pk}", sentence, page="procurements:team", source="förvaltningslagen 16–18 §§"
        )
    if any(member.role == Role.EVALUATOR and _opens(member.person_id, members) for member in members):
        yield documents.finding(
            "evaluator_opens",
            say(
                "Somebody both opens bids and scores them. That is allowed; two different people make it easier to show that prices stayed closed."
            ),
            page="procurements:team",
            source=POLICY,
            severity=Severity.HINT,
        )


def _opens(person_id: object, members: Sequence[TeamMember]) -> bool:
    return any(member.role == Role.OPENER and member.person_id == person_id for member in members)


def proposals(documents: Documents) -> Iterator[Finding]:
    """Nothing that was proposed is published before a person has accepted it."""
    date_fields, proposed = set(Dates.__annotations__), set(documents.tender.proposed)
    if proposed & date_fields:
        yield documents.finding(
            "proposed_dates",
            say("Read and accept the proposed dates, or change them."),
            page="tenders:dates",
            source=POLICY,
            anchor="proposed",
        )
    if proposed - date_fields:
        yield documents.finding(
            "proposed_terms",
            say("Read and accept the proposed terms, or change them."),
            page="tenders:terms",
            source=POLICY,
            anchor="proposed",
        )
