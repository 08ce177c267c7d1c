"""Templates: nothing marked safe, nothing inline, no clock, and only their own room's and ui's pieces."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOMS, SOURCE, Module, assert_none, dotted, modules, planted

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"<[a-zA-Z][^<>]*?>", re.DOTALL)
FORBIDDEN = {
    re.compile(r"\|\s*(safe|safeseq)\b"): "marks text safe",
    re.compile(r"\{%\s*autoescape\s+off"): "turns escaping off",
    re.compile(r"\{%-?\s*now\b"): "reads the clock; give the page its time",
    re.compile(r"\|\s*(timesince|timeuntil)(?!\s*:)\b"): "reads the clock; say since or until when",
    re.compile(r"<style\b"): "holds style; it belongs in a file",
    re.compile(r"<script\b(?![^>]*\bsrc\s*=)"): "holds script; it belongs in a file",
    re.compile(r"javascript:", re.IGNORECASE): "holds script; it belongs in a file",
}
FORBIDDEN_IN_TAGS = {
    re.compile(r"\sstyle\s*=", re.IGNORECASE): "has inline style",
    re.compile(r"\son[a-z]+\s*=", re.IGNORECASE): "has inline script",
    re.compile(r"\shx-on\b", re.IGNORECASE): "has inline script",
}
PIECE = re.compile(r"\{%-?\s*(?:include|extends)\s+(\S+)")


def template_faults(place: str, text: str) -> list[str]:
    """List what a template at `place`, such as `bids/templates/bids/page.html`, may not hold."""
    room = place.partition("/")[0]
    text = COMMENT.sub(lambda match: re.sub(r"\S", " ", match[0]), text)
    found = [
        f"{place}:{text.count(chr(10), 0, match.start()) + 1}: {match[0].strip()} {why}"
        for pattern, why in FORBIDDEN.items()
        for match in pattern.finditer(text)
    ]
    for tag in TAG.finditer(text):
        line = text.count("\n", 0, tag.start()) + 1
        # What stands in quotes, such as a title that mentions style=, is no attribute.
        bare = re.sub(r"\{[{%].*?[%}]\}", "", tag[0])
        bare = re.sub(r"=\s*(\"[^\"]*\"|'[^']*')", '=""', bare)
        found += [
            f"{place}:{line}: {tag[0][:60]} {why}" for pattern, why in FORBIDDEN_IN_TAGS.items() if pattern.search(bare)
        ]
    for piece in PIECE.finditer(text):
        line = text.count("\n", 0, piece.start()) + 1
        name = piece[1].strip("\"'")
        if piece[1][0] not in "\"'":
            if room != "ui":
                found.append(f"{place}:{line}: {piece[1]} is a piece nobody can look up; name it")
        elif name.partition("/")[0] in {*ROOMS} - {room}:
            found.append(f"{place}:{line}: {name} is another room's; link to its page, or let ui own the piece")
    return found


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.glob("*/templates/**/*")):
        if path.is_file():
            yield path.relative_to(SOURCE).as_posix(), path.read_text(encoding="utf-8")


def foreign_templates(module: Module) -> list[str]:
    """List the templates of other rooms that a room's Python names."""
    found = []
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and module.room in ROOMS:
            owner, slash, rest = node.value.partition("/")
            if slash and rest.endswith((".html", ".txt")) and owner in ROOMS and owner != module.room:
                found.append(f"{module.at(node)}: {node.value} is another room's")
    return found


def marked_safe(module: Module) -> list[str]:
    """List where text is declared to be safe markup; `format_html` escapes what it is given."""
    names = module.names
    return [
        f"{module.at(node)}: {ast.unparse(node)} marks text safe; let format_html or a template build it"
        for node in module.nodes
        if dotted(node, names) == "django.utils.safestring.mark_safe"
        or (isinstance(node, ast.Call) and dotted(node.func, names).startswith("django.utils.safestring.Safe"))
    ]


def test_templates_hold_nothing_forbidden() -> None:
    assert_none(line for place, text in templates() for line in template_faults(place, text))


def test_python_names_only_its_own_templates() -> None:
    assert_none(line for module in modules() for line in foreign_templates(module))


def test_python_marks_nothing_safe() -> None:
    assert_none(line for module in modules() for line in marked_safe(module))


@pytest.mark.parametrize(
    "text",
    [
        "{{ text|safe }}",
        "{{ text | safeseq|join:', ' }}",
        "{% autoescape off %}{{ x }}{% endautoescape %}",
        "{% now 'Y' %}",
        "{{ at|timesince }}",
        "<p style='color: red'>",
        '<p class="a"\n style="color: red">',
        '<button onclick="go()">',
        '<body hx-on:click="go()">',
        "<script>go()</script>",
        "<style>p {}</style>",
        '<a href="javascript:go()">',
        '{% include "awards/row.html" %}',
        "{% extends 'tenders/base.html' %}",
        "{% include name %}",
    ],
)
def test_a_planted_fault_in_a_template_is_caught(text: str) -> None:
    assert len(template_faults("bids/templates/bids/page.html", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{# {{ text|safe }} #}{% comment %}<p style=''>{% endcomment %}",
        "{{ at|timeuntil:request.now }}",
        '<script src="/static/x.js" defer></script>',
        '<p title="how style= works" data-on="x">',
        "{{ text|safety }}",
        '{% include "bids/row.html" with a=b only %}{% extends "ui/base.html" %}{% include "account/row.html" %}',
        '{% if a < b %}style ="x"{% endif %}',
    ],
)
def test_a_clean_template_is_let_through(text: str) -> None:
    assert template_faults("bids/templates/bids/page.html", text) == []


def test_a_planted_foreign_template_is_caught() -> None:
    assert len(foreign_templates(planted("bids/views.py", "render(request, 'awards/page.html')"))) == 1
    assert foreign_templates(planted("bids/views.py", "render(request, 'bids/page.html', {'next': 'awards/'})")) == []


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("from django.utils.safestring import mark_safe as m\nm(x)", 1),
        ("from django.utils import safestring\nregister.filter(safestring.mark_safe)", 1),
        ("from django.utils.safestring import SafeString\nSafeString(x)", 1),
        ("from django.utils.safestring import SafeString\ndef f() -> SafeString: return format_html(x)", 0),
    ],
)
def test_planted_trust_is_caught(code: str, faults: int) -> None:
    assert len(marked_safe(planted("ui/drawing.py", code))) == faults
