"""A round of judging by itself: no procurement, no bids.

`make_round()` starts one with two assessors, two items and two criteria from 0 to 10; `score_all` writes a person's scores,
`hand_in` hands them in, `agree_all` writes the consensus down. With `case` the round belongs to a procurement. `train` puts
up training material, `put_up` an example to judge first, and `calibrate` lets everybody judge it and opens the real things.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from rodatraden.assessments.actions import (
    Draft,
    make_model,
    open_after_example,
    put_up_example,
    put_up_training,
    record_consensus,
    save_cells,
    start_round,
    submit_scores,
)
from rodatraden.assessments.models import WIDE_ABOVE, PanelMember, Round
from rodatraden.assessments.queries import cells_of, with_panel
from tests.factories.parties import START, make_person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rodatraden.assessments.models import Consensus, Reading
    from rodatraden.parties.models import Person
    from tests.factories.procurements import Case

STEPS = [
    {"points": "0", "text": "Svarar inte"},
    {"points": "5", "text": "Svarar"},
    {"points": "8", "text": "Visar hur"},
]


@dataclass
class Panel:
    """A round with the people around it."""

    id: object
    leader: Person
    assessors: list[Person]

    @property
    def round(self) -> Round:
        """The round as the database has it now."""
        return with_panel(Round.objects.filter(pk=self.id)).get()


def criteria(n: int = 2, *, step: Decimal | None = Decimal(1)) -> list[dict[str, object]]:
    return [
        {
            "key": f"k{number}",
            "title": f"Kriterium {number}",
            "question": "Hur gör ni?",
            "min_points": Decimal(0),
            "max_points": Decimal(10),
            "step": step,
            "steps": STEPS if step else [],
        }
        for number in range(1, n + 1)
    ]


def make_round(
    *,
    n_assessors: int = 2,
    n_items: int = 2,
    n_criteria: int = 2,
    case: Case | None = None,
    wide_above: Decimal = WIDE_ABOVE,
    at: datetime = START,
    with_example: bool = False,
) -> Panel:
    leader = case.officer if case else make_person("Leader", at=at)
    assessors = case.evaluators if case else [make_person(f"Assessor {n + 1}", at=at) for n in range(n_assessors)]
    model = make_model(title="Modell", criteria=criteria(n_criteria), by=leader, at=at)
    started = start_round(
        title="Processcoachning",
        model=model,
        leader=leader,
        assessors=assessors,
        labels=[f"Anbud {n + 1}" for n in range(n_items)],
        by=leader,
        at=at,
        case=case.procurement if case else None,
        wide_above=wide_above,
        with_example=with_example,
    )
    return Panel(started.pk, leader, list(assessors))


def score_all(panel: Panel, person: Person, points: Sequence[int] | int = 7, *, at: datetime = START) -> None:
    """Write the person's points for every cell: the same, or one for each cell in turn."""
    cells = cells_of(panel.round)
    given = [points] * len(cells) if isinstance(points, int) else points
    drafts = {cell: Draft(Decimal(each), f"Skäl av {person.name}") for cell, each in zip(cells, given, strict=True)}
    save_cells(drafts=drafts, by=person, at=at)


def hand_in(panel: Panel, person: Person, points: Sequence[int] | int = 7, *, at: datetime = START) -> None:
    score_all(panel, person, points, at=at)
    submit_scores(assessed=panel.round, by=person, at=at)


def all_hand_in(panel: Panel, *, at: datetime = START) -> None:
    for person in panel.assessors:
        hand_in(panel, person, at=at)


AGREED = "Alla tre led besvaras."


def agree(panel: Panel, index: int = 0, points: int | str = 7, *, reason: str = AGREED) -> Consensus:
    """Write down the consensus for one cell, by its index."""
    return _agree(panel, panel.round, index, points, reason)


def agree_all(panel: Panel) -> None:
    assessed = panel.round
    for index in range(len(cells_of(assessed))):
        _agree(panel, assessed, index)


def _agree(panel: Panel, assessed: Round, index: int, points: int | str = 7, reason: str = AGREED) -> Consensus:
    item, criterion = cells_of(assessed)[index]
    return record_consensus(
        item=item,
        criterion=criterion,
        points=Decimal(points),
        reason=reason,
        present=[m for m in assessed.panel.all() if m.role == PanelMember.Role.ASSESSOR and not m.removed_at],
        by=panel.leader,
        at=START,
    )


LEVEL = "En sjua visar hur i två led; en nia visar hur i alla tre."
ANSWER = "Vi arbetar i tre steg med handledarna."


def train(panel: Panel, title: str = "Så bedömer vi", *, at: datetime = START) -> Reading:
    return put_up_training(assessed=panel.round, title=title, text="Läs frågan, sedan svaret.", by=panel.leader, at=at)


def put_up(panel: Panel, *, at: datetime = START) -> Panel:
    """Put up an example, and return it as a panel of its own."""
    answers = dict.fromkeys(panel.round.model.asked, ANSWER)
    made = put_up_example(assessed=panel.round, label="Exempel", answers=answers, by=panel.leader, at=at)
    return Panel(made.example_id, panel.leader, panel.assessors)


def calibrate(panel: Panel, points: Sequence[int] | int = 1, *, at: datetime = START) -> Panel:
    """Put up an example, let everybody judge it and the leader open the real things; return the example."""
    example = put_up(panel, at=at)
    for person in panel.assessors:
        hand_in(example, person, points, at=at)
    open_after_example(assessed=panel.round, level=LEVEL, by=panel.leader, at=at)
    return example
