"""Named reads of rounds, each within what the reader may see."""

from rodatraden.assessments.queries.agreeing import (
    Cell,
    Flag,
    agenda,
    agreement_on,
    consensus_completeness,
    consensus_history,
    latest_consensus,
    matrix,
    stakes_asked,
)
from rodatraden.assessments.queries.material import (
    Material,
    for_criterion,
    material_asked,
    material_of,
    material_of_all,
    shown_first,
)
from rodatraden.assessments.queries.rounds import Key, cells_of, in_panel, visible_to, with_items, with_panel
from rodatraden.assessments.queries.scoring import (
    Progress,
    left_of,
    left_to_score,
    mark_of,
    own_scores,
    progress,
    submitted_scores,
)
from rodatraden.assessments.queries.tasks import open_tasks, tasks_elsewhere

__all__ = [
    "Cell",
    "Flag",
    "Key",
    "Material",
    "Progress",
    "agenda",
    "agreement_on",
    "cells_of",
    "consensus_completeness",
    "consensus_history",
    "for_criterion",
    "in_panel",
    "latest_consensus",
    "left_of",
    "left_to_score",
    "mark_of",
    "material_asked",
    "material_of",
    "material_of_all",
    "matrix",
    "open_tasks",
    "own_scores",
    "progress",
    "shown_first",
    "stakes_asked",
    "submitted_scores",
    "tasks_elsewhere",
    "visible_to",
    "with_items",
    "with_panel",
]
