from __future__ import annotations

from pathlib import Path

from rodatraden.tenders.queries import template, templates

PAGE = Path(__file__).resolve().parents[2] / "docs" / "decisions" / "seed-000.md"


def test_the_page_about_the_seed_holds_every_deviation_and_no_other():
    told = [
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "|---" not in line
    ]
    assert told[1:] == [
        f"| {each.place} | {each.seed} | {each.mended} | {each.reason} | {each.source} |"
        for each in template("consultant_hourly").deviations
    ]


def test_there_is_no_template_outside_the_list():
    assert template("../models") is None


def test_what_a_template_proposes_is_there_to_be_accepted():
    for each in templates():
        for wanted in each.requirements:
            assert [name for name in wanted.get("proposed", ()) if not wanted.get(name)] == []
        assert set(each.proposed_terms) <= set(each.terms)


def test_evidence_that_the_seed_does_not_ask_for_is_proposed():
    """The seed asks for a description of the method, an answer to the case and a CV, and says nothing of how a term is shown."""
    found = template("consultant_hourly")
    assert found is not None
    unmarked = {each["evidence"] for each in found.requirements if "evidence" not in each.get("proposed", ())}
    assert unmarked == {"Metodbeskrivning, högst 4 sidor", "Svar på case, högst 3 sidor"}
