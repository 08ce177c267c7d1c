"""What lies of the bids that suppliers sealed themselves, and what the two holders get to unlock.

The server's own layer is taken off only here, and only when the rule of the opening has let the holder in.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

import pyrage
from django.conf import settings

from rodatraden.bids.models import Bid, FrozenHolders, Opening, SealedPart, SealedUpload, UnlockingFailure
from rodatraden.bids.queries.boxed import Fault, UnreadableError, in_the_box
from rodatraden.bids.rules import Kind
from rodatraden.core.answer import RefusedError, no
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.message import say
from rodatraden.core.offer import read_price
from rodatraden.core.sealing.bid import Envelope, open_package
from rodatraden.core.sealing.bundle import MANIFEST, index_name, part_name, streamed, streamed_size, wraps_name
from rodatraden.core.sealing.contents import PackageError, PackageFault
from rodatraden.core.sealing.hand_in import read_enclosed, read_hand_in
from rodatraden.core.sealing.holders import Holds, read_holders
from rodatraden.core.sealing.manifest import read_manifest
from rodatraden.core.sealing.parts import Part
from rodatraden.core.sealing.peels import Sheet, read_sheet
from rodatraden.core.sealing.wraps import decoy, peel, read_wraps
from rodatraden.parties.models import OpeningKey
from rodatraden.parties.queries import keys_used_by
from rodatraden.procurements.rules import has_happened
from rodatraden.records.queries import is_whole, open_stored
from rodatraden.tenders.models import Tender

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal
    from pathlib import Path
    from uuid import UUID

    from rodatraden.bids.models import Submission, Unlocking
    from rodatraden.core.sealing.contents import Package
    from rodatraden.core.sealing.hand_in import Enclosed, HandIn
    from rodatraden.core.sealing.holders import HolderList, Pair
    from rodatraden.core.sealing.manifest import SealedPackage
    from rodatraden.core.sealing.peels import Line
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.procurements.models import Procurement
    from rodatraden.records.models import StoredFile

PART_NAME = re.compile(r"bid/parts/[0-9]{5}\.age")
BLOCK = 16
"""The first holder's sheet is filled up to whole sixteens of bids."""


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The keys of bids that two holders have unlocked together: `used` names their keys, who was first and who was last."""

    keys: Mapping[UUID, bytes]
    used: Pair
    holders_sha256: str
    lacking: tuple[UUID, ...] = ()
    """Bids whose key no pair has unlocked, and which are left unread knowingly."""
    decision: Mapping[str, object] | None = None
    """What two officials have decided of those, where no other pair could be had (`decision_told`)."""

    def of(self, bid: UUID | None) -> bytes | None:
        """Return the key of one bid; None where no key came out of its wraps."""
        return self.keys.get(bid) if bid else None

    def told(self) -> dict[str, object]:
        """Return what the protocol of the opening says of the keys."""
        told = {"holders": self.holders_sha256, "used": list(self.used), "left_unread": list(self.lacking)}
        return told | ({"decision": self.decision} if self.decision else {})


def key_holders(tender: Tender) -> HolderList | None:
    """Return who holds the keys to a tender's bids; None before it is published, and where bids come in another tool."""
    found = FrozenHolders.objects.filter(tender=tender).first()
    return read_holders(found.listed.encode()) if found else None


def box_of(tender_id: UUID) -> Tender | None:
    """Return a tender as it is now with what `may_bid` reads of its procurement, in three queries; None before it is published."""
    read = ("procurement__facts", "procurement__team")
    tender = Tender.objects.select_related("procurement__buyer").prefetch_related(*read).filter(pk=tender_id).first()
    return tender if tender and has_happened(tender.procurement, Kind.PUBLISHED) else None


def keys_of(person: Person, holders: HolderList) -> list[OpeningKey]:
    """Return the keys of the frozen list that `person` opens with: their own, and a recovery key that they keep."""
    listed = {each.key for each in holders.holders}
    return [key for key in keys_used_by(person) if key.pk in listed]


def offer_keys(sender: object, procurement: Procurement, **_: object) -> list[Person] | None:
    """Answer whose keys open the bids of a procurement, by name; None where they are not sealed to people, or came in another tool."""
    del sender
    frozen = FrozenHolders.objects.filter(tender__procurement=procurement).first()
    if frozen is None or Opening.objects.filter(tender__procurement=procurement, is_external=True).exists():
        return None
    listed = [each.key for each in read_holders(frozen.listed.encode()).holders]
    people = {key.user for key in OpeningKey.objects.filter(pk__in=listed).select_related("person", "kept_by")}
    return sorted(people, key=lambda person: (person.name, str(person.pk)))


def layer_path(tender_id: UUID, holds: Holds) -> Path:
    """Return where the private half of the server's key for bids or for prices lies: a file outside the database."""
    folder: Path = settings.DATA_DIR / "keys"
    return folder / f"{tender_id}.{holds}.age"


