"""`rodatraden sign-out`: end the sessions of one person, or of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import override

from rodatraden.cli.words import StopError, _
from rodatraden.config import session_store
from rodatraden.parties.models import Person, Session

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
        rows = Session.objects.all() if whose is None else Session.objects.filter(person=whose)
        print(_("Sessions that have ended: {number}.").format(number=session_store.end(rows)))
    return 0


def _person(address: str) -> Person:
    found = Person.objects.filter(email__iexact=address).first()
    if found is None:
        raise StopError(_("Nobody here has the address {address}.").format(address=address))
    return found
