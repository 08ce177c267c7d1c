"""What surrounds a page: the main menu, who I am, and the frame of a procurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from rodatraden.core.thread import PhaseState, bar
from rodatraden.pages.queries.casepages import PHASE_NAMES, pages_of
from rodatraden.pages.queries.facts import facts_of, later
from rodatraden.parties.models import Membership, Person
from rodatraden.parties.queries import memberships_of
from rodatraden.procurements.queries import standing
from rodatraden.procurements.rules import may_see
from rodatraden.ui.frame import CaseFrame, Link, Phase, Who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeVar

    from django.http import HttpRequest

    from rodatraden.pages.queries.casepages import OpenPage
    from rodatraden.pages.queries.facts import Later
    from rodatraden.procurements.models import Procurement
    from rodatraden.ui.frame import State

    Read = TypeVar("Read")

STATES: dict[PhaseState, State] = {PhaseState.DONE: "done", PhaseState.NOW: "now", PhaseState.LATER: "coming"}


def menu(request: HttpRequest) -> list[Link]:
    """Return the main menu: what the person's roles have a use for, and always what is public."""
    shown = request.path
    links = []
    for name, label in _entries(request):
        url = reverse(name)
        is_here = shown == url or (url != "/" and shown.startswith(url))
        links.append(Link(label, url, current=is_here))
    return links


def _entries(request: HttpRequest) -> Iterator[tuple[str, str]]:
    if not isinstance(request.user, Person):
        yield "publication:index", _("Public page")
        yield "publication:how_bids_are_received", _("How bids are received")
        yield "account_login", _("Sign in")
        return
    memberships = memberships_in(request)
    yield "pages:home", _("My work")
    if any(membership.organisation.is_buyer for membership in memberships):
        yield "pages:procurement_list", _("Procurements")
        yield "needs:backlog", _("Needs")
    if any(membership.role == Membership.Role.BIDDER for membership in memberships):
        yield "bids:mine", _("My bids")
    yield "assessments:rounds", _("All judging")
    yield "contracts:list", _("Contracts")
    yield "pages:search", _("Search")
    yield "publication:index", _("Public page")


def who(request: HttpRequest) -> Who | None:
    """Return who is signed in, and as what: the first role that the person holds."""
    if not isinstance(request.user, Person):
        return None
    first = next(iter(memberships_in(request)), None)
    role = f"{first.title or first.get_role_display()}, {first.organisation.name}" if first else ""
    return Who(request.user.name, role, reverse("parties:me"))


def memberships_in(request: HttpRequest) -> Sequence[Membership]:
    """Return what the signed in person is."""
    return memberships_of(request.user, request.now)  # type: ignore[arg-type, attr-defined]


def later_in(request: HttpRequest, procurement: Procurement) -> Later:
    """Return what later rooms hold of the procurement that the page is about, asked for once in a request."""
    person: Person = request.user  # type: ignore[assignment]
    return _once(request, f"later {procurement.pk}", lambda: later(person, procurement))


def pages_in(request: HttpRequest, procurement: Procurement) -> list[OpenPage]:
    """Return the pages of that procurement that the person may open, found out once in a request."""
    person: Person = request.user  # type: ignore[assignment]
    held = later_in(request, procurement)
    return _once(request, f"pages {procurement.pk}", lambda: pages_of(person, procurement, held))


def _once(request: HttpRequest, name: str, read: Callable[[], Read]) -> Read:
    kept: dict[str, Read] = vars(request).setdefault("read_once", {})
    if name not in kept:
        kept[name] = read()
    return kept[name]


def case_frame_of(request: HttpRequest, procurement: Procurement) -> CaseFrame:
    """Return the frame of a procurement: its name, the phase bar, and the pages of the phase that the page belongs to.

    Somebody outside the team, such as a supplier, sees the name and nothing of where the case is.
    """
    person = request.user
    prefetch_related_objects([procurement], *standing())
    if not isinstance(person, Person) or not may_see(person, procurement):
        return CaseFrame(procurement.title)
    held = later_in(request, procurement)
    pages = pages_in(request, procurement)
    steps = bar(facts_of(procurement, held), request.now)  # type: ignore[attr-defined]
    phases = tuple(
        Phase(str(PHASE_NAMES[step.phase]), STATES[step.state], _first(pages, step.phase, step.state)) for step in steps
    )
    here = request.resolver_match.view_name if request.resolver_match else ""
    now = next(step.phase for step in steps if step.state is PhaseState.NOW)
    of = (
        "assessments:round" if here.startswith("assessments:") else here
    )  # the desk and the consensus are parts of the round
    shown = next((page.phase for page in pages if page.url_name == of), now)
    return CaseFrame(
        name=procurement.title,
        url=reverse("pages:case", args=[procurement.pk]),
        reference=procurement.diary_case.number,
        phases=phases,
        pages=tuple(
            Link(page.label, page.url, current=page.url_name == here, within=page.url_name == of)
            for page in pages
            if page.phase is shown
        ),
        shown=str(PHASE_NAMES[shown]),
    )


def _first(pages: Sequence[OpenPage], phase: str, state: PhaseState) -> str:
    """Return where a click on the phase leads: its first page that the person may open; nowhere before its time."""
    if state is PhaseState.LATER:
        return ""
    return next((page.url for page in pages if page.phase == phase), "")
