"""The opening keys of the example: who holds one for whom, and that they practise as they should.

Only for the example. The private halves lie here, locked with words that everybody may read
(`settings.DEMO_PASSPHRASE`, shown in the bar of the example): whoever tries it can open bids as any of its people.
Scrypt works little (2^10), so that neither loading nor trying takes long. Keys of real people are made in their browser.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max

from rodatraden.bids.actions import unlock_first, unlock_last
from rodatraden.bids.queries import key_holders, sealed_bids, sheet_to_begin, sheet_to_end
from rodatraden.core.sealing import identity
from rodatraden.core.sealing.peels import peel_sheet
from rodatraden.demo.days import at, before
from rodatraden.parties.actions import answer_drill, appoint_key_holder, make_opening_key, start_drill
from rodatraden.parties.models import OpeningKey

if TYPE_CHECKING:
    from datetime import date, datetime

    from rodatraden.bids.models import Unlocking
    from rodatraden.core.sealing.holders import Holds
    from rodatraden.demo.case import Case, Story
    from rodatraden.demo.cast import Cast

Door = OpeningKey.Door
PRACTISE_EVERY = 18
"""Working days: never 30 days apart, whatever holidays lie between."""

LOCKS = {
    "jonas": """-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBBTWNCeHJYak40cVJ6ODBa
OXJWaTVRIDEwCnVDdFZqcWRPVlVkR010V3ZaNk9lRDV1NUw1dWlXTzU4ZmF6anlY
TCtqbDAKLS0tIDFhek9rRVM1WjhMcy9VMS9DMkM0OFdoMXl6eGlka2txbmx2amp3
bGZNRUUK4QG7UTClTnDdvIt90dqPLDSFYnc+qUeWg0MXoKqdpvhGuzNKW2BVVuXK
9z0Up0luIXqBp8A19yIk1RHmw0GITcFtwRwYzjKgzIRBe6RRyjGe3fGqw0TekocG
vNhfVM0fGbaVZZePvnrLYw==
-----END AGE ENCRYPTED FILE-----
""",
    "ingrid": """-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCAwVjZYSStlNUlBWkFLb0Fv
TnJRSVBnIDEwCllFcVZMNWxWTnJVY3RPL08zRmQvN1Nwa0RIdjFOMkJuaUZ1U3ha
R3dUWE0KLS0tIC9OSGVXUlJJQVRVNU9RcmQ5a1gzcVNzQmVrUXEzeCt5T1lMVEdx
d21Nb0EKEh4H/BjpnU6+UAvWUDfG8VqYWiSGi+c0IRBdiSd3mx21JC8ABOd1pYMv
2IFDAspG/PuQdn0t+OdVY4pi4+ezepazRZDsFMU4lmLWkco8qS/RyBHCsN504wIH
cn/It9wLQt+rM1xnblAHmw==
-----END AGE ENCRYPTED FILE-----
""",
    "ulla": """-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBoWUNFdEtjTzVLMktqVnVz
dzU3WmxnIDEwCndHdE1FS0NRSWNvTWNBaU9xaS9Eb1dROWNKQVovVXBXZjV4d2Jo
VlBJZjgKLS0tIHBoL01SUFZOMmJIeHAvY0hmdnZUQTFZVkJVZmhNdFRSTVdJTU9n
ZWJYaTgK2cuo2lTjIZ66PO2xcdLH/cYzmyLqsq0WAkRfhUlBOCmv0uFIYaXyRYPn
YZpkzm9TGat7kIsG9sNdkw1AmcMuOyhu9qGCmzWZNuu3AX+SWHRJlmyHewmh2bKB
QW5snjvuaMyAcKqk1WXk4g==
-----END AGE ENCRYPTED FILE-----
""",
    "omar": """-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBESTlSRldES2ViUzR2clFQ
TERmeUNRIDEwCmp3MmdGQnFNSDVpdFlxblJ0VkxERzNNOWo5bTBqL0xvK2dPbTFY
VCtldW8KLS0tIFBmWEhSN0d5d2lkWWZ3Z1VTQ0pSRUp5WTNwR2h5REFuQWZLTXdP
UXQzdGMKQXSLwBcplDCQeYuk1P0KI/Ayf9Wz9MbCggxWju1Gu9O42CwLR4pSouft
cp7RVhzjEKMJv9jWe6xaxt5p2ad7rOiiOcxIhFZStFwoQvql0JTp5sZS5d+lQnLm
qFRd8bhgRJQr0K8ryDEG5g==
-----END AGE ENCRYPTED FILE-----
""",
    "ingunn": """-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBmbXZTdDZJdkJMM1l3ZEdu
