"""Who is what in which organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db.models import Max, Q
from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.parties.models import KeyHolder, Membership, OpeningKey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rodatraden.core.message import Message
    from rodatraden.parties.models import Drill, Invitation, Organisation, Person

Role = Membership.Role
BUYING = {Role.PROCUREMENT_OFFICER, Role.NEED_OWNER, Role.DIRECTOR}


def roles_of(person: Person, organisation: Organisation, at: datetime) -> frozenset[str]:
    """Return the roles that `person` holds in `organisation` on the day of `at`."""
    on = local_date(at, organisation.calendar)
    mine = person.memberships.all()  # one query, or none where a page has read what the person is
    return frozenset(each.role for each in mine if each.organisation_id == organisation.pk and each.holds_on(on))


def is_member(person: Person, organisation: Organisation, at: datetime) -> bool:
    """Whether `person` holds any role in `organisation`."""
    return bool(roles_of(person, organisation, at))


def may_administer(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may invite people to `organisation` and change their roles.

    A supplier that an authority has registered, and that nobody belongs to yet, is opened to its people by the
    authorities' administrators, once its number is confirmed: the bids that stand on it become theirs.
    """
    if Role.ADMINISTRATOR in roles_of(person, organisation, at):
        return YES
    if not organisation.is_buyer and not organisation.memberships.exists() and is_house_administrator(person, at):
        if organisation.is_proven:
            return YES
        return no(
            say("Confirm first that the number is theirs: who comes in gets the bids that stand on it."),
            mend=reverse("parties:confirm_number", args=[organisation.pk]),
            source="policy",
        )
    return no(say("Only an administrator of the organisation can do this."), source="policy")


def is_house_administrator(person: Person, at: datetime) -> bool:
    """Whether `person` is an administrator of a contracting authority here."""
    return _holds_in_an_authority(person, {Role.ADMINISTRATOR}, at)


def is_official(person: Person, at: datetime) -> bool:
    """Whether `person` is a procurement officer or an administrator of a contracting authority here."""
    return _holds_in_an_authority(person, {Role.ADMINISTRATOR, Role.PROCUREMENT_OFFICER}, at)


