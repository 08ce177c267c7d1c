"""`rodatraden check`: settings, database and event log, each with what it found."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import connection
from django.utils.translation import override

from rodatraden.assessments.models import ReportBundle
from rodatraden.cli import database
from rodatraden.cli.words import _
from rodatraden.config import clock
from rodatraden.config.passwords import is_listed
from rodatraden.config.place import OPEN_TO_OTHERS, SECRET_FOLDERS, Mode, mode
from rodatraden.parties.queries import opening_keys_of_other_hosts, sign_in_keys_of_other_hosts
from rodatraden.records.handing_out import is_late
from rodatraden.records.queries import (
    forgotten_work,
    head_of,
    last_stamp_trial,
    ledger_size,
    missing_triggers,
    unsafe_settings,
    unsent_mail,
    verify_ledger,
    waits_for_scan,
)
from rodatraden.records.rules import is_exact
from rodatraden.records.scanner import Fault, ScannerError, try_scanner
from rodatraden.tenders.models import StressRun
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

SPACE_NEEDED = 1_000_000_000
"""Free bytes in the data folder under which the check speaks up: room for a few large bids."""

SCANNER_PATIENCE = 10.0
"""Seconds that the check waits for a virus scanner to say what it finds."""

SURELY_LEAKED = ("password", "123456", "qwerty")
"""What stands in each list of leaked passwords. Several, since in a list that is out of order one can be met by chance."""


def run(options: Namespace) -> int:
    """Print a line for each thing looked at, and answer 1 when something is wrong."""
    del options
    with override("sv"):
        looks = [_settings, _secrets, _passwords, _second_step, _scanner, _space, _database]
        if not (database.is_behind() or database.lacking()):
            looks += [_ledger, _mail, _worker, _waiting_files, _stamp, passkeys]
        found = [line for look in looks for line in look()]
        for is_well, line in found:
            print(f"{_('ok') if is_well else _('WRONG'):<4} {line}")
    return int(not all(is_well for is_well, _line in found))


def _settings() -> Iterator[tuple[bool, str]]:
    """Django's own checks, those for a public server too unless this is the example."""
    faults = [
        fault
        for fault in checks.run_checks(include_deployment_checks=not settings.DEMO)
        if fault.is_serious(checks.WARNING) and not fault.is_silenced()
    ]
    for fault in faults:
        yield False, f"{fault.id}: {fault.msg}"
    if not faults:
        what = {Mode.DEMO: _("the example"), Mode.OWN: _("your own data"), None: _("nothing yet")}[mode()]
        yield True, _("The settings hold. The folder {folder} has {what}.").format(folder=settings.DATA_DIR, what=what)


def _secrets() -> Iterator[tuple[bool, str]]:
    """Keys and secrets are for the owner of the files alone."""
    folders = [folder for name in SECRET_FOLDERS if (folder := settings.DATA_DIR / name).exists()]
    paths = [path for folder in folders for path in [folder, *folder.rglob("*")]]
    open_ones = [path.name for path in paths if path.stat().st_mode & OPEN_TO_OTHERS]
    if open_ones:
        names = ", ".join(sorted(open_ones))
        yield False, _("Other users of this machine can read the secrets: {names}. Run chmod.").format(names=names)
    else:
        yield True, _("The secrets can be read by their owner only.")


def _passwords() -> Iterator[tuple[bool, str]]:
    """Whether a list of leaked passwords is named, and is one: in another form or order nothing at all is found in it."""
    path = settings.LEAKED_PASSWORDS
    if path is None:
        yield True, _("Of leaked passwords the 20,000 most common are refused. RODATRADEN_LEAKED_PASSWORDS names more.")
        return
    try:
        missed = next((each for each in SURELY_LEAKED if not is_listed(path, each)), None)
    except OSError:
        yield (
            False,
            _("The list of leaked passwords, {path}, cannot be read: nobody can choose a password.").format(path=path),
        )
        return
    if missed is None:
        yield True, _("Leaked passwords are refused by the list {path}.").format(path=path)
    else:
        words = _(
            'In the list of leaked passwords, {path}, nothing is found, not even "{password}". '
            "Fetch Pwned Passwords anew: SHA-1 in capitals, ordered by hash."
        )
        yield False, words.format(path=path, password=missed)


def _second_step() -> Iterator[tuple[bool, str]]:
    """What a sign-in takes: a password alone is enough for an official unless the installation asks for more."""
    if settings.SECOND_STEP_FOR_OFFICIALS:
        yield True, _("Officials and key holders sign in with two steps.")
    elif not settings.DEMO:
        yield True, _("No second step is asked of officials and key holders. RODATRADEN_SECOND_STEP=1 asks for one.")


