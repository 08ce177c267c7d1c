"""Gates: do the documents and the model mean the same one, can it be passed, and does it stop anybody?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.evaluation.criteria import highest_total, lowest_total
from rodatraden.core.evaluation.lint.market import is_ranked, lower, offered, prices, qualities, result_of, tried
from rodatraden.core.evaluation.lint.remark import Example, Remark, Severity, Source
from rodatraden.core.evaluation.outcome import Status
from rodatraden.core.exact import simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.evaluation.gate import Gate
    from rodatraden.core.evaluation.lint.market import Scores
    from rodatraden.core.evaluation.lint.remark import Subject
    from rodatraden.core.evaluation.model import Model

MONTTE = Source("C-546/16 Montte")
STATED = Source("LOU 16 kap. 1 §, 4 kap. 10 §")


def gate_set(subject: Subject) -> Iterator[Remark]:
    """Tell when the gate of the documents minds other criteria, or other points, than that of the model (INV-12)."""
    model = subject.model
    if subject.documents is None or not subject.documents.gates:
        return
    minded = {_meaning(gate, model) for gate in model.gates}
    stated = {_meaning(gate, model) for gate in subject.documents.gates}
    for n, gate in enumerate(subject.documents.gates):
        if _meaning(gate, model) not in minded:
            names = {criterion.key: criterion.label for criterion in model.criteria}
            on = ", ".join(names.get(key, key) for key in gate.criteria) or ", ".join(names.values())
            yield Remark(
                "gate_set",
                Severity.ERROR,
                say("The documents have a gate of {minimum} on {criteria}, and the model has no such gate.", minimum=gate.minimum, criteria=on),
                say("Let the gate of the documents and of the model name the same criteria and the same points."),
                STATED,
                f"case.documents.gates[{n}]",
            )  # fmt: skip
    for n, gate in enumerate(model.gates):
        if _meaning(gate, model) not in stated:
            on = ", ".join(criterion.label for criterion in gate.minded(model.criteria))
            yield Remark(
                "gate_set",
                Severity.ERROR,
                say("The model has a gate of {minimum} on {criteria} that the documents do not tell of.", minimum=gate.minimum, criteria=on),
                say("Let the gate of the documents and of the model name the same criteria and the same points."),
                STATED,
                subject.field(f"gates[{n}]"),
                _stopped(subject, gate),
            )  # fmt: skip


def _meaning(gate: Gate, model: Model) -> tuple[frozenset[str], object]:
    """Return what a gate asks for; a gate without criteria minds all that the model has."""
    return frozenset(gate.criteria or (each.key for each in model.criteria)), gate.least(model.criteria)


def _stopped(subject: Subject, gate: Gate) -> Example | None:
    """Return a bid that is stopped by one gate of the model alone."""
    model = subject.model
    price = prices(model, subject.part.lot.bids)[0]
    for scores in reversed(qualities(model)):
        found = tried(model, offered(model, "A", price, scores))
        if found is not None and result_of(found, "A").status is Status.BELOW_GATE:
            points = {each.key: each.points(scores[each.key])[0] for each in model.criteria}
            if gate.judged(model.criteria, points).reason is not None:
                return Example(say("A is stopped by it."), (found,))
    return None


def gate_for_all(subject: Subject) -> Iterator[Remark]:
    """Tell of a gate that every bid passes."""
    model = subject.model
    for n, gate in enumerate(model.gates):
        least = gate.least(model.criteria)
        if least <= lowest_total(gate.minded(model.criteria)):
            yield Remark(
                "gate_for_all",
                Severity.WARNING,
                say("Every bid passes the gate of {minimum}.", minimum=simplest(least)),
                say("Raise the gate, or take it away."),
                MONTTE,
                subject.field(f"gates[{n}]"),
            )


def gate_for_none(subject: Subject) -> Iterator[Remark]:
    """Tell of a gate that asks for more than its criteria can give."""
    model = subject.model
    for n, gate in enumerate(model.gates):
        most, least = highest_total(gate.minded(model.criteria)), gate.least(model.criteria)
        if least > most:
            yield Remark(
                "gate_for_none",
                Severity.ERROR,
                say("No bid can pass the gate of {minimum}: the criteria give at most {sum} points.", minimum=simplest(least), sum=simplest(most)),
                say("Lower the gate to what the criteria can give."),
                MONTTE,
                subject.field(f"gates[{n}]"),
            )  # fmt: skip


def gate_for_the_best_only(subject: Subject) -> Iterator[Remark]:
    """Tell of gates that a bid passes only with the highest score on everything."""
    model = subject.model
    price = prices(model, subject.part.lot.bids)[0]
    best: Scores = {criterion.key: criterion.scale.highest for criterion in model.criteria}
    highest = offered(model, "A", price, best)
    if not model.gates or not is_ranked(model, highest):
        return
    near = []
    for criterion in model.criteria:
        less = lower(criterion, best[criterion.key])
        if less is not None:
            near.append(offered(model, "B", price, {**best, criterion.key: less}))
    if near and not any(is_ranked(model, each) for each in near):
        found = tried(model, highest, near[0])
        yield Remark(
            "gate_for_the_best_only",
            Severity.WARNING,
            say("Only a bid with the highest points on everything passes the gates."),
            say("Lower the gates: a step below the highest empties the field."),
            MONTTE,
            subject.field("gates"),
            None if found is None else Example(say("B lacks one step, and is stopped."), (found,)),
        )


def gate_empties_the_field(subject: Subject) -> Iterator[Remark]:
    """Tell when none of the bids in the file passes the gates."""
    model, bids = subject.model, subject.part.lot.bids
    found = tried(model, *bids)
    if found is None or not model.gates:
        return
    statuses = {result.status for result in found.outcome.results}
    if Status.BELOW_GATE in statuses and Status.RANKED not in statuses:
        yield Remark(
            "gate_empties_the_field",
            Severity.WARNING,
            say("None of the {n} bids passes the gates.", n=len(bids)),
            say("Try lower gates on the same bids, or decide that it is right that nobody wins."),
            MONTTE,
            subject.field("gates"),
            Example(say("The bids of the file, as they are."), (found,)),
        )
