"""Rounds where nothing is bought: who starts, who takes part, and who reads the report, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.assessments.actions import (
    ToJudge,
    add_assessor,
    add_observer,
    freeze_feedback,
    go_on_without,
    lock_own,
    release_reports,
    start_own_round,
    write_feedback,
)
from rodatraden.assessments.models import FeedbackReport, IndividualScore, Round, Subject
from rodatraden.assessments.queries import (
    models_visible_to,
    observers_to_be,
    own_candidates,
    partners_asked,
    partners_of,
    read,
    released_to,
    tasks_elsewhere,
    visible_to,
)
from rodatraden.assessments.rules import has_part, may_follow, may_lock_own, may_read_report, may_see
from rodatraden.assessments.rules.reading import may_read_own
from rodatraden.core.answer import RefusedError
from rodatraden.core.instants import local_date
from rodatraden.parties.models import Membership
from rodatraden.records.models import LedgerBody, OutboxMail
from tests.factories.assessments import make_round
from tests.factories.contracts import make_contract
from tests.factories.models import make_library, next_version, small
from tests.factories.own import USE, start_own, up_to_consensus, up_to_reports
from tests.factories.parties import START, make_buyer, make_person, make_supplier
from tests.factories.procurements import make_case

pytestmark = pytest.mark.django_db
Role = Membership.Role
NOW = START + timedelta(days=1)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("rodatraden.config.clock.now", lambda: NOW)


@pytest.fixture
def partner():
    """Return a supplier that every organisation works together with."""
    supplier = make_supplier("Partnern AB")

    def answer(sender, organisations, at, **_):
        return {each.pk: {supplier.pk} for each in organisations}

    partners_asked.connect(answer, weak=False)
    yield supplier
    partners_asked.disconnect(answer)


def refusal(verb, **arguments):
    with pytest.raises(RefusedError) as raised:
        verb(**arguments)
    return str(raised.value.answer.reason)


def starting(library, **changed):
    """Return the arguments that start a round, with some of them changed."""
    person = make_person("Någon", organisation=library.owner)
    return {
        "organisation": library.owner,
        "model": library.model,
        "title": "Omgång",
        "leader": library.writer,
        "assessors": [person],
        "items": [ToJudge("Enheten", Subject.Kind.UNIT, person)],
        "use": USE,
        "by": library.writer,
        "at": START,
    } | changed


def test_a_round_is_started_with_everything_that_its_pages_read():
    own = start_own()
    assessed = own.round
    assert (assessed.organisation, assessed.case, assessed.use) == (own.library.owner, None, USE)
    assert [(item.label, item.subject.kind, item.subject.reader) for item in assessed.items.all()] == [
        ("Enhet 1", "unit", own.readers[0]),
        ("Enhet 2", "unit", own.readers[1]),
    ]
    assert sorted(mail.to for mail in OutboxMail.objects.all()) == sorted(person.email for person in own.assessors)
    assert [task.kind for task in tasks_elsewhere(own.assessors[0], START)] == ["assessments.score"]
    assert LedgerBody.objects.filter(event="round_started").exists()


def test_what_is_missing_or_wrong_is_refused_and_nothing_is_started():
    library = make_library()
    stranger = make_person("Främling", organisation=make_buyer("Annan"), role=Role.DIRECTOR)
    employee = make_person("Anställd", organisation=library.owner)
    one = ToJudge("Enheten", Subject.Kind.UNIT, employee)
    other = make_library(name="Tredje").model
    cases = [
        ({"by": stranger}, "Employees judge by the models. Ask an administrator of Forsa for another role."),
        ({"by": employee}, "Employees judge by the models. Ask an administrator of Forsa for another role."),
        ({"model": other}, "Choose a model that your organisation has."),
        ({"leader": stranger}, "Främling does not belong to Forsa."),
        ({"assessors": [stranger]}, "Främling does not belong to Forsa."),
        ({"items": [ToJudge("X", Subject.Kind.UNIT, stranger)]}, "Främling does not belong to Forsa."),
        ({"items": [one, ToJudge("enheten ", Subject.Kind.UNIT, employee)]}, "Two things have the same name. Name each of its own."),
        ({"items": []}, "A round needs at least one assessor and one thing to judge."),
        ({"items": [ToJudge(f"{n}", Subject.Kind.UNIT, employee) for n in range(41)]}, "A round judges at most 40 things."),
        ({"assessors": []}, "A round needs at least one assessor and one thing to judge."),
        ({"use": "  "}, "Say what the reports may be used for."),
        ({"due_on": local_date(START) - timedelta(days=1)}, "The day has passed. Choose today or a later one."),
        ({"parties": [make_supplier("Okänd")]}, "A party is an organisation that yours has a contract with."),
    ]  # fmt: skip
    for changed, reason in cases:
        assert refusal(start_own_round, **starting(library, **changed)) == reason
    assert not Round.objects.exists()


def test_a_partner_takes_part_with_its_own_people(partner):
    library = make_library()
    seller = make_person("Sara", organisation=partner, role=Role.BIDDER)
    assert partners_of([library.owner], START) == [partner]
    arguments = starting(library, assessors=[seller], items=[ToJudge("Samarbetet", Subject.Kind.PARTNERSHIP, seller)])
    assert refusal(start_own_round, **arguments) == "Sara does not belong to Forsa."
    assessed = start_own_round(**arguments, parties=[partner])
    assert [each.organisation for each in assessed.parties.all()] == [partner]
    assert list(visible_to(seller)) == [assessed]


def test_a_guest_who_judges_by_a_model_never_sees_what_its_later_versions_changed(client, partner):
    library = make_library()
    seller = make_person("Sara", organisation=partner, role=Role.BIDDER)
    judging = starting(library, assessors=[seller], items=[ToJudge("Samarbetet", Subject.Kind.PARTNERSHIP, seller)])
    start_own_round(**judging, parties=[partner])
    newest = next_version(library, word="hemligt")
    client.force_login(seller)
    assert client.get(reverse("assessments:model", args=[library.model.pk])).status_code == 200
    for model in (library.model, newest):
        answer = client.get(reverse("assessments:next_version", args=[model.pk]))
        assert (answer.status_code, "hemligt" in answer.text) == (404, False)


def test_partners_are_those_with_a_contract_that_both_have_signed():
    made, contract = make_contract()
    assert partners_of([contract.buyer], made.opened_at + timedelta(days=400)) == [contract.supplier]
    assert partners_of([contract.supplier], made.opened_at + timedelta(days=400)) == [contract.buyer]
    assert partners_of([make_buyer("Utan")], made.opened_at + timedelta(days=400)) == []
    contract.signatures.all().delete()
    assert partners_of([contract.buyer], made.opened_at + timedelta(days=400)) == []


def test_somebody_more_may_judge_when_they_belong_to_the_organisation():
    own = start_own()
    stranger, colleague = make_person("Främling"), make_person("Kollega", organisation=own.library.owner)
    assert refusal(add_assessor, assessed=own.round, person=stranger, by=own.leader, at=START) == (
        "Främling does not belong to Forsa."
    )
    offered = {each.person: bool(each.answer) for each in own_candidates(own.round, START)}
    assert stranger not in offered
    assert offered[colleague]
    assert not offered[own.assessors[0]]
    add_assessor(assessed=own.round, person=colleague, by=own.leader, at=START)
    member = next(m for m in own.round.panel.all() if m.person == own.assessors[0])
    late = {"member": member, "reason": "Sjuk", "by": own.leader, "at": START}
    assert refusal(go_on_without, successor=stranger, **late) == "Främling does not belong to Forsa."
    assert own_candidates(make_round().round, START) == []


def test_the_consensus_is_locked_by_the_leader_when_all_is_agreed_on():
    own = start_own()
    assert refusal(lock_own, assessed=own.round, by=own.leader, at=START) == (
        "Consensus begins when everybody has handed in their own scores."
    )
    up_to_consensus(own)
    assert own.round.consensus_locked_at == START
    assert refusal(lock_own, assessed=own.round, by=own.assessors[0], at=START) == (
        "Only the leader of the round can do this."
    )
    assert not may_lock_own(own.leader, own.round)


STATES = ("scored", "frozen", "released")
PEOPLE = ("leader", "assessor", "reader", "other reader", "writer", "colleague", "stranger")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", PEOPLE)
def test_who_reads_a_report_and_when(who, state, client):
    own = start_own()
    reports = up_to_reports(own) if state != "scored" else []
    if state == "released":
        release_reports(assessed=own.round, by=own.leader, at=START)
    person = {
        "leader": own.leader,
        "assessor": own.assessors[0],
        "reader": own.readers[0],
        "other reader": own.readers[1],
        "writer": own.library.writer,
        "colleague": make_person("Kollega", organisation=own.library.owner),
        "stranger": make_person("Främling"),
    }[who]
    in_panel = who in {"leader", "assessor"}
    assert bool(may_see(person, own.round)) is in_panel
    assert (own.round in visible_to(person)) is in_panel
    assert has_part(person, own.round) is in_panel
    client.force_login(person)
    for report in reports:
        own_report = (who == "reader" and report == reports[0]) or (who == "other reader" and report == reports[1])
        reads = in_panel or (own_report and state == "released")
        report.item.round = own.round
        assert bool(may_read_report(person, report, START)) is reads
        for name in ("report", "report_pdf"):
            answer = client.get(reverse(f"assessments:{name}", args=[report.pk]))
            assert answer.status_code == (200 if reads else 404)
    given = {"reader": reports[:1], "other reader": reports[1:]}.get(who, []) if state == "released" else []
    assert list(released_to(person)) == given
    page = client.get(reverse("assessments:rounds")).text
    assert ("Vår systematik" in page) is (in_panel or bool(given))
    for name in ("round", "consensus", "feedback", "lock", "release"):
        if not in_panel:
            assert client.get(reverse(f"assessments:{name}", args=[own.id])).status_code == 404


def test_reports_are_given_out_once_all_are_frozen_and_a_later_version_waits_for_its_own_release():
    own = start_own()
    up_to_consensus(own)
    release = {"assessed": own.round, "by": own.leader, "at": START}
    assert refusal(release_reports, **release) == "Freeze the reports first, so that what is read is never changed."
    first = freeze_feedback(assessed=own.round, by=own.leader, at=START)
    not_leader = release | {"by": own.assessors[0]}
    assert refusal(release_reports, **not_leader) == "Only the leader of the round can do this."
    OutboxMail.objects.all().delete()
    assert release_reports(**release) == first
    mails = {mail.to: mail.text for mail in OutboxMail.objects.all()}
    assert set(mails) == {person.email for person in own.readers}
    assert "Enhet" not in "".join(mails.values())
    assert refusal(release_reports, **release) == "The reports have been given out."
    item = own.round.items.all()[0]
    write_feedback(
        assessed=own.round, summaries={item: "Mer att säga."}, shows_points=True, use=USE, by=own.leader, at=START
    )
    [second] = freeze_feedback(assessed=own.round, why="Ett tillägg", by=own.leader, at=START)
    assert list(released_to(own.readers[0])) == first[:1]
    second.item.round = own.round
    assert not may_read_report(own.readers[0], second, START)
    assert release_reports(**release) == [second]
    assert list(released_to(own.readers[0])) == [second]


def test_the_reader_sees_no_version_that_is_not_given_out(client):
    own = start_own()
    first, _ = up_to_reports(own)
    release_reports(assessed=own.round, by=own.leader, at=START)
    item = own.round.items.all()[0]
    write_feedback(
        assessed=own.round, summaries={item: "Hemligt."}, shows_points=True, use=USE, by=own.leader, at=START
    )
    [second] = freeze_feedback(assessed=own.round, why="Ett tillägg", by=own.leader, at=START)
    url = reverse("assessments:report", args=[first.pk])
    client.force_login(own.readers[0])
    page = client.get(url).text
    assert str(second.pk) not in page
    assert "Hemligt" not in page
    client.force_login(own.leader)
    assert str(second.pk) in client.get(url).text


def test_in_a_procurement_locking_and_giving_out_are_not_done_here():
    case = make_case()
    assessed = make_round(case=case).round
    arguments = {"assessed": assessed, "by": case.officer, "at": START}
    assert refusal(lock_own, **arguments) == "In a procurement the quality is locked on the page of the outcome."
    assert refusal(release_reports, **arguments) == (
        "In a procurement the reports are read when the notifications have been sent."
    )
    assert own_candidates(assessed, START) == []


def test_a_percent_scale_a_weight_and_counting_up_are_told_in_the_report():
    content = small()
    weighted = content.areas[0].criteria[0]
    areas = (replace(content.areas[0], criteria=(replace(weighted, weight=Decimal(2)),)), content.areas[1])
    own = start_own(content=replace(content, areas=areas, renormalised_to=Decimal(1000)))
    reports = up_to_reports(own)
    feedback = read(reports[0])
    assert [(part.points, part.highest, part.percent) for part in feedback.parts] == [(60, 100, 60), (30, 50, 60)]
    assert feedback.counted_up_to == 1000
    assert (feedback.points, feedback.highest) == (600, 1000)
    assert Fraction(600) == feedback.points


def n_queries(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_list_asks_as_much_with_thirty_rounds_as_with_one(client):
    own = start_own()
    client.force_login(own.leader)
    one = n_queries(client, reverse("assessments:rounds"))
    for n in range(29):
        start_own_round(**starting(own.library, title=f"Omgång {n}", leader=own.leader))
    assert n_queries(client, reverse("assessments:rounds")) == one


def leave(person):
    """End all that a person is, as of the day before."""
    person.memberships.update(until_on=local_date(START))


def test_who_has_left_sees_nothing_more_and_what_they_handed_in_still_counts():
    own = start_own()
    up_to_consensus(own)
    gone = own.assessors[0]
    leave(gone)
    gone = type(gone).objects.get(pk=gone.pk)
    assert list(visible_to(gone)) == []
    assert list(models_visible_to(gone, NOW)) == []
    assessed = own.round
    assert "You no longer belong" in str(may_see(gone, assessed).reason)
    assert may_see(own.assessors[1], assessed)
    assert IndividualScore.objects.filter(assessor__person=gone, item__round=assessed).exists()


def test_a_report_is_not_given_to_who_has_left_and_not_read_by_them():
    own = start_own()
    reports = up_to_reports(own)
    leave(own.readers[1])
    asked = {"assessed": own.round, "by": own.leader, "at": NOW}
    assert own.readers[1].name in refusal(release_reports, **asked)
    own.readers[1].memberships.update(until_on=None)
    release_reports(**asked)
    assert released_to(own.readers[1]).count() == 1
    leave(own.readers[1])
    gone = type(own.readers[1]).objects.get(pk=own.readers[1].pk)
    report = FeedbackReport.objects.get(pk=reports[1].pk)
    assert list(released_to(gone)) == []
    assert not may_read_own(gone, report)


def test_somebody_of_the_organisation_may_follow_and_nobody_else_is_offered(client, partner):
    own = start_own(parties=[partner])
    employee = make_person("Elin", organisation=own.library.owner)
    make_person("Sara", organisation=partner, role=Role.BIDDER)
    stranger = make_person("Frank", organisation=make_buyer("Annan"))
    client.force_login(own.leader)
    page = reverse("assessments:add_observer", args=[own.id])
    assert page in client.get(reverse("assessments:round", args=[own.id])).text
    offered = {each.person.name for each in observers_to_be(own.round, START)}
    assert offered == {"Elin", "Chef 1", "Chef 2", own.library.writer.name}
    shown = client.get(page).text
    assert "Elin" in shown
    assert "Sara" not in shown
    assert client.post(page, {"person": str(employee.pk), "idempotency_key": "a"}).status_code == 302
    assert (bool(may_follow(employee, own.round)), bool(may_see(employee, own.round))) == (True, False)
    assert client.post(page, {"person": str(stranger.pk), "idempotency_key": "b"}).status_code == 422
    reason = refusal(add_observer, assessed=own.round, person=stranger, by=own.leader, at=START)
    assert reason == "Frank does not belong to Forsa, Partnern AB."


def test_who_follows_is_told_when_there_is_nobody_left_to_offer(client):
    own = start_own()
    for candidate in observers_to_be(own.round, START):
        add_observer(assessed=own.round, person=candidate.person, by=own.leader, at=START)
    client.force_login(own.leader)
    shown = client.get(reverse("assessments:add_observer", args=[own.id])).text
    assert "Alla i organisationen har redan en uppgift i bedömningen." in shown
