"""Kill a site again and again while people work in it, at instants spread over the length of what they do."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

from django.db import connections

from tests.faults.invariants import Held, broken, proven_offline
from tests.faults.visitor import LostError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from random import Random

    from tests.faults.site import Site

BEYOND = 1.1
"""How far after the measured end of the work the last kills come: some work takes longer than it did."""


class Scene(ABC):
    """Work that can be begun anew, cut off anywhere, and gone on with as people go on: by doing again what got no answer."""

    starts_anew = True
    """Whether each round begins where the first one did: then the work is ended first, and must be whole."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.held = Held()

    @abstractmethod
    def begin(self) -> None:
        """Lay out new work; no server runs."""

    @abstractmethod
    def acts(self) -> Sequence[Callable[[], object]]:
        """Return what is done side by side. Each is gone on with from where it stands, and raises LostError."""

    @abstractmethod
    def faults_at_the_end(self) -> list[str]:
        """Return what of the work is missing or doubled when all of it is done; no server runs."""

    def work(self, *, until: float | None = None) -> float:
        """Let everybody work in a server of their own, until all are done or the server is killed; return the seconds."""
        self.site.start()
        begun = time.monotonic()
        lost = together(self, lambda: self._kill_at(until))
        took = time.monotonic() - begun
        if until is None:
            self.site.kill()
            assert not any(lost), "a server that nobody killed gave no answer"
        return took

    def _kill_at(self, until: float | None) -> None:
        if until is not None:
            Event().wait(until)
            self.site.kill()

    def is_whole(self) -> None:
        """Assert every invariant, on what lies on disk."""
        breaches = broken(self.held)
        connections.close_all()
        assert not breaches, "\n".join(breaches)


def together(scene: Scene, cut: Callable[[], object] = lambda: None) -> list[bool]:
    """Let everybody work in the server that runs, while something is cut off; return for each whether an answer was lost."""
    with ThreadPoolExecutor() as people:
        going = [people.submit(_as_far_as_it_goes, act) for act in scene.acts()]
        cut()
        return [each.result() for each in going]


def _as_far_as_it_goes(act: Callable[[], object]) -> bool:
    """Carry out an act; answer whether an answer was lost."""
    try:
        act()
    except LostError:
        return True
    return False


def campaign(scene: Scene, *, kills: int, chance: Random, folder: Path) -> None:
    """Kill the site of a scene `kills` times, each in new work; after each the invariants hold, and the work can be ended."""
    scene.begin()
    length = scene.work()
    scene.is_whole()
    assert not scene.faults_at_the_end()
    instants = [BEYOND * length * (number + chance.random()) / kills for number in range(kills)]
    chance.shuffle(instants)
    for number, instant in enumerate(instants, start=1):
        scene.begin()
        scene.work(until=instant)
        try:
            scene.is_whole()
            if scene.starts_anew or number == kills:
                scene.work()
                scene.is_whole()
                assert not (faults := scene.faults_at_the_end()), "\n".join(faults)
        except AssertionError as error:
            error.add_note(f"kill {number} of {kills}, {instant:.3f} s into work of {length:.3f} s")
            raise
    assert proven_offline(scene.held, folder)
