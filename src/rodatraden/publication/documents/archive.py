"""Everything that is published about a procurement, in one file."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from rodatraden.publication.documents.word import as_word
from rodatraden.records.models import ScanMark
from rodatraden.records.queries import mark_scans, read_bytes
from rodatraden.tenders.models import TenderDocument
from rodatraden.tenders.queries import contents_of, language_of, published_answers
from rodatraden.ui.documents import written_in
from rodatraden.ui.words import local, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.tenders.models import Question, Snapshot


@written_in(language_of)
def as_zip(snapshot: Snapshot) -> bytes:
    """Return the documents as canonical JSON, as PDF and in Word, their files, and the questions with their answers."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _entries(snapshot):
            archive.writestr(zipfile.ZipInfo(name, local(snapshot.frozen_at).timetuple()[:6]), data)
    return written.getvalue()


def _entries(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    base = f"upphandlingsdokument-{snapshot.number}"
    yield f"{base}.json", snapshot.canonical.encode()
    yield f"{base}.json.sha256", f"{snapshot.sha256}  {base}.json\n".encode()
    if snapshot.document.file:
        yield f"{base}.pdf", read_bytes(snapshot.document.file)
    yield f"{base}.docx", as_word(snapshot)
    hashes = {sha256 for _title, sha256 in contents_of(snapshot).files}
    listed = TenderDocument.objects.filter(tender=snapshot.tender_id, file__sha256__in=hashes).select_related("file")
    files = list(listed.order_by("added_at", "id"))
    mark_scans(document.file for document in files)
    told = []
    for number, document in enumerate(files, start=1):
        name = f"bilagor/{number:02}-{document.file.name}"
        told += _told(name, document.file.mark)
        if document.file.mark is None or document.file.mark.state != ScanMark.State.FOUND:
            yield name, read_bytes(document.file)
    if told:
        yield "virusgenomsokning.txt", "\n".join(told).encode()
    answers = "\n\n".join(_answer(question) for question in reversed(published_answers(snapshot.tender)))
    if answers:
        yield "fragor-och-svar.txt", answers.encode()


def _told(name: str, mark: ScanMark | None) -> list[str]:
    """Say of a file what whoever unpacks it must know: that it is left out, or that no scanner has found it clean.

    What could not be scanned is not left out: the documents are to be had in full (LOU 10 kap. 7 §).
    """
    if mark is None or mark.state in {ScanMark.State.CLEAN, ScanMark.State.NOT_SCANNED}:
        return []
    if mark.state == ScanMark.State.FOUND:
        return [
            _("%(file)s is left out: a virus scanner found %(finding)s in it. Ask the buyer for the file.")
            % {"file": name, "finding": mark.finding}
        ]
    return [_("%(file)s has not been found free of viruses. Scan it before you open it.") % {"file": name}]


def _answer(question: Question) -> str:
    assert question.answered_at is not None
    return _("Question %(number)s\n%(question)s\n\nAnswer, %(when)s\n%(answer)s") % {
        "number": question.number,
        "question": question.published_text,
        "when": moment(question.answered_at),
        "answer": question.answer,
    }
