"""How far published documents may change, and by how much the deadline must then move (INV-08, LOU 11 kap. 8 §).

How far a change may go before it is another procurement is case law that the sources of this program only mention:
what is refused here is the reading that is safe for the buyer, marked as not verified where it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from rodatraden.core.answer import YES, Answer, no
from rodatraden.core.calendars import (
    Country,
    Regime,
    Step,
    Unknown,
    deadline_after_answer,
    is_off,
    latest_answer_at,
    working_days_between,
)
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.instants import ZONES, local_date
from rodatraden.core.message import say
from rodatraden.procurements.models import TeamMember
from rodatraden.procurements.rules import may_act_as
from rodatraden.tenders.models import DocumentEdit
from rodatraden.tenders.rules.access import is_closed, is_published
from rodatraden.tenders.rules.dates import procedure_of
from rodatraden.tenders.rules.planning import plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from rodatraden.core.calendars import Procedure
    from rodatraden.core.message import Message
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import DocumentChange, Tender

About = DocumentEdit.About
ONE_DAY = timedelta(days=1)
DEADLINES = ("question_deadline_at", "deadline_at", "bids_valid_until_on")
"""What follows from a deadline that moves: it asks nothing new of a bid."""
CHANGE = "LOU 11 kap. 8 §, 19 kap. 14 §"
UNVERIFIED = "policy; rättspraxis, inte verifierad"
"""Where the law's own words do not say where the limit goes; the reading here is the safe one."""
NORWAY = "FOA §§ 14-2, 20-1"
EXTENDED = {Regime.LOU_ABOVE: "LOU 11 kap. 8 §", Regime.LOU_BELOW: "LOU 19 kap. 14 §"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: where, which field, and how it reads before and after, as text and as frozen values.

    `name` names the requirement or the part of the bid; it is empty for the documents as a whole.
    """

    about: str
    how: str
    name: str
    field: str
    label: str
    before: str
    after: str
    old: Any = None
    new: Any = None

    @property
    def is_deadline(self) -> bool:
        """Whether it is only a time that moves."""
        return self.about == About.TERMS and self.field in DEADLINES


def fingerprint(differences: Iterable[Difference]) -> str:
    """Return what a person has read as one value (SHA-256 in hex), so that nobody publishes what they have not seen."""
    read = [[each.about, each.how, each.name, each.field, each.before, each.after] for each in differences]
    return sha256_hex(canonical_json(read))


class Weight(StrEnum):
    """How much a difference weighs."""

    WORDS = "words"
    """Words only: a person judges whether they say something new."""
    SUBSTANTIAL = "substantial"
    """Changes what suppliers must do, offer or can win: the deadline moves (LOU 11 kap. 8 §)."""
    ANOTHER = "another"
    """Makes it another purchase than the one that was announced: refused, a new procurement is needed."""


SUBSTANTIAL = {
    About.TERMS: {
        "ceiling",
        "yearly_frame",
        "periods",
        "period_months",
        "starts_on",
        "price_unit",
        "currency",
        "fixed_price",
        "fixed_price_vat",
    },
    About.MODEL: {"evaluation_model"},
    About.REQUIREMENT: {
        "",
        "kind",
        "level",
        "evidence",
        "checked_when",
        "question",
        "max_points",
        "scale",
        "acts_by",
        "consequence",
    },
    About.ITEM: {"", "max_pages", "rejects_over_limit", "is_price", "is_annex", "is_required", "criteria"},
}
"""The fields whose every change is substantial, whatever a person thinks. "" = a row that is new or taken out."""


def may_change(person: Person, tender: Tender, at: datetime) -> Answer:
    """Answer whether `person` may change the published documents: the officer, before the time for bids is out (INV-08)."""
    officer = may_act_as(TeamMember.Role.OFFICER, person, tender.procurement)
    if not officer:
        return officer
    if not is_published(tender.procurement):
        return no(
            say("The documents are not published yet. Change them on their own pages."),
            mend=reverse("tenders:requirements", args=[tender.procurement_id]),
        )
    if is_closed(tender, at):
        return no(
            say("The time for bids is out. What the bids answer to is never changed afterwards."),
            source="LOU 4 kap. 1 §, 16 kap. 2 och 6 §§; C-6/15",
        )
    return YES


def may_work_on(person: Person, change: DocumentChange, at: datetime) -> Answer:
    """Answer whether `person` may edit or publish a change: the officer, while it is open."""
    allowed = may_change(person, change.tender, at)
    if allowed and change.closed_at is not None:
        return no(say("The change has been published or dropped already. Begin a new one."))
    return allowed


def weigh(difference: Difference) -> Weight:
    """Return how much a difference weighs by itself."""
    if difference.about == About.TERMS and difference.field == "ceiling" and _grows(difference):
        return Weight.ANOTHER
    if difference.about == About.TERMS and difference.field in {"periods", "period_months"} and _grows(difference):
        return Weight.ANOTHER
    if _changes_who_prices(difference):
        return Weight.ANOTHER
    fields = SUBSTANTIAL.get(About(difference.about), set())
    return Weight.SUBSTANTIAL if difference.field in fields else Weight.WORDS


def _grows(difference: Difference) -> bool:
    return difference.old is None or difference.new is None or Decimal(difference.new) > Decimal(difference.old)


def _changes_who_prices(difference: Difference) -> bool:
    """Whether bids were asked for a price and no longer are, or the other way about."""
    is_price = difference.about == About.TERMS and difference.field == "fixed_price"
    return is_price and (difference.old is None) is not (difference.new is None)


def is_allowed(difference: Difference, procedure: Procedure | None) -> Answer:
    """Answer whether the published documents may be changed so; otherwise a new procurement is needed."""
    weight = weigh(difference)
    if _changes_who_prices(difference):
        return no(
            say(
                "Whether bids state a price can't change after publication: bids may lie in the box already. "
                "Cancel this procurement and announce a new one."
            ),
            source=UNVERIFIED,
        )
    if weight is Weight.ANOTHER:
        return no(
            say(
                "{what} can't grow after publication: who left it alone at the first size might have bid for the larger. "
                "Cancel this procurement and announce a new one.",
                what=difference.label,
            ),
            source=UNVERIFIED,
        )
    if weight is Weight.SUBSTANTIAL and procedure is not None and procedure.country is Country.NO:
        return no(
            say(
                "{what}: only changes that are not substantial are allowed before the deadline. "
                "Cancel this procurement and announce a new one.",
                what=difference.label,
            ),
            source=NORWAY,
        )
    return YES


def must_be_substantial(differences: Iterable[Difference]) -> bool:
    """Whether the program can tell by itself that the change is substantial."""
    return any(weigh(difference) is not Weight.WORDS for difference in differences)


def may_call_it(differences: Sequence[Difference], *, is_substantial: bool, procedure: Procedure | None) -> Answer:
    """Answer whether what differs may be published under the weight that a person has given it."""
    for difference in differences:
        allowed = is_allowed(difference, procedure)
        if not allowed:
            return allowed
    if not is_substantial and must_be_substantial(differences):
        return no(
            say("This changes more than words. Say that it changes what suppliers must do or can win."),
            mend="is_substantial",
            source=CHANGE,
        )
    if is_substantial and procedure is not None and procedure.country is Country.NO:
        return no(
            say("Only changes that are not substantial are allowed before the deadline. Announce a new procurement."),
            mend="is_substantial",
            source=NORWAY,
        )
    return YES


@dataclass(frozen=True, slots=True)
class Extension:
    """What a change that is published now demands of the deadline, with the steps that it was counted in.

    `earliest_at` is the first deadline for which the change is out in time; `proposed_at` a working day beyond it, at
    the same hour. `working_days` are left until the deadline as it stands.
    """

    must_move: bool
    earliest_at: datetime
    proposed_at: datetime
    working_days: int
    steps: tuple[Step, ...]


def extension(tender: Tender, at: datetime, *, is_substantial: bool) -> Extension | Unknown:
    """Return what a change that is published at `at` demands of the deadline.

    What all must know goes out in time before the deadline as an answer does: else the deadline moves (LOU 11 kap. 8 §
    p 1, 12 kap. 11 §). A substantial change always moves it (p 2). By how much the law does not say: at least so far
    that the change is out in time, and in proportion to it, which a person judges. The proposal is policy.
    """
    procedure = procedure_of(tender.procurement)
    if procedure is None or tender.deadline_at is None:
        return Unknown(say("The procurement has no procedure."), "policy")
    out_before = latest_answer_at(tender.deadline_at, procedure=procedure)
    first = deadline_after_answer(at, procedure=procedure)
    if isinstance(out_before.value, Unknown):
        return out_before.value
    if isinstance(first.value, Unknown):
        return first.value
    is_late = at >= out_before.value
    source = EXTENDED.get(procedure.regime, NORWAY)
    today, last_day = (local_date(moment, procedure.country) for moment in (at, tender.deadline_at))
    left = working_days_between(today, last_day - ONE_DAY, procedure.calendar)
    steps = [
        *out_before.steps,
        Step(say("From tomorrow {n} working days are left before the deadline.", n=left), "policy"),
    ]
    if is_late:
        steps.append(
            Step(say("The change comes too late for the deadline as it stands, so the deadline moves."), source)
        )
    if is_substantial:
        steps.append(
            Step(
                say(
                    "A substantial change moves the deadline. The law names no number of days: in proportion to the change."
                ),
                source,
            )
        )
    return Extension(
        must_move=is_late or is_substantial,
        earliest_at=max(first.value, tender.deadline_at),
        proposed_at=_proposed(tender.deadline_at, first.value, procedure),
        working_days=left,
        steps=tuple(steps),
    )


def may_set_deadline(tender: Tender, new_at: datetime | None, needed: Extension) -> Answer:
    """Answer whether the change may be published with the deadline `new_at`; None lets it stay (INV-06)."""
    if new_at is None or new_at == tender.deadline_at:
        return no(_how_far(tender, needed), mend="deadline_at", source=CHANGE) if needed.must_move else YES
    if tender.deadline_at is not None and new_at <= tender.deadline_at:
        return no(
            say("A published deadline only moves to a later time, after {old}.", old=tender.deadline_at),
            mend="deadline_at",
            source="LOU 4 kap. 1 §",
        )
    if new_at < needed.earliest_at:
        return no(_how_far(tender, needed), mend="deadline_at", source=CHANGE)
    return YES


def _how_far(tender: Tender, needed: Extension) -> Message:
    if needed.earliest_at == tender.deadline_at:
        return say("The deadline must move to a time after {old}.", old=tender.deadline_at)
    return say("The deadline must move: {earliest} is the first that gives time.", earliest=needed.earliest_at)


def _proposed(deadline_at: datetime, first: datetime, procedure: Procedure) -> datetime:
    """Return the deadline moved by the working days of the plan, at the same hour, and never before `first`."""
    moved, left = deadline_at.astimezone(ZONES[procedure.country]), int(plan()["working_days_for_a_change"])
    while left or moved < first:
        moved += ONE_DAY
        if left and not is_off(local_date(moved, procedure.country), procedure.calendar):
            left -= 1
    while is_off(local_date(moved, procedure.country), procedure.calendar):
        moved += ONE_DAY
    return moved
