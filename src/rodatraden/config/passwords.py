"""What no password here may be: made of the words that everybody tries first, or one that has leaked somewhere."""

from __future__ import annotations

import os
import re
from hashlib import sha1
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from rodatraden.parties.models import Person

WORDS = (
    *("rodatraden", "rödatråden", "tråden", "upphandling", "upphandlare", "anbud", "anbudsgivare", "tilldelning"),
    *("ramavtal", "leverantör", "beställare", "kommun", "region", "myndighet", "förvaltning", "administratör"),
    *("lösenord", "password", "sommar", "vinter", "välkommen", "admin", "procurement", "tender"),
)
"""Names of the product, words of the trade and of passwords. Source: policy, docs/security.md."""
LEFT = 8
"""Letters and figures that must remain when those words, figures at the ends and signs are taken away."""


class ContextWordsValidator:
    """Refuses a password that is little more than such words with figures about them."""

    def validate(self, password: str, user: Person | None = None) -> None:  # noqa: ARG002 -- Django's signature
        """Refuse `password` when fewer than eight letters remain without the listed words.

        Raises:
            ValidationError: it says what to write instead.
        """
        rest = password.casefold()
        if not any(word in rest for word in WORDS):
            return
        for word in sorted(WORDS, key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(re.sub(r"[\W\d_]", "", rest)) < LEFT:
            raise ValidationError(self.get_help_text(), code="password_of_the_context")

    def get_help_text(self) -> str:
        """Return what to write instead."""
        return gettext("Whoever guesses tries the words of the trade first. Add some that have nothing to do with it.")


class LeakedValidator:
    """Refuses a password that stands in the list of leaked ones at `LEAKED_PASSWORDS`; nobody on the net is asked.

    The list is the one of Pwned Passwords, ordered by hash: a line for each password, its SHA-1 in capitals, then a colon and a
    number. It has a billion lines and is looked up by halves, some thirty short reads. Without a list only the 20,000 most common
    ones are refused (Django's own validator).
    """

    def validate(self, password: str, user: Person | None = None) -> None:  # noqa: ARG002 -- Django's signature
        """Refuse `password` when it is in the list.

        Raises:
            ValidationError: it says what to write instead.
            OSError: a list is named and cannot be read: then no password is taken.
        """
        if settings.LEAKED_PASSWORDS and is_listed(settings.LEAKED_PASSWORDS, password):
            raise ValidationError(self.get_help_text(), code="password_has_leaked")

    def get_help_text(self) -> str:
        """Return what to write instead."""
        return gettext("This password has leaked somewhere, and those who break in try it. Choose another one.")


def is_listed(path: Path, password: str) -> bool:
    """Whether the list at `path` holds a password.

    Raises:
        OSError: it cannot be read.
    """
    wanted = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()  # what the list is made of
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)  # what is looked for begins at or after low, and before high
        while low < high:
            middle = (low + high) // 2
            begins = _line_after(file, middle)
            line = file.readline()
            if not line or begins >= high:
                high = middle
            elif (found := line.partition(b":")[0].strip()) == wanted:
                return True
            elif found < wanted:
                low = file.tell()
            else:
                high = middle
    return False


def _line_after(file: BinaryIO, place: int) -> int:
    """Stand where the first line begins at or after `place`, and return where that is."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline()
    return file.tell()
