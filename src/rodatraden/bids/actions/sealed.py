"""Take in a bid that the supplier has sealed itself: opaque parts, then what hands it in, whose arrival is the bid's.

The server can read nothing of it, and checks what can be checked outside: that every part is stored with the hash that
the manifest names, that wraps and indexes came with it, and that the key is wrapped for everybody who may open together (docs/rules/sealing.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Sum

from rodatraden.bids.actions.box import lock_box, lock_supplier, make_layer
from rodatraden.bids.actions.discarding import discard
from rodatraden.bids.actions.submitting import ReceivedPackage, acknowledge
from rodatraden.bids.models import FrozenHolders, SealedPart, SealedUpload, Submission
from rodatraden.bids.queries.sealed import PART_NAME, box_of, key_holders, read_handed_in, stored_parts
from rodatraden.bids.rules import Kind, answers_edition, is_out_of_time, may_bid
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.message import say
from rodatraden.core.sealing import PackageError
from rodatraden.core.sealing.bid import check_stored
from rodatraden.core.sealing.bundle import LONGEST_PART, check_holders, part_name, read_bundle, wraps_name
from rodatraden.core.sealing.contents import CHUNK
from rodatraden.core.sealing.hand_in import TOO_LARGE, Enclosed, lay_hand_in
from rodatraden.core.sealing.holders import MOST as MOST_HOLDERS
from rodatraden.core.sealing.holders import Holder, HolderList, Holds, every_pair
from rodatraden.core.sealing.parts import most_of_files
from rodatraden.core.sealing.wraps import check_wraps, read_wraps
from rodatraden.parties.rules import enough_holders, holders_of, may_bid_for
from rodatraden.procurements.models import StageFact
from rodatraden.procurements.rules import enough_openers, has_happened, openers_with_keys
from rodatraden.records.actions import drop_files, once, record_event, written
from rodatraden.records.models import StoredFile
from rodatraden.tenders.models import Snapshot, Tender

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from rodatraden.core.sealing.bundle import Bundle
    from rodatraden.core.sealing.hand_in import HandIn
    from rodatraden.core.sealing.holders import Pair
    from rodatraden.core.sealing.manifest import Manifest, SealedPackage
    from rodatraden.parties.models import Organisation, Person
    from rodatraden.ui.policy import Arrival


MOST_UPLOADS = 5
"""Bids of one supplier in a procurement that lie here without having been handed in. Source: policy."""


def freeze_holders(
    *,
    tender: Tender,
    holders: Sequence[Holder],
    never_together: Iterable[Pair] = (),
    by: Person | None,
    at: datetime,
) -> FrozenHolders:
    """Freeze who holds the keys to a tender's bids, and make the server's time layers, one for bids and one for prices.

    The private halves are files, written before the row; one that an earlier transaction left is taken into use, since
    nothing was ever sealed to it.

    Raises:
        RefusedError: with this list somebody could open alone, or the loss of one would be the loss of all.
    """
    kinds = [Holds.BID] if tender.has_fixed_price else list(Holds)
    try:
        listed = HolderList(
            tender.pk,
            tuple(holders),
            every_pair(holders, never_together=never_together),
            {holds: make_layer(tender.pk, holds) for holds in kinds},
        )
    except PackageError as error:
        raise RefusedError(no(error.reason)) from error
    with transaction.atomic():
        frozen = FrozenHolders.objects.create(
            tender=tender, listed=listed.canonical().decode(), sha256=listed.sha256, made_at=at
        )
        record_event(
            "key_holders_frozen", of=tender, by=by, at=at, case=tender.procurement_id, what={"holders": listed.sha256}
        )
    return frozen


def freeze_ready_holders(*, tender: Tender, by: Person | None, at: datetime) -> FrozenHolders:
    """Freeze the buyer's holders who have shown that they can open, the opening officials of the case first among them.

    Raises:
        RefusedError: fewer than three have, or fewer than two of them open the bids of this procurement.
    """
    procurement = tender.procurement
    states = holders_of(procurement.buyer, at)
    require(enough_holders(procurement.buyer, at, states))
    require(enough_openers(procurement, at, states))
    openers = {state.person.pk for state in openers_with_keys(procurement, at, states)}
    ready = [(state.person, state.key) for state in states if state.is_ready and state.key is not None]
    chosen = sorted(ready, key=lambda each: each[0].pk not in openers)[:MOST_HOLDERS]
    holders = [Holder(key.pk, person.name, key.recipient) for person, key in chosen]
    return freeze_holders(tender=tender, holders=holders, by=by, at=at)


def start_upload(*, tender: Tender, supplier: Organisation, bid: UUID, by: Person, at: datetime) -> SealedUpload:
    """Make room for a bid that is sealed at the supplier's, or go on with it; nobody else learns of it (INV-02).

    A supplier has at most `MOST_UPLOADS` bids here that it has not handed in: where it begins one more, what had come of the
    oldest goes, so that nobody fills the disk and whoever had to seal anew many times can bid all the same.

    Raises:
        RefusedError: `by` may not bid for the supplier, nobody holds keys to the bids here, the number of the bid is
            taken, or so many bids had come whole that none of what had come can go.
    """
    require(may_bid(by, supplier, tender, at))
    _holders(tender)
    with transaction.atomic():
        lock_supplier(tender.pk, supplier.pk)
        upload, is_new = SealedUpload.objects.get_or_create(
            id=bid, defaults={"tender": tender, "supplier": supplier, "started_at": at, "started_by": by}
        )
        if (upload.tender_id, upload.supplier_id) != (tender.pk, supplier.pk):
            raise RefusedError(no(say("The number of the bid is taken. Seal the bid again.")))
        if is_new:
            _make_room(upload, by=by, at=at)
            record_event("sealed_upload_started", of=upload, by=by, at=at, is_sealed=True, is_covered=True)
    return upload


def _make_room(upload: SealedUpload, *, by: Person, at: datetime) -> None:
    """Throw away the supplier's oldest uploads, but never one that came whole: that one only waits to be stored by us."""
    others = SealedUpload.objects.filter(
        tender=upload.tender, supplier=upload.supplier, submission=None, withdrawn_at=None
    )
    others = others.exclude(pk=upload.pk)
    too_many = others.count() - (MOST_UPLOADS - 1)
    for oldest in others.filter(arrived_at=None)[: max(0, too_many)]:
        too_many -= discard(oldest, at_once=True, by=by, at=at)
    if too_many > 0:
        raise RefusedError(
            no(
                say(
                    "{most} sealed bids have come from the supplier, and none of them has been handed in yet. Hand in one of them again.",
                    most=MOST_UPLOADS,
                )
            )
        )


