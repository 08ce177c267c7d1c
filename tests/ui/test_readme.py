import re
from pathlib import Path

from rodatraden import ui

ROOM = Path(ui.__file__).parent


def test_every_component_tag_and_filter_is_on_the_page_that_rooms_read():
    text = (ROOM / "README.md").read_text(encoding="utf-8")
    tags = (ROOM / "templatetags/rt.py").read_text(encoding="utf-8")
    said = set(re.findall(r"[a-z_]+", text))
    names = set(re.findall(r'register\.filter\("(\w+)"', tags))
    names |= set(re.findall(r"@register\.(?!tag)[^\n]*\ndef (\w+)", tags))
    for component in (ROOM / "templates/ui/components").glob("*.html"):
        comment = component.read_text(encoding="utf-8").partition("endcomment")[0]
        drawn_by = re.search(r"Drawn by the tag (\w+)", comment)
        names.add(drawn_by[1] if drawn_by else component.stem)
    own = {
        "plus",
        "strokes",
        "dots",
        "thread_css",
        "phase_css",
        "check_css",
        "refill",
        "mini",
        "messages",
        "menu",
        "who",
        "colour_scheme",
    }
    assert names - own - said == set()
