"""The pages over several rooms."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rodatraden.bids.rules import may_see_bids
from rodatraden.core.answer import require
from rodatraden.core.thread import Phase
from rodatraden.core.thread import Station as ThreadStation
from rodatraden.pages import queries
from rodatraden.parties.models import Person
from rodatraden.parties.queries import signed_in_person
from rodatraden.parties.rules import may_administer, may_start_procurement
from rodatraden.procurements.queries import procurement_or_404, team_members, visible_to, with_teams
from rodatraden.procurements.rules import may_appoint, may_work
from rodatraden.tenders.queries import announced, seed_deviations, tender_of
from rodatraden.ui.drawing import station_name
from rodatraden.ui.files import as_made
from rodatraden.ui.frame import Station
from rodatraden.ui.policy import alike_for_all, demo_only, public, signed_in
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from rodatraden.parties.models import Organisation
    from rodatraden.procurements.queries import Place
    from rodatraden.ui.policy import Request

PAGE_SIZE = 25
LOG_PAGE_SIZE = 50
MOST_CASES = 12


@alike_for_all
@public
def home(request: Request) -> HttpResponse:
    """Show who is signed in their tasks and cases, and everybody else what this is and what is open."""
    if not isinstance(request.user, Person):
        open_now = announced().filter(deadline_at__gt=request.now).order_by("deadline_at", "id")
        people = queries.fictional_people(request.now) if settings.DEMO else []
        context = {"open": open_now[:MOST_CASES], "now": request.now, "people": people}
        return render(request, "pages/welcome.html", context)
    person = request.user
    cases = list(with_teams(visible_to(person)).select_related("tender"))
    tasks = queries.tasks_of(person, request.now, cases)
    buyers = _buyers(request)
    context = {
        "person": person,
        "groups": queries.grouped(tasks, request.now),
        "n_tasks": len(tasks),
        "cases": queries.lines_of(person, cases[:MOST_CASES], request.now),
        "is_buyer": bool(buyers),
        "may_start": any(may_start_procurement(person, buyer, request.now) for buyer in buyers),
        "invites_to": next((buyer for buyer in buyers if may_administer(person, buyer, request.now)), None),
        "stations": _stations_of_a_new_thread(),
    }
    return render(request, "pages/home.html", context)


@signed_in
def procurement_list(request: Request) -> HttpResponse:
    """List the procurements that the person is in the team of."""
    person = signed_in_person(request)
    text, phase, sort = (request.GET.get(name, "") for name in ("q", "phase", "sort"))
    found = queries.listed(person, text=text, phase_name=phase, sort=sort)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = queries.lines(person, page.object_list, request.now)  # type: ignore[arg-type]  # a slice of `found`
    choices = [("", _("All phases"), None), *((each.value, queries.PHASE_NAMES[each], None) for each in Phase)]
    context = {
        "page": page,
        "rows": rows,
        "text": text,
        "phase": phase,
        "choices": choices,
        "now": request.now,
        "may_start": any(may_start_procurement(person, buyer, request.now) for buyer in _buyers(request)),
    }
    return render(request, "pages/procurement_list.html", context)


@signed_in
def case(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show a procurement: what to do next, the facts, the thread with its breaks, the dates, the people."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    tasks, team = queries.tasks_in(procurement, person, request.now), team_members(procurement)
    word, colour = queries.status(procurement, request.now)
    context = {
        "procurement": procurement,
        "status": word,
        "colour": colour,
        "now": request.now,
        "groups": queries.grouped(tasks, request.now),
        "people": _people(team),
        "n_undeclared": sum(place.is_due for place in team),
        "may_appoint": may_appoint(person, procurement),
        "access": may_work(person, procurement),
    }
    if not context["access"]:
        return render(request, "pages/closed_case.html", context)
    tender, held = tender_of(procurement), queries.later_in(request, procurement)
    thread = queries.thread_of(person, procurement, held, request.now)
    context |= {
        "brief": queries.brief(procurement, tender),
        "thread": thread,
        "summary": said(thread.summary),
        "mend": queries.mend_addresses(queries.pages_in(request, procurement)),
        "dates": queries.dates(procurement, request.now),
        "deviations": seed_deviations(tender) if tender else (),
    }
    return render(request, "pages/case.html", context)


@signed_in
def log(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show what has happened in a procurement, latest first."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    access = may_work(person, procurement)
    page = Paginator(queries.case_events(person, procurement), LOG_PAGE_SIZE).get_page(request.GET.get("page"))
    numbered = bool(may_see_bids(person, procurement))
    lines = queries.log_lines(page, numbered=numbered) if access else []
    context = {"procurement": procurement, "access": access, "page": page, "lines": lines}
    context["sees_readings"] = queries.may_see_readings(person, procurement)
    return render(request, "pages/log.html", context)


@signed_in
def log_export(request: Request, procurement_id: UUID) -> HttpResponse:
    """Give the whole log as a table, each entry with the hash that proves it."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    if not may_work(person, procurement):
        raise Http404
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(["index", "at", "who", "what", "event", "leaf_hash"])
    events = queries.case_events(person, procurement).reverse()
    for line in queries.log_lines(events, numbered=bool(may_see_bids(person, procurement))):
        writer.writerow(
            [
                line.index,
                line.at.isoformat(),
                line.who if isinstance(line.who, str) else said(line.who),
                said(line.what),
                line.event,
                line.leaf_hash,
            ]
        )
    name = f"logg-{procurement.diary_case.number.replace('/', '-')}.csv"
    return as_made(written.getvalue(), name, "text/csv; charset=utf-8")


@signed_in
def readings(request: Request, procurement_id: UUID) -> HttpResponse:
    """Show who has read which opened bid, the latest first, to the officer."""
    person = signed_in_person(request)
    procurement = procurement_or_404(person, procurement_id)
    require(queries.may_see_readings(person, procurement))
    page = Paginator(queries.readings_of(procurement), LOG_PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"procurement": procurement, "page": page, "readings": queries.told_of(page)}
    return render(request, "pages/readings.html", context)


@signed_in
def search(request: Request) -> HttpResponse:
    """Search over what the person may see."""
    person = signed_in_person(request)
    text = request.GET.get("q", "").strip()
    hits = queries.find(person, text, request.now) if text else None
    return render(request, "pages/search.html", {"text": text, "hits": hits})


@demo_only
def mailbox(request: Request) -> HttpResponse:
    """Show what the example has written to people; nothing of it leaves the machine."""
    return render(request, "pages/mailbox.html", {"mails": queries.latest_mail(), "now": request.now})


def _buyers(request: Request) -> list[Organisation]:
    """Return the authorities that the person belongs to."""
    return [each.organisation for each in queries.memberships_in(request) if each.organisation.is_buyer]


def _people(team: Iterable[Place]) -> list[dict[str, str]]:
    """Return the team, each person once with all roles."""
    roles: dict[str, list[str]] = {}
    for place in team:
        roles.setdefault(place.member.person.name, []).append(place.member.get_role_display())
    return [{"name": name, "role": ", ".join(held)} for name, held in roles.items()]


def _stations_of_a_new_thread() -> list[Station]:
    """Return the six stations with the first one in hand, for those who have nothing yet."""
    names = [station_name(station) for station in ThreadStation]
    return [Station(names[0], "whole", current=True), *(Station(name, "coming") for name in names[1:])]
