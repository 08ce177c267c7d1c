"""What ./run understands, and how its trial reads pages."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools import run, trial

PROCUREMENT = "/upphandlingar/0f8fad5b-d9cb-469f-a165-70867728950e/"
START = f'<title>Röda  tråden</title><h1 id="x">Här börjar <b>tråden</b></h1><a href="{PROCUREMENT}">Vidare</a>'


def test_a_trial_of_an_empty_start_is_refused(capsys):
    with pytest.raises(SystemExit):
        run.parser().parse_args(["--check", "--empty"])
    assert "--empty" in capsys.readouterr().err


@pytest.fixture
def site():
    """Serve the pages that a test puts into the dictionary; others are missing."""
    pages = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            page = pages.get(self.path)
            self.send_response(404 if page is None else 200)
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", pages
        server.shutdown()


def test_the_trial_sees_the_start_page_and_its_first_procurement(site):
    address, pages = site
    pages |= {"/": START, PROCUREMENT: "<title>Processcoachning</title><h1>Översikt</h1>"}
    start, procurement = trial.look(address)
    assert (start.status, start.title, start.heading) == (200, "Röda tråden", "Här börjar tråden")
    assert (procurement.title, procurement.heading) == ("Processcoachning", "Översikt")
    assert str(start).startswith(f"  {address}/\n    200, 0 kB, ")


def test_a_page_that_is_missing_fails_the_trial(site):
    address, pages = site
    pages["/"] = START
    with pytest.raises(trial.TrialError, match=f"{PROCUREMENT} svarade 404"):
        list(trial.look(address))


def test_a_start_page_without_a_procurement_fails_the_trial(site):
    address, pages = site
    pages["/"] = "<h1>Tomt</h1>"
    with pytest.raises(trial.TrialError, match="ingen länk till en upphandling"):
        list(trial.look(address))


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
