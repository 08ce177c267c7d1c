"""The power is cut at every instant of a sealed bid's way, from the keys to the opened protocol: what was acknowledged is there.

Each instant at which more has come to lie on the disk is looked at as if nothing else had: what was written and not synced
is gone, and once more with a part of it there by chance. SQLite alone: what PostgreSQL writes when is its own.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from tests import database
from tests.faults.disk import Disk
from tests.faults.invariants import Held, broken
from tests.faults.tracing import IS_POSSIBLE, traced
from tests.faults.way import SUPPLIERS, Way, in_data_folder
from tools import bootstrap

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

pytestmark = [
    pytest.mark.one_engine,
    pytest.mark.skipif(not IS_POSSIBLE, reason="system calls are followed on Linux of x86-64 only"),
]
BY_CHANCE = 3
"""At every which instant the rest is there by chance in the short form; in the long one at each, and so many times."""


@pytest.fixture
def way(fresh_database, data_dir, tmp_path):
    found = Way(tmp_path)
    with in_data_folder():
        yield found


def breaches_on(disk: Disk, held: Held, settings, tmp_path, chance: Random | None) -> list[str]:
    """Cut the power, start on what is left, and return what does not hold."""
    place, was, name = tmp_path / "left", settings.DATA_DIR, connection.settings_dict["NAME"]
    disk.after_the_cut(place, chance)
    settings.DATA_DIR = place
    database._use(str(place / "rodatraden.sqlite3"))
    try:
        return broken(held)
    finally:
        settings.DATA_DIR = was
        database._use(name)
        shutil.rmtree(place)


def test_cut_the_power_whenever_more_has_come_to_lie_on_the_disk(way, seed, form, settings, tmp_path):
    disk, held, chance = Disk(settings.DATA_DIR), Held(), form.chance(seed)
    instants = 0

    def look(at: str) -> None:
        if not form.takes(instants):
            return
        times = BY_CHANCE if form.is_long else int(instants % BY_CHANCE == 0)
        for each in [None, *[chance] * times]:
            breaches = breaches_on(disk, held, settings, tmp_path, each)
            assert not breaches, f"instant {instants}, {at}, {'by chance' if each else 'nothing else'}: {breaches}"

    for event in way.walked():
        if event.what == "write" and event.path == str(way.told):
            way.hear(held, event.data)
            look("told")
        elif disk.follow(event):
            instants += 1
            look(event.path)
    assert len(held.acknowledged) == SUPPLIERS
    assert instants > 50


def left_of(code: str, folder: Path, to: Path) -> set[str]:
    """Return what lies in a folder when a program has worked in it, and the power is cut the moment that it ends."""
    folder.mkdir()
    disk = Disk(folder)
    for event in traced([sys.executable, "-c", code], PROGRAM | {"FOLDER": str(folder)}):
        disk.follow(event)
    disk.after_the_cut(to)
    return {f"{path.relative_to(to)}: {path.read_text('utf-8')}" for path in to.rglob("*") if path.is_file()}


PROGRAM = os.environ | {
    "PYTHONPATH": os.pathsep.join([str(bootstrap.ROOT / "src"), str(bootstrap.ROOT)]),
    "PYTHONDONTWRITEBYTECODE": "1",
}
STORE = """
import os
from django.conf import settings
from django.core.files.base import ContentFile
from {module} import {storage}
settings.configure()
{storage}(os.environ["FOLDER"]).save("2026/a", ContentFile(b"ett anbud"))
"""


@pytest.mark.parametrize(
    ("module", "storage", "left"),
    [
        ("django.core.files.storage", "FileSystemStorage", set()),
        ("rodatraden.records.storage", "DurableStorage", {"2026/a: ett anbud"}),
    ],
)
def test_a_file_that_was_reported_as_saved_is_there_and_with_djangos_own_storage_it_is_not(
    module, storage, left, tmp_path
):
    assert left_of(STORE.format(module=module, storage=storage), tmp_path / "files", tmp_path / "left") == left


SECRET = """
import os
from pathlib import Path
from rodatraden.records.storage import write_secret
write_secret(Path(os.environ["FOLDER"]) / "keys/boxes/a.txt", "hemligt")
"""


def test_the_first_key_in_a_new_folder_is_there_with_its_folders(tmp_path):
    assert left_of(SECRET, tmp_path / "installation", tmp_path / "left") == {"keys/boxes/a.txt: hemligt"}
