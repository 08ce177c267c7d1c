"""Who may come to an address at all: every view carries a declared policy, or the build fails.

The policy is the door of the house, not of the room: what a person may see of a procurement, a bid or a contract
is decided by the room's `rules` and `queries.visible_to`, and an object that may not be seen answers 404.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from rodatraden.ui import keep, links

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta
    from typing import Protocol

    from django_htmx.middleware import HtmxDetails

    class Arrival(Protocol):
        """When the last byte of a request had come, how that was measured, and how the clock was kept; None is unknown."""

        @property
        def at(self) -> datetime: ...
        @property
        def source(self) -> str: ...
        @property
        def is_synchronised(self) -> bool | None: ...
        @property
        def error_ms(self) -> int | None: ...


P = ParamSpec("P")


class Request(HttpRequest):
    """A request as views get it: with its one instant, and its arrival for what must be in time."""

    now: datetime
    shown_ago: timedelta
    arrival: Callable[[], Arrival]
    htmx: HtmxDetails


def public(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Anybody, without an account; who reads is not recorded (INV-29, LOU 10 kap. 7 §)."""
    return _declare(view, "public")


def signed_in(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """A person who has signed in; others are sent to sign in and come back, to what they wrote if they wrote."""

    @wraps(view)
    def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if request.method == "POST":
                keep.keep(request, request.now)
            return redirect_to_login(keep.page_of(request))
        request.user = get_user(request)  # the person, no longer a proxy that rules would ask a thousand times
        if request.method == "POST":
            keep.forget(request)
        return view(request, *args, **kwargs)

    return _declare(guarded, "signed_in")


class NotFreshError(Exception):
    """What somebody asks for cannot be undone, and it is a while since they showed that it is they."""


def fresh(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Somebody who has shown within `settings.FRESH_FOR` that it is they; others are asked to, and come back.

    Stands below `signed_in`. A form may be sent twice as long after, so that who was let in has the time to write it.
    """

    @wraps(view)
    def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        within = settings.FRESH_FOR * 2 if request.method == "POST" else settings.FRESH_FOR
        return _if_shown(request, within, lambda: view(request, *args, **kwargs))

    return _asking_anew(guarded)


def fresh_to_act(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Like `fresh` for what a page is sent to do; to read it needs no more than to be signed in."""

    @wraps(view)
    def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        return _if_shown(request, settings.FRESH_FOR, lambda: view(request, *args, **kwargs))

    return _asking_anew(guarded)


def _if_shown(request: Request, within: timedelta, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    if request.shown_ago <= within:
        return answer()
    if request.method == "POST":
        keep.keep(request, request.now)
    raise NotFreshError


def by_link(link: links.Link[Any]) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Whoever has given the code of the link to the object that the address names first; others are asked for it.

    The view gets the object itself. Whether it is there is told to nobody who has no code, and no browser keeps the page.
    """

    def declare(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Request, /, **kwargs: Any) -> HttpResponseBase:
            name = next(iter(kwargs))
            found = links.held(request, link, kwargs.pop(name))
            if found is None:
                return redirect(link.asks)
            response = view(request, found, **kwargs)
            response["Cache-Control"] = "no-store, private"
            return response

        return _declare(guarded, "by_link")

    return declare


def asks_for_code(link: links.Link[Any]) -> Callable[[Request], HttpResponseBase]:
    """Return the view at which anybody is asked for the code of the link, which the link brings along by itself."""

    def asks(request: Request) -> HttpResponseBase:
        return links.ask(request, link)

    asks.__doc__ = f"Ask for the code that leads to {link.leads}."
    return public(asks)


def demo_only(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Anybody, but only in demo mode; elsewhere the address does not exist."""

    @wraps(view)
    def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return _declare(guarded, "demo_only")


def starts_worker(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Let the page start the worker that seals and opens; its program is fetched by hash and run from memory (`blob:`).

    Stands below the policy. No other page may start a worker from there.
    """
    decorator: Any = csp_update({"worker-src": [SELF, "blob:"]})  # its types know views of plain requests only
    updated: Callable[Concatenate[Request, P], HttpResponseBase] = decorator(view)
    return updated


def takes(*methods: str) -> Callable[[Callable[P, HttpResponseBase]], Callable[P, HttpResponseBase]]:
    """Let the address have these methods alone; without it an address is read (GET, HEAD) and sent to (POST).

    Stands above the policy, which it leaves as it is (`config.middleware.legible`).
    """

    def named(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
        view.methods = frozenset(methods)  # type: ignore[attr-defined]
        return view

    return named


def goes_first(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Let the address go before all others when more ask than can be answered: a bid, from the way to its page to its receipt.

    Stands above the policy, which it leaves as it is (`config.turns`).
    """
    view.goes_first = True  # type: ignore[attr-defined]
    return view


def alike_for_all(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Let the page be made once for all who read it without signing in, within some seconds (`config.kept`).

    Stands above `public`. The page depends on nothing but its address, the language, and whether somebody is signed in.
    """
    view.alike_for_all = True  # type: ignore[attr-defined]
    return view


def may_stay(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Let the page stay in the browser of somebody signed in, asked for anew each time: the back button brings a half-filled form back.

    Stands above the policy, on pages on which nothing is sensitive by docs/security.md; each is listed with why in
    tests/house/test_urls.py. Every other page is `no-store` (OWASP ASVS 5.0, 14.3.2).
    """
    view.may_stay = True  # type: ignore[attr-defined]
    return view


def _asking_anew(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    view.asks_anew = True  # type: ignore[attr-defined]  # for the list in docs/security.md, held by a test
    return view


def _declare(
    view: Callable[Concatenate[Request, P], HttpResponseBase], policy: str
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    view.policy = policy  # type: ignore[attr-defined]
    return view
