"""A quality model: parts that hold criteria, each with its question, scale, maximum and weight; read and written as JSON.

`docs/quality-model-format.md` describes the form, `quality_model.schema.json` beside this file states it for machines.
A model says itself which parts are left out, whether results are scored, and whether what is judged is counted up:
nothing of it follows from silence (seed 003: an older model had 500 + 500 points, the general one 700 + 300).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from rodatraden.core.assessment.scale import Scale, ScaleError
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.evaluation.reading import (
    LONGEST_TEXT,
    ModelError,
    read_above_zero,
    read_choice,
    read_flag,
    read_list,
    read_number,
    read_text,
    written,
)
from rodatraden.core.exact import Exact, added, as_fraction, simplest
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from fractions import Fraction

    from rodatraden.core.message import Message

    T = TypeVar("T")

FORMAT = 1
LARGEST = 1_000_000
"""Bytes of a model's file; the largest in use is far below. Source: policy."""
MOST_AREAS = 40
MOST_CRITERIA = 200
MOST_TEXTS = 101
MOST_STEPS = 10_000
"""Steps of one scale that has texts. Source: policy, as the other limits here."""
LONGEST = 50_000
"""Characters of a question or another long text."""
LONGEST_KEY = 60
MOST_POINTS = Decimal("9999.99")
"""The highest that a scale, and what it is worth, can have."""
MOST_WORTH = Decimal("999999.99")
"""The highest that a criterion gives, or that a model is counted up to; a step and a weight stay below `MOST_POINTS`."""
HUNDRED = Decimal(100)
DECIMALS = 2


class Unit(StrEnum):
    """What a scale counts: the points themselves, or the percentage of the maximum."""

    POINTS = "points"
    PERCENT = "percent"


class Kind(StrEnum):
    """What a question is about: how one works, or what has come of it."""

    APPROACH = "approach"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question. On a scale in percent 100 gives `maximum` points; otherwise the highest of the scale is the maximum.

    `weight` times `maximum` is the most that it adds to the sum.
    """

    key: str
    title: str
    question: str
    scale: Scale
    maximum: Decimal
    unit: Unit = Unit.POINTS
    kind: Kind = Kind.APPROACH
    weight: Decimal = Decimal(1)
    evidence: str = ""

    def __post_init__(self) -> None:
        for name in ("maximum", "weight"):
            if getattr(self, name) <= 0:
                raise ModelError(name, getattr(self, name), say("This must be more than 0."))
        if self.unit is Unit.PERCENT and (self.scale.lowest, self.scale.highest) != (Decimal(0), HUNDRED):
            ends = f"{self.scale.lowest}–{self.scale.highest}"
            raise ModelError("scale", ends, say("A scale in percent goes from 0 to 100."))
        if self.unit is Unit.POINTS and self.maximum != self.scale.highest:
            reason = say("Where the scale counts points its highest, {highest}, is the maximum.", highest=self.scale.highest)  # fmt: skip
            raise ModelError("maximum", self.maximum, reason)

    @property
    def most(self) -> Fraction:
        """The most that the criterion adds to the sum: weight times maximum."""
        return as_fraction(self.weight) * as_fraction(self.maximum)

    def adds(self, score: Exact) -> Fraction:
        """Return what `score` adds to the sum: weight × maximum × score / highest of the scale."""
        return self.most * as_fraction(score) / as_fraction(self.scale.highest)

    def to_json(self) -> dict[str, object]:
        """Return what the model's file says of it; what is as usual is not written."""
        return {
            "key": self.key,
            "title": self.title,
            "question": self.question,
            "maximum": self.maximum,
            "scale": _scale_json(self.scale),
        } | written(
            unit=self.unit.value if self.unit is not Unit.POINTS else None,
            kind=self.kind.value if self.kind is not Kind.APPROACH else None,
            weight=self.weight if self.weight != 1 else None,
            evidence=self.evidence or None,
        )


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a model with its criteria; what `is_left_out` is not judged and counts nowhere."""

    key: str
    title: str
    criteria: tuple[Criterion, ...] = ()
    introduction: str = ""
    is_left_out: bool = False

    @property
    def most(self) -> Fraction:
        """The most that the criteria of the part give together."""
        return added(criterion.most for criterion in self.criteria)

    def to_json(self) -> dict[str, object]:
        """Return what the model's file says of the part."""
        return {
            "key": self.key,
            "title": self.title,
            "criteria": [criterion.to_json() for criterion in self.criteria],
        } | written(introduction=self.introduction or None, left_out=self.is_left_out)


