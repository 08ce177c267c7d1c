"""The contracts of import-linter hold, and each of them can be broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOMS, ROOT

FILES = ("models", "rules", "queries", "actions", "forms", "views", "urls", "apps")


def lint_imports(source: Path) -> str:
    """Run all contracts on the package below `source`; return what import-linter says, nothing when all is kept."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=source,
        env={"PYTHONPATH": f"{source}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def scaffold(root: Path) -> Path:
    """Build a house of empty files that keeps every contract."""
    for package in ("core", "ui", "config", *ROOMS):
        (root / "rodatraden" / package).mkdir(parents=True)
        for name in ("__init__", *(FILES if package in ROOMS else ())):
            (root / "rodatraden" / package / f"{name}.py").touch()
    (root / "rodatraden" / "__init__.py").touch()
    return root


def test_the_contracts_hold() -> None:
    assert lint_imports(ROOT / "src") == ""


def test_a_house_of_empty_files_keeps_the_contracts(tmp_path: Path) -> None:
    assert lint_imports(scaffold(tmp_path)) == ""


@pytest.mark.parametrize(
    ("place", "line", "complaint"),
    [
        ("tenders/queries.py", "from rodatraden.bids import models", "rodatraden.tenders is not allowed to import rodatraden.bids"),
        ("ui/tags.py", "import rodatraden.parties.models", "rodatraden.ui is not allowed to import rodatraden.parties"),
        ("obstacle/__init__.py", "", "rodatraden.obstacle"),
        ("bids/helpers.py", "", "rodatraden.bids.helpers"),
        ("bids/models.py", "from rodatraden.bids import rules", "rodatraden.bids.models is not allowed to import rodatraden.bids.rules"),
        ("bids/forms.py", "from rodatraden.bids.actions import f", "rodatraden.bids.forms is not allowed to import rodatraden.bids.actions"),
        ("records/models.py", "import rodatraden.records.queries", "rodatraden.records.models is not allowed to import rodatraden.records.queries"),
        ("core/clock.py", "import time", "rodatraden.core is not allowed to import time"),
        ("core/words.py", "from django.utils.translation import gettext", "rodatraden.core is not allowed to import django"),
        ("awards/views.py", "from rodatraden.bids.views import show", "rodatraden.awards.views may not import rodatraden.bids.views"),
        ("awards/queries.py", "from rodatraden.bids.forms import F", "rodatraden.awards.queries may not import rodatraden.bids.forms"),
    ],
)  # fmt: skip
def test_a_planted_import_is_caught(tmp_path: Path, place: str, line: str, complaint: str) -> None:
    planted = scaffold(tmp_path) / "rodatraden" / place
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(line + "\n", encoding="utf-8")
    said = lint_imports(tmp_path)
    assert complaint in " ".join(said.split())
