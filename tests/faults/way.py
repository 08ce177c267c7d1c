"""A sealed bid's way from the keys to the opened protocol, by the verbs, in a process of its own that can be cut off.

    python -m tests.faults.way WORLD TOLD

`WORLD` is what stands before, pickled; each thing that somebody is told is a line of `TOLD` when it has happened.
"""

from __future__ import annotations

import json
import pickle
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.db import connection

from rodatraden.bids import actions
from rodatraden.bids.models import Opening
from rodatraden.tenders.actions import publish
from tests import database
from tests.factories.bids import Stamp, close_box, make_bidder, supplier_of
from tests.factories.keys import begin, end
from tests.factories.memory import beside
from tests.factories.sealed import bundle_of, seal_bid
from tests.factories.tenders import DEADLINE, PUBLISHED_AT, announce, make_drafted
from tests.faults.tracing import followed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rodatraden.parties.models import Person
    from rodatraden.tenders.models import Tender
    from tests.factories.procurements import Case
    from tests.faults.invariants import Held
    from tests.faults.tracing import Event

SUPPLIERS = 2
OPENED_AT = DEADLINE + timedelta(hours=1)


@dataclass
class World:
    """What stands before the way begins: complete documents, people with keys who have practised, and who will bid."""

    case: Case
    tender: Tender
    bidders: list[Person]
    secrets: dict[str, str]

    @classmethod
    def made(cls) -> World:
        case, tender = make_drafted()
        return cls(case, tender, [make_bidder(f"Bolag {number}") for number in range(SUPPLIERS)], dict(beside))

    def steps(self) -> list[Callable[[], dict[str, Any]]]:
        """Return the steps of the way; each returns what somebody is told when it is done."""
        return [
            self.publish,
            *(lambda number=number: self.hand_in(number) for number in range(SUPPLIERS)),
            self.close,
            self.unlock_first,
            self.unlock_last,
        ]

    def publish(self) -> dict[str, Any]:
        """The keys of the server's own are made now, and the list of who holds the others is frozen."""
        publish(tender=self.tender, by=self.case.officer, at=PUBLISHED_AT)
        announce(self.case, self.tender)
        return {"facts": ["published", "notice_confirmed"]}

    def hand_in(self, number: int) -> dict[str, Any]:
        key = f"key of {number}"
        bidder = self.bidders[number]
        place = Path(settings.DATA_DIR).parent / f"bid-{number}"
        if not place.exists():  # a bid is sealed once, however often it is sent
            place.write_bytes(bundle_of(seal_bid(self.tender)))
        submission = actions.hand_in_bundle(
            tender=self.tender,
            supplier=supplier_of(bidder),
            bundle=BytesIO(place.read_bytes()),
            by=bidder,
            arrival=Stamp(DEADLINE - timedelta(hours=2 - number)),
            key=key,
        )
        return {"bid": str(submission.pk), "key": key, "receipt": submission.receipt}

    def close(self) -> dict[str, Any]:
        close_box(self.tender)
        return {"facts": ["closed"]}

    def unlock_first(self) -> dict[str, Any]:
        self.unlocking = begin(self.tender, self.case.openers[0], at=OPENED_AT)
        return {}

    def unlock_last(self) -> dict[str, Any]:
        end(self.unlocking, self.case.openers[1], at=OPENED_AT + timedelta(minutes=1))
        protocol = Opening.objects.get().protocol
        return {"facts": ["opened"], "tender": str(self.tender.pk), "protocol": protocol}


class Way:
    """The way, in a process that is followed; what was told on it."""

    def __init__(self, folder: Path) -> None:
        self.world, self.told, self._pickled = World.made(), folder / "told.jsonl", folder / "world.pickle"
        self._pickled.write_bytes(pickle.dumps(self.world))

    def walked(self) -> Iterator[Event]:
        """Yield what is done with files on the way, step by step."""
        yield from followed("tests.faults.way", self._pickled, self.told)

    def hear(self, held: Held, data: bytes) -> None:
        """Hold what a line tells."""
        line = json.loads(data)
        if "bid" in line:
            held.acknowledged.add(UUID(line["bid"]))
            held.receipts[UUID(line["bid"])] = line["receipt"].encode()
            held.answers[line["key"]] = line["bid"]
        held.told(self.world.case.procurement.pk, *line.get("facts", ()))
        if "protocol" in line:
            held.protocols[UUID(line["tender"])] = line["protocol"].encode()


@contextmanager
def in_data_folder() -> Iterator[None]:
    """Let the database lie in the data folder, where an installation has it."""
    was = connection.settings_dict["NAME"]
    database._use(database.keep(str(settings.DATA_DIR / "rodatraden.sqlite3")))
    try:
        yield
    finally:
        database._use(was)


def main(pickled: str, told: str) -> None:
    world: World = pickle.loads(Path(pickled).read_bytes())  # noqa: S301 -- pickled above, by who started this
    beside.update(world.secrets)
    for step in world.steps():
        line = json.dumps(step()).encode() + b"\n"
        with open(told, "ab", buffering=0) as file:  # noqa: PTH123 -- one write for each line
            file.write(line)


if __name__ == "__main__":
    main(*sys.argv[1:])
