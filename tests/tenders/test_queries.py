from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rodatraden.core.evaluation import LowestPrice, PercentageAddition
from rodatraden.core.thread import KnotState, Phase, Station, join
from rodatraden.needs.queries import thread_pieces as needs_pieces
from rodatraden.procurements.actions import cancel_procurement
from rodatraden.procurements.models import Procurement, StageFact
from rodatraden.procurements.queries import visible_to as cases_of
from rodatraden.procurements.rules import may_work
from rodatraden.tenders.actions import (
    add_document,
    add_requirement,
    ask_question,
    record_award_notice_due,
    strike_requirement,
)
from rodatraden.tenders.models import Requirement, TenderDocument
from rodatraden.tenders.queries import (
    Shown,
    announced,
    content_of,
    copyable,
    needs_answered_only_by,
    notice_fields,
    open_tasks,
    overview,
    point_worth,
    publication_findings,
    published,
    readable_files,
    requirements,
    tender_of,
    tenders_of,
    thread_pieces,
    trade_off,
    trade_table,
    visible_to,
    worked_example,
)
from rodatraden.tenders.rules.model import model_json, model_of
from tests.factories.bids import pdf
from tests.factories.needs import make_need
from tests.factories.parties import START, make_person
from tests.factories.procurements import make_case
from tests.factories.tenders import (
    ANNOUNCED_AT,
    DEADLINE,
    PUBLISHED_AT,
    announce,
    awarded,
    make_drafted,
    make_published,
    make_published_tender,
    make_tender,
)

pytestmark = pytest.mark.django_db
LATER = ANNOUNCED_AT + timedelta(days=1)


def many_requirements(case, tender, n=30):
    need = case.procurement.needs.first()
    for number in range(n):
        add_requirement(
            tender=tender,
            title=f"Krav {number}",
            kind=Requirement.Kind.CRITERION,
            needs=[need],
            max_points=Decimal(1),
            steps=[(Decimal(0), "a"), (Decimal(1), "b")],
            by=case.officer,
            at=START,
        )


READS = {
    "findings": lambda tender: publication_findings(tender, PUBLISHED_AT),
    "overview": lambda tender: [line.told for line in overview(tender, PUBLISHED_AT).lines],
    "thread": lambda tender: thread_pieces(tender.procurement),
    "content": content_of,
}


def test_reading_many_requirements_takes_no_more_queries_than_few():
    case, tender = make_drafted()

    def n_queries():
        found = {}
        for name, read in READS.items():
            fresh = visible_to(case.officer).get(pk=tender.pk)
            with CaptureQueriesContext(connection) as queries:
                read(fresh)
            found[name] = len(queries)
        return found

    few = n_queries()
    many_requirements(case, tender)
    assert n_queries() == few


def test_my_tasks_take_no_more_queries_for_many_procurements_than_for_one():
    first = make_case()
    make_published_tender(first)
    with CaptureQueriesContext(connection) as few:
        open_tasks(first.officer, LATER, cases_of(first.officer))
    others = [make_case(buyer=first.buyer) for _ in range(3)]
    for case in others:
        make_published_tender(case)
        case.procurement.team.filter(person=case.officer).update(person=first.officer)
        case.procurement.conflict_declarations.filter(person=case.officer).update(person=first.officer)
    with CaptureQueriesContext(connection) as many:
        open_tasks(first.officer, LATER, cases_of(first.officer))
    assert len(many) == len(few)


def test_the_documents_of_cases_are_read_once_and_kept_with_them(django_assert_num_queries):
    first, second, without = make_case(), make_case(), make_case()
    tenders = [make_tender(first), make_tender(second)]
    cases = list(Procurement.objects.filter(pk__in=[c.procurement.pk for c in (first, second, without)]))
    with django_assert_num_queries(1):
        assert set(tenders_of(cases)) == set(tenders)
        assert set(tenders_of(cases)) == set(tenders)
        assert {tender_of(case) for case in cases} == {*tenders, None}
        assert {tender.procurement.title for tender in tenders_of(cases)} == {first.procurement.title}


def test_the_thread_is_whole_when_nothing_is_missing():
    case = make_case()
    make_tender(case)
    thread = _thread(case)
    assert (thread.n_whole, thread.n_requirements, thread.breaks, thread.orphans) == (4, 4, (), ())


def test_the_thread_breaks_where_a_requirement_lacks_something():
    case, tender = make_drafted()
    orphan = make_need(case, "Utan krav")
    no_evidence = add_requirement(
        tender=tender, title="Utan bevis", kind="must", needs=[orphan], level="1", by=case.officer, at=START
    )
    loose = add_requirement(tender=tender, title="Utan behov", kind="term", by=case.officer, at=START)
    thread = _thread(case)
    breaks = {row.node.id: row.breaks[0].station for row in thread.requirements if row.breaks}
    assert breaks == {no_evidence.pk: Station.PROMISE, loose.pk: Station.NEED}
    assert [node.label for node in thread.orphans] == ["K6"]


