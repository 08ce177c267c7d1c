"""The clock: the only module that may ask what time it is; everywhere else time is an argument."""

from __future__ import annotations

import ctypes
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COUNTER = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts seconds since the machine started, asleep or not, and cannot be set; where there is none, only while it is awake."""
JUMP = 5.0
"""Seconds by which a clock that was set differs at least: what keeps it right by going slower or faster moves both."""
BELIEVED_AFTER = 600.0
"""Seconds that a clock that was set must go on before it is believed again. Source: policy."""


def machine_time() -> datetime:
    """Return what this machine's own clock shows, in UTC: for a command without Django, and for what decides nothing."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the present instant in UTC; in demo mode moved forward by the demo's own offset."""
    return machine_time() + demo_offset()


def demo_offset() -> timedelta:
    """Return how far the demo's clock has been moved forward; zero outside demo mode."""
    if not _settings().DEMO:
        return timedelta()
    try:
        seconds = json.loads(_offset_file().read_text(encoding="utf-8"))["seconds"]
    except FileNotFoundError:
        return timedelta()
    return timedelta(seconds=seconds)


def move_demo_clock(to: datetime) -> None:
    """Move the demo's clock forward to the instant `to`; it never goes back, since what is logged stays in order.

    Raises:
        ValueError: outside demo mode, or `to` lies before the demo's present instant.
    """
    if not _settings().DEMO:
        msg = "The clock can only be moved in demo mode"
        raise ValueError(msg)
    if to < now():
        msg = "The demo's clock never goes back"
        raise ValueError(msg)
    offset = to - datetime.now(UTC)
    _offset_file().write_text(json.dumps({"seconds": offset.total_seconds()}), encoding="utf-8")


def _offset_file() -> Path:
    data_dir: Path = _settings().DATA_DIR
    return data_dir / "demo-clock.json"


def _settings() -> Any:
    from django.conf import settings  # noqa: PLC0415 -- a command without Django has this machine's clock alone

    return settings


def _clocks() -> tuple[float, float]:
    """Return what the machine's clock shows, and what nobody can set, in seconds."""
    return time.time(), time.clock_gettime(COUNTER)


class Pace:
    """Whether the machine's clock goes on as time does, told by a counter that nobody can set.

    One that has just been set, forward or back, is not believed in what cannot be undone: whoever set it wrong has
    `BELIEVED_AFTER` to see it. Nor is one of a machine that has just been started, whose battery may tell another year until
    the clock has been set by the network.
    """

    def __init__(self, read: Callable[[], tuple[float, float]] = _clocks) -> None:
        self._read = read
        shown, counted = read()
        self._apart, self._set_at = shown - counted, 0.0

    def is_believed(self) -> bool:
        """Return whether the clock has gone on as time does since it was first asked, and for `BELIEVED_AFTER`."""
        shown, counted = self._read()
        if abs(shown - counted - self._apart) > JUMP:
            self._apart, self._set_at = shown - counted, counted
        return counted - self._set_at >= BELIEVED_AFTER


class _Timex(ctypes.Structure):
    """What `ntp_adjtime` fills in (Linux, <sys/timex.h>); only its head is read here, the rest is room for the kernel's own."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


FAILED, UNSYNCHRONISED = -1, 0x40
"""What `ntp_adjtime` answers when it can't, and the bit of its status (STA_UNSYNC) that nobody keeps the clock right."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether the machine's clock is kept right by the network, and by how many milliseconds it is wrong at most.

    Both as the kernel has been told by what keeps the clock (chrony, ntpd, systemd-timesyncd); None where it does not tell.
    """

    is_synchronised: bool | None = None
    error_ms: int | None = None


def kept(ask: Callable[[_Timex], int] | None = None) -> Kept:
    """Return how the kernel knows that the clock is kept; nothing is set, and what is unknown stays unknown."""
    told = _Timex()
    try:
        answer = (ask or _asked())(told)
    except (AttributeError, OSError):  # no such call on this system
        return Kept()
    if answer == FAILED:
        return Kept()
    if told.status & UNSYNCHRONISED:
        return Kept(is_synchronised=False)
    return Kept(is_synchronised=True, error_ms=-(-told.maxerror // 1000))


def _asked() -> Callable[[_Timex], int]:
    call: Any = ctypes.CDLL(None, use_errno=True).ntp_adjtime
    return lambda told: int(call(ctypes.byref(told)))
