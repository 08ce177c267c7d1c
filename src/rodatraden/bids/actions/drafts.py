"""A bid in the making: what is typed and uploaded is kept as ciphertext from the first save on."""

from __future__ import annotations

from dataclasses import replace
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

import pyrage
from django.conf import settings
from django.db import transaction

from rodatraden.bids.models import BidDraft, DraftFile
from rodatraden.bids.queries.boxed import CHUNK, measure, read_offer, sealing_key_of
from rodatraden.bids.rules import may_bid, may_write
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.canonical import canonical_json
from rodatraden.core.message import say
from rodatraden.core.offer import DeclarationHow, Offer, OfferFile, Part, draft_of
from rodatraden.records.actions import record_event, store_chunks
from rodatraden.tenders.models import Tender
from rodatraden.tenders.queries import latest_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from decimal import Decimal

    from rodatraden.parties.models import Organisation, Person
    from rodatraden.records.models import StoredFile
    from rodatraden.tenders.models import ContentItem


class ChangedElsewhereError(RefusedError):
    """The same part of the draft was changed after the page was opened (another tab, a colleague); nothing is saved."""


def start_draft(*, tender: Tender, supplier: Organisation, by: Person, at: datetime) -> BidDraft:
    """Start a supplier's bid, or go on with the one that it has; nobody else learns of it (INV-02).

    Raises:
        RefusedError: `by` may not bid for the supplier, or the documents are not published.
    """
    require(may_bid(by, supplier, tender, at))
    latest = latest_snapshot(tender)
    assert latest is not None
    with transaction.atomic():
        draft, is_new = BidDraft.objects.get_or_create(
            tender=tender,
            supplier=supplier,
            defaults={"snapshot": latest, "started_at": at, "saved_at": at, "saved_by": by},
        )
        if is_new:
            record_event("bid_draft_started", of=draft, by=by, at=at, is_sealed=True)
    return draft


def save_part(
    *, draft: BidDraft, part: Part, change: Callable[[Offer], Offer], version: int, by: Person, at: datetime
) -> BidDraft:
    """Save one part of a draft: `change` makes the new offer from the stored one.

    `version` is that of the draft when the page was opened. Two tabs that write different parts do not disturb each
    other; the same part written twice is refused, so that the person decides and nothing is lost.

    Raises:
        ChangedElsewhereError: the part was changed after `version`.
        RefusedError: `by` does not bid for the supplier.
    """
    require(may_write(by, draft, at))
    with transaction.atomic():
        stored = BidDraft.objects.select_for_update().get(pk=draft.pk)
        offer = read_offer(_of(stored, draft), by=by, at=at)
        if offer.saved.get(part, 0) > version:
            raise ChangedElsewhereError(
                no(
                    say(
                        "This part was changed in another tab or by a colleague after you opened the page. "
                        "Look at both, and save again what shall stand."
                    )
                )
            )
        _write(stored, change(offer), part, by=by, at=at)
    return _of(stored, draft)


def accept_fixed_price(*, draft: BidDraft, seen: Decimal, version: int, by: Person, at: datetime) -> BidDraft:
    """Accept the fixed price of the documents: the amount that the person has `seen`, and no other.

    Raises:
        ChangedElsewhereError: the answer was changed after `version`.
        RefusedError: `by` does not bid for the supplier, or the documents fix another price by now.
    """
    with transaction.atomic():
        tender = Tender.objects.select_for_update().get(pk=draft.tender_id)
        if tender.fixed_price != seen:
            raise RefusedError(
                no(
                    say(
                        "The fixed price was changed after you opened the page. You have not accepted anything. Read the new "
                        "price, and say whether you accept it."
                    ),
                    mend="accepts",
                )
            )
        return save_part(
            draft=draft,
            part=Part.PRICE,
            change=lambda stored: replace(stored, accepted_price=seen),
            version=version,
            by=by,
            at=at,
        )


