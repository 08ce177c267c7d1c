"""Whether a PDF keeps what its marks promise, read with pypdf, which knows nothing of the program that wrote it.

No validator from outside is to be had here (veraPDF is a Java program of no registry that is reached). These are the conditions of the
Matterhorn Protocol 1.1 for PDF/UA-1 that a machine can decide and that concern a document of text, lists and tables, by their
numbers, and those of PDF/A-2 (ISO 19005-2) on files of that kind.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, BooleanObject, ContentStream, DictionaryObject, IndirectObject, NameObject

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD = frozenset(
    """Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR
    TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Figure Formula Form""".split()  # noqa: SIM905
)
PAINTS = {
    b"Tj",
    b"TJ",
    b"'",
    b'"',
    b"S",
    b"s",
    b"f",
    b"F",
    b"f*",
    b"B",
    b"B*",
    b"b",
    b"b*",
    b"Do",
    b"sh",
    b"INLINE IMAGE",
}
CHILDREN = {
    "Table": {"THead", "TBody", "TFoot", "TR", "Caption"},
    "TR": {"TH", "TD"},
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
}
PARENTS = {"TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"}, "LI": {"L"}, "LBody": {"LI"}}


def faults(pdf: bytes) -> list[str]:
    """Return what breaks PDF/UA-1 or PDF/A-2, each with its number; nothing when all of it holds."""
    reader = PdfReader(BytesIO(pdf), strict=True)
    root = reader.trailer["/Root"]
    found = [*_about(reader, root, pdf), *_forbidden(reader)]
    marked: Counter[tuple[int, int]] = Counter()
    for number, page in enumerate(reader.pages):
        found += _contents(reader, page, number, marked)
        found += _fonts(page)
        if page.get("/Annots") and page.get("/Tabs") != "/S":
            found.append("28-009 a page with annotations that are not read in their order")
    tree = root.get("/StructTreeRoot")
    if tree is None:
        return [*found, "01-005 no structure"]
    tree = tree.get_object()
    roles = {str(key)[1:]: str(value)[1:] for key, value in tree.get("/RoleMap", {}).items()}
    found += [
        f"02-001 {key} stands for {value}, which is no type" for key, value in roles.items() if value not in STANDARD
    ]
    found += [f"02-004 {key} is a type of its own" for key in roles if key in STANDARD]
    pages = {page.indirect_reference.idnum: at for at, page in enumerate(reader.pages) if page.indirect_reference}
    read = Structure(roles, pages)
    found += read.read(tree)
    if read.named != marked:
        elsewhere = len(read.named - marked)
        found.append(
            f"01-006 the tags name {len(read.named)} pieces, {elsewhere} of them not marked; {len(marked)} are"
        )
    return [*found, *_headings(read.types)]


def _about(reader: PdfReader, root: Any, pdf: bytes) -> Iterator[str]:
    told = root["/Metadata"].get_object().get_data() if "/Metadata" in root else b""
    for number, part in (
        ("06-002", b">1</pdfuaid:part>"),
        ("06-003", b"<dc:title>"),
        ("A 6.6.4", b">2</pdfaid:part>"),
        ("A 6.6.4", b">A</pdfaid:conformance>"),
    ):
        if part not in told:
            yield f"{number} the file does not say {part.decode()}"
    title = (reader.metadata or {}).get("/Title", "")
    if not title or str(title) not in unescape(told.decode()):
        yield "A 6.6.2.2 its two titles differ"
    if not _is(root.get("/ViewerPreferences", {}), "/DisplayDocTitle"):
        yield "07-001 the title is not shown"
    if not root.get("/Lang"):
        yield "11-006 no language"
    if not _is(root.get("/MarkInfo", {}), "/Marked") or _is(root["/MarkInfo"], "/Suspects"):
        yield "A 6.7.2.2 not marked as tagged"
    profile = [each.get_object() for each in root.get("/OutputIntents", [])]
    if not any(each.get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in each for each in profile):
        yield "A 6.2.3 no profile of its colours"
    if "/ID" not in reader.trailer:
        yield "A 6.1.3 no identifier"
    if "/Encrypt" in reader.trailer:
        yield "A 6.1.3 encrypted"
    if not (pdf.startswith(b"%PDF-1.7\n%") and min(pdf[10:14]) > 127):
        yield "A 6.1.2 not headed as a binary file"


def _is(told: Any, name: str) -> bool:
    """Whether something is said to be true: pypdf's own object for false is no false."""
    return name in told and told[name] == BooleanObject(value=True)


FORBIDDEN = {"/JS", "/AA", "/Launch", "/LZWDecode", "/EmbeddedFile", "/XFA", "/Movie", "/Sound", "/Alternates", "/PS"}


def _forbidden(reader: PdfReader) -> Iterator[str]:
    for number in range(1, int(reader.trailer["/Size"])):
        thing = reader.get_object(IndirectObject(number, 0, reader))
        yield from (f"A 6.5 {name} in object {number}" for name in set(_names(thing)) & FORBIDDEN)
        if isinstance(thing, DictionaryObject) and str(thing.get("/SMask", "/None")) != "/None":
            yield f"A 6.4 a mask in object {number}"


