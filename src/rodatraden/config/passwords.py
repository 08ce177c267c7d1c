"""Words that no password here may be made of: what everybody who attacks this installation tries first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

if TYPE_CHECKING:
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
