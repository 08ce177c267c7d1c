"""Collect, check and compile the sentences that people see, without the gettext programs.

    python tools/messages.py update [ROOM …]   put new sentences into the catalogues, drop unused ones
    python tools/messages.py todo [ROOM …]     print the sentences that still lack a translation
    python tools/messages.py check             fail with a list of everything missing or wrong
    python tools/messages.py compile [--all]   write the .mo files that are older than their .po (or all)

Each room has its own catalogue, `src/rodatraden/<room>/locale/sv/LC_MESSAGES/django.po`. What `core`, `config`,
`cli` and `demo` say lies in the catalogue of `ui`. Swedish says everything; Norwegian, in `locale/nb`, what stands in
the documents that are issued (`DOCUMENTS`); English is what stands in the code. The catalogues hold no dates, line numbers or guesses ("fuzzy"),
so that two people who add sentences to the same room seldom meet in the same line.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SOURCE = Path(__file__).resolve().parents[1] / "src" / "rodatraden"
LANGUAGE = "sv"
DOCUMENTS = (
    "assessments/documents.py",
    "awards/actions/cancelling.py",
    "awards/actions/notifying.py",
    "awards/actions/revoking.py",
    "awards/documents/papers.py",
    "awards/models.py",
    "awards/queries/composing.py",
    "bids/documents.py",
    "contracts/documents.py",
    "core/calendars/procedures.py",
    "core/calendars/standstills.py",
    "core/evaluation/criteria.py",
    "core/evaluation/experience.py",
    "core/evaluation/gate.py",
    "core/evaluation/life_cycle.py",
    "core/evaluation/lots.py",
    "core/evaluation/lowest_price.py",
    "core/evaluation/margins.py",
    "core/evaluation/outcome.py",
    "core/evaluation/p*.py",
    "core/evaluation/quality_only.py",
    "core/evaluation/ranking.py",
    "core/evaluation/ratio.py",
    "core/evaluation/reference.py",
    "core/evaluation/rounding.py",
    "core/evaluation/step*.py",
    "core/evaluation/weighted_sum.py",
    "core/evaluation/wording.py",
    "evaluation/documents.py",
    "evaluation/models/inquiring.py",
    "evaluation/models/proving.py",
    "evaluation/queries/feedback.py",
    "evaluation/queries/outcome.py",
    "evaluation/queries/telling.py",
    "procurements/models.py",
    "publication/documents/*.py",
    "records/documents.py",
    "tenders/documents/paper.py",
    "tenders/models/requirements.py",
    "tenders/models/tenders.py",
    "tenders/queries/contents.py",
    "ui/documents/*.py",
    "ui/words.py",
)
"""Where the sentences of issued documents stand. What a document says from anywhere else, a test of the documents finds."""
SAYS: dict[str, tuple[str, tuple[str, ...]]] = {LANGUAGE: ("Swedish", ()), "nb": ("Norwegian", DOCUMENTS)}
"""The languages that have catalogues, and where what they say stands; () means everywhere."""
PLURAL_FORMS = "nplurals=2; plural=(n != 1);"
LODGERS = {"core", "config", "cli", "demo"}  # have no catalogue of their own; theirs is that of ui
# Which arguments of a call are the context, the sentence and its plural.
PLACES: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "say": (None, 0, None),
    **{name + lazy: places for lazy in ("", "_lazy") for name, places in {
        "gettext": (None, 0, None),
        "ngettext": (None, 0, 1),
        "pgettext": (0, 1, None),
        "npgettext": (0, 1, 2),
    }.items()},
}  # fmt: skip
TEMPLATE_KEYWORDS = {"gettext": None, "_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}  # fmt: skip
VALUE = re.compile(r"%\(\w+\)[a-z]|(?<!%)%[sd]|\{\w*[^{}]*\}")
LONE_PERCENT = re.compile(r"(?<!%)%(?![%(])")

Key = tuple[str, str]


@dataclass(frozen=True)
class Sentence:
    """A sentence to be translated and where it was first seen."""

    text: str
    plural: str = ""
    context: str = ""
    place: str = ""

    @property
    def key(self) -> Key:
        return self.context, self.text


@dataclass
class Found:
    """The sentences of each catalogue, and calls that can't be collected."""

    rooms: dict[str, dict[Key, Sentence]] = field(default_factory=lambda: defaultdict(dict))
    problems: list[str] = field(default_factory=list)

    def add(self, room: str, sentence: Sentence) -> None:
        known = self.rooms[room].get(sentence.key)
        if known is None or (sentence.plural and not known.plural):
            self.rooms[room][sentence.key] = sentence


