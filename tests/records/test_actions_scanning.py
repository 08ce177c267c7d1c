"""What a scanner said is written once for the same bytes, and again when signatures or the scanner have changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from rodatraden.core.answer import YES, RefusedError, no
from rodatraden.core.message import say
from rodatraden.records import tasks
from rodatraden.records.actions import let_file_out, record_scan, store_bytes
from rodatraden.records.models import FileScan, LedgerEntry, LetOut, ScanMark, StoredFile
from rodatraden.records.queries import due_again, mark_scans, scan_by, waits_for_scan
from rodatraden.records.queries.scanning import BETWEEN_SCANS, TRIED_AGAIN_AFTER
from rodatraden.records.scanner import Scanner, Verdict, Why
from rodatraden.records.tasks import Scanning
from tests.factories.parties import START, make_person
from tests.factories.scanner import Says, listening

pytestmark = pytest.mark.django_db

OLD, NEW = Scanner("ClamAV 1.4.3", "1"), Scanner("ClamAV 1.4.3", "2")
CLEAN, FOUND, BROKEN_OFF = Verdict(), Verdict(finding="X"), Verdict(why=Why.BROKEN_OFF)
Origin = StoredFile.Origin


def stored(data: bytes = b"ett anbud", **said) -> StoredFile:
    return store_bytes(data, by=None, at=START, **said)


def scanned(file: StoredFile, verdict: Verdict = CLEAN, by: Scanner = OLD, at=START) -> FileScan:
    return record_scan(file=file, verdict=verdict, scanner=by, by=None, at=at)


def test_what_is_of_others_waits_and_nothing_else():
    stored(origin=Origin.SEALED)
    stored(origin=Origin.OURS)
    assert waits_for_scan() is None
    later = store_bytes(b"b", by=None, at=START + timedelta(seconds=1))
    first = stored(b"a")
    assert waits_for_scan() == first
    scanned(first)
    assert waits_for_scan() == later


def test_a_scan_counts_for_every_file_of_others_with_the_same_bytes():
    first, again, other, sealed = stored(), stored(), stored(b"annat"), stored(origin=Origin.SEALED)
    scan = scanned(first, FOUND)
    for each in (first, again, other, sealed):
        each.refresh_from_db()
    assert [each.scan for each in (first, again, other, sealed)] == [scan, scan, None, None]


def test_a_scanner_that_breaks_off_takes_back_no_finding():
    file = stored()
    scanned(file, FOUND)
    later = START + BETWEEN_SCANS
    scan = scanned(file, BROKEN_OFF, NEW, later)
    scan.refresh_from_db()
    assert (scan.verdict, scan.finding, scan.why, scan.signatures, scan.at) == ("found", "X", "", OLD.signatures, later)
    assert due_again(NEW.signatures, later + BETWEEN_SCANS + timedelta(seconds=1)) == file
    file.refresh_from_db()
    mark_scans([file])
    assert file.mark.state == ScanMark.State.FOUND


def test_bytes_in_which_something_was_found_are_known_when_they_come_again():
    scan = scanned(stored(), FOUND)
    again = stored()
    assert (again.scan, waits_for_scan()) == (scan, None)
    mark_scans([again])
    assert not again.mark.is_handed_out


def test_only_a_new_finding_is_told_in_the_log():
    file, size = stored(), LedgerEntry.objects.count()
    scanned(file, Verdict())
    assert LedgerEntry.objects.count() == size
    scanned(file, FOUND)
    scanned(file, FOUND, NEW)
    assert LedgerEntry.objects.count() == size + 1
    scanned(file, Verdict(finding="Y"), NEW)
    assert LedgerEntry.objects.count() == size + 2
    assert FileScan.objects.count() == 1


def test_new_signatures_look_again_at_what_came_lately_once_a_day():
    file = stored()
    scanned(file)
    assert due_again("1", START + settings.SCANNED_AGAIN_FOR - timedelta(seconds=1)) is None
    assert due_again("2", START + BETWEEN_SCANS) is None
    assert due_again("2", START + BETWEEN_SCANS + timedelta(seconds=1)) == file
    assert due_again("2", START + settings.SCANNED_AGAIN_FOR) is None


def test_a_file_at_which_the_scanner_broke_off_is_tried_again_after_an_hour():
    file = stored()
    scanned(file, BROKEN_OFF)
    assert due_again("1", START + TRIED_AGAIN_AFTER) is None
    assert due_again("1", START + TRIED_AGAIN_AFTER + timedelta(seconds=1)) == file
    assert scan_by(file, "1") is None
    scanned(file, Verdict(why=Why.TOO_LARGE))
    assert due_again("1", START + timedelta(days=5)) is None
    assert scan_by(file, "1").why == Why.TOO_LARGE


class TestScanning:
    """The worker's part, with a scanner that says what each test wants."""

    @pytest.fixture
    def said(self, tmp_path):
        said = Says()
        with listening(tmp_path, said) as said.place:
            yield said

    @pytest.fixture
    def clock(self):
        return [START]

    @pytest.fixture
    def scanning(self, said, clock):
        return Scanning(said.place, lambda: clock[0])

    def test_the_same_bytes_are_scanned_once_by_the_same_signatures(self, scanning, said):
        scanned(stored(), by=Scanner("ClamAV 1.4.3", "1/Mon"))
        again = stored()
        StoredFile.objects.filter(pk=again.pk).update(scan=None)  # it came while the first was being scanned
        assert scanning.do_next() is True
        again.refresh_from_db()
        assert again.scan is not None
        assert said.scans == 0
        assert scanning.do_next() is False

    def test_a_scanner_that_cannot_be_used_is_left_alone_for_a_while(self, scanning, said, clock):
        file, said.version = stored(), b"nonsense"
        assert [scanning.do_next() for _ in range(3)] == [False] * 3
        assert (said.trials, said.scans) == (1, 0)
        said.version, clock[0] = b"ClamAV 1.4.3", START + tasks.RESTS_FOR
        assert scanning.do_next() is True
        file.refresh_from_db()
        assert (file.scan.verdict, file.scan.signatures) == (FileScan.Verdict.CLEAN, "")

    def test_one_that_goes_away_between_two_files_leaves_no_mark_on_the_next(self, scanning, said, clock):
        stored(b"a")
        assert scanning.do_next() is True
        file = stored(b"b")
        said.goes_away()
        assert scanning.do_next() is False
        file.refresh_from_db()
        assert file.scan is None
        said.comes_back()
        clock[0] = START + tasks.RESTS_FOR
        assert scanning.do_next() is True
        assert said.trials == 2  # it may be another one by now

    def test_a_file_that_breaks_the_scanner_holds_up_no_other(self, scanning, said):
        bad, said.said = stored(b"a"), b"nonsense"
        assert scanning.do_next() is True
        good, said.said = stored(b"b"), b"stream: OK"
        assert scanning.do_next() is True
        assert scanning.do_next() is False
        for each in (bad, good):
            each.refresh_from_db()
        assert (bad.scan.why, good.scan.why) == ("broken_off", "")

    def test_it_is_tried_anew_each_minute_and_its_new_signatures_look_back(self, scanning, said, clock):
        file = stored()
        scanning.do_next()
        assert scanning.do_next() is False
        said.version, said.said = b"ClamAV 1.4.3/2/Tue", b"stream: X FOUND"
        clock[0] = START + BETWEEN_SCANS + timedelta(seconds=1)
        assert scanning.do_next() is True
        file.refresh_from_db()
        assert (file.scan.signatures, file.scan.finding) == ("2/Tue", "X")
        assert scanning.do_next() is False
        assert said.trials == 2


