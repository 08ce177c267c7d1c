"""Who finds a name, a price, a score or a decision at which time: role × secret × state, at every address there is (INV-02, 13, 14, 20).

Four bids are opened, judged, priced, decided on and told of. In each state everybody asks for every address that names what is
there, pages, tables, PDF, Word and archives alike, searches for it, and reads their mail; the log of the server and what the
event log keeps are looked through too. All secrets are marked, so what is found can only come from where it was written.
"""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from html import unescape
from http import HTTPStatus
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.http import HttpResponse, HttpResponseNotFound
from django.test import Client
from django.urls import get_resolver, reverse

from rodatraden.assessments.actions import (
    Draft,
    freeze_feedback,
    record_consensus,
    save_cells,
    submit_scores,
    write_feedback,
)
from rodatraden.assessments.models import Criterion, PanelMember
from rodatraden.assessments.queries import cells_of
from rodatraden.awards.models import DecisionProposal
from rodatraden.bids.models import OpeningObserver
from rodatraden.config.checks import addresses
from rodatraden.core.numbers import swedish_number
from rodatraden.evaluation.actions import freeze_outcome, lock_quality, start_evaluation_round
from rodatraden.evaluation.queries import round_of
from rodatraden.parties.models import Membership
from rodatraden.records.models import LedgerBody, OutboxMail
from rodatraden.ui.documents import Text, as_word, typeset
from tests.factories.awards import award, notify, prepare
from tests.factories.bids import open_prices
from tests.factories.evaluation import World, check_all, make_opened
from tests.factories.links import every_link, follow
from tests.factories.parties import make_buyer, make_person, make_supplier
from tests.pdf import text_of
from tests.security.test_matrix import MODELS, WORDS
from tests.security.test_matrix import addresses as named_addresses
from tests.ui.test_documents import PAPER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from rodatraden.parties.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

HOUR = timedelta(hours=1)
PRICES = ("1143.17", "1007.31", "963.29", "797.53")
AGREED = ((9, 8), (7, 8), (8, 6), (5, 6))
FEWEST = 900
"""Fewer questions would mean that the table has lost its rows."""

OPENED, JUDGING, HANDED_IN, LOCKED, PRICED, FROZEN, PREPARED, DECIDED, NOTIFIED = range(9)
NEVER = 99
STRANGER = {"name": NOTIFIED, "price": NOTIFIED, "consensus": NOTIFIED, "decision": NOTIFIED}
TEAM = {
    "name": DECIDED,
    "price": DECIDED,
    "consensus": DECIDED,
    "decision": DECIDED,
    "score": DECIDED,
    "report": NOTIFIED,
}
PANEL = {
    "name": OPENED,
    "score": HANDED_IN,
    "consensus": HANDED_IN,
    "report": LOCKED,
    "price": PRICED,
    "decision": PREPARED,
}
FROM = {
    "officer": PANEL,
    "opener": {**PANEL, "score": DECIDED, "consensus": PRICED, "report": NOTIFIED},
    "first evaluator": PANEL,
    "last evaluator": PANEL,
    "need owner": TEAM,
    "decider": {**TEAM, "name": PRICED, "price": PRICED, "consensus": PRICED, "decision": PREPARED},
    "contract manager": TEAM,
    "administrator": {**STRANGER, "name": DECIDED},  # in the list for the board: secrecy of what is not decided is over
    "observer": {**STRANGER, "name": OPENED},  # who has bid is what is observed, and all of it
    "winner": STRANGER,
    "loser": STRANGER,
    "other buyer": STRANGER,
    "other supplier": STRANGER,
    "anybody": STRANGER,
    "who was sent links": {**STRANGER, "name": OPENED},  # that of an observer among them, who is told who has bid
}
"""From which state on somebody may find what is not their own; what is not named they never find."""
ALIKE = (
    ("officer", "opener", "decider"),
    ("first evaluator",),
    ("last evaluator",),
    ("need owner", "contract manager"),
    ("loser", "winner"),
    ("anybody", "administrator", "other buyer", "other supplier"),
    ("observer",),
)
"""Of those who read alike one asks at a time in the short form, in turn; `--nightly` all of them, in all states."""
OUTSIDE = 4
"""The first of those who are not in the team: in the short form they alone ask when the award is decided and nobody told."""
SHORT = (JUDGING, LOCKED, PREPARED, DECIDED, NOTIFIED)
TELLS = re.compile(
    r"pages:(home|case|log|search)|bids:(list|bid$|protocol|opening|observe)|evaluation:|assessments:"
    r"|awards:(decision|notif|notices|board)|publication:(tender|results)|procurements:diary"
)
"""Views that tell of bids, scores or decisions. In the short form half of those who read differently ask for them in one state, the
others in the next; what other views show is asked for by one of them in turn."""
TOLD_TO_ALL = re.compile(r"publication:(tender|results)|awards:notification")
"""Where those who have nothing to do with the judging read of it in the end: who finds it there would have found it before."""
NOT_ABOUT_BIDS = {"parties:confirm_number"}
"""Whose number a supplier's is may be judged by an official of any authority: it tells what the supplier is called, not that it bids."""


