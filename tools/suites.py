"""./test: run every check, or the suites named, go on after a failure, and end with a table and one line.

The last line reads `N passed, N failed` (and `, N skipped`): tests, plus one for each check that is no test.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tools import bootstrap, browser, clamd, nginx, postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

HOUSE, CORE, SETUP, JOURNEYS = "tests/house", "tests/core", ("tests/setup", "tests/tools"), "tests/journeys"
FAULTS, SCANNER, PROXY = "tests/faults", "tests/scanner", "tests/proxy"
SCANNER_SET = (("RODATRADEN_SCANNER", "/run/clamav/clamd.ctl"),)
"""As an installation has it; the check asks only that one is named."""
EVALUATION = f"{CORE}/evaluation"
LINT = f"{EVALUATION}/lint"
OUTSIDE_ROOMS = [f"--ignore={path}" for path in (HOUSE, CORE, *SETUP, JOURNEYS, FAULTS, SCANNER, PROXY)]
# What a caller may have set for its own reasons; without compiled modules each start takes a third longer.
NOT_FROM_THE_CALLER = {"DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"}
CORES = 2
TWO_AT_A_TIME = ("-n", str(CORES), "--dist", "loadfile", "--no-loadscope-reorder")  # in the order of tests/conftest.py
EACH_WHEN_FREE = ("-n", str(CORES), "--dist", "worksteal")  # for few and long tests that share nothing

LONGEST = (
    "faults, SQLite",
    "faults, PostgreSQL",
    "setup",
    "main journey, PostgreSQL",
    "core",
    "evaluation",
    "trial start",
    "house",
)
"""The steps that take the longest of those that keep one core busy: from 225 to 25 s, where the others take 19 s at most."""

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 -- only folders with names of their own are made in it
ROOM_FOR_A_RUN = 4 * 2**30  # bytes

COUNTS = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed)\b")


@dataclass(frozen=True)
class Step:
    """One program to run. Without what it `needs` (Chromium, PostgreSQL, ClamAV, nginx) it is skipped, and said to be."""

    name: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def is_light(self) -> bool:
        """Whether it leaves a core for another one: it does one thing at a time."""
        return "-n" not in self.command

    @property
    def is_pytest(self) -> bool:
        """Whether its output ends with pytest's counts."""
        return self.command[0] == "pytest"


@dataclass
class Result:
    """How a step went: what it counted, how long it took, and why it was skipped."""

    step: Step
    seconds: float = 0
    counts: dict[str, int] = field(default_factory=lambda: {"passed": 0, "failed": 0, "skipped": 0})
    skipped_for: str = ""
    code: int = 0

    @property
    def word(self) -> str:
        """Return the state in one word, for the table."""
        if self.code:
            return "FAILED"
        return "SKIPPED" if self.skipped_for else "ok"


def _pytest(name: str, *arguments: str, needs: tuple[str, ...] = ()) -> Step:
    return Step(name, ("pytest", *arguments), needs)


def _rooms(name: str, *arguments: str, needs: tuple[str, ...] = ()) -> Step:
    return _pytest(name, "tests", *OUTSIDE_ROOMS, *TWO_AT_A_TIME, *arguments, needs=needs)


SUITES: dict[str, tuple[Step, ...]] = {
    "quick": (
        _pytest("evaluation", EVALUATION, f"--ignore={LINT}"),
        _pytest("lint of models", LINT),
        _pytest("house", HOUSE),
        _pytest("core", CORE, f"--ignore={EVALUATION}"),
        Step("format", ("ruff", "format", "--check", ".")),
        Step("lint", ("ruff", "check", ".")),
        Step("types of programs for the browser", ("python", "-m", "tools.frontend", "types")),
        Step("template format", ("djangofmt", "--check", "src")),
        Step("template lint", ("djlint", "--lint", "src")),
        Step("imports", ("lint-imports",)),
        Step("dependencies", ("deptry", "src")),
    ),
    "types": (Step("types", ("mypy",)),),
    "django": (
        Step("migrations", ("rodatraden", "manage", "makemigrations", "--check", "--dry-run")),
        Step(
            "deployment",
            ("rodatraden", "manage", "check", "--deploy", "--fail-level", "WARNING"),
            variables=SCANNER_SET,
        ),
    ),
    "setup": (
        _pytest("setup", *SETUP),
        Step("trial start", ("python", "-m", "tools.run", "--check")),
        _pytest("behind a proxy", PROXY, needs=("nginx", "Chromium")),
    ),
    "rooms": (
        _rooms("rooms, SQLite", "--note-statements"),  # before "postgres", which chooses by them
        _pytest("virus scanner", SCANNER, needs=("ClamAV",)),
    ),
    "postgres": (_rooms("rooms, PostgreSQL", "--database-only", needs=("PostgreSQL",)),),
    "faults": (
        _pytest("faults, SQLite", FAULTS),
        _pytest("faults, PostgreSQL", FAULTS, "--database-only", needs=("PostgreSQL",)),
    ),
    "journeys": (
        _pytest("journeys, SQLite", JOURNEYS, *EACH_WHEN_FREE, needs=("Chromium",)),
        _pytest("main journey, PostgreSQL", JOURNEYS, "-m", "main_journey", needs=("Chromium", "PostgreSQL")),
    ),
}
MEANINGS = {
    "quick": "form, husets regler, kärnan",
    "types": "typer",
    "django": "migreringar, säkerhetsinställningar",
    "setup": "./run, ./test och kommandona, och bakom nginx",
    "rooms": "rummen på SQLite, och en riktig virusgenomsökare",
    "postgres": "det i rummen som talar med databasen, på PostgreSQL",
    "faults": "angrepp: avbrott, strömavbrott, full disk, klockor, ändrade loggar",
    "journeys": "berättelsen i en riktig webbläsare",
}


