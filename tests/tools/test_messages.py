"""The tool that collects, checks and compiles sentences, on small made-up rooms."""

from __future__ import annotations

import gettext
from typing import TYPE_CHECKING

import pytest

from tools import messages

if TYPE_CHECKING:
    from pathlib import Path


def room(source: Path, name: str, *, code: str = "", template: str = "") -> None:
    (source / name / "templates" / name).mkdir(parents=True, exist_ok=True)
    (source / name / "rules.py").write_text(code, encoding="utf-8")
    (source / name / "templates" / name / "page.html").write_text(template, encoding="utf-8")


def translate(source: Path, name: str, swedish: dict[str, str]) -> None:
    path = messages.catalogue_path(source, name)
    text = path.read_text(encoding="utf-8")
    for english, translated in swedish.items():
        assert f'msgid "{english}"\nmsgstr ""' in text
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{translated}"')
    path.write_text(text, encoding="utf-8")


def texts(found: messages.Found, name: str) -> set[tuple[str, str, str]]:
    return {(sentence.context, sentence.text, sentence.plural) for sentence in found.rooms[name].values()}


def test_collect_reads_every_way_to_say_something_in_python(tmp_path: Path) -> None:
    room(
        tmp_path,
        "bids",
        code="""
from django.utils import translation
no(say("Bid {n} is late", n=say("inner"), why="not a sentence"), mend="nor this")
gettext("long " "text")
_("plain") if x else gettext_lazy("lazy")
gettext("yes" if x else "no")
ngettext("%(n)s bid", "%(n)s bids", n) % {"n": n}
pgettext("month", "May"), npgettext_lazy("c", "one", "many", 2), translation.gettext("by module")
gettext(variable), message.text
""",
    )
    found = messages.collect(tmp_path)
    assert found.problems == []
    assert texts(found, "bids") == {
        ("", "Bid {n} is late", ""),
        ("", "inner", ""),
        ("", "long text", ""),
        ("", "plain", ""),
        ("", "lazy", ""),
        ("", "yes", ""),
        ("", "no", ""),
        ("", "%(n)s bid", "%(n)s bids"),
        ("month", "May", ""),
        ("c", "one", "many"),
        ("", "by module", ""),
    }


def test_collect_reads_every_way_to_say_something_in_a_template(tmp_path: Path) -> None:
    room(
        tmp_path,
        "bids",
        template="""
    <p title="{% translate 'Title' %}">{% trans "May" context "month" %} {# _("comment") #}
      {% blocktranslate trimmed count n=c with a=b %}
        One of {{ a }}
      {% plural %}
        {{ n }} of
        {{ a }}
      {% endblocktranslate %}
      {{ x|default:_("None") }} {% include "ui/x.html" with label=_("Label") %}
      {% translate "50 % off" %}, it's don't
""",
    )
    found = messages.collect(tmp_path)
    assert found.problems == []
    assert texts(found, "bids") == {
        ("", "Title", ""),
        ("month", "May", ""),
        ("", "One of %(a)s", "%(n)s of %(a)s"),
        ("", "None", ""),
        ("", "Label", ""),
        ("", "50 %% off", ""),
    }


def test_what_the_core_says_lies_in_the_catalogue_of_ui(tmp_path: Path) -> None:
    for name in ("core", "config", "cli", "demo", "ui"):
        room(tmp_path, name, code=f'say("from {name}")')
    assert [text for _, text, _ in sorted(texts(messages.collect(tmp_path), "ui"))] == [
        "from cli",
        "from config",
        "from core",
        "from demo",
        "from ui",
    ]


@pytest.mark.parametrize("code", ["say(name)", 'say(f"Bid {n}")', 'gettext(f"Bid {n}")', 'say("a" + b)'])
def test_a_sentence_that_is_no_literal_is_a_problem(tmp_path: Path, code: str) -> None:
    room(tmp_path, "bids", code=code)
    assert [problem.partition(":")[0] for problem in messages.check(tmp_path)] == ["bids/rules.py"]


