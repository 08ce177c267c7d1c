"""Who may do what in a procurement, each answer with its reason.

Access is phase × person × procurement: a member of the team, with a conflict declaration that is current and
without an unresolved conflict (FL 16–18 §§, INV-15).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import Signal
from django.urls import reverse

from rodatraden.core.answer import YES, Answer, RefusedError, no
from rodatraden.core.calendars import (
    PROCEDURES,
    Applicable,
    Buyer,
    Cpv,
    DirectGround,
    applicable_procedures,
    direct_award_allowed,
    parse_cpv,
)
from rodatraden.core.message import Message, say
from rodatraden.parties.models import Organisation
from rodatraden.parties.rules import HolderState, bids_nowhere, holders_of, holds_key_for, is_member

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import ConflictDeclaration, Procurement, TeamMember

from rodatraden.procurements.rules.access import (
    CONFLICT_SOURCE,
    DECLARE_FIRST,
    NAMES_COME_LATER,
    READERS,
    ROLE_NEEDED,
    Kind,
    Moment,
    Role,
    declaration_due,
    declared_by,
    has_happened,
    judges_without_names,
    may_act_as,
    may_export_diary,
    may_follow,
    may_know_bidders,
    may_let_out,
    may_see,
    may_see_secret_documents,
    may_work,
    moment_now,
    page_of,
    team_roles,
)

__all__ = [
    "CONFLICT_SOURCE",
    "DECLARE_FIRST",
    "DIRECT",
    "LEAST_OPENERS",
    "NAMES_COME_LATER",
    "NO_HOLDER",
    "NO_KEY_THERE",
    "NO_ROLE_THERE",
    "OPENS_ALONE",
    "READERS",
    "ROLE_NEEDED",
    "SEPARATED",
    "Kind",
    "Moment",
    "Role",
    "buyer_kind",
    "cpv_of",
    "declaration_due",
    "declared_by",
    "enough_openers",
    "has_happened",
    "has_judged",
    "is_sound",
    "judges_without_names",
    "keys_asked",
    "may_act_as",
    "may_appoint",
    "may_choose_procedure",
    "may_clear",
    "may_declare",
    "may_edit",
    "may_export_diary",
    "may_follow",
    "may_hold",
    "may_join",
    "may_know_bidders",
    "may_let_out",
    "may_remove",
    "may_see",
    "may_see_secret_documents",
    "may_work",
    "moment_now",
    "openers_with_keys",
    "possible_procedures",
    "team_roles",
    "total_value",
]


def may_edit(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may change the procurement itself: its officer, before the documents are published."""
    officer = may_act_as(Role.OFFICER, person, procurement)
    if not officer:
        return officer
    if has_happened(procurement, Kind.PUBLISHED):
        return no(
            say("The documents have been published and are frozen. What changes now is a published change."),
            source="LOU 11 kap. 8 §",
        )
    return YES


