"""The pages about a procurement, by phase, each with the rule that opens it: one table for the frame and for links."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rodatraden.awards.rules import may_see_cancellation, may_see_decision, may_see_requests
from rodatraden.bids.rules import may_see_bids
from rodatraden.core.thread import Phase
from rodatraden.evaluation.rules import (
    may_see_checks,
    may_see_inquiries,
    may_see_presentations,
    may_see_proofs,
    may_see_state,
    may_see_table,
)
from rodatraden.procurements.rules import may_follow, may_see, may_work
from rodatraden.tenders.rules import may_read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rodatraden.core.answer import Answer
    from rodatraden.pages.queries.facts import Later
    from rodatraden.parties.models import Person
    from rodatraden.procurements.models import Procurement

PHASE_NAMES: Mapping[str, Any] = {
    Phase.NEED: pgettext_lazy("phase", "Need"),
    Phase.DIALOGUE: pgettext_lazy("phase", "Dialogue"),
    Phase.DOCUMENTS: pgettext_lazy("phase", "Documents"),
    Phase.BIDS: pgettext_lazy("phase", "Bids"),
    Phase.EVALUATION: pgettext_lazy("phase", "Evaluation"),
    Phase.AWARD: pgettext_lazy("phase", "Award"),
    Phase.CONTRACT: pgettext_lazy("phase", "Contract"),
    Phase.FOLLOW_UP: pgettext_lazy("phase", "Follow-up"),
}


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of a procurement: its phase, its name, and who may open it. `names`: what its address names."""

    phase: Phase
    url_name: str
    label: Any
    may_open: Callable[[Person, Procurement], Answer]
    names: Literal["procurement", "contract", "round"] = "procurement"


PAGES = (
    CasePage(Phase.NEED, "needs:list", _("Needs"), may_work),
    CasePage(Phase.NEED, "procurements:describe", _("Description and value"), may_work),
    CasePage(Phase.NEED, "procurements:team", _("Team"), may_see),
    CasePage(Phase.NEED, "tenders:coming", _("Coming"), may_work),
    CasePage(Phase.DOCUMENTS, "tenders:requirements", _("Requirements"), may_read),
    CasePage(Phase.DOCUMENTS, "tenders:contents", _("What the bid holds"), may_work),
    CasePage(Phase.DOCUMENTS, "tenders:model", _("Evaluation model"), may_work),
    CasePage(Phase.DOCUMENTS, "tenders:terms", _("Terms"), may_work),
    CasePage(Phase.DOCUMENTS, "tenders:dates", _("Dates"), may_work),
    CasePage(Phase.DOCUMENTS, "tenders:publish", _("Publish"), may_work),
    CasePage(Phase.BIDS, "tenders:change", _("Change the documents"), may_work),
    CasePage(Phase.BIDS, "tenders:notices", _("Notices"), may_work),
    CasePage(Phase.BIDS, "tenders:questions", _("Questions and answers"), may_work),
    CasePage(Phase.BIDS, "bids:opening", _("Opening"), may_follow),
    CasePage(Phase.BIDS, "awards:cancel", _("Cancel the procurement"), may_see_cancellation),
    CasePage(Phase.EVALUATION, "bids:list", pgettext_lazy("page", "Bids"), may_see_bids),
    CasePage(Phase.EVALUATION, "evaluation:checks", _("Check of requirements"), may_see_checks),
    CasePage(Phase.EVALUATION, "evaluation:inquiries", _("Questions to bidders"), may_see_inquiries),
    CasePage(Phase.EVALUATION, "evaluation:presentations", _("Presentations"), may_see_presentations),
    CasePage(Phase.EVALUATION, "assessments:round", _("Assessment"), may_work, names="round"),
    CasePage(Phase.EVALUATION, "evaluation:outcome", _("Outcome"), may_see_state),
    CasePage(Phase.EVALUATION, "evaluation:proofs", _("Proof from the winner"), may_see_proofs),
    CasePage(Phase.EVALUATION, "evaluation:table", _("Calculate in Excel"), may_see_table),
    CasePage(Phase.AWARD, "awards:decision", _("Decision"), may_see_decision),
    CasePage(Phase.AWARD, "awards:notices", _("Notifications and standstill"), may_see_decision),
    CasePage(Phase.AWARD, "awards:access_requests", _("Requests for documents"), may_see_requests),
    CasePage(Phase.CONTRACT, "contracts:detail", _("Contract"), may_work, names="contract"),
    CasePage(Phase.FOLLOW_UP, "followup:plan", _("Follow-up plan"), may_work, names="contract"),
)
NO_KEY = UUID(int=0)
RULES = frozenset(page.may_open for page in PAGES)
"""The rules that open them: each is asked once, since many pages have the same."""


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page that a person may open, with its address."""

    phase: Phase
    url_name: str
    label: str
    url: str


@cache
def _address(url_name: str) -> str:
    """Return the address of a page with a gap for the key: every page of a case names them all."""
    return reverse(url_name, args=[NO_KEY]).replace(str(NO_KEY), "{}")


def pages_of(person: Person, procurement: Procurement, held: Later) -> list[OpenPage]:
    """Return the pages of a procurement that `person` may open, in order; no query of its own."""
    named = {"procurement": procurement.pk, "contract": held.contract_id, "round": held.round_id}
    opens = {rule: bool(rule(person, procurement)) for rule in RULES}
    return [
        OpenPage(page.phase, page.url_name, str(page.label), _address(page.url_name).format(key))
        for page in PAGES
        if (key := named[page.names]) is not None and opens[page.may_open]
    ]
