"""What is agreed on and what is left: a consensus is a record of its own, and what is not set is not 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rodatraden.core.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable

Cell = tuple[str, str]
"""One subject (a bid, a unit) and one criterion."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of the cells have a consensus, and which are left, in the order in which they are asked for."""

    n_set: int
    n_asked: int
    missing: tuple[Cell, ...]

    @property
    def is_complete(self) -> bool:
        """Return whether everything asked for is set; nothing asked for is nothing agreed on."""
        return bool(self.n_asked) and not self.missing

    @property
    def summary(self) -> Message:
        """Return the one sentence about it."""
        return say("{set} of {asked} consensus scores are set.", set=self.n_set, asked=self.n_asked)


def completeness(asked: Iterable[Cell], decided: Iterable[Cell]) -> Completeness:
    """Return how far the group has come.

    Raises:
        ValueError: something was decided that was never asked for (INV-09), or twice.
    """
    wanted = tuple(dict.fromkeys(asked))
    given = list(decided)
    stray = sorted(set(given) - set(wanted))
    if stray or len(set(given)) != len(given):
        raise ValueError(f"decided without being asked for, or twice: {stray or given}")
    missing = tuple(cell for cell in wanted if cell not in set(given))
    return Completeness(len(given), len(wanted), missing)
