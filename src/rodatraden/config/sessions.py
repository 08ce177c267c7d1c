"""How long a session lasts, and when somebody last showed that it is they.

A session ends when nobody has used it for `SESSION_UNUSED_FOR`, and at last after `SESSION_LASTS_FOR`; a half-filled form
comes back after signing in (`ui.keep`). All is measured by this machine's clock: a jump in the example signs nobody out.
Source: docs/security.md, policy after NIST SP 800-63B.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext

from rodatraden.config import clock, session_store
from rodatraden.core.answer import YES, no, require
from rodatraden.core.message import say
from rodatraden.parties.models import Session
from rodatraden.parties.queries import key_holdings_of, memberships_of, signed_in_person
from rodatraden.ui import keep, links

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from rodatraden.core.answer import Answer
    from rodatraden.parties.models import Person

log = logging.getLogger("rodatraden.security")
BEGAN, SEEN, SHOWN, FROM, BROWSER = "began-at", "seen-at", "shown-at", "seen-from", "browser"
ACCOUNTS = "konto/"
"""Where the pages of accounts are (`config.urls`)."""
SEEN_EVERY = timedelta(minutes=10)
"""How often it is written down that a session is used: a write for every page would cost more than it tells."""


def begin(*, request: HttpRequest, **_: Any) -> None:
    """Write down that somebody has signed in just now, whichever way."""
    now = clock.machine_time().isoformat()
    request.session.update({BEGAN: now, SHOWN: now})
    _see(request, now)


def _see(request: HttpRequest, now: str) -> None:
    """Write down when and from where a session was used, and in what; in the example nobody's place, since all may read it."""
    place = "" if settings.DEMO else place_of(request)
    agent = request.META.get("HTTP_USER_AGENT", "")[:LONGEST_NAME]
    request.session.update({SEEN: now, FROM: place, BROWSER: agent})


def limits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sign out who was away too long or has been signed in too long, and say how long ago the others showed who they are."""

    def middleware(request: HttpRequest) -> HttpResponse:
        now, is_over = clock.machine_time(), False
        if SESSION_KEY in request.session:
            is_over = _is_over(request.session, now)
            if is_over:
                logout(request)
            elif now - _at(request.session, SEEN, now) >= SEEN_EVERY or SEEN not in request.session:
                _see(request, now.isoformat())
                request.session.setdefault(BEGAN, now.isoformat())
        shown = request.session.get(SHOWN)
        request.shown_ago = now - datetime.fromisoformat(shown) if shown else timedelta.max  # type: ignore[attr-defined]
        response = get_response(request)
        if is_over:
            leave_nothing(response, request)
        return response

    return middleware


def leave_nothing(response: HttpResponse, request: HttpRequest) -> None:
    """Let the browser of somebody who has been signed out throw away what it has kept of our pages, and the codes of links."""
    links.forget(response, request)
    response["Clear-Site-Data"] = '"cache"'  # not the storage: there lies what a bid on its way is resumed from


def _is_over(session: Mapping[str, Any], now: datetime) -> bool:
    unused, lasted = now - _at(session, SEEN, now), now - _at(session, BEGAN, now)
    return unused > settings.SESSION_UNUSED_FOR or lasted > settings.SESSION_LASTS_FOR


def _at(session: Mapping[str, Any], name: str, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(session[name]) if name in session else otherwise


@dataclass(frozen=True, slots=True)
class Active:
    """A session that somebody is signed in with: `mark` names it without giving away its key.

    `seen_at` is at most `SEEN_EVERY` old; `place` is the address on the net where it was used then.
    """

    mark: str
    began_at: datetime
    seen_at: datetime
    place: str
    browser: str
    is_this: bool


def active(request: HttpRequest) -> list[Active]:
    """Return the sessions that the one who is signed in could use now, this one first and then the latest used."""
    now, this = clock.machine_time(), _this(request)
    found = [
        Active(
            mark=row.mark.hex,
            began_at=_at(held, BEGAN, now),
            seen_at=_at(held, SEEN, now),
            place=held.get(FROM, ""),
            browser=browser(held.get(BROWSER, "")),
            is_this=row.mark == this,
        )
        for row, held in _rows(signed_in_person(request))
        if not _is_over(held, now)
    ]
    return sorted(found, key=lambda each: (each.is_this, each.seen_at), reverse=True)


def may_end_others() -> Answer:
    """Whether one may end one's sessions elsewhere: in the example they are those of everybody who tries the same person."""
    if settings.DEMO:
        return no(say("In the example others can be the same person as you. Nobody signs out anybody else there."))
    return YES


