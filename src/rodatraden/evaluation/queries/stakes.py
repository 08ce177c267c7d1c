"""What hangs on the scores that the evaluators do not agree on, by the published model and made-up prices."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.stress import AtStake, at_stake
from rodatraden.evaluation.models import BidItem, TenderRound
from rodatraden.evaluation.queries.checks import check_cells, failed_checks
from rodatraden.evaluation.queries.outcome import published_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from rodatraden.assessments.models import Round
    from rodatraden.assessments.queries import Key


def offer_stakes(
    sender: object, assessed: Round, given: Mapping[Key, Sequence[Decimal]], **_: object
) -> dict[Key, AtStake]:
    """Return what hangs on each score that differs in the judging of bids; nothing for what is judged elsewhere.

    A bid that fails a must is out of it. No price of a bid is read (INV-13).
    """
    del sender
    link = TenderRound.objects.filter(round=assessed).select_related("tender").first()
    if link is None:
        return {}
    failed = failed_checks(check_cells(link.tender))
    judged = dict(BidItem.objects.filter(bid__tender=link.tender).exclude(bid__in=failed).values_list("item", "bid"))
    keys = {criterion.pk: criterion.key for criterion in assessed.model.criteria.all()}
    scores: defaultdict[str, dict[str, Sequence[Decimal]]] = defaultdict(dict)
    for (item, criterion), points in given.items():
        if item in judged:
            scores[str(item)][keys[criterion]] = points
    found = at_stake(published_model(link.tender), scores)
    ids = {(str(item), keys[criterion]): (item, criterion) for item, criterion in given}
    return {ids[key]: stake for key, stake in found.items()}
