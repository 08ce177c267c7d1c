"""`rodatraden seal`: fill in and seal a bid on a machine of one's own, without browser, network or server.

What is asked is held against the same checklist as on the server's pages. The bid is sealed to the people in the list of
who holds the keys; nobody else reads it, the server included (docs/rules/sealing.md).
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import unicodedata
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

import pyrage

from rodatraden.cli import answers, disk
from rodatraden.cli.disk import BadFileError
from rodatraden.cli.straight import straight
from rodatraden.cli.words import StopError, _, said
from rodatraden.config import clock
from rodatraden.core.bid_form import BidFormError, read_bid_form
from rodatraden.core.canonical import canonical_hash, canonical_json, sha256_hex
from rodatraden.core.checklist import missing, warnings
from rodatraden.core.numbers import swedish_number
from rodatraden.core.offer import OfferFile, index_of, price_of, read_index
from rodatraden.core.paging import ENDINGS, MEDIA_TYPES, count_pages
from rodatraden.core.sealing.bid import Envelope, begin_package, seal_index
from rodatraden.core.sealing.bundle import ENDING, Piece, write_bundle
from rodatraden.core.sealing.contents import UNREAD, NewFile, PackageError, name_problem, too_large
from rodatraden.core.sealing.holders import Holds, read_holders
from rodatraden.core.sealing.manifest import Manifest
from rodatraden.core.sealing.parts import SEALED, Room, part_count, plain_parts, seal_part

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from rodatraden.cli.straight import Straight
    from rodatraden.core.bid_form import BidForm
    from rodatraden.core.checklist import Point
    from rodatraden.core.offer import Offer
    from rodatraden.core.sealing.holders import HolderList
    from rodatraden.core.sealing.parts import Part

FORM, HOLDERS = "anbudsmall.json", "nyckelinnehavare.json"
INCOMPLETE = 2
INTERRUPTED = 130
NONCE_BYTES = 16
ROOMS = 5
"""How many parts are at hand at once, 8 MiB of memory each: one is read, one sealed, one added up, and one lies ready before each of the last two."""
MEGABYTE = 1_000_000
BESIDE = MEGABYTE
"""Bytes for the manifest, the wraps and the index; where they are more, that the disk is full shows while it is written."""
TAKEN = {ending for endings in ENDINGS.values() for ending in endings}
"""The endings of files that a bid can hold."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of the bid on the disk, with what its bytes told; its SHA-256 is taken when it is sealed, of what is sealed."""

    path: Path
    note: OfferFile
    seen: tuple[int, ...]
    """What tells that the file was written or exchanged since: its place on the disk, its size, and when it was written."""

    @property
    def new(self) -> NewFile:
        """The file as it is packed: under its number, since names stand inside the encryption alone."""
        return NewFile(str(self.note.id), self.note.size, self.note.sha256, lambda: self.path.open("rb"))

    def require_same(self) -> None:
        """Refuse a file that has changed since its pages were counted.

        Raises:
            BadFileError: it has.
        """
        try:
            with self.path.open("rb") as file:
                now = _seen(file)
        except OSError as error:
            raise disk.unusable(str(self.path), error, _("{file} can't be read.")) from error
        if now != self.seen:
            raise disk.bad(self.path, _("It has changed while it was sealed. Seal the bid again."))


class UnfitError(Exception):
    """A file is not one that the part of the bid can be answered with; says why."""


def run(options: Namespace) -> int:
    """Make the folder of a bid, or seal one; answer 2 when something is missing or can't be used."""
    try:
        return disk.stopping(lambda: _start(options) if options.start else _run(options))
    except KeyboardInterrupt:
        print("\n" + _("Interrupted. No bid has been written."), file=sys.stderr)
        return INTERRUPTED


def _start(options: Namespace) -> int:
    folder: Path = options.folder
    data = disk.bytes_of(options.start)
    form = _form(options.start, data)
    if not (folder / FORM).exists() or (folder / FORM).resolve() != options.start.resolve():
        disk.require_new(folder / FORM)
    disk.require_new(folder / answers.NAME)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise disk.unusable(str(folder), error, _("{file} can't be made.")) from error
    if not (folder / FORM).exists():
        disk.write_new(folder / FORM, data)
    disk.write_new(folder / answers.NAME, answers.skeleton(form))
    disk.tell(
        _("{file} is made, with every question of {title}.").format(file=folder / answers.NAME, title=form.title),
        _("A bid must have come before {moment}, Swedish time.").format(moment=answers.moment(form.deadline_at)),
        "",
        _("Do this now:"),
        "  1. " + _("Write your answers in {file}, and lay your files in the same folder.").format(file=answers.NAME),
        "  2. "
        + _(
            "Fetch the list of who holds the keys from the page of the procurement, and save it there as {file}."
        ).format(file=HOLDERS),
        f"  3. rodatraden seal {folder} --out anbud{ENDING} --keep egen-nyckel.txt",
    )
    return 0


