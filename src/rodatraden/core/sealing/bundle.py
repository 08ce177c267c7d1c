"""A bundle: one file (.rtbid) that holds a sealed bid, made on the command line and handed in by an ordinary form, or fetched from a receipt.

A ZIP of members that are stored as they are, in one order and with nothing between or after them: `manifest.json`,
`bid/wraps.json`, `bid/index.age`, `bid/parts/00000.age` and so on, and where the price is the bid's own
`price/wraps.json` and `price/index.age`. Any program that reads ZIP shows it; this reader takes that one shape alone, so
that nothing is unpacked, nothing lies twice, and no size is believed before it is compared with what is there. Nothing
of it needs ZIP64: 512 parts are half of what the plain format holds.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from struct import Struct
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol, Self

from rodatraden.core.canonical import sha256_hex
from rodatraden.core.message import say
from rodatraden.core.sealing.bid import LONGEST_SEALED_INDEX, check_stored
from rodatraden.core.sealing.contents import CHUNK, PART, PackageError, PackageFault, too_large
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.manifest import LONGEST as LONGEST_MANIFEST
from rodatraden.core.sealing.manifest import SealedPackage, read_manifest
from rodatraden.core.sealing.parts import MOST_PARTS, Part
from rodatraden.core.sealing.wraps import LONGEST as LONGEST_WRAPS
from rodatraden.core.sealing.wraps import check_wraps, read_wraps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from rodatraden.core.sealing.age_file import Bytes
    from rodatraden.core.sealing.bid import Begun
    from rodatraden.core.sealing.holders import HolderList
    from rodatraden.core.sealing.manifest import Manifest
    from rodatraden.core.sealing.wraps import Wraps

ENDING = ".rtbid"
MANIFEST = "manifest.json"
LONGEST_PART = PART + 64 * 1024
"""Some 17 kB are age's own: 16 bytes for each 64 KiB, and its header."""

