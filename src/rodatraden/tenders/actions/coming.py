"""The verbs of what everybody reads of a procurement that is coming: show it, and take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.procurements.models import Procurement
from rodatraden.records.actions import record_event
from rodatraden.tenders.models import PublicPlan
from rodatraden.tenders.rules.coming import is_tellable, may_show_plan, may_withdraw_plan

if TYPE_CHECKING:
    from datetime import date, datetime

    from rodatraden.parties.models import Person

TOLD = ("title", "need", "expected_on", "influence")


def show_plan(
    *,
    procurement: Procurement,
    title: str,
    need: str,
    expected_on: date,
    influence: str = "",
    by: Person,
    at: datetime,
) -> PublicPlan:
    """Tell everybody that a procurement is coming, in these words and no others; what was shown before ends here.

    The words stay in the ledger with the instants between which everybody could read them.

    Raises:
        RefusedError: `by` may not, the words can't be told, or they are what is shown already.
    """
    require(may_show_plan(by, procurement))
    plan = PublicPlan(
        procurement=procurement,
        title=title.strip(),
        need=need.strip(),
        expected_on=expected_on.replace(day=1),
        influence=influence.strip(),
        shown_at=at,
        shown_by=by,
    )
    require(is_tellable(plan, at))
    with transaction.atomic():
        Procurement.objects.select_for_update(no_key=True).get(pk=procurement.pk)  # one after the other
        plan.follows = PublicPlan.objects.filter(procurement=procurement, followed_by=None).first()
        if plan.follows and plan.follows.withdrawn_at is None:
            if _told(plan) == _told(plan.follows):
                raise RefusedError(no(say("This is what everybody reads already. Change something first.")))
            _end(plan.follows, by=by, at=at)
        plan.save(force_insert=True)
        follows = {"follows": plan.follows_id} if plan.follows_id else {}
        record_event("plan_shown", of=plan, by=by, at=at, case=procurement.pk, what=_told(plan) | follows)
    return plan


def withdraw_plan(*, plan: PublicPlan, by: Person, at: datetime) -> PublicPlan:
    """Take back what everybody reads of a coming procurement; the words stay in the ledger.

    Raises:
        RefusedError: `by` may not, or it is no longer shown.
    """
    require(may_withdraw_plan(by, plan))
    with transaction.atomic():
        _end(plan, by=by, at=at)
        record_event("plan_withdrawn", of=plan, by=by, at=at, case=plan.procurement_id)
    return plan


def _told(plan: PublicPlan) -> dict[str, object]:
    """Return what everybody reads, and no more."""
    return {name: getattr(plan, name) for name in TOLD}


def _end(plan: PublicPlan, *, by: Person, at: datetime) -> None:
    plan.withdrawn_at, plan.withdrawn_by = at, by
    plan.save(update_fields=["withdrawn_at", "withdrawn_by"])