def in_full(step: Step, part: str = "1/1") -> Step:
    """Return a step in its long form, by night: what pytest runs then leaves nothing out, or of the attacks one part `K/N`."""
    if not step.is_pytest:
        return step
    of_it = ("--part", part) if FAULTS in step.command else ()
    return replace(step, command=(*step.command, "--nightly", *of_it))


def missing() -> dict[str, str]:
    """Return why a thing that steps need cannot be used here; what is usable is left out."""
    reasons = {}
    if browser.program() is None:
        reasons["Chromium"] = f"{browser.PROGRAMS[-1]} is missing"
    if postgres.programs() is None:
        reasons["PostgreSQL"] = "no PostgreSQL server is installed"
    if clamd.program() is None:
        reasons["ClamAV"] = "clamd is not installed"
    if nginx.program() is None:
        reasons["nginx"] = "nginx is not installed"
    return reasons


def run(steps: Sequence[Step], *, lacking: Mapping[str, str], strict: bool) -> list[Result]:
    """Run the steps, whatever fails, and return their results in order; a skipped step counts as failed when `strict`.

    Steps that keep one core busy run two at a time, and what each of them said is shown when it has ended; the others
    follow one by one, and are shown as they go.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="rodatraden-test-", dir=_in_memory()))
        environment = _environment(Path(folder))
        database = cache(lambda: stack.enter_context(_postgres()))

        def result_of(step: Step, show: Callable[[str], object]) -> Result:
            reason = "; ".join(lacking[need] for need in step.needs if need in lacking)
            show(f"\n== {step.name}{f': SKIPPED, {reason}' if reason else ''}\n")
            if reason:
                counts = _one(failed=strict, skipped=not strict)
                return Result(step, counts=counts, skipped_for=reason, code=int(strict))
            try:
                more = {"RODATRADEN_DATABASE_URL": database()} if "PostgreSQL" in step.needs else {}
                return _run(step, environment | more | dict(step.variables), show)
            except (OSError, RuntimeError) as error:
                show(f"{error}\n")
                return Result(step, counts=_one(failed=True), code=1)

        def kept(step: Step) -> tuple[Result, list[str]]:
            said: list[str] = []
            return result_of(step, said.append), said

        if any("PostgreSQL" in step.needs for step in steps) and "PostgreSQL" not in lacking:
            with suppress(OSError, RuntimeError):  # the step that needs it tells why there is none
                database()  # here, since it ends with the thread that started it
        results = {}
        with ThreadPoolExecutor(CORES) as pool:
            light = sorted((step for step in steps if step.is_light), key=_how_late)
            for step, (result, said) in zip(light, pool.map(kept, light), strict=True):
                _show("".join(said))
                results[step] = result
        for step in steps:
            if step not in results:
                results[step] = result_of(step, _show)
        return [results[step] for step in steps]


def _how_late(step: Step) -> int:
    """Return how late a step begins of those that run two at a time: the longest first, so that none is left alone at the end."""
    return LONGEST.index(step.name) if step.name in LONGEST else len(LONGEST)


def _show(text: str) -> None:
    print(text, end="", flush=True)


def _postgres() -> AbstractContextManager[str]:
    binaries = postgres.programs()
    if binaries is None:
        raise RuntimeError("No PostgreSQL server is installed")
    return postgres.server(binaries)


def _environment(data: Path) -> dict[str, str]:
    """Return the environment for the steps: nothing of the caller's own installation, and a data folder to lose."""
    kept = {
        name: value
        for name, value in bootstrap.environment().items()
        if not name.startswith("RODATRADEN_") and name not in NOT_FROM_THE_CALLER
    }
    temporary = data / "tmp"
    temporary.mkdir()
    data.chmod(0o711)  # PostgreSQL runs as a user of its own and has to get to its folder in there
    return kept | {"PYTHONUNBUFFERED": "1", "RODATRADEN_DATA_DIR": str(data / "data"), "TMPDIR": str(temporary)}


