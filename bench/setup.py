"""Time from nothing to the first page: `python3 bench/setup.py [--json]`.

In a copy of the checkout that knows nothing of this machine's caches: `./run --check` with empty package caches,
`./run --check` again, and a second `./run` to its first page (target: under 3 s). The first depends on the network
more than on us.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
SECOND_STARTS = 5
SECONDS_AT_MOST = 600
NO_PYC = "PYTHONDONTWRITEBYTECODE"  # a second start reads what the first one compiled
CACHES = ("PIP_CACHE_DIR", "UV_CACHE_DIR", "npm_config_cache")
LABELS = {
    "check_cold": "./run --check, empty package caches",
    "check_warm": "./run --check again",
    "first_start": "first ./run with the example, to first page",
    "second_start_median": f"second ./run to first page, median of {SECOND_STARTS}",
    "second_start_worst": f"second ./run to first page, worst of {SECOND_STARTS}",
}


def copy_checkout(place: Path) -> None:
    """Copy what git would commit, and nothing that ./run has made."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        source, target = ROOT / name, place / name
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def trial(place: Path, environment: Mapping[str, str]) -> float:
    """Return the seconds of one `./run --check`; it must succeed."""
    began = time.monotonic()
    subprocess.run(["./run", "--check"], cwd=place, env=environment, check=True, stdout=sys.stderr)
    return time.monotonic() - began


def first_page(place: Path, environment: Mapping[str, str]) -> float:
    """Return the seconds from `./run` until the start page has come whole; the server is ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.monotonic()
    with subprocess.Popen(["./run", "--port", str(port)], cwd=place, env=environment, stdout=sys.stderr) as server:
        try:
            while not came_whole(port):
                if server.poll() is not None or time.monotonic() - began > SECONDS_AT_MOST:
                    raise RuntimeError("The server gave no page")
                time.sleep(0.01)
            return time.monotonic() - began
        finally:
            server.send_signal(signal.SIGINT)


def came_whole(port: int) -> bool:
    """Whether the start page came; an answer that is no page is an error."""
    try:
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            return bool(answer.read())
    except HTTPError:
        raise
    except URLError:
        return False


def measure() -> dict[str, float]:
    """Return the figures, in seconds."""
    with tempfile.TemporaryDirectory(prefix="rodatraden-bench-") as name:
        place = Path(name, "checkout")
        copy_checkout(place)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("RODATRADEN_") and key != NO_PYC}
        environment = kept | {variable: str(Path(name, variable)) for variable in CACHES}
        figures = {"check_cold": trial(place, environment), "check_warm": trial(place, environment)}
        figures["first_start"] = first_page(place, environment)
        starts = sorted(first_page(place, environment) for _ in range(SECOND_STARTS))
        return figures | {"second_start_median": starts[SECOND_STARTS // 2], "second_start_worst": starts[-1]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time from nothing to the first page.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    figures = measure()
    if options.json:
        print(json.dumps({name: round(seconds, 2) for name, seconds in figures.items()}, indent=2))
        return
    width = max(len(label) for label in LABELS.values())
    print(f"{'What':<{width}}  Seconds")
    for name, label in LABELS.items():
        print(f"{label:<{width}}  {figures[name]:>7.2f}")


if __name__ == "__main__":
    main()
