"""What the stages of the walked procurement share: the case itself, and what a story is."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rodatraden.contracts.queries import contract_of
from rodatraden.demo.cast import ASSOCIATION, Cast
from rodatraden.procurements.actions import declare_interests
from rodatraden.procurements.models import ConflictDeclaration, Procurement
from rodatraden.procurements.queries import with_case
from rodatraden.tenders.queries import tender_of

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.contracts.models import Contract
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

Story = Generator[datetime, datetime, None]
"""What happens to somebody: it yields the instant of its next act, gets it back when that comes, and then acts."""
Moment = ConflictDeclaration.Moment
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Case:
    """One of the procurements of the example; everything is read anew for each act, as the pages do."""

    cast: Cast
    id: UUID

    @property
    def procurement(self) -> Procurement:
        """The procurement with what the rules read, so that they need not ask for it again."""
        return with_case(Procurement.objects.all()).get(pk=self.id)

    @property
    def tender(self) -> Tender:
        """The documents, once they have been started."""
        found = tender_of(self.procurement)
        assert found is not None
        return found

    @property
    def team(self) -> list[Person]:
        return [self.cast[character.key] for character in ASSOCIATION]


def declare(
    procurement: Procurement,
    person: Person,
    now: datetime,
    *,
    text: str = "",
) -> ConflictDeclaration:
    return declare_interests(procurement=procurement, has_conflict=bool(text), description=text, by=person, at=now)


def contract_of_case(case: Case) -> Contract:
    found = contract_of(case.procurement)
    assert found is not None
    return found
