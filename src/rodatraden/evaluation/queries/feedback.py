"""What a bid needed, for its feedback report, and the report that its bidder reads."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.assessments.queries import latest_reports
from rodatraden.core.assessment import Needed
from rodatraden.core.exact import simplest
from rodatraden.evaluation.models import BidItem, TenderRound
from rodatraden.evaluation.queries.outcome import published_model
from rodatraden.ui.documents import written_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from uuid import UUID

    from rodatraden.assessments.models import FeedbackReport, Round
    from rodatraden.assessments.queries import Key
    from rodatraden.bids.models import Bid
    from rodatraden.core.evaluation import Gate, Model


@written_in(lambda assessed, **_: assessed.language)
def offer_needed(
    sender: object, assessed: Round, points: Mapping[Key, Decimal], **_: object
) -> dict[UUID, list[Needed]]:
    """Return, for each bid of the round, every published gate with the points that the panel agreed on."""
    del sender
    link = TenderRound.objects.filter(round=assessed).select_related("tender").first()
    if link is None:
        return {}
    model = published_model(link.tender)
    keys = {criterion.pk: criterion.key for criterion in assessed.model.criteria.all()}
    found: dict[UUID, list[Needed]] = {}
    for item in assessed.items.all():
        own = {keys[criterion]: given for (of, criterion), given in points.items() if of == item.pk}
        counted = {
            each.key: each.points(own[each.key], model.roundings)[0] for each in model.criteria if each.key in own
        }
        if len(counted) == len(model.criteria):
            found[item.pk] = [_needed(gate, model, counted) for gate in model.gates]
    return found


def offer_names(sender: object, assessed: Round, **_: object) -> list[str]:
    """Return who has handed in what is judged in the round, also where the panel judges without names: they are known to it."""
    del sender
    links = BidItem.objects.filter(item__round=assessed).select_related("bid__supplier")
    return sorted({link.bid.supplier.name for link in links})


def feedback_on(bid: Bid) -> FeedbackReport | None:
    """Return the frozen report on a bid, the version that counts; None before there is one."""
    return latest_reports().filter(item__in=BidItem.objects.filter(bid=bid).values("item")).first()


def _needed(gate: Gate, model: Model, counted: Mapping[str, Fraction]) -> Needed:
    minded = gate.minded(model.criteria)
    title = gettext("The gate")
    if gate.criteria:
        title = gettext("The gate on %(criteria)s") % {"criteria": ", ".join(each.label for each in minded)}
    points = sum((counted[each.key] for each in minded), Fraction(0))
    least = gate.least(model.criteria)
    return Needed(title, points >= least, simplest(points), simplest(least))