def end(request: HttpRequest, marks: Collection[str]) -> int:
    """End those of one's sessions that are named, this one never; return how many were ended.

    Raises:
        RefusedError: this is the example.
    """
    require(may_end_others())
    person = signed_in_person(request)
    others = Session.objects.exclude(mark=_this(request))
    number = session_store.end(others.filter(person=person, mark__in=marks))
    log.info("sessions ended: number=%d person=%s from=%s", number, person.pk, place_of(request) or "-")
    return number


def _this(request: HttpRequest) -> UUID:
    """Return what names the session that somebody is signed in with, under any key that another tab may have given it."""
    return request.session.mark  # type: ignore[attr-defined,no-any-return]  # of the engine that `settings` name


def _rows(person: Person) -> Iterator[tuple[Session, Mapping[str, Any]]]:
    for row in Session.objects.filter(person=person, expire_date__gt=clock.machine_time()).order_by("mark"):
        held = session_store.held_in(row)
        # With another hash a new password has ended it already.
        if held and held.get(HASH_SESSION_KEY) == person.get_session_auth_hash():
            yield row, held


BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
"""What stands in a browser's own name for itself, the rarer first: most of them say that they are Chrome and Safari too."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
LONGEST_NAME = 300


def browser(agent: str) -> str:
    """Return what a browser calls itself in two words, such as "Firefox, Linux"; empty where it does not say."""
    said = (next((name for sign, name in names if sign in agent), "") for names in (BROWSERS, SYSTEMS))
    return ", ".join(name for name in said if name)


def place_of(request: HttpRequest) -> str:
    """Return from where on the net a request comes; empty where nobody can say."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def showing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Write down, after one of allauth's pages that ask for it, that somebody has shown anew that it is they."""

    @wraps(view)
    def shown(request: HttpRequest, /, *args: Any, **kwargs: Any) -> Any:
        before = len(get_authentication_records(request, request.user))
        response = view(request, *args, **kwargs)
        if len(get_authentication_records(request, request.user)) > before:
            request.session.cycle_key()
            request.session[SHOWN] = clock.machine_time().isoformat()
        return response

    return shown


def ask_again(request: HttpRequest) -> HttpResponse:
    """Send somebody to show that it is they, and back; who has no way to is sent to sign in."""
    page = keep.page_of(request)
    ways = get_adapter().get_reauthentication_methods(request.user)
    if not ways:
        logout(request)
        response = redirect_to_login(page)
        leave_nothing(response, request)
        return response
    return redirect(f"{ways[0]['url']}?{urlencode({'next': page})}")


def signing_out(view: Callable[..., Any]) -> Callable[..., Any]:
    """Leave nothing in the browser when somebody signs out (`leave_nothing`)."""

    @wraps(view)
    def out(request: HttpRequest, /, *args: Any, **kwargs: Any) -> Any:
        was = request.user.is_authenticated
        response = view(request, *args, **kwargs)
        if was and not request.user.is_authenticated:
            leave_nothing(response, request)
        return response

    return out


def second_step(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Lead officials and key holders to add a second step before anything else, where the installation asks for one.

    Their account (below `konto/`) stays within reach, and so do the pages that everybody reads.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Callable[..., Any], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        if not settings.SECOND_STEP_FOR_OFFICIALS or getattr(view, "policy", "") != "signed_in":
            return None
        match = request.resolver_match
        if not request.user.is_authenticated or (match and match.route.startswith(ACCOUNTS)):
            return None
        if is_mfa_enabled(request.user) or not is_official(signed_in_person(request), request.now):  # type: ignore[attr-defined]
            return None
        messages.warning(request, gettext("Add a second step first: officials and key holders sign in with two."))
        return redirect("mfa_index")

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django looks for it
    return middleware


def is_official(person: Person, at: datetime) -> bool:
    """Whether `person` has any part of what a contracting authority does: a role there, or a key to its bids."""
    return any(each.organisation.is_buyer for each in memberships_of(person, at)) or key_holdings_of(person).exists()