ak9zYVRnIDEwCmdqeUtwZjR4d3V5MURKMHNoL3VjSHFOTnlIZ2dPNHRPM1NJUkl6
RTFTY0EKLS0tIE1ST3hnam9VVTZOWmJkTVJCTVlveE9ETHFQUzVUaEFtM0c2QmpG
clgvd1kK1Zn0+DvbcognshwMVyqbzuL1RXh6SA8YRlMQajLUsTyL1GTsFWSTTu7Y
yDvxN3E+BzKCS//ktzSGwEKG8oYdr8nPNmfE69n9U33E7edd1thOZh+SRbrAJ+Kn
tZ1YTXbAr0gauoWFG3PNng==
-----END AGE ENCRYPTED FILE-----
""",
}


def begin(case: Case, who: str, holds: Holds, now: datetime) -> Unlocking:
    """Let `who` unlock first, as their browser would."""
    key, secret = _key(case, who)
    holders = key_holders(case.tender)
    assert holders is not None, "the example's authorities have holders who practise"
    sheet = peel_sheet(sheet_to_begin(holders, holds, key.pk, sealed_bids(case.tender, holds)), secret)
    return unlock_first(tender=case.tender, holds=holds, sheet=sheet.canonical(), by=case.cast[who], at=now)


def end(case: Case, who: str, unlocking: Unlocking, now: datetime) -> None:
    """Let `who` unlock last, which opens."""
    key, secret = _key(case, who)
    sheet = peel_sheet(sheet_to_end(unlocking, key.pk), secret)
    unlock_last(unlocking=unlocking, sheet=sheet.canonical(), by=case.cast[who], at=now)


def _key(case: Case, who: str) -> tuple[OpeningKey, str]:
    secret = identity.open_with_passphrase(LOCKS[who], settings.DEMO_PASSPHRASE)
    return OpeningKey.objects.get(person=case.cast[who], retired_at=None), secret


def are_held(cast: Cast, as_of: date, days: int) -> Story:
    """Appoint three holders for each authority, colleagues at a neighbour among them; they practise until `as_of`."""
    now = yield at(before(as_of, days), "08:30")
    for organisation, holders in (
        (cast.association, ("jonas", "ingrid", "omar")),
        (cast.municipality, ("ulla", "omar", "jonas")),
        (cast.norwegian, ("ingunn", "ulla", "omar")),
    ):
        for who in holders:
            appoint_key_holder(person=cast[who], organisation=organisation, by=None, at=now)
    keys = []
    for who, lock in LOCKS.items():
        secret = identity.open_with_passphrase(lock, settings.DEMO_PASSPHRASE)
        key = make_opening_key(
            recipient=identity.recipient_of(secret),
            door=Door.PASSPHRASE,
            lock=lock,
            recovery_lock=identity.lock_with_recovery(secret, identity.make().recipient),
            by=cast[who],
            at=now,
        )
        keys.append((key, secret))
    for left in range(days - 1, 0, -PRACTISE_EVERY):
        now = yield at(before(as_of, left), "08:15")
        for key, secret in keys:
            _practise(key, secret, now)


def practise_again(now: datetime) -> int:
    """Let those of the example's people who hold keys practise when they would be asked to, as time passes in it.

    Otherwise a jump of a month would leave nobody who can publish until three people had been played, one after the
    other. Returns how many have practised. A key that somebody has made in place of the example's is theirs to try.
    """
    due = now - settings.DRILL_HOLDS_FOR + settings.DRILL_REMINDS_BEFORE
    keys = OpeningKey.objects.filter(lock__in=LOCKS.values(), retired_at=None).select_related("person")
    practised = [key for key in keys.annotate(last=Max("drills__answered_at")) if key.last is None or key.last <= due]
    for key in practised:
        _practise(key, identity.open_with_passphrase(key.lock, settings.DEMO_PASSPHRASE), now)
    return len(practised)


def _practise(key: OpeningKey, secret: str, now: datetime) -> None:
    drill = start_drill(key=key, nonce=secrets.token_hex(32), by=key.user, at=now)
    answer = identity.open_envelope(drill.envelope, secret)
    answer_drill(drill=drill, answer=answer, door=Door.PASSPHRASE, by=key.user, at=now)
