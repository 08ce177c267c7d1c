"""A clock that has just been set is not believed in what cannot be undone, until it has gone on as time does for a while."""

from __future__ import annotations

from time import clock_gettime

import pytest

from rodatraden.config.clock import BELIEVED_AFTER, COUNTER, FAILED, JUMP, UNSYNCHRONISED, Kept, Pace, kept


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


def kernel(*, status=0, maxerror=0, answer=0):
    """A kernel that tells this of its clock."""

    def ask(told):
        told.status, told.maxerror = status, maxerror
        return answer

    return ask


@pytest.mark.parametrize(
    ("ask", "known"),
    [
        (kernel(maxerror=2_001), Kept(is_synchronised=True, error_ms=3)),
        (kernel(maxerror=0), Kept(is_synchronised=True, error_ms=0)),
        (kernel(status=UNSYNCHRONISED | 1, maxerror=16_000_000, answer=5), Kept(is_synchronised=False)),
        (kernel(maxerror=2_001, answer=FAILED), Kept()),
    ],
    ids=["kept, rounded up", "kept exactly", "kept by nobody", "the kernel does not tell"],
)
def test_how_the_clock_is_kept_is_what_the_kernel_knows_and_else_unknown(ask, known):
    assert kept(ask) == known


def test_where_there_is_no_such_call_it_is_unknown():
    def absent(_told):
        raise AttributeError

    assert kept(absent) == Kept()


def test_this_machine_is_asked():
    found = kept()
    assert (found.error_ms is None) is (found.is_synchronised is not True)
