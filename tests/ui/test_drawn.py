"""What is drawn once for the same values: nothing but equal values gives the same drawing."""

from django.utils.translation import override

from rodatraden.ui.drawn import drawn
from rodatraden.ui.frame import CaseFrame, Link, Phase

TEMPLATE = "ui/components/case_frame.html"
PHASES = (Phase("Behov", "done", "/b/"), Phase("Anbud", "now", "/a/"))


def frame(**other):
    return CaseFrame(**{"name": "Coachning <1>", "url": "/u/1/", "phases": PHASES} | other)


def test_equal_values_are_drawn_once_and_all_others_anew():
    first = drawn(TEMPLATE, case=frame())
    assert drawn(TEMPLATE, case=frame()) is first
    assert "Coachning &lt;1&gt;" in first
    for other in ({"url": "/u/2/"}, {"pages": (Link("Frågor", "/f/"),)}, {"phases": PHASES[:1]}):
        assert drawn(TEMPLATE, case=frame(**other)) != first
    assert "/f/" not in drawn(TEMPLATE, case=frame())


def test_each_language_has_its_own():
    swedish = drawn(TEMPLATE, case=frame())
    with override("en"):
        assert drawn(TEMPLATE, case=frame()) != swedish
