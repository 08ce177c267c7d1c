"""The notice databases to choose among, each with its source and how well it is founded."""

from __future__ import annotations

import pytest

from rodatraden.core.calendars import NOTICE_DATABASES, Country, RuleDataError, databases_in
from rodatraden.core.calendars.databases import parse_databases

ROW = """[[database]]
id = "x"
country = "NO"
name = "X"
url = ""
paragraph = "FOA § 21-1"
source = "y"
checked_on = 2026-11-30
status = "read"
"""


def test_a_country_has_its_own_and_what_nobody_has_read_is_unverified():
    assert [row.name for row in databases_in(Country.NO)] == ["Doffin"]
    swedish = databases_in(Country.SE)
    assert {row.name: row.is_verified for row in swedish}["e-Avrop"] is False
    assert len(swedish) + len(databases_in(Country.NO)) == len(NOTICE_DATABASES)
    assert databases_in(Country.EU) == ()
    assert [row.id for row in NOTICE_DATABASES if row.url and not row.url.startswith("https://")] == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"NO"', '"DK"', "d.toml: x: 'DK' is not a valid Country"),
        ('"read"', '"sure"', "d.toml: x: 'sure' is not a valid Status"),
        ('source = "y"', "", r"d.toml: x: missing \['source'\]"),
        ("FOA", "FOA", None),
    ],
)
def test_a_bad_file_of_databases_is_refused(old, new, complaint):
    text = ROW.replace(old, new)
    if complaint is None:
        assert [row.id for row in parse_databases(text, name="d.toml")] == ["x"]
        text, complaint = text + ROW, "d.toml: X stands twice"
    with pytest.raises(RuleDataError, match=complaint):
        parse_databases(text, name="d.toml")
