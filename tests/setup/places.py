"""Places to try the set-up in: a bare copy of the checkout, a disk that is full, a port that is taken."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDED_TO_START = ("run", "test", "tools", "requirements-tools.lock", "requirements.lock", "pyproject.toml")


def bare_copy(folder: Path) -> Path:
    """Copy what ./run reads first into `folder`, without any environment."""
    folder.mkdir(exist_ok=True)
    for name in NEEDED_TO_START:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    return folder


def environment(**more: str) -> dict[str, str]:
    """Return the caller's environment without anything of the project's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RODATRADEN_", "DJANGO_"))}
    return kept | {"PYTHONPATH": str(ROOT / "src")} | more


def rodatraden(data: Path, *arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command `rodatraden` on a data folder of its own until it ends."""
    return subprocess.run(
        [sys.executable, "-m", "rodatraden.cli", *arguments],
        env=environment(RODATRADEN_DATA_DIR=str(data), **more),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def taken_port():
    """Hold a port as another program does."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def on_small_disk(folder: Path, kilobytes: int, command: list[str], **options) -> subprocess.CompletedProcess[str]:
    """Run a command that sees a disk of so many kilobytes at `folder`, in a mount namespace that ends with it."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    mount = f'mount -t tmpfs -o size={kilobytes}k tmpfs "$0" && exec "$@"'
    return subprocess.run(
        [*unshare, "sh", "-c", mount, str(folder), *command],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )


def can_mount() -> bool:
    """Whether this user may mount a small disk in a namespace of its own."""
    return shutil.which("unshare") is not None and on_small_disk(Path("/mnt"), 64, ["true"]).returncode == 0
