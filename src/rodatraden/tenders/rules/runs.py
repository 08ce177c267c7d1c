"""Who may ask for a long stress test and stop it, and how long it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.evaluation.findings import findings, stops
from rodatraden.core.evaluation.stress import Typed
from rodatraden.core.message import say
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened, may_work, team_roles
from rodatraden.tenders.rules.model import model_of

if TYPE_CHECKING:
    from rodatraden.core.evaluation.stress import Market
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import StressRun, Tender

FEWEST_IN_A_RUN, MOST_IN_A_RUN = 100_001, 1_000_000
"""Tenders of a run: more than the page makes while somebody waits; more than the most are for the command line. Source: policy."""


def may_ask_for_run(person: Person, tender: Tender) -> Answer:
    """Answer whether `person` may have the model tried at length: the team, while the procurement lives and has a model."""
    access = may_work(person, tender.procurement)
    if not access:
        return access
    if has_happened(tender.procurement, StageFact.Kind.CANCELLED):
        return no(say("The procurement has been cancelled."), source="policy")
    mend = reverse("tenders:model", args=[tender.procurement_id])
    model = model_of(tender)
    if model is None:
        return no(say("Nobody has chosen an evaluation model yet."), mend=mend)
    for finding in stops(findings(model)):
        return no(finding.text, mend=mend, source=finding.source)
    return YES


def may_cancel_run(person: Person, run: StressRun) -> Answer:
    """Answer whether `person` may stop a run: who asked for it, or the officer, until it has ended."""
    access = may_work(person, run.tender.procurement)
    if not access:
        return access
    if run.asked_by_id != person.pk and TeamMember.Role.OFFICER not in team_roles(person, run.tender.procurement):
        return no(say("Only who asked for the test and the procurement officer can stop it."), source="policy")
    if run.ended_at is not None:
        return no(say("The test has ended."))
    return YES


def has_size_of_run(tenders: int) -> Answer:
    """Answer whether so many tenders are a run."""
    if FEWEST_IN_A_RUN <= tenders <= MOST_IN_A_RUN:
        return YES
    reason = say("This must be from {low} to {high}.", low=FEWEST_IN_A_RUN, high=MOST_IN_A_RUN)
    return no(reason, mend="tenders", source="policy")


def is_to_be_kept(market: Market) -> Answer:
    """Answer whether a market may be kept and read by the team: not the bids of earlier procurements, which each sees or not."""
    if isinstance(market, Typed) and market.earlier:
        return no(
            say("A long test is kept for the whole team, who may not all see the earlier bids. Choose another market."),
            source="policy",
        )
    return YES