_LOCAL = Struct("<4s5H3L2H")
_CENTRAL = Struct("<4s6H3L5H2L")
_END = Struct("<4s4H2LH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 20
_DAY = 0x21
"""1 January 1980, the first day that ZIP knows: when a file was written is told by the manifest."""
_FIXED_MEMBERS = 3
_PRICE_MEMBERS = 2


class Into(Protocol):
    """What a bundle is written to: a file, or what stands for one."""

    def tell(self) -> int:
        """Return the place where the next byte is written."""

    def seek(self, place: int, /) -> int:
        """Write on from another place."""

    def write(self, data: Bytes, /) -> int:
        """Write bytes."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member: its name, where its bytes begin, how many they are, and their CRC-32."""

    name: str
    start: int
    size: int
    crc: int


class Piece(NamedTuple):
    """A sealed part on its way into a bundle: what names it, its bytes, and their CRC-32."""

    part: Part
    data: Bytes
    crc: int

    @classmethod
    def of(cls, part: Part, data: Bytes) -> Self:
        """Return the piece of a part."""
        return cls(part, data, zlib.crc32(data))


@dataclass(frozen=True, slots=True)
class Bundled:
    """One package as it lies in a bundle: its wraps, its index, and the list of its parts, each compared with the manifest."""

    wraps: Wraps
    index: bytes
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that has been read and agrees with its own manifest; its members are read from the file while it is open."""

    manifest: Manifest
    packages: Mapping[Holds, Bundled]
    members: Mapping[str, Member]
    _file: BinaryIO

    def open(self, name: str) -> BinaryIO:
        """Return the member `name`, opened for reading.

        Raises:
            KeyError: there is no such member.
        """
        return io.BufferedReader(_Window(self._file, self.members[name]))

    def stored(self, holds: Holds) -> list[Callable[[], BinaryIO]]:
        """Return how each sealed part of a package is opened, in their order."""
        return [partial(self.open, part_name(n)) for n in range(len(self.packages[holds].parts))]


def part_name(number: int) -> str:
    """Return the name of a part by its place from 0 on."""
    return f"{Holds.BID}/parts/{number:05}.age"


def wraps_name(holds: Holds) -> str:
    """Return the name of the wraps of a package."""
    return f"{holds}/wraps.json"


def index_name(holds: Holds) -> str:
    """Return the name of the sealed index of a package."""
    return f"{holds}/index.age"


def write_bundle(
    into: Into,
    *,
    manifest: Callable[[Mapping[Holds, SealedPackage]], Manifest],
    begun: Mapping[Holds, Begun],
    count: int,
    parts: Iterable[Piece],
    index: Callable[[], bytes] | None = None,
) -> Manifest:
    """Write a bundle to `into`, an empty file that can be sought in, and return its manifest.

    `manifest` makes the manifest of the packages; `parts` are the bid's sealed parts, `count` in number, of which only
    one is held at a time. Room for the manifest is left at the front, since it names what comes after it; and where the
    files are read for the first time as `parts`, `index` makes the bid's index after them, as long as the one begun.

    Raises:
        PackageError: there are more than 512 parts; or what `parts` raises, and what is written must be thrown away.
    """
    if count > MOST_PARTS:
        raise too_large(MOST_PARTS * PART)
    planned = {
        holds: each.with_parts([Part("0" * 64, 0)] * (count if holds is Holds.BID else 0))
        for holds, each in begun.items()
    }
    room = len(manifest(planned).canonical())
    into.seek(_LOCAL.size + len(MANIFEST) + room)
    written = []
    stored: list[Part] = []
    for name, data, crc in _members(begun, parts, stored):
        written.append(_write_member(into, name, data, crc))
    end = into.tell()
    if index:
        data, planned_size = index(), written[1].size
        begun = {**begun, Holds.BID: replace(begun[Holds.BID], index=data)}
        into.seek(written[0].start + written[0].size)  # behind the bid's wraps
        written[1] = _write_member(into, index_name(Holds.BID), data, zlib.crc32(data))
        if written[1].size != planned_size:
            msg = "the length of an index follows from what it was begun with"
            raise ValueError(msg)
    packages = {holds: each.with_parts(stored if holds is Holds.BID else []) for holds, each in begun.items()}
    made = manifest(packages)
    data = made.canonical()
    if (len(data), len(stored)) != (room, count):
        msg = "what is planned is what is written"
        raise ValueError(msg)
    into.seek(0)
    first = _write_member(into, MANIFEST, data, zlib.crc32(data))
    into.seek(end)
    into.write(_directory([first, *written], end))
    return made


def streamed(members: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield a bundle piece by piece, of members in their order, the manifest first; one member is held at a time."""
    written: list[Member] = []
    end = 0
    for name, data in members:
        head, member = _head(end, name, data, zlib.crc32(data))
        yield head
        yield data
        written.append(member)
        end = member.start + member.size
    yield _directory(written, end)


def streamed_size(sizes: Mapping[str, int]) -> int:
    """Return how many bytes a bundle is of members with these names and sizes in bytes."""
    heads = sum(_LOCAL.size + _CENTRAL.size + 2 * len(name) for name in sizes)
    return sum(sizes.values()) + heads + _END.size


def read_bundle(file: BinaryIO) -> Bundle:
    """Return the bundle in `file`, which must be one that can be sought in: all that its manifest names is there.

    Needs some 10 MiB of memory, and reads every byte once. Whether the bid is sealed to the right holders is for
    `check_holders` to say, and what is in it shows at the opening.

    Raises:
        PackageError: any other bytes.
    """
    members = _read_directory(file)
    manifest = read_manifest(_whole(file, members[MANIFEST]))
    if (set(manifest.packages) == {Holds.BID, Holds.PRICE}) != (wraps_name(Holds.PRICE) in members):
        raise _bad(MANIFEST)
    return Bundle(
        manifest=manifest,
        packages={holds: _bundled(file, members, manifest, holds) for holds in manifest.packages},
        members=members,
        _file=file,
    )


def check_holders(bundle: Bundle, holders: HolderList) -> None:
    """Refuse a bundle that is not sealed to these holders: its packages are those of the list, each wrapped for every pair.

    Raises:
        PackageError: it follows another list, lacks the price or has one where it is fixed, or a pair is missing.
    """
    for package in bundle.packages.values():
        check_wraps(package.wraps, holders)
    if set(bundle.packages) != set(holders.layers):
        reason = say("The bid has a price where the documents fix it, or lacks one where they ask for it.")
        raise PackageError(PackageFault.HOLDERS, reason)


class _Window(io.RawIOBase):
    """A member as a file of its own; several may be open at once, since each seeks before it reads."""

    def __init__(self, file: BinaryIO, member: Member) -> None:
        self._file, self._at, self._end = file, member.start, member.start + member.size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # what the buffered reader hands over
        """Fill the beginning of `buffer`, and return with how many bytes: none at the end."""
        self._file.seek(self._at)
        data = self._file.read(min(len(buffer), self._end - self._at))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def readall(self) -> bytes:
        """Return all that is left, at once: by default it is asked for in pieces of 8 KiB."""
        self._file.seek(self._at)
        data = self._file.read(self._end - self._at)
        self._at += len(data)
        return data


def _members(
    begun: Mapping[Holds, Begun], parts: Iterable[Piece], stored: list[Part]
) -> Iterator[tuple[str, Bytes, int]]:
    """Yield name, bytes and CRC-32 of each member after the manifest, and note in `stored` which parts there were."""
    for holds in Holds:
        if holds in begun:
            for name, data in (
                (wraps_name(holds), begun[holds].wraps),
                (index_name(holds), begun[holds].index),
            ):
                yield name, data, zlib.crc32(data)
        if holds is Holds.BID:
            for number, (part, piece, crc) in enumerate(parts):
                stored.append(part)
                yield part_name(number), piece, crc


def _head(at: int, name: str, data: Bytes, crc: int) -> tuple[bytes, Member]:
    """Return what stands before a member that begins at `at`, and the member."""
    head = _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, 0, _DAY, crc, len(data), len(data), len(name), 0) + name.encode()
    return head, Member(name, at + len(head), len(data), crc)