def test_a_struck_requirement_is_seen_and_counts_for_nothing():
    case, tender = make_drafted()
    strike_requirement(requirement=requirements(tender)[3], reason="Dubbelt", by=case.officer, at=START)
    thread = _thread(case)
    struck = next(row for row in thread.requirements if row.is_struck)
    assert (thread.n_requirements, struck.node.label, "Dubbelt" in str(struck.node.note)) == (3, "K4", True)


def _thread(case):
    nodes, links = thread_pieces(case.procurement)
    needs, _ = needs_pieces(case.procurement)
    return join([*needs, *nodes], links, stage=Phase.DOCUMENTS)


def test_a_procurement_without_documents_has_no_requirements_in_its_thread():
    assert thread_pieces(make_case().procurement) == ([], [])


def test_the_overview_counts_what_each_choice_shows():
    case, tender = make_drafted()
    add_requirement(tender=tender, title="Oklart", by=case.officer, at=START)
    strike_requirement(requirement=requirements(tender)[0], reason="Dubbelt", by=case.officer, at=START)
    found = overview(tender, START)
    assert dict(found.counts) == {
        Shown.ALL: 5,
        Shown.MUST: 0,
        Shown.CRITERION: 2,
        Shown.TERM: 1,
        Shown.LACKING: 1,
        Shown.STRUCK: 1,
    }
    assert [line.requirement.label for line in found.lacking] == ["K5"]
    assert found.lines[4].lacks >= {"kind", "needs", "follow_up_by"}
    assert found.station_state(Station.CHECK) in {"broken", "coming"}
    assert {knot.state for knot in found.thread.requirements[4].knots} >= {KnotState.BROKEN}


def test_striking_the_only_answer_to_a_need_is_told_beforehand():
    case, tender = make_drafted()
    alone = make_need(case, "Ensam")
    row = add_requirement(tender=tender, title="Enda", needs=[alone], by=case.officer, at=START)
    first = requirements(tender)[0]
    assert (needs_answered_only_by(row), needs_answered_only_by(first)) == ([alone], [])


def test_documents_are_seen_by_those_who_may_work_with_them():
    case, tender = make_drafted()
    outsider = make_person("Outsider", organisation=case.buyer)
    for person in (*case.everybody, outsider):
        assert (tender in visible_to(person)) is bool(may_work(person, case.procurement))


def test_published_is_for_everybody_and_announced_only_once_confirmed():
    case, tender = make_published(is_announced=False)
    make_tender(make_case())
    assert (list(published()), list(announced())) == ([tender], [])
    announce(case, tender)
    assert list(announced()) == [tender]
    StageFact.objects.create(procurement=case.procurement, kind=StageFact.Kind.CANCELLED, at=LATER)
    assert (list(published()), list(announced())) == ([], [])


def test_copies_are_offered_of_ones_own_and_of_what_everybody_may_read():
    mine, open_case, closed_case = make_case(), make_case(), make_case()
    own, public = make_tender(mine), make_published_tender(open_case)
    make_tender(closed_case)
    assert copyable(mine.officer) == [own, public]
    assert copyable(mine.officer, public.procurement.title[:12].lower()) == [own, public]  # both have that title
    assert copyable(mine.officer, "finns inte") == []


def test_no_more_copies_are_offered_than_can_be_looked_through(monkeypatch):
    monkeypatch.setattr("rodatraden.tenders.queries.reads.MOST_COPYABLE", 2)
    mine = make_case()
    own = make_tender(mine)
    others = [make_published_tender(make_case()) for _ in range(3)]
    first, second = copyable(mine.officer)
    assert (first, second in others) == (own, True)


def test_inv_29_files_are_read_by_everybody_once_they_are_published():
    case, tender = make_drafted()
    document = add_document(tender=tender, title="Bilaga", data=pdf(), name="a.pdf", by=case.officer, at=START)
    outsider = make_person("Outsider", organisation=case.buyer)
    assert [document in readable_files(person) for person in (None, outsider, case.officer)] == [False, False, True]
    StageFact.objects.create(procurement=case.procurement, kind=StageFact.Kind.PUBLISHED, at=LATER)
    assert document in readable_files(None)
    TenderDocument.objects.filter(pk=document.pk).update(removed_at=LATER)
    assert document not in readable_files(None)


