"""Named reads of awards: what a decision rests on, what each bidder reads, and what is left to do."""

from rodatraden.awards.queries.composing import own_results, proposed_reasons
from rodatraden.awards.queries.ranking import has_next, intended_winner, left_in_rank, next_in_rank
from rodatraden.awards.queries.reading import (
    OnDelegation,
    cancellation_of,
    decision_of,
    delegation_decisions,
    duties_after_cancelling,
    last_returned,
    notifications_of,
    offer_documents,
    proposals_of,
    reviews_visible_to,
    revoked_decisions,
    usual_court,
    usual_delegation,
    visible_to,
    with_case,
)
from rodatraden.awards.queries.tasks import open_tasks
from rodatraden.awards.queries.whys import Compared, Recourse, Why, recourse_of, why_of

__all__ = [
    "Compared",
    "OnDelegation",
    "Recourse",
    "Why",
    "cancellation_of",
    "decision_of",
    "delegation_decisions",
    "duties_after_cancelling",
    "has_next",
    "intended_winner",
    "last_returned",
    "left_in_rank",
    "next_in_rank",
    "notifications_of",
    "offer_documents",
    "open_tasks",
    "own_results",
    "proposals_of",
    "proposed_reasons",
    "recourse_of",
    "reviews_visible_to",
    "revoked_decisions",
    "usual_court",
    "usual_delegation",
    "visible_to",
    "why_of",
    "with_case",
]
