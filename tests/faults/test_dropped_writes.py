"""By night alone: a whole site on a file system that forgets what was not synced, cut off at each sync of its work (FUSE).

test_power_loss.py follows one process through all of a bid's way. Here a real server with its threads and its worker hands in and
opens bids over HTTP, and each time that more has come to lie on the disk is one at which the power is cut. SQLite and the files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as the_settings
from django.db import connection, connections
from django.test import override_settings

from tests import database
from tests.faults.campaign import together
from tests.faults.invariants import broken
from tests.faults.site import site as running
from tests.faults.test_kills import HandingIn, OpeningBids
from tests.faults.way import in_data_folder
from tools import bootstrap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.campaign import Scene

pytestmark = pytest.mark.one_engine
TIMES = 10
"""At each sync the power is cut so often: what several people do at once goes on in another order each time."""
FEWEST = {HandingIn: 15, OpeningBids: 5}
"""Fewer syncs would mean that nothing was asked of the disk."""


class Mounted:
    """The file system over the data folder."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process, self.is_cut = process, False

    def ask(self, line: str) -> str:
        """Return what is answered; what was told before it is heard first."""
        self.say(line)
        while (told := self.hear()) == "cut":
            self.is_cut = True
        return told

    def say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def mounted(folder: Path) -> Iterator[Mounted]:
    """Mount over a folder, for the length of the block; what lies beneath is as it was afterwards."""
    command = [sys.executable, "-m", "tests.faults.dropping", str(folder)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(bootstrap.ROOT / "src"), str(bootstrap.ROOT)])}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        found = Mounted(process)
        try:
            assert found.hear() == "mounted", (
                "nothing can be mounted here: libfuse, /dev/fuse and its right are asked for"
            )
            yield found
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)  # noqa: S607 -- where it lies differs
            process.terminate()


def cut_off(scene: Scene, folder: Path, at: int, seed: int) -> tuple[int, bool]:
    """Let the work of a scene go on until the power is cut at a sync (0: never); return how many there were, and whether it was.

    What is left is in `folder`, as `nothing else` and `by chance`.
    """
    if isinstance(scene, HandingIn):
        scene.rounds = 0  # as it was, with other bids
    scene.begin()
    connections.close_all()
    with mounted(the_settings.DATA_DIR) as disk:
        before = int(disk.ask("synced"))
        if at:
            disk.say(f"cut {at}")
        scene.site.start()
        lost = together(scene)
        scene.site.kill()
        synced = int(disk.ask("synced")) - before
        assert disk.is_cut or not any(lost), "no power was cut, and somebody got no answer"
        for name, chance in (("nothing else", 0), ("by chance", seed)):
            assert disk.ask(f"leave {folder / name.replace(' ', '-')} {chance}") == "left"
    return synced, disk.is_cut


def breaches_on(left: Path, scene: Scene) -> list[str]:
    """Start on what is left, and return what does not hold."""
    name = connection.settings_dict["NAME"]
    database._use(str(left / "rodatraden.sqlite3"))
    try:
        with override_settings(DATA_DIR=left):  # undone each time, and not at the test's end: there are hundreds
            return broken(scene.held)
    finally:
        database._use(name)


@pytest.fixture(params=FEWEST)
def scene(request, fresh_database, data_dir, tmp_path):
    """Give a scene in an installation that keeps its database in its data folder, with all else."""
    kept = tmp_path / "kept"
    kept.mkdir()
    with in_data_folder(), running(kept) as site:
        found = request.param(site)
        for visitor in site.visitors.values():
            visitor.is_patient = True
        yield found


def test_the_power_is_cut_at_each_sync_of_a_site(scene, seed, form, tmp_path):
    def cut(at: int, chance: int) -> tuple[int, bool]:
        folder = tmp_path / "left"
        folder.mkdir()
        syncs, is_cut = cut_off(scene, folder, at, chance)
        assert is_cut or syncs > FEWEST[type(scene)]
        for left in folder.iterdir():
            breaches = breaches_on(left, scene)
            assert not breaches, f"cut at sync {at}, {left.name}: {breaches}"
        shutil.rmtree(folder)
        return syncs, is_cut

    syncs, _ = cut(0, seed + 1)
    for number in range(TIMES * syncs):
        if form.takes(number):
            at, is_cut = number % syncs + 1, False
            while not is_cut:  # work that comes to fewer syncs than the first did is done anew, and cut at its last
                at, is_cut = cut(at, seed + number + 1)