@dataclass(frozen=True)
class Secret:
    """Something that is written once, in the forms in which it could be found, and whose own it is."""

    kind: str
    forms: tuple[str, ...]
    own: frozenset[str] = frozenset()

    def stands_in(self, text: str) -> bool:
        """Whether one of its forms stands there, and not as a part of a longer number."""
        return any(form in text and re.search(rf"(?<![\d.,]){re.escape(form)}(?!\d)", text) for form in self.forms)


def secrets_of(world: World) -> list[Secret]:
    owner = {1: frozenset({"winner"}), 2: frozenset({"loser"})}
    found = [Secret("name", (bid.supplier.name,), owner.get(bid.number, frozenset())) for bid in world.bids]
    for bid, price in zip(world.bids, PRICES, strict=True):
        written = swedish_number(Decimal(price)).replace("\xa0", " ")
        found.append(Secret("price", (price, written, written.replace(" ", "")), owner.get(bid.number, frozenset())))
    for who in ("first evaluator", "last evaluator"):
        found.append(Secret("score", (reason_of(who),), frozenset({who})))
        for cell in product(range(1, 5), range(1, 3)):
            points = points_of(who, *cell)
            found.append(Secret("score", (str(points), swedish_number(points)), frozenset({who})))
    for number in range(1, 5):
        own = owner.get(number, frozenset())
        found.append(Secret("consensus", (f"Enat-{number}-qxz",), own))
        found.append(Secret("report", (f"Sammanfattat-{number}-qxz",), own))
    return [*found, Secret("decision", ("Beslutsskäl-qxz",))]


def reason_of(who: str) -> str:
    return f"Eget-{who.replace(' ', '-')}-qxz"


def points_of(who: str, item: int, criterion: int) -> Decimal:
    """Points that nobody else has given, and that no sum is likely to be."""
    return Decimal(item) + Decimal(criterion) / 100 + (Decimal("0.57") if who.startswith("first") else Decimal("0.83"))


def score(world: World, who: str, at: datetime) -> None:
    person = world.case.evaluators[0 if who.startswith("first") else 1]
    assessed = round_of(world.fresh_tender())
    drafts = {
        (item, criterion): Draft(points_of(who, item.number, criterion.number), reason_of(who))
        for item, criterion in cells_of(assessed)
    }
    save_cells(drafts=drafts, by=person, at=at)


def judging_begins(world: World, at: datetime) -> None:
    """The first evaluator hands in, the last one has written everything and not handed it in."""
    check_all(world)
    assessed = start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=at)
    Criterion.objects.filter(model=assessed.model).update(step=None)  # so that points of one's own are known again
    for who in ("first evaluator", "last evaluator"):
        score(world, who, at)
    submit_scores(assessed=round_of(world.fresh_tender()), by=world.case.evaluators[0], at=at)


def last_hands_in(world: World, at: datetime) -> None:
    submit_scores(assessed=round_of(world.fresh_tender()), by=world.case.evaluators[1], at=at)
    assessed = round_of(world.fresh_tender())
    present = list(assessed.panel.filter(role=PanelMember.Role.ASSESSOR))
    for item, criterion in cells_of(assessed):
        record_consensus(
            item=item,
            criterion=criterion,
            points=Decimal(AGREED[item.number - 1][criterion.number - 1]),
            reason=f"Enat-{item.number}-qxz",
            present=present,
            by=world.case.officer,
            at=at,
        )


def quality_is_locked(world: World, at: datetime) -> None:
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    assessed = round_of(world.fresh_tender())
    write_feedback(
        assessed=assessed,
        summaries={item: f"Sammanfattat-{item.number}-qxz" for item in assessed.items.all()},
        shows_points=True,
        use="Bara till detta.",
        by=world.case.officer,
        at=at,
    )
    freeze_feedback(assessed=assessed, by=world.case.officer, at=at)