@dataclass(frozen=True, slots=True)
class QualityModel:
    """A model. `source` says where its texts come from and by which right they are used.

    `scores_results` is whether result criteria are scored, which those who are judged are told beforehand.
    `renormalised_to` is the sum that what is judged is counted up to; None: it is never counted up.
    """

    title: str
    areas: tuple[Area, ...] = ()
    introduction: str = ""
    source: str = ""
    scores_results: bool = False
    renormalised_to: Decimal | None = None

    def __post_init__(self) -> None:
        for name, keys in (("areas", [each.key for each in self.areas]), ("criteria", [c.key for c in self.criteria])):
            twice = next((key for key, n in Counter(keys).items() if n > 1), None)
            if twice is not None:
                raise ModelError(name, twice, say("The key {key} stands twice.", key=twice))
        if self.renormalised_to is not None and self.renormalised_to <= 0:
            raise ModelError("renormalised_to", self.renormalised_to, say("This must be more than 0."))

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria, in their order."""
        return tuple(criterion for area in self.areas for criterion in area.criteria)

    @property
    def judged(self) -> tuple[tuple[Area, tuple[Criterion, ...]], ...]:
        """The parts that are not left out, each with the criteria that are scored in it."""
        return tuple(
            (area, tuple(each for each in area.criteria if self.scores_results or each.kind is Kind.APPROACH))
            for area in self.areas
            if not area.is_left_out
        )

    @property
    def scored(self) -> tuple[Criterion, ...]:
        """The criteria that are asked for and counted."""
        return tuple(criterion for _, criteria in self.judged for criterion in criteria)

    @property
    def whole(self) -> Exact:
        """The most of all parts and criteria, also of those that are not judged."""
        return simplest(added(area.most for area in self.areas))

    @property
    def most_judged(self) -> Exact:
        """The most of what is judged, before any counting up."""
        return simplest(added(criterion.most for criterion in self.scored))

    @property
    def most(self) -> Exact:
        """The most that can be had."""
        return self.most_judged if self.renormalised_to is None else self.renormalised_to

    @property
    def lacks(self) -> tuple[Message, ...]:
        """What is missing before anybody can judge by it; nothing when it is whole."""
        return tuple(self._lacks())

    def _lacks(self) -> Iterator[Message]:
        if not self.areas:
            yield say("A model needs at least one part.")
        for area in self.areas:
            if not area.criteria:
                yield say("The part {part} has no criterion.", part=area.title)
            for criterion in area.criteria:
                if not criterion.question:
                    yield say("The criterion {title} has no question.", title=criterion.title)
        if self.criteria and not self.scored:
            yield say("Nothing is judged: all parts are left out, or all criteria are results that are not scored.")

    def to_json(self) -> dict[str, object]:
        """Return the model as its file holds it."""
        return {"format": FORMAT, "title": self.title, "areas": [area.to_json() for area in self.areas]} | written(
            introduction=self.introduction or None,
            source=self.source or None,
            scores_results=self.scores_results,
            renormalised_to=self.renormalised_to,
        )

    @property
    def canonical(self) -> bytes:
        """The model as canonical JSON."""
        return canonical_json(self.to_json())

    @property
    def sha256(self) -> str:
        """The SHA-256 of `canonical`, in hexadecimal: it names this version exactly."""
        return sha256_hex(self.canonical)


def _scale_json(scale: Scale) -> dict[str, object]:
    texts = [{"from": band.lowest, "text": band.text} for band in scale.bands]
    return {"lowest": scale.lowest, "highest": scale.highest} | written(step=scale.step, texts=texts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file was read as: the model unless something is wrong, and all that is."""

    model: QualityModel | None
    faults: tuple[ModelError, ...] = ()


def read_model(value: object) -> Reading:
    """Return the model in parsed JSON with every fault in it, each by field and value."""
    reader = _Reader()
    model = reader.model(value)
    return Reading(None if reader.faults else model, tuple(reader.faults))


def model_of(value: object) -> QualityModel:
    """Return the model in parsed JSON.

    Raises:
        ModelError: something is wrong in it; the first fault.
    """
    found = read_model(value)
    if found.model is None:
        raise found.faults[0]
    return found.model


