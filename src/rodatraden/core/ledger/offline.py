"""Check receipts and the log on any machine, without network: this one file and Python 3.11 are all it takes.

    python offline.py [--key KEY] FILE [FILE …]

Each file is a receipt (JSON), a sealed bid that one of the receipts names (.rtbid), an exported log (JSON Lines) or a proof of growth between two
heads (JSON). The answer is 0 when all of it holds by the key that was named, 1 when something does not, 2 when a file can't be read, and 3 when
all of it agrees but no key was named: whoever made the files could have made their key too. The program itself checks by the same functions,
so that there is one rule.
Sources: RFC 6962 §2.1 and RFC 9162 §2.1 (tree and proofs), RFC 8032 §5.1 (Ed25519), C2SP signed-note and
tlog-checkpoint (heads).
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256, sha512
from itertools import zip_longest
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import ZIP_STORED, BadZipFile, ZipFile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

FORMAT = 1
PARTS = ("who", "when", "what")
SALT_BYTES = 32
TILE = 256
"""Leaves, or tiles of the level below; a power of two, so that a tile is a complete subtree."""
LEAF = re.compile(
    r'\{"format":1,"what":"(?P<what>[0-9a-f]{64})","when":"(?P<when>[0-9a-f]{64})","who":"(?P<who>[0-9a-f]{64})"\}'
)
HEX = b"0123456789abcdef"
SAMPLE = b'\0{"format":1,"what":"' + HEX * 4 + b'","when":"' + HEX * 4 + b'","who":"' + HEX * 4 + b'"}'
"""A leaf as nearly all are written, behind the zero byte of its hash."""
COMMITMENTS = {part: slice(at, at + 64) for part, at in (("what", 20), ("when", 94), ("who", 167))}
"""Where they stand in such a leaf."""
WORDS = [(at, SAMPLE[at : at + 1]) for at in (*range(21), *range(85, 95), *range(159, 168), 232, 233)]
"""Where what stands between them stands behind the zero byte, sign by sign."""
ED25519 = b"\x01"
"""The number of the algorithm in a key of C2SP signed-note."""
RECEIPT_SIGNED = b"rodatraden-receipt-1\n"
"""What stands before a receipt where it is signed, so that no signature of a receipt is one of something else."""
LOG_FORMAT = "rodatraden-log-1"
GROWTH_FORMAT = "rodatraden-growth-1"
BID_ENDING = ".rtbid"
BID_BEGINS = b"PK\x03\x04"
"""A sealed bid is a ZIP, and one whose name has been changed too."""
BID_MANIFEST = "manifest.json"
LONGEST_MANIFEST = 16 * 1024
BID_HEAD = Struct("<4s5H3L2H")
"""What stands before a member of a ZIP and its name (APPNOTE.TXT 4.3.7)."""
BID_ROW, BID_END = 46, 22
"""Bytes of a row of a ZIP's directory, but for its name, and of what it ends with (APPNOTE.TXT 4.3.12, 4.3.16)."""
CHUNK = 1024 * 1024
"""Bytes of a sealed bid that are read at once: it may hold two gigabytes."""


class Wrong(StrEnum):
    """What can be wrong with an entry of the log, or with what is said of the whole log."""

    MISSING = "missing"
    DOUBLED = "doubled"
    ALTERED = "altered"
    UNKNOWN = "unknown"
    BODY = "body"


class Unproven(Exception):  # noqa: N818 -- an answer, not a failure of the program
    """Something does not prove what it says; the sentence says what."""


# --- The tree -------------------------------------------------------------------------------------------------------


def leaf_hash(text: bytes) -> str:
    """Return RFC 6962's leaf hash of the canonical bytes of a leaf, in hexadecimal."""
    return sha256(b"\x00" + text).hexdigest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return RFC 6962's hash of a node over those of its two halves."""
    return sha256(b"\x01" + left + right).digest()


def folded(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a complete subtree: as many hashes as a power of two."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [
            sha256(b"\x01" + left + right).digest() for left, right in pairs
        ]  # `node_hash`, without a call for each
    return hashes[0]


