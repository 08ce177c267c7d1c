"""One rule, three uses: an answer that guards the action, filters the list and hides the button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rodatraden.core.message import Message


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, or no with a reason that a person can read, where to mend it and which rule asks for it.

    `mend` names a place (a URL name or an anchor on the page), `source` a paragraph, a case or the word policy.
    """

    allowed: bool
    reason: Message | None = None
    mend: str = ""
    source: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Answer(allowed=True)


def no(reason: Message, *, mend: str = "", source: str = "") -> Answer:
    """Return a refusal; a refusal without a reason can't be made."""
    return Answer(allowed=False, reason=reason, mend=mend, source=source)


class RefusedError(Exception):
    """A verb was refused by a rule; carries the answer, so that the page can say why and where to mend it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(str(answer.reason))
        self.answer = answer


def require(answer: Answer) -> None:
    """Go on when the rule says yes.

    Raises:
        RefusedError: the rule says no.
    """
    if not answer:
        raise RefusedError(answer)