def store_part(
    *,
    upload: SealedUpload,
    name: str,
    chunks: Iterable[bytes],
    by: Person,
    at: datetime,
    sha256: str | None = None,
) -> SealedPart:
    """Store one opaque part, in place of one with the same name, until the bid is handed in.

    Who may bid in the procurement is asked when the bid is begun and when it is handed in, and here only whether it has been
    cancelled; a part is worth nothing without its manifest, and a bid has hundreds of them. `sha256` is what its sender says of it; None of a part that comes in a file
    with a manifest that says it.

    Raises:
        RefusedError: `by` does not bid for the supplier, the name is no part's, the part or the whole is too large, it is
            another than its sender says, the bid has been handed in, or the procurement has been cancelled.
    """
    require(may_bid_for(by, upload.supplier, at))
    if not PART_NAME.fullmatch(name):
        raise RefusedError(no(say("A sealed bid has no part with the name {name}.", name=ascii(name[:40]))))
    with (
        written(chunks=_at_most(chunks, LONGEST_PART), origin=StoredFile.Origin.SEALED, by=by, at=at) as file,
        transaction.atomic(),
    ):
        if sha256 is not None and file.sha256 != sha256:
            raise RefusedError(no(say("A part of the bid was damaged on its way. Press the button again.")))
        cancelled = StageFact.objects.filter(procurement=OuterRef("tender__procurement"), kind=Kind.CANCELLED)
        held = SealedUpload.objects.select_for_update(of=("self",), no_key=True).filter(pk=upload.pk)
        found = held.annotate(is_cancelled=Exists(cancelled)).first()
        if found is None:
            raise RefusedError(no(say("What had come of the bid is no longer kept. Hand in the bid again.")))
        if found.is_cancelled:
            raise RefusedError(no(say("The procurement has been cancelled.")))
        # asked by itself: a statement that has waited for a lock sees other tables as they were before (PostgreSQL)
        if Submission.objects.filter(upload=upload).exists():
            raise RefusedError(no(say("The bid has been handed in already. Seal a new one to replace it.")))
        file.save(force_insert=True)
        part = SealedPart.objects.filter(upload=upload, name=name).first() or SealedPart(upload=upload, name=name)
        earlier = part.file_id
        part.file = file
        part.save()
        whole = SealedPart.objects.filter(upload=upload).aggregate(size=Sum("file__size"))["size"]
        if whole > settings.BID_SEALED_MAX_BYTES:
            raise RefusedError(
                no(
                    say(
                        "The files of a bid can be at most {most} MB together. Make this or another file smaller.",
                        most=most_of_files(settings.BID_SEALED_MAX_BYTES) // 1_000_000,
                    )
                )
            )
        if earlier is not None:
            drop_files(files=[earlier], at_once=True, by=by, at=at)
    return part