def upload_file(
    *,
    draft: BidDraft,
    item: ContentItem | None,
    name: str,
    media_type: str,
    data: BinaryIO,
    pages: int | None,
    by: Person,
    at: datetime,
) -> OfferFile:
    """Put a file into a draft, sealed before it is stored; it takes the place of the item's earlier one.

    Without `item` it is the ESPD. What the file may be is checked by the form that read it.

    Raises:
        RefusedError: `by` does not bid for the supplier, or the bid grows above its limit.
    """
    require(may_write(by, draft, at))
    with transaction.atomic():
        stored = BidDraft.objects.select_for_update().get(pk=draft.pk)
        offer = read_offer(_of(stored, draft), by=by, at=at)
        key = item.pk if item else None
        kept = tuple(file for file in offer.files if file.item != key)
        digest, size = measure(data)
        if sum(file.size for file in kept) + size > settings.BID_MAX_BYTES:
            raise RefusedError(
                no(
                    say(
                        "The files of a bid can be at most {most} MB together. Make this or another file smaller.",
                        most=settings.BID_MAX_BYTES // 1_000_000,
                    )
                )
            )
        sealed = _store_sealed(data, sealing_key_of(draft.tender).recipient, by=by, at=at)
        row = DraftFile(id=uuid4(), draft=stored, content_item=item, sealed=sealed, uploaded_at=at)
        file = OfferFile(id=row.pk, item=key, name=name, media_type=media_type, size=size, sha256=digest, pages=pages)
        DraftFile.objects.filter(draft=stored, content_item=item, removed_at=None).update(removed_at=at)
        row.save(force_insert=True)
        grown = replace(offer, files=(*kept, file))
        if item is None:
            grown = replace(grown, declaration=replace(offer.declaration, how=DeclarationHow.ESPD))
        _write(stored, grown, Part.FILES, by=by, at=at)
    return file


def remove_file(*, file: DraftFile, by: Person, at: datetime) -> BidDraft:
    """Take a file out of a draft.

    Raises:
        RefusedError: `by` does not bid for the supplier.
    """
    draft = file.draft
    require(may_write(by, draft, at))
    with transaction.atomic():
        stored = BidDraft.objects.select_for_update().get(pk=draft.pk)
        offer = read_offer(_of(stored, draft), by=by, at=at)
        DraftFile.objects.filter(pk=file.pk, removed_at=None).update(removed_at=at)
        kept = tuple(each for each in offer.files if each.id != file.pk)
        _write(stored, replace(offer, files=kept), Part.FILES, by=by, at=at)
    return _of(stored, draft)


def _store_sealed(data: BinaryIO, recipient: str, *, by: Person, at: datetime) -> StoredFile:
    data.seek(0)
    with TemporaryFile() as sealed:
        pyrage.encrypt_io(data, sealed, [pyrage.x25519.Recipient.from_str(recipient)])
        sealed.seek(0)
        return store_chunks(iter(lambda: sealed.read(CHUNK), b""), by=by, at=at)


def _of(stored: BidDraft, draft: BidDraft) -> BidDraft:
    """Return the stored row with the tender and supplier that the caller has read already."""
    stored.tender, stored.supplier = draft.tender, draft.supplier
    return stored


def _write(stored: BidDraft, offer: Offer, part: Part, *, by: Person, at: datetime) -> None:
    version = stored.version + 1
    plain = canonical_json(draft_of(replace(offer, saved={**offer.saved, part: version})))
    recipient = pyrage.x25519.Recipient.from_str(sealing_key_of(stored.tender).recipient)
    stored.sealed_answers = pyrage.encrypt(plain, [recipient])
    stored.version = version
    stored.saved_at = at
    stored.saved_by = by
    stored.save(update_fields=["sealed_answers", "version", "saved_at", "saved_by"])
    record_event("bid_draft_saved", of=stored, by=by, at=at, is_sealed=True, what={"version": version})
