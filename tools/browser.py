"""The browser of the journeys: Chromium as Debian installs it, the one without windows first.

What it draws is the same; a Chromium with windows spends three times as much in itself on a page, and draws windows
that nobody sees.
"""

from __future__ import annotations

from pathlib import Path

PROGRAMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))


def program() -> Path | None:
    """Return the Chromium to use, or None when none is installed."""
    return next((path for path in PROGRAMS if path.exists()), None)
