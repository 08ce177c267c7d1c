"""Lock files hold versions and hashes, and say nothing about where packages come from."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.setup.places import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock", "requirements-tools.lock")
NAME = re.compile(r"[a-z0-9._-]+", re.IGNORECASE)
PINNED = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", re.MULTILINE)


def _locked(lock):
    return dict(PINNED.findall((ROOT / lock).read_text(encoding="utf-8")))


def _named(requirements):
    return {NAME.match(requirement)[0].lower() for requirement in requirements}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", [*LOCKS, "package-lock.json", "package.json", ".npmrc"])
def test_no_host_is_named(lock):
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_version_and_hashes(lock):
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8").strip())
    assert [entry.splitlines()[0] for entry in entries if not PINNED.match(entry)] == []
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_dependency_is_locked(project):
    wanted = _named(project["project"]["dependencies"])
    groups = project["dependency-groups"]
    assert wanted - _locked("requirements.lock").keys() == set()
    assert (wanted | _named(groups["dev"])) - _locked("requirements-dev.lock").keys() == set()
    assert _named(groups["tools"]) == _locked("requirements-tools.lock").keys()


def test_checks_run_with_the_versions_that_are_served():
    assert _locked("requirements.lock").items() <= _locked("requirements-dev.lock").items()


def test_what_is_for_checks_is_not_installed_to_serve(project):
    served = _named(project["project"]["dependencies"])
    assert _locked("requirements.lock").keys() & (_named(project["dependency-groups"]["dev"]) - served) == set()


def test_the_build_backend_is_the_one_inside_the_locked_uv(project):
    """Else installing the project would fetch a backend without a hash."""
    major, minor, _ = _locked("requirements-tools.lock")["uv"].split(".")
    assert project["build-system"]["requires"] == [f"uv_build>={major}.{minor}.9,<{major}.{int(minor) + 1}"]


def test_front_end_packages_have_exact_versions_and_hashes():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    versions = wanted["dependencies"] | wanted["devDependencies"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in versions} == versions
    packages = {name: package for name, package in locked.items() if name}
    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_npm_runs_no_scripts_and_asks_nobody():
    settings = (ROOT / ".npmrc").read_text(encoding="utf-8").split()
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true", "audit=false", "fund=false"} <= {*settings}
