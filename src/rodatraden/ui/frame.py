"""What surrounds a page: menu, who I am, the frame of a case. `ui` gives the shapes; settings name who fills them.

`UI_MENU` and `UI_WHO` are dotted paths of functions, so that `ui` imports no room:

- `UI_MENU(request) -> Sequence[Link]`: the main menu for this person.
- `UI_WHO(request) -> Who | None`: who is signed in, and as what.

The frame of a case is a `CaseFrame`, drawn by `ui/components/case_frame.html`; the tag library `case` fills it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

State = Literal["done", "now", "coming"]


@dataclass(frozen=True, slots=True)
class Link:
    """Where a person may go, in words that say where; `current` marks the page that is shown, `within` one that it is a part of."""

    label: str
    url: str
    current: bool = False
    within: bool = False


@dataclass(frozen=True, slots=True)
class Who:
    """The person who is signed in, and the role and organisation that the person acts as."""

    name: str
    role: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the phases of a case; without `url` there is nothing to look at yet."""

    label: str
    state: State
    url: str = ""

    @property
    def word(self) -> str:
        """Say the state in words, beside the colour of the bar."""
        return {"done": gettext("(done)"), "now": gettext("(now)"), "coming": gettext("(coming)")}[self.state]


@dataclass(frozen=True, slots=True)
class CaseFrame:
    """The frame of all pages about one case: its name, the phases, and the pages in the phase that is shown.

    `shown` names that phase: the one that the page belongs to, which need not be the one that the case is in.
    """

    name: str
    url: str = ""
    reference: str = ""
    phases: tuple[Phase, ...] = ()
    pages: tuple[Link, ...] = ()
    shown: str = ""

    @property
    def current(self) -> Phase | None:
        """Return the phase that the case is in."""
        return next((phase for phase in self.phases if phase.state == "now"), None)

    @property
    def current_number(self) -> int:
        """Return which phase, counted from one, the case is in; 0 before the first."""
        return next((number for number, phase in enumerate(self.phases, 1) if phase.state == "now"), 0)


@dataclass(frozen=True, slots=True)
class Station:
    """One of the six stations of the thread, and how the thread comes there.

    The state is whole, planned or passed (solid), broken (frayed), coming, later or beyond (dotted).
    """

    label: str
    state: str = "whole"
    count: int | None = None
    current: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the page that depends on who asks."""

    menu: Sequence[Link] = field(default_factory=tuple)
    who: Who | None = None


COLOUR_SCHEMES = ("auto", "light", "dark")
SCHEME_COOKIE = "colour_scheme"


def scheme_cookie(request: HttpRequest) -> str:
    """Return the name of the cookie that keeps the colours: bound to this host where the connection is encrypted."""
    return f"__Host-{SCHEME_COOKIE}" if request.is_secure() else SCHEME_COOKIE


def colour_scheme(request: HttpRequest) -> str:
    """Return the colours that the person chose: auto (as the device), light or dark."""
    scheme = request.COOKIES.get(scheme_cookie(request), "auto")
    return scheme if scheme in COLOUR_SCHEMES else "auto"


def frame_of(request: HttpRequest) -> Frame:
    """Return menu and person for `request`, as the functions named in settings say."""
    return Frame(
        menu=tuple(import_string(settings.UI_MENU)(request)) if settings.UI_MENU else (),
        who=import_string(settings.UI_WHO)(request) if settings.UI_WHO else None,
    )
