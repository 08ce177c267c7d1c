"""An installation for the rush: the example, and as many suppliers with a session each as there are bids."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from typing import TYPE_CHECKING
from uuid import uuid4

from tools import nginx, postgres

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rodatraden.parties.models import Organisation, Person
    from rodatraden.tenders.models import Tender

ROOT = Path(__file__).resolve().parents[2]
MB = 1_000_000
FILE_BYTES = 5 * MB
NEEDED = 1.4
"""Free disk that must be there, in sizes of all that is handed in: the database writes some of it twice."""


@dataclass(frozen=True, slots=True)
class Bid:
    """A sealed bid on its way: where it goes, its parts by name with their hashes, and what hands it in."""

    base: str
    parts: Mapping[str, tuple[bytes, str]]
    handed_in: bytes
    cookie: str
    token: str
    key: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who browses: the pages that they open one after the other, and their session if they have one."""

    pages: tuple[str, ...]
    cookie: str


@contextmanager
def installation(engine: str, folder: Path | None, *, proxy: bool = False) -> Iterator[tuple[int, int]]:
    """Set Django up on an installation with the example in it, start its server, and give its port and process; all is gone afterwards.

    With `proxy` the port is that of nginx, which hands on what has come.
    """
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="rodatraden-rush-", dir=folder))
        os.environ.update(
            {
                "RODATRADEN_DATA_DIR": f"{name}/data",
                "RODATRADEN_DEMO": "1",
                "DJANGO_SETTINGS_MODULE": "rodatraden.config.settings",
            }
        )
        os.environ.pop("RODATRADEN_DATABASE_URL", None)
        if engine == "postgresql":
            Path(name).chmod(0o711)
            tempfile.tempdir = name  # on the same disk
            binaries = postgres.programs()
            if binaries is None:
                raise SystemExit("PostgreSQL is not installed")
            os.environ["RODATRADEN_DATABASE_URL"] = stack.enter_context(postgres.server(binaries, postgres.DURABLE))
        import django  # noqa: PLC0415 -- settings read the folder made above

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 -- as above
        from django.db import connections  # noqa: PLC0415 -- as above

        from rodatraden import demo  # noqa: PLC0415 -- as above

        call_command("migrate", verbosity=0)
        from rodatraden.config import clock  # noqa: PLC0415 -- as above

        demo.load(clock.machine_time().date())
        connections.close_all()
        before = stack.enter_context(nginx.server(None, beside=Path(name))) if proxy else None
        yield stack.enter_context(_served(before))


@contextmanager
def _served(proxy: nginx.Proxy | None) -> Iterator[tuple[int, int]]:
    """Start the program as its users do, wait until it answers, and end it."""
    with create_server(("127.0.0.1", 0)) as free:
        port = proxy.port if proxy else free.getsockname()[1]
    # without the example's bar, on loopback
    in_earnest = {"RODATRADEN_DEMO": "0", "RODATRADEN_HTTPS": "0", "RODATRADEN_URL": f"http://localhost:{port}"}
    if proxy:
        in_earnest |= {"RODATRADEN_ARRIVAL": "proxy", "RODATRADEN_PROXIES": "1"}
    place = ["--socket", str(proxy.socket)] if proxy else ["--port", str(port)]
    environment = os.environ | in_earnest | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    command = [sys.executable, "-m", "rodatraden.cli", "start", *place]
    server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until and server.poll() is None:
            with suppress(OSError):
                connection = HTTPConnection("localhost", port, timeout=5)
                connection.request("GET", "/offentligt/")
                if connection.getresponse().status == 200:  # noqa: PLR2004 -- as it is known
                    break
            time.sleep(0.2)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


def check_room(bids: int, folder: Path | None) -> None:
    """Stop before anything is begun where the disk is too small for all bids."""
    needed = int(bids * 2 * 4.3 * MB * NEEDED)
    free = shutil.disk_usage(folder or tempfile.gettempdir()).free
    if free < needed:
        raise SystemExit(
            f"{needed // 10**9} GB of free disk are needed, and {free // 10**9} are there: choose another --folder"
        )


