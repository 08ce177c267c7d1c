"""By night alone: the readers of test_parsers.py, with inputs that are led by coverage and not by chance alone (atheris)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults.test_parsers import good
from tools import bootstrap

SECONDS = 200
"""For each reader: half an hour together."""


@pytest.mark.parametrize("name", [read.__name__ for read in good()])
def test_whatever_leads_further_is_read_or_refused_in_words_and_in_little_memory(name, form, tmp_path):
    command = [sys.executable, "-m", "tests.faults.guided", name, str(tmp_path), str(form.times(0, SECONDS))]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(bootstrap.ROOT / "src"), str(bootstrap.ROOT)])}
    done = subprocess.run(command, cwd=bootstrap.ROOT, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stderr[-600:])  # noqa: T201 -- pytest shows how many there were with -s
