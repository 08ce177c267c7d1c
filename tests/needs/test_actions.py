from __future__ import annotations

from datetime import timedelta

import pytest

from rodatraden.core.answer import RefusedError
from rodatraden.needs.actions import revise_need, strike_need, take_up, write_need
from rodatraden.needs.models import Need
from rodatraden.parties.models import Membership
from rodatraden.records.models import LedgerBody
from tests.factories.needs import make_need
from tests.factories.parties import START, make_buyer, make_person
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db
LATER = START + timedelta(hours=1)
PARTS = {"title": "Insikter", "for_whom": "Alla", "description": "Något", "evidence": "Intervjuer"}


def events(need: Need) -> list[str]:
    return list(LedgerBody.objects.filter(object_id=need.pk).order_by("index").values_list("event", flat=True))


def test_needs_of_a_procurement_are_numbered_in_order():
    case = make_case()
    assert [make_need(case, title).label for title in "abc"] == ["B1", "B2", "B3"]


def test_a_need_without_procurement_waits_in_the_backlog():
    case = make_case()
    need = write_need(organisation=case.buyer, by=case.need_owner, at=START, **PARTS)
    assert (need.label, need.owner, need.procurement) == ("", case.need_owner, None)
    assert take_up(need=need, procurement=case.procurement, by=case.officer, at=LATER).label == "B1"
    assert events(need) == ["need_written", "need_taken_up"]
    with pytest.raises(RefusedError, match="already"):
        take_up(need=need, procurement=case.procurement, by=case.officer, at=LATER)


@pytest.mark.parametrize("part", PARTS)
def test_a_need_is_whole(part):
    case = make_case()
    with pytest.raises(RefusedError):
        write_need(organisation=case.buyer, by=case.need_owner, at=START, **PARTS | {part: " "})
    assert not Need.objects.exists()


def test_a_need_of_another_organisation_cannot_be_taken_up():
    case, other = make_case(), make_buyer("Annan")
    writer = make_person(organisation=other, role=Membership.Role.NEED_OWNER)
    need = write_need(organisation=other, by=writer, at=START, **PARTS)
    with pytest.raises(RefusedError, match="another organisation"):
        take_up(need=need, procurement=case.procurement, by=case.officer, at=LATER)


def test_revising_keeps_the_label_and_says_when():
    case = make_case()
    need = make_need(case)
    revise_need(need=need, by=case.need_owner, at=LATER, source="Årsrapport", **PARTS)
    need.refresh_from_db()
    assert (need.label, need.title, need.source, need.revised_at) == ("B1", "Insikter", "Årsrapport", LATER)


def test_a_struck_need_keeps_its_row_and_its_label():
    case = make_case()
    first = make_need(case)
    with pytest.raises(RefusedError, match="why"):
        strike_need(need=first, reason="  ", by=case.need_owner, at=LATER)
    strike_need(need=first, reason="Löst på annat sätt", by=case.need_owner, at=LATER)
    assert Need.objects.get(pk=first.pk).struck_reason == "Löst på annat sätt"
    assert make_need(case, "b").label == "B2"
    with pytest.raises(RefusedError, match="struck"):
        revise_need(need=first, by=case.need_owner, at=LATER, **PARTS)


def test_words_of_a_need_that_two_change_at_once_are_both_kept():
    case = make_case()
    need = make_need(case)
    words = {name: getattr(need, name) for name in PARTS}
    other = Need.objects.get()
    revise_need(need=need, by=case.need_owner, at=LATER, **words | {"title": "Ett annat namn"})
    revise_need(need=other, by=case.need_owner, at=LATER, **words | {"evidence": "Tolv samtal"})
    kept = Need.objects.get()
    assert (kept.title, kept.evidence) == ("Ett annat namn", "Tolv samtal")


def test_a_need_that_another_struck_meanwhile_stays_struck_as_it_was():
    case = make_case()
    need = make_need(case)
    who = {"by": case.need_owner, "at": LATER}
    one, two = Need.objects.get(), Need.objects.get()
    strike_need(need=need, reason="Behövs inte", **who)
    with pytest.raises(RefusedError, match="struck"):
        revise_need(need=one, **PARTS, **who)
    with pytest.raises(RefusedError, match="struck"):
        strike_need(need=two, reason="En annan grund", **who)
    kept = Need.objects.get()
    assert (kept.struck_at, kept.struck_reason, kept.title) == (LATER, "Behövs inte", need.title)


def test_a_need_is_taken_up_once_though_two_take_it_at_once():
    case = make_case()
    need = write_need(organisation=case.buyer, by=case.need_owner, at=START, **PARTS)
    other = Need.objects.get()
    take_up(need=need, procurement=case.procurement, by=case.officer, at=LATER)
    with pytest.raises(RefusedError, match="already"):
        take_up(need=other, procurement=case.procurement, by=case.officer, at=LATER)