def test_a_percent_sign_where_django_would_look_it_up_doubled_is_a_problem(tmp_path: Path) -> None:
    room(tmp_path, "bids", template='{{ x|default:_("50 % off") }}')
    assert "percent sign" in messages.check(tmp_path)[0]


def test_update_keeps_swedish_adds_new_and_drops_unused(tmp_path: Path) -> None:
    room(tmp_path, "bids", code='say("Old"), say("Kept")')
    messages.update(tmp_path)
    translate(tmp_path, "bids", {"Old": "Gammal", "Kept": "Kvar"})
    room(tmp_path, "bids", code='say("New"), say("Kept"), say("Äpple {x}")')
    messages.update(tmp_path)
    assert messages.catalogue_path(tmp_path, "bids").read_text(encoding="utf-8") == (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: sv\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "Kept"\nmsgstr "Kvar"\n\n'
        'msgid "New"\nmsgstr ""\n\n'
        '#, python-brace-format\nmsgid "Äpple {x}"\nmsgstr ""\n'
    )


def test_update_of_one_room_leaves_the_others_and_can_be_repeated(tmp_path: Path) -> None:
    room(tmp_path, "bids", code='say("A")')
    room(tmp_path, "awards", code='say("B")')
    messages.update(tmp_path, ["bids"])
    assert not messages.catalogue_path(tmp_path, "awards").exists()
    before = messages.catalogue_path(tmp_path, "bids").read_bytes()
    messages.update(tmp_path, ["bids"])
    assert messages.catalogue_path(tmp_path, "bids").read_bytes() == before


def test_update_borrows_the_swedish_of_another_room(tmp_path: Path) -> None:
    room(tmp_path, "bids", code='say("Save")')
    messages.update(tmp_path)
    translate(tmp_path, "bids", {"Save": "Spara"})
    room(tmp_path, "awards", code='say("Save")')
    messages.update(tmp_path)
    assert messages.check(tmp_path) == []


def test_todo_lists_what_lacks_swedish_with_its_place(tmp_path: Path) -> None:
    room(tmp_path, "bids", code='say("One")\nsay("Two")')
    assert messages.todo(tmp_path, ["bids"]) == ["bids: 'One'   (bids/rules.py:1)", "bids: 'Two'   (bids/rules.py:2)"]
    messages.update(tmp_path)
    translate(tmp_path, "bids", {"One": "Ett"})
    assert messages.todo(tmp_path) == ["bids: 'Two'   (bids/rules.py:2)"]


def test_norwegian_holds_what_documents_say_and_nothing_else(tmp_path: Path) -> None:
    room(tmp_path, "bids", code='say("On a page")')
    (tmp_path / "bids" / "documents.py").write_text('gettext("In a document")', encoding="utf-8")
    assert messages.update(tmp_path) == [
        "bids: 2 sentences, 2 without Swedish",
        "bids: 1 sentences, 1 without Norwegian",
    ]
    translate(tmp_path, "bids", {"On a page": "På en sida", "In a document": "I en handling"})
    assert messages.check(tmp_path) == ["no Norwegian for bids: 'In a document'   (bids/documents.py:1)"]
    path = messages.catalogue_path(tmp_path, "bids", "nb")
    path.write_text(
        path.read_text(encoding="utf-8")
        .replace('msgstr ""\n', 'msgstr "I et dokument"\n')
        .replace('msgid ""\nmsgstr "I et dokument"', 'msgid ""\nmsgstr ""'),
        encoding="utf-8",
    )
    assert messages.check(tmp_path) == []
    assert {made.parents[1].name for made in messages.compile_catalogues(tmp_path)} == {"sv", "nb"}
    (tmp_path / "bids" / "documents.py").unlink()
    assert messages.check(tmp_path) == [
        "bids: nobody says 'In a document' any longer",
        "bids: nobody says 'In a document' any longer",
    ]


