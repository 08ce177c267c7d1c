"""The verbs of a need: write, revise, take up into a procurement, strike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.needs.models import Need
from rodatraden.needs.rules import may_change, may_take_up, may_write, may_write_in
from rodatraden.procurements.models import Procurement
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Organisation, Person

ASKED = {
    "title": say("Name the need."),
    "for_whom": say("Say for whom it is needed."),
    "description": say("Say what is needed."),
    "evidence": say("Say how you know."),
}


def write_need(
    *,
    organisation: Organisation,
    title: str,
    for_whom: str,
    description: str,
    evidence: str,
    by: Person,
    at: datetime,
    procurement: Procurement | None = None,
    owner: Person | None = None,
    source: str = "",
    is_fictional: bool = False,
) -> Need:
    """Write down what somebody needs, for whom and how we know; in a procurement it gets the next label.

    Raises:
        RefusedError: `by` may not write here, or a part is missing.
    """
    require(may_write_in(by, procurement) if procurement else may_write(by, organisation, at))
    if procurement and procurement.buyer_id != organisation.pk:
        raise RefusedError(no(say("The need belongs to another organisation.")))
    parts = _whole(title=title, for_whom=for_whom, description=description, evidence=evidence)
    with transaction.atomic():
        need = Need.objects.create(
            organisation=organisation,
            procurement=procurement,
            number=_next_number(procurement) if procurement else None,
            owner=owner or by,
            source=source.strip(),
            is_fictional=is_fictional,
            written_at=at,
            **parts,
        )
        record_event("need_written", of=need, by=by, at=at, case=need.procurement_id, what={"label": need.label})
    return need


def revise_need(
    *,
    need: Need,
    title: str,
    for_whom: str,
    description: str,
    evidence: str,
    by: Person,
    at: datetime,
    source: str = "",
    owner: Person | None = None,
) -> Need:
    """Put a need in better words.

    Raises:
        RefusedError: `by` may not, it is struck or published, or a part is missing.
    """
    require(may_change(by, need, at))
    parts = _whole(title=title, for_whom=for_whom, description=description, evidence=evidence)
    values = {**parts, "source": source.strip(), "owner": owner or need.owner}
    changed = [name for name, value in values.items() if getattr(need, name) != value]
    with transaction.atomic():
        _hold(need)
        require(may_change(by, need, at))
        for name in changed:
            setattr(need, name, values[name])
        need.revised_at = at
        need.save(update_fields=[*changed, "revised_at"])
        record_event("need_revised", of=need, by=by, at=at, case=need.procurement_id, what=dict(parts))
    return need


def take_up(*, need: Need, procurement: Procurement, by: Person, at: datetime) -> Need:
    """Take a need from the organisation's backlog up into a procurement, under the next label.

    Raises:
        RefusedError: `by` may not, or the need is another organisation's, struck or taken up already.
    """
    require(may_take_up(by, need, procurement))
    with transaction.atomic():
        _hold(need)
        require(may_take_up(by, need, procurement))
        need.procurement = procurement
        need.number = _next_number(procurement)
        need.save(update_fields=["procurement", "number"])
        record_event("need_taken_up", of=need, by=by, at=at, case=procurement.pk, what={"label": need.label})
    return need


def strike_need(*, need: Need, reason: str, by: Person, at: datetime) -> Need:
    """Strike a need; its row stays with the reason, and requirements that answer only to it become loose ends.

    Raises:
        RefusedError: `by` may not, it is struck or published, or no reason is given.
    """
    require(may_change(by, need, at))
    if not reason.strip():
        raise RefusedError(no(say("Say why the need is struck.")))
    with transaction.atomic():
        _hold(need)
        require(may_change(by, need, at))
        need.struck_at = at
        need.struck_reason = reason.strip()
        need.save(update_fields=["struck_at", "struck_reason"])
        record_event("need_struck", of=need, by=by, at=at, case=need.procurement_id, what={"reason": reason.strip()})
    return need


def _hold(need: Need) -> None:
    """Read anew what rules ask about, and hold the row until the transaction ends: another may have struck it, or taken it up."""
    need.refresh_from_db(
        fields=["struck_at", "struck_reason", "procurement", "number"],
        from_queryset=Need.objects.select_for_update(no_key=True),
    )


def _whole(**parts: str) -> dict[str, str]:
    stripped = {name: text.strip() for name, text in parts.items()}
    for name, text in stripped.items():
        if not text:
            raise RefusedError(no(ASKED[name]))
    return stripped


def _next_number(procurement: Procurement) -> int:
    Procurement.objects.select_for_update(no_key=True).get(pk=procurement.pk)
    last = Need.objects.filter(procurement=procurement).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