def _run(options: Namespace) -> int:
    folder, out, keep = options.folder, options.out, options.keep
    if out is None:
        raise BadFileError([_("Say with --out what the sealed bid is to be called, for example --out anbud.rtbid")])
    form_file, holders_file = options.form or folder / FORM, options.holders or folder / HOLDERS
    form = _form(form_file, disk.bytes_of(form_file))
    holders = _holders(holders_file, form)
    said_in = answers.read_answers(disk.bytes_of(folder / answers.NAME, answers.LARGEST), form)
    for path in filter(None, (out, keep)):
        disk.require_new(path)
    found = _found(folder, said_in.files)
    _tell_forgotten(folder, said_in.files)
    offer = replace(said_in.offer, files=tuple(each.note for each in found))
    read_index(json.loads(canonical_json(index_of(offer))))  # as who opens the bid will
    if not _is_complete(form, offer, is_agreed=options.yes):
        return INCOMPLETE
    own = pyrage.x25519.Identity.generate() if keep else None
    disk.sweep(out.parent)  # what a seal that was killed left takes space that this one needs
    try:
        _require_space(out, form, [each.note.size for each in found])
        with disk.new_whole(out) as file, straight(file) as into:
            manifest = _seal(into, form=form, holders=holders, offer=offer, found=found, own=own)
            if own:  # before the bid has its name, so that none is there whose key was not kept
                disk.write_new(keep, _written_key(form, own))
    except PackageError as error:
        for each in found:  # by the name that it has here: inside the encryption it has a number
            each.require_same()
        raise BadFileError([_("The bid can't be sealed."), f"  {said(error.reason)}"]) from error
    except (FileNotFoundError, PermissionError) as error:  # a file that is gone since it was looked into
        raise disk.unusable(str(error.filename), error, _("{file} can't be read.")) from error
    _tell_sealed(form, holders, manifest, out, keep)
    return 0


