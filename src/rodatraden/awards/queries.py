"""Named reads of awards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.evaluation.queries import frozen_outcome
from rodatraden.ui.templatetags.rt import said

if TYPE_CHECKING:
    from rodatraden.bids.models import Bid
    from rodatraden.tenders.models import Tender


def own_result(tender: Tender, bid: Bid) -> str:
    """Return a bidder's own result, step by step; nothing of another bidder's (OSL 31 kap. 16 §).

    Raises:
        LookupError: the outcome is not frozen, or the bid is not in it.
    """
    found = frozen_outcome(tender)
    if found is None:
        msg = "The outcome is not frozen"
        raise LookupError(msg)
    result = next(result for result in found[1].results if result.key == str(bid.pk))
    lines = [said(step.text) for step in result.steps]
    if result.reason is not None:
        lines.append(said(result.reason))
    return "\n".join([gettext("Your bid:"), *lines])