def collect(source: Path, only: Sequence[str] = ()) -> Found:
    """Collect the sentences of every room below `source` from Python files and Django templates, or those of some files."""
    found = Found()
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        if "migrations" in parts or path.suffix not in {".py", ".html", ".txt"}:
            continue
        if only and not any(fnmatch(path.relative_to(source).as_posix(), each) for each in only):
            continue
        name = parts[0].removesuffix(".py")
        room = "ui" if name in LODGERS else name
        place = path.relative_to(source).as_posix()
        if path.suffix == ".py":
            sentences: Iterable[Sentence] = python_sentences(path.read_text(encoding="utf-8"), place, found.problems)
        elif "templates" in parts:
            sentences = template_sentences(path.read_text(encoding="utf-8"), place, found.problems)
        else:
            continue
        for sentence in sentences:
            found.add(room, sentence)
    return found


def python_sentences(code: str, place: str, problems: list[str]) -> Iterator[Sentence]:
    """Yield the sentences of Python code; `a if b else c` gives two. What can't be collected becomes a problem.

    Read from the syntax tree, because Babel's own reader joins the two halves of a condition into one sentence.
    """
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in PLACES:
            continue
        where = f"{place}:{node.lineno}"
        context, text, plural = (
            [] if index is None or len(node.args) <= index else list(_literals(node.args[index]))
            for index in PLACES[name]
        )
        if not text and (name == "say" or any(isinstance(argument, ast.JoinedStr) for argument in node.args)):
            problems.append(f"{where}: {name}(…) needs its sentence as a literal, so that it can be translated")
        for sentence in text:
            yield Sentence(sentence, plural[0] if plural else "", context[0] if context else "", where)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def template_sentences(template: str, place: str, problems: list[str]) -> Iterator[Sentence]:
    """Yield the sentences of a Django template, with Django's own reading of its tags."""
    if not settings.configured:
        settings.configure()
    # templatize leaves the template's indentation, which a reader of Python would stumble over.
    python = "\n".join(line.lstrip() for line in templatize(template, origin=place).splitlines())
    for line, text, _comments, context in extract("python", io.BytesIO(python.encode()), keywords=TEMPLATE_KEYWORDS):
        where = f"{place}:{line}"
        singular, plural = (text, "") if isinstance(text, str) else text[:2]
        if LONE_PERCENT.search(singular):
            problems.append(f"{where}: a percent sign in _(…) is looked up doubled; use {{% translate %}} instead")
        yield Sentence(singular, plural, context or "", where)


def catalogue_path(source: Path, room: str, language: str = LANGUAGE) -> Path:
    return source / room / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogues(source: Path, language: str = LANGUAGE) -> dict[str, Catalog]:
    """Read the catalogue of every room that has one."""
    paths = sorted(source.glob(f"*/locale/{language}/LC_MESSAGES/django.po"))
    return {path.relative_to(source).parts[0]: read(path) for path in paths}


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, abort_invalid=True)


def key_of(message: object) -> Key:
    text = message.id  # type: ignore[attr-defined]
    return message.context or "", text if isinstance(text, str) else text[0]  # type: ignore[attr-defined]


def entries(catalog: Catalog) -> dict[Key, tuple[object, tuple[str, ...], bool]]:
    """Return what a catalogue holds: key → (msgid, translations, fuzzy)."""
    return {
        key_of(message): (
            message.id,
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ()),
            message.fuzzy,
        )
        for message in catalog
        if message.id
    }


def msgid(sentence: Sentence) -> object:
    return (sentence.text, sentence.plural) if sentence.plural else sentence.text


