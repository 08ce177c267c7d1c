"""The short dialogue of an empty start: the first organisation and its administrator."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, TypeVar

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import override

from rodatraden.cli.words import StopError, _, said
from rodatraden.config import clock
from rodatraden.core.answer import RefusedError
from rodatraden.core.calendars import Country
from rodatraden.core.numbers import whole_number
from rodatraden.parties.actions import grant_membership, register_organisation, register_person
from rodatraden.parties.models import Membership, Organisation, Person, registration_number

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
BUYERS = [kind for kind in Organisation.Kind if kind != Organisation.Kind.SUPPLIER]


def ask() -> None:
    """Ask at the terminal and register an organisation, a person and the person as its administrator.

    Raises:
        StopError: nobody answers.
    """
    with override("sv"):
        try:
            _ask()
        except (EOFError, KeyboardInterrupt) as error:
            print()  # the question that nobody answered stands on a line of its own
            raise StopError(_("Nothing was registered. Run the same command again to begin anew.")) from error


def _ask() -> None:
    print(_("This database is empty. Answer a few questions, and you are the first administrator."))
    name = _answer(_("The organisation's name"), _text)
    print("\n".join(f"  {number} {kind.label}" for number, kind in enumerate(BUYERS, 1)))
    kind = _answer(_("What kind of organisation, by number"), _kind)
    number = _answer(_("Registration number (may be left empty)"), _number)
    person_name = _answer(_("Your name"), _text)
    email = _answer(_("Your e-mail address"), _email)
    password = _password(Person(name=person_name, email=email))
    at = clock.now()
    with transaction.atomic():
        person = register_person(email=email, name=person_name, password=password, by=None, at=at)
        organisation = register_organisation(name=name, kind=kind, registration_number=number, by=person, at=at)
        grant_membership(person=person, organisation=organisation, role=Membership.Role.ADMINISTRATOR, by=person, at=at)


def _answer(question: str, read: Callable[[str], T]) -> T:
    """Ask until the answer can be read, and say each time what is wrong with it."""
    while True:
        try:
            return read(input(f"{question}: ").strip())
        except ValidationError as error:
            print(" ".join(error.messages))


def _text(answer: str) -> str:
    if not answer:
        raise ValidationError(_("An answer is needed here."))
    return answer


def _kind(answer: str) -> Organisation.Kind:
    chosen = whole_number(answer)
    if chosen is None or not 1 <= chosen <= len(BUYERS):
        raise ValidationError(_("Answer with a number from 1 to {last}.").format(last=len(BUYERS)))
    return BUYERS[chosen - 1]


def _number(answer: str) -> str:
    try:
        return registration_number(answer, Country.SE)[0]
    except RefusedError as refused:
        raise ValidationError(said(refused.answer.reason) if refused.answer.reason else "") from refused


def _email(answer: str) -> str:
    validate_email(answer)
    return answer


def _password(person: Person) -> str:
    """Ask twice, unseen on a real terminal."""
    while True:
        password = _unseen(_("Choose a password, at least 12 characters"))
        try:
            validate_password(password, person)
        except ValidationError as error:
            print(" ".join(error.messages))
            continue
        if _unseen(_("The same password again")) == password:
            return password
        print(_("The two passwords differ. Choose once more."))


def _unseen(question: str) -> str:
    return getpass.getpass(f"{question}: ") if sys.stdin.isatty() else input(f"{question}: ")
