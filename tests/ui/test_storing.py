"""Few bids are stored at a time in a process, and what fails gives its place back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import pytest

from rodatraden.ui.storing import AT_ONCE, Storing

FOR_EVER = 600.0


def test_no_more_are_stored_at_once_than_have_places_and_all_are_stored():
    storing, together, counting = Storing(patience=FOR_EVER), Barrier(AT_ONCE), Lock()
    there, most = [], []

    def store(number: int) -> int:
        with storing.place():
            with counting:
                there.append(number)
                most.append(len(there))
            together.wait()  # there are always as many: none leaves before the others have come
            with counting:
                there.remove(number)
            together.wait()
        return number

    with ThreadPoolExecutor(3 * AT_ONCE) as pool:
        assert sorted(pool.map(store, range(3 * AT_ONCE))) == list(range(3 * AT_ONCE))
    assert max(most) == AT_ONCE
    assert not storing.is_going_on


def test_what_fails_gives_its_place_back():
    storing = Storing(at_once=1, patience=FOR_EVER)
    for _ in range(2):
        with pytest.raises(ValueError, match="refused"), storing.place():
            raise ValueError("refused")
    assert not storing.is_going_on


def test_who_has_waited_long_goes_on_without_a_place_and_gives_back_none():
    storing = Storing(at_once=1, patience=0.01)
    with storing.place():
        with storing.place(), storing.place():
            pass
        assert storing.is_going_on
    assert not storing.is_going_on
    first = Storing(at_once=1, patience=FOR_EVER)
    with first.place():
        pass
    with first.place():
        assert first.is_going_on
