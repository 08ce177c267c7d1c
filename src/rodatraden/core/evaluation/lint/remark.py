"""What lint says: one remark with its severity, sentence, source, what to do, and bids that show it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rodatraden.core.evaluation.bids import Bid
    from rodatraden.core.evaluation.case import Part
    from rodatraden.core.evaluation.documents import Documents
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.outcome import Outcome
    from rodatraden.core.message import Message


class Severity(StrEnum):
    """An error must be mended; a warning may be published over with a written reason; a note is worth a thought."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Source:
    """A paragraph or a case; unverified when it is known only from a report or from memory."""

    text: str
    is_verified: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """One try: bids under a model, as computed by the engine."""

    model: Model
    bids: tuple[Bid, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Example:
    """Bids that show the fault, tried once or twice, and what to look at."""

    text: Message
    tried: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding. `field` is where in the case file it is mended, `lot` the label of the lot if there are several."""

    code: str
    severity: Severity
    text: Message
    mend: Message
    source: Source
    field: str
    example: Example | None = None
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at: a model with its bids, and what the documents say around it."""

    part: Part
    documents: Documents | None

    @property
    def model(self) -> Model:
        """Return the model."""
        return self.part.lot.model

    def field(self, name: str) -> str:
        """Return the field of the case file where a part of the model stands."""
        return f"{self.part.model_field}.{name}"