def is_prepared(world: World, at: datetime) -> None:
    prepare(world, at=at, reasons="Beslutsskäl-qxz")


def is_decided(world: World, at: datetime) -> None:
    award(world, at=at, proposal=DecisionProposal.objects.get())


STATES: dict[int, Callable[[World, datetime], object]] = {
    OPENED: lambda _world, _at: None,
    JUDGING: judging_begins,
    HANDED_IN: last_hands_in,
    LOCKED: quality_is_locked,
    PRICED: lambda world, at: open_prices(world.case, world.fresh_tender(), at=at),
    FROZEN: lambda world, at: freeze_outcome(tender=world.fresh_tender(), by=world.case.officer, at=at),
    PREPARED: is_prepared,
    DECIDED: is_decided,
    NOTIFIED: lambda world, at: notify(world, world.fresh_tender().award, at=at),
}


def everybody(world: World) -> dict[str, Person | None]:
    case = world.case
    return {
        "officer": case.officer,
        "opener": case.openers[0],
        "first evaluator": case.evaluators[0],
        "last evaluator": case.evaluators[1],
        "need owner": case.need_owner,
        "decider": case.decider,
        "contract manager": case.contract_manager,
        "administrator": make_person("Administrator", organisation=case.buyer, role=Membership.Role.ADMINISTRATOR),
        "observer": OpeningObserver.objects.get().person,
        "winner": world.bids[0].submission.submitted_by,
        "loser": world.bids[1].submission.submitted_by,
        "other buyer": make_person(
            "Främling", organisation=make_buyer("Annan"), role=Membership.Role.PROCUREMENT_OFFICER
        ),
        "other supplier": make_person("Utanför", organisation=make_supplier("Utanför AB"), role=Membership.Role.BIDDER),
        "anybody": None,
        "who was sent links": None,
    }


