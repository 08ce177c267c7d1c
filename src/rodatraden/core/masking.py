"""Masked copies in which what is hidden is really gone (INV-28): text by blocks of one length, PDF by a fresh file.

A black box drawn over text hides nothing: the text stays in the file. So a masked PDF is never passed on as it came. Its
kept pages are written into a new file with what they draw and nothing else: no metadata, attachments, annotations,
thumbnails, scripts, earlier revisions, nor what only another page drew. The copy is refused when anything that was to be
hidden can still be read from it, and when a kept page draws what can't be read here: a picture, or letters without their
meaning. Under a box on such a page anything may lie.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zlib
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    ContentStream,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from rodatraden.core.answer import RefusedError, no
from rodatraden.core.message import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

BLOCK = "▇▇▇▇▇▇"
"""What stands for anything that is hidden: always as long, so that not even the length is told."""
SHORTEST = 3
"""Characters that a hidden word has at least, white space apart: shorter ones stand in any text. Source: policy."""
MOST_PAGES = 2_000
MOST_UNPACKED = 50_000_000
"""Bytes of one packed stream that are looked through: no file of few bytes fills the memory."""
KEPT = frozenset({"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Contents", "/Resources"})
"""What a page keeps; all else, such as annotations, thumbnails and private data, is left behind."""
USES = {
    b"Do": "/XObject",
    b"Tf": "/Font",
    b"gs": "/ExtGState",
    b"cs": "/ColorSpace",
    b"CS": "/ColorSpace",
    b"scn": "/Pattern",
    b"SCN": "/Pattern",
    b"sh": "/Shading",
    b"BDC": "/Properties",
    b"DP": "/Properties",
}
"""Which resources a drawing operation names."""
PRIVATE = ("/Metadata", "/PieceInfo", "/OPI", "/Alternates", "/AF", "/LastModified")
"""What parts of a page may carry beside what they show."""
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def mask_text(text: str, hidden: Iterable[str]) -> str:
    """Return `text` with each of `hidden` as a block of one length, whatever its case and white space.

    Raises:
        RefusedError: a word is too short to be told from the rest, or does not stand in the text.
    """
    words = _words(hidden)
    masked = text
    for word in sorted(words, key=len, reverse=True):
        pattern = re.compile(r"\s*".join(map(re.escape, "".join(word.split()))), re.IGNORECASE)
        masked, n = pattern.subn(BLOCK, masked)
        if not n and word not in _covered(words, word):
            raise RefusedError(no(say("{word} does not stand in the text.", word=word), mend="hidden"))
        if _plain(word) in _plain(masked):
            reason = say("{word} stands in the text in another form too, such as with separate accents.", word=word)
            raise RefusedError(no(reason, mend="hidden", source="TF 2 kap. 15 §"))
    return re.sub(rf"{BLOCK}(\s*{BLOCK})+", BLOCK, masked)


def masked_pdf(data: bytes, *, hidden: Iterable[str], removed: Collection[int] = ()) -> bytes:
    """Return a fresh PDF of the pages that are kept (numbered from 1), in which nothing of `hidden` can be read.

    Raises:
        RefusedError: it is no PDF without password, a page is not there or none is left, nothing is said to be hidden,
            or something that was to be hidden can still be read.
    """
    words = _words(hidden)
    if not words and not removed:
        raise RefusedError(no(say("Write the words that must be gone, or which pages are taken out."), mend="hidden"))
    try:
        reader = PdfReader(io.BytesIO(data))
        is_open, n_pages = not reader.is_encrypted, 0 if reader.is_encrypted else len(reader.pages)
    except Exception as error:  # pypdf lets errors of every kind through when a file is broken
        raise RefusedError(no(say("The file is no PDF that can be read."), mend="file")) from error
    if not is_open or n_pages > MOST_PAGES:
        raise RefusedError(no(say("The file has a password or too many pages."), mend="file"))
    if not set(removed) <= set(range(1, n_pages + 1)) or len(set(removed)) == n_pages:
        raise RefusedError(
            no(say("The file has {pages} pages. At least one must be left.", pages=n_pages), mend="removed")
        )
    try:
        fresh = _fresh(reader, [number for number in range(1, n_pages + 1) if number not in set(removed)])
        left = still_there(fresh, words)
    except RefusedError:
        raise
    except Exception as error:
        raise RefusedError(no(say("The file is no PDF that can be read."), mend="file")) from error
    if left:
        raise RefusedError(
            no(
                say(
                    "This can still be read in the file: {words}. A box drawn over text hides nothing; take the text away.",
                    words=", ".join(left),
                ),
                mend="file",
                source="TF 2 kap. 15 §",
            )
        )
    return fresh


def still_there(data: bytes, hidden: Iterable[str]) -> list[str]:
    """Return which of `hidden` can be read anywhere in a PDF: shown text, strings in any object, raw or packed bytes."""
    wanted = {word: _plain(word) for word in hidden}
    found = {word for text in map(_plain, _texts(data)) for word, plain in wanted.items() if plain in text}
    forms = {word: _forms(word) for word in wanted}
    for chunk in chain([data], _unpacked(data)):
        found |= {word for word in wanted if word not in found and any(form in chunk for form in forms[word])}
    return [word for word in wanted if word in found]


def _words(hidden: Iterable[str]) -> list[str]:
    words = list(dict.fromkeys(" ".join(word.split()) for word in hidden if word.strip()))
    short = next((word for word in words if len(_plain(word)) < SHORTEST), None)
    if short is not None:
        raise RefusedError(
            no(
                say("{word} is too short: write at least {least} characters.", word=short, least=SHORTEST),
                mend="hidden",
            )
        )
    return words


def _covered(words: Sequence[str], word: str) -> set[str]:
    """Return `word` in a set when a longer one holds it, so that it is gone with that one."""
    return {word} if any(_plain(word) in _plain(other) for other in words if other != word) else set()


def _plain(text: str) -> str:
    """Return text as it is compared: without white space, characters that are not seen, ligatures and case."""
    seen = (char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return "".join("".join(seen).casefold().split())


def _fresh(reader: PdfReader, kept: Sequence[int]) -> bytes:
    """Write pages into a new file that holds what they show and nothing else of the old one."""
    writer = PdfWriter()
    for number in kept:
        page = reader.pages[number - 1]
        for key in [key for key in page if key not in KEPT]:
            del page[key]
        contents = page.get_contents()
        if contents is not None:
            page[NameObject("/Resources")] = _Drawing(reader, number).resources(contents, page.get("/Resources"))
        _strip(page.get("/Resources"), set())
        writer.add_page(page)
    writer.metadata = None
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


class _Drawing:
    """What one page draws with: nothing that only another page drew, and nothing that can't be read here."""

    def __init__(self, reader: PdfReader, page: int) -> None:
        self.reader, self.page = reader, page
        self.forms: set[int] = set()

    def resources(self, stream: StreamObject, offered: Any) -> DictionaryObject:
        """Return those of the `offered` resources that a stream names.

        Raises:
            RefusedError: it draws a picture, or letters without their meaning.
        """
        known = _object(offered) or DictionaryObject()
        used: dict[str, set[str]] = defaultdict(set)
        for operands, operator in ContentStream(stream, self.reader).operations:
            if operator == b"INLINE IMAGE":
                raise _unreadable(self.page)
            if operator in USES:
                used[USES[operator]] |= {str(each) for each in operands if isinstance(each, NameObject)}
        kept = DictionaryObject()
        for kind, names in used.items():
            of_kind = _object(known.get(kind)) or DictionaryObject()
            chosen = {name: of_kind[name] for name in names if name in of_kind}
            for each in chosen.values():
                self._require_readable(kind, _object(each), known)
            kept[NameObject(kind)] = DictionaryObject({NameObject(name): each for name, each in chosen.items()})
        return kept

    def _require_readable(self, kind: str, found: Any, known: DictionaryObject) -> None:
        """Require letters with their meaning and no pictures, in every form too; patterns and masks draw as pictures do."""
        is_mute = kind == "/Font" and found.get("/Subtype") in {"/Type0", "/Type3"} and "/ToUnicode" not in found
        is_masking = kind == "/ExtGState" and (
            "/Font" in found or isinstance(_object(found.get("/SMask")), DictionaryObject)
        )
        is_picture = kind == "/XObject" and found.get("/Subtype") != "/Form"
        if is_mute or is_masking or is_picture or kind == "/Pattern":
            raise _unreadable(self.page)
        if kind == "/XObject" and id(found) not in self.forms:
            self.forms.add(id(found))
            found[NameObject("/Resources")] = self.resources(found, found.get("/Resources") or known)