def kinds(case, at) -> list[str]:
    return [task.kind for task in open_tasks(case.officer, at, cases_of(case.officer))]


def test_the_officers_tasks_follow_the_documents():
    case = make_case()
    assert kinds(case, START) == ["tenders.start"]
    tender = make_published_tender(case, is_announced=False)
    assert kinds(case, LATER) == ["tenders.confirm_notice"]
    announce(case, tender)
    assert kinds(case, LATER) == []
    ask_question(tender=tender, text="Fråga?", by=None, at=LATER)
    (task,) = open_tasks(case.officer, LATER, cases_of(case.officer))
    assert (task.kind, task.due) == ("tenders.answer", DEADLINE - timedelta(days=6, hours=13))
    assert kinds(case, DEADLINE) == []
    record_award_notice_due(tender=tender, awarded=awarded(signed_on=DEADLINE.date()), by=case.officer, at=DEADLINE)
    assert kinds(case, DEADLINE) == ["tenders.award_notice"]


def test_documents_in_work_wait_on_the_officer_alone():
    case = make_case()
    make_tender(case)
    assert kinds(case, START) == ["tenders.complete"]
    for person in case.everybody:
        if person != case.officer:
            assert open_tasks(person, START, cases_of(person)) == []
    cancel_procurement(procurement=case.procurement, reason="Behövs inte", by=case.officer, at=LATER)
    assert kinds(case, LATER) == []


def test_the_worked_example_counts_made_up_bids_step_by_step():
    case = make_case()
    model = model_of(make_tender(case))
    key = [criterion.key for criterion in model.criteria]
    bids = [{"name": "A", "price": Decimal(1050), key[0]: Decimal(9), key[1]: Decimal(7)}]
    (result,) = worked_example(model, bids).outcome.results
    assert (result.evaluation_price, result.points) == (Decimal(1450), Decimal(16))
    broken = worked_example(model, [bids[0] | {key[0]: Decimal(11)}])
    assert (broken.outcome, "outside the scale" in str(broken.problem)) == (None, True)
    assert [result.name for result in worked_example(model, None).outcome.results] == ["A", "B", "C"]


def test_what_quality_is_worth_is_told_before_anybody_bids():
    _case, tender = make_drafted()
    model = model_of(tender)
    rows = trade_table(model)
    assert trade_off(model) == Decimal(800)
    assert [(row.points, row.cheaper, row.is_below_gate) for row in (rows[0], rows[8], rows[9])] == [
        (Decimal(20), Decimal(0), False),
        (Decimal(12), Decimal(800), False),
        (Decimal(11), Decimal(900), True),
    ]
    worth = {row.price: (row.hours, row.point) for row in point_worth(model, tender.ceiling)}
    assert worth[Decimal(1000)] == (Decimal(3000), Decimal(300_000))
    assert point_worth(model, None) == []


def test_what_quality_is_worth_under_a_percentage_is_told_in_per_cent_and_kronor():
    _case, tender = make_drafted()
    model = replace(model_of(tender), combination=PercentageAddition(Decimal(10), Decimal(20)))
    rows = trade_table(model)
    assert trade_off(model) == Decimal("44.45")
    assert [(row.points, row.cheaper) for row in (rows[0], rows[8])] == [
        (Decimal(20), Decimal(0)),
        (Decimal(12), Decimal("44.45")),
    ]
    assert {row.point for row in point_worth(model, tender.ceiling)} == {Decimal(300_000)}


def test_under_the_lowest_price_quality_has_no_worth_and_the_checklist_asks_whether_it_is_meant():
    _case, tender = make_drafted()
    said = {}
    for weighing in (LowestPrice(), PercentageAddition(Decimal(10), Decimal(20))):
        model = replace(model_of(tender), combination=weighing)
        tender.evaluation_model = model_json(model)
        (found,) = [each for each in publication_findings(tender, PUBLISHED_AT) if each.code == "trade_off"]
        said[weighing.method] = (len(trade_table(model)), len(point_worth(model, tender.ceiling)), str(found.sentence))
    assert said["lowest_price"] == (
        0,
        0,
        "Of two bids with at least 12 points the cheaper wins, whatever their points. Is that what you want?",
    )
    assert "more than 44.45 % cheaper" in said["percentage_addition"][2]


def test_every_field_of_a_notice_has_text():
    _case, tender = make_published()
    notice = tender.notices.get()
    fields = notice_fields(notice)
    assert [field.term for field in fields if not field.text.strip() or not field.label] == []
    assert {"BT-500", "BT-21", "BT-262", "BT-105", "BT-27", "BT-271", "BT-131", "BT-13", "BT-540", "BT-70"} <= {
        field.term for field in fields
    }
