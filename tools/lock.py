"""Write the lock files anew, by `python3 -m tools.lock [--upgrade]`.

They hold versions and hashes and no address of any host, so that any mirror serves. The lock for checks takes its
versions from the lock for running. Without --upgrade what is locked already stays where it can.
"""

from __future__ import annotations

import subprocess
import sys

from tools.bootstrap import ROOT, TOOLS, UV

COMPILE = [
    *(str(UV), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-header", "--no-annotate", "--no-emit-index-url"),
]
LOCKS = {
    "requirements.lock": ["pyproject.toml"],
    "requirements-dev.lock": ["pyproject.toml", "--group", "dev", "--constraint", "requirements.lock"],
    "requirements-bench.lock": ["pyproject.toml", "--group", "bench", "--constraint", "requirements.lock"],
    "requirements-tools.lock": ["--group", "tools"],
}


def main(arguments: list[str]) -> None:
    """Resolve each set, then the front-end packages."""
    upgrade = ["--upgrade"] if arguments == ["--upgrade"] else []
    for lock, choice in LOCKS.items():
        subprocess.run([*COMPILE, *choice, *upgrade, "--output-file", lock], cwd=ROOT, check=True)
    subprocess.run([TOOLS / "bin/python", "-m", "tools.frontend", "lock"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
