"""The verbs of the delegation order: enter a point, and end it. A point that decisions rest on is never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.awards.models import DelegationPoint
from rodatraden.awards.rules import may_keep_delegations
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_hash
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from rodatraden.parties.models import Organisation, Person


def enter_delegation(
    *,
    organisation: Organisation,
    point: str,
    covers: str,
    up_to: Decimal | None,
    currency: str,
    role: str,
    person: Person | None,
    source: str,
    valid_from_on: date,
    valid_to_on: date | None,
    by: Person,
    at: datetime,
) -> DelegationPoint:
    """Enter a point of the delegation order; from the first one on, decisions rest on the list alone.

    Raises:
        RefusedError: `by` may not, it is not said who holds it or by one alone, something is missing, its days are in the
            wrong order, or the same point overlaps in time.
    """
    with transaction.atomic():
        require(may_keep_delegations(by, organisation, at))
        for name, text in (("point", point), ("covers", covers), ("source", source)):
            if not text.strip():
                raise RefusedError(
                    no(say("Write the point, what it covers, and the document that adopted it."), mend=name)
                )
        if bool(role) == (person is not None):
            raise RefusedError(no(say("Say who holds it: a role or one person, not both."), mend="role"))
        if valid_to_on is not None and valid_to_on < valid_from_on:
            raise RefusedError(no(say("The last day comes before the first."), mend="valid_to_on"))
        for each in DelegationPoint.objects.select_for_update(no_key=True).filter(
            organisation=organisation, point=point.strip()
        ):
            starts_after = valid_to_on is not None and valid_to_on < each.valid_from_on
            ended_before = each.valid_to_on is not None and each.valid_to_on < valid_from_on
            if not (starts_after or ended_before):
                raise RefusedError(
                    no(say("{point} is valid in that time already. End it first.", point=str(each)), mend="point")
                )
        entered = DelegationPoint.objects.create(
            organisation=organisation,
            point=point.strip(),
            covers=covers.strip(),
            up_to=up_to,
            currency=currency,
            role=role,
            person=person,
            source=source.strip(),
            valid_from_on=valid_from_on,
            valid_to_on=valid_to_on,
            entered_at=at,
            entered_by=by,
        )
        what = {
            "point": entered.point,
            "up_to": up_to,
            "currency": currency,
            "role": role,
            "person": person.pk if person else None,
            "source_sha256": canonical_hash({"source": entered.source}),
            "from": valid_from_on,
            "to": valid_to_on,
        }
        record_event("delegation_entered", of=entered, by=by, at=at, what=what)
    return entered


def end_delegation(*, point: DelegationPoint, last_on: date, by: Person, at: datetime) -> DelegationPoint:
    """End a point of the delegation order with its last day; what was decided on it stands.

    Raises:
        RefusedError: `by` may not, or the day comes before its first, or after the one that it ends on already.
    """
    with transaction.atomic():
        point = (
            DelegationPoint.objects.select_for_update(of=("self",), no_key=True)
            .select_related("organisation")
            .get(pk=point.pk)
        )
        require(may_keep_delegations(by, point.organisation, at))
        if last_on < point.valid_from_on or (point.valid_to_on is not None and last_on > point.valid_to_on):
            raise RefusedError(no(say("The last day must lie within its time."), mend="last_on"))
        point.valid_to_on = last_on
        point.save(update_fields=["valid_to_on"])
        record_event("delegation_ended", of=point, by=by, at=at, what={"last_on": last_on})
    return point
