"""Make the ground that ./run and ./test stand on, from the standard library alone.

In order: `.tools` (the installer uv, and Node), `.venv` (hash-locked packages and the project itself), the
front-end files, and the compiled message catalogues. Each step leaves a stamp with the hash of what it was made
from; a step whose stamp still holds does nothing, so a second start costs a few milliseconds.

A `.venv` that is a link is somebody else's: it is used as it is and never changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from tools import frontend

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
UV = TOOLS / "bin/uv"

SPACE_NEEDED = 1_500_000_000
"""Free bytes that a first set-up with the packages for checks needs, the caches of pip, uv and npm included."""

NO_SPACE = re.compile(r"no space left on device|disk quota exceeded|enospc|edquot", re.IGNORECASE)
NO_NETWORK = re.compile(
    r"name resolution|name or service not known|getaddrinfo|enotfound|eai_again|dns error"
    r"|connection refused|econnrefused|connection reset|econnreset|network is unreachable|enetunreach"
    r"|timed out|etimedout|connecttimeout|newconnectionerror|error sending request|proxyerror",
    re.IGNORECASE,
)

NO_VENV = "Den här datorns Python saknar modulen venv. På Debian och Ubuntu: sudo apt install python3-venv"


class SetupError(Exception):
    """Why the ground cannot be made, in Swedish, for the person at the terminal."""


def prepare(*, dev: bool) -> None:
    """Bring everything up to date; the packages for checks too when `dev`."""
    try:
        _tools()
        _packages(dev=dev)
        _project()
        _frontend()
        _messages()
    except OSError as error:
        raise SetupError(explain("Förberedelserna avbröts.", str(error))) from error


def environment() -> dict[str, str]:
    """Return the environment for the project's own programs: this checkout's source comes first."""
    return os.environ | {"PYTHONPATH": str(ROOT / "src")}


def _tools() -> None:
    lock = ROOT / "requirements-tools.lock"
    stamp, digest = TOOLS / ".stamp", fingerprint([lock])
    if _holds(stamp, digest) and (TOOLS / "bin/python").exists():  # a link that an upgrade of Python may break
        return
    require_space(ROOT, SPACE_NEEDED)
    _tell("Första gången hämtas allt som behövs. Det tar någon minut.")
    _tell("  Verktyg …")
    try:
        venv.create(TOOLS, with_pip=True, clear=True)
    except subprocess.CalledProcessError as error:
        output = (error.output or b"").decode(errors="replace")
        if "No module named ensurepip" in output:
            raise SetupError(NO_VENV) from error
        raise SetupError(explain("Verktygen kunde inte skapas.", output)) from error
    options = ("--disable-pip-version-check", "--retries=1", "--timeout=30", "--require-hashes")
    pip = [str(TOOLS / "bin/python"), "-m", "pip", "install", *options, "-r", str(lock)]
    _call("Verktygen kunde inte hämtas.", pip)
    stamp.write_text(digest)


def _packages(*, dev: bool) -> None:
    """Install the locked packages. An environment once made for checks stays so: ./run takes nothing from ./test."""
    if VENV.is_symlink():
        return
    stamp = VENV / ".packages"
    dev = dev or (stamp.is_file() and stamp.read_text().startswith("dev "))
    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    digest = f"{'dev' if dev else 'run'} {fingerprint([lock])}"
    if _holds(stamp, digest) and PYTHON.exists():
        return
    _tell("  Paket …")
    if not PYTHON.exists():
        _call("Miljön kunde inte skapas.", [UV, "venv", "--clear", "--python", sys.executable, VENV])
    _call("Paketen kunde inte hämtas.", [UV, "pip", "sync", "--require-hashes", "--python", PYTHON, lock])
    stamp.write_text(digest)


def _project() -> None:
    """Install the project itself as a link to its source, for the command `rodatraden`."""
    if VENV.is_symlink():
        return
    stamp, digest = VENV / ".project", fingerprint([ROOT / "pyproject.toml", VENV / ".packages"])
    if _holds(stamp, digest):
        return
    command: list[str | Path] = [UV, "pip", "install", "--no-deps", "--python", PYTHON, "--editable", ROOT]
    _call("Projektet kunde inte installeras.", command)
    stamp.write_text(digest)


def _frontend() -> None:
    if frontend.up_to_date():
        return
    _tell("  Utseende …")
    _call("Filerna för utseendet kunde inte hämtas.", [TOOLS / "bin/python", "-m", "tools.frontend"])


def _messages() -> None:
    catalogues = sorted((ROOT / "src/rodatraden").glob("*/locale/*/LC_MESSAGES/django.po"))
    stamp, digest = ROOT / "build/.messages", fingerprint([ROOT / "tools/messages.py", *catalogues])
    if _holds(stamp, digest) and all(path.with_suffix(".mo").exists() for path in catalogues):
        return
    _call("Texterna kunde inte sättas ihop.", [PYTHON, "-m", "tools.messages", "compile", "--all"])
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(digest)


def _call(failure: str, command: Sequence[str | Path]) -> None:
    """Run a program with the caller's environment (its certificates and proxies); say in words what went wrong."""
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SetupError(explain(failure, done.stdout))


def _tell(line: str) -> None:
    print(line, flush=True)


def _holds(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text() == digest


def fingerprint(paths: Iterable[Path]) -> str:
    """Return one hash of the names and contents of `paths`."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def require_space(folder: Path, needed: int) -> None:
    """Refuse before anything is fetched when the disk of `folder` has less than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        message = (
            f"Disken är för full. Det behövs {_gigabytes(needed)} för att komma igång, och {_gigabytes(free)} är "
            f"ledigt där mappen {folder} ligger. Frigör plats och kör samma kommando igen."
        )
        raise SetupError(message)


def _gigabytes(number: int) -> str:
    return f"{number / 1e9:.1f} GB".replace(".", ",")


def explain(failure: str, output: str) -> str:
    """Return what a person can do about a program that failed, from what it printed."""
    if NO_SPACE.search(output):
        return f"{failure} Disken är full. Frigör plats och kör samma kommando igen."
    if NO_NETWORK.search(output):
        return (
            f"{failure} Det går inte att nå internet. Paketen hämtas bara första gången och när de har ändrats. "
            "Kontrollera nätet, och certifikat och proxy om ni har sådana, och kör samma kommando igen."
        )
    last = "\n".join(f"  {line}" for line in output.strip().splitlines()[-15:])
    return f"{failure} Programmet som skulle göra det skrev:\n{last}" if last else failure