def _write_member(into: Into, name: str, data: Bytes, crc: int) -> Member:
    head, member = _head(into.tell(), name, data, crc)
    into.write(head)
    into.write(data)
    return member


def _directory(members: Sequence[Member], begins: int) -> bytes:
    """Return the list of members that a bundle ends with, and that begins at `begins`."""
    rows = []
    for each in members:
        size, length = each.size, len(each.name)
        at = each.start - _LOCAL.size - length
        row = _CENTRAL.pack(
            _CENTRAL_MARK, _VERSION, _VERSION, 0, 0, 0, _DAY, each.crc, size, size, length, 0, 0, 0, 0, 0, at
        )
        rows.append(row + each.name.encode())
    listed = b"".join(rows)
    return listed + _END.pack(_END_MARK, 0, 0, len(members), len(members), len(listed), begins, 0)


def _read_directory(file: BinaryIO) -> dict[str, Member]:
    """Return the members by name, when they are exactly those of a bundle and fill the file without gap or overlap."""
    size = file.seek(0, io.SEEK_END)
    if size < _END.size:
        raise _no_bundle()
    file.seek(size - _END.size)
    mark, *disks, here, count, length, begins, comment = _END.unpack(file.read(_END.size))
    most = _FIXED_MEMBERS + MOST_PARTS + _PRICE_MEMBERS
    if mark != _END_MARK or disks != [0, 0] or here != count or comment or begins + length != size - _END.size:
        raise _no_bundle()
    if not _FIXED_MEMBERS <= count <= most or length > most * (_CENTRAL.size + len(part_name(0))):
        raise _no_bundle()
    file.seek(begins)
    directory = file.read(length)
    members = []
    at, place = 0, 0
    for name in _names(directory, count):
        member, at, place = _read_member(file, directory, at, place, name)
        members.append(member)
    if at != len(directory) or place != begins:
        raise _no_bundle()
    return {each.name: each for each in members}


