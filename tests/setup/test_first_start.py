"""The first start, which loads the example and then serves: in what it serves documents can be set."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from tools import trial

SUPPLIER = "VD"
RECEIPT = re.compile(rf'href="(/anbud/kvitto/{trial.A_UUID}/)"')
PATIENCE = 60
"""Seconds: setting a receipt takes one of them."""


def test_a_document_is_set_by_a_server_that_loaded_the_example_just_now(tmp_path, monkeypatch):
    """What sets documents has threads, which do not come along when a process parts from one that has used it."""
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")  # of the tests, not of who starts
    with trial._server(tmp_path) as address:
        visitor = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
        start = trial.fetch(visitor, f"{address}/")
        become = next(form for form in trial.forms_of(start) if form.after == SUPPLIER and "person" in form.fields)
        trial.fetch(visitor, address + become.action, become.fields)
        bids = trial.fetch(visitor, f"{address}/anbud/")
        receipt = RECEIPT.search(bids.text)
        assert receipt is not None
        with visitor.open(f"{address}{receipt[1]}kvitto.pdf", timeout=PATIENCE) as answer:
            assert answer.read(5) == b"%PDF-"
