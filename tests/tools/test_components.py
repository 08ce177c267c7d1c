"""The check of locked components, with uv and npm as they are, asked of a server on this machine that answers as registries do."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools import components
from tools.bootstrap import ROOT
from tools.components import Finding, NotAskedError, Part
from tools.lock import LOCKS

TODAY = date(2026, 11, 30)
BEFORE = date(2026, 9, 1)
OLD, YOUNG = "2026-08-01T10:00:00.000Z", "2026-11-20T10:00:00.000Z"
NOWHERE = "http://127.0.0.1:9/"


class Registry:
    """A server of what is put into `pages`, by address; what is sent to it stands in `sent`."""

    def __init__(self):
        self.pages, self.sent = {}, []
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                found = registry.pages.get(self.path.lower().replace("%2f", "/"))
                kind, body = found or ("text/plain", b"")
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                registry.sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.do_GET()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path, answer, kind="application/json"):
        self.pages[path.lower()] = kind, answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    def python(self, name, *releases):
        """Publish releases of a Python package, each (version, day, what else its file says), as PEP 691 has it."""
        files = []
        for version, at, more in releases:
            filename = f"{name}-{version}-py3-none-any.whl"
            needs = f"Requires-Python: {more['requires-python']}\n" if "requires-python" in more else ""
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}".encode()
            self.put(f"/files/{filename}.metadata", metadata, "text/plain")
            known = {"sha256": sha256(metadata).hexdigest()}
            address = f"{self.address}/files/{filename}"
            files.append(
                {
                    "filename": filename,
                    "url": address,
                    "hashes": {"sha256": "0" * 64},
                    "upload-time": at,
                    "yanked": False,
                }
                | {"core-metadata": known, "requires-python": ">=3.11"}
                | more
            )
        versions = [version for version, _, _ in releases]
        page = {"meta": {"api-version": "1.1"}, "name": name, "versions": versions, "files": files}
        self.put(f"/simple/{name}/", page, "application/vnd.pypi.simple.v1+json")

    def npm(self, name, *releases):
        """Publish releases of a package of npm, each (version, day, what else is said of it)."""
        versions = {
            version: {"name": name, "version": version}
            | {
                "dist": {
                    "tarball": f"{self.address}/{name}-{version}.tgz",
                    "integrity": "sha512-AA==",
                    "shasum": "0" * 40,
                }
            }
            | more
            for version, _, more in releases
        }
        times = {"created": OLD, "modified": YOUNG} | {version: at for version, at, _ in releases}
        newest = releases[-1][0]
        self.put(f"/{name}", {"name": name, "dist-tags": {"latest": newest}, "versions": versions, "time": times})


@pytest.fixture
def registry(monkeypatch, tmp_path):
    registry = Registry()
    for name, value in {
        "UV_DEFAULT_INDEX": f"{registry.address}/simple",
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "UV_HTTP_RETRIES": "0",
        "NPM_CONFIG_REGISTRY": registry.address,
        "NPM_CONFIG_CACHE": str(tmp_path / "npm"),
        "NPM_CONFIG_FETCH_RETRY_MINTIMEOUT": "1",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    yield registry
    registry.server.shutdown()
    registry.server.server_close()


@pytest.fixture
def checkout(tmp_path):
    """A small checkout: alfa and beta of Python, gamma and @delta/epsilon of npm."""
    root = tmp_path / "checkout"
    (root / "docs").mkdir(parents=True)
    for lock in LOCKS:
        (root / lock).write_text("", encoding="utf-8")
    (root / "requirements.lock").write_text(
        "alfa==1.0 \\\n    --hash=sha256:00\nbeta==2.0 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n",
        encoding="utf-8",
    )
    (root / "pyproject.toml").write_text(
        '[project]\ndependencies = ["alfa[x]>=1,<1.1", "beta>=2; sys_platform == \'win32\'"]\n'
        "[dependency-groups]\ndev = []\nbench = []\ntools = []\n",
        encoding="utf-8",
    )
    wanted = {"dependencies": {"gamma": "1.0.0"}, "devDependencies": {"@delta/epsilon": "1.0.0"}}
    (root / "package.json").write_text(json.dumps(wanted), encoding="utf-8")
    locked = {f"node_modules/{name}": {"version": "1.0.0"} for name in ("gamma", "@delta/epsilon")}
    (root / "package-lock.json").write_text(json.dumps({"packages": {"": {}} | locked}), encoding="utf-8")
    (root / "docs/held-back.toml").write_text("", encoding="utf-8")
    return root


ALFA, GAMMA = Part("Python", "alfa", "1.0"), Part("npm", "gamma", "1.0.0")
OLDER = Finding(ALFA, "older than 1.1, which has been out for more than 90 days")


def all_is_well(registry):
    registry.python("alfa", ("1.0", OLD, {}))
    registry.python("beta", ("2.0", OLD, {}))
    registry.npm("gamma", ("1.0.0", OLD, {}))
    registry.npm("@delta/epsilon", ("1.0.0", OLD, {}))
    registry.put("/osv", {"results": [{}] * 4})


def test_when_all_are_asked_and_nothing_breaches_it_passes(registry, checkout):
    all_is_well(registry)
    report = components.check(checkout, TODAY, f"{registry.address}/osv")
    assert (report.status, report.parts, report.breaches, report.not_asked) == (0, 4, [], {})
    asked = {(each["package"]["ecosystem"], each["package"]["name"]) for each in registry.sent[0]["queries"]}
    assert asked == {("PyPI", "alfa"), ("PyPI", "beta"), ("npm", "gamma"), ("npm", "@delta/epsilon")}
    assert "breaches 0" in components.told(report)


def test_a_release_that_has_been_out_for_a_quarter_is_a_breach_though_we_limit_it_away(registry, checkout):
    all_is_well(registry)
    registry.python("alfa", ("1.0", OLD, {}), ("1.1", OLD, {}))
    assert components.ask_python(checkout, BEFORE) == {OLDER}


@pytest.mark.parametrize(
    "newer",
    [
        ("1.1", YOUNG, {}),
        ("1.1b1", OLD, {}),
        ("1.1", OLD, {"yanked": "does not start"}),
    ],
    ids=["young", "no release", "withdrawn"],
)
def test_what_is_young_or_none_to_choose_is_no_breach(registry, checkout, newer):
    all_is_well(registry)
    registry.python("alfa", ("1.0", OLD, {}), newer)
    assert components.ask_python(checkout, BEFORE) == set()


def test_what_is_locked_for_another_machine_or_a_newer_python_is_asked_about_too(registry, checkout):
    all_is_well(registry)
    registry.python("beta", ("2.0", OLD, {}), ("2.5", OLD, {"requires-python": ">=3.13"}))
    (found,) = components.ask_python(checkout, BEFORE)
    assert (found.part.name, found.what[:14]) == ("beta", "older than 2.5")


def test_a_locked_version_that_was_withdrawn_is_a_breach_with_its_reason(registry, checkout):
    all_is_well(registry)
    registry.python("alfa", ("1.0", OLD, {"yanked": "loses data"}))
    registry.python("beta", ("2.0", OLD, {"yanked": True}))
    with pytest.raises(NotAskedError):  # nothing is left to choose
        components.ask_python(checkout, BEFORE)
    registry.python("alfa", ("0.9", OLD, {}), ("1.0", OLD, {"yanked": "loses data"}))
    registry.python("beta", ("1.9", OLD, {}), ("2.0", OLD, {"yanked": True}))
    said = {(each.part.name, each.what) for each in components.ask_python(checkout, BEFORE)}
    assert said == {("alfa", "withdrawn: loses data"), ("beta", "withdrawn: no reason given")}


def test_npm_is_asked_the_same(registry, checkout):
    all_is_well(registry)
    registry.npm("gamma", ("1.0.0", OLD, {"deprecated": "use zeta"}), ("1.1.0", YOUNG, {}))
    registry.npm("@delta/epsilon", ("1.0.0", OLD, {}), ("1.2.0", OLD, {}), ("1.3.0", YOUNG, {}))
    assert components.ask_npm(checkout, BEFORE) == {
        Finding(GAMMA, "withdrawn: use zeta"),
        Finding(Part("npm", "@delta/epsilon", "1.0.0"), "older than 1.2.0, which has been out for more than 90 days"),
    }


def test_who_cannot_be_asked_is_told_and_the_check_has_not_passed(checkout, registry):
    report = components.check(checkout, TODAY, NOWHERE)
    assert (report.status, report.breaches) == (2, [])
    assert set(report.not_asked) == {"Python", "npm", "known faults"}
    assert "alfa" in report.not_asked["Python"]
    assert all(f"Could not ask {name}: " in components.told(report) for name in report.not_asked)


@pytest.mark.parametrize("answer", [{"results": [{}]}, {"error": "too many"}, [], "<html>"])
def test_an_answer_that_is_none_counts_as_none(registry, answer):
    registry.put("/osv", answer)
    with pytest.raises(NotAskedError):
        components.ask_faults([ALFA, GAMMA], f"{registry.address}/osv")


@pytest.mark.parametrize(
    "answer",
    [
        {"results": [{"vulns": [{"id": "TEST-1"}], "next_page_token": "more"}, None]},
        {"results": [{}, {}], "next_page_token": "more"},
    ],
)
def test_an_answer_that_goes_on_elsewhere_counts_as_none(registry, answer):
    registry.put("/osv", answer)
    with pytest.raises(NotAskedError, match="more pages"):
        components.ask_faults([ALFA, GAMMA], f"{registry.address}/osv")


HELD = {"Python": {"alfa": {"until": TODAY, "because": "a reason"}}}
FAULT, WITHDRAWN = Finding(ALFA, "known fault TEST-1"), Finding(ALFA, "withdrawn: a reason")


def test_what_is_held_back_is_so_until_its_day():
    breaches, held = components.set_apart({OLDER}, HELD, TODAY)
    assert (breaches, [each.part for each in held]) == ([], [ALFA])
    report = components.Report(TODAY, 1, breaches, held)
    assert (report.status, "held back until 2026-11-30: a reason" in components.told(report)) == (0, True)
    breaches, held = components.set_apart({OLDER}, HELD, TODAY + timedelta(days=1))
    assert (breaches, held, components.Report(TODAY, 1, breaches, held).status) == ([OLDER], [], 1)


def test_nothing_but_age_is_held_back():
    assert components.set_apart({OLDER, FAULT, WITHDRAWN}, HELD, TODAY)[0] == [FAULT, WITHDRAWN]
    other = Finding(Part("npm", "alfa", "1.0"), OLDER.what)
    assert components.set_apart({other}, HELD, TODAY)[0] == [other]


def test_each_known_fault_is_told_of_the_component_that_has_it(registry):
    registry.put("/osv", {"results": [{"vulns": [{"id": "TEST-1"}, {"id": "TEST-2"}]}, None]})
    found = components.ask_faults([ALFA, GAMMA], f"{registry.address}/osv")
    assert found == {FAULT, Finding(ALFA, "known fault TEST-2")}


def test_a_breach_outweighs_who_could_not_be_asked():
    assert components.Report(TODAY, 1, [FAULT], [], {"npm": "no contact"}).status == 1
    assert components.Report(TODAY, 1, [], [], {"npm": "no contact"}).status == 2


def test_what_we_hold_back_is_locked_and_says_why_and_until_when():
    locked = {
        (part.source, part.name)
        for lock in components.python_locks(ROOT).values()
        for part in components.python_parts(lock)
    } | {(part.source, part.name) for part in components.npm_parts(ROOT)}
    for source, names in components.tomllib.loads((ROOT / components.HELD).read_text(encoding="utf-8")).items():
        for name, reason in names.items():
            assert (source, name) in locked
            assert isinstance(reason["until"], date)
            assert len(reason["because"]) > 20


def test_every_lock_is_read_whole():
    for name, lock in components.python_locks(ROOT).items():
        assert len(components.python_parts(lock)) == len(components.PIN.findall(lock)) > 0, name
        assert components.asked_by(ROOT)[name]
