"""A round where nothing is bought: an organisation judges two of its units by its own model.

`start_own()` starts it with two assessors; `up_to_reports` scores, agrees, locks and freezes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.assessments.actions import (
    ToJudge,
    freeze_feedback,
    lock_own,
    record_consensus,
    start_own_round,
)
from rodatraden.assessments.models import PanelMember, Round, Subject
from rodatraden.assessments.queries import cells_of, with_panel
from rodatraden.parties.models import Membership
from tests.factories.assessments import hand_in
from tests.factories.models import make_library
from tests.factories.parties import START, make_person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from rodatraden.assessments.models import FeedbackReport
    from rodatraden.core.assessment.quality_model import QualityModel as Content
    from rodatraden.parties.models import Organisation, Person
    from tests.factories.models import Library

USE = "Rapporten är underlag för vårt eget förbättringsarbete."


@dataclass
class Own:
    """A round of an organisation with the people around it."""

    library: Library
    id: UUID
    leader: Person
    assessors: list[Person]
    readers: list[Person]

    @property
    def round(self) -> Round:
        """The round as the database has it now."""
        return with_panel(Round.objects.filter(pk=self.id)).get()


def start_own(
    *, content: Content | None = None, parties: Sequence[Organisation] = (), n_items: int = 2, at: datetime = START
) -> Own:
    library = make_library(content=content, at=at)
    leader = make_person("Ledare", organisation=library.owner, role=Membership.Role.DIRECTOR, at=at)
    assessors = [make_person(f"Bedömare {n + 1}", organisation=library.owner, at=at) for n in range(2)]
    readers = [make_person(f"Chef {n + 1}", organisation=library.owner, at=at) for n in range(n_items)]
    started = start_own_round(
        organisation=library.owner,
        model=library.model,
        title="Vår systematik",
        leader=leader,
        assessors=assessors,
        items=[ToJudge(f"Enhet {n + 1}", Subject.Kind.UNIT, reader) for n, reader in enumerate(readers)],
        use=USE,
        parties=parties,
        by=leader,
        at=at,
    )
    return Own(library, started.pk, leader, assessors, readers)


def up_to_consensus(own: Own, *, at: datetime = START) -> None:
    """Let everybody hand in, agree on 60 for everything, and lock."""
    for person in own.assessors:
        hand_in(own, person, 60, at=at)  # type: ignore[arg-type]  # it has what a panel has
    present = [m for m in own.round.panel.all() if m.role == PanelMember.Role.ASSESSOR]
    for item, criterion in cells_of(own.round):
        record_consensus(
            item=item, criterion=criterion, points=criterion.scale.values[6], reason="Vi är överens.", present=present,
            by=own.leader, at=at,
        )  # fmt: skip
    lock_own(assessed=own.round, by=own.leader, at=at)


def up_to_reports(own: Own, *, at: datetime = START) -> list[FeedbackReport]:
    up_to_consensus(own, at=at)
    return freeze_feedback(assessed=own.round, by=own.leader, at=at)