def _require_space(out: Path, form: BidForm, sizes: Sequence[int]) -> None:
    """Refuse files that are more than the server takes, or than the disk can hold, before gigabytes are written.

    Raises:
        PackageError: they are too large.
        StopError: the disk has too little space free; where it can't be asked that shows later.
    """
    if sum(sizes) > form.most_bytes:
        raise too_large(form.most_bytes)
    needed = part_count(sizes) * SEALED + BESIDE
    try:
        free = shutil.disk_usage(out.parent).free
    except OSError:  # there is no such folder: told when the bid is to be written there
        return
    if free < needed:
        raise StopError(
            _(
                "The disk is full. The sealed bid takes {needed} MB, and where {file} is to be written {free} MB are free. "
                "Free some space, or choose another place with --out."
            ).format(
                needed=swedish_number(-(-needed // MEGABYTE)),
                free=swedish_number(free // MEGABYTE),
                file=disk.shown(str(out)),
            )
        )


def _form(path: Path, data: bytes) -> BidForm:
    try:
        return read_bid_form(data)
    except BidFormError as error:
        place = [_("Where: {place}").format(place=error.field)] if error.field else []
        raise disk.bad(path, said(error.reason), *place) from error


def _holders(path: Path, form: BidForm) -> HolderList:
    if not path.exists():
        reason = _("The list of who holds the keys is missing. Fetch it from the page of the procurement.")
        raise disk.bad(path, reason)
    try:
        holders = read_holders(disk.bytes_of(path))
    except PackageError as error:
        again = _("Fetch it anew from the page of the procurement.")
        raise disk.bad(path, said(error.reason), again) from error
    if holders.tender != form.tender:
        raise disk.bad(
            path, _("It says who holds the keys of another procurement than the one that the bid form is of.")
        )
    if (Holds.PRICE in holders.layers) != (form.asks.fixed_price is None):
        raise disk.bad(path, _("It does not fit the bid form: one of them has a fixed price. Fetch both anew."))
    return holders


def _found(folder: Path, named: Sequence[answers.NamedFile]) -> list[FoundFile]:
    """Look into every file that the answers name; what is wrong with any of them is told together."""
    faults: list[str] = []
    paths = []
    for each in named:
        problem = name_problem(each.name)
        path = None if problem else _path_of(folder, each.name)
        if path is None:
            gone = _("There is no {name} in {folder}.").format(name=each.name, folder=folder)
            faults.append(f"{each.place}: {said(problem) if problem else gone}")
        else:
            paths.append((each, path))
    found = []
    for each, path in paths:
        try:
            found.append(_look_into(each, path))
        except UnfitError as error:
            faults.append(f"{each.place}: {error}")
        except OSError as error:
            faults.append(f"{each.place}: {each.name}: {error.strerror}")
    if faults:
        head = _("Files that {file} names can't be used:").format(file=answers.NAME)
        raise BadFileError([head, *(f"  {disk.shown(fault)}" for fault in faults)])
    return found


def _path_of(folder: Path, name: str) -> Path | None:
    """Return where a file lies, also when the disk spells å, ä and ö with the dots and rings apart, as a Mac does."""
    if (folder / name).is_file():
        return folder / name
    composed = unicodedata.normalize("NFC", name)
    same = (path for path in folder.iterdir() if unicodedata.normalize("NFC", path.name) == composed)
    return next((path for path in same if path.is_file()), None)


def _tell_forgotten(folder: Path, named: Sequence[answers.NamedFile]) -> None:
    """Say which files lie in the folder and are not part of the bid: one may have been forgotten."""
    known = {unicodedata.normalize("NFC", each.name) for each in named} | {answers.NAME, FORM, HOLDERS}
    left = sorted(
        path.name
        for path in folder.iterdir()
        if unicodedata.normalize("NFC", path.name) not in known and path.suffix.lower() in TAKEN and path.is_file()
    )
    if left:
        names = disk.shown(", ".join(left))
        print(
            _("In the folder, but not named in {file}: {names}").format(file=answers.NAME, names=names), file=sys.stderr
        )


def _look_into(named: answers.NamedFile, path: Path) -> FoundFile:
    """Return a file with its pages.

    Raises:
        UnfitError: it is empty, broken or of a kind that is not taken there.
    """
    with path.open("rb") as file:
        seen, size = _seen(file), os.fstat(file.fileno()).st_size  # before its pages are counted
        count = count_pages(file, named.name)
        if count.fault or count.kind is None:
            raise UnfitError(said(count.reason))
        if named.item and count.kind not in named.item.kinds:
            raise UnfitError(_("{name} is {kind}, and taken are {kinds}.").format(
                name=named.name, kind=count.kind, kinds=", ".join(named.item.kinds)
            ))  # fmt: skip
    item = named.item.id if named.item else None
    note = OfferFile(uuid4(), item, named.name, MEDIA_TYPES[count.kind], size, UNREAD, count.pages)
    return FoundFile(path, note, seen)


def _seen(file: BinaryIO) -> tuple[int, ...]:
    """Not when its attributes changed: a program that copies files to a cloud touches them while they are as they were."""
    now = os.fstat(file.fileno())
    return now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns


def _is_complete(form: BidForm, offer: Offer, *, is_agreed: bool) -> bool:
    """Whether nothing is missing, and what is warned of is agreed to."""
    lacking, warned = missing(form.asks, offer), warnings(form.asks, offer)
    if lacking:
        print(_("The bid is not complete. Mend this in {file}:").format(file=answers.NAME), file=sys.stderr)
        _print_points(lacking)
        return False
    if not warned or is_agreed:
        return True
    print(_("This does not stop the bid, but you should know of it:"), file=sys.stderr)
    _print_points(warned)
    if not sys.stdin.isatty():
        print(_("Mend it, or run the same command with --yes."), file=sys.stderr)
        return False
    return input(_("Seal the bid as it is? Write yes or no:") + " ").strip().lower() in {_("yes"), "yes", "y", "j"}


def _print_points(points: Sequence[Point]) -> None:
    for point in points:
        print(f"  – {disk.shown(said(point.text))}", file=sys.stderr)


def _seal(
    into: Straight,
    *,
    form: BidForm,
    holders: HolderList,
    offer: Offer,
    found: Sequence[FoundFile],
    own: pyrage.x25519.Identity | None,
) -> Manifest:
    bid, at = uuid4(), clock.machine_time()
    begin = partial(begin_package, holders=holders, bid=bid, own_recipient=str(own.to_public()) if own else None)
    nonce, price_nonce = secrets.token_hex(NONCE_BYTES), secrets.token_hex(NONCE_BYTES)
    new = [each.new for each in found]
    begun = {Holds.BID: begin(index_of(offer), new, holds=Holds.BID, nonce=nonce)}
    recipient, digests = begun[Holds.BID].recipient, list[str]()
    if form.asks.fixed_price is None:
        price = price_of(offer.price, currency=form.currency, unit=form.price_unit)
        begun[Holds.PRICE] = begin(price, (), holds=Holds.PRICE, nonce=price_nonce)

    def index() -> bytes:
        for each in found:
            each.require_same()
        notes = [replace(each.note, sha256=digest) for each, digest in zip(found, digests, strict=True)]
        read = [replace(each, sha256=digest) for each, digest in zip(new, digests, strict=True)]
        where = Envelope(holders.tender, bid, Holds.BID)
        return seal_index(recipient, where, nonce, index_of(replace(offer, files=tuple(notes))), read)

    count = part_count(file.size for file in new)
    with disk.Progress(_("Sealing"), count) as progress:
        return write_bundle(
            into,
            manifest=lambda packages: Manifest(
                tender=form.tender,
                bid=bid,
                documents_sha256=form.snapshot_sha256,
                holders_sha256=holders.sha256,
                packages=packages,
                made_with=f"rodatraden seal {program_hash()}",
                sealed_at=at,
            ),
            begun=begun,
            count=count,
            parts=_sealed_parts(new, recipient, progress, digests),
            index=index,
        )


def program_hash() -> str:
    """Return the hash of this program's text: of each file that seals its name and SHA-256, in the order of the names."""
    root = Path(__file__).parents[1]
    sources = sorted([*root.glob("core/sealing/*.py"), root / "cli/seal.py"])
    return canonical_hash([[path.relative_to(root).as_posix(), sha256_hex(path.read_bytes())] for path in sources])


def _sealed_parts(
    files: Sequence[NewFile], recipient: str, progress: disk.Progress, digests: list[str]
) -> Iterator[Piece]:
    """Yield the sealed parts in their order, and put the SHA-256 of each file into `digests`.

    One thread reads and hashes, another encrypts and hashes, and here a part is added up, so that two processors have work. A
    part lies in its room until the next one is asked for.
    """
    waiting: deque[Future[tuple[Part, Room] | None]] = deque()
    plain = plain_parts(files, cycle([Room() for _ in range(ROOMS)]), digests.append)
    with ThreadPoolExecutor(max_workers=1) as reader, ThreadPoolExecutor(max_workers=1) as sealer:
        while True:
            while len(waiting) < ROOMS:
                waiting.append(sealer.submit(_sealed_part, reader.submit(next, plain, None), recipient))
            sealed = waiting.popleft().result()
            if sealed is None:
                return
            part, room = sealed
            yield Piece.of(part, room.sealed)
            progress.add(1)


def _sealed_part(read: Future[Room | None], recipient: str) -> tuple[Part, Room] | None:
    room = read.result()
    return None if room is None else (seal_part(room, recipient), room)


def _written_key(form: BidForm, own: pyrage.x25519.Identity) -> bytes:
    about = _("Opens your own copy of the bid in: {title}. Show it to nobody.").format(title=disk.shown(form.title))
    return f"# {about}\n# public key: {own.to_public()}\n{own}\n".encode()


def _tell_sealed(form: BidForm, holders: HolderList, manifest: Manifest, out: Path, keep: Path | None) -> None:
    megabytes = swedish_number(-(-out.stat().st_size // MEGABYTE))
    disk.tell(
        _("The bid is sealed: {file}, {size} MB.").format(file=out, size=megabytes),
        "",
        f"  {_('Procurement')}: {form.title}",
        f"  {_('Version of the documents')}: {form.snapshot}, {form.snapshot_sha256}",
        f"  {_('The keys are held by')}: {', '.join(holder.name for holder in holders.holders)}",
        f"  {_('The fingerprint of their list')}: {holders.sha256}",
        f"  {_('The fingerprint of the bid')}: {manifest.sha256}",
        "",
        _("Do this now:"),
        "  1. " + _("Compare the fingerprint of the list with the one on the page of the procurement."),
        "  2. "
        + _("Hand in {file} there, before {moment}, Swedish time. Nothing is handed in yet.").format(
            file=out, moment=answers.moment(form.deadline_at)
        ),
        "  3. " + _("Save the receipt. It shall show the same fingerprint of the bid."),
    )
    if manifest.sealed_at >= form.deadline_at:
        late = _("By the clock of this machine that time is out. A late bid is not opened with the others.")
        disk.tell("", late)
    if keep:
        command = f"rodatraden open {out} --key {keep} --into {_('NEW FOLDER')}"
        disk.tell(
            "", _("{file} opens your own copy. Keep it, and show it to nobody:").format(file=keep), f"  {command}"
        )
    else:
        disk.tell("", _("You can't open the bid yourself: no key was kept (--keep)."))