def hand_in_sealed(*, upload: SealedUpload, handed_in: bytes, by: Person, arrival: Arrival, key: str) -> Submission:
    """Hand in a sealed bid whose parts have come, and give a receipt of when the last byte of what hands it in had come.

    `handed_in` is the manifest with all that it names but the parts (`core/sealing/hand_in.py`). In time is strictly before
    the deadline, while the box is open (INV-05); what comes later is kept sealed as late. It replaces what the supplier
    handed in before. The same `key` again gives the same submission.

    Raises:
        RefusedError: `by` does not bid for the supplier, what came hands in nothing or another's bid, something that it
            names is not there, or the documents have changed since they were read.
    """
    # before it costs a lock, or the disk a write
    found = read_handed_in(handed_in, tender=upload.tender_id, bid=upload.pk)
    made: list[Submission] = []
    with written(chunks=[handed_in], origin=StoredFile.Origin.SEALED, by=by, at=arrival.at) as file:

        def effect() -> str:
            made.append(_hand_in(upload, found, file, by, arrival))
            return str(upload.pk)

        told = {"upload": upload.pk, "handed_in": file.sha256}
        answer = once(key=key, purpose="hand_in_sealed", body=told, effect=effect, by=by, at=arrival.at)
    if made:  # and not what the same key has made before
        return made[0]
    return Submission.objects.select_related("tender__procurement", "supplier").get(pk=UUID(answer))


