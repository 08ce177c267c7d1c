"""The clock: the only module that may ask what time it is; everywhere else time is an argument."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


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
