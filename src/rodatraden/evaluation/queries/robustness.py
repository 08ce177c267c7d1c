"""How firm the frozen outcome is, counted from what was frozen and from each assessor's own scores."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rodatraden.assessments.queries import submitted_scores
from rodatraden.core.evaluation.robustness import Joined, Report, robustness
from rodatraden.evaluation.models import BidItem, RobustnessReport
from rodatraden.evaluation.queries.outcome import round_of

if TYPE_CHECKING:
    from rodatraden.core.exact import Exact
    from rodatraden.evaluation.queries.outcome import Counted
    from rodatraden.tenders.models import Tender

Own = dict[str, dict[str, dict[str, "Exact"]]]


def robustness_of(tender: Tender) -> RobustnessReport | None:
    """Return who has asked how firm the outcome is, if anybody has."""
    return RobustnessReport.objects.filter(tender=tender).select_related("asked_by").first()


def individual_scores(tender: Tender) -> Own:
    """Return the submitted scores by assessor, bid and criterion; nothing before the consensus is locked (INV-14)."""
    assessed = round_of(tender)
    if assessed is None:
        return {}
    bids = dict(BidItem.objects.filter(bid__tender=tender).values_list("item", "bid"))
    found: Own = defaultdict(lambda: defaultdict(dict))
    for score in submitted_scores(assessed):
        if score.points is not None and score.item_id in bids:
            found[score.assessor.person.name][str(bids[score.item_id])][score.criterion.key] = score.points
    return {name: dict(of_bids) for name, of_bids in found.items()}


def how_firm(counted: Counted, individual: Own, joined: Joined) -> Report:
    """Return the report of a frozen outcome."""
    return robustness(counted.model, counted.bids, counted.outcome, individual=individual or None, joined=joined)
