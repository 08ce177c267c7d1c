"""What is drawn once for the same values: nothing but the very same gives the same drawing."""

from decimal import Decimal

from django.utils.html import format_html
from django.utils.translation import override

from rodatraden.ui.drawn import Drawings, drawn
from rodatraden.ui.frame import CaseFrame, Link, Phase

TEMPLATE = "ui/components/case_frame.html"
PHASES = (Phase("Behov", "done", "/b/"), Phase("Anbud", "now", "/a/"))


def frame(**other):
    return CaseFrame(**{"name": "Coachning <1>", "url": "/u/1/", "phases": PHASES} | other)


def test_the_same_values_are_drawn_once_and_all_others_anew():
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


def test_what_somebody_wrote_is_never_taken_for_the_same_text_of_ours():
    ours = format_html("<script>{}</script>", "alert(1)")
    assert ours in drawn(TEMPLATE, case=frame(name=ours))
    assert ours not in drawn(TEMPLATE, case=frame(name="<script>alert(1)</script>"))


def test_what_is_equal_and_written_otherwise_is_drawn_by_itself():
    shown = [drawn(TEMPLATE, case=frame(name=name)) for name in (Decimal("1.0"), Decimal("1.00"), 1, True)]
    assert len(set(shown)) == len(shown)


def test_what_nobody_has_asked_for_longest_is_given_up_when_all_is_too_long():
    one = len(drawn(TEMPLATE, case=frame()))
    drawings = Drawings(most=2 * one + 10)
    first, second = (drawings.draw(TEMPLATE, {"case": frame(url=url)}) for url in ("/u/1/", "/u/2/"))
    assert drawings.draw(TEMPLATE, {"case": frame(url="/u/1/")}) is first
    drawings.draw(TEMPLATE, {"case": frame(url="/u/3/")})
    assert drawings.draw(TEMPLATE, {"case": frame(url="/u/1/")}) is first
    assert drawings.draw(TEMPLATE, {"case": frame(url="/u/2/")}) is not second
