"""What the server's log tells of signing in and of refusals: who and from where, never what was typed.

A password typed in the wrong field would stand in a log for ever, so an address that failed is told by its fingerprint
alone. Whoever reads what is public is in no log of ours (INV-29). Nor does a line tell of which procurement somebody was
refused on a page where suppliers write and hand in: that they bid for it is a secret until the opening, and how many do (INV-02).
"""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records

from rodatraden.config.sessions import place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from rodatraden.parties.models import Person

log = logging.getLogger("rodatraden.security")
REFUSALS = {403, 404, 409, 429}
BIDDERS = "anbud/"
"""Where the addresses begin at which a bid is written, handed in and followed by its supplier; the team's begin otherwise."""
MARK = 12
"""Hexadecimal digits of a fingerprint: enough to see that one address is tried again and again."""


def signed_in(*, request: HttpRequest, user: Person, **_: Any) -> None:
    """Tell that somebody has signed in, and by what."""
    ways = ",".join(str(each["method"]) for each in get_authentication_records(request, user)) or "other"
    log.info("signed in: person=%s by=%s from=%s", user.pk, ways, _from(request))


def failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Tell that a name and a password did not fit."""
    typed = str(credentials.get("email") or credentials.get("username") or "")
    mark = sha256(typed.strip().casefold().encode()).hexdigest()[:MARK]
    log.warning("sign-in failed: address=%s from=%s", mark, _from(request))


def signed_out(*, request: HttpRequest, user: Person | None, **_: Any) -> None:
    """Tell that somebody has signed out, or was."""
    if user is not None:
        log.info("signed out: person=%s from=%s", user.pk, _from(request))


def refusals(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Tell when somebody who is signed in is refused what they asked for, or finds nothing where they looked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        if response.status_code in REFUSALS and match and request.user.is_authenticated:
            told = {} if match.route.startswith(BIDDERS) else match.kwargs
            of = ",".join(f"{name}={value}" for name, value in told.items() if isinstance(value, UUID))
            log.warning(
                "refused: %s %s %s %s person=%s",
                response.status_code,
                request.method,
                match.view_name,
                of or "-",
                request.user.pk,
            )
        return response

    return middleware


def _from(request: HttpRequest | None) -> str:
    return (request and place_of(request)) or "-"