def _in_memory() -> Path | None:
    """Return where files lie in memory and are synced at no cost, or None where that is too small for a whole run.

    What reaches the disk when is no question of these tests: their thousands of syncs would only wait for it.
    """
    return SHARED_MEMORY if SHARED_MEMORY.is_dir() and shutil.disk_usage(SHARED_MEMORY).free >= ROOM_FOR_A_RUN else None


def _run(step: Step, environment: Mapping[str, str], show: Callable[[str], object]) -> Result:
    began = time.monotonic()
    output = []
    command = [str(bootstrap.VENV / "bin" / step.command[0]), *step.command[1:]]
    with subprocess.Popen(
        command,
        cwd=bootstrap.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            show(line)
            output.append(line)
    return Result(step, time.monotonic() - began, tally(step, output, process.returncode), code=process.returncode)


def tally(step: Step, output: Sequence[str], code: int) -> dict[str, int]:
    """Count what a step found: pytest's own numbers, else the step itself as one. No tests at all is a failure."""
    counts = _one()
    if step.is_pytest:
        for number, word in COUNTS.findall(output[-1] if output else ""):
            counts[{"error": "failed", "errors": "failed", "xfailed": "passed"}.get(word, word)] += int(number)
    if code and not counts["failed"]:
        counts["failed"] = 1
    if not code and not step.is_pytest:
        counts["passed"] = 1
    return counts


def _one(*, passed: bool = False, failed: bool = False, skipped: bool = False) -> dict[str, int]:
    return {"passed": int(passed), "failed": int(failed), "skipped": int(skipped)}


def table(results: Sequence[Result], seconds: float) -> Iterator[str]:
    """Give the lines of the table of steps, and the last line with the counts of all."""
    width = max(len(result.step.name) for result in results)
    yield f"{'Step':<{width}}  {'State':<7}  {'Passed':>6}  {'Failed':>6}  {'Skipped':>7}  {'Seconds':>7}"
    for result in results:
        numbers = "  ".join(f"{result.counts[word]:>{len(word)}}" for word in ("passed", "failed", "skipped"))
        yield f"{result.step.name:<{width}}  {result.word:<7}  {numbers}  {result.seconds:>7.1f}"
    total = {word: sum(result.counts[word] for result in results) for word in ("passed", "failed", "skipped")}
    yield f"{'':<{width}}  {'':<7}  {'':>6}  {'':>6}  {'':>7}  {seconds:>7.1f}"
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    yield f"{total['passed']} passed, {total['failed']} failed{skipped}"


def parser() -> argparse.ArgumentParser:
    """Return what ./test understands."""
    parts = "\n".join(f"  {name:<9} {meaning}" for name, meaning in MEANINGS.items())
    reader = argparse.ArgumentParser(
        prog="./test",
        description="Kör alla kontroller, eller de delar som nämns.",
        epilog=f"delar:\n{parts}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    reader.add_argument("-h", "--help", action="help", help="visa den här texten")
    reader.add_argument("--nightly", action="store_true", help="den långa formen: timmar i stället för minuter")
    reader.add_argument(
        "--part", metavar="K/N", type=part, help="av angreppens långa form, med --nightly, den K:te av N delar"
    )
    reader.add_argument("suites", nargs="*", metavar="DEL", type=suite, help="en eller flera delar")
    return reader


def part(said: str) -> str:
    """Return `said` if it is a part, such as 3/17."""
    found = re.fullmatch(r"([0-9]+)/([0-9]+)", said)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError("en del skrivs K/N, som 3/17")
    return said


def suite(name: str) -> str:
    """Return `name` if it is the name of a suite."""
    if name not in SUITES:
        raise argparse.ArgumentTypeError(f"det finns ingen del som heter {name}; delarna är {', '.join(SUITES)}")
    return name


def main(arguments: list[str]) -> int:
    """Prepare with the packages for checks, run, and answer 0 only when nothing failed."""
    reader = parser()
    options = reader.parse_args(arguments)
    if options.part and not options.nightly:
        reader.error("--part delar den långa formen: skriv --nightly också")
    chosen = options.suites or list(SUITES)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the blocks that clean up are left in order
    try:
        bootstrap.prepare(dev=True)
    except bootstrap.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    steps = [
        in_full(step, options.part or "1/1") if options.nightly else step for name in chosen for step in SUITES[name]
    ]
    began = time.monotonic()
    results = run(steps, lacking=missing(), strict=os.environ.get("CI") == "true")
    print()
    for line in table(results, time.monotonic() - began):
        print(line)
    return int(any(result.code for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
