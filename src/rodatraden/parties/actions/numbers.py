"""Whose an organisation number is: confirmed or taken away by an official, and a way in for whoever finds it taken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.parties.actions.signals import happened, letter
from rodatraden.parties.models import JoinRequest, Organisation
from rodatraden.parties.models import registration_number as kept_number
from rodatraden.parties.queries import administrators_of, house_administrators
from rodatraden.parties.rules import may_judge_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from rodatraden.parties.models import Person


def confirm_organisation_number(*, organisation: Organisation, ground: str, by: Person, at: datetime) -> Organisation:
    """Confirm that a supplier's number is its own, on a stated ground; from then on bids may be tied to its account.

    Raises:
        RefusedError: `by` is no official of an authority or belongs to the supplier, there is no number, it has been
            confirmed already, or no ground is given.
    """
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        require(may_judge_number(by, organisation, at))
        if not ground.strip():
            raise RefusedError(no(say("Write what shows that the number is theirs."), mend="ground"))
        organisation.number_confirmed_at, organisation.number_confirmed_by = at, by
        organisation.number_ground = ground
        organisation.save(update_fields=["number_confirmed_at", "number_confirmed_by", "number_ground"])
        happened.send(
            sender=Organisation,
            event="organisation_number_confirmed",
            of=organisation,
            by=by,
            at=at,
            what={"ground": ground},
        )
    return organisation


def release_organisation_number(*, organisation: Organisation, ground: str, by: Person, at: datetime) -> Organisation:
    """Take a number from a supplier whose own it is not, so that the right one can register; its people are told.

    Raises:
        RefusedError: as for confirming it.
    """
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        require(may_judge_number(by, organisation, at))
        if not ground.strip():
            raise RefusedError(no(say("Write what shows that the number is not theirs."), mend="ground"))
        organisation.registration_number = ""
        organisation.save(update_fields=["registration_number"])
        happened.send(
            sender=Organisation,
            event="organisation_number_released",
            of=organisation,
            by=by,
            at=at,
            what={"ground": ground},
        )
        for person in administrators_of(organisation, at):
            letter.send(
                sender=Organisation,
                to=person.email,
                subject=gettext("The organisation number of %(organisation)s") % {"organisation": organisation.name},
                text=gettext(
                    "An official of an authority has taken the organisation number from %(organisation)s, on this "
                    "ground: %(ground)s"
                )
                % {"organisation": organisation.name, "ground": ground}
                + "\n\n"
                + gettext("The organisation's account and bids stay. If it is wrong, answer the authority."),
                by=by,
                at=at,
            )
    return organisation


MOST_REQUESTS = 5
"""How many may ask to be let into one organisation within a day, so that nobody's mailbox is filled. Source: policy."""


def ask_to_join(
    *,
    country: str,
    registration_number: str,
    name: str,
    email: str,
    text: str,
    link: Callable[[UUID], str],
    by: Person | None,
    at: datetime,
) -> JoinRequest:
    """Ask to be let into the organisation that holds a number; who has it is not told.

    Its administrators get a letter; while nobody has confirmed the number, or nobody administers it, so do the
    authorities' administrators. `link` makes the address where people are invited from the organisation's id.

    Raises:
        RefusedError: it is no number, nobody has it, or too many have asked today.
    """
    number, _ = kept_number(registration_number, country)
    with transaction.atomic():
        found = (
            Organisation.objects.select_for_update(no_key=True)
            .filter(country=country, registration_number=number)
            .first()
        )
        if not number or found is None or found.is_buyer:
            raise RefusedError(
                no(say("No supplier has this number yet. You can register it."), mend="registration_number")
            )
        asked = JoinRequest.objects.filter(organisation=found, asked_at__gt=at - timedelta(days=1))
        same = asked.filter(email=email.lower()).first()
        if same:
            return same
        if asked.count() >= MOST_REQUESTS:
            raise RefusedError(no(say("Several people have asked today already. Try again tomorrow."), source="policy"))
        request = JoinRequest.objects.create(organisation=found, name=name, email=email.lower(), text=text, asked_at=at)
        happened.send(sender=JoinRequest, event="join_asked_for", of=request, by=by, at=at, what={})
        for person in _who_lets_in(found, at):
            letter.send(
                sender=JoinRequest,
                to=person.email,
                subject=gettext("Somebody asks to be let into %(organisation)s") % {"organisation": found.name},
                text=gettext(
                    "%(name)s (%(email)s) tried to register the same organisation number and asks to be let in."
                )
                % {"name": name, "email": email}
                + f"\n\n{text}\n\n"
                + gettext("If you know them, invite them here: %(link)s") % {"link": link(found.pk)}
                + "\n\n"
                + gettext("If you do not, do nothing. They have not been told which organisation it is."),
                by=by,
                at=at,
            )
    return request


def _who_lets_in(organisation: Organisation, at: datetime) -> list[Person]:
    own = administrators_of(organisation, at)
    if own and organisation.is_proven:
        return own
    return [*own, *(person for person in house_administrators(at) if person not in own)]
