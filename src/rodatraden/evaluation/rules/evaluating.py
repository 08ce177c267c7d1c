"""Who may check, judge and compute, and when; each answer with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import say
from rodatraden.evaluation.models import BidItem, TenderRound
from rodatraden.parties.rules import may_bid_for
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import (
    CONFLICT_SOURCE,
    NAMES_COME_LATER,
    declaration_due,
    has_happened,
    judges_without_names,
    may_act_as,
    may_work,
    team_roles,
)
from rodatraden.tenders.models import Requirement

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.assessments.models import FeedbackReport
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

Role = TeamMember.Role
Kind = StageFact.Kind
CHECKERS = frozenset({Role.OFFICER, Role.EVALUATOR})
"""Those who see what was checked in the bids before the award decision."""
READERS = frozenset({Role.OFFICER, Role.OPENER, Role.EVALUATOR, Role.DECIDER})
"""Those who see prices and ranking before the award decision."""


def may_see_checks(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees what was checked in the bids: officers and evaluators, everybody in the team later."""
    access = may_work(person, procurement)
    if not access:
        return access
    if not has_happened(procurement, Kind.OPENED):
        return no(say("The bids have not been opened yet."), source="OSL 19 kap. 3 §")
    if not has_happened(procurement, Kind.DECIDED) and not team_roles(person, procurement) & CHECKERS:
        return no(say("Until the award decision only officers and evaluators see this."), source="OSL 19 kap. 3 §")
    if judges_without_names(person, procurement):
        return no(NAMES_COME_LATER, source="policy")
    return YES