def sealed_bids(count: int) -> list[Bid]:
    """Return bids for the example's open procurement, each of its own supplier, with two parts of 4 MiB.

    One is sealed in earnest, and the others are the same under numbers of their own: to seal is the supplier's work, and the
    server can tell no part from another.
    """
    from rodatraden.bids.queries import key_holders  # noqa: PLC0415 -- Django is set up by now
    from rodatraden.config import clock  # noqa: PLC0415 -- as above
    from rodatraden.core.canonical import sha256_hex  # noqa: PLC0415 -- as above
    from rodatraden.core.sealing.bid import seal_package  # noqa: PLC0415 -- as above
    from rodatraden.core.sealing.bundle import part_name  # noqa: PLC0415 -- as above
    from rodatraden.core.sealing.contents import NewFile  # noqa: PLC0415 -- as above
    from rodatraden.core.sealing.hand_in import Enclosed, lay_hand_in  # noqa: PLC0415 -- as above
    from rodatraden.core.sealing.holders import Holds  # noqa: PLC0415 -- as above
    from rodatraden.core.sealing.manifest import Manifest  # noqa: PLC0415 -- as above
    from rodatraden.tenders.queries import latest_snapshot  # noqa: PLC0415 -- as above

    tender = open_tender()
    holders, snapshot = key_holders(tender), latest_snapshot(tender)
    assert holders is not None, "the example's open procurement has holders"
    assert snapshot is not None, "it is published"
    first, parts = uuid4(), {}
    packages, enclosed = {}, {}
    for holds in holders.layers:
        files = [NewFile.of("cv.pdf", os.urandom(FILE_BYTES))] if holds is Holds.BID else []
        sealed = seal_package(
            {}, files, holders=holders, bid=first, holds=holds, nonce="rush",
            store=lambda number, _, data: parts.update({part_name(number): data}),
        )  # fmt: skip
        enclosed[holds] = Enclosed(sealed.wraps, sealed.index)
        packages[holds] = sealed.package
    hashed = {name: (data, sha256_hex(data)) for name, data in parts.items()}
    made = []
    for supplier, person in _suppliers(count):
        number, own, of_number = uuid4(), {}, {}
        for holds, package in packages.items():
            wraps = enclosed[holds].wraps.replace(str(first).encode(), str(number).encode())
            own[holds] = Enclosed(wraps, enclosed[holds].index)
            of_number[holds] = replace(package, wraps_sha256=sha256_hex(wraps))
        manifest = Manifest(
            tender.pk, number, snapshot.sha256, holders.sha256, of_number, "bench/rush", clock.now()
        ).canonical()
        made.append(
            Bid(
                base=f"/anbud/{tender.pk}/for/{supplier.pk}/{number}/",
                parts=hashed,
                handed_in=lay_hand_in(manifest, own),
                cookie=session_of(person),
                token=TOKEN,
                key=str(uuid4()),
            )
        )
    return made


TOKEN = "r" * 32


def open_tender() -> Tender:
    """Return the example's procurement that is open for bids, to whose holders bids are sealed."""
    from rodatraden.bids.models import FrozenHolders  # noqa: PLC0415 -- Django is set up by now

    frozen = FrozenHolders.objects.select_related("tender__procurement").get(
        tender__procurement__title__contains="exempel 2"
    )
    return frozen.tender


def _suppliers(count: int) -> list[tuple[Organisation, Person]]:
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 -- Django is set up by now

    from rodatraden.config import clock  # noqa: PLC0415 -- as above
    from rodatraden.parties.models import Membership, Organisation, Person  # noqa: PLC0415 -- as above

    now = clock.now()
    organisations = Organisation.objects.bulk_create(
        Organisation(name=f"Rusning {n} AB", kind=Organisation.Kind.SUPPLIER, registered_at=now) for n in range(count)
    )
    people = Person.objects.bulk_create(
        Person(name=f"Person {n}", email=f"rusning-{n}@example.com", password=make_password(None), registered_at=now)
        for n in range(count)
    )
    Membership.objects.bulk_create(
        Membership(
            person=person, organisation=organisation, role=Membership.Role.BIDDER, since_on=now.date() - timedelta(1)
        )
        for person, organisation in zip(people, organisations, strict=True)
    )
    return list(zip(organisations, people, strict=True))


def session_of(person: Person) -> str:
    """Return the cookies of a new session of that person."""
    from django.conf import settings  # noqa: PLC0415 -- Django is set up by now
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415 -- as above

    from rodatraden.config.session_store import SessionStore  # noqa: PLC0415 -- as above

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def visitors(count: int) -> list[Visitor]:
    """Return people who browse: of ten, six read public pages, two are suppliers and two work for the buyer."""
    from rodatraden.parties.models import Person  # noqa: PLC0415 -- Django is set up by now

    tender = open_tender()
    case = tender.procurement_id
    public = ("/", "/offentligt/", f"/offentligt/upphandling/{tender.pk}/")
    supplier = ("/", "/anbud/", f"/anbud/{tender.pk}/", f"/offentligt/upphandling/{tender.pk}/")
    official = ("/", "/upphandlingar/", f"/upphandlingar/{case}/")
    cookies = {name: session_of(Person.objects.get(name=name)) for name in ("Jonas Ekdahl", "Elin Hagström")}
    kinds: Sequence[Visitor] = [
        *[Visitor(public, "")] * 6,
        *[Visitor(supplier, cookies["Elin Hagström"])] * 2,
        *[Visitor(official, cookies["Jonas Ekdahl"])] * 2,
    ]
    return [kinds[n % len(kinds)] for n in range(count)]
