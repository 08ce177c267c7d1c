"""Links that let somebody in: their code stands behind #, which no browser sends, so that no address holds a secret.

`https://…/inbjudan/#K7Q2-9XF3-…` leads to a page with one field. `ui.js` moves the code from the address into the field and
sends it; without script a person types it, or pastes it, from the letter, where it stands too. Who has given a code holds it
in a cookie that only this server can read, and is led to an address that names the object by its UUID. That page (the policy
`by_link`) looks the code up anew each time: a link that is ended, used or made anew ends there and then, in every browser.

It is a cookie of its own and nothing in the session: no row ties the account of somebody who is signed in to the documents
that they asked for (TF 2 kap. 18 §). See docs/decisions/links.md.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cryptography.fernet import InvalidToken
from django import forms
from django.db.models import Model
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.core.answer import no
from rodatraden.core.codes import BITS, code_of
from rodatraden.core.message import say
from rodatraden.ui.at_rest import cipher
from rodatraden.ui.forms import RtForm

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse
    from django_stubs_ext import StrOrPromise

    from rodatraden.ui.policy import Request

T = TypeVar("T", bound=Model)
NOWHERE = say("The code leads nowhere. Compare it with what you were sent, sign by sign.")

FIELD = "link_code"
COOKIE = "links"
LASTS_FOR = timedelta(hours=2)
"""How long after the last code was given a browser is let in by it, at most until it is closed; the link works again. Source: policy."""
MOST = 20
"""Codes that a browser holds at a time; the one that was given first goes."""
LONGEST = 500
"""Characters: the code, or the whole link pasted."""


@dataclass(frozen=True, slots=True)
class Link(Generic[T]):
    """A kind of link: the names of the address that asks for its code and of the one that it leads to, and what a code finds.

    The page that asks is called `title`, and says `about` what is asked for and how to do when it is `lost`.
    """

    asks: str
    leads: str
    find: Callable[[str], T | None]
    title: StrOrPromise
    about: StrOrPromise
    lost: StrOrPromise

    def to(self, code: str) -> str:
        """Return the link, from the root of the site on."""
        return f"{reverse(self.asks)}#{code}"


def new_code() -> str:
    """Return a code that nobody has had."""
    return code_of(secrets.randbits(BITS))


def code_from(purpose: str, text: str) -> str:
    """Return the code that follows from a text, for one purpose, and from the installation's secret: the same each time."""
    drawn = salted_hmac(f"{__name__}.{purpose}", text, algorithm="sha256").digest()
    return code_of(int.from_bytes(drawn))


def told(code: str) -> str:
    """Return the sentence that a letter has after its link, for whoever opens it without script or by hand."""
    return gettext("If the page asks for a code, write: %(code)s") % {"code": code}


class CodeForm(RtForm, forms.Form):
    """The code of a link, as typed, or the whole link as pasted."""

    link_code = forms.CharField(
        label=_("The code"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_link_code(self) -> str:
        """Return what stands behind the last #, or all of it, without spaces."""
        typed: str = self.cleaned_data[FIELD]
        return "".join(typed.rpartition("#")[2].split())


def ask(request: Request, link: Link[Any]) -> HttpResponse:
    """Ask for the code of a link and lead on (`policy.asks_for_code`).

    What has been used or ended is told of by the page that it leads to; a code that nothing has is told of here.
    """
    form = CodeForm(request.POST or None)
    if form.is_valid():
        code = form.cleaned_data[FIELD]
        found = link.find(code)
        if found is not None:
            response: HttpResponse = redirect(link.leads, found.pk)
            give(response, request, link, found.pk, code)
            return response
        form.refuse(no(NOWHERE, mend=FIELD))
    return asked(request, form, title=link.title, about=link.about, lost=link.lost)


def asked(
    request: Request,
    form: RtForm,
    *,
    title: StrOrPromise,
    about: StrOrPromise,
    lost: StrOrPromise,
    mend: tuple[str, str] | None = None,
) -> HttpResponse:
    """Return the page that asks for a code, which no browser keeps; `mend` is where to get another, and its words."""
    context = {"form": form, "title": title, "about": about, "lost": lost, "mend": mend}
    response = render(request, "ui/code.html", context, status=form.status)
    response["Cache-Control"] = "no-store, private"
    return response


def give(response: HttpResponse, request: HttpRequest, link: Link[Any], key: UUID, code: str) -> None:
    """Let the browser that gets `response` come to the one object that the code leads to."""
    codes = {**_codes(request), _name(link, key): code}
    kept = dict(list(codes.items())[-MOST:])
    response.set_cookie(
        cookie_name(request),
        cipher(__name__).encrypt(json.dumps(kept).encode()).decode(),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def forget(response: HttpResponse, request: HttpRequest) -> None:
    """Let the browser that gets `response` come to nothing by a code any longer, unless `response` gives it one."""
    if cookie_name(request) in request.COOKIES and cookie_name(request) not in response.cookies:
        response.delete_cookie(cookie_name(request), samesite="Lax")
        response.cookies[cookie_name(request)]["secure"] = request.is_secure() or ""


def held(request: HttpRequest, link: Link[T], key: UUID) -> T | None:
    """Return what the link leads to when a code for just that was given, and still finds it; else nothing."""
    code = code_held(request, link, key)
    found = link.find(code) if code else None
    return found if found is not None and found.pk == key else None


def code_held(request: HttpRequest, link: Link[Any], key: UUID) -> str:
    """Return the code by which a browser comes to an object; empty when it has given none."""
    return _codes(request).get(_name(link, key), "")


def cookie_name(request: HttpRequest) -> str:
    """Return the name of the cookie that holds the codes: bound to this host where the connection is encrypted."""
    return f"__Host-{COOKIE}" if request.is_secure() else COOKIE


def _name(link: Link[Any], key: UUID) -> str:
    return f"{link.leads} {key}"


def _codes(request: HttpRequest) -> dict[str, str]:
    """Return the codes that were given in this browser, the latest last; none when they are too old, or not as we wrote them."""
    sealed = request.COOKIES.get(cookie_name(request), "").encode(errors="replace")
    try:
        codes: dict[str, str] = json.loads(cipher(__name__).decrypt(sealed, ttl=int(LASTS_FOR.total_seconds())))
    except InvalidToken:
        return {}
    return codes
