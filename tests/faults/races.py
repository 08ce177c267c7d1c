"""Races: the same world again and again, people who act in it at the same moment, and what the log says of who was first."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from rodatraden.core.answer import RefusedError
from rodatraden.procurements.models import StageFact
from rodatraden.records.models import LedgerBody
from tests import database
from tests.bids.test_concurrency import at_once
from tests.faults.invariants import Held, broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from random import Random

    from tests.faults.conftest import Form
    from tests.faults.invariants import Check

SHORT, NIGHTLY = 2, 320
"""Races of each kind: in the short form, and by night, when the nineteen kinds together are six thousand."""
APART = 0.02
"""Seconds at most by which one begins after another: about as long as a short verb takes."""


class Races:
    """The world as it stands when the first race begins, before each."""

    def __init__(self, form: Form, chance: Random, folder: Path) -> None:
        self._form, self._chance, self._folder = form, chance, folder
        self._before: int = 0

    def each(self, *, but: frozenset[Check] | set[Check] = frozenset()) -> Iterator[int]:
        """Yield the number of each race, in the world as it was; after each, what always holds is asked for, `but` these."""
        kept = database.keep(str(self._folder / "raced.sqlite3"))
        for number in range(self._form.times(SHORT, NIGHTLY)):
            database.reset(kept)
            self._before = LedgerBody.objects.count()
            yield number
            assert not (faults := broken(Held(), but=but)), faults
        database.forget(kept)

    def run(self, *acts: Callable[[], object]) -> list[object]:
        """Carry out all acts in about the same instant, and return what each gave; a refusal is an answer, an error none."""
        return at_once(*(self._late(act) for act in acts))

    def _late(self, act: Callable[[], object]) -> Callable[[], object]:
        late = self._chance.uniform(0, APART)

        def begin() -> object:
            Event().wait(late)
            return act()

        return begin

    def told(self) -> list[str]:
        """Return what the log tells of this race, in its order."""
        return list(LedgerBody.objects.order_by("index").values_list("event", flat=True))[self._before :]


def fact(kind: StageFact.Kind) -> bool:
    """Return whether it has happened in the world of the race."""
    return StageFact.objects.filter(kind=kind).exists()


def done(answers: list[object]) -> list[object]:
    """Return what was not refused."""
    return [each for each in answers if not isinstance(each, RefusedError)]