def read_criterion(value: object) -> tuple[Criterion | None, tuple[ModelError, ...]]:
    """Return one criterion in parsed JSON with every fault in it, by field (`criterion.scale.step`)."""
    reader = _Reader()
    criterion = reader.criterion(value, "criterion")
    return (None if reader.faults else criterion), tuple(reader.faults)


ROOT = "model"


@dataclass(slots=True)
class _Reader:
    """Reads a model and goes on after a fault, so that all are told at once."""

    faults: list[ModelError] = field(default_factory=list)

    def model(self, value: object) -> QualityModel | None:
        found = self.named(
            value,
            ROOT,
            ("format", "title", "areas"),
            ("$schema", "introduction", "source", "scores_results", "renormalised_to"),
        )
        if found.get("format", FORMAT) != FORMAT or isinstance(found.get("format"), bool):
            self.faults.append(ModelError(f"{ROOT}.format", found["format"], say("This must be 1.")))
        title = self.text(found, ROOT, "title", LONGEST_TEXT)
        introduction, source = self.long(found, ROOT, "introduction"), self.long(found, ROOT, "source")
        scores = self.get(found, ROOT, "scores_results", read_flag)
        sum_ = self.get(found, ROOT, "renormalised_to", self.worth)
        listed = self.listed(found, ROOT, "areas", MOST_AREAS)
        areas = [self.area(each, f"{ROOT}.areas[{n}]") for n, each in enumerate(listed)]
        if sum(len(area.criteria) for area in areas if area) > MOST_CRITERIA:
            self.faults.append(
                ModelError(f"{ROOT}.areas", "", say("A model has at most {most} criteria.", most=MOST_CRITERIA))
            )
        if self.faults:
            return None
        return self.made(
            ROOT,
            lambda: QualityModel(
                title=title,
                areas=tuple(area for area in areas if area),
                introduction=introduction,
                source=source,
                scores_results=bool(scores),
                renormalised_to=sum_,
            ),
        )

    def area(self, value: object, at: str) -> Area | None:
        found = self.named(value, at, ("key", "title", "criteria"), ("introduction", "left_out"))
        key, title = self.text(found, at, "key", LONGEST_KEY), self.text(found, at, "title", LONGEST_TEXT)
        introduction = self.long(found, at, "introduction")
        left_out = self.get(found, at, "left_out", read_flag)
        listed = self.listed(found, at, "criteria", MOST_CRITERIA)
        criteria = [self.criterion(each, f"{at}.criteria[{n}]") for n, each in enumerate(listed)]
        if self.faults:
            return None
        return Area(key, title, tuple(each for each in criteria if each), introduction, bool(left_out))

    def criterion(self, value: object, at: str) -> Criterion | None:
        before = len(self.faults)
        found = self.named(
            value, at, ("key", "title", "question", "maximum", "scale"), ("unit", "kind", "weight", "evidence")
        )
        key, title = self.text(found, at, "key", LONGEST_KEY), self.text(found, at, "title", LONGEST_TEXT)
        question, evidence = self.long(found, at, "question"), self.long(found, at, "evidence")
        unit = self.get(found, at, "unit", lambda value, field: read_choice(value, field, Unit)) or Unit.POINTS
        kind = self.get(found, at, "kind", lambda value, field: read_choice(value, field, Kind)) or Kind.APPROACH
        maximum, weight = self.get(found, at, "maximum", self.worth), self.get(found, at, "weight", self.times)
        scale = self.scale(found["scale"], f"{at}.scale") if "scale" in found else None
        if len(self.faults) > before or scale is None or maximum is None:
            return None
        return self.made(
            at,
            lambda: Criterion(key, title, question, scale, maximum, unit, kind, weight or Decimal(1), evidence),
        )

    def scale(self, value: object, at: str) -> Scale | None:
        before = len(self.faults)
        found = self.named(value, at, ("lowest", "highest"), ("step", "texts"))
        lowest, highest = self.get(found, at, "lowest", self.points), self.get(found, at, "highest", self.points)
        step = self.get(found, at, "step", self.times)
        listed = self.listed(found, at, "texts", MOST_TEXTS)
        texts = [self.band(each, f"{at}.texts[{n}]") for n, each in enumerate(listed)]
        if len(self.faults) > before or lowest is None or highest is None:
            return None
        if texts and step is not None and highest - lowest > step * MOST_STEPS:
            self.faults.append(ModelError(f"{at}.step", step, say("A scale has at most {n} steps.", n=MOST_STEPS)))
            return None
        if texts and step is None:
            self.faults.append(ModelError(f"{at}.step", None, say("A scale with texts needs steps.")))
            return None
        kept = sorted(text for text in texts if text)
        if kept and kept[0][0] != lowest:
            reason = say("The first text begins at {first}; the scale begins at {lowest}.", first=kept[0][0], lowest=lowest)  # fmt: skip
            self.faults.append(ModelError(f"{at}.texts[0].from", kept[0][0], reason))
            return None
        try:
            return Scale.from_texts(kept, highest, step) if kept and step else Scale(lowest, highest, step)
        except ScaleError as error:
            self.faults.append(ModelError(at, _told(found), error.reason))
            return None

    def band(self, value: object, at: str) -> tuple[Decimal, str] | None:
        found = self.named(value, at, ("from", "text"), ())
        begins, text = self.get(found, at, "from", self.points), self.text(found, at, "text", LONGEST)
        return None if begins is None else (begins, text)

    def named(self, value: object, at: str, keys: Collection[str], optional: Collection[str]) -> dict[str, object]:
        if not isinstance(value, dict):
            self.faults.append(ModelError(at, value, say("This must be an object.")))
            return {}
        for key in keys:
            if key not in value:
                self.faults.append(ModelError(f"{at}.{key}", None, say("This is missing.")))
        for key in value:
            if key not in keys and key not in optional:
                self.faults.append(ModelError(f"{at}.{key}", value[key], say("This is not part of a model.")))
        return value

    def get(
        self, found: dict[str, object], at: str, name: str, read: Callable[[object, str], T]
    ) -> T | None:  # a missing field has been told
        if name not in found:
            return None
        try:
            return read(found[name], f"{at}.{name}")
        except ModelError as error:
            self.faults.append(error)
            return None

    def listed(self, found: dict[str, object], at: str, name: str, most: int) -> list[object]:
        listed = self.get(found, at, name, read_list) or []
        if len(listed) > most:
            reason = say("At most {most} can stand here.", most=most)
            self.faults.append(ModelError(f"{at}.{name}", str(len(listed)), reason))
            return []
        return listed

    def text(self, found: dict[str, object], at: str, name: str, most: int) -> str:
        return self.get(found, at, name, lambda value, field: _read_long(value, field, most)) or ""

    def long(self, found: dict[str, object], at: str, name: str) -> str:
        if found.get(name) == "":
            return ""
        return self.text(found, at, name, LONGEST)

    def made(self, at: str, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except ModelError as error:
            self.faults.append(ModelError(f"{at}.{error.field}", error.value.strip("'"), error.reason))
            return None

    @staticmethod
    def worth(value: object, at: str) -> Decimal:
        return _fitting(read_above_zero(value, at), at, MOST_WORTH)

    @staticmethod
    def times(value: object, at: str) -> Decimal:
        return _fitting(read_above_zero(value, at), at, MOST_POINTS)

    @staticmethod
    def points(value: object, at: str) -> Decimal:
        return _fitting(read_number(value, at), at, MOST_POINTS)


def _fitting(number: Decimal, at: str, most: Decimal) -> Decimal:
    if number > most:
        raise ModelError(at, number, say("This can be at most {most}.", most=most))
    if number != round(number, DECIMALS):
        raise ModelError(at, number, say("This can have at most {n} decimals.", n=DECIMALS))
    return number


UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but tab and new lines, and halves of characters: no database and no file holds them all."""


def _read_long(value: object, at: str, most: int) -> str:
    if isinstance(value, str) and UNSEEN.search(value):
        raise ModelError(at, value, say("This has control characters, which nobody sees. Take them away."))
    if most <= LONGEST_TEXT:
        text = read_text(value, at)
        if len(text) <= most:
            return text.strip()
    elif isinstance(value, str) and value.strip() and len(value) <= most:
        return value.strip()
    raise ModelError(at, value, say("This must be a text of 1 to {most} characters.", most=most))


def _told(found: dict[str, object]) -> str:
    return ", ".join(f"{name} {found[name]}" for name in ("lowest", "highest", "step") if name in found)
