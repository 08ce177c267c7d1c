"""No sentence for people goes around translation: neither in a template's text, nor as a label in Python."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.test_templates import COMMENT, templates
from tests.house.tree import Module, assert_none, dotted, modules, planted

TRANSLATED = re.compile(r"\{%-?\s*blocktranslate\b.*?\{%-?\s*endblocktranslate\s*-?%\}", re.DOTALL)
NO_TEXT = re.compile(r"<(script|style|code|kbd)\b.*?</\1\s*>|<!DOCTYPE[^>]*>", re.DOTALL | re.IGNORECASE)
TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r"\b(aria-label|aria-description|alt|title|placeholder)\s*=\s*(\"[^\"]*\"|'[^']*')")
TAG = re.compile(r"<[^>]*>", re.DOTALL)
ENTITY = re.compile(r"&#?\w+;")
WORD = re.compile(r"[^\W\d_]{2,}")
# Names and signs that are the same in every language.
SAME_EVERYWHERE = {"Röda", "tråden", "SEK", "EUR", "NOK", "CPV", "LOU", "OSL", "PDF", "CSV", "ZIP", "UUID", "SHA"}

# Shown when nothing works any longer, translation included; and the pieces on show, filled with made-up Swedish.
UNTRANSLATED = {"ui/templates/500.html", "ui/templates/503.html", "ui/templates/ui/styleguide.html", "ui/styleguide.py"}

LABELS = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_label"}
SPEAKERS = re.compile(
    r"^django\.contrib\.messages\.(success|error|info|warning)$|^django\.core\.exceptions\.ValidationError$|"
    r"^django\.forms\.ValidationError$"
)


def plain_text(place: str, text: str) -> list[str]:
    """List the words of a template that a reader would see untranslated."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    for pattern in (COMMENT, TRANSLATED, NO_TEXT, TEMPLATE_CODE):
        text = pattern.sub(blank, text)
    spoken = [(match.start(2), match[2][1:-1]) for match in SPOKEN_ATTRIBUTE.finditer(text)]
    bare = ENTITY.sub(blank, TAG.sub(blank, text))
    spoken += [(match.start(), match[0].strip()) for match in re.finditer(r"[^\n]*\S[^\n]*", bare)]
    return [
        f"{place}:{text.count(chr(10), 0, start) + 1}: “{said[:60]}” is not translated"
        for start, said in sorted(spoken)
        if set(WORD.findall(said)) - SAME_EVERYWHERE
    ]


def plain_labels(module: Module) -> list[str]:
    """List the labels and messages of a module that are text instead of a translation."""
    if module.room == "core" or module.layer == "apps" or module.place in UNTRANSLATED:
        return []
    names = module.names
    found = []
    for node in module.nodes:
        said: list[ast.expr] = []
        if isinstance(node, ast.Call):
            said += [word.value for word in node.keywords if word.arg in LABELS]
            if SPEAKERS.match(dotted(node.func, names)):
                said += node.args
        elif isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in LABELS for t in node.targets):
            said.append(node.value)
        found += [
            f"{module.at(one)}: {ast.unparse(one)[:60]} is not translated"
            for one in said
            if isinstance(one, ast.JoinedStr)
            or (isinstance(one, ast.Constant) and isinstance(one.value, str) and WORD.search(one.value))
        ]
    return found


def test_templates_speak_in_translations() -> None:
    assert_none(line for place, text in templates() if place not in UNTRANSLATED for line in plain_text(place, text))


def test_labels_are_translations() -> None:
    assert_none(line for module in modules() for line in plain_labels(module))


@pytest.mark.parametrize(
    "text",
    [
        "<p>Save</p>",
        "{% if x %}Spara{% endif %}",
        '<button aria-label="Stäng">x</button>',
        "<img alt='A picture' src='x'>",
        '<input placeholder="Sök">',
        "<p>{% translate 'Save' %} now</p>",
    ],
)
def test_planted_plain_text_is_caught(text: str) -> None:
    assert len(plain_text("bids/templates/bids/page.html", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<p>{% translate 'Save' %}</p>",
        "{% blocktranslate trimmed %}Save {{ x }} now{% endblocktranslate %}",
        "{# a note #}{% comment %}another{% endcomment %}",
        "<img alt='{% translate \"Bids\" %}' class='wide picture' src='x.png'> · – 1 2 &nbsp; &middot;",
        "{{ amount }} SEK",
        "<svg viewBox='0 0 10 10'><path d='M1 1L2 2'/></svg>",
        "{% if a < b %}{{ c }}{% endif %}",
    ],
)
def test_translated_text_is_let_through(text: str) -> None:
    assert plain_text("bids/templates/bids/page.html", text) == []


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("f = forms.CharField(label='Price')", 1),
        ("f = models.TextField(help_text=f'{n} characters')", 1),
        ("class Meta:\n    verbose_name = 'bid'", 1),
        ("from django.contrib import messages\nmessages.success(request, 'Saved')", 1),
        ("from django.core.exceptions import ValidationError as V\nraise V('No')", 1),
        ("f = forms.CharField(label=_('Price'), help_text='')", 0),
        ("class Meta:\n    verbose_name = _('bid')", 0),
        ("from django.contrib import messages\nmessages.success(request, gettext('Saved'))", 0),
    ],
)
def test_a_planted_plain_label_is_caught(code: str, faults: int) -> None:
    assert len(plain_labels(planted("bids/forms.py", code))) == faults
