"""What it costs to seal a bid on the command line, beside `age` on the same file: `python bench/sealing.py [--json]`.

Run with the environment's Python (`.venv/bin/python`), on a disk with room for three times the file. Both programs read
the same file and write to the same disk, in turns; of each the best round counts. `age` alone has no index, no wraps and
no hashes to make: target 80 % of its rate. Beside it stand `age` with the two hashes that the protocol asks for, one after the
other (SHA-256 of what goes in and of what comes out), and `age --decrypt` for the opening. What each part of the work costs is
told too, so that it shows what the rate rests on. Memory is the most that one process has held. The command runs as it is installed, with
its bytecode kept from the first round on. The rate by the clock rests on the second core, so it is told of a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
import zlib
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import pyrage  # noqa: E402 -- after the path

from rodatraden.core.sealing.contents import PART  # noqa: E402 -- after the path
from rodatraden.core.sealing.parts import Room, seal_part  # noqa: E402 -- after the path
from tests.setup.sealing import JPEG, change, fill_in, folder_of  # noqa: E402 -- after the path

if TYPE_CHECKING:
    from collections.abc import Callable

MEGABYTE, MIB = 1_000_000, 1024 * 1024
ROUNDS, PARTS = 3, 30
TARGET = 0.8
AND_HASHES = "age, and SHA-256 of both"
HASHES = "import hashlib, sys; [hashlib.file_digest(open(name, 'rb'), 'sha256') for name in sys.argv[1:]]"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program: seconds on the wall, seconds of processor time with its own processes, and its memory."""

    seconds: float
    cpu: float
    memory_mb: float

    def __add__(self, other: Run) -> Run:
        """What one costs after another."""
        return Run(self.seconds + other.seconds, self.cpu + other.cpu, max(self.memory_mb, other.memory_mb))


def run(command: list[str]) -> Run:
    """Run a program to its end and tell what it cost; what it wrote is on the disk by then.

    Raises:
        SystemExit: it failed.
    """
    as_installed = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = perf_counter()
    devnull = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(
        command[0],
        command,
        as_installed | {"PYTHONPATH": str(ROOT / "src")},
        file_actions=[(os.POSIX_SPAWN_DUP2, devnull, 1)],
    )
    _pid, status, used = os.wait4(child, 0)
    os.close(devnull)
    os.sync()
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return Run(perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / MEGABYTE)


def rate(work: Callable[[], object]) -> float:
    """Return how many MB of a part one process does in a second, best of many."""
    best = float("inf")
    for _ in range(PARTS):
        begun = perf_counter()
        work()
        best = min(best, perf_counter() - begun)
    return PART / MEGABYTE / best


def big_file(path: Path, megabytes: int) -> None:
    """Write a file that is taken for a picture of so many MB, of bytes that nobody can press together."""
    with path.open("wb") as file:
        file.write(JPEG[:3])
        for _ in range(megabytes):
            file.write(os.urandom(MEGABYTE))
        file.write(JPEG[-2:])


def measured(megabytes: int, rounds: int, place: Path | None) -> dict[str, object]:
    """Seal the same file by both programs, in turns."""
    age = shutil.which("age")
    if age is None:
        raise SystemExit("age is missing (Debian: apt-get install age)")
    names = ("age", AND_HASHES, "rodatraden seal", "age --decrypt", "rodatraden open")
    found: dict[str, list[Run]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory(prefix="rodatraden-bench-", dir=place) as name:
        folder = Path(name)
        with redirect_stdout(io.StringIO()):
            bid = folder_of(folder)
        change(bid, fill_in)
        big_file(bid / "cv.jpg", megabytes)
        identity = pyrage.x25519.Identity.generate()
        recipient = str(identity.to_public())
        ours = [sys.executable, "-m", "rodatraden.cli"]
        out, key, into, plain, other, own = (
            str(folder / each) for each in ("a.rtbid", "key.txt", "out", "a.plain", "a.age", "own.txt")
        )
        Path(own).write_text(f"{identity}\n", encoding="ascii")
        for _ in range(rounds):
            alone = run([age, "--recipient", recipient, "--output", other, str(bid / "cv.jpg")])
            found["age"].append(alone)
            found[AND_HASHES].append(alone + run([sys.executable, "-c", HASHES, str(bid / "cv.jpg"), other]))
            found["age --decrypt"].append(run([age, "--decrypt", "--identity", own, "--output", plain, other]))
            Path(other).unlink()
            Path(plain).unlink()
            found["rodatraden seal"].append(run([*ours, "seal", str(bid), "--out", out, "--keep", key, "--yes"]))
            found["rodatraden open"].append(run([*ours, "open", out, "--key", key, "--into", into]))
            shutil.rmtree(into)
            Path(out).unlink()
            Path(key).unlink()
    best = {program: min(runs, key=lambda each: each.seconds) for program, runs in found.items()}
    least_cpu = {program: min(each.cpu for each in runs) for program, runs in found.items()}
    part, room, to = os.urandom(PART), Room(), pyrage.x25519.Recipient.from_str(recipient)
    return {
        "megabytes": megabytes,
        "processors": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
        "programs": {
            program: asdict(each)
            | {
                "cpu": least_cpu[program],
                "mb_per_s": megabytes / each.seconds,
                "of_age": best["age"].seconds / each.seconds,
                "of_age_by_cpu": least_cpu["age"] / least_cpu[program],
            }
            for program, each in best.items()
        },
        "one_process_mb_per_s": {
            "pyrage, encryption alone": rate(lambda: pyrage.encrypt(part, [to])),
            "a part, encryption and SHA-256": rate(lambda: seal_part(room, recipient)),
            "SHA-256": rate(lambda: hashlib.sha256(part).digest()),
            "CRC-32": rate(lambda: zlib.crc32(part)),
        },
        "target_of_age": TARGET,
    }


def told(found: dict[str, object]) -> str:
    """Return the table."""
    lines = [
        f"{found['megabytes']} MB, {found['processors']} processors, load {found['load']:.1f}",
        f"{'':<26}{'s':>8}{'MB/s':>8}{'of age':>8}{'cpu s':>8}{'by cpu':>8}{'MB held':>9}",
    ]
    for program, each in found["programs"].items():  # type: ignore[attr-defined]
        lines.append(
            f"{program:<26}{each['seconds']:>8.2f}{each['mb_per_s']:>8.0f}{each['of_age']:>8.0%}"
            f"{each['cpu']:>8.2f}{each['of_age_by_cpu']:>8.0%}{each['memory_mb']:>9.0f}"
        )
    for work, each in found["one_process_mb_per_s"].items():  # type: ignore[attr-defined]
        lines.append(f"{work:<34}{each:>8.0f}   (one process, in memory)")
    seal = found["programs"]["rodatraden seal"]["of_age"]  # type: ignore[index]
    lines.append(f"target {TARGET:.0%} of age: {'reached' if seal >= TARGET else 'not reached'}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--json", action="store_true")
    reader.add_argument("--megabytes", type=int, default=500)
    reader.add_argument("--rounds", type=int, default=ROUNDS)
    reader.add_argument("--folder", type=Path, help="where to write, otherwise the system's temporary folder")
    options = reader.parse_args()
    found = measured(options.megabytes, options.rounds, options.folder)
    print(json.dumps(found, indent=2) if options.json else told(found))


if __name__ == "__main__":
    main()
