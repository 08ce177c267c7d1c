"""What every page of a contract begins with: who asks, and the contract or call-off that this person may see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404

from rodatraden.contracts import queries, rules
from rodatraden.contracts.models import Contract
from rodatraden.parties.queries import memberships_of, signed_in_person
from rodatraden.procurements.rules import may_work
from rodatraden.records.actions import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from uuid import UUID

    from django.http import HttpResponseBase

    from rodatraden.contracts.models import CallOff
    from rodatraden.parties.models import Person
    from rodatraden.ui.forms import RtForm
    from rodatraden.ui.policy import Request


@dataclass(frozen=True, slots=True)
class Desk:
    """A person before a contract at an instant."""

    person: Person
    contract: Contract
    at: datetime

    @property
    def today(self) -> date:
        """The day it is where the contract belongs."""
        return rules.today(self.contract, self.at)

    def context(self, **more: object) -> dict[str, object]:
        """Return what the template of every page needs, and `more`."""
        procurement = self.contract.tender.procurement
        in_team = may_work(self.person, procurement)
        return {
            "contract": self.contract,
            "procurement": procurement,
            "in_team": in_team,
            "today": self.today,
            "now": self.at,
            "ceiling_source": rules.CEILING_SOURCE,
            "replacement_source": rules.REPLACEMENT_SOURCE,
            **more,
        }

    def carry_out(self, form: RtForm, purpose: str, verb: Callable[[], object]) -> bool:
        """Carry out the verb at most once for this form; when it is refused the form says why, and False is returned."""
        return carry_out(form=form, purpose=purpose, verb=verb, by=self.person, at=self.at)


def at_contract(
    view: Callable[[Request, Desk], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view the contract that its address names, when the person may see it; else there is no such page."""

    @wraps(view)
    def loaded(request: Request, contract_id: UUID) -> HttpResponseBase:
        person = signed_in_person(request)
        memberships_of(
            person, request.now
        )  # kept with the person: the rules of who delivers, and the menu, ask no more
        contract = get_object_or_404(queries.with_contract(Contract.objects.all()), pk=contract_id)
        if not rules.may_see(
            person, contract, request.now
        ):  # asks what has been read, where the list's condition is long
            raise Http404
        return view(request, Desk(person, contract, request.now))

    return loaded


def at_call_off(
    view: Callable[[Request, Desk, CallOff], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view the call-off that its address names, with its contract."""

    @wraps(view)
    def loaded(request: Request, call_off_id: UUID) -> HttpResponseBase:
        person = signed_in_person(request)
        order = get_object_or_404(queries.orders_visible_to(person, request.now), pk=call_off_id)
        return view(request, Desk(person, order.contract, request.now), order)

    return loaded
