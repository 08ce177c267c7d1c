"""The verbs of a procurement: create, team, declarations, facts, cancel. Everything else belongs to later rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.parties.rules import is_member, may_start_procurement
from rodatraden.procurements.models import ConflictDeclaration, Procurement, StageFact, TeamMember
from rodatraden.procurements.rules import may_act_as, may_appoint, may_edit, may_see
from rodatraden.records.actions import open_diary_case, record_event

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.parties.models import Organisation, Person


def create_procurement(
    *,
    buyer: Organisation,
    title: str,
    by: Person,
    at: datetime,
    summary: str = "",
    template: str = "",
    copied_from: Procurement | None = None,
    is_fictional: bool = False,
) -> Procurement:
    """Start a procurement, open its case in the diary and make `by` its officer.

    Raises:
        RefusedError: `by` is not a procurement officer of the buyer.
    """
    require(may_start_procurement(by, buyer, at))
    with transaction.atomic():
        procurement = Procurement.objects.create(
            buyer=buyer,
            diary_case=open_diary_case(organisation=buyer, subject=title, by=by, at=at),
            title=title,
            summary=summary,
            country=buyer.calendar,
            template=template,
            copied_from=copied_from,
            is_fictional=is_fictional,
            created_at=at,
            created_by=by,
        )
        TeamMember.objects.create(
            procurement=procurement, person=by, role=TeamMember.Role.OFFICER, appointed_at=at, appointed_by=by
        )
        record_fact(procurement=procurement, kind=StageFact.Kind.CREATED, by=by, at=at)
    return procurement


def describe_procurement(
    *,
    procurement: Procurement,
    by: Person,
    at: datetime,
    title: str,
    summary: str,
    cpv: str,
    cpv_reason: str,
    estimated_value: Decimal | None,
    value_method: str,
    similar_purchases: Decimal | None,
    procedure: str,
    procedure_reason: str,
    no_lots_reason: str,
) -> Procurement:
    """State what is bought, its value with options counted (LOU 5 kap. 3 §), its CPV and procedure with reasons.

    Raises:
        RefusedError: `by` may not edit, or the documents are published.
    """
    require(may_edit(by, procurement))
    with transaction.atomic():
        procurement.title = title
        procurement.summary = summary
        procurement.cpv = cpv
        procurement.cpv_reason = cpv_reason
        procurement.estimated_value = estimated_value
        procurement.value_method = value_method
        procurement.similar_purchases = similar_purchases
        procurement.procedure = procedure
        procurement.procedure_reason = procedure_reason
        procurement.no_lots_reason = no_lots_reason
        procurement.save()
        record_event(
            "procurement_described",
            of=procurement,
            by=by,
            at=at,
            case=procurement.pk,
            what={"cpv": cpv, "estimated_value": estimated_value, "procedure": procedure},
        )
    return procurement


def appoint(*, procurement: Procurement, person: Person, role: TeamMember.Role, by: Person, at: datetime) -> TeamMember:
    """Appoint a person of the buyer to a role in the team.

    Raises:
        RefusedError: `by` is not the officer, the person does not belong to the buyer or holds the role already.
    """
    require(may_appoint(by, procurement))
    if not is_member(person, procurement.buyer, at):
        raise RefusedError(
            no(say("{name} does not belong to {buyer}.", name=person.name, buyer=procurement.buyer.name))
        )
    if TeamMember.objects.filter(procurement=procurement, person=person, role=role, removed_at=None).exists():
        raise RefusedError(no(say("{name} has this role already.", name=person.name)))
    with transaction.atomic():
        member = TeamMember.objects.create(
            procurement=procurement, person=person, role=role, appointed_at=at, appointed_by=by
        )
        record_event(
            "team_member_appointed",
            of=member,
            by=by,
            at=at,
            case=procurement.pk,
            what={"person": person.pk, "role": role},
        )
    return member


def remove_member(*, member: TeamMember, by: Person, at: datetime) -> TeamMember:
    """Remove a person's role from the team; what the person has done stays.

    Raises:
        RefusedError: `by` is not the officer, or removes the last officer.
    """
    procurement = member.procurement
    require(may_appoint(by, procurement))
    others = procurement.team.filter(role=TeamMember.Role.OFFICER, removed_at=None).exclude(pk=member.pk)
    if member.role == TeamMember.Role.OFFICER and not others.exists():
        raise RefusedError(no(say("A procurement has at least one officer. Appoint another one first.")))
    with transaction.atomic():
        member.removed_at = at
        member.save(update_fields=["removed_at"])
        record_event("team_member_removed", of=member, by=by, at=at, case=procurement.pk, what={"role": member.role})
    return member


def declare_interests(
    *,
    procurement: Procurement,
    moment: ConflictDeclaration.Moment,
    has_conflict: bool,
    description: str,
    by: Person,
    at: datetime,
) -> ConflictDeclaration:
    """Declare one's interests in a procurement (FL 16–18 §§); a conflict closes the door until somebody decides.

    Raises:
        RefusedError: `by` is not in the team, or declares a conflict without saying which.
    """
    require(may_see(by, procurement))
    if has_conflict and not description.strip():
        raise RefusedError(no(say("Describe the conflict of interest, so that it can be decided on.")))
    with transaction.atomic():
        declaration = ConflictDeclaration.objects.create(
            procurement=procurement,
            person=by,
            moment=moment,
            has_conflict=has_conflict,
            description=description,
            declared_at=at,
        )
        record_event(
            "interests_declared",
            of=declaration,
            by=by,
            at=at,
            case=procurement.pk,
            what={"moment": moment, "has_conflict": has_conflict},
        )
    return declaration


def clear_conflict(*, declaration: ConflictDeclaration, measure: str, by: Person, at: datetime) -> ConflictDeclaration:
    """Decide that a declared conflict is no hindrance, with the measure that makes it so (LOU 12 kap. 16 § p 6).

    Raises:
        RefusedError: `by` is not the decision maker, decides on their own conflict, or names no measure.
    """
    require(may_act_as(TeamMember.Role.DECIDER, by, declaration.procurement))
    if declaration.person_id == by.pk:
        raise RefusedError(
            no(say("Nobody decides on their own conflict of interest."), source="förvaltningslagen 18 §")
        )
    if not measure.strip():
        raise RefusedError(no(say("Say which measure makes it no hindrance.")))
    with transaction.atomic():
        declaration.cleared_at = at
        declaration.cleared_by = by
        declaration.measure = measure
        declaration.save(update_fields=["cleared_at", "cleared_by", "measure"])
        record_event("conflict_cleared", of=declaration, by=by, at=at, case=declaration.procurement_id)
    return declaration


def record_fact(
    *,
    procurement: Procurement,
    kind: StageFact.Kind,
    by: Person | None,
    at: datetime,
    what: dict[str, object] | None = None,
) -> StageFact:
    """Record that something has happened to a procurement: once, one-way, with its ledger entry.

    The later room whose verb this is has asked its own rule already.

    Raises:
        RefusedError: it has happened before.
    """
    with transaction.atomic():
        fact, is_new = StageFact.objects.get_or_create(
            procurement=procurement, kind=kind, defaults={"at": at, "by": by}
        )
        if not is_new:
            raise RefusedError(no(say("This has happened already and happens only once.")))
        record_event(f"procurement_{kind}", of=procurement, by=by, at=at, case=procurement.pk, what=what)
    vars(procurement).pop("_prefetched_objects_cache", None)  # the facts read before are no longer all
    return fact


def cancel_procurement(*, procurement: Procurement, reason: str, by: Person, at: datetime) -> StageFact:
    """Cancel a procurement that has not been published, with the reason (after publication: `awards`).

    Raises:
        RefusedError: `by` may not, it is published, or no reason is given.
    """
    require(may_edit(by, procurement))
    if not reason.strip():
        raise RefusedError(no(say("Say why the procurement is cancelled."), source="LOU 12 kap. 12 §"))
    return record_fact(procurement=procurement, kind=StageFact.Kind.CANCELLED, by=by, at=at, what={"reason": reason})