def layer_of(tender_id: UUID, holds: Holds) -> str:
    """Return the private half of the server's key for a tender's bids or prices.

    Raises:
        RefusedError: the key file is gone; it must be put back from its backup before anything can be opened.
    """
    try:
        return layer_path(tender_id, holds).read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise RefusedError(
            no(
                say(
                    "The key to the sealed bids is missing on the server. Nothing is lost: those who run the system "
                    "must put it back from its backup."
                )
            )
        ) from error


def layer_recipient(tender_id: UUID, holds: Holds) -> str:
    """Return the public half of the server's key for a tender's bids or prices.

    Raises:
        RefusedError: the key file is gone.
    """
    return str(pyrage.x25519.Identity.from_str(layer_of(tender_id, holds)).to_public())


def registered_price(sealed: StoredFile, tender_id: UUID) -> Decimal:
    """Return the price of a bid that came in another tool, sealed to the server's key for prices alone.

    Raises:
        RefusedError: the key file is gone.
        UnreadableError: what was stored is gone, changed, cannot be opened, or holds no price.
    """
    identity = pyrage.x25519.Identity.from_str(layer_of(tender_id, Holds.PRICE))
    try:
        with open_stored(sealed) as file:
            data = file.read()
        if sha256_hex(data) != sealed.sha256:
            raise UnreadableError(Fault.STORAGE)
        return read_price(json.loads(pyrage.decrypt(data, [identity])))
    except FileNotFoundError as error:
        raise UnreadableError(Fault.GONE) from error
    except pyrage.DecryptError as error:
        raise UnreadableError(PackageFault.SEALED) from error
    except ValueError as error:  # no JSON, or no price
        raise UnreadableError(Fault.MALFORMED) from error


def stored_parts(upload: SealedUpload) -> list[tuple[Part, StoredFile]]:
    """Return the parts that are stored of a bid, in the order of their names."""
    rows = SealedPart.objects.filter(upload=upload).order_by("name").select_related("file")
    return [(Part(row.file.sha256, row.file.size), row.file) for row in rows]


def enclosed_in(submission: Submission, packages: Iterable[Holds]) -> dict[Holds, Enclosed]:
    """Return the wraps and the index of each of a bid's packages, as they came when it was handed in.

    Raises:
        FileNotFoundError: what was stored is gone.
        PackageError: it is no longer what it was.
    """
    with open_stored(submission.handed_in) as file:
        return read_enclosed(file.read(), packages)


def sealed_copy(submission: Submission) -> tuple[int, Iterator[bytes]]:
    """Return a bid as the bundle that its supplier would have made of it: how many bytes it is, and these, a part at a time.

    Byte for byte what was handed in, so that the supplier's own key, or that of a package, opens it.

    Raises:
        FileNotFoundError: what was handed in is no longer kept.
        PackageError: it is no longer what it was.
    """
    manifest = submission.manifest.encode()
    packages = read_manifest(manifest).packages
    enclosed, parts = enclosed_in(submission, packages), stored_parts(submission.upload)
    if len(parts) != packages[Holds.BID].parts_count or not all(is_whole(file) for _, file in parts):
        raise FileNotFoundError

    def around(holds: Holds) -> list[tuple[str, bytes]]:
        return [(wraps_name(holds), enclosed[holds].wraps), (index_name(holds), enclosed[holds].index)]

    before = [(MANIFEST, manifest), *around(Holds.BID)]
    after = around(Holds.PRICE) if Holds.PRICE in enclosed else []
    sizes = {name: len(data) for name, data in (*before, *after)}
    sizes |= {part_name(number): part.size for number, (part, _) in enumerate(parts)}

    def members() -> Iterator[tuple[str, bytes]]:
        yield from before
        for number, (_, file) in enumerate(parts):
            with open_stored(file) as opened:
                yield part_name(number), opened.read()
        yield from after

    return streamed_size(sizes), streamed(members())


def read_handed_in(data: bytes, *, tender: UUID, bid: UUID) -> HandIn:
    """Return what hands in this bid, when that is what the bytes are.

    Raises:
        RefusedError: they hand in nothing, or another bid.
    """
    try:
        found = read_hand_in(data)
    except PackageError as error:
        raise RefusedError(no(error.reason)) from error
    if (found.manifest.tender, found.manifest.bid) != (tender, bid):
        raise RefusedError(no(say("What hands in the bid belongs to another bid or procurement. Seal the bid again.")))
    return found


def upload_of(tender_id: UUID, supplier: Organisation, bid: UUID) -> SealedUpload | None:
    """Return what has come of a bid that a supplier has begun to send."""
    upload = SealedUpload.objects.filter(pk=bid, tender=tender_id, supplier=supplier).first()
    if upload is not None:
        upload.supplier = supplier  # as it has been read
    return upload


