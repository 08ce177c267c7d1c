"""Where a refusal is mended: on the page of the case that the request is about."""

from __future__ import annotations

from uuid import uuid4

import pytest

from rodatraden.ui.place import mend_url, set_case


@pytest.fixture(autouse=True)
def _nowhere():
    yield
    set_case(None)


@pytest.mark.parametrize(
    ("mend", "address"),
    [("#id_price", "#id_price"), ("/jag/", "/jag/"), ("parties:me", "/jag/"), ("", ""), ("value", ""), ("x:y", "")],
)
def test_what_needs_no_case(mend, address):
    assert mend_url(mend) == address
    set_case(uuid4())
    assert mend_url(mend) == address


def test_a_page_of_a_case_is_found_while_the_request_is_about_one():
    case = uuid4()
    assert mend_url("procurements:team") == ""
    set_case(case)
    assert mend_url("procurements:team") == f"/upphandlingar/{case}/team/"
