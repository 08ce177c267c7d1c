"""Everyday work beside Tryton, the one comparable program that Debian has: `.venv/bin/python -m bench.everyday [--json]`.

Needs Debian's tryton-server, tryton-modules-purchase-request-quotation, python3-psycopg2 and gunicorn, and PostgreSQL. Both
programs stand on the same PostgreSQL with the settings of somebody who means to keep what is written, each behind gunicorn with
two processes, with as many purchases in sight. One person does what people do all day: lists fifty purchases, opens one, and
records a quotation with a file of 1 MB. The legs are run in the order ABBA, five times; what counts is the processor time of
server and database together, since that says how many people a processor is enough for, and the median time of an answer.

It is no even match, in both directions. Ours answers with pages, Tryton with data that a program of its own draws. Ours takes
the quotation sealed, as a part of 4 MiB with its hash, an entry in a log with proof, a signed receipt and a mail, in two
requests, each synced to the disk; Tryton stores a row and an attachment. Neither signs in while it is measured.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from bench.many import OFFICER, fill
from bench.rush import ground
from tools import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LISTED, ASKED, LEGS = 50, 20, 5
QUOTATION_BYTES = 1_000_000
ADMIN = "Provning-2026!"
PLACE = "/tryton/"
MODULES = "purchase_request_quotation"
ONLY_CONTEXT = True
TICKS = os.sysconf("SC_CLK_TCK")
TRIES = 100


class Connection:
    """One kept connection on loopback, which sends and reads whole answers."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.line, self.headers = HTTPConnection("localhost", port), headers

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
        """Return the answer's body.

        Raises:
            RuntimeError: the answer is no good one.
        """
        try:
            self.line.request(method, path, body, self.headers | headers)
            answer = self.line.getresponse()
        except ConnectionError:  # a server closes a line that was quiet for some seconds
            self.line.close()
            self.line.request(method, path, body, self.headers | headers)
            answer = self.line.getresponse()
        data = answer.read()
        if answer.status >= 300:  # noqa: PLR2004 -- neither a refusal nor a page to go on to
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:300]!r}")
        return data


def ours(port: int) -> dict[str, Callable[[int], None]]:
    """Return what one person does here, step by step."""
    from rodatraden.parties.models import Person  # noqa: PLC0415 -- Django is set up by now

    ground.FILE_BYTES = QUOTATION_BYTES
    bids = ground.sealed_bids(2 * LEGS * ASKED)
    fill(LISTED, OFFICER)
    official = Connection(port, {"Cookie": ground.session_of(Person.objects.get(name=OFFICER))})
    case = f"/upphandlingar/{ground.open_tender().procurement_id}/"
    supplier = Connection(port, {"Content-Type": "application/octet-stream"})

    def listed(_: int) -> None:
        official.ask("GET", "/upphandlingar/")
        official.ask("GET", "/upphandlingar/?page=2")

    def recorded(number: int) -> None:
        bid = bids[number]
        who = {"Cookie": bid.cookie, "X-CSRFToken": bid.token}
        for name, (data, sha256) in bid.parts.items():
            supplier.ask("PUT", bid.base + name, data, **who, **{"X-Sha256": sha256})
        supplier.ask("POST", f"{bid.base}lamna-in", bid.handed_in, **who, **{"Idempotency-Key": bid.key})

    return {"list": listed, "open": lambda _: _drop(official.ask("GET", case)), "record": recorded}


def _drop(_: object) -> None:
    """Take no notice of an answer."""


