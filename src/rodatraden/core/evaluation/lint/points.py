"""Criteria and points: each criterion has points, each point its criterion, and more is never worth less."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from rodatraden.core.evaluation.documents import AskedAs
from rodatraden.core.evaluation.field import Best
from rodatraden.core.evaluation.lint.market import offered, passing, prices, qualities, tried
from rodatraden.core.evaluation.lint.remark import Example, Remark, Severity, Source
from rodatraden.core.evaluation.ranking import TieRule
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.evaluation.criteria import Criterion
    from rodatraden.core.evaluation.lint.remark import Subject
    from rodatraden.core.evaluation.model import Model

PUBLISHED = Source("LOU 16 kap. 1 och 6 §§")
WEIGHTED = Source("LOU 16 kap. 6 §")
FREE_CHOICE = Source("LOU 16 kap. 2 §")
EQUAL_TREATMENT = Source("LOU 4 kap. 1 §")
ASKED = "case.documents.asked[{n}]"


def scored_without_points(subject: Subject) -> Iterator[Remark]:
    """Tell of what the documents say gives points, and the model gives none (INV-09)."""
    known = {criterion.key for criterion in subject.model.criteria}
    for n, each in enumerate(subject.documents.asked if subject.documents else ()):
        if each.asked_as is AskedAs.SCORE and each.criterion not in known:
            yield Remark(
                "scored_without_points",
                Severity.ERROR,
                say("{label} is to give points, but has none in the model.", label=each.label),
                say("Give it a criterion with points, or ask for it as a must."),
                PUBLISHED,
                ASKED.format(n=n),
            )


def points_without_criterion(subject: Subject) -> Iterator[Remark]:
    """Tell of points that the documents do not ask anything for (INV-09)."""
    if subject.documents is None or not subject.documents.asked:
        return
    asked = {each.criterion for each in subject.documents.asked if each.asked_as is AskedAs.SCORE}
    for n, criterion in enumerate(subject.model.criteria):
        if criterion.key not in asked:
            yield Remark(
                "points_without_criterion",
                Severity.ERROR,
                say("{criterion} gives points, but is not asked for in the documents.", criterion=criterion.label),
                say("Ask for it in the documents, or take its points out of the model."),
                PUBLISHED,
                subject.field(f"criteria[{n}]"),
            )


def shared_points(subject: Subject) -> Iterator[Remark]:
    """Tell of criteria that share one sum of points, so that nobody knows the weight of each."""
    shared = defaultdict(list)
    for each in subject.documents.asked if subject.documents else ():
        if each.asked_as is AskedAs.SCORE:
            shared[each.criterion].append(each.label)
    for n, criterion in enumerate(subject.model.criteria):
        if len(shared[criterion.key]) > 1:
            yield Remark(
                "shared_points",
                Severity.WARNING,
                say(
                    "{labels} share {points} points. Nobody knows what each of them weighs.",
                    labels=", ".join(shared[criterion.key]), points=criterion.scale.highest,
                ),
                say("Give each its own points."),
                WEIGHTED,
                subject.field(f"criteria[{n}]"),
            )  # fmt: skip


def dead_criterion(subject: Subject) -> Iterator[Remark]:
    """Tell of a criterion that gives every bid the same points."""
    for n, criterion in enumerate(subject.model.criteria):
        if criterion.highest == criterion.lowest:
            yield Remark(
                "dead_criterion",
                Severity.WARNING,
                say("{criterion} gives every bid the same points.", criterion=criterion.label),
                say("Give its steps different points, or ask for it as a must."),
                FREE_CHOICE,
                subject.field(f"criteria[{n}]"),
                _same_points(subject, criterion),
            )


def _same_points(subject: Subject, criterion: Criterion) -> Example | None:
    scores = passing(subject.model)
    if not scores:
        return None
    price = prices(subject.model, subject.part.lot.bids)[0]
    a = offered(subject.model, "A", price, {**scores[-1], criterion.key: criterion.scale.lowest})
    found = tried(
        subject.model, a, offered(subject.model, "B", price, {**scores[-1], criterion.key: criterion.scale.highest})
    )
    return None if found is None else Example(say("A has the lowest score on it and B the highest, and they are equal."), (found,))  # fmt: skip


def points_without_effect(subject: Subject) -> Iterator[Remark]:
    """Tell of points that are given and decide nothing: the way to weigh has no use for them, and no gate minds them."""
    model = subject.model
    if not model.criteria or model.combination.needs_points or model.gates or _sets_apart(model):
        return
    yield Remark(
        "points_without_effect",
        Severity.ERROR,
        say("The criteria give points that decide nothing."),
        say("Add a gate, weigh the points against the price, or take the criteria away."),
        PUBLISHED,
        subject.field("combination"),
        _no_effect(subject),
    )


def _sets_apart(model: Model) -> bool:
    """Return whether points at least set bids near or equal to each other apart."""
    return model.tie_rule in {TieRule.HIGHER_QUALITY, TieRule.CRITERIA_IN_ORDER} or (
        model.corridor is not None and model.corridor.decided_by is TieRule.HIGHER_QUALITY
    )


def _no_effect(subject: Subject) -> Example | None:
    low, *_rest, high = qualities(subject.model)
    price = prices(subject.model, subject.part.lot.bids)[0]
    bids = (offered(subject.model, key, price, scores) for key, scores in (("A", low), ("B", high)))
    found = tried(subject.model, *bids)
    return None if found is None else Example(say("A has the lowest score on everything and B the highest, and they are equal."), (found,))  # fmt: skip


def steps_not_monotone(subject: Subject) -> Iterator[Remark]:
    """Tell of a step table whose points both rise and fall: then doing more can cost points."""
    for n, criterion in enumerate(subject.model.criteria):
        steps = criterion.table.steps if criterion.table else ()
        rises = any(later.points > step.points for step, later in pairwise(steps))
        falls = [(step.lowest, later.lowest) for step, later in pairwise(steps) if later.points < step.points]
        if not rises or not falls:
            continue
        low, high = falls[0]
        model, base = subject.model, qualities(subject.model)[-1]
        price = prices(model, subject.part.lot.bids)[0]
        found = tried(model, *(offered(model, key, price, {**base, criterion.key: at}) for key, at in (("A", low), ("B", high))))  # fmt: skip
        yield Remark(
            "steps_not_monotone",
            Severity.ERROR,
            say("{criterion}: the points fall from {low} to {high} and rise elsewhere.", criterion=criterion.label, low=low, high=high),
            say("Let the points go one way over the whole table."),
            FREE_CHOICE,
            subject.field(f"criteria[{n}].table"),
            None if found is None else Example(say("B has more of what is measured, and fewer points."), (found,)),
        )  # fmt: skip


def more_is_worth_less(subject: Subject) -> Iterator[Remark]:
    """Tell when a bid with more points can have a worse value at the same price."""
    model = subject.model
    scores = passing(model)
    if len(scores) < 2 or not model.combination.needs_points:  # noqa: PLR2004 -- two bids
        return
    price = prices(model, subject.part.lot.bids)[-1]
    for fewer, more in pairwise(scores):
        found = tried(model, offered(model, "A", price, fewer), offered(model, "B", price, more))
        values = {each.key: each for each in found.outcome.results} if found else {}
        a, b = values.get("A"), values.get("B")
        if (
            found is None
            or a is None
            or b is None
            or None in {a.value, b.value, a.points, b.points}
            or a.points == b.points
        ):
            continue
        is_better = (b.value < a.value) if model.combination.best is Best.LOWEST else (b.value > a.value)  # type: ignore[operator]
        if (b.points > a.points) != is_better:  # type: ignore[operator]
            yield Remark(
                "more_is_worth_less",
                Severity.ERROR,
                say("A bid with more points does not have a better value at the same price."),
                say("Look at what a point is worth: more points must pay."),
                PUBLISHED,
                subject.field("combination"),
                Example(say("A and B have the same price; the one with more points has no better value."), (found,)),
            )
            return


def must_and_score(subject: Subject) -> Iterator[Remark]:
    """Tell of a fact that is both a must and gives points, without a stated level above which points begin."""
    asked = subject.documents.asked if subject.documents else ()
    musts = {each.about: each for each in asked if each.asked_as is AskedAs.MUST and each.about}
    for n, each in enumerate(asked):
        must = musts.get(each.about) if each.about else None
        if each.asked_as is AskedAs.SCORE and must is not None and not (each.is_beyond and must.level):
            yield Remark(
                "must_and_score",
                Severity.WARNING,
                say("{must} is a must, and {score} gives points for the same fact, without a level that parts them.", must=must.label, score=each.label),
                say("State the lowest level of the must, and that points are given only for what lies above it."),
                EQUAL_TREATMENT,
                ASKED.format(n=n),
            )  # fmt: skip


def must_without_level(subject: Subject) -> Iterator[Remark]:
    """Tell of a must with no lowest level: it can't be checked in the same way for all."""
    for n, each in enumerate(subject.documents.asked if subject.documents else ()):
        if each.asked_as is AskedAs.MUST and each.level is None:
            yield Remark(
                "must_without_level",
                Severity.WARNING,
                say("{label} is a must without a lowest level.", label=each.label),
                say("State what is enough, so that it can be checked in the same way for all."),
                EQUAL_TREATMENT,
                ASKED.format(n=n),
            )


def neither_must_nor_score(subject: Subject) -> Iterator[Remark]:
    """Tell of what is asked for and does nothing: no must, no points, no term of the contract."""
    for n, each in enumerate(subject.documents.asked if subject.documents else ()):
        if each.asked_as is None:
            yield Remark(
                "neither_must_nor_score",
                Severity.WARNING,
                say("{label} is neither a must nor gives points.", label=each.label),
                say("Say what it does: it must be met, it gives points, or it is a term of the contract."),
                PUBLISHED,
                ASKED.format(n=n),
            )
