"""A clock that has just been set is not believed in what cannot be undone, until it has gone on as time does for a while."""

from __future__ import annotations

from time import clock_gettime

from rodatraden.config.clock import BELIEVED_AFTER, COUNTER, JUMP, Pace


class Clocks:
    """What the clock shows and what is counted, as told: `pass_` moves both, `set` the first alone."""

    def __init__(self) -> None:
        self.shown, self.counted = 1_800_000_000.0, 86_400.0

    def pass_(self, seconds: float) -> None:
        self.shown, self.counted = self.shown + seconds, self.counted + seconds

    def set(self, by: float) -> None:
        self.shown += by

    def __call__(self) -> tuple[float, float]:
        return self.shown, self.counted


def test_a_clock_that_goes_on_is_believed_from_the_start():
    clocks = Clocks()
    pace = Pace(clocks)
    for _ in range(3):
        assert pace.is_believed()
        clocks.pass_(3600)


def test_one_that_is_set_forward_or_back_is_believed_when_it_has_gone_on_for_a_while():
    for by in (90 * 60.0, -90 * 60.0):
        clocks = Clocks()
        pace = Pace(clocks)
        clocks.set(by)
        assert not pace.is_believed()
        clocks.pass_(BELIEVED_AFTER - 1)
        assert not pace.is_believed()
        clocks.pass_(1)
        assert pace.is_believed()


def test_one_that_is_set_right_again_waits_anew_from_then():
    clocks = Clocks()
    pace = Pace(clocks)
    clocks.set(3600)
    assert not pace.is_believed()
    clocks.pass_(BELIEVED_AFTER / 2)
    clocks.set(-3600)
    assert not pace.is_believed()
    clocks.pass_(BELIEVED_AFTER / 2)
    assert not pace.is_believed()


def test_what_keeps_a_clock_right_little_by_little_is_no_setting():
    clocks = Clocks()
    pace = Pace(clocks)
    clocks.set(JUMP)
    assert pace.is_believed()


def test_on_a_machine_that_has_just_been_started_the_network_has_time_to_set_it():
    clocks = Clocks()
    clocks.counted = BELIEVED_AFTER - 1
    pace = Pace(clocks)
    assert not pace.is_believed()
    clocks.pass_(1)
    assert pace.is_believed()


def test_the_clocks_of_this_machine_go_on_together():
    pace = Pace()
    assert pace.is_believed() is (clock_gettime(COUNTER) >= BELIEVED_AFTER)
