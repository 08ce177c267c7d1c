"""What a virus scanner said of the bytes that others have sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rodatraden.records import scanner

if TYPE_CHECKING:
    from datetime import datetime


class FileScan(models.Model):
    """What a scanner last said of some bytes, whoever sent them and however often: one row for each content.

    A fact beside a file, never a reason to reject a bid by itself (INV-35). `finding` is the name of what was found; `why`,
    why it could not be told.
    """

    class Verdict(models.TextChoices):
        """What it said."""

        CLEAN = "clean", _("Scanned without findings")
        FOUND = "found", pgettext_lazy("a virus", "Found")
        FAILED = "failed", _("Could not be scanned")

    class Why(models.TextChoices):
        """Why a file could not be scanned; the values are those of `scanner.Why`."""

        TOO_LARGE = scanner.Why.TOO_LARGE.value, _("it is larger than the scanner takes")
        LIMITS = scanner.Why.LIMITS.value, _("it holds more, or deeper, than the scanner looks through")
        LOCKED = scanner.Why.LOCKED.value, _("it is locked with a password")
        REFUSED = scanner.Why.REFUSED.value, _("the scanner said that it failed")
        BROKEN_OFF = scanner.Why.BROKEN_OFF.value, _("the scanner broke off, or did not answer in time")
        NOT_READ = scanner.Why.NOT_READ.value, _("the file could not be read from storage")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    finding = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=10, choices=Why.choices, blank=True)
    scanner = models.CharField(max_length=200)
    signatures = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verdict="clean", finding="", why="")
                | Q(verdict="found", why="") & ~Q(finding="")
                | Q(verdict="failed", finding="") & ~Q(why=""),
                name="scan_says_what_it_found_or_why_not",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}: {self.verdict}"


@dataclass(frozen=True, slots=True)
class ScanMark:
    """What a page says of a file of others, and whether it is handed out at once."""

    class State(models.TextChoices):
        """What is known; `let_out` is a finding in spite of which somebody let the file out."""

        CLEAN = "clean"
        FOUND = "found"
        LET_OUT = "let_out"
        FAILED = "failed"
        WAITING = "waiting"
        NOT_SCANNED = "not_scanned"

    state: State
    finding: str = ""
    why: str = ""
    scanner: str = ""
    signatures: str = ""
    at: datetime | None = None

    @property
    def said(self) -> str:
        """What it comes to, in a sentence beside the file."""
        if self.state == self.State.FOUND:
            return gettext("Held back: the virus scanner found %(finding)s") % {"finding": self.finding}
        if self.state == self.State.LET_OUT:
            return gettext("The virus scanner found %(finding)s; let out all the same, with a reason") % {
                "finding": self.finding
            }
        if self.state == self.State.FAILED:
            return gettext("Could not be scanned: %(why)s") % {"why": self.why}
        if self.state == self.State.WAITING:
            return gettext("Waits to be scanned")
        if self.state == self.State.NOT_SCANNED:
            return gettext("Not scanned (no virus scanner is set)")
        return gettext("Scanned without findings")

    @property
    def is_handed_out(self) -> bool:
        """Whether the file is handed out without a question."""
        return self.state in {self.State.CLEAN, self.State.LET_OUT, self.State.NOT_SCANNED}
