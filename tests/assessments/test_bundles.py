"""All feedback reports as PDF: asked for once, set by a worker that tells how far it is, stopped, fetched by the panel alone."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from itertools import count

import pytest
from django.urls import reverse

from rodatraden.assessments.actions import ask_for_bundle, cancel_bundle, finish_bundle, freeze_feedback
from rodatraden.assessments.models import FeedbackReport, ReportBundle
from rodatraden.assessments.rules import may_cancel_bundle
from rodatraden.assessments.tasks import bundle_next
from rodatraden.core.answer import RefusedError
from rodatraden.records.actions import report_progress, take_work
from rodatraden.records.models import LedgerBody
from rodatraden.records.queries import forgotten_work, read_bytes
from rodatraden.records.rules import LEASE
from tests.assessments.test_reporting import freeze, locked_round, write
from tests.factories.parties import START, make_person
from tests.pdf import flowing

pytestmark = pytest.mark.django_db
Ending = ReportBundle.Ending
SOON = START + timedelta(minutes=1)


def clock(step: timedelta = timedelta(seconds=2)):
    """Return a clock that goes on by `step` each time it is read."""
    ticks = count()
    return lambda: SOON + step * next(ticks)


def never() -> bool:
    return False


def frozen_round(**kwargs):
    panel = locked_round(**kwargs)
    write(panel)
    freeze(panel)
    return panel


def ask(panel, by=None, at=SOON):
    return ask_for_bundle(assessed=panel.round, by=by or panel.leader, at=at)


def work(now=None, is_ending=never):
    return bundle_next(now=now or clock(), is_ending=is_ending)


def events() -> list[str]:
    named = LedgerBody.objects.filter(event__startswith="report_bundle").order_by("index")
    return [body.event.removeprefix("report_bundle_") for body in named]


def names_in(bundle) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(read_bytes(bundle.file))) as packed:
        return packed.namelist()


class TestWork:
    def test_each_report_that_counts_is_set_and_listed(self):
        panel = frozen_round()
        asked = ask(panel, panel.assessors[0])
        assert [work() for _ in range(2)] == [True, False]
        found = ReportBundle.objects.get()
        assert (found.pk, found.ending, found.done, found.reports) == (asked.pk, Ending.FINISHED, 2, 2)
        assert names_in(found) == ["001 Anbud 1 v0.pdf", "002 Anbud 2 v0.pdf", "rapporter.csv"]
        with zipfile.ZipFile(io.BytesIO(read_bytes(found.file))) as packed:
            assert "Visar hur & var." in flowing(packed.read("001 Anbud 1 v0.pdf"))
            listed = packed.read("rapporter.csv").decode("utf-8-sig").splitlines()
        hashes = FeedbackReport.objects.order_by("item__number").values_list("sha256", flat=True)
        assert [line.split(";")[-1] for line in listed[1:]] == list(hashes)
        assert events() == ["asked", "finished"]

    def test_the_same_reports_give_the_same_bytes(self):
        panel = frozen_round()
        ask(panel)
        work()
        first = ReportBundle.objects.get()
        data = read_bytes(first.file)
        ReportBundle.objects.filter(pk=first.pk).update(asked_at=START - timedelta(days=1))
        ask(panel, at=SOON + timedelta(days=1))
        work()
        assert read_bytes(ReportBundle.objects.order_by("asked_at").last().file) == data

    def test_only_the_version_that_counted_when_it_was_asked_for_is_in_it(self):
        panel = frozen_round()
        write(panel, "Nya ord.")
        freeze_feedback(assessed=panel.round, why="Fel ord.", by=panel.leader, at=SOON)
        ask(panel, at=SOON)
        write(panel, "Ännu nyare ord.")
        freeze_feedback(assessed=panel.round, why="Fel igen.", by=panel.leader, at=SOON + timedelta(seconds=1))
        work()
        assert names_in(ReportBundle.objects.get())[:2] == ["001 Anbud 1 v1.pdf", "002 Anbud 2 v1.pdf"]

    def test_it_tells_how_far_it_is_and_hears_that_somebody_has_stopped_it(self):
        panel = frozen_round(n_items=3)
        bundle, ticks = ask(panel), count()

        def ending() -> bool:
            if next(ticks) == 1:
                assert ReportBundle.objects.get().done == 1
                cancel_bundle(bundle=bundle, by=panel.leader, at=SOON)
            return False

        assert work(is_ending=ending)
        found = ReportBundle.objects.get()
        assert (found.ending, found.file, found.cancelled_by) == (Ending.CANCELLED, None, panel.leader)
        assert events() == ["asked", "cancelled"]

    def test_what_was_stopped_is_not_kept(self):
        panel = frozen_round()
        bundle = ask(panel)
        cancel_bundle(bundle=bundle, by=panel.leader, at=SOON)
        assert not finish_bundle(bundle=bundle, chunks=[b"PK"], by=None, at=SOON)
        assert ReportBundle.objects.get().file is None

    def test_a_worker_told_to_end_breaks_off_and_it_can_be_asked_for_anew(self):
        panel = frozen_round()
        ask(panel)
        assert work(is_ending=lambda: True)
        assert (ReportBundle.objects.get().ending, events()) == (Ending.LOST, ["asked", "broken_off"])
        ask(panel, at=SOON + timedelta(minutes=1))
        work()
        assert ReportBundle.objects.filter(ending=Ending.FINISHED).count() == 1

    def test_a_fault_is_told_and_leaves_the_worker_standing(self, caplog):
        panel = frozen_round()
        ask(panel)
        FeedbackReport.objects.update(sha256="0" * 64)  # does not agree with its hash any more
        assert work()
        assert (ReportBundle.objects.get().ending, "failed" in caplog.text) == (Ending.FAILED, True)

    def test_one_that_its_worker_left_is_ended_when_another_is_asked_for(self):
        panel = frozen_round()
        ask(panel)
        take_work(kind=ReportBundle, by=None, at=SOON)
        late = SOON + LEASE + timedelta(seconds=1)
        assert forgotten_work(ReportBundle, late).count() == 1
        ask(panel, at=late)
        assert list(ReportBundle.objects.order_by("asked_at").values_list("ending", flat=True)) == [Ending.LOST, ""]


class TestAsking:
    def test_nothing_before_a_report_is_frozen(self):
        with pytest.raises(RefusedError):
            ask(locked_round())

    def test_one_at_a_time_and_not_again_while_nothing_is_new(self):
        panel = frozen_round()
        ask(panel)
        with pytest.raises(RefusedError):
            ask(panel, panel.assessors[0])
        work()
        with pytest.raises(RefusedError):
            ask(panel, at=SOON + timedelta(hours=1))
        write(panel, "Nytt.")
        freeze_feedback(assessed=panel.round, why="Fel.", by=panel.leader, at=SOON + timedelta(hours=2))
        ask(panel, at=SOON + timedelta(hours=3))
        assert ReportBundle.objects.count() == 2

    def test_who_asked_and_the_leader_stop_it_nobody_else(self):
        panel = frozen_round()
        bundle = ask(panel, panel.assessors[0])
        bundle.round = panel.round
        people = {"leader": panel.leader, "asked": panel.assessors[0], "other": panel.assessors[1], "no": make_person()}
        may = {name: bool(may_cancel_bundle(person, bundle)) for name, person in people.items()}
        assert may == {"leader": True, "asked": True, "other": False, "no": False}
        with pytest.raises(RefusedError):
            cancel_bundle(bundle=bundle, by=panel.assessors[1], at=SOON)


class TestPages:
    @pytest.fixture
    def panel(self):
        return frozen_round()

    def address(self, panel, name="bundle"):
        return reverse(f"assessments:{name}", args=[panel.id, ReportBundle.objects.get().pk])

    def test_asked_for_followed_and_fetched(self, client, panel):
        client.force_login(panel.assessors[0])
        feedback = reverse("assessments:feedback", args=[panel.id])
        ask_page = reverse("assessments:bundle_ask", args=[panel.id])
        assert ask_page in client.get(feedback).content.decode()
        answer = client.post(ask_page, {"idempotency_key": "x"})
        again = client.post(ask_page, {"idempotency_key": "x"})
        assert (answer.url, again.url) == (self.address(panel), self.address(panel))
        assert self.address(panel) in client.get(feedback).content.decode()
        waiting = client.get(answer.url).content.decode()
        assert "Det väntar på sin tur" in waiting
        assert "v0.pdf" not in waiting
        taken = take_work(kind=ReportBundle, by=None, at=ReportBundle.objects.get().asked_at)
        report_progress(work=taken, done=1, by=None, at=taken.asked_at)
        assert "1 av 2 rapporter" in client.get(answer.url).content.decode()
        assert client.get(self.address(panel, "bundle_fetch")).status_code == 404
        ReportBundle.objects.update(taken_at=None, beat_at=None)
        work()
        refreshed = client.get(answer.url, headers={"HX-Request": "true"})
        assert refreshed["HX-Refresh"] == "true"
        done = client.get(answer.url).content.decode()
        assert self.address(panel, "bundle_fetch") in done
        assert all(f"/aterforing/{report.pk}/pdf/" in done for report in FeedbackReport.objects.all())
        fetched = client.get(self.address(panel, "bundle_fetch"))
        assert b"".join(fetched.streaming_content) == read_bytes(ReportBundle.objects.get().file)
        assert "no-store" in fetched["Cache-Control"]

    def test_stopped_on_a_page_of_its_own(self, client, panel):
        ask(panel)
        client.force_login(panel.leader)
        assert "Stoppa" in client.get(self.address(panel, "bundle_cancel")).content.decode()
        assert client.post(self.address(panel, "bundle_cancel"), {"idempotency_key": "y"}).status_code == 302
        assert ReportBundle.objects.get().ending == Ending.CANCELLED
        assert client.get(self.address(panel, "bundle_cancel")).status_code == 302
        assert "stoppade det" in client.get(self.address(panel)).content.decode()

    @pytest.mark.parametrize("name", ["bundle", "bundle_cancel", "bundle_fetch"])
    def test_nobody_outside_the_panel_finds_it(self, client, panel, name):
        ask(panel)
        work()
        client.force_login(make_person())
        assert client.get(self.address(panel, name)).status_code == 404
        assert client.get(reverse("assessments:bundle_ask", args=[panel.id])).status_code == 404
        other = locked_round()
        client.force_login(other.leader)  # a package of another round is not found under one's own
        here = reverse(f"assessments:{name}", args=[other.id, ReportBundle.objects.get().pk])
        assert client.get(here).status_code == 404
