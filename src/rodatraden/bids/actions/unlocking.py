"""Two holders unlock, each with their own key: the first a layer of every bid, the last what is left, and all is opened.

Each hands back the sheet that the page gave (core.sealing.peels). The keys that come out last reach the server once,
open the packages in the same act, and are never stored.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from rodatraden.bids.actions.box import lock_box
from rodatraden.bids.actions.leaving import let_fall, tell_left_out, when_left_out
from rodatraden.bids.actions.opening import confirm_opening, open_prices, wait_for_another
from rodatraden.bids.models import Unlocking, UnlockingFailure
from rodatraden.bids.queries.leaving import decision_told
from rodatraden.bids.queries.sealed import Unlocked, no_holder_is_common, package_of, sealed_bids
from rodatraden.bids.rules import ASK_HOLDS, may_begin_unlocking, may_end_unlocking, opening_of
from rodatraden.bids.rules.leaving import leaving_in_force
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.message import say
from rodatraden.core.sealing.bid import is_key_of
from rodatraden.core.sealing.contents import PackageError
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.peels import Sheet, read_sheet
from rodatraden.records.actions import record_event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rodatraden.bids.models import Bid, BidPrice, Submission
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender


class KeysLackingError(RefusedError):
    """For some bid the two keys gave none that is its own: its maker sealed it wrongly, or what was handed back is not whole."""

    reason = say(
        "Not every bid could be unlocked with these two keys, so nothing is opened. Begin anew, with another "
        "who holds a key. When it has failed for pairs that have nobody in common, the other bids can be "
        "opened: the protocol then says which bid could not be read. When no other can be reached, two of you "
        "can decide it."
    )

    def __init__(self) -> None:
        super().__init__(no(self.reason, source="LOU 12 kap. 10 §"))


def unlock_first(*, tender: Tender, holds: Holds, sheet: bytes, by: Person, at: datetime) -> Unlocking:
    """Hand back, as the first of two, the sheet with one layer less; nothing can be read with it, and nothing is opened.

    It holds for as long as a request to open. Doing it again, or another holder doing it, takes its place. What says that
    `by` can't be reached falls for good, also when what is handed back is thrown away.

    Raises:
        RefusedError: `by` may not unlock with that key now, or the sheet is another's.
    """
    peeled = _sheet(sheet, tender, holds)
    with transaction.atomic():
        lock_box(tender.pk, alone=True)
        require(may_begin_unlocking(by, tender, holds, peeled.key, at))
        if any(pair[0] != peeled.key for _, pair in peeled.wraps):
            raise RefusedError(_ANOTHER)
        if holds is Holds.BID:
            wait_for_another(tender, by=by, at=at)
        unlocking, _ = Unlocking.objects.update_or_create(
            tender=tender,
            holds=str(holds),
            defaults={"key": peeled.key, "by": by, "at": at, "peeled": peeled.canonical().decode()},
        )
        let_fall(tender, holds, [by], at=at)
        record_event(
            "first_key_unlocked",
            of=tender,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"holds": str(holds), "key": str(peeled.key)},
        )
    return unlocking


def unlock_last(
    *, unlocking: Unlocking, sheet: bytes, by: Person, at: datetime, despite: bool = False
) -> Sequence[Bid] | Sequence[BidPrice]:
    """Hand back, as the last of two, the sheet with the keys, and open in the same act: all bids, or all their prices.

    A bid whose key did not come out stops the opening, and the failure is written down, so that others can try. With
    `despite` such a bid is left unread and the protocol says so, but only when no single holder took part in all its
    failures, or two have decided it (`decide_leaving_out`): otherwise one of the two could make it unreadable for good.
    Its supplier is told. What the first one handed back is thrown away.

    Raises:
        KeysLackingError: for some bid no key came out that is its own; it is written down all the same.
        RefusedError: `by` is the first one, may not unlock with that key now, or the sheet is another's.
    """
    tender, holds = unlocking.tender, Holds(unlocking.holds)
    peeled = _sheet(sheet, tender, holds)
    with transaction.atomic():
        lock_box(tender.pk, alone=True)
        waiting = Unlocking.objects.select_for_update(of=("self",)).select_related("by").filter(pk=unlocking.pk).first()
        if waiting is None:
            raise RefusedError(no(say("Somebody else has unlocked already. Load the page again.")))
        waiting.tender = tender
        require(may_end_unlocking(by, waiting, peeled.key, at))
        used = (waiting.key, peeled.key)
        if any(pair != used for _, pair in peeled.wraps):
            raise RefusedError(_ANOTHER)
        keys = Unlocked({bid: key for (bid, _), key in peeled.wraps.items()}, used, tender.frozen_holders.sha256)
        lacking = [each.pk for each in sealed_bids(tender, holds) if not _fits(each, holds, keys)]
        UnlockingFailure.objects.bulk_create(
            UnlockingFailure(tender=tender, holds=str(holds), bid=bid, first=used[0], last=used[1], at=at)
            for bid in lacking
        )
        let_fall(tender, holds, [by, waiting.by], at=at)
        leaving = leaving_in_force(tender, holds)
        left_out = set(leaving.bids) if leaving else set()
        opens = not lacking or (
            despite and all(str(bid) in left_out or no_holder_is_common(tender, holds, bid) for bid in lacking)
        )
        waiting.delete()
        decision = decision_told(leaving) if leaving and lacking else None
        keys = replace(keys, lacking=tuple(lacking), decision=decision)
        opened = _open(tender, holds, keys, by=by, at=at) if opens else None
        if opens:
            tell_left_out(tender, when_left_out(holds), lacking, by=by, at=at)
        record_event(  # after all the work: meanwhile other procurements' bids are recorded
            "last_key_unlocked",
            of=tender,
            by=by,
            at=at,
            case=tender.procurement_id,
            what={"holds": str(holds), "key": str(peeled.key), "opens": opens},
        )
    if opened is None:
        raise KeysLackingError
    return opened


def forget_unlockings(*, by: Person | None, at: datetime) -> int:
    """Throw away what first holders handed back and no last one followed within the time that it holds; return how many.

    One key is off it already, so that it is kept no longer than it is of use.
    """
    stale = Unlocking.objects.filter(at__lt=at - ASK_HOLDS)
    forgotten = 0
    for tender_id in set(stale.values_list("tender_id", flat=True)):
        with transaction.atomic():
            lock_box(tender_id, alone=True)
            for each in stale.filter(tender=tender_id).select_related("tender"):
                what = {"holds": each.holds, "key": str(each.key)}
                each.delete()
                record_event(
                    "first_key_forgotten", of=each.tender, by=by, at=at, case=each.tender.procurement_id, what=what
                )
                forgotten += 1
    return forgotten


def _open(
    tender: Tender, holds: Holds, keys: Unlocked, *, by: Person, at: datetime
) -> Sequence[Bid] | Sequence[BidPrice]:
    if holds is Holds.PRICE:
        return open_prices(tender=tender, by=by, at=at, keys=keys)
    opening = opening_of(tender)
    assert opening is not None, "the first one asked for it"
    return confirm_opening(opening=opening, by=by, at=at, keys=keys)


def _fits(submission: Submission, holds: Holds, keys: Unlocked) -> bool:
    package, key = package_of(submission, holds), keys.of(submission.pk)
    return package is not None and key is not None and is_key_of(package, key)


_ANOTHER = no(say("The sheet is not the one that the page handed out. Fetch it again, and unlock anew."))


def _sheet(data: bytes, tender: Tender, holds: Holds) -> Sheet:
    try:
        found = read_sheet(data)
    except PackageError as error:
        raise RefusedError(no(error.reason)) from error
    if (found.tender, found.holds) != (tender.pk, holds):
        raise RefusedError(_ANOTHER)
    return found
