"""The verbs of a procurement: create, team, declarations, facts, cancel. Everything else belongs to later rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.calendars import parse_cpv
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.parties.queries import administrators_of
from rodatraden.parties.rules import is_member, may_start_procurement
from rodatraden.procurements.models import ConflictDeclaration, Procurement, StageFact, TeamMember
from rodatraden.procurements.queries import hold_procurement, hold_ties
from rodatraden.procurements.rules import (
    is_sound,
    may_appoint,
    may_clear,
    may_declare,
    may_edit,
    may_hold,
    may_join,
    may_remove,
    moment_now,
)
from rodatraden.records.actions import open_diary_case, record_event, register_text
from rodatraden.records.models import DiaryDocument

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.parties.models import Organisation, Person

BID_SECRECY = "OSL 19 kap. 3 §"
"""What makes secret, until the award decision, what names who has bid."""


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
            procurement=procurement,
            person=by,
            role=TeamMember.Role.OFFICER,
            appointed_at=at,
            appointed_by=by,
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
    direct_ground: str = "",
    stated_above: bool | None = None,
    stated_reason: str = "",
    language: str = Procurement.Language.SWEDISH,
) -> Procurement:
    """State what is bought, its value with options counted (LOU 5 kap. 3 §), its CPV and procedure with reasons.

    What is not known yet may be left out; what is stated must be right, and is complete before it can be published.

    Raises:
        RefusedError: `by` may not edit, the documents are published, a value is zero or less, a CPV code is not one,
            a statement lacks its reason, or the procedure is not possible for value and CPV (INV-23).
    """
    require(may_edit(by, procurement))
    new = {
        "title": title,
        "summary": summary,
        "cpv": str(parse_cpv(cpv)) if cpv.strip() else "",
        "cpv_reason": cpv_reason,
        "estimated_value": estimated_value,
        "value_method": value_method,
        "similar_purchases": similar_purchases,
        "stated_above": stated_above,
        "stated_reason": stated_reason,
        "procedure": procedure,
        "direct_ground": direct_ground,
        "procedure_reason": procedure_reason,
        "no_lots_reason": no_lots_reason,
        "language": Procurement.Language(language),
    }
    described = Procurement(buyer=procurement.buyer, country=procurement.country, **new)
    require(is_sound(described, local_date(at, procurement.country)))
    changed = [name for name, value in new.items() if getattr(procurement, name) != value]
    with transaction.atomic():
        require(may_edit(by, hold_procurement(procurement)))  # it may have been published since
        for name in changed:
            setattr(procurement, name, new[name])
        procurement.save(update_fields=changed)  # what another has written since it was read stays
        record_event(
            "procurement_described",
            of=procurement,
            by=by,
            at=at,
            case=procurement.pk,
            what={
                name: new[name]
                for name in (
                    "cpv",
                    "estimated_value",
                    "similar_purchases",
                    "stated_above",
                    "procedure",
                    "direct_ground",
                    "language",
                )
            },
        )
    return procurement


def appoint(*, procurement: Procurement, person: Person, role: TeamMember.Role, by: Person, at: datetime) -> TeamMember:
    """Appoint a person of the buyer to a role in the team, or a key holder of the buyer's from elsewhere to open its bids.

    Raises:
        RefusedError: `by` is not the officer, the person may not be in the team as that, holds the role already, or holds
            another one that nobody holds together with it.
    """
    with transaction.atomic():
        hold_ties(person, procurement.buyer)  # who ends one now waits, and then takes the new member off
        held = hold_procurement(procurement)
        require(may_appoint(by, held))
        if TeamMember.objects.filter(procurement=held, person=person, role=role, removed_at=None).exists():
            raise RefusedError(no(say("{name} has this role already.", name=person.name)))
        require(may_hold(role, person, held))
        require(may_join(person, role, held, at))
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
    _forget_what_was_read(procurement)
    return member


def remove_member(*, member: TeamMember, by: Person, at: datetime) -> TeamMember:
    """Remove a person's role from the team; what the person has done stays.

    Raises:
        RefusedError: `by` is not the officer, or removes the last officer.
    """
    procurement = member.procurement
    with transaction.atomic():
        held = hold_procurement(procurement)
        member.refresh_from_db()
        member.procurement = held
        require(may_remove(by, member))
        _take_off(member, by=by, at=at)
    member.procurement = procurement
    _forget_what_was_read(procurement)
    return member


def _take_off(member: TeamMember, *, by: Person | None, at: datetime) -> None:
    member.removed_at = at
    member.save(update_fields=["removed_at"])
    what = {"person": member.person_id, "role": member.role}
    record_event("team_member_removed", of=member, by=by, at=at, case=member.procurement_id, what=what)


def leave_teams(*, person: Person, buyer: Organisation, by: Person | None, at: datetime) -> None:
    """Take somebody who belongs to the buyer no longer off all its teams: they read nothing more (OSL 19 kap. 3 §, INV-15).

    Called in the transaction that ends a membership, and in that which ends a key holding: who belongs to the buyer
    stays, who came to open its bids alone goes. A former employee who keeps a key is appointed anew. Where they were the last officer an administrator steps
    in, who ends the membership if they are one, since somebody always answers for the procurement.
    """
    if is_member(person, buyer, at):
        return
    mine = TeamMember.objects.filter(person=person, procurement__buyer=buyer, removed_at=None)
    for member in mine.select_related("procurement__buyer").order_by("procurement_id", "role"):
        _take_off(member, by=by, at=at)
    for procurement in Procurement.objects.filter(
        team__in=TeamMember.objects.filter(person=person, removed_at=at)
    ).distinct():
        if not procurement.team.filter(role=TeamMember.Role.OFFICER, removed_at=None).exists():
            _let_step_in(procurement, by=by, at=at)


def leave_as_bidder(*, person: Person, by: Person | None, at: datetime) -> None:
    """Take who bids for a supplier from now on off the teams of those they don't belong to, whose bids they came to open.

    Called in the transaction that makes them a bidder. The officer appoints another key holder in their place.
    """
    mine = TeamMember.objects.filter(person=person, removed_at=None).select_related("procurement__buyer")
    for buyer in {member.procurement.buyer for member in mine}:
        leave_teams(person=person, buyer=buyer, by=by, at=at)


def _let_step_in(procurement: Procurement, *, by: Person | None, at: datetime) -> None:
    administrators = administrators_of(procurement.buyer, at)
    for person in sorted(administrators, key=lambda each: (each != by, each.name, str(each.pk))):
        if may_hold(TeamMember.Role.OFFICER, person, procurement):
            member = TeamMember.objects.create(
                procurement=procurement,
                person=person,
                role=TeamMember.Role.OFFICER,
                appointed_at=at,
                appointed_by=by or person,
            )
            what = {"person": person.pk, "role": TeamMember.Role.OFFICER}
            record_event("team_member_appointed", of=member, by=by, at=at, case=procurement.pk, what=what)
            return


def declare_interests(
    *,
    procurement: Procurement,
    has_conflict: bool,
    description: str,
    by: Person,
    at: datetime,
) -> ConflictDeclaration:
    """Declare one's interests in a procurement (FL 16–18 §§); a conflict closes the door until somebody decides.

    Which declaration it is follows from what has happened when it is stored: made after the opening it is the renewed
    one (INV-15). Two that meet an opening in the same instant can only err towards being asked for once more. Said once
    more in the same words it is the one that was made.

    Raises:
        RefusedError: `by` is not in the team, or declares a conflict without saying which.
    """
    if has_conflict and not description.strip():
        raise RefusedError(
            no(say("Describe the conflict of interest, so that it can be decided on."), mend="description")
        )
    with transaction.atomic():
        held = hold_procurement(procurement)
        require(may_declare(by, held))
        moment = moment_now(held)
        latest = held.conflict_declarations.filter(person=by, moment=moment, cleared_at=None).first()
        if latest and (latest.has_conflict, latest.description) == (has_conflict, description):
            return latest  # the form was sent twice
        declaration = ConflictDeclaration.objects.create(
            procurement=held,
            person=by,
            moment=moment,
            has_conflict=has_conflict,
            description=description,
            declared_at=at,
        )
        said = "" if has_conflict else gettext("I have no conflict of interest in this procurement.")
        _file(
            declaration,
            direction=DiaryDocument.Direction.RECEIVED,
            subject=gettext("Declaration of interests"),
            text=f"{by.name}, {declaration.get_moment_display()}\n\n{said}\n{description.strip()}",
            by=by,
            at=at,
        )
        record_event(
            "interests_declared",
            of=declaration,
            by=by,
            at=at,
            case=procurement.pk,
            what={"moment": moment, "has_conflict": has_conflict},
        )
    _forget_what_was_read(procurement)
    declaration.procurement = procurement
    return declaration


def clear_conflict(*, declaration: ConflictDeclaration, measure: str, by: Person, at: datetime) -> ConflictDeclaration:
    """Decide that a declared conflict is no hindrance, with the measure that makes it so (LOU 12 kap. 16 § p 6).

    Raises:
        RefusedError: `by` is not the decision maker, decides on their own conflict, or names no measure.
    """
    if not measure.strip():
        raise RefusedError(
            no(say("Say which measure makes it no hindrance."), mend="measure", source="LOU 12 kap. 16 §")
        )
    procurement = declaration.procurement
    with transaction.atomic():
        held = hold_procurement(procurement)
        declaration = ConflictDeclaration.objects.select_related("person").get(pk=declaration.pk)
        declaration.procurement = held
        require(may_clear(by, declaration))
        declaration.cleared_at = at
        declaration.cleared_by = by
        declaration.measure = measure
        declaration.save(update_fields=["cleared_at", "cleared_by", "measure"])
        _file(
            declaration,
            direction=DiaryDocument.Direction.DRAWN_UP,
            subject=gettext("Decision on a conflict of interest"),
            text=gettext("It is no hindrance, with this measure: %(measure)s\n\nDecided by %(name)s")
            % {"measure": measure.strip(), "name": by.name},
            by=by,
            at=at,
        )
        record_event("conflict_cleared", of=declaration, by=by, at=at, case=declaration.procurement_id)
    _forget_what_was_read(procurement)
    declaration.procurement = procurement
    return declaration


def _file(
    declaration: ConflictDeclaration,
    *,
    direction: DiaryDocument.Direction,
    subject: str,
    text: str,
    by: Person,
    at: datetime,
) -> None:
    """Enter a declaration, or what was decided on it, in the diary; the row says whose it is, the file alone what it says.

    From the opening on its words may name who has bid: secret as the bids are, until the award decision (INV-02).
    """
    is_opened = moment_now(declaration.procurement) == ConflictDeclaration.Moment.AFTER_OPENING
    register_text(
        case=declaration.procurement.diary_case,
        direction=direction,
        counterparty=declaration.person.name,
        subject=subject,
        text=text,
        by=by,
        at=at,
        secrecy_note=BID_SECRECY if is_opened else "",
    )


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
    _forget_what_was_read(procurement)
    return fact


def cancel_procurement(*, procurement: Procurement, reason: str, by: Person, at: datetime) -> StageFact:
    """Cancel a procurement that has not been published, with the reason (after publication: `awards`).

    Raises:
        RefusedError: `by` may not, it is published, or no reason is given.
    """
    if not reason.strip():
        raise RefusedError(no(say("Say why the procurement is cancelled."), mend="reason", source="LOU 12 kap. 12 §"))
    with transaction.atomic():
        require(may_edit(by, hold_procurement(procurement)))
        return record_fact(
            procurement=procurement, kind=StageFact.Kind.CANCELLED, by=by, at=at, what={"reason": reason}
        )


def _forget_what_was_read(procurement: Procurement) -> None:
    """Let the rules read team, declarations and facts again: what was read before the verb is no longer all."""
    vars(procurement).pop("_prefetched_objects_cache", None)