def catalogue(source: Path, name: str, *bodies: str) -> None:
    path = messages.catalogue_path(source, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    path.write_text("\n\n".join([header, *bodies]) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "bodies", "expected"),
    [
        ('say("A")', [], ["no Swedish for bids: 'A'   (bids/rules.py:1)"]),
        ('say("A")', ['msgid "A"\nmsgstr ""'], ["no Swedish for bids: 'A'   (bids/rules.py:1)"]),
        ('say("A")', ['msgid "A"\nmsgstr "Å"', 'msgid "B"\nmsgstr "Be"'], ["bids: nobody says 'B' any longer"]),
        ('say("A {x}")', ['msgid "A {x}"\nmsgstr "Å {y}"'], [
            "bids: {x} is lacking in the Swedish for 'A {x}'",
            "bids: {y} is unknown in the Swedish for 'A {x}'",
        ]),
        ('_("A %(x)s")', ['msgid "A %(x)s"\nmsgstr "Å"'], ["bids: %(x)s is lacking in the Swedish for 'A %(x)s'"]),
        ('_("A 5 %")', ['msgid "A 5 %"\nmsgstr "Å 5 %"'], []),
        ('say("A")', ['#, fuzzy\nmsgid "A"\nmsgstr "Å"'], [
            "no Swedish for bids: 'A'   (bids/rules.py:1)",
            "bids: a guess (fuzzy) for 'A'",
        ]),
        ('ngettext("One", "%(n)s", 2)', ['msgid "One"\nmsgid_plural "%(n)s"\nmsgstr[0] "Ett"\nmsgstr[1] "%(n)s"'], []),
        ('ngettext("%(n)s a", "%(n)s b", 2)', [
            'msgid "%(n)s a"\nmsgid_plural "%(n)s b"\nmsgstr[0] "%(n)s a"\nmsgstr[1] "många"'
        ], ["bids: %(n)s is lacking in the Swedish for '%(n)s a'"]),
        ('ngettext("A", "B", 2)', ['msgid "A"\nmsgstr "Å"'], ["no Swedish for bids: 'A'   (bids/rules.py:1)"]),
    ],
)  # fmt: skip
def test_check_finds(tmp_path: Path, code: str, bodies: list[str], expected: list[str]) -> None:
    room(tmp_path, "bids", code=code)
    if bodies:
        catalogue(tmp_path, "bids", *bodies)
    assert messages.check(tmp_path) == expected
    assert messages.main(["check"], tmp_path) == bool(expected)


def test_check_finds_two_translations_of_one_sentence(tmp_path: Path) -> None:
    for name, swedish in (("bids", "Spara"), ("awards", "Lagra")):
        room(tmp_path, name, code='say("Save")')
        catalogue(tmp_path, name, f'msgid "Save"\nmsgstr "{swedish}"')
    assert messages.check(tmp_path) == ["two translations of 'Save': awards says 'Lagra'; bids says 'Spara'"]


def test_compile_writes_only_what_has_changed(tmp_path: Path) -> None:
    room(tmp_path, "bids", code='say("Save"), ngettext("One", "%(n)s", 2)')
    catalogue(tmp_path, "bids", 'msgid "Save"\nmsgstr "Spara"', 'msgid "One"\nmsgid_plural "%(n)s"\nmsgstr[0] "Ett"\nmsgstr[1] "%(n)s st"')  # fmt: skip
    (written,) = messages.compile_catalogues(tmp_path)
    with written.open("rb") as file:
        swedish = gettext.GNUTranslations(file)
    assert swedish.gettext("Save") == "Spara"
    assert swedish.ngettext("One", "%(n)s", 3) == "%(n)s st"
    assert messages.compile_catalogues(tmp_path) == []
    assert messages.compile_catalogues(tmp_path, everything=True) == [written]


def test_compile_removes_what_has_no_catalogue_any_longer(tmp_path: Path) -> None:
    room(tmp_path, "bids", code='say("Save")')
    catalogue(tmp_path, "bids", 'msgid "Save"\nmsgstr "Spara"')
    (written,) = messages.compile_catalogues(tmp_path)
    messages.catalogue_path(tmp_path, "bids").unlink()
    messages.compile_catalogues(tmp_path)
    assert not written.exists()