def passkeys() -> Iterator[tuple[bool, str]]:
    """Passkeys belong to the host that they were made at: of another one they neither open bids nor sign anybody in."""
    host, own = settings.OPENING_KEY_HOST, urlsplit(settings.SITE_URL).hostname or ""
    found = opening_keys_of_other_hosts(host)
    if found:
        words = _(
            "Opening keys whose passkey belongs to another host than {host}: {number} ({hosts}). They open nothing here. Set "
            "RODATRADEN_PASSKEY_HOST to what it was if the address still ends with that. Otherwise let each holder open with "
            "the printed key, and make a new key."
        )
        yield False, words.format(host=host, number=sum(found.values()), hosts=", ".join(found))
    if number := sign_in_keys_of_other_hosts(own):
        words = _(
            "Keys to sign in with that belong to another host than {host}: {number}. They sign nobody in here. Set "
            "RODATRADEN_URL to what it was, or let those people sign in with an app or a recovery code and add a key anew."
        )
        yield False, words.format(host=own, number=number)
    if not found and not number:
        yield True, _("No passkey belongs to another host than {host}.").format(host=host)


def _scanner() -> Iterator[tuple[bool, str]]:
    """Whether a virus scanner answers; that none is named where one should be the settings' own checks say."""
    if settings.SCANNER:
        yield scanner_state()
    elif settings.DEMO:
        yield True, not_scanned()


def not_scanned() -> str:
    """Return the sentence that no scanner is set."""
    return _("Files that others send are not scanned for viruses. RODATRADEN_SCANNER names a scanner.")


def scanner_state() -> tuple[bool, str]:
    """Return whether the scanner that is set can be relied on, and the sentence that says so."""
    place = settings.SCANNER
    try:
        found = try_scanner(place, patience=SCANNER_PATIENCE)
    except ScannerError as error:
        words = {
            Fault.NOT_REACHED: _(
                "No virus scanner answers at {place}. Start clamd, and let this program reach its socket."
            ),
            Fault.FINDS_NOTHING: _(
                "The virus scanner at {place} does not find the test file: it has no signatures. Run freshclam."
            ),
            Fault.PASSES_OVER: _(
                "The virus scanner at {place} does not tell when it passes something over. "
                "Write AlertExceedsMax yes in clamd.conf and start it again."
            ),
        }[error.fault]
        return False, words.format(place=place)
    return True, _("Files that others send are scanned by {name} {signatures}.").format(
        name=found.name, signatures=found.signatures
    )


def _waiting_files() -> Iterator[tuple[bool, str]]:
    """Files that have waited too long for their scan; never how many."""
    waits = waits_for_scan() if settings.SCANNER else None
    if waits is not None and is_late(waits, clock.now()):
        yield False, _("Files have waited for more than ten minutes to be scanned for viruses. Start: rodatraden work")


def _stamp() -> Iterator[tuple[bool, str]]:
    """How far the stamp of bids was off when the server last tried it."""
    trial = last_stamp_trial()
    answer = is_exact(trial)
    if answer.reason is not None:
        yield False, said(answer.reason)
    elif trial is None or trial.off_ms is None:
        yield True, _("The stamp of bids has not been tried yet: the server does so when it starts.")
    else:
        yield (
            True,
            _("The stamp of bids was {off} ms off when the server tried it, by {source}.").format(
                off=abs(trial.off_ms), source=trial.source
            ),
        )


def _space() -> Iterator[tuple[bool, str]]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    yield free >= SPACE_NEEDED, _("Free on the disk: {space} GB.").format(space=f"{free / 1e9:.1f}".replace(".", ","))


def _database() -> Iterator[tuple[bool, str]]:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    if database.is_behind():
        yield False, _("The database ({name}) lacks changes. Run: rodatraden manage migrate").format(name=name)
        return
    if columns := database.lacking():
        yield False, database.of_another_program(columns)
        return
    yield True, _("The database ({name}) is up to date.").format(name=name)
    unsafe = unsafe_settings()
    if unsafe:
        yield False, could_lose(unsafe)
    else:
        yield True, _("What the database has said is written is on the disk.")


def could_lose(unsafe: Sequence[str]) -> str:
    """Return the sentence that names settings by which the database could lose something."""
    words = _(
        "At a power cut the database could lose what it has said is written: {settings}. See docs/decisions/databases.md."
    )
    return words.format(settings=", ".join(unsafe))


def _ledger() -> Iterator[tuple[bool, str]]:
    """The log of events: what keeps it append-only, and every entry's hash (INV-32)."""
    missing = missing_triggers()
    if missing:
        names = ", ".join(missing)
        yield (
            False,
            _("The event log lacks its protection: {names}. Run: rodatraden manage migrate").format(names=names),
        )
    fault = verify_ledger()
    if fault:
        yield False, said(fault.reason)
    else:
        head = head_of(ledger_size())
        words = _("The event log holds: {number} entries, root {root}.")
        yield True, words.format(number=head.size, root=head.root)


def _mail() -> Iterator[tuple[bool, str]]:
    """Messages that could not be sent; those only just written are no fault."""
    failed = unsent_mail().exclude(last_error="").count()
    unsent = unsent_mail().count()
    line = _("Messages to send: {unsent}, of which {failed} have failed.").format(unsent=unsent, failed=failed)
    yield not failed, line


def _worker() -> Iterator[tuple[bool, str]]:
    """Long stress tests and packages of reports that somebody has asked for and no worker has taken."""
    forgotten = sum(forgotten_work(kind, clock.now()).count() for kind in (StressRun, ReportBundle))
    if forgotten:
        words = _("Long work that has been asked for and that nobody does: {number}. Start: rodatraden work")
        yield False, words.format(number=forgotten)
    else:
        yield True, _("No long work waits for a worker.")
