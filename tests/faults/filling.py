"""A supplier who sends one and the same bid again and again, until it is received; what each page says is told.

    python -m tests.faults.filling WORLD TOLD

Before each try a line is told too, so that who follows this can fill the disk or make room.
"""

from __future__ import annotations

import json
import pickle
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import django

if __name__ == "__main__":
    django.setup()

from django.test import Client
from django.urls import reverse

if TYPE_CHECKING:
    from tests.faults.test_disk_full import World


def main(pickled: str, told: str) -> None:
    world: World = pickle.loads(Path(pickled).read_bytes())  # noqa: S301 -- pickled by who started this
    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    client.force_login(world.bidder)
    fields = {"supplier": str(world.supplier), "idempotency_key": "one form"}
    place = reverse("bids:sealed", args=[world.tender])
    status = 0
    while status != 302:
        _tell(told, begins=True)
        bundle = BytesIO(world.bundle)
        bundle.name = "anbud.rtbid"
        answer = client.post(place, fields | {"bundle": bundle})
        status = answer.status_code
        _tell(told, status=status, text=answer.content.decode())
    _tell(told, receipt=client.get(reverse("bids:receipt_json", args=[world.bid])).content.decode())


def _tell(told: str, **what: object) -> None:
    with open(told, "ab", buffering=0) as file:  # noqa: PTH123 -- one write for each line
        file.write(json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
