"""What ./run understands, and how its trial reads pages."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.setup.places import free_port
from tools import run, trial

PUBLIC = "/offentligt/upphandling/0f8fad5b-d9cb-469f-a165-70867728950e/"
CASE = "/upphandlingar/7c9e6679-7425-40de-944b-e07fc1f90ae7/"
BECOME = (
    '<li>Sara<small>Ekonom</small><form method="post" action="/nowhere/"><input type="hidden" name="person" value="6">'
    '</form></li><li>Jonas<small\n>Upphandlare</small>\n<form method="post" action="/demo/byt/">'
    '<input type="hidden" name="csrfmiddlewaretoken" value="x1"><input type="hidden" name="person" value="7">'
    "<button>Bli</button></form></li>"
)
START = f'<title>Röda  tråden</title><h1 id="x">Här börjar <b>tråden</b></h1><a href="{PUBLIC}">Vidare</a>{BECOME}'


def test_a_trial_of_an_empty_start_is_refused(capsys):
    with pytest.raises(SystemExit):
        run.parser().parse_args(["--check", "--empty"])
    assert "--empty" in capsys.readouterr().err


@pytest.fixture
def site():
    """Serve the pages that a test puts into the dictionary; others are missing. A form sent is answered with itself."""
    pages = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer(pages.get(self.path))

        def do_POST(self):
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(f"<h1>{sent}</h1>{pages[self.path]}" if self.path in pages else None)

        def _answer(self, page):
            self.send_response(404 if page is None else 200)
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", pages
        server.shutdown()


WHOLE = {
    "/": START,
    PUBLIC: "<title>Processcoachning</title><h1>Frågor och svar</h1>",
    "/demo/byt/": f'<title>Mina uppgifter</title><a href="{CASE}">Processcoachning</a>',
    CASE: "<h1>Översikt</h1>",
}


def test_the_trial_sees_the_public_page_and_the_officers_own(site):
    address, pages = site
    pages |= WHOLE
    start, public, own, case = trial.look(address)
    assert (start.status, start.title, start.heading) == (200, "Röda tråden", "Här börjar tråden")
    assert (public.title, public.heading) == ("Processcoachning", "Frågor och svar")
    assert (own.title, own.heading) == ("Mina uppgifter", "csrfmiddlewaretoken=x1&person=7")
    assert (case.title, case.heading) == ("(ingen title)", "Översikt")
    assert str(start).startswith(f"  {address}/\n    200, 0 kB, ")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"/": None}, "/ svarade 404"),
        ({"/": BECOME}, "/ har ingen länk till en annonserad upphandling"),
        ({PUBLIC: None}, f"{PUBLIC} svarade 404"),
        ({"/": f'<a href="{PUBLIC}">Vidare</a>'}, "/ har ingen knapp för att bli upphandlare"),
        ({"/demo/byt/": "<h1>Tomt</h1>"}, "/demo/byt/ har ingen länk till en upphandling"),
        ({CASE: None}, f"{CASE} svarade 404"),
    ],
)
def test_what_is_missing_fails_the_trial_and_is_named(site, change, fault):
    address, pages = site
    pages |= WHOLE | change
    with pytest.raises(trial.TrialError, match=f"^{address}{fault}$"):
        list(trial.look(address))


def test_a_server_that_is_not_there_fails_the_trial():
    with pytest.raises(trial.TrialError, match="svarade inte"):
        list(trial.look(f"http://127.0.0.1:{free_port()}"))


def test_the_kept_example_belongs_to_its_day(monkeypatch):
    today = trial.example_hash()
    assert trial.example_hash() == today
    monkeypatch.setattr(trial.time, "strftime", lambda _: "2027-02-28")
    assert trial.example_hash() != today


def test_a_data_folder_is_kept_whole_and_older_ones_go(tmp_path, monkeypatch):
    monkeypatch.setattr(trial, "KEPT", tmp_path / "kept")
    data = tmp_path / "installation"
    data.mkdir()
    (data / "mode").write_text("demo", encoding="ascii")
    for name in ("old", "new"):
        trial._keep(data, trial.KEPT / name)
    assert [path.name for path in trial.KEPT.iterdir()] == ["new"]
    assert (trial.KEPT / "new/mode").read_text(encoding="ascii") == "demo"
