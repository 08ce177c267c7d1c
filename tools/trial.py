"""./run --check: start on a fresh temporary database, and look at it over HTTP as a visitor does.

The example takes a while to load, so a database that was loaded once is kept in `build/example`, under the hash of
everything that it was made from and of the day; the next trial copies it.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

from tools import bootstrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT = bootstrap.ROOT / "build/example"
SECONDS_TO_START = 300
A_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PUBLIC_PAGE = re.compile(rf'href="(/offentligt/upphandling/{A_UUID}/)"')
CASE = re.compile(rf'href="(/upphandlingar/{A_UUID}/)"')
OFFICER = "Upphandlare"
SOURCES = ("*.py", "*.toml", "*.json", "*.csv", "*.txt")


class TrialError(Exception):
    """What was wrong with what came back."""


@dataclass(frozen=True)
class Seen:
    """What a page showed."""

    address: str
    status: int
    title: str
    heading: str
    size: int
    seconds: float
    text: str

    def __str__(self) -> str:
        kilobytes = f"{self.size / 1000:.0f} kB"
        return f"  {self.address}\n    {self.status}, {kilobytes}, {self.seconds:.2f} s: {self.title} | {self.heading}"


def run() -> int:
    """Start, fetch the start page and the example's procurement, print what was seen, and answer 0 when all is well."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rodatraden-check-") as name:
        folder = Path(name)
        kept = KEPT / example_hash()
        if kept.is_dir():
            shutil.copytree(kept, folder / "data")
        try:
            with _server(folder) as address:
                print(f"Igång efter {time.monotonic() - began:.1f} s. Det här syntes:")
                for page in look(address):
                    print(page)
        except TrialError as error:
            print(f"Provet gick inte bra: {error}", file=sys.stderr)
            print((folder / "log").read_text(encoding="utf-8", errors="replace"), file=sys.stderr)
            return 1
        _keep(folder / "data", kept)
    print(f"Allt gick bra, på {time.monotonic() - began:.1f} s.")
    return 0


def example_hash() -> str:
    """Return the hash of what the example's database is made from: all rules, verbs, migrations, data, and the day."""
    source = bootstrap.ROOT / "src/rodatraden"
    files = sorted(path for pattern in SOURCES for path in source.rglob(pattern) if "static" not in path.parts)
    day = time.strftime("%Y-%m-%d")
    names = "\n".join(str(path.relative_to(source)) for path in files)
    return sha256(f"{day}\n{names}\n{bootstrap.fingerprint(files)}".encode()).hexdigest()[:24]


def look(address: str) -> Iterator[Seen]:
    """Fetch the start page, the public page of a procurement, and its officer's own page of one.

    Raises:
        TrialError: a page is not there, or does not lead on to the next.
    """
    visitor = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    start = fetch(visitor, f"{address}/")
    yield start
    yield fetch(visitor, address + _first(PUBLIC_PAGE, start, "länk till en annonserad upphandling")[1])
    become = next((form for form in forms_of(start) if form.after == OFFICER and "person" in form.fields), None)
    if become is None:
        raise TrialError(f"{start.address} har ingen knapp för att bli upphandlare")
    own = fetch(visitor, address + become.action, become.fields)
    yield own
    yield fetch(visitor, address + _first(CASE, own, "länk till en upphandling")[1])


@dataclass
class Form:
    """A form on a page: the words right before it, where it goes, and what it sends by itself."""

    after: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Reads the forms of a page, however its markup is laid out."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        having = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(self.words, having.get("action", "")))
        elif tag == "input" and having.get("type") == "hidden" and self.forms:
            self.forms[-1].fields[having.get("name", "")] = having.get("value", "")

    def handle_data(self, data: str) -> None:
        self.words = data.strip() or self.words


def forms_of(page: Seen) -> list[Form]:
    """Return the forms of a page in its order."""
    reader = _Forms()
    reader.feed(page.text)
    return reader.forms


def _first(pattern: re.Pattern[str], page: Seen, what: str) -> re.Match[str]:
    found = pattern.search(page.text)
    if found is None:
        raise TrialError(f"{page.address} har ingen {what}")
    return found


def fetch(visitor: OpenerDirector, address: str, fields: Mapping[str, str] | None = None) -> Seen:
    """Return what a page shows, or what comes after a form with `fields` is sent there.

    Raises:
        TrialError: the page does not answer 200.
    """
    began = time.monotonic()
    try:
        with visitor.open(address, data=urlencode(fields).encode() if fields else None, timeout=30) as answer:
            text = answer.read().decode()
            seconds = time.monotonic() - began
            status, final = answer.status, answer.url
    except HTTPError as error:
        raise TrialError(f"{address} svarade {error.code}") from error
    except URLError as error:
        raise TrialError(f"{address} svarade inte: {error.reason}") from error
    size = len(text.encode())
    return Seen(final, status, _inside("title", text), _inside("h1", text), size, seconds, text)


def _inside(element: str, text: str) -> str:
    found = re.search(rf"<{element}[^>]*>(.*?)</{element}>", text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split()) if found else f"(ingen {element})"


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """Start the server on a free port, wait until it answers, and end it with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = {name: value for name, value in bootstrap.environment().items() if not name.startswith("RODATRADEN_")}
    environment = ours | {"RODATRADEN_DATA_DIR": str(folder / "data")}
    command = [str(bootstrap.PYTHON), "-m", "rodatraden.cli", "start", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=bootstrap.ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait(server, port)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise TrialError("servern slutade")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TrialError(f"servern kom inte igång på {SECONDS_TO_START} s")


def _keep(data: Path, kept: Path) -> None:
    """Keep the loaded data folder for the next trial, complete or not at all, and drop older ones."""
    if kept.is_dir():
        return
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    shutil.copytree(data, KEPT / "part")
    (KEPT / "part").replace(kept)