def parts_held(upload: SealedUpload) -> dict[str, str]:
    """Return the SHA-256 of each part that has come of a bid, by its name."""
    return dict(SealedPart.objects.filter(upload=upload).values_list("name", "file__sha256"))


def package_of(submission: Submission, holds: Holds) -> SealedPackage | None:
    """Return what a bid's manifest says of one of its packages; None where it has none."""
    return read_manifest(submission.manifest.encode()).packages.get(holds)


def open_sealed(submission: Submission, holds: Holds, identity: bytes | None, scratch: BinaryIO) -> Package:
    """Return one package of a sealed bid, opened with the key that two holders have unlocked; nothing is kept of a part.

    Raises:
        UnreadableError: no key came out of the wraps, or anything of it is not as it was sealed.
    """
    named = read_manifest(submission.manifest.encode()).packages
    if identity is None:
        raise UnreadableError(PackageFault.WRAPS)
    try:
        stored = stored_parts(submission.upload) if holds is Holds.BID else []
        return open_package(
            named[holds],
            Envelope(submission.tender_id, submission.pk, holds),
            identity=identity,
            index=enclosed_in(submission, named)[holds].index,
            parts=[part for part, _ in stored],
            stored=[partial(open_stored, file) for _, file in stored],
            scratch=scratch,
        )
    except FileNotFoundError as error:
        raise UnreadableError(Fault.GONE) from error
    except PackageError as error:
        raise UnreadableError(error.fault) from error


def sealed_bids(tender: Tender, holds: Holds) -> list[Submission]:
    """Return the sealed bids that two holders unlock: all that take part in the opening, and for the prices those that could be read.

    Of a bid that nobody could read no price is needed, so that it stops no other's a second time.
    """
    if holds is Holds.BID:
        return in_the_box(tender)
    bids = Bid.objects.filter(tender=tender, submission__isnull=False)
    rows = bids.select_related("submission__upload").order_by("number")
    found = [bid.submission for bid in rows if not bid.is_unreadable]
    return [submission for submission in found if submission is not None]


def has_failed(tender: Tender, holds: Holds) -> bool:
    """Whether two holders have unlocked in vain, so that leaving a bid unread may come into question."""
    return UnlockingFailure.objects.filter(tender=tender, holds=str(holds)).exists()


def no_holder_is_common(tender: Tender, holds: Holds, bid: UUID) -> bool:
    """Whether a bid's key has failed to come out for pairs of holders that have nobody in common: then none of them is to blame."""
    failures = UnlockingFailure.objects.filter(tender=tender, holds=str(holds), bid=bid)
    pairs = [{first, last} for first, last in failures.values_list("first", "last")]
    return bool(pairs) and not set.intersection(*pairs)


def sheet_to_begin(holders: HolderList, holds: Holds, key: UUID, submissions: Iterable[Submission]) -> Sheet:
    """Return what the first of two holders peels: every bid's wraps that begin with `key`, the server's layer taken off.

    The sheet is filled up with wraps of nobody's bid to whole `BLOCK` bids, so that its length tells the first holder
    little of how many there are (INV-02). A bid whose wraps cannot be read is left out, and stops no other.
    """
    layer = layer_of(holders.tender, holds)
    outer: dict[Line, bytes] = {}
    count = 0
    for submission in submissions:
        count += 1
        outer |= _beginning(_wraps_of(submission, holds), submission.pk, key)
    peeled = {line: data for line, data in peel(outer, layer).items() if data is not None}
    for _ in range(-count % BLOCK or (0 if count else BLOCK)):
        nobody = uuid4()
        peeled |= {(nobody, pair): data for pair, data in decoy(holders, key).items()}
    return Sheet(holders.tender, holds, key, dict(sorted(peeled.items(), key=lambda each: str(each[0]))))


def sheet_to_end(unlocking: Unlocking, key: UUID) -> Sheet:
    """Return what the last of two holders peels: what the first one handed back and `key` ends."""
    first = read_sheet(unlocking.peeled.encode())
    ending = {line: data for line, data in first.wraps.items() if line[1] == (unlocking.key, key)}
    return Sheet(first.tender, first.holds, key, ending)


def _wraps_of(submission: Submission, holds: Holds) -> bytes:
    """Return the wraps of a bid's package; nothing where they are gone or damaged, which stops no other bid."""
    try:
        return enclosed_in(submission, read_manifest(submission.manifest.encode()).packages)[holds].wraps
    except (OSError, PackageError):
        return b""


def _beginning(wraps: bytes, bid: UUID, key: UUID) -> dict[Line, bytes]:
    try:
        found = read_wraps(wraps)
    except PackageError:
        return {}
    return {(bid, pair): data for pair, data in found.wraps.items() if pair[0] == key}