def merge(wanted: dict[Key, Sentence], catalogues: Iterable[Catalog], language: str = LANGUAGE) -> Catalog:
    """Return a catalogue of exactly the wanted sentences, with the words of the first catalogue that has them."""
    result = Catalog(locale=language)
    known = [entries(catalogue) for catalogue in catalogues]
    for key, sentence in wanted.items():
        translations: tuple[str, ...] = ("", "") if sentence.plural else ("",)
        for old in known:
            text, told, fuzzy = old.get(key, (None, (), True))
            if text == msgid(sentence) and all(told) and not fuzzy:
                translations = told
                break
        result.add(
            msgid(sentence),  # type: ignore[arg-type]
            translations if sentence.plural else translations[0],
            context=sentence.context or None,
        )
    return result


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue sorted, without dates, places or wrapped lines; an empty one is removed."""
    if not len(catalogue):
        path.unlink(missing_ok=True)
        return
    body = io.BytesIO()
    write_po(body, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = (
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {path.parents[1].name}\\n"\n'
        f'"Plural-Forms: {PLURAL_FORMS}\\n"\n\n'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + body.getvalue().decode().rstrip("\n") + "\n", encoding="utf-8")


def update(source: Path, rooms: Sequence[str] = ()) -> list[str]:
    """Bring the catalogues of `rooms` (all, when none is named) up to date; return what was written."""
    found = collect(source)
    report = []
    for language, (name, only) in SAYS.items():
        wanted = (collect(source, only) if only else found).rooms
        catalogues = read_catalogues(source, language)
        for room in rooms or sorted({*wanted, *catalogues}):
            if only and not wanted.get(room) and room not in catalogues:
                continue
            own = catalogues.get(room, Catalog(locale=language))
            others = [catalogue for each, catalogue in catalogues.items() if each != room]
            merged = merge(wanted.get(room, {}), [own, *others], language)
            write(merged, catalogue_path(source, room, language))
            missing = sum(not all(told) for _, told, _ in entries(merged).values())
            report.append(f"{room}: {len(merged)} sentences, {missing} without {name}")
    return report + found.problems


def todo(source: Path, rooms: Sequence[str] = ()) -> list[str]:
    """List the sentences of `rooms` that lack a translation, each with the place where it is said."""
    return [
        line
        for language, (_, only) in SAYS.items()
        for line in _lacking(collect(source, only), read_catalogues(source, language), language, rooms)
    ]


def _lacking(found: Found, catalogues: dict[str, Catalog], language: str, rooms: Sequence[str] = ()) -> list[str]:
    lines = []
    for room in rooms or sorted(found.rooms):
        have = entries(catalogues.get(room, Catalog(locale=language)))
        for key, sentence in sorted(found.rooms.get(room, {}).items()):
            text, told, fuzzy = have.get(key, (None, (), True))
            if text != msgid(sentence) or not all(told) or fuzzy:
                lines.append(f"{room}: {shown(key)}   ({sentence.place})")
    return lines


def check(source: Path) -> list[str]:
    """List everything that keeps a language from being complete and right; empty means all is well."""
    everything = collect(source)
    problems = list(everything.problems)
    for language, (_, only) in SAYS.items():
        problems += _faults(source, language, collect(source, only) if only else everything)
    return problems


def _faults(source: Path, language: str, found: Found) -> list[str]:
    name, _ = SAYS[language]
    read_in = read_catalogues(source, language)
    catalogues = {room: entries(catalogue) for room, catalogue in read_in.items()}
    problems = [f"no {name} for {line}" for line in _lacking(found, read_in, language)]
    spoken: dict[Key, dict[tuple[str, ...], str]] = defaultdict(dict)
    for room, have in sorted(catalogues.items()):
        for key, (text, told, fuzzy) in sorted(have.items()):
            if key not in found.rooms.get(room, {}):
                problems.append(f"{room}: nobody says {shown(key)} any longer")
            if fuzzy:
                problems.append(f"{room}: a guess (fuzzy) for {shown(key)}")
            if all(told):
                problems += [f"{room}: {fault} in the {name} for {shown(key)}" for fault in value_faults(text, told)]
                spoken[key].setdefault(told, room)
    for key, variants in sorted(spoken.items()):
        if len(variants) > 1:
            each = "; ".join(f"{room} says {' / '.join(told)!r}" for told, room in variants.items())
            problems.append(f"two translations of {shown(key)}: {each}")
    return problems


def value_faults(text: object, told: Sequence[str]) -> list[str]:
    """Name the values, `{x}` or `%(x)s`, that the translation lacks or invents; the singular may leave out the number."""
    ids = (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]
    asked = [set(VALUE.findall(one)) for one in ids]
    faults = []
    for index, one in enumerate(told):
        given = set(VALUE.findall(one))
        allowed = [asked[-1]] if index else asked
        if given not in allowed:
            best = asked[min(index, len(asked) - 1)]
            faults += [f"{value} is lacking" for value in sorted(best - given)]
            faults += [f"{value} is unknown" for value in sorted(given - best)]
    return faults


def shown(key: Key) -> str:
    context, text = key
    return repr(text) + (f" [{context}]" if context else "")


def compile_catalogues(source: Path, *, everything: bool = False) -> list[Path]:
    """Write the .mo file of each catalogue that has changed since; return the files written."""
    written = []
    for po in sorted(source.glob("*/locale/*/LC_MESSAGES/django.po")):
        mo = po.with_suffix(".mo")
        if everything or not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            with mo.open("wb") as file:
                write_mo(file, read(po))
            written.append(mo)
    for mo in source.glob("*/locale/*/LC_MESSAGES/django.mo"):
        if not mo.with_suffix(".po").exists():
            mo.unlink()
    return written


def main(arguments: Sequence[str] | None = None, source: Path = SOURCE) -> int:
    parser = argparse.ArgumentParser(description="Collect, check and compile the sentences that people see.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("update", "todo"):
        commands.add_parser(name).add_argument("rooms", nargs="*", metavar="ROOM")
    commands.add_parser("check")
    commands.add_parser("compile").add_argument("--all", action="store_true", dest="everything")
    options = parser.parse_args(arguments)
    if options.command == "compile":
        compile_catalogues(source, everything=options.everything)
        return 0
    if options.command == "check":
        lines = check(source)
    else:
        lines = (update if options.command == "update" else todo)(source, options.rooms)
    for line in lines:
        print(line)
    return 1 if options.command == "check" and lines else 0


if __name__ == "__main__":
    sys.exit(main())
