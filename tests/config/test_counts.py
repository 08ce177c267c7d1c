"""What is added to the shared counts is added once, whoever comes at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from rodatraden.config.counts import SharedCounts


def test_of_many_at_once_one_is_first(tmp_path):
    stores = [SharedCounts(str(tmp_path / "counts"), {}) for _ in range(8)]
    for turn in range(20):
        with ThreadPoolExecutor(len(stores)) as crowd:
            first = list(crowd.map(lambda store, turn=turn: store.add(f"code-{turn}", "y", 60), stores))
        assert sum(first) == 1


def test_what_has_run_out_can_be_added_again(tmp_path):
    store = SharedCounts(str(tmp_path / "counts"), {})
    assert store.add("a", 1, 0)
    assert store.add("a", 2, 60)
    assert not store.add("a", 3, 60)
    assert store.get("a") == 2


HOLD = """
import os, signal, sys
from rodatraden.config.counts import SharedCounts
assert SharedCounts(sys.argv[1], {}).add("a:lock", True, 60)
if sys.argv[2] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
print("held", flush=True)
sys.stdin.read()
"""


def test_what_a_killed_process_held_while_it_counted_is_free_and_what_a_living_one_holds_is_not(tmp_path):
    """A bid sent within ten seconds of a crash was else refused as one too many."""
    place = str(tmp_path / "counts")
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    store = SharedCounts(place, {})
    command = [sys.executable, "-c", HOLD, place]
    assert subprocess.run([*command, "killed"], env=environment, check=False).returncode < 0
    assert store.add("a:lock", True, 60)
    store.delete("a:lock")
    with subprocess.Popen(
        [*command, "lives"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert not store.add("a:lock", True, 60)
        other.kill()
        assert other.wait() < 0
        assert store.add("a:lock", True, 60)
