"""Presentations: announced word for word, drawn once, equally long, noted, and scored only where the documents say so."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.assessments.queries import material_of
from rodatraden.core.answer import RefusedError
from rodatraden.evaluation import rules
from rodatraden.evaluation.actions import (
    cancel_presentation,
    draw_presentations,
    enter_times,
    move_presentation,
    note_presentation,
    run_clock,
    start_evaluation_round,
)
from rodatraden.evaluation.models import Presentation, PresentationPlan
from rodatraden.evaluation.queries import (
    drawn_order,
    presentations_of,
    runs_of,
    tasks_as_bidder,
    times_of,
    unequal,
)
from rodatraden.procurements.actions import appoint
from rodatraden.procurements.models import TeamMember
from rodatraden.records.models import LedgerBody, OutboxMail
from rodatraden.records.queries import head_of, ledger_size
from tests.factories.bids import open_prices, pdf
from tests.factories.evaluation import (
    ANNOUNCED,
    SCORED,
    announce_presentations,
    draw,
    make_opened,
    make_outcome,
)
from tests.factories.parties import make_person
from tests.factories.procurements import declare

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOTED = {"present": "Officer och anbudsgivaren", "notes": "Metoden visades.", "questions": "", "holds_price": False}


def bidder(world, bid):
    return bid.submission.submitted_by


def hold(world, presentation, *, minutes=30, **changes):
    """Let a presentation take some minutes and be noted."""
    officer, start = world.case.officer, presentation.starts_at
    run_clock(presentation=presentation, by=officer, at=start)
    run_clock(presentation=presentation, by=officer, at=start + minutes * MINUTE)
    return note_presentation(
        presentation=presentation,
        by=officer,
        at=start + DAY,
        **NOTED | {"data": None, "file_name": ""} | changes,
    )


def refusal(verb, *args, **more):
    with pytest.raises(RefusedError) as refused:
        verb(*args, **more)
    return refused.value.answer


def drawing(world, **changes):
    at = world.opened_at + timedelta(hours=3)
    return draw_presentations(
        tender=world.fresh_tender(),
        **{
            "minutes": 30,
            "pause": 15,
            "first_at": at + DAY,
            "place": "Rum 4",
            "announced": ANNOUNCED,
            "criterion": None,
            "by": world.case.officer,
            "at": at,
        }
        | changes,
    )


def first_criterion(world):
    return world.tender.requirements.filter(kind="criterion").order_by("number")[0]


@given(
    n=st.integers(1, 40),
    minutes=st.integers(1, 240),
    pause=st.integers(0, 120),
    first_at=st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
)
def test_all_have_the_same_time_and_nobody_begins_before_the_one_before_has_ended(n, minutes, pause, first_at):
    times = times_of(n, first_at=first_at, minutes=minutes, pause=pause)
    assert (len(times), times[0]) == (n, first_at)
    assert {later - earlier for earlier, later in itertools.pairwise(times)} <= {(minutes + pause) * MINUTE}
    assert all(later - earlier >= minutes * MINUTE for earlier, later in itertools.pairwise(times))


def test_the_draw_is_recorded_and_whoever_has_the_seed_draws_the_same():
    world = make_opened()
    drawn = draw(world)
    plan = PresentationPlan.objects.get()
    assert [each.bid for each in drawn] == drawn_order(world.bids, plan.seed)
    assert [each.starts_at for each in drawn] == [
        plan.drawn_at + DAY + number * 45 * MINUTE for number in range(len(world.bids))
    ]
    entry = LedgerBody.objects.get(event="presentations_drawn")
    assert (entry.index, entry.object_id) == (plan.log_size - 1, plan.pk)
    assert plan.seed == head_of(plan.log_size).root
    assert refusal(drawing, world).reason is not None
    assert PresentationPlan.objects.count() == 1


def test_nobody_knows_the_seed_before_the_draw_and_a_draw_from_the_same_log_has_another():
    world = make_opened()
    announce_presentations(world)
    known = head_of(ledger_size()).root
    seeds = set()
    for _ in range(2):
        with transaction.atomic():
            seeds.add(drawing(world).seed)
            transaction.set_rollback(True)
        assert head_of(ledger_size()).root == known
    assert len(seeds | {known}) == 3


def test_all_bidders_are_written_to_with_their_own_time_and_nobody_elses():
    world = make_opened()
    drawn = draw(world)
    for each in drawn:
        mail = OutboxMail.objects.get(to=each.bid.address, subject__startswith="Presentation")
        assert reverse("evaluation:own_presentation", args=[each.pk]) in mail.text
        assert "Storgatan 1, rum 4" in mail.text
        assert not [other for other in drawn if other != each and other.bid.supplier.name in mail.text]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"announced": "Anbuden presenteras i 45 minuter var."}, "announced"),
        ({"announced": "presenterar"}, "announced"),
        ({"announced": "Hur blir ett hinder till en åtgärd på rätt nivå?"}, "announced"),
        ({"announced": ANNOUNCED, "criterion": "first"}, "announced"),
        ({"minutes": 0}, "minutes"),
        ({"place": " "}, "place"),
        ({"first_at": "past"}, "first_at"),
    ],
)
def test_inv_09_only_what_the_published_documents_say_word_for_word_is_held_and_scored(changes, field):
    world = make_opened()
    announce_presentations(world)
    if changes.get("criterion"):
        changes = changes | {"criterion": first_criterion(world)}
    if changes.get("first_at"):
        changes = {"first_at": world.opened_at}
    assert refusal(drawing, world, **changes).mend == field
    assert not Presentation.objects.exists()


def test_spaces_and_capitals_do_not_matter_in_the_quote():
    world = make_opened()
    announce_presentations(world)
    assert drawing(world, announced=f"  {SCORED.upper()}\n", criterion=first_criterion(world)).criterion is not None


def test_who_may_draw_and_when():
    world = make_opened()
    announce_presentations(world)
    with pytest.raises(RefusedError):
        drawing(world, by=world.case.evaluators[0])
    done = make_outcome()
    announce_presentations(done)
    with pytest.raises(RefusedError):
        drawing(done, at=done.opened_at + 5 * DAY, first_at=done.opened_at + 6 * DAY)


def test_presented_bids_are_not_judged_without_names_nor_the_other_way_round():
    world = make_opened()
    draw(world)
    with pytest.raises(RefusedError):
        start_evaluation_round(
            tender=world.fresh_tender(), is_anonymous=True, by=world.case.officer, at=world.opened_at + DAY
        )
    hidden = make_opened()
    start_evaluation_round(
        tender=hidden.fresh_tender(), is_anonymous=True, by=hidden.case.officer, at=hidden.opened_at + DAY
    )
    announce_presentations(hidden)
    with pytest.raises(RefusedError):
        drawing(hidden)


def test_too_long_is_a_finding_with_how_much_longer_than_the_shortest():
    world = make_opened()
    first, second, *_ = draw(world)
    hold(world, first, minutes=29)
    hold(world, second, minutes=42)
    runs = runs_of(presentations_of(world.tender))
    assert [(run.minutes, run.over) for run in runs] == [(29, 0), (42, 12), (None, 0), (None, 0)]
    (finding,) = unequal(runs)
    assert {name: finding.values[name] for name in ("minutes", "over", "more")} == {
        "minutes": 42,
        "over": 12,
        "more": 13,
    }


def test_a_begun_minute_counts():
    world = make_opened()
    first = draw(world)[0]
    start = first.starts_at
    enter_times(
        presentation=first,
        started_at=start,
        ended_at=start + timedelta(minutes=30, seconds=1),
        by=world.case.officer,
        at=start + DAY,
    )
    assert next((run.minutes, run.over) for run in runs_of(presentations_of(world.tender))) == (31, 1)


def test_the_clock_runs_once_and_times_are_entered_in_order_and_never_ahead():
    world = make_opened()
    first = draw(world)[0]
    officer, start = world.case.officer, first.starts_at
    run_clock(presentation=first, by=officer, at=start)
    assert refusal(run_clock, presentation=first, by=officer, at=start).mend == "ended_at"
    run_clock(presentation=first, by=officer, at=start + 30 * MINUTE)
    with pytest.raises(RefusedError):
        run_clock(presentation=first, by=officer, at=start + DAY)
    for started_at, ended_at in ((start, start), (start, start + 2 * DAY)):
        with pytest.raises(RefusedError):
            enter_times(presentation=first, started_at=started_at, ended_at=ended_at, by=officer, at=start + DAY)
    enter_times(presentation=first, started_at=start, ended_at=start + 31 * MINUTE, by=officer, at=start + DAY)
    assert (
        f"{(start + 30 * MINUTE).isoformat()[:16]}" in LedgerBody.objects.get(event="presentation_times_entered").what
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Presentation.objects.filter(pk=first.pk).update(ended_at=start)


def test_a_presentation_is_moved_or_cancelled_with_the_reason_until_it_has_begun():
    world = make_opened()
    first, second, *_ = draw(world)
    officer, at = world.case.officer, first.starts_at - timedelta(hours=2)
    later = first.starts_at + DAY
    assert (
        refusal(move_presentation, presentation=first, starts_at=later, reason=" ", by=officer, at=at).mend == "reason"
    )
    assert (
        refusal(move_presentation, presentation=first, starts_at=at, reason="x", by=officer, at=at).mend == "starts_at"
    )
    move_presentation(presentation=first, starts_at=later, reason="Tåget är inställt.", by=officer, at=at)
    cancel_presentation(presentation=second, reason="Anbudsgivaren avstår.", by=officer, at=at)
    moved, cancelled, *_ = presentations_of(world.tender)
    assert (moved.starts_at, moved.changes.get().before_at) == (later, first.starts_at)
    assert cancelled.cancelled_at == at
    for reason in ("Tåget är inställt.", "Anbudsgivaren avstår."):
        assert OutboxMail.objects.filter(text__contains=reason).count() == 1
    with pytest.raises(RefusedError):
        run_clock(presentation=cancelled, by=officer, at=later)
    run_clock(presentation=moved, by=officer, at=later)
    with pytest.raises(RefusedError):
        cancel_presentation(presentation=moved, reason="x", by=officer, at=later)


def test_notes_need_who_was_there_and_what_was_said_and_that_it_has_begun():
    world = make_opened()
    first = draw(world)[0]
    arguments = {"presentation": first, "by": world.case.officer, "at": first.starts_at, "data": None, "file_name": ""}
    with pytest.raises(RefusedError):
        note_presentation(**arguments, **NOTED)
    run_clock(presentation=first, by=world.case.officer, at=first.starts_at)
    assert refusal(note_presentation, **arguments, **NOTED | {"present": " "}).mend == "present"
    assert refusal(note_presentation, **arguments, **NOTED | {"notes": ""}).mend == "notes"
    wrong = arguments | {"data": b"MZ", "file_name": "bilder.exe"}
    assert refusal(note_presentation, **wrong, **NOTED).mend == "file"
    assert Presentation.objects.get(pk=first.pk).noted_at is None


def judged(world):
    return start_evaluation_round(tender=world.fresh_tender(), by=world.case.officer, at=world.opened_at + 3 * DAY)


def seen_by_panel(world, assessed):
    person = world.case.evaluators[0]
    return [
        each
        for item in assessed.items.order_by("number")
        for each in material_of(item, person=person, at=world.opened_at + 4 * DAY)
        if each.name == "Presentationen"
    ]


def test_what_was_said_is_read_at_the_criterion_that_is_scored_by_it_and_nowhere_else():
    world = make_opened()
    hold(world, draw(world, is_scored=True)[0])
    (material,) = seen_by_panel(world, judged(world))
    assert (material.text, material.criteria) == ("Metoden visades.", frozenset({str(first_criterion(world).pk)}))


def test_inv_09_what_is_not_scored_is_no_material_that_a_score_can_refer_to():
    world = make_opened()
    hold(world, draw(world)[0])
    assert seen_by_panel(world, judged(world)) == []


def test_inv_13_what_holds_a_price_is_shown_to_nobody_who_judges_before_the_prices_are_open(client):
    world = make_opened()
    first = draw(world, is_scored=True)[0]
    hold(world, first, notes="Timpriset är 4711 kr.", holds_price=True, data=pdf(), file_name="bilder.pdf")
    note_presentation(
        presentation=first,
        by=world.case.officer,
        at=first.starts_at + DAY,
        data=None,
        file_name="",
        **NOTED | {"notes": "Timpriset är 4711 kr."},
    )
    assert Presentation.objects.get(pk=first.pk).holds_price
    assert seen_by_panel(world, judged(world)) == []
    client.force_login(world.case.evaluators[0])
    for page in ("presentation", "presentations"):
        target = first.pk if page == "presentation" else world.procurement.pk
        assert "4711" not in client.get(reverse(f"evaluation:{page}", args=[target])).text
    assert client.get(reverse("evaluation:presentation_file", args=[first.pk])).status_code == 403
    client.force_login(world.case.officer)
    assert "4711" in client.get(reverse("evaluation:presentation", args=[first.pk])).text


def two_roles(world, person, role):
    """Give `person` one more role in the team, with interests declared."""
    at = world.opened_at + timedelta(hours=1)
    appoint(procurement=world.procurement, person=person, role=role, by=world.case.officer, at=at)
    declare(world.case, person, at=at)
    return person


def test_inv_13_one_who_is_officer_and_evaluator_reads_no_price_that_another_wrote_down(client):
    world = make_opened()
    person = two_roles(world, world.case.evaluators[0], TeamMember.Role.OFFICER)
    first, second, *_ = draw(world, is_scored=True)
    priced = {"notes": "Timpriset är 4711 kr.", "holds_price": True, "data": pdf(), "file_name": "bilder.pdf"}
    hold(world, first, **priced)
    client.force_login(person)
    page = reverse("evaluation:presentation", args=[first.pk])
    file = reverse("evaluation:presentation_file", args=[first.pk])
    shown = client.get(page).text
    assert ["4711" in shown, "Spara det som sades" in shown, client.get(file).status_code] == [False, False, 403]
    written_over = {"present": "Alla", "notes": "x", "questions": "", "idempotency_key": "a"}
    assert client.post(page, written_over).status_code == 422
    assert client.get(file).status_code == 403
    run_clock(presentation=second, by=person, at=second.starts_at)
    note_presentation(
        presentation=second,
        by=person,
        at=second.starts_at + DAY,
        data=None,
        file_name="",
        **NOTED | {"notes": "Timpriset är 4712 kr.", "holds_price": True},
    )
    assert "4712" in client.get(reverse("evaluation:presentation", args=[second.pk])).text
    assert seen_by_panel(world, judged(world)) == []


def test_inv_13_an_officer_who_leads_the_judging_reads_no_price_that_another_wrote_down():
    world = make_opened()
    first = hold(world, draw(world)[0], holds_price=True)
    other = two_roles(world, make_person(organisation=world.procurement.buyer), TeamMember.Role.OFFICER)
    assert rules.may_read_notes(other, first, world.procurement)
    start_evaluation_round(
        tender=world.fresh_tender(), leader=other, by=world.case.officer, at=world.opened_at + 3 * DAY
    )
    assert not rules.may_read_notes(other, first, world.procurement)
    assert rules.may_read_notes(world.case.officer, first, world.procurement)


def test_who_sees_what_of_the_presentations(client):
    world = make_opened()
    first = draw(world)[0]
    hold(world, first, data=pdf(), file_name="bilder.pdf")
    other = next(bid for bid in world.bids if bid != first.bid)
    people = {
        "officer": world.case.officer,
        "evaluator": world.case.evaluators[0],
        "opener": world.case.openers[0],
        "decider": world.case.decider,
        "bidder": bidder(world, first.bid),
        "other bidder": bidder(world, other),
        "outsider": make_person(),
    }
    names = ("presentation", "presentation_times", "move_presentation", "cancel_presentation", "presentation_file")
    pages = [
        reverse("evaluation:presentations", args=[world.procurement.pk]),
        *(reverse(f"evaluation:{name}", args=[first.pk]) for name in names),
        reverse("evaluation:own_presentation", args=[first.pk]),
    ]
    found = {}
    for name, person in people.items():
        client.force_login(person)
        answers = [client.get(page) for page in pages]
        [answer.getvalue() for answer in answers]
        found[name] = [answer.status_code for answer in answers]
    assert found == {
        "officer": [200] * 6 + [404],
        "evaluator": [200] * 6 + [404],
        "opener": [403] * 6 + [404],
        "decider": [403] * 6 + [404],
        "bidder": [404] * 6 + [200],
        "other bidder": [404] * 7,
        "outsider": [404] * 7,
    }


def test_only_the_officer_holds_them_and_nothing_after_the_quality_is_locked():
    world = make_opened()
    first = draw(world)[0]
    procurement = world.procurement
    able = {
        name: [
            bool(rule(person, first, procurement)) for rule in (rules.may_hold, rules.may_move, rules.may_read_notes)
        ]
        for name, person in (
            ("officer", world.case.officer),
            ("evaluator", world.case.evaluators[0]),
            ("decider", world.case.decider),
            ("bidder", bidder(world, first.bid)),
        )
    }
    assert able == {
        "officer": [True, True, True],
        "evaluator": [False, False, True],
        "decider": [False, False, False],
        "bidder": [False, False, False],
    }
    assert rules.may_present(bidder(world, first.bid), first, first.starts_at)
    assert not rules.may_present(world.case.officer, first, first.starts_at)


def test_the_bidder_has_a_task_until_it_has_presented():
    world = make_opened()
    first = draw(world)[0]
    person = bidder(world, first.bid)
    assert [(task.kind, task.due) for task in tasks_as_bidder(person, world.opened_at)] == [
        ("evaluation.present", first.starts_at)
    ]
    run_clock(presentation=first, by=world.case.officer, at=first.starts_at)
    assert tasks_as_bidder(person, world.opened_at) == []


def test_the_page_asks_as_few_questions_of_the_database_with_many_as_with_one():
    few, many = make_opened([1000]), make_opened([1000 + n for n in range(12)])
    counted = []
    for world in (few, many):
        draw(world)
        tender = world.fresh_tender()
        with CaptureQueriesContext(connection) as queries:
            assert [each.changes.all() for each in presentations_of(tender)]
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_officer_draws_times_and_notes_on_the_pages(client):
    world = make_opened()
    announce_presentations(world)
    client.force_login(world.case.officer)
    page = reverse("evaluation:presentations", args=[world.procurement.pk])
    sent = {
        "announced": ANNOUNCED,
        "minutes": "30",
        "pause": "15",
        "first_at": "2031-06-01T09:00",
        "place": "Rum & sal",
        "criterion": "",
        "idempotency_key": "a",
    }
    wrong = client.post(page, sent | {"announced": "Anbuden presenteras inte alls här.", "idempotency_key": "z"})
    assert (wrong.status_code, "Rum &amp; sal" in wrong.text) == (422, True)
    assert client.post(page, sent).url == page
    first = presentations_of(world.tender)[0]
    one = reverse("evaluation:presentation", args=[first.pk])
    assert "Starta klockan" in client.get(one).text
    move = reverse("evaluation:move_presentation", args=[first.pk])
    assert client.post(move, {"starts_at": "2031-06-02T09:00", "reason": "Sjukdom", "idempotency_key": "b"}).url == one
    times = reverse("evaluation:presentation_times", args=[first.pk])
    entered = {"started_at": "2026-06-02T09:00", "ended_at": "2026-06-02T09:40", "idempotency_key": "c"}
    assert client.post(times, entered).url == one
    assert "10 mer än annonserat" in client.get(page).text
    file = SimpleUploadedFile("bilder.pdf", pdf(), content_type="application/pdf")
    noted = {"present": "Alla", "notes": "Metod & case.", "questions": "", "file": file, "idempotency_key": "d"}
    assert client.post(one, noted).url == one
    shown = client.get(one).text
    assert [each in shown for each in ("Metod &amp; case.", "bilder.pdf", "Sjukdom")] == [True] * 3
    second = presentations_of(world.tender)[1]
    cancel = reverse("evaluation:cancel_presentation", args=[second.pk])
    client.post(cancel, {"reason": "Avstår.", "idempotency_key": "e"})
    assert "Avstår." in client.get(page).text
    third = presentations_of(world.tender)[2]
    clock = reverse("evaluation:presentation_clock", args=[third.pk])
    assert client.get(clock).status_code == 302
    client.post(clock, {"idempotency_key": "f"})
    assert "Stoppa klockan" in client.get(reverse("evaluation:presentation", args=[third.pk])).text
    assert (
        client.post(reverse("evaluation:presentation_clock", args=[second.pk]), {"idempotency_key": "g"}).status_code
        == 403
    )


def test_when_the_prices_are_open_what_held_a_price_is_read_again():
    world = make_opened()
    first = draw(world)[0]
    hold(world, first, holds_price=True)
    evaluator = world.case.evaluators[0]
    found = Presentation.objects.get(pk=first.pk)
    assert not rules.may_read_notes(evaluator, found, world.procurement)
    from rodatraden.evaluation.actions import lock_quality  # noqa: PLC0415 -- only here
    from tests.factories.evaluation import check_all, judge_all  # noqa: PLC0415 -- only here

    check_all(world)
    judge_all(world)
    at = world.opened_at + 6 * DAY
    lock_quality(tender=world.fresh_tender(), by=world.case.officer, at=at)
    assert not rules.may_hold(world.case.officer, found, world.procurement)
    open_prices(world.case, world.fresh_tender(), at=at)
    assert rules.may_read_notes(evaluator, found, world.procurement)
