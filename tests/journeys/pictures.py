"""Pictures of pages, kept in the folder that RODATRADEN_SCREENSHOTS names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def keep_picture(page: Page, name: str) -> None:
    folder = os.environ.get("RODATRADEN_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)