def may_judge_number(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may say whose the number of a supplier is: an official of an authority, not of the supplier."""
    if not is_official(person, at):
        return no(say("Only a procurement officer or an administrator of an authority can do this."), source="policy")
    if organisation.is_buyer or not organisation.registration_number:
        return no(say("The organisation has no number to confirm."))
    if is_member(person, organisation, at):
        return no(say("You belong to the organisation yourself. Somebody else confirms its number."), source="policy")
    if organisation.is_proven:
        return no(say("The number has been confirmed already."))
    return YES


def _holds_in_an_authority(person: Person, roles: set[Role], at: datetime) -> bool:
    held = Membership.objects.filter(person=person, role__in=roles).select_related("organisation")
    return any(
        each.organisation.is_buyer and each.holds_on(local_date(at, each.organisation.calendar)) for each in held
    )


def may_grant(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may give somebody a role in `organisation`.

    Whoever registers an organisation is the first in it; after that it is its administrators who decide.
    """
    if not organisation.memberships.exists():
        return YES
    return may_administer(person, organisation, at)


def role_fits(role: str, organisation: Organisation) -> Answer:
    """Answer whether a role exists in an organisation of this kind: suppliers bid, authorities buy."""
    if role == Role.BIDDER and organisation.is_buyer:
        return no(say("A contracting authority has no bidders of its own."), source="LOU 1 kap. 22 §")
    if role in BUYING and not organisation.is_buyer:
        return no(say("Only a contracting authority has this role."), source="LOU 1 kap. 22 §")
    return YES


def may_end(person: Person, membership: Membership, at: datetime) -> Answer:
    """Answer whether `person` may end `membership`: an administrator, or the person whose own it is."""
    organisation = membership.organisation
    if person.pk != membership.person_id:
        administers = may_administer(person, organisation, at)
        if not administers:
            return administers
    if not membership.holds_on(local_date(at, organisation.calendar)):
        return no(say("The role has ended already."))
    if membership.role == Role.ADMINISTRATOR and not _other_administrators(membership, at):
        return no(say("An organisation has at least one administrator. Appoint another one first."), source="policy")
    return YES


def _other_administrators(membership: Membership, at: datetime) -> bool:
    on = local_date(at, membership.organisation.calendar)
    others = Membership.objects.filter(organisation=membership.organisation, role=Role.ADMINISTRATOR)
    return any(other.holds_on(on) for other in others.exclude(pk=membership.pk))


def invitation_open(invitation: Invitation, at: datetime) -> Answer:
    """Answer whether the invitation can still be accepted."""
    if invitation.accepted_at is not None:
        return no(say("The invitation has been accepted already. Sign in to use your role."), mend="account_login")
    if invitation.withdrawn_at is not None:
        return no(say("The invitation has been withdrawn. Ask the organisation's administrator for a new one."))
    if at >= invitation.invited_at + settings.INVITATION_VALID_FOR:
        return no(say("The invitation has expired. Ask the organisation's administrator for a new one."))
    return YES


def may_take_link(person: Person, invitation: Invitation, at: datetime) -> Answer:
    """Answer whether `person` may take the link of an invitation to hand it over: only where no letter can be sent.

    A link that came by mail shows that the address is the receiver's; nobody else sees it where mail works.
    """
    administers = may_administer(person, invitation.organisation, at)
    if not administers:
        return administers
    if settings.MAIL_IS_SET_UP:
        return no(say("The link is sent by mail, and nobody but the receiver sees it."), source="policy")
    return invitation_open(invitation, at)


def may_accept(person: Person, invitation: Invitation, at: datetime) -> Answer:
    """Answer whether `person` may accept the invitation: the one whose e-mail address it was sent to."""
    if person.email.lower() != invitation.email.lower():
        return no(
            say("The invitation was sent to {email}. Sign in with that address to accept it.", email=invitation.email)
        )
    return invitation_open(invitation, at)


def may_start_procurement(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may start a procurement for `organisation`."""
    if not organisation.is_buyer:
        return no(say("Only a contracting authority can start a procurement."), source="LOU 1 kap. 22 §")
    if Role.PROCUREMENT_OFFICER in roles_of(person, organisation, at):
        return YES
    return no(
        say("Only a procurement officer of the organisation can start a procurement."),
        mend=reverse("parties:organisation", args=[organisation.pk]),
        source="policy",
    )


def may_bid_for(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may write and hand in bids for the supplier `organisation`."""
    if Role.BIDDER in roles_of(person, organisation, at):
        return YES
    return no(say("Only somebody who bids for the supplier can do this."), source="policy")


KEEPING = {Role.ADMINISTRATOR, Role.DIRECTOR, Role.PROCUREMENT_OFFICER}
FEWEST_HOLDERS = 3
"""With two, the loss of one would be the loss of every bid. Source: policy."""
DRILL_ANSWERED_WITHIN = timedelta(hours=1)
"""For how long a test envelope may be answered. Source: policy."""


@dataclass(frozen=True, slots=True)
class HolderState:
    """How far a holder of an organisation's keys has come; without a `holding` it is the organisation's recovery key."""

    person: Person
    holding: KeyHolder | None
    key: OpeningKey | None
    drilled_at: datetime | None
    remains: Message | None

    @property
    def is_ready(self) -> bool:
        """Whether the key is there and has been seen to work lately."""
        return self.remains is None


def holders_of(organisation: Organisation, at: datetime) -> list[HolderState]:
    """Return everybody who holds a key to the organisation's bids, by name, and last whoever keeps its recovery key."""
    holdings = list(
        KeyHolder.objects.filter(organisation=organisation, ended_at=None)
        .select_related("person")
        .order_by("person__name", "id")
    )
    theirs = Q(person__in=[each.person_id for each in holdings]) | Q(organisation=organisation)
    live = list(
        OpeningKey.objects.filter(theirs, retired_at=None)
        .annotate(drilled_at=Max("drills__answered_at"))
        .select_related("kept_by")
    )
    keys = {key.person_id: key for key in live if key.person_id}
    states = [_state(each.person, each, keys.get(each.person_id), at) for each in holdings]
    recovery = next((key for key in live if key.organisation_id == organisation.pk), None)
    return [*states, _state(recovery.user, None, recovery, at)] if recovery else states


def _state(person: Person, holding: KeyHolder | None, key: OpeningKey | None, at: datetime) -> HolderState:
    drilled_at: datetime | None = getattr(key, "drilled_at", None)
    remains = None
    if key is None:
        remains = say("Has not made an opening key yet")
    elif drilled_at is None:
        remains = say("Has not practised yet")
    elif not drill_holds(drilled_at, at):
        remains = say("Practised more than {days} days ago", days=settings.DRILL_HOLDS_FOR.days)
    return HolderState(person, holding, key, drilled_at, remains)


def drill_holds(drilled_at: datetime, at: datetime) -> bool:
    """Answer whether a drill still counts at `at`: strictly less than 30 days after it."""
    return bool(at < drilled_at + settings.DRILL_HOLDS_FOR)


def enough_holders(organisation: Organisation, at: datetime, holders: Sequence[HolderState] | None = None) -> Answer:
    """Answer whether three holders, the recovery key counted as one, have shown in the last 30 days that they can open.

    With fewer, one lost key could be the loss of every bid. The reason names who remains. `holders` are those of
    `holders_of`, where they have been read already.
    """
    states = holders_of(organisation, at) if holders is None else holders
    ready = sum(each.is_ready for each in states)
    if ready >= FEWEST_HOLDERS:
        return YES
    place, source = reverse("parties:key_holders", args=[organisation.pk]), "LOU 12 kap. 10 §"
    names = ", ".join(each.person.name for each in states if not each.is_ready)
    values = {"ready": ready, "wanted": FEWEST_HOLDERS, "days": settings.DRILL_HOLDS_FOR.days}
    if names:
        return no(
            say(
                "{ready} of at least {wanted} holders have practised with their opening key in the last {days} days. "
                "These remain: {names}.",
                **values,
                names=names,
            ),
            mend=place,
            source=source,
        )
    return no(
        say(
            "{ready} of at least {wanted} holders have practised with their opening key in the last {days} days. "
            "Appoint more holders.",
            **values,
        ),
        mend=place,
        source=source,
    )


def is_key_holder(person: Person) -> bool:
    """Whether `person` holds a key for any organisation."""
    return KeyHolder.objects.filter(person=person, ended_at=None).exists()


def holds_key_for(person: Person, organisation: Organisation) -> bool:
    """Whether `person` holds a key to the bids of `organisation`; belonging to it is another matter."""
    return KeyHolder.objects.filter(person=person, organisation=organisation, ended_at=None).exists()


def bids_nowhere(person: Person, at: datetime) -> Answer:
    """Answer whether `person` hands in bids for no supplier at all: whoever does, reads no competitor's.

    Asked about those who come to a buyer from elsewhere, to open its bids. Source: policy, for the sake of OSL 19 kap. 3 §.
    """
    bids = person.memberships.filter(role=Role.BIDDER).select_related("organisation")
    if any(each.holds_on(local_date(at, each.organisation.calendar)) for each in bids):
        return no(
            say("{name} hands in bids for a supplier here. Somebody else must open the bids.", name=person.name),
            mend="person",
            source="policy",
        )
    return YES


def may_make_opening_key(person: Person) -> Answer:
    """Answer whether `person` may make an opening key: who is appointed key holder, and keeps no recovery key there."""
    appointed = KeyHolder.objects.filter(person=person, ended_at=None)
    if not appointed.exists():
        return no(
            say("You have not been appointed key holder. An administrator of the organisation does that."),
            source="policy",
        )
    kept = OpeningKey.objects.filter(kept_by=person, retired_at=None, organisation__in=appointed.values("organisation"))
    if kept.exists():
        return no(say("You keep the recovery key. With a key of your own you could open alone."), source="policy")
    return YES


def may_appoint(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may appoint key holders of `organisation` and end their holding."""
    if not organisation.is_buyer:
        return no(say("Only a contracting authority has key holders."), source="LOU 1 kap. 22 §")
    return may_administer(person, organisation, at)


def may_hold(person: Person, organisation: Organisation) -> Answer:
    """Answer whether `person` can become a key holder of `organisation`."""
    if holds_key_for(person, organisation):
        return no(say("{name} is a key holder already.", name=person.name))
    if OpeningKey.objects.filter(kept_by=person, organisation=organisation, retired_at=None).exists():
        return no(
            say("{name} keeps the recovery key. With a key of their own they could open alone.", name=person.name),
            source="policy",
        )
    return YES


def may_keep_recovery(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may make and keep the recovery key: somebody in charge who holds no key of their own.

    The recovery key counts as a holder, so with both one person could open alone.
    """
    if not organisation.is_buyer or not roles_of(person, organisation, at) & KEEPING:
        return no(say("An administrator, a director or a procurement officer keeps the recovery key."), source="policy")
    if holds_key_for(person, organisation):
        return no(
            say("You are a key holder. With the recovery key too you could open alone: somebody else keeps it."),
            source="policy",
        )
    return YES


def may_use(person: Person, key: OpeningKey) -> Answer:
    """Answer whether `person` opens with `key`: its person, or who keeps the recovery key."""
    if person.pk == key.user.pk:
        return YES
    return no(say("The key is not yours."), source="policy")


def may_retire(person: Person, key: OpeningKey, at: datetime) -> Answer:
    """Answer whether `person` may retire `key`: who uses it, or for a recovery key an administrator."""
    if not key.is_live:
        return no(say("The key is not in use any more."))
    if key.organisation is not None and may_administer(person, key.organisation, at):
        return YES
    return may_use(person, key)


def may_answer(person: Person, drill: Drill, at: datetime) -> Answer:
    """Answer whether `person` may answer the test envelope: once, within the hour, with a key that is in use."""
    mine = may_use(person, drill.key)
    if not mine:
        return mine
    if not drill.key.is_live:
        return no(say("The key is not in use any more."))
    if drill.answered_at is not None:
        return no(say("The envelope has been opened already. Begin a new drill."), mend="parties:opening_key")
    if at >= drill.started_at + DRILL_ANSWERED_WITHIN:
        return no(say("The envelope is too old. Begin a new drill."), mend="parties:opening_key")
    return YES


def may_draw_recovery_codes(person: Person) -> Answer:
    """Answer whether `person` may have recovery codes: they stand in for an app or a key, which comes first."""
    if is_mfa_enabled(person):
        return YES
    return no(say("Recovery codes are made when you have an app or a key to sign in with."), mend=reverse("mfa_index"))
