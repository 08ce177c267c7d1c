"""kill -9 of PostgreSQL itself, while bids are handed in and opened: what was acknowledged is there when it has recovered.

The site lives on meanwhile: who gets an error, or no answer, does the same again when the database answers, and once is enough.
The cluster is the test's own. SQLite has no process of its own to kill: test_kills.py kills all that write to it.
"""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from tests.faults.campaign import BEYOND, together
from tests.faults.cluster import kill_all, kill_one, kill_the_first, own_cluster, running_again
from tests.faults.invariants import proven_offline
from tests.faults.site import site as running
from tests.faults.test_kills import HandingIn, OpeningBids

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tools.postgres import Cluster

WAYS: tuple[Callable[[Cluster, Random], None], ...] = (kill_one, kill_all, kill_the_first)
SCENES = {"hand_in": (HandingIn, 225), "opening": (OpeningBids, 75)}
"""Each scene with its kills by night, by each way in turn: 300 together."""
SHORT = {"hand_in": 3}
"""The short form: each way once."""


@pytest.fixture
def on_own_cluster(fresh_database, data_dir, tmp_path):
    """Give an installation whose database lies in a cluster of its own, and the cluster."""
    kept = tmp_path / "kept"
    kept.mkdir()
    with own_cluster() as cluster, running(kept) as site:
        yield site, cluster


def pytest_generate_tests(metafunc):
    metafunc.parametrize("name", SCENES if metafunc.config.getoption("--nightly") else SHORT)


def test_kill_the_database_at_any_instant(on_own_cluster, seed, form, tmp_path, name):
    (site, cluster), chance = on_own_cluster, form.chance(seed)
    made, kills = SCENES[name]
    kills = form.times(SHORT.get(name, 0), kills)
    scene = made(site)
    for visitor in site.visitors.values():
        visitor.is_patient = True
    scene.begin()
    length = scene.work()
    for number in range(kills):
        instant = BEYOND * length * chance.random()
        way = WAYS[number % len(WAYS)]
        scene.begin()
        site.start()

        def cut(instant: float = instant, way: Callable[[Cluster, Random], None] = way) -> None:
            Event().wait(instant)
            way(cluster, chance)

        try:
            together(scene, cut)
            running_again(cluster)
            assert not any(together(scene)), "no answer, though the database answers again"
            site.kill()
            scene.is_whole()
            connections.close_all()
            assert not (faults := scene.faults_at_the_end()), "\n".join(faults)
        except AssertionError as error:
            error.add_note(f"{way.__name__} {number} of {kills}, {instant:.3f} s into work of {length:.3f} s")
            raise
    assert proven_offline(scene.held, tmp_path)
