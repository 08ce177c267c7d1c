"""Judged without names: the evaluators know who has bid, and not whose bid is whose, until the consensus is locked."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from rodatraden.assessments.actions import put_up_example, put_up_training, withdraw_training
from rodatraden.assessments.models import Item
from rodatraden.assessments.queries import mentions
from rodatraden.bids.models import Bid
from rodatraden.bids.queries import files_of, files_visible_to, visible_to
from rodatraden.bids.rules import may_see_bid, may_see_bids
from rodatraden.core.answer import RefusedError
from rodatraden.core.assessment.naming import short_name
from rodatraden.evaluation.actions import lock_quality, start_evaluation_round
from rodatraden.evaluation.models import BidItem
from rodatraden.evaluation.queries import letters
from rodatraden.evaluation.rules import know_names
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import Procurement, TeamMember
from rodatraden.records.models import OutboxMail
from tests.factories.assessments import Panel, agree_all, all_hand_in
from tests.factories.evaluation import SUPPLIERS, make_opened

pytestmark = pytest.mark.django_db

NAMES = (*SUPPLIERS, *(name.replace("&", "&amp;") for name in SUPPLIERS))


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href" if tag == "a" else "src") or ""
        if tag in {"a", "iframe"} and address.startswith("/"):
            self.found.append(urlsplit(address).path)


@pytest.fixture
def world(time_machine):
    world = make_opened()
    time_machine.move_to(world.opened_at)
    started = start_evaluation_round(
        tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at, is_anonymous=True
    )
    world.panel = Panel(started.pk, world.case.officer, list(world.case.evaluators))
    return world


def lock(world):
    all_hand_in(world.panel, at=world.opened_at)
    agree_all(world.panel)
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at + timedelta(hours=1))


def named(text):
    return [name for name in NAMES if name in text]


def test_the_letters_follow_neither_name_nor_arrival(world):
    links = list(BidItem.objects.select_related("bid", "item").order_by("item__number"))
    assert [link.item.label for link in links] == ["Anbud A", "Anbud B", "Anbud C", "Anbud D"]
    assert [link.bid for link in links] == sorted((link.bid for link in links), key=lambda bid: bid.pk.hex)


def test_more_bids_than_letters():
    assert [letters(28)[n] for n in (0, 25, 26, 27)] == ["Anbud A", "Anbud Z", "Anbud AA", "Anbud AB"]


def test_role_by_state_who_sees_whose_bid_is_whose(world):
    case, at = world.case, world.opened_at
    people = {
        "officer": case.officer,
        "opener": case.openers[0],
        "evaluator": case.evaluators[0],
        "need": case.need_owner,
    }
    for state, readers in (("judging", {"officer", "opener"}), ("locked", {"officer", "opener", "evaluator"})):
        if state == "locked":
            lock(world)
        procurement = Procurement.objects.get(pk=case.procurement.pk)
        bid = Bid.objects.select_related("supplier", "tender__procurement").all()[0]
        for role, person in people.items():
            assert bool(may_see_bids(person, procurement)) is (role in readers), (state, role)
            assert bool(may_see_bid(person, bid, at)) is (role in readers), (state, role)
            assert visible_to(person, at).exists() is (role in readers), (state, role)
            assert files_visible_to(person, at).exists() is (role in {"officer", "opener", "evaluator"}), (state, role)
            assert files_of(bid, person, at).exists() is (role in readers), (state, role)


def test_no_page_that_an_evaluator_reaches_ties_a_name_to_a_bid(client, world):
    """Follow every link from the first page: names stand only in the list of who has bid, where interests are declared."""
    person = world.case.evaluators[0]
    client.force_login(person)
    case = world.case.procurement.pk
    lists_of_bidders = {reverse("procurements:declare", args=[case]), reverse("bids:opening", args=[case])}
    waiting = ["/", reverse("pages:case", args=[case]), reverse("assessments:round", args=[world.panel.id])]
    waiting += [
        reverse("pages:log", args=[case]),
        reverse("bids:list", args=[case]),
        reverse("evaluation:checks", args=[case]),
    ]
    waiting += [reverse("bids:bid", args=[bid.pk]) for bid in world.bids]
    waiting += [f"{reverse('pages:search')}?q={SUPPLIERS[0].split()[0]}"]
    met, leaks = set(waiting), []
    while waiting:
        path = waiting.pop()
        answer = client.get(path, follow=True)
        if answer.streaming:
            answer.getvalue()
            if named(answer["Content-Disposition"]):
                leaks.append(path)
            continue
        if not answer["Content-Type"].startswith("text/html"):
            continue
        if path.partition("?")[0] not in lists_of_bidders and named(answer.text):
            leaks.append((path, named(answer.text)))
        for there in Links(answer.text).found:
            if there not in met and "logga-ut" not in there:
                met.add(there)
                waiting.append(there)
    assert any("/poang/" in path for path in met)
    assert any("/las/" in path for path in met)
    assert leaks == []
    assert not [mail for mail in OutboxMail.objects.filter(to=person.email) if named(mail.text + mail.subject)]


def test_files_are_called_by_what_they_answer(client, world):
    file = files_visible_to(world.case.evaluators[0], world.opened_at)[0]
    file.file.name = "Mellanrum Samverkan AB metod.pdf"
    type(file.file).objects.filter(pk=file.file.pk).update(name=file.file.name)
    for person, told in ((world.case.evaluators[0], False), (world.case.officer, True)):
        client.force_login(person)
        answer = client.get(reverse("bids:read", args=[file.pk]))
        answer.getvalue()
        assert ("Mellanrum" in answer["Content-Disposition"]) is told
    item = BidItem.objects.get(bid=file.bid).item
    client.force_login(world.case.evaluators[0])
    shown = client.get(reverse("assessments:score", args=[world.panel.id, item.pk])).text
    assert "Mellanrum" not in shown
    assert "Bedöms utan namn" in shown


def test_the_names_come_when_the_consensus_is_locked(client, world):
    lock(world)
    for link in BidItem.objects.select_related("bid__supplier", "item"):
        assert link.item.label.endswith(f": {link.bid.supplier.name}")
    assert Item.objects.filter(label__startswith="Anbud A: ").count() == 1
    client.force_login(world.case.evaluators[0])
    shown = client.get(reverse("assessments:round", args=[world.panel.id])).text
    assert SUPPLIERS[0] in shown
    assert "Bedöms utan namn" not in shown
    assert client.get(reverse("bids:list", args=[world.case.procurement.pk])).status_code == 200


def test_what_is_read_beforehand_names_no_bidder_unseen(client, world):
    panel, at = world.panel, world.opened_at
    supplier = Bid.objects.order_by("supplier__name").first().supplier.name
    asked = panel.round.model.asked[0]
    for answer in (f"Så svarade {supplier} 2024.", f"{supplier.upper()}s\n{supplier.lower()}"):
        with pytest.raises(RefusedError) as refused:
            put_up_example(assessed=panel.round, label="Ex", answers={asked: answer}, by=panel.leader, at=at)
        assert supplier in str(refused.value)
    put_up_example(assessed=panel.round, label="Ex", answers={asked: "Vi gör så här."}, by=panel.leader, at=at)
    text = f"Läs vad {short_name(supplier)} skrev."
    put_up_training(assessed=panel.round, title="Skalan", text=text, by=panel.leader, at=at)
    assert [(each.reading.title, each.name) for each in mentions(panel.round)] == [("Skalan", supplier)]
    warned = "En text nämner någon som bedöms här"
    for page in ("training", "calibration"):
        address = reverse(f"assessments:{page}", args=[panel.id])
        client.force_login(panel.leader)
        assert warned in client.get(address).text
        client.force_login(panel.assessors[0])
        shown = client.get(address).text
        assert warned not in shown
    withdraw_training(reading=panel.round.readings.get(), by=panel.leader, at=at)
    assert mentions(panel.round) == []


def test_who_has_another_part_too_is_told_of_before_it_starts(client, time_machine):
    world = make_opened()
    time_machine.move_to(world.opened_at)
    opener = world.case.openers[0]
    appoint(
        procurement=world.procurement,
        person=opener,
        role=TeamMember.Role.EVALUATOR,
        by=world.case.officer,
        at=world.opened_at,
    )
    assert know_names(world.procurement) == [opener]
    client.force_login(world.case.officer)
    page = reverse("evaluation:start_round", args=[world.case.procurement.pk])
    assert f"{opener.name} har en annan uppgift i upphandlingen också" in " ".join(client.get(page).text.split())
    sent = {"leader": str(world.case.officer.pk), "wide_above": "0.4", "is_anonymous": "on", "idempotency_key": "k"}
    assert client.post(page, sent)["Location"] == page
    assert {item.label for item in Item.objects.all()} == {"Anbud A", "Anbud B", "Anbud C", "Anbud D"}
