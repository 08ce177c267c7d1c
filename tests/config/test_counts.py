"""What is added to the shared counts is added once, whoever comes at the same time."""

from __future__ import annotations

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
