"""Which version of the documents a bid answers, and what has changed since then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.bids.models import Bid, SealedUpload, Submission
from rodatraden.tenders.queries import snapshot_differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rodatraden.tenders.models import Snapshot, Tender
    from rodatraden.tenders.rules import Difference


def answered_by(submission: Submission) -> Snapshot:
    """Return the version that a bid was made for, or the latest that its supplier has confirmed it for.

    Reads `confirmations`: prefetch them with their snapshot for more than one bid.
    """
    versions = [confirmation.snapshot for confirmation in submission.confirmations.all()]
    return max([submission.snapshot, *versions], key=lambda snapshot: snapshot.number)


def what_changed(since: Snapshot, latest: Snapshot) -> list[Difference]:
    """Return what differs from the version that a bid answers, deadlines apart: they ask nothing new of it."""
    return [each for each in snapshot_differences(since, latest) if not each.is_deadline]


def for_an_earlier_edition(bids: Iterable[Bid], latest: Snapshot | None) -> frozenset[object]:
    """Return the keys of the opened bids that were made for an earlier edition and never confirmed for the latest."""
    return frozenset(
        bid.pk for bid in bids if latest and bid.snapshot is not None and bid.snapshot.edition != latest.edition
    )


def addresses_of_all(tender: Tender) -> list[str]:
    """Return the addresses of all who have begun or handed in a bid, each once, for a letter that goes to all alike.

    Never shown to anybody, nor counted where somebody sees it (INV-02).
    """
    begun = SealedUpload.objects.filter(tender=tender).select_related("supplier", "started_by").order_by("pk")
    handed_in = Submission.objects.filter(tender=tender).select_related("supplier", "submitted_by").order_by("pk")
    outside = Bid.objects.filter(tender=tender, submission=None).select_related("supplier").order_by("pk")
    found = [
        *(address for bid in begun for address in (bid.supplier.email, bid.started_by.email)),
        *(address for bid in handed_in for address in (bid.supplier.email, bid.submitted_by.email)),
        *(bid.supplier.email for bid in outside),
    ]
    return list(dict.fromkeys(address for address in found if address))
