"""What verbs of a round share: the round alone, a criterion that belongs to it, the lock when all have handed in, tidy words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.assessments.models import Round
from rodatraden.assessments.queries import with_panel
from rodatraden.assessments.rules import assessors_of
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.message import say
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rodatraden.assessments.models import Criterion
    from rodatraden.parties.models import Person


def alone(round_id: UUID, *, with_example: bool = False) -> Round:
    """Hold the round alone until the transaction ends, and return it as it stands now, with what its rules read.

    `with_example` its example too, for a verb that writes in both. One order for all, so that nobody waits for each other:
    the round, its example, and only then the ledger, which `record_event` holds.
    """
    Round.objects.select_for_update(no_key=True).get(pk=round_id)
    if with_example:
        Round.objects.select_for_update(of=("self",), no_key=True).filter(calibrates__round=round_id).first()
    return with_panel(Round.objects.filter(pk=round_id)).get()


def require_in_model(assessed: Round, criterion: Criterion) -> None:
    if criterion.model_id != assessed.model_id or not criterion.is_scored:
        raise RefusedError(no(say("The criterion does not belong to this round."), source="LOU 16 kap. 1 §"))


def lock_individual(round_id: UUID, *, by: Person, at: datetime) -> None:
    """Lock the individual part when everybody who is left has handed in; once, also if one joins an example after."""
    assessed = with_panel(Round.objects.filter(pk=round_id)).get()
    if assessed.individual_locked_at is not None or any(m.submitted_at is None for m in assessors_of(assessed)):
        return
    assessed.individual_locked_at = at
    assessed.save(update_fields=["individual_locked_at"])
    record_event("individual_scores_locked", of=assessed, by=by, at=at, case=assessed.case_id)


def tidy(text: str) -> str:
    """Return a text with the line ends and without the outer space that a browser sends."""
    return "\n".join(text.split("\r\n")).strip()