def hand_in_bundle(
    *, tender: Tender, supplier: Organisation, bundle: BinaryIO, by: Person, arrival: Arrival, key: str
) -> Submission:
    """Hand in a bid that came as one file, sealed on the bidder's own computer; the arrival is that of the file.

    What can be refused is refused before anything of it is stored. Then its arrival is written down, so that the box is
    not closed while we store it; its parts are stored one by one, so that nobody waits for a large one.

    Raises:
        RefusedError: the file is no bundle, or see `start_upload` and `hand_in_sealed`.
    """
    require(may_bid(by, supplier, tender, arrival.at))
    try:
        found = read_bundle(bundle)
        check_holders(found, _holders(tender))
    except PackageError as error:
        raise RefusedError(no(error.reason)) from error
    _answered(tender, found.manifest.documents_sha256)
    upload = start_upload(tender=tender, supplier=supplier, bid=found.manifest.bid, by=by, at=arrival.at)
    if not Submission.objects.filter(upload=upload).exists():
        _write_down_arrival(upload, found.manifest.sha256, arrival)
        stored = dict(SealedPart.objects.filter(upload=upload).values_list("name", "file__sha256"))
        for number, part in enumerate(found.packages[Holds.BID].parts):
            if stored.get(part_name(number)) != part.sha256:
                with found.open(part_name(number)) as member:
                    store_part(upload=upload, name=part_name(number), chunks=_chunks(member), by=by, at=arrival.at)
    return hand_in_sealed(upload=upload, handed_in=_laid(found), by=by, arrival=arrival, key=key)


def _laid(bundle: Bundle) -> bytes:
    """Return what of a bundle hands it in, as a browser would send it."""
    packages = {
        holds: Enclosed(_member(bundle, wraps_name(holds)), bundle.packages[holds].index) for holds in bundle.packages
    }
    return lay_hand_in(bundle.manifest.canonical(), packages)


def _member(bundle: Bundle, name: str) -> bytes:
    with bundle.open(name) as member:
        return member.read()


def _write_down_arrival(upload: SealedUpload, manifest_sha256: str, arrival: Arrival) -> None:
    """Write down that all of a bid had come, when the box was open: what is left is our own work, and makes nothing late."""
    with transaction.atomic():
        lock_box(upload.tender_id, alone=False)
        lock_supplier(upload.tender_id, upload.supplier_id)
        if not is_out_of_time(_box_of(upload), arrival.at):
            SealedUpload.objects.filter(pk=upload.pk).update(
                arrived_at=arrival.at,
                arrived_sha256=manifest_sha256,
                arrived_version=_next_version(upload),
                withdrawn_at=None,
            )


def _next_version(upload: SealedUpload) -> int:
    """Return the number after all that the supplier has handed in here and all that had come whole; under its lock."""
    mine = {"tender": upload.tender_id, "supplier": upload.supplier_id}
    handed_in = Submission.objects.filter(**mine).aggregate(last=Max("version"))["last"] or 0
    arrived = SealedUpload.objects.filter(**mine).aggregate(last=Max("arrived_version"))["last"] or 0
    return max(handed_in, arrived) + 1


def _box_of(upload: SealedUpload) -> Tender:
    """Return the tender as it is while the box is held: published, or nothing could have been begun in it."""
    tender = box_of(upload.tender_id)
    assert tender is not None, "what is published stays so"
    return tender


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(CHUNK), b"")


def _hand_in(upload: SealedUpload, found: HandIn, file: StoredFile, by: Person, arrival: Arrival) -> Submission:
    lock_box(upload.tender_id, alone=False)
    lock_supplier(upload.tender_id, upload.supplier_id)
    tender = _box_of(upload)
    require(may_bid(by, upload.supplier, tender, arrival.at))
    stored = (
        SealedUpload.objects.select_for_update(of=("self",), no_key=True).select_related("supplier").get(pk=upload.pk)
    )
    if Submission.objects.filter(upload=stored).exists():
        raise RefusedError(no(say("The bid has been handed in already. Seal a new one to replace it.")))
    assert tender.deadline_at is not None, "bids are asked for until a deadline, or the rule has refused"
    manifest = found.manifest
    try:
        packages = _checked(found, stored, _holders(tender))
    except PackageError as error:
        raise RefusedError(no(error.reason)) from error
    mine = Submission.objects.filter(tender=tender, supplier=stored.supplier)
    if manifest.replaces is not None and not mine.filter(pk=manifest.replaces).exists():
        raise RefusedError(no(say("The bid says that it replaces one that you have not handed in. Seal it again.")))
    withdrawn_at = None
    if stored.arrived_version is not None and _stands(stored, manifest, arrival.at):
        version, is_late = stored.arrived_version, has_happened(tender.procurement, Kind.OPENED)
        withdrawn_at = None if is_late else stored.withdrawn_at
    else:
        version, is_late = _next_version(stored), is_out_of_time(tender, arrival.at)
    file.save(force_insert=True)
    submission = Submission(
        id=stored.pk,
        tender=tender,
        supplier=stored.supplier,
        snapshot=_answered(tender, manifest.documents_sha256),
        version=version,
        upload=stored,
        manifest=manifest.canonical().decode(),
        handed_in=file,
        received_at=arrival.at,
        received_by=arrival.source,
        clock_synchronised=arrival.is_synchronised,
        clock_error_ms=arrival.error_ms,
        deadline_at=tender.deadline_at,
        is_late=is_late,
        submitted_by=by,
        withdrawn_at=withdrawn_at,
    )
    return acknowledge(submission, packages, by=by, at=arrival.at)


