"""The house's rules of security, read from the syntax tree: what the usual linters do not see, or only warn of.

They are our own semgrep rules without semgrep, which is 11 seconds and a tree of packages for what Python's own `ast` does.
An exception stands in `ALLOWED` with its reason, never in a comment beside the fault.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOT, Module, assert_none, dotted, modules, planted, tracked_files

if TYPE_CHECKING:
    from collections.abc import Iterator

UNPACKERS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle"}
CALLERS = {
    "requests",
    "httpx",
    "aiohttp",
    "urllib3",
    "ftplib",
    "telnetlib",
    "paramiko",
    "http.client",
    "urllib.request",
}
RUNNERS = {"eval", "exec", "compile", "__import__"}
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "pty.spawn"}
WEAK_HASHES = {"hashlib.md5", "hashlib.sha1", "hashlib.new"}
BY_HAND = {"raw", "extra", "RawSQL", "executescript"}
TEMPLATES = {"django.template.Template", "django.template.engines", "jinja2.Template", "jinja2.Environment"}
XML = {"xml.etree.ElementTree", "xml.dom.minidom", "xml.sax", "lxml.etree"}
FAULTS_OF_XML = {"ParseError"}
"""What may be brought from them: the names of faults alone."""
PROCESSES = {
    "subprocess.run",
    "subprocess.Popen",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
}
ALL_ROWS_IN = {"views"}

ALLOWED = {
    (
        "ui/views.py",
        "csrf_exempt",
    ): "chooses colours and writes nothing but a cookie; a token would set one on every public page",
    (
        "records/actions/ledger.py",
        "cursor",
    ): "the log's triggers and its lock, which no query set can make; nothing of a person's is in it",
    ("records/queries/ledger.py", "cursor"): "asks the catalogue which triggers there are",
    ("cli/database.py", "cursor"): "asks the catalogue which columns there are",
    ("records/queries/durable.py", "cursor"): "asks the database for its own settings, which no query set can",
    ("records/queries/durable.py", "sql"): "the names of settings stand in the same file",
    (
        "config/passwords.py",
        "weak_hash",
    ): "the published lists of leaked passwords are made of SHA-1; nothing of ours is guarded by it",
    ("bids/actions/box.py", "cursor"): "takes PostgreSQL's advisory lock by a number of our own",
    ("bids/actions/box.py", "sql"): "one of two names of the same function, both written there",
    ("core/assessment/naming.py", "pattern"): "each word went through re.escape on the line above",
    ("ui/drawn.py", "unpacks"): "writes values as bytes to tell them apart, and reads none",
    ("cli/backup.py", "process"): "pg_dump and pg_restore, a list of arguments without a shell",
    ("cli/start.py", "process"): "our own worker, a list of arguments without a shell",
}
"""Where a rule does not hold, and why."""


def faults(module: Module) -> Iterator[tuple[str, ast.AST, str]]:
    """Yield each fault of a module: its kind, where it stands, and what to do instead."""
    names = module.names
    for node in module.nodes:
        yield from _of_imports(node)
        if isinstance(node, ast.Call):
            yield from _of_call(node, dotted(node.func, names))
        if isinstance(node, ast.FunctionDef) and any(
            "csrf_exempt" in dotted(each, names) for each in node.decorator_list
        ):
            yield "csrf_exempt", node, "a form without a token can be sent by another site"
        if module.layer in ALL_ROWS_IN and _is_all_rows(node):
            yield "all_rows", node, "a list begins from visible_to(person)"
        if _is_all_fields(node):
            yield "all_fields", node, "a form names its fields, or whoever sends one more sets it"


def _of_imports(node: ast.AST) -> Iterator[tuple[str, ast.AST, str]]:
    brought = (
        [each.name for each in node.names]
        if isinstance(node, ast.Import)
        else [f"{node.module}.{each.name}" for each in node.names if each.name not in FAULTS_OF_XML]
        if isinstance(node, ast.ImportFrom)
        else []
    )
    for name in brought:
        if name.partition(".")[0] in UNPACKERS:
            yield "unpacks", node, "what is unpacked by it can run: use canonical JSON"
        if any(name == each or name.startswith(f"{each}.") for each in CALLERS):
            yield "calls", node, "the server calls nobody (docs/security.md, what the server talks to)"
        if any(name == each or name.startswith(f"{each}.") for each in XML):
            yield (
                "xml",
                node,
                "XML of others is read by python-docx and openpyxl alone, which tests/tenders/test_hostile_files.py attacks",
            )


def _of_call(node: ast.Call, name: str) -> Iterator[tuple[str, ast.AST, str]]:
    words = {each.arg: each.value for each in node.keywords}
    last = name.rpartition(".")[2] or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
    if name in RUNNERS:
        yield "runs", node, "no code is made of data"
    if name in SHELLS or (name in PROCESSES and "shell" in words):
        yield "shell", node, "a list of arguments, never a shell"
    elif name in PROCESSES:
        yield "process", node, "another program is started where ALLOWED says why"
    if name in {"yaml.load", "yaml.unsafe_load", "yaml.full_load"}:
        yield "unpacks", node, "yaml.safe_load, or JSON"
    if name in WEAK_HASHES:
        yield "weak_hash", node, "SHA-256"
    yield from _of_sql(node, name, last)
    if name in TEMPLATES or last == "from_string":
        yield "template", node, "a template is a file, never a text"
    if (
        name.startswith("re.")
        and last
        in {
            "compile",
            "search",
            "match",
            "fullmatch",
            "sub",
            "split",
            "findall",
            "finditer",
        }
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
        and not _all_escaped(node.args[0])
    ):
        yield "pattern", node, "what is put into a pattern goes through re.escape"
    if name in {"tempfile.mktemp", "os.tempnam"}:
        yield "temporary", node, "tempfile.mkstemp or TemporaryDirectory"
    if name.startswith("random.") and name not in {"random.Random", "random.SystemRandom"}:
        yield "chance", node, "secrets for what must not be guessed, a passed-in generator for what must be repeated"


def _of_sql(node: ast.Call, name: str, last: str) -> Iterator[tuple[str, ast.AST, str]]:
    if last in BY_HAND and isinstance(node.func, ast.Attribute | ast.Name):
        yield "sql", node, "query sets, which put values in by themselves"
    if last == "cursor" and name.startswith(("django.db.connection", "connection", "connections")):
        yield "cursor", node, "query sets; a lock or a trigger stands in ALLOWED"
    if last in {"execute", "executemany"} and node.args and not _is_fixed(node.args[0]):
        yield "sql", node, "values go beside the statement, never into it"


def _is_fixed(node: ast.AST) -> bool:
    """Whether a statement is written out, or a name of one (of this program): never put together where it is run."""
    return isinstance(node, ast.Constant | ast.Name | ast.Attribute | ast.Subscript)


def _all_escaped(text: ast.JoinedStr) -> bool:
    inside = [each.value for each in text.values if isinstance(each, ast.FormattedValue)]
    return all(
        (isinstance(each, ast.Call) and dotted(each.func, {}) == "re.escape")
        or all(name.id.isupper() for name in ast.walk(each) if isinstance(name, ast.Name))
        for each in inside
    )


def _is_all_fields(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Assign)
        and "fields" in {dotted(each, {}) for each in node.targets}
        and isinstance(node.value, ast.Constant)
        and node.value.value == "__all__"
    )


def _is_all_rows(node: ast.AST) -> bool:
    """Whether all rows of a table are what a page is made of; a named read that is given them takes them further."""
    return (
        isinstance(node, ast.Assign | ast.Return | ast.For)
        and isinstance(value := node.iter if isinstance(node, ast.For) else node.value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr == "all"
        and isinstance(value.func.value, ast.Attribute)
        and value.func.value.attr == "objects"
    )


def complaints(module: Module) -> Iterator[str]:
    for kind, node, instead in faults(module):
        if (module.place, kind) not in ALLOWED:
            yield f"{module.at(node)}: {kind}: {instead}"


def test_the_code_keeps_the_rules_of_security() -> None:
    assert_none(complaint for module in modules() for complaint in complaints(module))


def test_every_exception_is_still_needed() -> None:
    found = {(module.place, kind) for module in modules() for kind, _, _ in faults(module)}
    assert_none(f"{place} has no {kind} any more: take it out of ALLOWED" for place, kind in ALLOWED.keys() - found)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("unpacks", "import pickle"),
        ("unpacks", "from shelve import open"),
        ("unpacks", "import yaml\nyaml.load(text)"),
        ("calls", "import requests"),
        ("calls", "from urllib.request import urlopen"),
        ("calls", "import urllib.request"),
        ("calls", "from urllib import request"),
        ("xml", "import xml.etree.ElementTree as tree"),
        ("xml", "from lxml import etree"),
        ("runs", "eval(text)"),
        ("runs", "exec(text)"),
        ("shell", "import os\nos.system('ls ' + name)"),
        ("shell", "import subprocess\nsubprocess.run(f'ls {name}', shell=True)"),
        ("process", "import subprocess as s\ns.run(['ls', name])"),
        ("weak_hash", "from hashlib import md5\nmd5(data)"),
        ("sql", "Bid.objects.raw('select 1')"),
        ("sql", "Bid.objects.extra(where=['1=1'])"),
        ("sql", "cursor.execute(f'select {name}')"),
        ("sql", "cursor.execute('select ' + name)"),
        ("sql", "cursor.execute('select %s' % name)"),
        ("sql", "cursor.execute('select {}'.format(name))"),
        ("cursor", "from django.db import connection\nwith connection.cursor() as cursor: pass"),
        ("template", "from django.template import Template\nTemplate(text)"),
        ("template", "engine.from_string(text)"),
        ("pattern", "import re\nre.search(f'^{name}$', text)"),
        ("temporary", "import tempfile\ntempfile.mktemp()"),
        ("chance", "import random\nrandom.choice(words)"),
        ("chance", "from random import randint\nrandint(1, 6)"),
        ("csrf_exempt", "from django.views.decorators.csrf import csrf_exempt\n@csrf_exempt\ndef view(request): ..."),
        ("all_rows", "def view(request):\n    bids = Bid.objects.all()"),
        ("all_rows", "def view(request):\n    return Bid.objects.all()"),
        ("all_rows", "def view(request):\n    for bid in Bid.objects.all(): pass"),
        ("all_fields", "class Meta:\n    fields = '__all__'"),
    ],
)
def test_each_planted_fault_is_caught(kind, code) -> None:
    assert kind in {found for found, _, _ in faults(planted("bids/views/opening.py", code))}


@pytest.mark.parametrize(
    "code",
    [
        "import json\njson.loads(text)",
        "import re\nre.search(f'^{re.escape(name)}$', text)",
        "import re\nre.compile(rf'{WORD}+')",
        "cursor.execute('select pg_advisory_xact_lock(%s)', [number])",
        "import random\nrandom.Random(seed)",
        "def view(request):\n    found = with_case(Bid.objects.all())",
        "from hashlib import sha256\nsha256(data)",
    ],
)
def test_what_is_safe_is_let_through(code) -> None:
    assert list(faults(planted("bids/views/opening.py", code))) == []


BROWSER = {
    "markup": re.compile(
        r"\.(?:innerHTML|outerHTML)\s*\+?=|insertAdjacentHTML|document\.write|createContextualFragment"
    ),
    "code": re.compile(r"\beval\s*\(|new Function\s*\(|set(?:Timeout|Interval)\s*\(\s*[\"'`]"),
    "storage": re.compile(r"\b(?:localStorage|document\.cookie)\b"),
    "elsewhere": re.compile(r"[\"'`]https?://(?!www\.w3\.org/)"),
    "prototype": re.compile(r"__proto__|\.constructor\.prototype"),
    "any_origin": re.compile(r"postMessage\([^)]*[\"']\*[\"']"),
}
ALLOWED_IN_BROWSER = {
    (
        "src/rodatraden/assessments/static/assessments/desk.js",
        "markup",
    ): "a piece of a page that the server has drawn, escaped",
    ("frontend/sealing/fields.ts", "markup"): "a copy of the page's own <template>, with a number of ours put in",
}


def browser_faults(name: str, text: str) -> list[str]:
    lines = enumerate(text.splitlines(), 1)
    return [
        f"{name}:{number}: {kind}"
        for number, line in lines
        if not line.lstrip().startswith(("//", "*", "/*"))
        for kind, pattern in BROWSER.items()
        if pattern.search(line) and (name, kind) not in ALLOWED_IN_BROWSER
    ]


def own_programs() -> list[str]:
    """Return the programs for the browser that are ours: sources in TypeScript, and small scripts that are served as they are."""
    names = [path.relative_to(ROOT).as_posix() for path in tracked_files() if path.suffix in {".ts", ".js", ".mjs"}]
    return [name for name in names if name.startswith(("frontend/", "src/")) and "/vendor/" not in name]


def test_programs_for_the_browser_write_text_and_no_markup() -> None:
    names = own_programs()
    assert len(names) >= 5
    assert_none(fault for name in names for fault in browser_faults(name, (ROOT / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("markup", "box.innerHTML = name"),
        ("markup", 'box.insertAdjacentHTML("beforeend", name)'),
        ("code", "eval(text)"),
        ("code", 'setTimeout("go()", 1)'),
        ("storage", 'localStorage.setItem("price", price)'),
        ("elsewhere", 'fetch("https://example.org/count")'),
        ("prototype", "target.__proto__[key] = value"),
        ("any_origin", 'window.parent.postMessage(secret, "*")'),
    ],
)
def test_a_planted_fault_in_a_program_for_the_browser_is_caught(kind, line) -> None:
    assert browser_faults("frontend/x.ts", line) == [f"frontend/x.ts:1: {kind}"]


SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}"),
    "an age identity": re.compile(r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    "a cloud key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a token": re.compile(r"\b(?:ghp|gho|ghs|glpat|xox[bp])[-_][A-Za-z0-9-]{20,}"),
    "a password in an address": re.compile(
        r"postgres(?:ql)?://(?!user:password@)[^\s:@/]+:[^\s@{}<>*%]{6,}@(?!db\.example|localhost|127\.)"
    ),
}
MADE_UP = re.compile(r"^(?:tests/|frontend/.*test|examples/|docs/rules/)")
"""Where keys stand that open nothing but what stands beside them."""


def secrets_in(name: str, text: str) -> list[str]:
    if MADE_UP.match(name):
        return []
    return [f"{name}: {what}" for what, pattern in SECRETS.items() if pattern.search(text)]


def test_no_file_of_the_repository_holds_a_secret() -> None:
    found = []
    for path in tracked_files():
        if path.suffix not in {".png", ".pdf", ".woff2", ".xlsx", ".docx", ".mo", ".jpg"}:
            name = path.relative_to(ROOT).as_posix()
            found += secrets_in(name, path.read_text(encoding="utf-8", errors="replace"))
    assert_none(found)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49",
        "key = 'AGE-SECRET-KEY-1" + "Q" * 58 + "'",
        "AKIA" + "A" * 16,
        "ghp_" + "a1" * 12,
        "postgresql://rt:hemligt123@db.internal/rt",
    ],
)
def test_a_planted_secret_is_caught(text) -> None:
    assert secrets_in("src/rodatraden/x.py", text) != []
