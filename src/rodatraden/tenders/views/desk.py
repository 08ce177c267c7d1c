"""What every page of the documents needs first: who asks, and the documents that they may work with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from rodatraden.core.answer import require
from rodatraden.core.thread import Station
from rodatraden.parties.queries import signed_in_person
from rodatraden.procurements.queries import procurement_or_404
from rodatraden.procurements.rules import may_work
from rodatraden.records.actions import carry_out
from rodatraden.records.queries import last_writer
from rodatraden.tenders import queries
from rodatraden.tenders.models import Tender
from rodatraden.tenders.rules import may_edit
from rodatraden.ui.drawing import station_name
from rodatraden.ui.frame import Station as ShownStation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model
    from django.http import HttpResponse

    from rodatraden.core.answer import Answer
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.tenders.models import Requirement
    from rodatraden.tenders.queries import Overview
    from rodatraden.ui.forms import RtForm
    from rodatraden.ui.policy import Request

P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """A person at work with the documents of one procurement, at one instant."""

    person: Person
    tender: Tender
    at: datetime

    @property
    def procurement(self) -> Procurement:
        return self.tender.procurement

    @property
    def may_edit(self) -> Answer:
        return may_edit(self.person, self.procurement)

    def carry_out(self, form: RtForm, purpose: str, verb: Callable[[], object]) -> bool:
        """Carry out what a form of these documents asks for, at most once; refused, the form says why."""
        named = f"{purpose} {self.procurement.pk}"
        return carry_out(form=form, purpose=named, verb=verb, by=self.person, at=self.at)

    def writer_of(self, row: Model, *events: str) -> Callable[[], str | None]:
        """Return what finds out who was behind the latest of the named events of a row, once it is asked."""
        return lambda: last_writer(of=row, events=events, reader=self.person)

    def context(self, **more: object) -> dict[str, object]:
        """Return what every page of the documents shows, and `more`."""
        return {"procurement": self.procurement, "tender": self.tender, "may_edit": self.may_edit, **more}


def at_desk(
    view: Callable[Concatenate[Request, Desk, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the documents of the procurement in the address, or send the person to start them."""

    @wraps(view)
    def loaded(request: Request, procurement_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = signed_in_person(request)
        procurement = procurement_or_404(person, procurement_id)
        require(may_work(person, procurement))
        tender = queries.tender_of(procurement)
        if tender is None:
            return redirect("tenders:start", procurement.pk)
        return view(request, Desk(person, tender, request.now), *args, **kwargs)

    return loaded


def at_requirement(
    view: Callable[[Request, Desk, Requirement], HttpResponse],
) -> Callable[[Request, UUID], HttpResponse]:
    """Give the view one requirement of documents that the person may work with."""

    @wraps(view)
    def loaded(request: Request, requirement_id: UUID) -> HttpResponse:
        person = signed_in_person(request)
        tender = get_object_or_404(queries.with_case(Tender.objects.all()), requirements=requirement_id)
        if not may_work(person, tender.procurement):
            raise Http404
        requirement = queries.requirements(tender).get(pk=requirement_id)
        requirement.tender = tender  # with what has been fetched with it
        return view(request, Desk(person, tender, request.now), requirement)

    return loaded


def stations(found: Overview, current: Station = Station.REQUIREMENT) -> list[ShownStation]:
    """Return the six stations as the pages of the documents show them."""
    counts = {
        Station.NEED: sum(not row.is_struck for row in found.thread.needs),
        Station.REQUIREMENT: found.thread.n_requirements,
    }
    return [
        ShownStation(
            station_name(station),
            "whole" if counts.get(station) else found.station_state(station),
            counts.get(station),
            station is current,
        )
        for station in Station
    ]