def _stands(upload: SealedUpload, manifest: Manifest, at: datetime) -> bool:
    """Whether this is the very arrival that was written down before the box was closed."""
    return (upload.arrived_at, upload.arrived_sha256) == (at, manifest.sha256)


def _checked(handed_in: HandIn, upload: SealedUpload, holders: HolderList) -> dict[Holds, ReceivedPackage]:
    """Return each package that the manifest names, when all that it names has come."""
    manifest = handed_in.manifest
    if manifest.holders_sha256 != holders.sha256:
        raise RefusedError(
            no(say("The bid was sealed to another list of who holds the keys. Load the page again, and seal it anew."))
        )
    recipients = {package.recipient for package in manifest.packages.values()}
    if set(manifest.packages) != set(holders.layers) or len(recipients) < len(manifest.packages):
        raise RefusedError(
            no(
                say(
                    "The bid must hold one package for the bid, and one with a key of its own for its price where it has one."
                )
            )
        )
    received = {}
    for holds, package in manifest.packages.items():
        enclosed = handed_in.packages[holds]
        _check_wraps_of(package, enclosed.wraps, upload, holds, holders)
        parts = [part for part, _ in stored_parts(upload)] if holds is Holds.BID else []
        check_stored(package, enclosed.index, parts)
        size = len(enclosed.wraps) + len(enclosed.index) + sum(part.size for part in parts)
        received[holds] = ReceivedPackage(package.sha256, size)
    return received


def _check_wraps_of(
    package: SealedPackage, data: bytes, upload: SealedUpload, holds: Holds, holders: HolderList
) -> None:
    """Refuse wraps that are not those that the manifest names, or not this bid's."""
    if sha256_hex(data) != package.wraps_sha256:
        raise RefusedError(
            no(say("A part of the bid has not arrived, or is not the one that was sealed. Hand in the bid again."))
        )
    wraps = read_wraps(data)
    check_wraps(wraps, holders)
    if (wraps.bid, wraps.holds, wraps.recipient) != (upload.pk, holds, package.recipient):
        raise RefusedError(no(say("What hands in the bid belongs to another bid or procurement. Seal the bid again.")))


def _answered(tender: Tender, documents_sha256: str) -> Snapshot:
    """Return the version of the documents that the bid was made for, when it stands in all but its times (INV-08)."""
    versions = list(Snapshot.objects.filter(tender=tender).defer("canonical").order_by("-number"))
    found = next((each for each in versions if each.sha256 == documents_sha256), None)
    if found is None:
        raise RefusedError(no(say("The bid was sealed for documents that are not those of this procurement.")))
    require(answers_edition(found, versions[0]))
    return found


def _holders(tender: Tender) -> HolderList:
    holders = key_holders(tender)
    if holders is None:
        raise RefusedError(no(say("Nobody holds keys to the bids of this procurement.")))
    return holders


def _at_most(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise RefusedError(no(TOO_LARGE))
        yield chunk
