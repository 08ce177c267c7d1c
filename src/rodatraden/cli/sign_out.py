"""`rodatraden sign-out`: end the sessions of one person, or of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils.translation import override

from rodatraden.cli.words import StopError, _
from rodatraden.parties.models import Person

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """End what was asked for and say how many sessions it were; nobody is told who is signed in.

    Raises:
        StopError: nobody has the address, or it is not said whose sessions are meant.
    """
    if options.everybody == bool(options.address):
        raise StopError(_("Say whose sessions end: an e-mail address, or --everybody."))
    with override("sv"):
        whose = None if options.everybody else _person(options.address)
        theirs = [each.pk for each in Session.objects.iterator() if whose is None or _is_of(each, whose)]
        for key in theirs:
            SessionStore(key).flush()
        print(_("Sessions that have ended: {number}.").format(number=len(theirs)))
    return 0


def _person(address: str) -> Person:
    found = Person.objects.filter(email__iexact=address).first()
    if found is None:
        raise StopError(_("Nobody here has the address {address}.").format(address=address))
    return found


def _is_of(session: Session, person: Person) -> bool:
    key: object = session.get_decoded().get(SESSION_KEY)
    return key == str(person.pk)
