"""Feedback reports: written when everything is agreed on, frozen in versions, read by those they are for and nobody else."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rodatraden.assessments.actions import freeze_feedback, lock_consensus, record_consensus, write_feedback
from rodatraden.assessments.models import FeedbackReport
from rodatraden.assessments.queries import cells_of, feedback_of, latest_reports, read
from rodatraden.assessments.rules import assessors_of
from rodatraden.core.answer import RefusedError
from rodatraden.records.models import LedgerBody
from tests.factories.assessments import all_hand_in, make_round
from tests.factories.parties import START, make_person
from tests.pdf import flowing

pytestmark = pytest.mark.django_db

USE = "Inget annat än uppföljning."


def agreed_round(**kwargs):
    panel = make_round(**kwargs)
    all_hand_in(panel)
    for item, criterion in cells_of(panel.round):
        record_consensus(
            item=item,
            criterion=criterion,
            points=Decimal(8),
            reason="Visar hur & var.",
            strengths="Tydliga steg\nEn ägare",
            improvements="Mät tilltro",
            present=assessors_of(panel.round),
            by=panel.leader,
            at=START,
        )
    return panel


def locked_round(**kwargs):
    panel = agreed_round(**kwargs)
    lock_consensus(assessed=panel.round, by=panel.leader, at=START)
    return panel


def write(panel, summary="Lätt att följa.", *, shows_points=True, use=USE):
    summaries = dict.fromkeys(panel.round.items.all(), summary)
    return write_feedback(
        assessed=panel.round, summaries=summaries, shows_points=shows_points, use=use, by=panel.leader, at=START
    )


def freeze(panel, why=""):
    return freeze_feedback(assessed=panel.round, why=why, by=panel.leader, at=START)


def test_a_report_holds_the_panels_words_before_its_points():
    panel = locked_round()
    write(panel)
    report = freeze(panel)[0]
    told = read(report)
    part = told.parts[0]
    assert (report.version, told.subject, told.summary, told.use) == (0, "Anbud 1", "Lätt att följa.", USE)
    assert (part.strengths, part.improvements, part.reason) == (
        ("Tydliga steg", "En ägare"),
        ("Mät tilltro",),
        "Visar hur & var.",
    )
    assert (part.points, part.text, told.points, told.highest) == (8, "Visar hur", 16, 20)


def test_where_points_are_hidden_there_are_none_in_the_report_at_all():
    panel = locked_round()
    write(panel, shows_points=False)
    told = read(freeze(panel)[0])
    assert {(part.points, part.highest, part.text) for part in told.parts} == {(None, None, "")}
    assert told.points is None


def test_what_is_frozen_stays_and_a_change_is_another_version_with_its_reason():
    panel = locked_round()
    write(panel)
    first, other = freeze(panel)
    item = first.item
    write_feedback(
        assessed=panel.round, summaries={item: "Rättat."}, shows_points=True, use=USE, by=panel.leader, at=START
    )
    with pytest.raises(RefusedError) as refused:
        freeze(panel)
    assert "why there is another version" in str(refused.value)
    (again,) = freeze(panel, why="Ett namn var fel.")
    assert (again.item, again.version, again.why) == (item, 1, "Ett namn var fel.")
    assert FeedbackReport.objects.get(pk=first.pk).canonical == first.canonical
    assert read(first).summary == "Lätt att följa."
    assert set(latest_reports()) == {again, other}
    with pytest.raises(RefusedError) as refused:
        freeze(panel, why="En gång till.")
    assert "Nothing has changed" in str(refused.value)


def test_one_event_tells_that_they_were_frozen_and_not_how_many_or_of_whom():
    panel = locked_round()
    write(panel)
    frozen = freeze(panel)
    body = LedgerBody.objects.get(event="feedback_frozen")
    assert list(json.loads(body.what)) == ["reports_sha256"]
    assert body.object_id == panel.id
    assert not [each for report in frozen for each in (str(report.item_id), report.sha256) if each in body.what]


@pytest.mark.parametrize(
    ("summary", "use", "says"),
    [("Som Anbud 2.", USE, "names Anbud 2, in the summary"), ("Bra.", "  ", "what the reports may be used for")],
)
def test_a_report_that_names_another_or_has_no_use_is_not_frozen(summary, use, says):
    panel = locked_round()
    write(panel, summary, use=use)
    with pytest.raises(RefusedError) as refused:
        freeze(panel)
    assert says in str(refused.value)
    assert not FeedbackReport.objects.exists()


def test_only_the_leader_writes_and_only_when_the_consensus_is_locked():
    for do in (write, freeze):
        _only_the_leader_and_only_then(do)


def _only_the_leader_and_only_then(do):
    open_round, locked = agreed_round(), locked_round()
    with pytest.raises(RefusedError):
        do(open_round)
    locked.leader, leader = locked.assessors[0], locked.leader
    with pytest.raises(RefusedError):
        do(locked)
    locked.leader = leader
    write(locked)
    do(locked)


def test_pages_are_for_the_panel_and_a_report_for_nobody_else_where_nothing_is_bought(client):
    panel = locked_round()
    write(panel)
    report = freeze(panel)[0]
    pages = [
        reverse("assessments:feedback", args=[panel.id]),
        reverse("assessments:preview", args=[panel.id, report.item_id]),
        reverse("assessments:report", args=[report.pk]),
        reverse("assessments:report_pdf", args=[report.pk]),
    ]
    seen = {}
    for name, person in (("leader", panel.leader), ("assessor", panel.assessors[0]), ("outsider", make_person())):
        client.force_login(person)
        seen[name] = [client.get(page).status_code for page in pages]
    assert seen == {"leader": [200] * 4, "assessor": [200] * 4, "outsider": [404] * 4}


def test_the_leader_writes_reads_and_freezes_in_the_browser_and_nothing_typed_is_lost(client):
    panel = locked_round()
    client.force_login(panel.leader)
    page = reverse("assessments:feedback", args=[panel.id])
    sent = {"summary_1": "Som Anbud 2.", "summary_2": "Bra & bättre.", "use": USE, "shows_points": "yes", "freeze": "1"}
    answer = client.post(page, sent)
    assert answer.url == reverse("assessments:freeze_feedback", args=[panel.id])
    refused = client.post(answer.url, {"idempotency_key": "k"})
    assert refused.status_code == 422
    assert "Rapporten till Anbud 1 nämner Anbud 2, i sammanfattningen." in refused.text
    assert "Som Anbud 2." in client.get(page).text
    client.post(page, sent | {"summary_1": "Lätt att följa."})
    assert client.post(answer.url, {"idempotency_key": "m"}).url == page
    report = FeedbackReport.objects.get(item__number=2)
    shown = client.get(reverse("assessments:report", args=[report.pk])).text
    assert "Bra &amp; bättre." in shown
    assert report.sha256 in shown
    pdf = client.get(reverse("assessments:report_pdf", args=[report.pk]))
    assert pdf["Content-Type"] == "application/pdf"
    told = flowing(pdf.content)
    assert all(each in told for each in ("Bra & bättre.", "Tydliga steg", "Mät tilltro", "16", report.sha256[:20]))
    assert pdf.content == client.get(reverse("assessments:report_pdf", args=[report.pk])).content


class TestTwoWindows:
    """Each window carries the marks of what it began from; what one has saved the other never writes over unseen."""

    @pytest.fixture
    def panel(self, client):
        panel = locked_round()
        write(panel, "Först.")
        client.force_login(panel.leader)
        return panel

    def window(self, client, panel):
        """Return what a window that is opened now sends back untouched."""
        page = client.get(reverse("assessments:feedback", args=[panel.id]))
        form = page.context["form"]
        return {field.html_name: field.value() for field in form}

    def save(self, client, panel, sent):
        return client.post(reverse("assessments:feedback", args=[panel.id]), sent)

    def texts(self, panel):
        return [item.summary for item in panel.round.items.order_by("number")]

    def test_what_only_one_has_touched_is_saved_from_both(self, client, panel):
        first, second = self.window(client, panel), self.window(client, panel)
        assert self.save(client, panel, first | {"summary_1": "Ett.\r\nTvå."}).status_code == 302
        assert self.save(client, panel, second | {"summary_2": "Tre."}).status_code == 302
        assert self.texts(panel) == ["Ett.\nTvå.", "Tre."]
        assert panel.round.use == USE

    def test_what_the_form_proposes_is_nothing_that_a_window_has_written(self, client):
        panel = locked_round()
        client.force_login(panel.leader)
        first, second = self.window(client, panel), self.window(client, panel)
        assert self.save(client, panel, first | {"use": "Bara för oss."}).status_code == 302
        assert self.save(client, panel, second | {"summary_1": "Ett."}).status_code == 302
        panel.round.refresh_from_db()
        assert (panel.round.use, self.texts(panel)[0]) == ("Bara för oss.", "Ett.")

    def test_what_the_form_proposes_is_saved_when_nobody_changes_it(self, client):
        panel = locked_round()
        client.force_login(panel.leader)
        untouched = self.window(client, panel)
        assert self.save(client, panel, untouched).status_code == 302
        panel.round.refresh_from_db()
        assert panel.round.use == untouched["use"]

    def test_what_both_have_touched_is_saved_from_neither_unseen_and_both_texts_stand_there(self, client, panel):
        first, second = self.window(client, panel), self.window(client, panel)
        self.save(
            client, panel, first | {"summary_1": "Mitt <b>första</b>.", "use": "Annat bruk.", "shows_points": "no"}
        )
        typed = second | {"summary_1": "Mitt andra.", "summary_2": "Om tvåan.", "use": "Tredje bruket."}
        answer = self.save(client, panel, typed)
        assert answer.status_code == 422
        for text in (
            "Mitt &lt;b&gt;första&lt;/b&gt;.",
            "Annat bruk.",
            "Bara ord, inga poäng",
            "Mitt andra.",
            "Om tvåan.",
            "Tredje bruket.",
        ):
            assert text in answer.text
        assert self.texts(panel) == ["Mitt <b>första</b>.", "Först."]
        again = {field.html_name: field.value() for field in answer.context["form"]}
        assert self.save(client, panel, again).status_code == 302
        assert self.texts(panel) == ["Mitt andra.", "Om tvåan."]
        assert (panel.round.use, panel.round.shows_points) == ("Tredje bruket.", True)

    def test_the_same_words_from_both_are_no_conflict(self, client, panel):
        first, second = self.window(client, panel), self.window(client, panel)
        for sent in (first, second):
            assert self.save(client, panel, sent | {"summary_1": "Lika."}).status_code == 302
        assert self.texts(panel) == ["Lika.", "Först."]


def test_reports_take_as_many_queries_for_30_items_as_for_1():
    counts = set()
    for n_items in (1, 30):
        assessed = locked_round(n_items=n_items).round
        with CaptureQueriesContext(connection) as asked:
            assert len(feedback_of(assessed)) == n_items
        counts.add(len(asked))
    assert len(counts) == 1
