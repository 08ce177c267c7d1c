"""Which case the page is about, so that "mend it here" finds the page of that case.

A rule names where something is mended as `room:name`; most such pages belong to one procurement, which the rule's
sentence does not carry but the request does.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from uuid import UUID

_case: ContextVar[UUID | None] = ContextVar("case", default=None)


def set_case(procurement_id: UUID | None) -> None:
    """Say which procurement the rest of this request is about; None when a new request begins."""
    _case.set(procurement_id)


def mend_url(mend: str) -> str:
    """Return where a refusal is mended: an anchor or path as it is, a URL name as its path, else nothing."""
    if mend.startswith(("#", "/")):
        return mend
    for arguments in ({}, {"procurement_id": _case.get()}):
        try:
            return reverse(mend, kwargs=arguments) if mend else ""
        except NoReverseMatch:
            continue
    return ""
