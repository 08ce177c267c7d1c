"""What a requirement must have, by its kind, and what to ask oneself about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rodatraden.core.message import Message, say
from rodatraden.needs.rules import PRODUCT
from rodatraden.tenders.models import Requirement
from rodatraden.tenders.rules.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Requirement.Kind
POLICY = "policy"
PROPORTIONATE = "LOU 4 kap. 1 §"
CRITERIA = "LOU 16 kap. 1–2 och 6 §§"
TERMS = "LOU 17 kap. 1 §"

TEXTS: dict[str, tuple[tuple[str, Message, str], ...]] = {
    Kind.MUST: (
        ("level", say("Write the lowest acceptable level."), PROPORTIONATE),
        ("level_reason", say("Write why this level is enough, and why less is not."), PROPORTIONATE),
        ("evidence", say("Write how the bid proves it."), "LOU 16 kap. 2 §"),
        ("checked_when", say("Choose when it is checked."), "LOU 4 kap. 10 §"),
    ),
    Kind.CRITERION: (("question", say("Write the question that the bidder answers."), CRITERIA),),
    Kind.TERM: (
        ("level", say("Write the lowest acceptable level."), TERMS),
        ("evidence", say("Write how it is proved during the contract."), POLICY),
        ("acts_by", say("Choose who must act: the supplier, the buyer or both."), POLICY),
        ("consequence", say("Write what happens when it is not met."), TERMS),
    ),
}
"""The texts that each kind must have, besides what all kinds must have, with the rule that asks for each."""

ALL_KINDS = (
    ("follow_up_how", say("Write how it is followed up."), POLICY),
    ("follow_up_when", say("Choose when it is followed up."), POLICY),
    ("follow_up_by", say("Choose who follows it up."), POLICY),
)

KEYS = {"follow_up_by": "follow_up_by_id"}
"""Where whether there is a row is told by its key, so that it need not be read."""

FIELDS_OF_KIND: dict[str, tuple[str, ...]] = {
    Kind.MUST: ("level", "level_reason", "evidence", "checked_when"),
    Kind.CRITERION: ("question", "max_points", "evidence"),
    Kind.TERM: ("level", "level_reason", "evidence", "acts_by", "consequence"),
    "": (),
}
"""The fields that a form shows for each kind, in order."""

ANCHORS = {"proposed": "id_accept", "steps": "id_steps-0-points"}
"""Where on the page of a requirement a finding leads when it is no field's own."""

MEASURE = re.compile(r"\d|\b(?:alla|varje|samtliga|inga|ingen|inget|hälften)\b", re.IGNORECASE)
"""What a level that can be measured holds: a number, or a word for all, each, half or none."""


def missing(requirement: Requirement, *, needs: bool = True) -> list[Finding]:
    """Return what a requirement lacks to be published, in the order of its form; a struck one lacks nothing.

    Reads `needs`, unless it is told to leave them out, and `steps`: prefetch them for more than one requirement.
    """
    return list(_missing(requirement, needs=needs)) if requirement.struck_at is None else []


def _missing(requirement: Requirement, *, needs: bool) -> Iterator[Finding]:
    if not requirement.kind:
        yield _stop(
            requirement,
            "kind",
            say("Choose what it does: a must, an award criterion or a contract term."),
            "LOU 16 kap. 1 §, 19 kap. 9 §",
        )
    if needs and not any(need.struck_at is None for need in requirement.needs.all()):
        yield _stop(requirement, "needs", say("Choose the need that it answers to."), POLICY)
    for field, sentence, source in TEXTS.get(requirement.kind, ()):
        if not str(getattr(requirement, field)).strip():
            yield _stop(requirement, field, sentence, source)
    if requirement.kind == Kind.CRITERION:
        yield from _missing_points(requirement)
    for field, sentence, source in ALL_KINDS:
        if not getattr(requirement, KEYS.get(field, field)):
            yield _stop(requirement, field, sentence, source)
    if requirement.follow_up_when == Requirement.When.AFTER_MONTHS and not requirement.follow_up_months:
        yield _stop(requirement, "follow_up_months", say("Write after how many months it is followed up."), POLICY)
    if requirement.proposed:
        yield _stop(
            requirement,
            "proposed",
            say("Read and accept what has been proposed, or change it."),
            POLICY,
        )


def _missing_points(requirement: Requirement) -> Iterator[Finding]:
    if not requirement.max_points:
        yield _stop(requirement, "max_points", say("Give the criterion its share of the points."), CRITERIA)
    steps = sorted(requirement.steps.all(), key=lambda step: step.points)
    if len(steps) < 2 or any(not step.text.strip() for step in steps):  # noqa: PLR2004 -- a scale has two ends
        yield _stop(requirement, "steps", say("Write the scale: what earns how many points?"), CRITERIA)
    elif requirement.max_points and steps[-1].points > requirement.max_points:
        yield _stop(
            requirement,
            "steps",
            say(
                "The highest step gives {top} points, but the criterion gives at most {most}.",
                top=steps[-1].points,
                most=requirement.max_points,
            ),
            CRITERIA,
        )


def hints(requirement: Requirement) -> list[Finding]:
    """Return what to ask oneself about a requirement; a hint holds nothing up.

    Feasible, measurable and reasonable for those who are to meet it: the condition of Göteborg's pilot on social
    requirements. A function rather than a solution: the dialogue conferences of the Swedish–Norwegian study; a product
    or trade mark needs its reason and the words "or equivalent" (LOU 9 kap. 6 §).
    """
    return list(_hints(requirement)) if requirement.struck_at is None else []


def _hints(requirement: Requirement) -> Iterator[Finding]:
    has_level = requirement.kind in {Kind.MUST, Kind.TERM} and requirement.level.strip()
    if has_level and not MEASURE.search(requirement.level):
        yield _hint(
            requirement, "measurable", "level", say("Can the level be measured? A number and a time make it so.")
        )
    if requirement.kind == Kind.TERM and not requirement.level_reason.strip():
        yield _hint(
            requirement,
            "reasonable",
            "level_reason",
            say("Is the level feasible, and reasonable for those who are to meet it? Write why."),
        )
    for field in ("title", "text", "level"):
        named = PRODUCT.search(getattr(requirement, field))
        if named:
            yield _hint(
                requirement,
                "function",
                field,
                say(
                    "“{word}” names a product. Ask for the function, or write why it must be this one or equivalent.",
                    word=named[0],
                ),
                "LOU 9 kap. 6 §",
            )
            return


def _stop(requirement: Requirement, field: str, sentence: Message, source: str) -> Finding:
    return _finding(requirement, field, sentence, severity=Severity.STOPS, source=source, field=field)


def _hint(requirement: Requirement, code: str, field: str, sentence: Message, source: str = POLICY) -> Finding:
    return _finding(requirement, code, sentence, severity=Severity.HINT, source=source, field=field)


def _finding(
    requirement: Requirement, code: str, sentence: Message, *, severity: Severity, source: str, field: str
) -> Finding:
    return Finding(
        code=f"{code}:{requirement.label}",
        sentence=sentence,
        severity=severity,
        source=source,
        url_name="tenders:requirement",
        url_kwargs={"requirement_id": requirement.pk},
        anchor=ANCHORS.get(field, f"id_{field}"),
        about=requirement.label,
    )
