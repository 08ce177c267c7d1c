"""Where to go next when an address says it: only to a page of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest


def onward(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """Return `wanted` when it leads to this site, else `otherwise`: no link sends anybody elsewhere through us."""
    is_own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_own else otherwise
