"""Files of the command line that were being written when it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest

from rodatraden.cli import disk
from tools import bootstrap

WRITES = """
import sys
from pathlib import Path
from rodatraden.cli import disk
with disk.new_whole(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("begun", flush=True)
    sys.stdin.read()
"""


def unfinished(folder):
    return [path for path in folder.iterdir() if path.name.endswith(disk.UNFINISHED)]


@pytest.fixture
def begin(tmp_path):
    """Let another process write a file, half of it."""
    with ExitStack() as stack:

        def begun(name):
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", WRITES, str(tmp_path / name)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=os.environ | {"PYTHONPATH": str(bootstrap.ROOT / "src")},
                )
            )
            assert process.stdout.readline() == b"begun\n"
            return process

        yield begun


def test_what_a_killed_command_left_is_taken_away_by_the_next_and_what_is_being_written_is_not(tmp_path, begin):
    killed, writing = begin("anbud.rtbid"), begin("annat.rtbid")
    assert len(unfinished(tmp_path)) == 2
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    assert len(unfinished(tmp_path)) == 2, "a killed command tidies nothing"
    disk.write_new(tmp_path / "tredje.rtbid", b"whole")
    (left,) = unfinished(tmp_path)
    assert left.name.startswith(".annat.rtbid.")
    assert writing.communicate(b"")[0] == b""
    assert writing.returncode == 0
    assert (tmp_path / "annat.rtbid").read_bytes() == b"half"
    assert unfinished(tmp_path) == []


def test_what_is_not_a_file_of_ours_is_left_alone(tmp_path):
    aim = tmp_path / "viktig"
    aim.write_bytes(b"kept")
    linked, folder = tmp_path / f".a{disk.UNFINISHED}", tmp_path / f".b{disk.UNFINISHED}"
    linked.symlink_to(aim)
    folder.mkdir()
    other = tmp_path / ".anbud.rtbid.abcdefgh"
    other.write_bytes(b"anothers")
    disk.sweep(tmp_path)
    assert (aim.read_bytes(), other.read_bytes()) == (b"kept", b"anothers")
    assert linked.is_symlink()
    assert folder.is_dir()
    disk.sweep(tmp_path / "missing")
