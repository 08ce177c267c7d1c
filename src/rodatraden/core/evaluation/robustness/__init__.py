"""How firm an outcome is: what would have had to be otherwise for another bid to be first.

One question is one file, `docs/rules/robustness.md` has a section for each. All answers explain an outcome and none changes
it. They are asked for by a named person after the consensus is locked, and may become public documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.assessment.agreement import SEED
from rodatraden.core.canonical import canonical_json
from rodatraden.core.evaluation.bids import inputs
from rodatraden.core.evaluation.robustness.again import Again, between_steps
from rodatraden.core.evaluation.robustness.agreed import Agreed, agreed
from rodatraden.core.evaluation.robustness.bounds import Bound, Bounds, bounds
from rodatraden.core.evaluation.robustness.closeness import Closeness, closeness
from rodatraden.core.evaluation.robustness.individual import Joined, Panel
from rodatraden.core.evaluation.robustness.left_out import LeftOut, OneOut, one_out
from rodatraden.core.evaluation.robustness.noise import Noise, noise
from rodatraden.core.evaluation.robustness.recomputed import Difference, Recomputed, recomputed
from rodatraden.core.evaluation.robustness.removed import How, Removal, Removals, removals
from rodatraden.core.evaluation.robustness.resampled import Resampled, resampled
from rodatraden.core.evaluation.robustness.result import EXPLAINS, First, as_json, consequence
from rodatraden.core.evaluation.robustness.shares import OfFirst, Shares
from rodatraden.core.evaluation.robustness.single_changes import (
    SingleChanges,
    Turn,
    single_changes,
    single_individual_changes,
)
from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.outcome import Outcome
    from rodatraden.core.exact import Exact

__all__ = [
    "EXPLAINS",
    "SEED",
    "Again",
    "Agreed",
    "Bound",
    "Bounds",
    "Closeness",
    "Difference",
    "First",
    "How",
    "Joined",
    "LeftOut",
    "Noise",
    "OfFirst",
    "OneOut",
    "Panel",
    "Recomputed",
    "Removal",
    "Removals",
    "Report",
    "Resampled",
    "Shares",
    "SingleChanges",
    "Turn",
    "as_json",
    "bounds",
    "consequence",
    "recomputed",
    "robustness",
]

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that can be told of an outcome; what needs individual scores is None without them.

    `value` is who is first, as it was evaluated.
    """

    value: First
    joined: Joined
    closeness: Closeness
    single_changes: SingleChanges
    single_individual_changes: SingleChanges | None
    one_out: OneOut | None
    resampled: Resampled | None
    agreed: Agreed | None
    removals: Removals
    recomputed: Recomputed
    noise: Noise | None
    sentences: tuple[Message, ...]

    def to_json(self) -> dict[str, object]:
        """Return every figure for machines, as canonical JSON takes it, without the sentences."""
        found = as_json(self)
        return {"format": FORMAT, **(found if isinstance(found, dict) else {})}


def robustness(
    model: Model,
    bids: Iterable[Bid],
    outcome: Outcome,
    *,
    individual: Mapping[str, Mapping[str, Mapping[str, Exact]]] | None = None,
    joined: Joined = Joined.MEAN,
    seed: int = SEED,
) -> Report:
    """Return how firm `outcome` is, the outcome of `bids` under `model`.

    `individual` are each assessor's own scores by assessor, bid and criterion; where they are counted instead of the
    consensus they are `joined`. What is drawn is drawn with `seed`: the same seed gives the same report.

    Raises:
        InputError: an individual score can't be used.
    """
    again = Again(model, bids)
    joining = Again(between_steps(model), again.bids.values())
    panel = Panel.of(model, again.bids.values(), individual) if individual else None
    return Report(
        value=outcome.value.keys,
        joined=joined,
        closeness=closeness(again, outcome),
        single_changes=single_changes(again),
        single_individual_changes=single_individual_changes(again, joining, panel, joined) if panel else None,
        one_out=one_out(joining, panel, joined) if panel else None,
        resampled=resampled(joining, panel, joined, seed=seed) if panel else None,
        agreed=agreed(again, panel, seed=seed) if panel else None,
        removals=removals(again),
        recomputed=recomputed(
            canonical_json(inputs(model, again.bids.values())),
            inputs_hash=outcome.inputs_hash,
            outcome_hash=outcome.hash,
            frozen=outcome.to_json(),
        ),
        noise=noise(again, panel, seed=seed) if panel else None,
        sentences=(
            EXPLAINS,
            say("What is written here may become a public document when the award is decided."),
        ),
    )