def test_a_file_is_let_out_by_who_may_for_what_was_found():
    file, person = stored(), make_person()
    told = {"file": file, "reason": "Falskt.", "case": None, "by": person, "at": START}
    scanned(file, FOUND)
    file.refresh_from_db()
    with pytest.raises(RefusedError):
        let_file_out(finding="X", may=no(say("No.")), **told)
    with pytest.raises(RefusedError):
        let_file_out(finding="Y", may=YES, **told)
    let_file_out(finding="X", may=YES, **told)
    mark_scans([file])
    assert file.mark.state == ScanMark.State.LET_OUT
    with pytest.raises(RefusedError):  # it is not held back any more
        let_file_out(finding="X", may=YES, **told)


def test_the_database_takes_no_scan_that_contradicts_itself_and_no_release_without_a_reason():
    file = stored()
    faults = ({"verdict": "clean", "finding": "X"}, {"verdict": "found"}, {"verdict": "failed", "finding": "X"})
    for number, fault in enumerate(faults):
        with pytest.raises(IntegrityError), transaction.atomic():
            FileScan.objects.create(sha256=f"{number:064}", scanner="x", at=START, **fault)
    with pytest.raises(IntegrityError), transaction.atomic():
        LetOut.objects.create(file=file, finding="X", reason="", at=START, by=make_person())


@pytest.mark.parametrize("number", [1, 30])
def test_marks_are_read_in_one_query_and_in_none_without_files(number, django_assert_num_queries):
    files = [stored(str(each).encode()) for each in range(number)]
    with django_assert_num_queries(0):
        mark_scans([])
        mark_scans([None])
        mark_scans(files)
    for each in files:
        scanned(each)
        each.refresh_from_db()
    with django_assert_num_queries(1):
        mark_scans(files)
    for each in files:
        scanned(each, FOUND)
    with django_assert_num_queries(2):
        mark_scans(files)
    assert {each.mark.state for each in files} == {ScanMark.State.FOUND}


def test_a_file_that_is_offered_without_its_mark_is_a_fault_of_ours():
    with pytest.raises(RuntimeError, match="mark_scans"):
        _ = stored().mark
    assert stored(origin=Origin.OURS).mark is None