def _names(thing: Any) -> Iterator[str]:
    """Yield the names in an object, in those that lie in it too and not in those that it points to."""
    if isinstance(thing, DictionaryObject):
        for key in thing:
            yield str(key)
            yield from _names(thing.raw_get(key))
    elif isinstance(thing, list):
        for each in thing:
            yield from _names(each)
    elif isinstance(thing, NameObject):
        yield str(thing)


def _contents(reader: PdfReader, page: Any, number: int, marked: Counter[tuple[int, int]]) -> Iterator[str]:
    """Hold that all that is drawn is either tagged or an artifact, and never both."""
    inside: list[tuple[str, int | None]] = []
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator in {b"BDC", b"BMC"}:
            properties = operands[1] if len(operands) > 1 else {}
            if not isinstance(properties, DictionaryObject):
                properties = (
                    page["/Resources"].get("/Properties", {}).get(properties, {}).get_object() if properties else {}
                )
            piece = properties.get("/MCID")
            kind = "artifact" if operands[0] == "/Artifact" else "tagged" if piece is not None else "other"
            before = {each for each, _ in inside}
            if kind == "artifact" and "tagged" in before:
                yield f"01-003 an artifact within tagged content on page {number + 1}"
            if kind == "tagged" and "artifact" in before:
                yield f"01-004 tagged content within an artifact on page {number + 1}"
            if kind == "tagged":
                marked[number, int(piece)] += 1
            inside.append((kind, piece))
        elif operator == b"EMC":
            inside.pop()
        elif operator in PAINTS and not any(kind != "other" for kind, _ in inside):
            yield f"01-005 something drawn on page {number + 1} that is neither tagged nor an artifact"
    if inside:
        yield f"01-005 marked content without an end on page {number + 1}"
    yield from (
        f"01-006 a piece of page {number + 1} is marked twice"
        for (at, _), n in marked.items()
        if at == number and n > 1
    )


def _fonts(page: Any) -> Iterator[str]:
    for font in page["/Resources"].get("/Font", {}).values():
        font = font.get_object()  # noqa: PLW2901 -- the thing itself
        (inner,) = font["/DescendantFonts"].get_object() if "/DescendantFonts" in font else (font,)
        described = inner.get_object().get("/FontDescriptor", DictionaryObject()).get_object()
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described):
            yield f"31-009 {font.get('/BaseFont')} is not in the file"
        if "/ToUnicode" not in font:
            yield f"31-027 {font.get('/BaseFont')} does not say which letters it draws"


@dataclass
class Structure:
    """What is met in the tree of tags: which pieces of which pages they name, and of which types they are, in order."""

    roles: dict[str, str]
    pages: dict[int, int]
    named: Counter[tuple[int, int]] = field(default_factory=Counter)
    types: list[str] = field(default_factory=list)

    def read(self, node: Any, parent: str = "", page: int = -1) -> Iterator[str]:
        """Read what lies below a tag of the type `parent`, which stands on a page unless it says another."""
        kids = node.get("/K", ArrayObject())
        kids = kids.get_object() if isinstance(kids, IndirectObject) else kids
        for kid in kids if isinstance(kids, list) else [kids]:
            if isinstance(kid, int):
                self.named[page, int(kid)] += 1
                continue
            each = kid.get_object()
            at = self.pages[each.raw_get("/Pg").idnum] if "/Pg" in each else page
            if each.get("/Type") == "/MCR":
                self.named[at, int(each["/MCID"])] += 1
            elif each.get("/Type") != "/OBJR":
                kind = self.roles.get(str(each["/S"])[1:], str(each["/S"])[1:])
                self.types.append(kind)
                yield from _tag(each, kind, parent)
                yield from self.read(each, kind, at)


def _tag(each: Any, kind: str, parent: str) -> Iterator[str]:
    if kind not in STANDARD:
        yield f"02-001 {kind} is no type and stands for none"
    if kind not in CHILDREN.get(parent, {kind}):
        yield f"09-004 {kind} in {parent}"
    if parent not in PARENTS.get(kind, {parent}):
        yield f"09-004 {kind} outside {PARENTS[kind]}"
    if kind == "Figure" and not (each.get("/Alt") or each.get("/ActualText")):
        yield "13-004 a picture without words"
    if kind == "TH" and not any("/Scope" in one.get_object() for one in each.get("/A", [])):
        yield "15-003 a heading of a table that does not say of what"
    if kind == "Link" and not any("/Contents" in one for one in _annotations(each)):
        yield "28-012 a link without words"


def _annotations(link: Any) -> list[Any]:
    kids = link["/K"] if isinstance(link["/K"], list) else [link["/K"]]
    return [
        kid.get_object()["/Obj"]
        for kid in kids
        if not isinstance(kid, int) and kid.get_object().get("/Type") == "/OBJR"
    ]


def _headings(types: list[str]) -> Iterator[str]:
    levels = [int(kind[1]) for kind in types if len(kind) == len("H1") and kind[0] == "H" and kind[1].isdigit()]
    if levels and levels[0] != 1:
        yield "14-002 the first heading is not of level 1"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"14-003 level {after} comes after level {before}"