def asked_for(turn: int, people: list[str], *, nightly: bool) -> Iterator[tuple[str, str]]:
    """Yield who asks for which address: each that names what is there, and searches for what is secret."""
    for number, (name, address) in enumerate(every_address()):
        askers = [each[(turn + number) // 2 % len(each)] for each in ALIKE]
        if nightly:
            askers = people
        elif turn == NOTIFIED:
            askers = ["loser", "winner", "anybody"] if TOLD_TO_ALL.match(name) else []
        elif turn == DECIDED:
            askers = askers[OUTSIDE:] if TELLS.match(name) else []
        elif TELLS.match(name):
            askers = askers[(turn + number) % 2 :: 2]
        else:
            askers = [askers[(turn + number) % len(askers)]]
        yield from ((who, address) for who in askers)
    yield from (("who was sent links", address) for address in named_addresses("by_link"))
    for who, word in product(people, ("Mellanrum", "qxz")):
        yield who, f"{reverse('pages:search')}?q={word}"


def every_address() -> Iterator[tuple[str, str]]:
    """Yield each view with its addresses, of at most three bids, notifications and reports and of one of each other kind."""
    for route, name, _ in addresses(get_resolver().url_patterns):
        plain = re.sub(r"\(\?P<\w+>[^)]*\)", "a", route).replace("^", "").replace("$", "")
        named = re.findall(r"<(?:\w+:)?(\w+)>", plain)
        if plain.startswith("konto/") or name in NOT_ABOUT_BIDS:
            continue
        for chosen in product(*(_values(each) for each in named)):
            address = f"/{plain}"
            for each, value in zip(named, chosen, strict=True):
                address = re.sub(rf"<(?:\w+:)?{each}>", str(value), address)
            yield name, address


NAMED = {
    **MODELS,
    "tender_id": ["tenders.Tender"],
    "snapshot_id": ["tenders.Snapshot"],
    "upload_id": ["bids.SealedUpload"],
}
MADE_UP = {"name": "a"}


def _values(name: str) -> list[object]:
    if name not in NAMED:
        return [{**WORDS, **MADE_UP}[name]]
    return [
        key
        for label in NAMED[name]
        for key in apps.get_model(label)
        ._base_manager.order_by("pk")
        .values_list("pk", flat=True)[: 3 if name in {"bid_id", "notification_id", "report_id"} else 1]
    ]


@cache
def _text_of(pdf: bytes) -> str:
    return " ".join(text_of(pdf).split())


def said_in(data: bytes, kind: str) -> Iterator[str]:
    """Yield all that a file tells, whatever it is packed in."""
    if data.startswith(b"%PDF"):
        yield _text_of(data)
    elif data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for each in archive.infolist():
                yield each.filename
                yield from said_in(archive.read(each), "")
    else:
        text = data.decode(errors="replace")
        yield unescape(text) if "html" in kind or "xml" in text[:60] else text


def told(answer) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return "\n".join(said_in(data, answer.headers.get("Content-Type", ""))).replace("\xa0", " ")


def found_in(text: str, secrets: list[Secret], who: str) -> set[str]:
    """Return the kinds of secrets that stand in a text and are not the reader's own."""
    return {each.kind for each in secrets if who not in each.own and each.stands_in(text)}


def too_early(text: str, secrets: list[Secret], who: str, state: int) -> set[str]:
    return {kind for kind in found_in(text, secrets, who) if state < FROM[who].get(kind, NEVER)}


@pytest.fixture
def _nothing_there(monkeypatch):
    """Answer 404 without the page that tells it, the same for all."""
    monkeypatch.setattr(
        "rodatraden.config.urls.handler404", lambda *_args, **_kw: HttpResponseNotFound(), raising=False
    )


@pytest.mark.usefixtures("_nothing_there")
def test_inv_02_13_14_20_nobody_finds_a_name_a_price_a_score_or_a_decision_before_its_time(
    time_machine, caplog, pytestconfig
):
    nightly = pytestconfig.getoption("nightly")
    world = make_opened(PRICES, is_observed=True)
    people, secrets = everybody(world), secrets_of(world)
    by_mail = {person.email: who for who, person in people.items() if person}
    links = every_link(world.fresh_tender(), at=world.opened_at)
    found, leaks, asked, shown, by_links = defaultdict(set), [], 0, 0, 0
    for state, step in STATES.items():
        at = world.opened_at + state * 2 * HOUR
        time_machine.move_to(at, tick=False)
        step(world, at)
        for mail in OutboxMail.objects.filter(written_at=at):
            who = by_mail.get(mail.to, "anybody")
            leaks += [
                (who, state, mail.subject, early)
                for early in too_early(f"{mail.subject} {mail.text}", secrets, who, state)
            ]
        leaks += [("log", state, "log of events", kind) for kind in kept_in_the_log_of_events(secrets, state)]
        if state not in SHORT and not nightly:
            continue
        time_machine.move_to(at + HOUR, tick=False)
        clients = {who: signed_in(person) for who, person in people.items()}
        for link in links:
            follow(clients["who was sent links"], link)
        for who, address in asked_for(state, list(people), nightly=nightly):
            answer = clients[who].get(address)
            is_shown = answer.status_code == HTTPStatus.OK
            asked, shown = asked + 1, shown + is_shown
            by_links += is_shown and who == "who was sent links" and "/sok" not in address
            text = told(answer)
            found[who] |= found_in(text, secrets, who)
            leaks += [(who, state, address, early) for early in too_early(text, secrets, who, state)]
    assert leaks == []
    assert found_in(caplog.text, secrets, "anybody") == set(), "the server's log tells what it refused, of no secret"
    panel = found["officer"] | found["first evaluator"] | found["last evaluator"]
    assert panel == set(PANEL), "who may find it does, so what is searched for is there"
    assert found["loser"] | found["winner"] == set(STRANGER)
    assert "name" in found["observer"]
    assert by_links >= len(links) * len(SHORT), "each link leads to a page, or nothing was looked at there"
    assert asked > FEWEST
    assert shown > asked / 4


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def kept_in_the_log_of_events(secrets: list[Secret], state: int) -> set[str]:
    """Return what the log of events keeps in clear and is not decided: it proves scores, prices and reports and tells none."""
    kept = "\n".join(LedgerBody.objects.values_list("what", flat=True))
    return found_in(kept, secrets, "anybody") - ({"decision", "name"} if state >= DECIDED else set())


def test_what_is_packed_or_set_as_a_document_is_read_too():
    world_of = [Secret("name", ("Mellanrum Samverkan AB",)), Secret("price", ("1 143,17",)), Secret("score", ("1,58",))]
    paper = replace(PAPER, blocks=(Text("Mellanrum Samverkan\nAB 1\u00a0143,17"),))
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.docx", as_word(paper))
        packed.writestr("b.pdf", typeset(paper))
    assert found_in(told(HttpResponse(typeset(paper))), world_of, "anybody") == {"name", "price"}
    assert found_in(told(HttpResponse(archive.getvalue())), world_of, "anybody") == {"name", "price"}
    assert found_in(told(HttpResponse("<b>1,58</b> 11,589")), world_of, "anybody") == {"score"}
    assert found_in("11,58 1,589", world_of, "anybody") == set()