def peaks(hashes: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the roots of the complete subtrees that so many hashes make, the largest first."""
    at = 0
    for bit in range(len(hashes).bit_length() - 1, -1, -1):
        if len(hashes) >> bit & 1:
            yield folded(hashes[at : at + (1 << bit)])
            at += 1 << bit


def joined(complete: Iterable[bytes]) -> str:
    """Return the root over complete subtrees, largest first, in hexadecimal; of none it is SHA-256 of nothing."""
    roots = list(complete)
    if not roots:
        return sha256(b"").hexdigest()
    root = roots.pop()
    while roots:
        root = node_hash(roots.pop(), root)
    return root.hex()


class Tree:
    """A tree that leaves are added to at the end, tile by tile.

    `tiles[level]` holds the roots of all whole tiles of a level in order: over 256 leaves each at level 1, over 256 tiles
    of the level below at the others. At level 0 it holds the leaves that are in no whole tile yet.
    """

    def __init__(self) -> None:
        self.size = 0
        self.tiles: list[list[bytes]] = [[]]

    def parted(self, leaves: Sequence[bytes], sizes: Collection[int]) -> Iterator[Sequence[bytes]]:
        """Yield the next leaves in pieces, each up to where the tree has one of these sizes; each is added before the next is asked for."""
        begin, before = 0, self.size
        for size in sorted(each for each in sizes if before < each <= before + len(leaves)):
            yield leaves[begin : size - before]
            begin = size - before
        if begin < len(leaves):
            yield leaves[begin:]

    def add(self, leaves: Sequence[bytes]) -> None:
        """Add the hashes of the next leaves."""
        self.size += len(leaves)
        self.tiles[0] += leaves
        while len(self.tiles[0]) >= TILE:
            self._close()

    def _close(self) -> None:
        root, level = folded(self.tiles[0][:TILE]), 0
        del self.tiles[0][:TILE]
        while root:
            level += 1
            if level == len(self.tiles):
                self.tiles.append([])
            self.tiles[level].append(root)
            root = b"" if len(self.tiles[level]) % TILE else folded(self.tiles[level][-TILE:])

    def root(self) -> str:
        """Return the root in hexadecimal."""
        loose = (roots[len(roots) // TILE * TILE :] for roots in reversed(self.tiles))
        return joined(peak for hashes in loose for peak in peaks(hashes))


def root_hash(leaf_hashes: Iterable[str]) -> str:
    """Return the root over leaf hashes (hexadecimal, in order)."""
    return _root([bytes.fromhex(each) for each in leaf_hashes])


def _root(hashes: Sequence[bytes]) -> str:
    tree = Tree()
    tree.add(hashes)
    return tree.root()


def _raw(text: str) -> bytes:
    """Return the hash that a text tells in the one way in which it is written, or nothing where it tells none."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return b""
    return raw if len(raw) == 32 and raw.hex() == text else b""  # noqa: PLR2004 -- bytes of SHA-256


def _hash(text: str) -> bytes:
    """Return the hash that a proof tells.

    Raises:
        Unproven: it is written otherwise, or is none.
    """
    raw = _raw(text)
    if not raw:
        raise Unproven("Beviset innehåller något som inte är ett fingeravtryck.")
    return raw


def root_by_path(leaf: str, index: int, size: int, path: Sequence[str]) -> str:
    """Return the root that a leaf and its inclusion path lead to (RFC 9162 §2.1.3.2), all in hexadecimal.

    Raises:
        Unproven: the path is not one of an entry `index` in a log of `size`.
    """
    if not 0 <= index < size:
        raise Unproven("Platsen finns inte i en logg av den längden.")
    at, last, reached = index, size - 1, bytes.fromhex(leaf)
    for each in path:
        if last == 0:
            raise Unproven("Beviset är för långt.")
        if at % 2 or at == last:
            reached = node_hash(_hash(each), reached)
            while not at % 2 and at:
                at, last = at // 2, last // 2
        else:
            reached = node_hash(reached, _hash(each))
        at, last = at // 2, last // 2
    if last:
        raise Unproven("Beviset är för kort.")
    return reached.hex()


def require_growth(first: Head, second: Head, path: Sequence[str]) -> None:
    """Prove that the log of `second` begins with the whole log of `first` (RFC 9162 §2.1.4.2).

    Raises:
        Unproven: it does not, or the path does not show it.
    """
    if first.size > second.size:
        raise Unproven("Den senare loggen är kortare än den tidigare: den har rullats tillbaka.")
    if first.size in {0, second.size}:
        if path or (first.size and first.root != second.root):
            raise Unproven("Två lika långa loggar har olika innehåll.")
        return
    hashes = [_hash(each) for each in path]
    if first.size & (first.size - 1) == 0:
        hashes.insert(0, bytes.fromhex(first.root))
    if not hashes:
        raise Unproven("Beviset är för kort.")
    at, last = first.size - 1, second.size - 1
    while at % 2:
        at, last = at // 2, last // 2
    old = new = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            raise Unproven("Beviset är för långt.")
        if at % 2 or at == last:
            old, new = node_hash(each, old), node_hash(each, new)
            while not at % 2 and at:
                at, last = at // 2, last // 2
        else:
            new = node_hash(new, each)
        at, last = at // 2, last // 2
    if last or old.hex() != first.root or new.hex() != second.root:
        raise Unproven("Den senare loggen börjar inte med den tidigare: den har skrivits om.")


# --- Entries --------------------------------------------------------------------------------------------------------


def commitment(salt: bytes, text: bytes) -> str:
    """Return what a leaf says of a part: SHA-256 over its salt and its canonical bytes, in hexadecimal."""
    return sha256(salt + text).hexdigest()


Body = Mapping[str, tuple[bytes, bytes]]
"""What an entry tells, part by part: its salt and its canonical bytes."""


class Entry(NamedTuple):
    """An entry as it is stored; its body is None where it was erased. Where there are a million of them they are plain `Row`."""

    number: int
    leaf: str
    leaf_hash: str
    body: Body | None


Row = tuple[int, str, str, Body | None]


def read_leaf(text: str) -> dict[str, str]:
    """Return the commitments of a stored leaf by part.

    Raises:
        ValueError: the text is not a canonical leaf of a known format.
    """
    plain = LEAF.fullmatch(text)
    if plain:
        return plain.groupdict()
    value = json.loads(text)
    known = isinstance(value, dict) and value.get("format") == FORMAT and set(value) == {"format", *PARTS}
    if not known or canonical(value) != text:
        msg = "Not a canonical leaf"
        raise ValueError(msg)
    return {part: str(value[part]) for part in PARTS}


def canonical(value: object) -> str:
    """Return the one way in which what was read as JSON is written: sorted keys, no spaces, text as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class FaultyError(Exception):
    """The first entry at which something is wrong: its index, and what."""

    def __init__(self, index: int, wrong: Wrong) -> None:
        super().__init__(index, wrong)
        self.index = index
        self.wrong = wrong


def blocks(lines: Iterable[Mapping[str, Any] | Row], meet: Callable[[str], None] | None = None) -> Iterator[list[Row]]:
    """Yield the entries, up to a tile of them at once, and hand each head to `meet` when those before it have been looked at.

    Raises:
        Unproven: a line tells no entry, as a head where no `meet` is given, or what `lines` and `meet` raise; the entries
            before it are yielded first.
    """
    block: list[Row] = []
    try:
        for line in lines:
            if isinstance(line, tuple):
                block.append(line)
            elif meet is None or "head" not in line:
                block.append(read_entry(line))
            else:
                yield block
                block = []
                meet(str(line["head"]))
            if len(block) == TILE:
                yield block
                block = []
    except Exception:  # whatever it is of the line after them
        yield block
        raise
    yield block


def checked(blocks: Iterable[list[Row]]) -> Iterator[list[bytes]]:
    """Yield the leaf hashes of each block of entries; the first fault ends it, after the hashes of what stands before that.

    A block in which all is as it nearly always is, is looked at as a whole: a million entries in seconds. In any other
    each entry is looked at by itself, in the same order, so that what is named does not depend on what was read with it.

    Raises:
        FaultyError: something is wrong with an entry.
    """
    seen: set[bytes] = set()
    first = 0
    for block in blocks:
        hashes = _hashes(block, first, seen)
        if hashes is None:
            hashes = []
            for expected, entry in enumerate(block, first):
                wrong = _wrong(entry, expected, seen)
                if wrong:
                    yield hashes
                    raise FaultyError(expected if wrong is Wrong.MISSING else min(entry[0], expected), wrong)
                hashes.append(bytes.fromhex(entry[2]))
                seen.add(hashes[-1])
        else:
            seen.update(hashes)
        first += len(hashes)
        yield hashes


def _hashes(block: list[Row], first: int, seen: set[bytes]) -> list[bytes] | None:
    """Return the leaf hashes of a block from index `first` on, or None unless all of it is right and written as nearly all is."""
    if not block:
        return []
    numbers, leaves, told, bodies = zip(*block, strict=True)
    count, step = len(block), len(SAMPLE)
    if not {*map(type, leaves), *map(type, told)} <= {str}:
        return None
    text = "\0".join(("", *leaves)).encode(errors="replace")
    is_written_so = (
        len(text) == count * step
        and all(text[at::step] == sign * count for at, sign in WORDS)
        and len(text.translate(None, HEX)) == count * len(SAMPLE.translate(None, HEX))
    )
    if numbers != tuple(range(first, first + count)) or not is_written_so:
        return None
    hashes = [sha256(text[at : at + step]).digest() for at in range(0, count * step, step)]
    if ",".join(told) != b"".join(hashes).hex(",", 32) or len(set(hashes)) < count or not seen.isdisjoint(hashes):
        return None
    for leaf, body in zip(leaves, bodies, strict=True):
        if body is not None and not _opens(body, {part: leaf[place] for part, place in COMMITMENTS.items()}):
            return None
    return hashes


def _wrong(entry: Row, expected: int, seen: set[bytes]) -> Wrong | None:
    number, leaf, told, body = entry
    if not 0 <= number <= expected:
        return Wrong.MISSING
    if {type(leaf), type(told)} != {str}:  # SQLite keeps bytes in any column
        return Wrong.ALTERED
    if number < expected or _raw(told) in seen:
        return Wrong.DOUBLED
    if leaf_hash(leaf.encode()) != told:
        return Wrong.ALTERED
    try:
        committed = read_leaf(leaf)
    except ValueError:
        return Wrong.UNKNOWN
    return Wrong.BODY if body is not None and not _opens(body, committed) else None


def _opens(body: Body, committed: Mapping[str, str]) -> bool:
    return set(body) == set(PARTS) and all(
        len(salt) == SALT_BYTES and commitment(salt, text) == committed[part] for part, (salt, text) in body.items()
    )


# --- Signatures -----------------------------------------------------------------------------------------------------

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]
_NEUTRAL: _Point = (0, 1, 1, 0)


def _sum(a: _Point, b: _Point) -> _Point:
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    r, s = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(number: int, point: _Point) -> _Point:
    total = _NEUTRAL
    while number:
        if number % 2:
            total = _sum(total, point)
        point, number = _sum(point, point), number // 2
    return total


def _x(y: int, sign: int) -> int | None:
    """Return the x of the point with this y, the odd or the even one; None where there is none."""
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    return x if x % 2 == sign else _P - x


def _point(data: bytes) -> _Point | None:
    number = int.from_bytes(data, "little")
    y, sign = number % 2**255, number >> 255
    x = _x(y, sign) if y < _P else None
    return None if x is None else (x, y, 1, x * y % _P)


def _bytes(point: _Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x % 2) << 255).to_bytes(32, "little")


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


@lru_cache
def is_signed(message: bytes, signature: bytes, key: bytes) -> bool:
    """Whether `signature` (64 bytes) is the Ed25519 signature of `message` by the owner of `key` (32 bytes)."""
    if len(signature) != 64 or len(key) != 32:  # noqa: PLR2004 -- as said above, RFC 8032 §5.1
        return False
    public, scalar = _point(key), int.from_bytes(signature[32:], "little")
    if public is None or _BASE is None or scalar >= _ORDER:
        return False
    if _bytes(_times(8, public)) == _bytes(_NEUTRAL):  # a key by which anything would be signed by anybody
        return False
    asked = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % _ORDER
    minus = (_P - public[0], public[1], 1, _P - public[3])
    return _bytes(_sum(_times(scalar, _BASE), _times(asked, minus))) == signature[:32]


@dataclass(frozen=True, slots=True)
class Key:
    """Who signs, by name, and the public key that shows it (C2SP signed-note: `name+id+base64`)."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a note says whose signature is whose."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"


def read_key(text: str) -> Key:
    """Return the key that a text tells.

    Raises:
        Unproven: it is none, or it has been changed.
    """
    name, _, rest = text.strip().partition("+")
    told, _, data = rest.partition("+")
    raw = _decoded(data)
    key = Key(name, raw[1:])
    if not name or raw[:1] != ED25519 or len(key.public) != 32 or key.id.hex() != told:  # noqa: PLR2004 -- RFC 8032
        raise Unproven("Nyckeln går inte att läsa, eller har ändrats.")
    return key


def _decoded(text: str) -> bytes:
    """Return the bytes that a text tells in the one way in which they are written; nothing of any other text."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if base64.b64encode(raw).decode() == text else b""


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries a log has, and the root of their tree (hexadecimal): it proves all of them, in order."""

    size: int
    root: str


def head_text(head: Head, name: str) -> str:
    """Return what is signed of a head (C2SP tlog-checkpoint): whose log it is, its size, its root."""
    return f"{name}\n{head.size}\n{base64.b64encode(bytes.fromhex(head.root)).decode()}\n"


def signed_note(text: str, key: Key, signature: bytes) -> str:
    """Return a text with its signature (C2SP signed-note)."""
    return f"{text}\n\N{EM DASH} {key.name} {base64.b64encode(key.id + signature).decode()}\n"


def read_head(note: str, key: Key) -> Head:
    """Return the head that a signed note tells, when its signature is right.

    Raises:
        Unproven: it is not such a note, or not signed by `key`.
    """
    text, _, signature = note.rpartition("\n\n")
    signed = _decoded(signature.removeprefix(f"\N{EM DASH} {key.name} ").removesuffix("\n"))
    if signed[:4] != key.id or not is_signed(f"{text}\n".encode(), signed[4:], key.public):
        raise Unproven("Loggens huvud är inte undertecknat med nyckeln.")
    head = told_head(note)
    if head_text(head, key.name) != f"{text}\n":
        raise Unproven("Loggens huvud går inte att läsa.")
    return head


def told_head(note: str) -> Head:
    """Return the head that a note tells, whoever signed it.

    Raises:
        Unproven: it tells none.
    """
    _name, size, root = [*note.rpartition("\n\n")[0].split("\n"), "", ""][:3]
    if not (size.isascii() and size.isdigit()) or len(_decoded(root)) != 32:  # noqa: PLR2004 -- bytes of SHA-256
        raise Unproven("Loggens huvud går inte att läsa.")
    return Head(int(size), _decoded(root).hex())


# --- Receipts -------------------------------------------------------------------------------------------------------


def receipt_signed(receipt: Mapping[str, Any]) -> bytes:
    """Return what is signed of a receipt: all of it but the signature."""
    return RECEIPT_SIGNED + canonical({name: value for name, value in receipt.items() if name != "signature"}).encode()


@dataclass(frozen=True, slots=True)
class Place:
    """What a receipt proves of the log: the entry with its index, and the head that holds it."""

    index: int
    leaf_hash: str
    head: Head


def check_receipt(receipt: Mapping[str, Any], key: Key) -> Place:
    """Return the place in the log that a receipt proves, when all of it holds.

    Its signature; that the entry tells of what the receipt says; that the entry lies in the log of the signed head.

    Raises:
        Unproven: something does not hold; the sentence says what.
    """
    try:
        if not is_signed(receipt_signed(receipt), _decoded(receipt["signature"]), key.public):
            raise Unproven("Kvittot är inte undertecknat med nyckeln, eller har ändrats.")
        ledger = receipt["ledger"]
        told = ledger["told"]
        committed = read_leaf(ledger["leaf"])
        for part in ("when", "what"):
            if commitment(bytes.fromhex(told[part]["salt"]), told[part]["text"].encode()) != committed[part]:
                raise Unproven("Posten i loggen säger något annat än kvittot.")
        if not _says_the_same(receipt, json.loads(told["when"]["text"]), json.loads(told["what"]["text"])):
            raise Unproven("Posten i loggen gäller något annat än kvittot.")
        leaf = leaf_hash(ledger["leaf"].encode())
        head = read_head(ledger["head"], key)
        if root_by_path(leaf, ledger["index"], head.size, ledger["path"]) != head.root:
            raise Unproven("Posten finns inte i den logg som huvudet gäller.")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unproven("Det här är inget kvitto som går att kontrollera.") from error
    return Place(ledger["index"], leaf, head)


EVENTS = {
    "received": ("bid_received", "received_at"),
    "confirmed": ("bid_confirmed", "confirmed_at"),
    "withdrawn": ("bid_withdrawn", "withdrawn_at"),
}
"""What a receipt can be for: the event that tells of it, and the receipt's own word for when."""


def _says_the_same(receipt: Mapping[str, Any], when: str, what: Mapping[str, Any]) -> bool:
    """Whether what people read in a receipt is what the entry says: which bid, what of it, when, and what was in it."""
    event, at = EVENTS[receipt["what"]]
    if (what["event"], what["object_id"], when) != (event, receipt["submission"], receipt[at]):
        return False
    said = what["what"]
    if event == "bid_received":
        sealed = {package["holds"]: package["sha256"] for package in receipt["packages"]}
        same = (said.get("package"), said.get("price_package"), said.get("manifest"), not said["is_late"])
        return same == (sealed.get("bid"), sealed.get("price"), receipt.get("manifest"), receipt["in_time"])
    return event != "bid_confirmed" or said["number"] == receipt["snapshot"]["number"]


# --- Sealed bids ----------------------------------------------------------------------------------------------------


def check_bid(path: Path, receipts: Sequence[Mapping[str, Any]]) -> str:
    """Return the number of the sealed bid in a file, when it is the one that a receipt names, whole and with nothing beside it.

    The receipts are taken to hold. They name the manifest by its SHA-256, and that names all else (docs/rules/sealing.md). Of parts it
    has one hash for all: which one was altered is told by the ZIP's own CRC-32, as long as that was left as it was.

    Raises:
        Unproven: the file is no sealed bid, no receipt names it, or something in it is another; the first such thing is named.
        OSError: the file can't be read.
    """
    named = [each for each in receipts if each.get("what") == "received" and each.get("manifest")]
    if not named:
        raise Unproven("Ett förseglat anbud jämförs med sitt kvitto, och inget kvitto som håller är med.")
    try:
        with ZipFile(path) as bundle:
            bid = _named_bid(bundle, named)
            _require_nothing_beside(path, bundle)
            return bid
    except (BadZipFile, EOFError, RuntimeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unproven("Det här är inget förseglat anbud, eller så är filen inte hel.") from error


def _named_bid(bundle: ZipFile, receipts: Sequence[Mapping[str, Any]]) -> str:
    if bundle.getinfo(BID_MANIFEST).file_size > LONGEST_MANIFEST:
        raise _other(BID_MANIFEST)
    text = b"".join(_chunks(bundle, BID_MANIFEST))
    receipt = next((each for each in receipts if each["manifest"] == sha256(text).hexdigest()), None)
    manifest = _json(text.decode())
    if receipt is None:
        if manifest["bid"] not in {each["submission"] for each in receipts}:
            raise Unproven(f"Filen är anbudet {manifest['bid']}, och inget kvitto gäller det.")
        raise _other(BID_MANIFEST)
    packages = {holds: manifest["packages"][holds] for holds in ("bid", "price") if holds in manifest["packages"]}
    names = [BID_MANIFEST, *(name for holds, package in packages.items() for name in _members(holds, package))]
    for there, asked in zip_longest(bundle.namelist(), names):
        if there != asked:
            raise Unproven(f"{there} hör inte till anbudet." if asked is None else f"{asked} saknas på sin plats.")
    sealed = {holds: sha256(canonical(package).encode()).hexdigest() for holds, package in packages.items()}
    if sealed != {package["holds"]: package["sha256"] for package in receipt["packages"]}:
        raise Unproven("Kvittot namnger andra paket än det manifest som det också namnger.")
    for holds, package in packages.items():
        wraps, index, *parts = _members(holds, package)
        for name, told in ((wraps, package["wraps_sha256"]), (index, package["index_sha256"])):
            if _measured(bundle, name)[0] != told:
                raise _other(name)
        listed = canonical([_measured(bundle, name) for name in parts])
        if sha256(listed.encode()).hexdigest() != package["parts_sha256"]:
            raise Unproven(f"Någon av delarna i {holds}/parts är inte den som kvittot gäller.")
    return str(manifest["bid"])


def _require_nothing_beside(path: Path, bundle: ZipFile) -> None:
    """Prove that the members, their heads and the directory are all of the file: a ZIP takes more before, between and after them."""
    place, listed = 0, 0
    with path.open("rb") as file:
        for each in bundle.infolist():
            name = each.filename.encode()
            file.seek(place)
            head = file.read(BID_HEAD.size + len(name))
            asked = [each.CRC, each.file_size, each.file_size, len(name), 0]
            row = (each.header_offset, each.orig_filename, each.flag_bits, each.extra, each.comment)
            if row != (place, each.filename, 0, b"", b"") or head[BID_HEAD.size :] != name:
                raise _more_than_the_bid()
            mark, _, flags, method, _, _, *told = BID_HEAD.unpack_from(head)
            if (mark, flags, method, told) != (BID_BEGINS, 0, ZIP_STORED, asked):
                raise _more_than_the_bid()
            place += len(head) + each.file_size
            listed += BID_ROW + len(name)

    if bundle.comment or path.stat().st_size != place + listed + BID_END:
        raise _more_than_the_bid()


def _more_than_the_bid() -> Unproven:
    return Unproven("Filen innehåller mer än anbudet: före, mellan eller efter dess delar.")


def _members(holds: str, package: Mapping[str, Any]) -> list[str]:
    parts = [f"{holds}/parts/{number:05}.age" for number in range(package["parts_count"])]
    return [f"{holds}/wraps.json", f"{holds}/index.age", *parts]


def _measured(bundle: ZipFile, name: str) -> tuple[str, int]:
    """Return SHA-256 and length of a member, as the manifest's list of parts names them."""
    digest, size = sha256(), 0
    for chunk in _chunks(bundle, name):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _chunks(bundle: ZipFile, name: str) -> Iterator[bytes]:
    """Yield what a member holds; one that is packed or encrypted is none of a sealed bid, and is not unpacked."""
    try:
        member = bundle.getinfo(name)
        if member.compress_type != ZIP_STORED:
            raise _other(name)
        with bundle.open(member) as opened:
            while chunk := opened.read(CHUNK):
                yield chunk
    except (BadZipFile, EOFError, RuntimeError) as error:  # its CRC-32 is another, it ends too early, it is encrypted
        raise _other(name) from error


def _other(name: str) -> Unproven:
    return Unproven(f"{name} är inte den som kvittot gäller.")


# --- The log as it is exported --------------------------------------------------------------------------------------

SAID = {
    Wrong.MISSING: "Post {index} saknas.",
    Wrong.DOUBLED: "Post {index} finns två gånger.",
    Wrong.ALTERED: "Post {index} har ändrats: texten ger inte dess fingeravtryck.",
    Wrong.UNKNOWN: "Post {index} har en okänd form.",
    Wrong.BODY: "Innehållet i post {index} har ändrats.",
}
"""In Swedish here and not in a catalogue: the file stands alone."""


def read_entry(line: Mapping[str, Any]) -> Entry:
    """Return the entry that a line of an exported log tells.

    Raises:
        Unproven: it tells none.
    """
    try:
        told = line["body"]
        body = (
            None if told is None else {part: (_hash(of["salt"]), str(of["text"]).encode()) for part, of in told.items()}
        )
        return Entry(int(line["index"]), str(line["leaf"]), str(line["leaf_hash"]), body)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Unproven("En rad i loggen går inte att läsa.") from error


def check_log(
    lines: Iterable[Mapping[str, Any] | Row], key: Key, places: Iterable[Place] = (), *, is_signed_whole: bool = True
) -> Head:
    """Return the head of an exported log, when every entry, every head in it, and each receipt's place hold.

    An export ends with a signed head of all of it: without one, whoever wrote the file could have made up any of it.

    Raises:
        Unproven: the first thing that does not; the sentence names the entry, or the entries among which it is.
    """
    heads: list[Head] = []
    tree, hashes, roots = Tree(), list[bytes](), {0: sha256(b"").hexdigest()}

    def meet(note: str) -> None:
        heads.append(read_head(note, key))
        roots[tree.size] = tree.root()  # a head stands after the last entry that it holds

    places = list(places)
    asked = {place.head.size for place in places}
    try:
        for good in checked(blocks(lines, meet)):
            for part in tree.parted(good, asked):
                tree.add(part)
                if tree.size in asked:
                    roots[tree.size] = tree.root()
            hashes += good
    except FaultyError as error:
        raise Unproven(SAID[error.wrong].format(index=error.index)) from error
    roots[tree.size] = tree.root()
    if is_signed_whole and all(head.size < tree.size for head in heads):
        raise Unproven("Loggen slutar inte med ett undertecknat huvud för alla poster, så ingenting bevisar den.")
    _hold(tree, hashes, roots, heads=[*heads, *(place.head for place in places)])
    for place in places:
        if hashes[place.index].hex() != place.leaf_hash:
            raise Unproven(f"Post {place.index} är inte den som kvittot gäller.")
    return Head(tree.size, roots[tree.size])


def _hold(tree: Tree, hashes: Sequence[bytes], roots: Mapping[int, str], *, heads: Iterable[Head]) -> None:
    """Hold a log against heads that were signed earlier, the shortest first, so that the entries at fault are narrowed down."""
    held = 0
    for head in sorted(heads, key=lambda each: each.size):
        if head.size > tree.size:
            raise Unproven(
                f"Post {tree.size} saknas: loggen har {tree.size} poster men hade {head.size}, den är avklippt eller återställd."
            )
        if (roots.get(head.size) or _root(hashes[: head.size])) != head.root:  # else: a head out of its place
            raise Unproven(f"Någon av posterna {held}–{head.size - 1} är inte den som loggen hade.")
        held = head.size


def check_growth(proof: Mapping[str, Any], key: Key) -> tuple[Head, Head]:
    """Return the two heads of a proof that the log of the second begins with the whole log of the first.

    Raises:
        Unproven: it does not hold.
    """
    try:
        first, second = read_head(str(proof["first"]), key), read_head(str(proof["second"]), key)
        require_growth(first, second, [str(each) for each in proof["path"]])
    except (KeyError, TypeError, ValueError) as error:
        raise Unproven("Det här är inget bevis som går att kontrollera.") from error
    return first, second


# --- The command ----------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files named, say what holds, and answer 0 only when all of it does."""
    reader = argparse.ArgumentParser(description="Kontrollera kvitton och loggen, utan nät.")
    reader.add_argument("--key", metavar="NYCKEL", help="den offentliga nyckeln, från sidan om loggen")
    reader.add_argument("files", nargs="+", type=Path, metavar="FIL", help="kvitto, förseglat anbud, logg eller bevis")
    return check_files(reader.parse_args(arguments))


def check_files(options: argparse.Namespace) -> int:
    """Check `options.files` with `options.key`, or with the first file's own, and say what holds.

    Receipts come first, whatever the order, so that bids and a log are held against all of them.
    """
    found: list[tuple[Path, dict[str, Any]]] = []
    for path in options.files:
        try:
            found.append((path, _read(path)))
        except (OSError, ValueError, RecursionError) as error:
            _tell(f"{path}: filen går inte att läsa ({error})")
            return 2
    found.sort(key=lambda each: each[1].get("format") in {LOG_FORMAT, BID_ENDING})
    told = options.key if options.key is not None else str(found[0][1].get("key", ""))
    try:
        key = read_key(told)
    except Unproven as error:
        _tell(error)
        return 1
    holds, places, receipts = True, list[Place](), list[Mapping[str, Any]]()
    for path, first in found:
        try:
            _tell(f"{path}: håller. {_said(path, first, key, places, receipts)}")
        except Unproven as error:
            holds = False
            _tell(f"{path}: HÅLLER INTE. {error}")
        except (OSError, ValueError, RecursionError) as error:  # a line of a log, a bid that the disk has lost
            _tell(f"{path}: filen går inte att läsa ({error})")
            return 2
    if options.key is None:
        _tell("INTE KONTROLLERAT: nyckeln är filens egen, och vem som helst kan göra en nyckel.")
        _tell(f'Jämför med den på sidan om loggen, och kör om med --key "{key}"')
    return 1 if not holds else 3 if options.key is None else 0


def _tell(text: object) -> None:
    """Print a line in which nothing commands the terminal: names come from the files, and from whoever made them."""
    print("".join(each if each.isprintable() else ascii(each)[1:-1] for each in str(text)))


def _said(path: Path, first: dict[str, Any], key: Key, places: list[Place], receipts: list[Mapping[str, Any]]) -> str:
    """Return what holds of a file; what a receipt proves is added to `places` and `receipts`, for what comes after it."""
    if first.get("format") == BID_ENDING:
        return f"Anbudet {check_bid(path, receipts)} är det som kvittot gäller, helt och oförändrat."
    if first.get("format") == LOG_FORMAT:
        head = check_log(_log_lines(path), key, places)
        return f"{head.size} poster, rot {head.root}."
    if first.get("format") == GROWTH_FORMAT:
        earlier, later = check_growth(first, key)
        return f"Loggen med {later.size} poster börjar med den som hade {earlier.size}."
    place = check_receipt(first, key)
    places.append(place)
    receipts.append(first)
    return f"{_told_of(first)} Post {place.index} i loggen, som då hade {place.head.size} poster."


def _told_of(receipt: Mapping[str, Any]) -> str:
    """Return what a receipt that holds says to people: one of a bid that came too late, or was withdrawn, holds as well."""
    what, when = receipt["what"], receipt[EVENTS[receipt["what"]][1]]
    bid = f"Anbudet {receipt['submission']}"
    if what == "withdrawn":
        return f"{bid} är ÅTERKALLAT {when}."
    if what == "confirmed":
        return f"{bid} bekräftades för version {receipt['snapshot']['number']} av dokumenten {when}."
    version = f" (version {receipt['version']})" if "version" in receipt else ""
    return f"{bid}{version} kom {'i tid' if receipt['in_time'] else 'FÖR SENT'} {when}."


def _json(text: str) -> Any:
    """Read JSON in which no name stands twice: two readers could take one each.

    Raises:
        ValueError: it is none, or a name stands twice.
    """
    return DECODER.decode(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        msg = "ett namn står två gånger"
        raise ValueError(msg)
    return read


DECODER = json.JSONDecoder(object_pairs_hook=_once)
"""Made once: every eighth line of a long log has a body."""


def _read(path: Path) -> dict[str, Any]:
    """Return what a file holds, or the first line of a log: one may be too long to be held at once. Of a sealed bid that it is one.

    Raises:
        ValueError: it is none of them.
    """
    with path.open("rb") as opened:
        if path.suffix == BID_ENDING or opened.read(len(BID_BEGINS)) == BID_BEGINS:
            return {"format": BID_ENDING}
    with path.open(encoding="utf-8", newline="\n") as file:
        text = file.readline()
        try:
            first = _json(text)
        except ValueError:
            first = None
        if not (isinstance(first, dict) and first.get("format") == LOG_FORMAT):
            first = _json(text + file.read())  # one value, on however many lines
    if not isinstance(first, dict):
        msg = "den innehåller inget kvitto och ingen logg"
        raise ValueError(msg)  # noqa: TRY004 -- of the file, not of the caller
    return first


def _log_lines(path: Path) -> Iterator[dict[str, Any] | Row]:
    """Yield the lines of an exported log after the first, an entry without a body as what it is.

    Raises:
        ValueError: one of them is no line of a log.
    """
    with path.open(encoding="utf-8", newline="\n") as file:
        file.readline()
        number = 0
        for text in file:
            plain = _plain_line(text, number)
            number += 1
            if plain:  # as nearly all are; to read a million as JSON takes longer than all the rest
                yield plain
            elif text.strip():
                line = _json(text)
                if not isinstance(line, dict):
                    msg = "den innehåller inget kvitto och ingen logg"
                    raise ValueError(msg)
                number -= "head" in line
                yield line


def _plain_line(text: str, number: int) -> Row | None:
    """Return the entry `number` that a line tells when all of it is written as nearly all are: no body, and only quotes escaped."""
    begin = f'{{"body":null,"index":{number},"leaf":"'
    if text.startswith(begin) and len(text) == len(begin) + 329 and text[-82:-67] + text[-3:] == '","leaf_hash":""}\n':
        leaf = text[-329:-82].replace('\\"', '"')
        is_whole = len(leaf) == len(SAMPLE) - 1 and leaf.count('"') == SAMPLE.count(b'"') and "\\" not in leaf
        return (number, leaf, text[-67:-3], None) if is_whole else None
    return None


if __name__ == "__main__":
    sys.exit(main())