def _names(directory: bytes, count: int) -> list[str]:
    """Return the names that a bundle of so many members has; one with a price ends in those of the price."""
    has_price = directory.endswith(index_name(Holds.PRICE).encode())
    prices = [wraps_name(Holds.PRICE), index_name(Holds.PRICE)] if has_price else []
    parts = count - _FIXED_MEMBERS - len(prices)
    if not 0 <= parts <= MOST_PARTS:
        raise _no_bundle()
    return [MANIFEST, wraps_name(Holds.BID), index_name(Holds.BID), *map(part_name, range(parts)), *prices]


def _read_member(file: BinaryIO, directory: bytes, at: int, place: int, name: str) -> tuple[Member, int, int]:
    """Return the member `name` that the directory lists at `at` and that begins at `place`, and where the next ones stand."""
    end = at + _CENTRAL.size + len(name)
    if end > len(directory) or directory[at + _CENTRAL.size : end] != name.encode():
        raise _bad(name)
    (mark, _, _, flags, method, _, _, crc, packed, size, length, extra, comment, disk, _, _, local) = (
        _CENTRAL.unpack_from(directory, at)
    )
    found = (mark, flags, method, packed, length, extra, comment, disk, local)
    if found != (_CENTRAL_MARK, 0, 0, size, len(name), 0, 0, 0, place) or size > _longest(name):
        raise _bad(name)
    file.seek(place)
    head = file.read(_LOCAL.size + len(name))
    if len(head) < _LOCAL.size + len(name) or head[_LOCAL.size :] != name.encode():
        raise _bad(name)
    mark, _, flags, method, _, _, *rest = _LOCAL.unpack_from(head)
    if (mark, flags, method, rest) != (_LOCAL_MARK, 0, 0, [crc, size, size, len(name), 0]):
        raise _bad(name)
    start = place + len(head)
    return Member(name, start, size, crc), end, start + size


def _longest(name: str) -> int:
    if name == MANIFEST:
        return LONGEST_MANIFEST
    if name.endswith("wraps.json"):
        return LONGEST_WRAPS
    return LONGEST_SEALED_INDEX if name.endswith("index.age") else LONGEST_PART


def _bundled(file: BinaryIO, members: Mapping[str, Member], manifest: Manifest, holds: Holds) -> Bundled:
    package = manifest.packages[holds]
    data = _whole(file, members[wraps_name(holds)])
    wraps = read_wraps(data)
    said = (wraps.tender, wraps.bid, wraps.holds, wraps.recipient, wraps.holders_sha256)
    known = (manifest.tender, manifest.bid, holds, package.recipient, manifest.holders_sha256)
    if sha256_hex(data) != package.wraps_sha256 or said != known:
        raise _bad(wraps_name(holds))
    parts: tuple[Part, ...] = ()
    if holds is Holds.BID:
        parts = tuple(_part(file, each) for name, each in members.items() if name.startswith(f"{holds}/parts/"))
    index = _whole(file, members[index_name(holds)])
    check_stored(package, index, parts)
    return Bundled(wraps, index, parts)


def _whole(file: BinaryIO, member: Member) -> bytes:
    """Return the bytes of a member; its size has been compared with what it may be."""
    file.seek(member.start)
    data = file.read(member.size)
    if zlib.crc32(data) != member.crc:
        raise _bad(member.name)
    return data


def _part(file: BinaryIO, member: Member) -> Part:
    digest, crc = sha256(), 0
    with io.BufferedReader(_Window(file, member)) as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
    if crc != member.crc:
        raise _bad(member.name)
    return Part(digest.hexdigest(), member.size)


def _no_bundle() -> PackageError:
    return PackageError(PackageFault.BUNDLE, say("This is no sealed bid, or it did not arrive whole."))


def _bad(name: str) -> PackageError:
    reason = say("The sealed bid is not as it was sealed: {name} is damaged or does not belong to it.", name=name)
    return PackageError(PackageFault.BUNDLE, reason)
