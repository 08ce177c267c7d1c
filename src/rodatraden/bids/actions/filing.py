"""What of the bids is entered in the diary, and leaves with its export: what they say when they are opened, later the prices.

Nothing of a bid is entered before the opening (INV-01, INV-02), no price before the prices are open (INV-13). The
senders are secret until the award decision and are left out of the register (OSL 5 kap. 2 §, 19 kap. 3 §); the files
hold them, and only the officer takes them out of here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from rodatraden.bids.documents import opening_list_paper
from rodatraden.bids.models import BidFile
from rodatraden.bids.rules import opening_of
from rodatraden.bids.rules.observing import attested_at
from rodatraden.core.canonical import canonical_json
from rodatraden.records.actions import issue_document, register_document, store_bytes
from rodatraden.records.models import DiaryDocument, StoredFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from rodatraden.bids.models import Bid, BidPrice, Opening, OpeningObserver
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender

BID_SECRECY = "OSL 19 kap. 3 §"
OBSERVATION_FORMAT = "rodatraden-opening-observation-2"
PRICES_FORMAT = "rodatraden-opened-prices-1"
JSON = "application/json"
OURS = StoredFile.Origin.OURS


def file_bid(bid: Bid, *, by: Person, at: datetime, written: list[StoredFile]) -> None:
    """Register an opened bid with what it says and its files, but for those marked price.

    Sealed bids come in when they are opened (TF 2 kap. 9 §). What is stored for it is put into `written`, so that an
    opening that fails afterwards leaves no file behind.
    """
    said = store_bytes(
        canonical_json(bid.index), name=f"anbud-{bid.number}.json", media_type=JSON, origin=OURS, by=by, at=at
    )
    written.append(said)
    files = bid.files.filter(content_item__is_price=False).select_related("file", "content_item")
    attachments = [(each.content_item.title, each.file) for each in files.order_by("content_item__number", "id")]
    if bid.declaration_file:
        attachments.append((gettext("Self-declaration (ESPD)"), bid.declaration_file))
    register_document(
        case=bid.tender.procurement.diary_case,
        direction=DiaryDocument.Direction.RECEIVED,
        subject=gettext("Bid %(number)s") % {"number": bid.number},
        file=said,
        attachments=attachments,
        by=by,
        at=at,
        secrecy_note=BID_SECRECY,
    )


def file_protocol(opening: Opening, *, by: Person, at: datetime, written: list[StoredFile]) -> None:
    """Issue the list of bids, with the protocol of the opening as data; what is stored for it is put into `written`."""
    protocol = store_bytes(
        opening.protocol.encode(), name="oppningsprotokoll.json", media_type=JSON, origin=OURS, by=by, at=at
    )
    written.append(protocol)
    procurement = opening.tender.procurement
    opening.document = issue_document(
        paper=opening_list_paper(opening),
        case=procurement.diary_case,
        of=procurement.pk,
        direction=DiaryDocument.Direction.DRAWN_UP,
        subject=gettext("Opening protocol with the list of bids"),
        attachments=[(gettext("The protocol of the opening, as data"), protocol)],
        by=by,
        at=at,
        secrecy_note=BID_SECRECY,
    )
    opening.save(update_fields=["document"])
    written += [attached.file for attached in opening.document.attachments.select_related("file")]
    if opening.document.file:
        written.append(opening.document.file)


def file_observation(observer: OpeningObserver, *, by: Person, at: datetime) -> bytes:
    """Register what an observer has said of the opening, in their own words, and return its bytes.

    `list_attested_at` is when both officials had attested the list, and null if they had not by then.
    """
    told = {
        "format": OBSERVATION_FORMAT,
        "tender": observer.tender_id,
        "observer": {"name": observer.name, "chamber": observer.chamber},
        "followed_at": observer.followed_at,
        "list_attested_at": attested_at(opening_of(observer.tender)),
        "remark": observer.remark,
    }
    data = canonical_json(told)
    register_document(
        case=observer.tender.procurement.diary_case,
        direction=DiaryDocument.Direction.RECEIVED,
        counterparty=str(observer),
        subject=gettext("What the observer says of the opening"),
        file=store_bytes(data, name="observatoren-om-oppningen.json", media_type=JSON, origin=OURS, by=by, at=at),
        by=by,
        at=at,
        secrecy_note=BID_SECRECY,
    )
    return data


def file_prices(
    tender: Tender, prices: Sequence[BidPrice], *, keys: Mapping[str, object] | None, by: Person, at: datetime
) -> None:
    """Register the opened prices as one list, with the files of the bids that were marked price.

    `keys` is what `Unlocked.told` says: whose price was left unread, and who decided it; None where no holders unlocked.
    """
    told = {
        "format": PRICES_FORMAT,
        "tender": tender.pk,
        "opened_at": at,
        "currency": tender.currency,
        "unit": tender.price_unit,
        "prices": [{"bid": price.bid.number, "amount": f"{price.amount:.2f}"} for price in prices],
        "keys": keys,
    }
    files = BidFile.objects.filter(bid__tender=tender, content_item__is_price=True).select_related(
        "bid", "content_item", "file"
    )
    register_document(
        case=tender.procurement.diary_case,
        direction=DiaryDocument.Direction.DRAWN_UP,
        subject=gettext("The prices of the bids, opened"),
        file=store_bytes(canonical_json(told), name="priser.json", media_type=JSON, origin=OURS, by=by, at=at),
        attachments=[
            (
                gettext("Bid %(number)s, %(title)s") % {"number": each.bid.number, "title": each.content_item.title},
                each.file,
            )
            for each in files.order_by("bid__number", "content_item__number", "id")
        ],
        by=by,
        at=at,
        secrecy_note=BID_SECRECY,
    )
