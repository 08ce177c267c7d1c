"""No link sends anybody to another site through ours."""

from __future__ import annotations

import pytest

from rodatraden.ui.onward import onward


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/anbud/", "/anbud/"),
        ("/anbud/?a=b#c", "/anbud/?a=b#c"),
        ("http://testserver/anbud/", "http://testserver/anbud/"),
        ("", "/jag/"),
        ("https://elsewhere.example/", "/jag/"),
        ("//elsewhere.example/", "/jag/"),
        ("javascript:alert(1)", "/jag/"),
    ],
)
def test_only_our_own_pages(rf, wanted, expected):
    assert onward(rf.get("/"), wanted, "/jag/") == expected