def may_check(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may check requirements in the bids: the officer, between opening and frozen outcome."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if not officer:
        return officer
    if not has_happened(procurement, Kind.OPENED):
        return no(say("The bids have not been opened yet."), source="LOU 12 kap. 10 §")
    if has_happened(procurement, Kind.OUTCOME_FROZEN):
        return no(say("The outcome is frozen. The checks it rests on can no longer be changed."))
    return YES


def may_check_requirement(
    person: Person, procurement: Procurement, requirement: Requirement, *, is_checked: bool
) -> Answer:
    """Answer whether `person` may check this requirement in a bid now.

    What the frozen outcome rests on is never changed. What is checked before the award, and has not been checked in the
    bid, can still be: a bid that becomes the next in line must be (LOU 4 kap. 12 §, 15 kap. 4 §).
    """
    is_late = (
        has_happened(procurement, Kind.OUTCOME_FROZEN)
        and not has_happened(procurement, Kind.CONTRACT_SIGNED)
        and requirement.checked_when == Requirement.Checked.BEFORE_AWARD
        and not is_checked
    )
    return may_act_as(Role.OFFICER, person, procurement) if is_late else may_check(person, procurement)


def may_start_round(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may start the judging: the officer, once, when every evaluator has declared (INV-15)."""
    check = may_check(person, procurement)
    if not check:
        return check
    if TenderRound.objects.filter(tender__procurement=procurement).exists():
        return no(say("The judging has started already."))
    evaluators = evaluators_of(procurement)
    if not evaluators:
        return no(say("Appoint at least one evaluator first."), mend=_team_page(procurement))
    return next((ready for ready in (is_ready(each, procurement) for each in evaluators) if not ready), YES)


def is_ready(judge: Person, procurement: Procurement) -> Answer:
    """Answer whether somebody in the team may take part in the judging: with access now that the bidders are known."""
    if declaration_due(judge, procurement):
        return no(
            say("{name} has not declared their interests anew, now that the bidders are known.", name=judge.name),
            mend=_team_page(procurement),
            source=CONFLICT_SOURCE,
        )
    if not may_work(judge, procurement):
        return no(
            say("{name} has no access: there is an unresolved conflict of interest.", name=judge.name),
            mend=_team_page(procurement),
            source=CONFLICT_SOURCE,
        )
    return YES


def evaluators_of(procurement: Procurement) -> list[Person]:
    """Return the evaluators of the team, by name."""
    return [m.person for m in procurement.team.all() if m.role == Role.EVALUATOR and m.removed_at is None]


def know_names(procurement: Procurement) -> list[Person]:
    """Return the evaluators who see whose bid is whose even where it is judged without names: officers and openers too."""
    return [
        person for person in evaluators_of(procurement) if team_roles(person, procurement) & {Role.OFFICER, Role.OPENER}
    ]


def leaders_of(procurement: Procurement) -> list[Person]:
    """Return those who may lead the judging: officers and evaluators of the team, each once, by name."""
    members = [m for m in procurement.team.all() if m.role in CHECKERS and m.removed_at is None]
    return sorted({m.person for m in members}, key=lambda person: (person.name, str(person.pk)))


def may_see_outcome(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees prices and ranking: the access list once the prices are open, the team once decided.

    Nobody sees a price before the quality has been locked (INV-13).
    """
    access = may_see_state(person, procurement)
    if access and not has_happened(procurement, Kind.PRICES_OPENED):
        return no(say("Prices stay closed until the team has agreed on the quality and locked it."), source="policy")
    return access


def may_see_state(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` sees how far the evaluation has come: the access list; the team once decided."""
    access = may_work(person, procurement)
    if not access:
        return access
    if not has_happened(procurement, Kind.OPENED):
        return no(say("The bids have not been opened yet."), source="OSL 19 kap. 3 §")
    if not has_happened(procurement, Kind.DECIDED) and not team_roles(person, procurement) & READERS:
        return no(
            say("Until the award decision only those who evaluate and decide see this."), source="OSL 19 kap. 3 §"
        )
    return YES


def may_see_table(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` comes to the page of the table in Excel: the officer, once a model is published."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if officer and not has_happened(procurement, Kind.PUBLISHED):
        return no(say("Nothing is published yet. Until then the model is tried on its own page."), source="policy")
    return officer


def may_compute_table(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may have a table of bids computed, though nothing of it is kept.

    Not while bids are opened here and their prices are not: then a table would tell what points come to before they are
    agreed on (INV-13). What was received and judged in another tool alone is in that tool's order.
    """
    page = may_see_table(person, procurement)
    if page and has_happened(procurement, Kind.OPENED) and not has_happened(procurement, Kind.PRICES_OPENED):
        return no(
            say("The bids are opened and their prices are not. Until the quality is locked and the prices are open no table is computed, so that nobody knows what a point leads to while points are given."),
            source="policy",
        )  # fmt: skip
    return page


def may_freeze(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may compute and freeze the outcome: the officer, when the prices are open."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if not officer:
        return officer
    if has_happened(procurement, Kind.OUTCOME_FROZEN):
        return no(say("The outcome is frozen already."))
    if not has_happened(procurement, Kind.PRICES_OPENED):
        return no(say("The prices have not been opened yet."))
    return YES


def may_use_as_market(person: Person, procurement: Procurement, *, for_: Procurement) -> Answer:
    """Answer whether a model for `for_` may be tried on the bids of an earlier `procurement`.

    Only those of the same buyer that are decided, for a person who sees the outcome there: before the decision nothing of a
    bid leaves its procurement, and what was cancelled may be announced anew, to the same bidders (OSL 19 kap. 3 §).
    """
    if procurement.buyer_id != for_.buyer_id or procurement.pk == for_.pk:
        return no(say("Only earlier procurements of the same buyer are a market."), source="policy")
    if has_happened(procurement, Kind.CANCELLED) or not has_happened(procurement, Kind.DECIDED):
        return no(say("The award has not been decided."), source="OSL 19 kap. 3 §")
    return may_see_outcome(person, procurement)


def may_ask_how_firm(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may ask how firm the outcome is: the officer or the decision maker, once it is frozen.

    Never before: what the individual scores would have given must not be known while anything can still be agreed anew.
    """
    sees = may_see_outcome(person, procurement)
    if not sees:
        return sees
    if not team_roles(person, procurement) & {Role.OFFICER, Role.DECIDER}:
        return no(say("The officer or the decision maker asks for this."), source="policy")
    if not has_happened(procurement, Kind.OUTCOME_FROZEN):
        return no(say("The outcome has not been frozen yet."), source="policy")
    return YES


def _team_page(procurement: Procurement) -> str:
    return reverse("procurements:team", kwargs={"procurement_id": procurement.pk})


def answer_reader(sender: object, report: FeedbackReport, person: Person, at: datetime, **_: object) -> Answer:
    """Answer whether `person` reads the feedback report on a bid: its bidder, once all have been notified of the award.

    Until then nothing is told to anybody outside the panel (OSL 19 kap. 3 §, INV-20). The team reads it from then on too.
    """
    del sender
    link = BidItem.objects.filter(item=report.item_id).select_related("bid__supplier").first()
    case = report.item.round.case
    if link is None or case is None:
        return no(say("Only the panel of this round can see it."))
    if not has_happened(case, Kind.NOTIFIED):
        return no(say("The bidder reads the report when the notifications have been sent."), source="OSL 19 kap. 3 §")
    return may_bid_for(person, link.bid.supplier, at) or may_work(person, case)
