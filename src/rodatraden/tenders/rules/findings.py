"""What a finding is: a sentence that says what to do, where to do it, which rule asks, and how much it weighs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rodatraden.core.message import Message


class Severity(StrEnum):
    """How much a finding weighs."""

    STOPS = "stops"
    """Has to be mended before publication; nobody can accept it."""
    WARNS = "warns"
    """Has to be mended, or accepted by a person with a written reason."""
    HINT = "hint"
    """A question to think about; holds nothing up."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the documents that somebody should mend or think about.

    `code` is stable, so that an accepted warning stays accepted; for a requirement it ends with its label. `anchor` is
    the id of the field on the page `url_name` where it is mended. `about` groups findings (a requirement's label).
    """

    code: str
    sentence: Message
    severity: Severity
    source: str
    url_name: str
    anchor: str = ""
    url_kwargs: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    about: str = ""
    people: tuple[tuple[str, Message], ...] = ()
    """Who remains where it takes several to mend it, and what each of them lacks."""

    @property
    def url(self) -> str:
        """The address of the field where it is mended."""
        page = reverse(self.url_name, kwargs=dict(self.url_kwargs))
        return f"{page}#{self.anchor}" if self.anchor else page


def stops(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that have to be mended before publication."""
    return [finding for finding in findings if finding.severity is Severity.STOPS]
