"""A feedback report: what a panel says to the one it has judged, strengths and areas for improvement before points.

It is worth reading with the points hidden, and says what it may be used for: seed 003 tells that nobody knew what the points
meant once the contract was signed. It is of one subject only, and never names another.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rodatraden.core.assessment.naming import is_named
from rodatraden.core.canonical import canonical_json, read_canonical, sha256_hex
from rodatraden.core.exact import as_fraction, simplest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rodatraden.core.exact import Exact

FORMAT = "rodatraden-feedback-1"
NUMBERS = ("points", "highest", "minimum", "percent", "counted_up_to")


@dataclass(frozen=True, slots=True)
class Part:
    """What is said on one criterion. `points` and `highest` are None, and `text` empty, where points are hidden.

    `text` is what was published for the points that were given. `percent` is the score of which the points follow, where the
    scale is one of percent.
    """

    title: str
    question: str
    strengths: tuple[str, ...]
    improvements: tuple[str, ...]
    reason: str
    points: Decimal | None = None
    highest: Decimal | None = None
    text: str = ""
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """What was needed and whether it was reached; `points` and `minimum` are None where points are hidden."""

    title: str
    is_met: bool
    points: Exact | None = None
    minimum: Exact | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """The whole report; `model` is the title and version of the quality model, `model_sha256` what names it exactly.

    `counted_up_to` is what the model says that the sum is counted up to; None where it does not, or where points are hidden.
    """

    title: str
    subject: str
    model: str
    model_sha256: str
    summary: str
    use: str
    parts: tuple[Part, ...]
    needed: tuple[Needed, ...] = ()
    counted_up_to: Decimal | None = None

    @classmethod
    def read(cls, canonical: bytes) -> Feedback:
        """Read a frozen report.

        Raises:
            ValueError: the bytes are not the canonical JSON of a report.
        """
        found = read_canonical(canonical)
        if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
            msg = "Not a feedback report"
            raise ValueError(msg)
        parts, needed = found.pop("parts"), found.pop("needed")
        return cls(
            **_read(found),
            parts=tuple(Part(**_read(part)) for part in parts),
            needed=tuple(Needed(**_read(each)) for each in needed),
        )

    @property
    def canonical(self) -> bytes:
        """The report as canonical JSON: what is frozen."""
        return canonical_json(
            {
                "format": FORMAT,
                "title": self.title,
                "subject": self.subject,
                "model": self.model,
                "model_sha256": self.model_sha256,
                "summary": self.summary,
                "use": self.use,
                "parts": [_told(part) for part in self.parts],
                "needed": [_told(each) for each in self.needed],
            }
            | ({"counted_up_to": self.counted_up_to} if self.counted_up_to is not None else {})
        )

    @property
    def sha256(self) -> str:
        """The SHA-256 of `canonical`, in hexadecimal."""
        return sha256_hex(self.canonical)

    @property
    def points(self) -> Exact | None:
        """All points together, counted up where the model says so; None where they are hidden."""
        given = [part.points for part in self.parts if part.points is not None]
        together = sum(given, Decimal(0)) if given else None
        if together is None or self.counted_up_to is None:
            return together
        return simplest(as_fraction(together) * as_fraction(self.counted_up_to) / as_fraction(self._most))

    @property
    def highest(self) -> Decimal:
        """The most points that could be had."""
        return self._most if self.counted_up_to is None else self.counted_up_to

    @property
    def _most(self) -> Decimal:
        return sum((part.highest for part in self.parts if part.highest is not None), Decimal(0))

    def naming(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield where somebody else is named, and who: a report is of one subject only."""
        texts = [("", self.summary)]
        for part in self.parts:
            texts += [(part.title, text) for text in (*part.strengths, *part.improvements, part.reason)]
        for name in names:
            yield from ((where, name) for where, text in texts if is_named(name, text))


def lines(text: str) -> tuple[str, ...]:
    """Return what was written one to a line."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _told(each: Part | Needed) -> dict[str, object]:
    values = {name: getattr(each, name) for name in each.__slots__}
    if isinstance(each, Part) and each.percent is None:
        del values["percent"]  # a part that has none is written as before there were any
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _read(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a part or of what was needed: figures exact, lists frozen."""
    exact = {name: _exact(told[name]) for name in NUMBERS if name in told}
    listed = {name: tuple(told[name]) for name in ("strengths", "improvements") if name in told}
    return {**told, **exact, **listed}


def _exact(text: str | None) -> Exact | None:
    if text is None:
        return None
    return Fraction(text) if "/" in text else Decimal(text)
