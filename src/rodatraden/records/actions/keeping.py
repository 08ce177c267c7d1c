"""The verbs that keep records: a stored file, a diary number, an issued document, a mail, a request once, work that waits."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, override

from rodatraden.core.answer import RefusedError, no
from rodatraden.core.canonical import canonical_json, sha256_hex
from rodatraden.core.instants import local_date
from rodatraden.core.message import say
from rodatraden.records.actions.ledger import lock_ledger, record_event
from rodatraden.records.documents import file_name, how_to_check
from rodatraden.records.models import (
    DiaryAttachment,
    DiaryCase,
    DiaryDocument,
    FileScan,
    IdempotencyKey,
    OutboxMail,
    StampTrial,
    StoredFile,
    WaitingWork,
)
from rodatraden.records.queries import Work, unsent_mail
from rodatraden.ui.documents import typeset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from rodatraden.parties.models import Organisation, Person
    from rodatraden.ui.documents import Paper
    from rodatraden.ui.forms import RtForm

Origin = StoredFile.Origin
LINE_END = re.compile(r"\r\n|\r|\n")
"""What a form sends at the end of a line; other signs that Python takes for one are the writer's own."""
LONGEST_KEY = 64
"""Characters; our own keys have 32. Longer than its column would be a fault of the database, not an answer."""
LONGEST_SUBJECT = 200
"""Characters that the subject of a mail has room for; what is longer is cut at its end."""
MAIL_ATTEMPTS = 20
UNREADABLE_MAIL = "the text cannot be read: it was written under another secrets/django"


def note_stamp_trial(*, source: str, off_ms: int | None, at: datetime) -> StampTrial:
    """Note how far the stamp was off when the server tried it, and by which means it was measured; None where it could not."""
    return StampTrial.objects.create(source=source, off_ms=off_ms, at=at)


def store_bytes(
    data: bytes,
    *,
    name: str = "",
    media_type: str = "",
    origin: StoredFile.Origin = Origin.OTHERS,
    by: Person | None,
    at: datetime,
) -> StoredFile:
    """Write `data` to storage, synced, and return its row; nothing is acknowledged before it lies on disk.

    What is not said to be sealed or our own is of others, and is scanned.
    """
    return store_chunks([data], name=name, media_type=media_type, origin=origin, by=by, at=at)


def store_chunks(
    chunks: Iterable[bytes],
    *,
    name: str = "",
    media_type: str = "",
    origin: StoredFile.Origin = Origin.OTHERS,
    by: Person | None,
    at: datetime,
) -> StoredFile:
    """Write what comes in chunks to storage, synced, and return its row; memory does not grow with its size."""
    with written(chunks=chunks, origin=origin, by=by, at=at) as file:
        file.name, file.media_type = name, media_type
        file.save(force_insert=True)
    return file


