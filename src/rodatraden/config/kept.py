"""What everybody sees alike is made once and handed out for some seconds, so that those who read leave the processors to those who bid.

A page of a procurement that many wait for is asked for again and again in its last minutes. Whoever has sent no cookie sees it
as everybody else does; signed in, or with anything of their own, one gets a page made anew. What has happened is seen at most
`settings.PAGES_KEPT_FOR` seconds late, or `WHEN_BUSY` while a new one can't be made, and so is what time alone changes, such as
that bids are no longer received: when a bid came is decided elsewhere (`config.arrival`).
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

MOST = 64
"""Pages that a process keeps; the one that was made first goes."""
LARGEST = 500_000
"""Bytes of a page that is kept."""
WHEN_BUSY = 30.0
"""Seconds that a page is handed out while there is no turn to make it anew: an older page is more than "not now"."""
FOUND, UNAVAILABLE = 200, 503
ITS_OWN = ("_csp_exempt", "_csp_config", "_csp_update", "_csp_replace")
"""What marks an answer whose rule of what it may load differs from other pages' (django-csp); such a page is not kept."""

Key = tuple[str, str, bool]


@dataclass(slots=True)
class Page:
    """A page as it was made, at an instant of the machine's own count of seconds, and when it is to be made anew."""

    made: float
    due: float
    content: bytes
    headers: dict[str, str]

    def is_good(self, now: float) -> bool:
        """Answer whether it may be handed out at all."""
        return now - self.made < max(WHEN_BUSY, settings.PAGES_KEPT_FOR)

    def handed(self) -> HttpResponse:
        """Return it for one more reader."""
        return HttpResponse(self.content, headers=self.headers)


def kept(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Hand out a page that was made a moment ago to who would be shown the same (`ui.policy.alike_for_all`).

    Stands before the turns: such a page needs none. When it is due, one reader waits for the new one, and the others have
    the old one meanwhile. An answer that sets a cookie, or holds a secret of its reader's, is not kept.
    """
    pages: dict[Key, Page] = {}
    changing = Lock()

    def middleware(request: HttpRequest) -> HttpResponse:
        key = _key(request)
        if key is None:
            return get_response(request)
        now = monotonic()
        with changing:
            page = pages.get(key)
            if page is not None and page.is_good(now):
                if now < page.due:
                    return page.handed()
                page.due = now + settings.PAGES_KEPT_FOR
        response = get_response(request)
        if response.status_code == UNAVAILABLE:
            return page.handed() if page is not None and page.is_good(now) else response
        with changing:
            newest = pages.pop(key, None)
            if newest is not None and newest.made > now:  # another was made while this one was on its way
                pages[key] = newest
            elif _may_be_kept(request, response):
                if len(pages) >= MOST:
                    del pages[next(iter(pages))]
                pages[key] = Page(now, now + settings.PAGES_KEPT_FOR, response.content, dict(response.items()))
        return response

    return middleware


def _key(request: HttpRequest) -> Key | None:
    """Return all that such a page depends on, or None where it depends on more or is not alike for all."""
    has_more = any(request.META.get(name) for name in ("HTTP_COOKIE", "QUERY_STRING", "HTTP_HX_REQUEST", "SCRIPT_NAME"))
    if request.method != "GET" or has_more or not settings.PAGES_KEPT_FOR:
        return None
    try:
        is_alike = getattr(resolve(request.path_info).func, "alike_for_all", False)
        is_ours = request.get_host().casefold() == urlsplit(settings.SITE_URL).netloc.casefold()
    except (Resolver404, DisallowedHost):
        return None
    where = (request.path_info, get_language_from_request(request), request.is_secure())
    return where if is_alike and is_ours else None


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code != FOUND or response.streaming or response.cookies:
        return False
    has_secret = request.META.get("CSRF_COOKIE_NEEDS_UPDATE", False) or hasattr(request, "_csp_nonce")
    return not has_secret and not any(hasattr(response, name) for name in ITS_OWN) and len(response.content) <= LARGEST
