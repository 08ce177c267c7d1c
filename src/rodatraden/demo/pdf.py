"""A small PDF of plain text, so that the example has files that can be opened; the same text gives the same bytes."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH, HEIGHT, MARGIN = 595, 842, 64
SIZE, LEADING, CHARACTERS = 11, 16, 84
FIRST_PAGE = 4
"""Object numbers: 1 the catalogue, 2 the list of pages, 3 the font, then a page and its text for each page."""


def pdf(title: str, pages: Sequence[str]) -> bytes:
    """Return a PDF with `title` on top and one page for each text of `pages`; paragraphs are apart by an empty line."""
    numbers = [FIRST_PAGE + 2 * index for index in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(sv)>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, text in zip(numbers, pages, strict=True):
        content = _content(title, text, f"{numbers.index(number) + 1} ({len(pages)})")
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Contents {number + 1} 0 R"
            "/Resources<</Font<</F 3 0 R>>>>>>".encode(),
            b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
        ]
    return _file(objects)


def _content(title: str, text: str, page: str) -> bytes:
    lines = [_shown(title, HEIGHT - MARGIN, SIZE + 3), _shown(page, MARGIN / 2, SIZE - 2)]
    height = HEIGHT - MARGIN - 2 * LEADING
    for line in _lines(text):
        lines.append(_shown(line, height, SIZE))
        height -= LEADING
    return b"\n".join(lines)


def _lines(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield from wrap(paragraph, CHARACTERS)
        yield ""


def _shown(line: str, height: float, size: int) -> bytes:
    escaped = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
    return b"BT /F %d Tf %d %d Td (%b) Tj ET" % (size, MARGIN, height, escaped)


def _file(objects: Sequence[bytes]) -> bytes:
    body = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj%b endobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(body)