@contextmanager
def written(
    *, chunks: Iterable[bytes], origin: StoredFile.Origin, by: Person | None, at: datetime
) -> Iterator[StoredFile]:
    """Write what comes in chunks to storage, synced, and give its row, unsaved, for the transaction that is to name it.

    Before that transaction, so that nobody waits for the disk on SQLite, where one writes at a time. What is refused, or
    named by no row in the end, leaves no file; what fails otherwise leaves one to the sweep, since its row may have been
    stored all the same.
    """
    location = f"{at:%Y}/{uuid4().hex}"
    digest, size = sha256(), 0

    def counted(coming: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal size
        for chunk in coming:
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    default_storage.write(location, counted(chunks))  # type: ignore[attr-defined]
    del chunks  # a verb that writes many files keeps none of their bytes until it ends
    file = StoredFile(
        location=location, size=size, sha256=digest.hexdigest(), stored_at=at, stored_by=by, origin=origin
    )
    if origin == Origin.OTHERS:  # bytes that are known wait for no scanner, least of all one that is down
        file.scan = FileScan.objects.filter(sha256=file.sha256).first()
    try:
        yield file
    except RefusedError:
        default_storage.delete(location)
        raise
    if file._state.adding:  # noqa: SLF001 -- Django's documented name for it
        default_storage.delete(location)


def open_diary_case(*, organisation: Organisation, subject: str, by: Person, at: datetime) -> DiaryCase:
    """Open a case in an organisation's diary under the next number of the year of `at` (OSL 5 kap. 1 §)."""
    on = local_date(at, organisation.calendar)
    with transaction.atomic():
        lock_ledger()
        last = DiaryCase.objects.filter(organisation=organisation, year=on.year).aggregate(last=Max("serial"))["last"]
        case = DiaryCase.objects.create(
            organisation=organisation, year=on.year, serial=(last or 0) + 1, subject=subject, opened_on=on
        )
        record_event("diary_case_opened", of=case, by=by, at=at, what={"number": case.number})
    return case


def register_document(
    *,
    case: DiaryCase,
    direction: DiaryDocument.Direction,
    subject: str,
    by: Person | None,
    at: datetime,
    counterparty: str = "",
    file: StoredFile | None = None,
    attachments: Sequence[tuple[str, StoredFile]] = (),
    secrecy_note: str = "",
) -> DiaryDocument:
    """Give a document that was received, sent or drawn up at `at` its number in the case (OSL 5 kap. 2 §).

    `attachments` are further files that came with it, each with what it is. Part of the transaction of the verb that
    received or drew it up; that verb's event tells of it.
    """
    del by
    with transaction.atomic():
        document = _next_document(case, at)
        document.direction, document.counterparty, document.subject = direction, counterparty, subject
        document.file, document.secrecy_note = file, secrecy_note
        document.save(force_insert=True)
        _attach(document, attachments)
    return document


def register_text(
    *,
    case: DiaryCase,
    direction: DiaryDocument.Direction,
    subject: str,
    text: str,
    by: Person | None,
    at: datetime,
    counterparty: str = "",
    attachments: Sequence[tuple[str, StoredFile]] = (),
    secrecy_note: str = "",
) -> DiaryDocument:
    """Give what was written in the program its number in the case, with its words as a text file (UTF-8).

    For what is said in a form or a mail and has no look of its own: a question, an answer, an order. Named by its subject
    alone, since a number tells how many bids there are (INV-02); what nobody with an account says is of others, and is
    scanned. Otherwise as `register_document`.
    """
    lines = "\r\n".join([subject, "", LINE_END.sub("\r\n", text), ""])
    with transaction.atomic():
        document = _next_document(case, at)
        document.direction, document.counterparty, document.subject = direction, counterparty, subject
        document.secrecy_note = secrecy_note
        document.file = store_bytes(
            lines.encode(),
            name=f"{file_name(subject)}.txt",
            media_type="text/plain; charset=utf-8",
            origin=Origin.OTHERS if by is None else Origin.OURS,
            by=by,
            at=at,
        )
        document.save(force_insert=True)
        _attach(document, attachments)
    return document


def issue_document(
    *,
    paper: Paper,
    case: DiaryCase,
    of: UUID,
    direction: DiaryDocument.Direction,
    subject: str,
    by: Person | None,
    at: datetime,
    version: int = 1,
    counterparty: str = "",
    attachments: Sequence[tuple[str, StoredFile]] = (),
    secrecy_note: str = "",
    is_sealed: bool = False,
) -> DiaryDocument:
    """Issue a document: give it its number, set it as PDF once, and keep those bytes with the data they were set from.

    Its last page says how it is checked. `of` is the procurement whose log tells of it; the entry holds the number, the
    version and the fingerprint of the data, so neither can be changed afterwards without it being seen. Part of the
    transaction of the verb that it belongs to; setting a page takes some milliseconds.
    """
    with transaction.atomic():
        document = _next_document(case, at)
        document.direction, document.counterparty, document.subject = direction, counterparty, subject
        document.secrecy_note, document.version = secrecy_note, version
        numbered = replace(paper, number=document.number, version=version, on=document.on)
        data = numbered.data
        entry = record_event(
            "document_issued",
            of=document,
            by=by,
            at=at,
            case=of,
            what={"number": document.number, "version": version, "fingerprint": sha256_hex(data)},
            is_sealed=is_sealed,
        )
        name = f"{paper.title} {document.number.replace('/', '-')}"
        with override(paper.language):
            closing, what = (
                how_to_check(document, paper.title, sha256_hex(data), entry.index, at),
                gettext("The data of the document"),
            )
        pdf = typeset(numbered, closing=closing)
        document.file = store_bytes(
            pdf, name=f"{name}.pdf", media_type="application/pdf", origin=Origin.OURS, by=by, at=at
        )
        stored = store_bytes(data, name=f"{name}.json", media_type="application/json", origin=Origin.OURS, by=by, at=at)
        document.save(force_insert=True)
        _attach(document, [(what, stored), *attachments])
    return document


class KeyReusedError(RefusedError):
    """An idempotency key came back with another body; the first request stands (answer 409)."""


def once(
    *,
    key: str,
    purpose: str,
    body: Mapping[str, object],
    effect: Callable[[], str],
    by: Person | None,
    at: datetime,
) -> str:
    """Carry out `effect` once for `key` and return its answer; the same request again gets the same answer.

    Two tabs, a double click, the back button or a retry after a lost line thus have one effect. Nothing is kept when
    `effect` fails: the next try is a first one.

    Raises:
        RefusedError: there is no key, or it is none that a form of ours has.
        KeyReusedError: the key was used for another body.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise RefusedError(no(say("The form came without its number. Open the page again and send it once more.")))
    owner = str(by.pk) if by else "anonymous"
    digest = sha256_hex(canonical_json({"purpose": purpose, "body": dict(body)}))
    with transaction.atomic():
        row, is_new = IdempotencyKey.objects.select_for_update(no_key=True).get_or_create(
            owner=owner, key=key, defaults={"purpose": purpose, "body_sha256": digest, "answer": "", "at": at}
        )
        if is_new:
            row.answer = effect()
            row.save(update_fields=["answer"])
        elif row.body_sha256 != digest:
            raise KeyReusedError(
                no(
                    say(
                        "This form has already been sent with other content. Open the page again and look at what stands."
                    )
                )
            )
    return row.answer


def carry_out(*, form: RtForm, purpose: str, verb: Callable[[], object], by: Person | None, at: datetime) -> bool:
    """Carry out `verb` at most once for a form; when it is refused the form says why, and False is returned."""

    def effect() -> str:
        verb()
        return purpose

    try:
        once(key=form.idempotency_key, purpose=purpose, body=form.sent, effect=effect, by=by, at=at)
    except RefusedError as refused:
        form.refuse(refused)
        return False
    return True


def write_mail(
    *, to: str, subject: str, text: str, by: Person | None, at: datetime, case: UUID | None = None
) -> OutboxMail:
    """Write a message in the transaction of the event that it tells of; it is sent after the commit.

    A subject is one line, whatever people have written in the names that it tells: a line break would be a header.
    """
    del by
    line = " ".join(subject.split())
    fits = line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"
    return OutboxMail.objects.create(to=to, subject=fits, text=text, case=case, written_at=at)


def send_mail(*, by: Person | None, at: datetime, limit: int = 500) -> int:
    """Send what lies in the outbox, each message at least once, and return how many were sent.

    A message that fails stays, with its error, and is tried again next time, at most `MAIL_ATTEMPTS` times.
    """
    del by
    sent = 0
    for mail in unsent_mail().filter(attempts__lt=MAIL_ATTEMPTS)[:limit]:
        mail.attempts += 1
        if not mail.text:
            mail.last_error = UNREADABLE_MAIL
            mail.save(update_fields=["attempts", "last_error"])
            continue
        try:
            EmailMessage(mail.subject, mail.text, to=[mail.to]).send()
        except (OSError, ValueError) as error:  # Django's BadHeaderError is a ValueError: an address of two lines
            mail.last_error = str(error)
        else:
            mail.sent_at, mail.last_error = at, ""
            sent += 1
        mail.save(update_fields=["attempts", "last_error", "sent_at"])
    return sent


def take_work(*, kind: type[Work], by: Person | None, at: datetime) -> Work | None:
    """Take the work that has waited longest, so that no other worker does; None when none waits."""
    del by
    waiting = kind.objects.filter(ended_at=None, taken_at=None)
    for work in waiting.order_by("asked_at", "id"):
        if waiting.filter(pk=work.pk).update(taken_at=at, beat_at=at):
            work.taken_at = work.beat_at = at
            return work
    return None


def report_progress(*, work: WaitingWork, done: int, by: Person | None, at: datetime) -> bool:
    """Write how much is done; answer whether to go on, which ends when somebody has ended the work."""
    del by
    return bool(type(work).objects.filter(pk=work.pk, ended_at=None).update(done=done, beat_at=at))


def end_work(*, work: WaitingWork, ending: WaitingWork.Ending, by: Person | None, at: datetime, **more: object) -> bool:
    """End work that has not ended, whoever else tries at the same time; answer whether it was this one.

    The room whose work it is calls it in a verb of its own, which records the event; `by` is who stopped it, if anybody.
    """
    told = {"ended_at": at, "ending": ending, "cancelled_by": by, **more}
    if not type(work).objects.filter(pk=work.pk, ended_at=None).update(**told):
        return False
    for name, value in told.items():
        setattr(work, name, value)
    return True


def _next_document(case: DiaryCase, at: datetime) -> DiaryDocument:
    """Return a document with the next number of a case, which is held until the end of the transaction.

    The ledger is locked before the case, as in verbs that record first: two that lock them in turn would wait for ever.
    """
    lock_ledger()
    locked = (
        DiaryCase.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=case.pk)
    )
    last = DiaryDocument.objects.filter(case=locked).aggregate(last=Max("serial"))["last"]
    return DiaryDocument(case=locked, serial=(last or 0) + 1, on=local_date(at, locked.organisation.calendar))


def _attach(document: DiaryDocument, attachments: Sequence[tuple[str, StoredFile]]) -> None:
    DiaryAttachment.objects.bulk_create(
        DiaryAttachment(document=document, serial=serial, title=title, file=attached)
        for serial, (title, attached) in enumerate(attachments, start=1)
    )