def may_appoint(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may change the team: its officer, at any time."""
    return may_act_as(Role.OFFICER, person, procurement)


SEPARATED = {
    Role.OFFICER: say("{name} is the procurement officer, who proposes the award. Somebody else decides it."),
    Role.EVALUATOR: say("{name} judges the bids. Who judges does not decide the award."),
}
"""Which roles nobody holds together with that of the decision maker: who prepares and who decides are two people.

No statute separates the roles; that a named person decides on what others have prepared is what makes the reasons of
every stage worth reading (LOU 12 kap. 14 §). Everything else may be held together, so that two people, whom the opening
needs anyhow (LOU 12 kap. 10 §), can carry out the procurement of a small association. Source: policy.
"""


def may_hold(role: TeamMember.Role, person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may get `role` beside those that they hold: four eyes on the award."""
    held = team_roles(person, procurement)
    for other, reason in SEPARATED.items():
        if {role, *held} >= {Role.DECIDER, other} and role in {Role.DECIDER, other}:
            return no(Message(reason.text, {"name": person.name}), mend="person", source="policy")
    if role == Role.DECIDER and has_judged(person, procurement):
        return no(say("{name} has judged the bids. Who judges does not decide the award.", name=person.name))
    return YES


NO_ROLE_THERE = say("{name} does not belong to {buyer}. An administrator of {buyer} gives them a role there first.")
NO_KEY_THERE = say(
    "{name} neither belongs to {buyer} nor holds a key to its bids. An administrator of {buyer} invites them to hold a key. "
    "Then they can be appointed opening official."
)
OPENS_ALONE = say(
    "{name} holds a key and does not belong to {buyer}, so they can be opening official and nothing else. For another role "
    "an administrator of {buyer} gives them a role there first."
)


def may_join(person: Person, role: TeamMember.Role, procurement: Procurement, at: datetime) -> Answer:
    """Answer whether `person` may be in the team as `role`: who belongs to the buyer, and as opening official its key holders.

    Holders need not belong to the buyer, so that the loss of one of them is the loss of nothing; opening is all that
    they are appointed for, and none of them bids for a supplier. Source: policy, for the sake of LOU 12 kap. 10 §.
    """
    buyer = procurement.buyer
    holds_key = holds_key_for(person, buyer)
    if is_member(person, buyer, at):
        return YES
    if holds_key and role == Role.OPENER:
        return bids_nowhere(person, at)
    sentence, mend = NO_ROLE_THERE, reverse("parties:organisation", args=[buyer.pk])
    if role == Role.OPENER:
        sentence, mend = NO_KEY_THERE, reverse("parties:key_holders", args=[buyer.pk])
    elif holds_key:
        sentence, mend = OPENS_ALONE, "role"
    return no(Message(sentence.text, {"name": person.name, "buyer": buyer.name}), mend=mend, source="policy")


def has_judged(person: Person, procurement: Procurement) -> bool:
    """Whether `person` was an evaluator when the bids were opened, or became one later."""
    opened_at = next((fact.at for fact in procurement.facts.all() if fact.kind == Kind.OPENED), None)
    return opened_at is not None and any(
        member.person_id == person.pk
        and member.role == Role.EVALUATOR
        and (member.removed_at is None or member.removed_at > opened_at)
        for member in procurement.team.all()
    )


LEAST_OPENERS = 2
"""Officials who open the bids together. Source: LOU 12 kap. 10 §."""
keys_asked = Signal()
"""Sent with `procurement: Procurement` by `may_remove`; the room where bids are sealed answers with the people whose keys
open them, by name, or None where nothing is sealed to anybody."""
NO_HOLDER = say("Opens the bids, and has not been appointed key holder")


def openers_with_keys(
    procurement: Procurement, at: datetime, holders: Sequence[HolderState] | None = None
) -> list[HolderState]:
    """Return each opening official with access, by name, and how far they have come with an opening key of the buyer's.

    `holders` are those of `parties.rules.holders_of`, where they have been read already.
    """
    of_buyer = holders_of(procurement.buyer, at) if holders is None else holders
    states = {state.person.pk: state for state in of_buyer}
    openers = {member.person for member in procurement.team.all() if member.role == Role.OPENER}
    return [
        states.get(person.pk, HolderState(person, None, None, None, NO_HOLDER))
        for person in sorted(openers, key=lambda person: (person.name, str(person.pk)))
        if may_act_as(Role.OPENER, person, procurement)
    ]


def enough_openers(procurement: Procurement, at: datetime, holders: Sequence[HolderState] | None = None) -> Answer:
    """Answer whether two of the opening officials have shown in the last 30 days that their opening keys work.

    Without them the bids would be sealed to people who may not open them. Arguments as for `openers_with_keys`.
    """
    ready = sum(state.is_ready for state in openers_with_keys(procurement, at, holders))
    if ready >= LEAST_OPENERS:
        return YES
    return no(
        say(
            "{ready} of at least {wanted} opening officials hold an opening key that they have practised with lately.",
            ready=ready,
            wanted=LEAST_OPENERS,
        ),
        mend=reverse("parties:key_holders", args=[procurement.buyer_id]),
        source="LOU 12 kap. 10 §",
    )


def may_remove(person: Person, member: TeamMember) -> Answer:
    """Answer whether `person` may remove a member; somebody always answers for the procurement."""
    procurement = member.procurement
    appoints = may_appoint(person, procurement)
    if not appoints:
        return appoints
    if member.removed_at is not None:
        return no(say("The person has been removed already."))
    officers = [m for m in procurement.team.all() if m.role == Role.OFFICER and m.removed_at is None]
    if member.role == Role.OFFICER and len(officers) == 1:
        return no(say("A procurement has at least one officer. Appoint another one first."), source="policy")
    return _enough_are_left(member) if member.role == Role.OPENER else YES


def _enough_are_left(member: TeamMember) -> Answer:
    """Answer whether two officials who can open are left without `member`, until bids and prices are open.

    Who can open are those to whom the bids are sealed, wherever they are sealed to somebody.
    """
    procurement = member.procurement
    if not has_happened(procurement, Kind.PUBLISHED) or has_happened(procurement, Kind.PRICES_OPENED):
        return YES
    openers = {m.person_id for m in procurement.team.all() if m.role == Role.OPENER and m.removed_at is None}
    keyed = _with_keys(procurement)
    able = openers & {person.pk for person in keyed} if keyed else openers
    if member.person_id not in able or len(able) > LEAST_OPENERS:
        return YES
    others = ", ".join(person.name for person in keyed if person.pk not in openers)
    if others:
        return no(
            say(
                "Two officials whose keys open the bids and their prices must be left. Appoint another one first. "
                "These have such keys: {others}.",
                others=others,
            ),
            mend=page_of("procurements:team", procurement),
            source="LOU 12 kap. 10 §",
        )
    return no(
        say("Two officials must be there to open the bids and their prices. Appoint another one first."),
        mend=page_of("procurements:team", procurement),
        source="LOU 12 kap. 10 §",
    )


def _with_keys(procurement: Procurement) -> list[Person]:
    found: list[Person] = []
    for _, answer in keys_asked.send(sender=type(procurement), procurement=procurement):
        people: Any = answer  # Django's stubs know text only
        found += people or []
    return found


def may_declare(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may declare interests: everybody in the team, whenever something changes (FL 18 §)."""
    return may_see(person, procurement)


def may_clear(person: Person, declaration: ConflictDeclaration) -> Answer:
    """Answer whether `person` may decide on a declared conflict: the decision maker, never about themselves."""
    if declaration.person_id == person.pk:
        return no(say("Nobody decides on their own conflict of interest."), source="FL 18 §")
    decides = may_act_as(Role.DECIDER, person, declaration.procurement)
    if not decides:
        return decides
    if not declaration.has_conflict or declaration.cleared_at is not None:
        return no(say("There is nothing left to decide about this declaration."))
    return YES


def buyer_kind(procurement: Procurement) -> Buyer:
    """Return which threshold for goods and services the buyer has."""
    is_central = procurement.buyer.kind == Organisation.Kind.STATE_AUTHORITY
    return Buyer.CENTRAL if is_central else Buyer.SUBCENTRAL


def total_value(procurement: Procurement) -> Decimal | None:
    """Return the estimated value together with the similar purchases of the year (LOU 5 kap. 11 §); None = not stated."""
    if procurement.estimated_value is None:
        return None
    return procurement.estimated_value + (procurement.similar_purchases or 0)


def cpv_of(procurement: Procurement) -> Cpv | None:
    """Return the CPV code that has been stated, or None."""
    try:
        return parse_cpv(procurement.cpv) if procurement.cpv else None
    except RefusedError:
        return None


def possible_procedures(procurement: Procurement, on: date) -> Applicable | None:
    """Return which procedures the value and the CPV code leave, with the steps; None while either is missing."""
    cpv, value = cpv_of(procurement), total_value(procurement)
    if cpv is None or value is None:
        return None
    return applicable_procedures(
        country=procurement.country,
        cpv=cpv,
        value=value,
        on=on,
        buyer=buyer_kind(procurement),
        stated_above=procurement.stated_above,
    )


def may_choose_procedure(procurement: Procurement, on: date) -> Answer:
    """Answer whether the chosen procedure may be used for what the procurement states on the day `on`.

    Where a rule row is missing the choice between what is possible is a person's, with a reason (INV-34). Direct
    procurement at or above its limit needs one of the listed grounds (INV-23).
    """
    procedure = PROCEDURES.get(procurement.procedure)
    possible = possible_procedures(procurement, on)
    if procedure is None:
        return no(say("Choose the procedure."), mend="procedure", source="LOU 6 kap. 1 §, 19 kap. 6 §")
    if possible is None:
        return no(say("State value and CPV code first: they decide which procedures are possible."), mend="cpv")
    if procedure.country != procurement.country:
        return no(say("The procedure belongs to another country."), mend="procedure", source=procedure.paragraph)
    if procedure.id == DIRECT:
        return _may_buy_directly(procurement, on)
    answer = possible.allows(procedure)
    if not answer and procedure in possible.value and procurement.procedure_reason.strip():
        return YES
    return answer


def is_sound(described: Procurement, on: date) -> Answer:
    """Answer whether what a description states is right; what it leaves out is asked for before publication."""
    if described.estimated_value is not None and described.estimated_value <= 0:
        return no(say("Write the estimated value as more than 0."), mend="estimated_value", source="LOU 5 kap. 3 §")
    reasons = (
        (described.cpv, "cpv_reason", say("Write why it is this CPV code."), "LOU 19 kap. 1 §"),
        (described.estimated_value, "value_method", say("Write how the value was estimated."), "LOU 5 kap. 3 §"),
        (described.procedure, "procedure_reason", say("Write why it is this procedure."), "LOU 12 kap. 14 §"),
        (described.stated_above is not None, "stated_reason", say("Write how you know."), "LOU 5 kap. 1 §"),
    )
    for statement, name, sentence, source in reasons:
        if statement and not getattr(described, name).strip():
            return no(sentence, mend=name, source=source)
    return may_choose_procedure(described, on) if described.procedure else YES


DIRECT = "se-direct"


def _may_buy_directly(procurement: Procurement, on: date) -> Answer:
    cpv, value = cpv_of(procurement), procurement.estimated_value
    if cpv is None or value is None:
        return no(say("State value and CPV code first: they decide which procedures are possible."), mend="cpv")
    if procurement.similar_purchases is None:
        return no(
            say("State the similar purchases of the year: they count together with this one."),
            mend="similar_purchases",
            source="LOU 5 kap. 11 §",
        )
    return direct_award_allowed(
        cpv=cpv,
        value=value,
        similar=[procurement.similar_purchases],
        on=on,
        ground=DirectGround(procurement.direct_ground) if procurement.direct_ground else None,
        buyer=buyer_kind(procurement),
        stated_above=procurement.stated_above,
    )