def _unreadable(page: int) -> RefusedError:
    return RefusedError(
        no(
            say(
                "Page {page} draws a picture, or letters that can't be read here, so nobody can tell what lies in it. Take the page out, or upload a version without it.",
                page=page,
            ),
            mend="removed",
            source="TF 2 kap. 15 §",
        )
    )


def _object(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _strip(value: Any, seen: set[int]) -> None:
    """Take private data out of everything that a page's resources lead to."""
    found = value.get_object() if isinstance(value, IndirectObject) else value
    if id(found) in seen or not isinstance(found, DictionaryObject | ArrayObject):
        return
    seen.add(id(found))
    if isinstance(found, ArrayObject):
        for each in found:
            _strip(each, seen)
        return
    for key in [key for key in found if key in PRIVATE]:
        del found[key]
    for key, each in list(found.items()):
        if key != "/Parent":
            _strip(each, seen)


def _texts(data: bytes) -> Iterator[str]:
    """Yield every text that a PDF holds: what its pages show, and each string in its objects and drawing operations."""
    reader = PdfReader(io.BytesIO(data))
    for page in reader.pages:
        yield page.extract_text() or ""
    known = {(number, generation) for generation, places in reader.xref.items() for number in places}
    known |= {(number, 0) for number in reader.xref_objStm}
    for number, generation in sorted(known):
        found = IndirectObject(number, generation, reader).get_object()
        if found is None:
            continue
        yield " ".join(_strings(found, set()))
        if isinstance(found, StreamObject):
            yield _operands(found, reader)


def _strings(value: Any, seen: set[int]) -> Iterator[str]:
    if isinstance(value, TextStringObject):
        yield str(value)
    elif isinstance(value, ByteStringObject):
        yield bytes(value).decode("latin-1")
    elif isinstance(value, NameObject):
        yield str(value)
    elif isinstance(value, DictionaryObject | ArrayObject | list | dict) and id(value) not in seen:
        seen.add(id(value))
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each, seen)


def _operands(stream: StreamObject, reader: PdfReader) -> str:
    """Return the strings of a stream's drawing operations in a row, so that text set letter by letter is seen too."""
    try:
        operations = ContentStream(stream, reader).operations
    except Exception:  # noqa: BLE001 -- most streams are fonts and pictures, and draw nothing
        return ""
    return "".join(text for operands, _ in operations for text in _strings(list(operands), set()))


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yield the unpacked bytes of every stream that stands in the file, also of objects that nothing leads to."""
    for match in STREAM.finditer(data):
        try:
            yield zlib.decompressobj().decompress(match[1], MOST_UNPACKED)
        except zlib.error:
            continue


def _forms(word: str) -> set[bytes]:
    """Return the bytes as which a word may stand in a file."""
    forms = set()
    for text in {word, word.upper(), word.lower()}:
        wide = text.encode("utf-16-be")
        forms |= {text.encode(), wide, text.encode("utf-16-le"), wide.hex().encode(), wide.hex().upper().encode()}
        try:
            narrow = text.encode("cp1252")
        except UnicodeEncodeError:
            continue
        forms |= {narrow, narrow.hex().encode(), narrow.hex().upper().encode()}
    return forms