class Tryton:
    """Tryton's own calls (JSON-RPC), signed in as its administrator."""

    def __init__(self, port: int) -> None:
        self.connection = Connection(port, {"Content-Type": "application/json"})
        number, key = self.call("common.db.login", "admin", {"password": ADMIN}, "en")
        session = base64.b64encode(f"admin:{number}:{key}".encode()).decode()
        self.connection.headers["Authorization"] = f"Session {session}"
        self.user, self.context = number, {}

    def call(self, method: str, *params: object) -> Any:
        """Return what a call answers.

        Raises:
            RuntimeError: it answers with a fault.
        """
        body = json.dumps({"id": 1, "method": method, "params": params}).encode()
        answer = json.loads(self.connection.ask("POST", PLACE, body))
        if "error" in answer:
            raise RuntimeError(str(answer["error"])[:1000])
        return answer["result"]

    def model(self, name: str, verb: str, *params: object) -> Any:
        """Call a model's verb in the context of the signed in person."""
        return self.call(f"model.{name}.{verb}", *params, self.context)


def theirs(port: int) -> dict[str, Callable[[int], None]]:
    """Return the same in Tryton: fifty requests for purchases, each asked of a supplier."""
    it = Tryton(port)
    krona = {"name": "Krona", "code": "SEK", "symbol": "kr", "digits": 2}
    rounding = {"__class__": "Decimal", "decimal": "0.01"}
    (currency,) = it.model("currency.currency", "create", [krona | {"rounding": rounding}])
    (buyer,) = it.model("party.party", "create", [{"name": "Förbundet", "addresses": [["create", [{}]]]}])
    (company,) = it.model("company.company", "create", [{"party": buyer, "currency": currency}])
    it.model("res.user", "write", [it.user], {"companies": [["add", [company]]], "company": company})
    it.context = it.call("model.res.user.get_preferences", ONLY_CONTEXT, {})
    (supplier,) = it.model("party.party", "create", [{"name": "Leverantör", "addresses": [["create", [{}]]]}])
    (address,) = it.model("party.address", "search", [["party", "=", supplier]], 0, None, None)
    wanted = [{"description": f"Inköp {n}", "quantity": 1.0, "company": company} for n in range(LISTED)]
    requests = it.model("purchase.request", "create", wanted)
    seen = ["rec_name", "description", "quantity", "state", "purchase_date", "supply_date", "company.rec_name"]
    shown = [*seen, "party", "product", "uom", "warehouse", "origin", "purchase"]
    file = {"__class__": "bytes", "base64": base64.b64encode(os.urandom(QUOTATION_BYTES)).decode()}

    def opened(number: int) -> None:
        it.model("purchase.request", "read", [requests[number % LISTED]], shown)
        it.model("ir.attachment", "search_count", [["resource", "=", f"purchase.request,{requests[number % LISTED]}"]])

    def recorded(number: int) -> None:
        line = {"request": requests[number % LISTED], "quantity": 1.0, "description": "Timmar", "currency": currency}
        told = {"supplier": supplier, "supplier_address": address, "company": company, "lines": [["create", [line]]]}
        (made,) = it.model("purchase.request.quotation", "create", [told])
        attached = {"name": "anbud.pdf", "type": "data", "data": file}
        it.model("ir.attachment", "create", [attached | {"resource": f"purchase.request.quotation,{made}"}])

    def listed(_: int) -> None:
        it.model("purchase.request", "search_read", [], 0, LISTED, None, seen)

    return {"list": listed, "open": opened, "record": recorded}


@contextmanager
def tryton(database_url: str) -> Iterator[tuple[int, int]]:
    """Start Tryton on a database of its own beside ours, and give its port and the number of its first process."""
    if not all(map(shutil.which, ("trytond-admin", "/usr/bin/gunicorn"))):
        raise SystemExit("Needs tryton-server, tryton-modules-purchase-request-quotation, python3-psycopg2, gunicorn")
    where = urlsplit(database_url)
    host = unquote(where.hostname or "")
    binaries = postgres.programs()
    assert binaries is not None, "our own program runs on it"
    subprocess.run([binaries / "createdb", "-h", host, "-U", postgres.USER, "tryton"], check=True)
    with tempfile.TemporaryDirectory(prefix="rodatraden-tryton-") as name, create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        settings, secret = Path(name, "trytond.conf"), Path(name, "secret")
        settings.write_text(
            f"[database]\nuri = postgresql://{postgres.USER}@{where.hostname}/\npath = {name}/files\n", encoding="utf-8"
        )
        secret.write_text(ADMIN, encoding="utf-8")
        keep = {"PATH": os.environ["PATH"], "TRYTONPASSFILE": str(secret), "TRYTOND_CONFIG": str(settings)}
        admin = ["trytond-admin", "-c", str(settings), "-d", "tryton"]
        subprocess.run([*admin, "--all", "--email", "a@example.com"], env=keep, check=True)
        subprocess.run([*admin, "-u", MODULES, "--activate-dependencies"], env=keep, check=True)
        command = ["/usr/bin/gunicorn", "-w", "2", "--threads", "8", "-b", f"127.0.0.1:{port}", "--log-level", "error"]
        serving = subprocess.Popen(
            [*command, "trytond.application:app"], env=keep | {"TRYTOND_DATABASE_NAMES": "tryton"}
        )
        try:
            _answers(port)
            yield port, serving.pid
        finally:
            serving.terminate()
            serving.wait()


