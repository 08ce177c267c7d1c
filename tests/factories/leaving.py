"""A box in which one bid can't be unlocked by any pair, and two who try."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest

from rodatraden.bids import actions
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.peels import read_sheet
from tests.factories.bids import close_box, make_bidder
from tests.factories.keys import first_sheet, last_sheet
from tests.factories.sealed import give_bid, junk_wraps
from tests.factories.tenders import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from rodatraden.bids.models import Bid, BidPrice, Submission
    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender
    from tests.factories.keys import Ring

OPENING = DEADLINE + timedelta(hours=1)
BEFORE = DEADLINE - timedelta(hours=2)
MINUTE = timedelta(minutes=1)


class Box(NamedTuple):
    """What lies in the closed box; `bad` is the bid that no pair can unlock, which nobody can see until they try."""

    bad: Submission
    good: list[Submission]


def box_with_junk(tender: Tender) -> Box:
    """A closed box with one bid whose wraps are junk, and two others."""
    bad = give_bid(tender, bidder=make_bidder("Skräp AB"), at=BEFORE, wrapped=junk_wraps)
    good = [give_bid(tender, supplier=f"Bolag {n}", price=900 + n, at=BEFORE + n * MINUTE) for n in (1, 2)]
    close_box(tender)
    return Box(bad, good)


def attempt(
    tender: Tender,
    ring: Ring,
    pair: tuple[Person, Person],
    *,
    at: datetime,
    holds: Holds = Holds.BID,
    without: Submission | None = None,
    despite: bool = True,
) -> Sequence[Bid] | Sequence[BidPrice]:
    """Let two unlock; `without` is a bid that the first one leaves out of what they hand back."""
    first, last = pair
    sheet = read_sheet(first_sheet(tender, ring, first, holds=holds))
    kept = {line: data for line, data in sheet.wraps.items() if without is None or line[0] != without.pk}
    begun = actions.unlock_first(
        tender=tender, holds=holds, sheet=replace(sheet, wraps=kept).canonical(), by=first, at=at
    )
    return actions.unlock_last(
        unlocking=begun, sheet=last_sheet(begun, ring, last), by=last, at=at + MINUTE, despite=despite
    )


def fail(tender: Tender, ring: Ring, *pairs: tuple[Person, Person], at: datetime = OPENING, **how: Any) -> None:
    """Let pairs unlock in vain, three minutes apart."""
    for number, pair in enumerate(pairs):
        with pytest.raises(actions.KeysLackingError):
            attempt(tender, ring, pair, at=at + number * 3 * MINUTE, **how)
