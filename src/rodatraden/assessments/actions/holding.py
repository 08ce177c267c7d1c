"""What every verb of a round begins with: the round alone, and a criterion that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.assessments.models import Round
from rodatraden.assessments.queries import with_panel
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.message import say

if TYPE_CHECKING:
    from uuid import UUID

    from rodatraden.assessments.models import Criterion


def alone(round_id: UUID) -> Round:
    """Hold the round alone until the transaction ends, and return it as it stands now, with what its rules read."""
    Round.objects.select_for_update().get(pk=round_id)
    return with_panel(Round.objects.filter(pk=round_id)).get()


def require_in_model(assessed: Round, criterion: Criterion) -> None:
    if criterion.model_id != assessed.model_id:
        raise RefusedError(no(say("The criterion does not belong to this round."), source="LOU 16 kap. 1 §"))