def _answers(port: int) -> None:
    for _ in range(TRIES):
        try:
            line = HTTPConnection("localhost", port, timeout=5)
            line.request("GET", "/")
            line.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("it does not answer")


def spent(*parents: int) -> float:
    """Return the processor time in seconds of processes, of their children, and of those children that have ended."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        number, parent = int(path.parent.name), int(told[1])
        if number in parents or parent in parents:
            total += sum(map(int, told[11 : 15 if number in parents else 13]))
    return total / TICKS


def leg(steps: dict[str, Callable[[int], None]], first: int, *parents: int) -> dict[str, tuple[list[float], float]]:
    """Do each step `ASKED` times; return by step how long each took, in seconds, and the processor time of one."""
    found = {}
    for name, step in steps.items():
        times, before = [], spent(*parents)
        for number in range(first, first + ASKED):
            began = time.perf_counter()
            step(number)
            times.append(time.perf_counter() - began)
        found[name] = times, (spent(*parents) - before) / ASKED
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    with ground.installation("postgresql", None) as (port, server):
        url = os.environ["RODATRADEN_DATABASE_URL"]
        data = Path(unquote(urlsplit(url).hostname or ""), "data/postmaster.pid")
        database = int(data.read_text(encoding="utf-8").split()[0])
        with tryton(url) as (their_port, their_server):
            both = {"ours": (ours(port), server), "tryton": (theirs(their_port), their_server)}
            found: dict[str, list[dict[str, tuple[list[float], float]]]] = {name: [] for name in both}
            for who in ("ours", "tryton", "tryton", "ours") * LEGS:
                steps, pid = both[who]
                found[who].append(leg(steps, len(found[who]) * ASKED, pid, database))
    rows = [row(step, found) for step in ("list", "open", "record")]
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{'step':10}{'ours ms':>12}{'tryton ms':>12}{'ours CPU':>12}{'tryton CPU':>12}{'ratio':>8}")
    for each in rows:
        print(
            f"{each['step']:10}{each['ours_ms']:>12}{each['tryton_ms']:>12}"
            f"{each['ours_cpu_ms']:>12}{each['tryton_cpu_ms']:>12}{each['tryton_of_ours']:>8}"
        )


def row(step: str, found: dict[str, list[dict[str, tuple[list[float], float]]]]) -> dict[str, Any]:
    """Return medians of one step: of the time of an answer, and of the processor time over the legs, with their spread."""
    told: dict[str, Any] = {"step": step}
    for who, legs in found.items():
        spends = [1000 * each[step][1] for each in legs]
        told[f"{who}_ms"] = round(1000 * statistics.median(t for each in legs for t in each[step][0]), 1)
        told[f"{who}_cpu_ms"] = round(statistics.median(spends), 1)
        told[f"{who}_cpu_from_to"] = [round(min(spends), 1), round(max(spends), 1)]
    told["tryton_of_ours"] = round(told["tryton_cpu_ms"] / told["ours_cpu_ms"], 2)
    return told


if __name__ == "__main__":
    main()
