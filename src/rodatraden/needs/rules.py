"""Who may write needs, and when a need speaks of a solution instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.message import Message, say
from rodatraden.parties.models import Membership
from rodatraden.parties.rules import roles_of
from rodatraden.procurements.models import StageFact, TeamMember
from rodatraden.procurements.rules import has_happened, may_work, team_roles

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.needs.models import Need
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.procurements.models import Procurement

WRITERS = {Membership.Role.NEED_OWNER, Membership.Role.PROCUREMENT_OFFICER, Membership.Role.DIRECTOR}
TEAM_WRITERS = {TeamMember.Role.NEED_OWNER, TeamMember.Role.OFFICER}


def may_see_backlog(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` reads the needs that no procurement has taken up: everybody in the organisation."""
    if organisation.is_buyer and roles_of(person, organisation, at):
        return YES
    return no(say("Only people of the organisation see its needs."), source="policy")


def may_write(person: Person, organisation: Organisation, at: datetime) -> Answer:
    """Answer whether `person` may write needs of the organisation: need owners, procurement officers, the director."""
    if organisation.is_buyer and WRITERS & roles_of(person, organisation, at):
        return YES
    return no(
        say("Only need owners, procurement officers and the director of the organisation write its needs."),
        mend=reverse("parties:organisation", args=[organisation.pk]),
        source="policy",
    )


def may_write_in(person: Person, procurement: Procurement) -> Answer:
    """Answer whether `person` may change the needs of a procurement: its need owners and officer, until publication."""
    access = may_work(person, procurement)
    if not access:
        return access
    if not TEAM_WRITERS & team_roles(person, procurement):
        return no(
            say("Only the need owners and the procurement officer of this procurement can do this."),
            mend=reverse("procurements:team", args=[procurement.pk]),
        )
    if has_happened(procurement, StageFact.Kind.CANCELLED):
        return no(say("The procurement has been cancelled."))
    if has_happened(procurement, StageFact.Kind.PUBLISHED):
        return no(
            say("The documents have been published with these needs. What you learn now becomes a new need."),
            mend="needs:backlog",
            source="LOU 11 kap. 8 §",
        )
    return YES


def may_change(person: Person, need: Need, at: datetime) -> Answer:
    """Answer whether `person` may revise or strike `need`: where it has been taken up, else in its organisation."""
    if need.struck_at:
        return no(say("The need has been struck and is kept as it was."))
    if need.procurement:
        return may_write_in(person, need.procurement)
    return may_write(person, need.organisation, at)


def may_take_up(person: Person, need: Need, procurement: Procurement) -> Answer:
    """Answer whether `procurement` may take up `need`: once, from its own buyer, by its officer or need owner."""
    if need.organisation_id != procurement.buyer_id:
        return no(say("The need belongs to another organisation."))
    if need.struck_at:
        return no(say("The need has been struck and is kept as it was."))
    if need.procurement_id:
        return no(say("A procurement has taken up the need already."))
    return may_write_in(person, procurement)


_WORDS = (
    r"system(?:et|en)?",
    r"it-\w+",
    r"app(?:en|ar)?",
    r"appar(?:na)?",
    r"plattform(?:en|ar)?",
    r"programvara\w*",
    r"licens(?:en|er|erna)?",
    r"mjukvara\w*",
    r"databas(?:en|er)?",
    r"portal(?:en|er)?",
    r"webbplats(?:en|er)?",
    r"konsult(?:en|er|erna)?",
    r"leverantör(?:en|er|erna)?",
    r"ramavtal(?:et|en)?",
    r"produkt(?:en|er|erna)?",
    r"varumärke\w*",
    r"modell(?:en|er)?\s+[A-Z0-9]\w*",
)
SOLUTION = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
PRODUCT = re.compile(r"\w+\s?[®™]|\b(?:[A-ZÅÄÖ][\w-]+\s)+(?:AB|AS|Ltd|Inc|GmbH)\b")


def hint(*texts: str) -> Message | None:
    """Return a hint when the words of a need name a solution or a product; never a block.

    A need says what is wrong for whom. Naming the solution shuts out better ones (seed 003; LOU 9 kap. 6 §).
    """
    for text in texts:
        found = PRODUCT.search(text) or SOLUTION.search(text)
        if found:
            return say(
                "“{word}” may be a solution. Write what people need to be able to do, and leave the how to the bidders.",
                word=found[0],
            )
    return None
