"""Recovery codes: only their hashes are kept, each works once, and a new set replaces the one before it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext, ngettext

from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.core.recovery_codes import number_of
from rodatraden.parties.actions.signals import happened, letter
from rodatraden.parties.models import Person, RecoveryCode
from rodatraden.parties.rules import may_draw_recovery_codes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID


def draw_recovery_codes(
    *, person: Person, codes: Sequence[str], replaces: UUID | None, by: Person, at: datetime
) -> None:
    """Give `person` the drawn `codes` instead of those they have, and tell them by mail.

    `replaces` is the first row of the set that the page showed as theirs: of two forms sent at once the first counts, since
    the codes of one of them would be dead on the paper. The hashes, a second or two of work, are made before the
    transaction, which holds a lock.

    Raises:
        RefusedError: there is no app or key that they would stand in for, or the person has got other codes meanwhile.
    """
    require(may_draw_recovery_codes(person))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        hashes = list(threads.map(make_password, codes))
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        earlier = RecoveryCode.objects.filter(person=person)
        if earlier.values_list("pk", flat=True).first() != replaces:
            raise RefusedError(
                no(say("Recovery codes were made just now by another form. Those are the ones that work."))
            )
        earlier.delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(person=person, number=number_of(code), code_hash=code_hash, drawn_at=at)
            for code, code_hash in zip(codes, hashes, strict=True)
        )
        happened.send(sender=Person, event="recovery_codes_drawn", of=person, by=by, at=at, what={"number": len(codes)})
        text = gettext("New recovery codes have been made. Earlier ones no longer work.")
        _tell(person, gettext("You have new recovery codes"), text, at)


def use_recovery_code(*, person: Person, code: str, by: Person, at: datetime) -> bool:
    """Use up a code, and tell the person by mail; return whether it is theirs and nobody had used it.

    The database decides between two who send the same code at once: the row is taken by one statement. A code that is not
    there takes as long to refuse as a wrong one.
    """
    row = RecoveryCode.objects.filter(person=person, number=number_of(code), used_at=None).first()
    if not check_password(code, row.code_hash if row else "") or row is None:
        return False
    with transaction.atomic():
        mine = RecoveryCode.objects.filter(person=person)
        if not mine.filter(pk=row.pk, used_at=None).update(used_at=at):
            return False
        left = mine.filter(used_at=None).count()
        happened.send(sender=Person, event="recovery_code_used", of=person, by=by, at=at, what={"left": left})
        text = ngettext(
            "One of your recovery codes has been used. One is left.",
            "One of your recovery codes has been used. %(number)d are left.",
            left,
        )
        _tell(person, gettext("A recovery code has been used"), text % {"number": left}, at)
    return True


def end_recovery_codes(*, person: Person, by: Person, at: datetime) -> None:
    """Take away the codes of somebody who has neither app nor key any longer."""
    with transaction.atomic():
        number, _ = RecoveryCode.objects.filter(person=person).delete()
        if number:
            happened.send(sender=Person, event="recovery_codes_ended", of=person, by=by, at=at, what={})


def _tell(person: Person, subject: str, what: str, at: datetime) -> None:
    careful = gettext("If it was not you, choose a new password at once and tell your administrator.")
    letter.send(sender=Person, to=person.email, subject=subject, text=f"{what}\n\n{careful}", by=person, at=at)
