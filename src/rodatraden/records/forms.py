"""The forms of the room."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.ui.forms import RtForm, VerbForm

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class CheckForm(RtForm, forms.Form):
    """A document to be checked, as a file or by its fingerprint; nothing is kept of either."""

    file = forms.FileField(
        label=_("The document"), required=False, help_text=_("The file as you got it. It is not kept.")
    )
    sha256 = forms.CharField(
        label=_("Or a fingerprint (SHA-256)"),
        required=False,
        max_length=200,
        help_text=_("The 64 digits and letters on the last page of the document, or in the diary"),
    )

    def clean_file(self) -> UploadedFile[Any] | None:
        """Refuse what is too large to have been issued here: of such a file only its size reaches us."""
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file and (file.size or 0) > settings.BID_FILE_MAX_BYTES:
            raise ValidationError(gettext("The file is larger than any document from here. Choose another one."))
        return file

    def clean_sha256(self) -> str:
        """Return the fingerprint without spaces and in lower case."""
        written = "".join(self.cleaned_data["sha256"].split()).lower()
        if written and not FINGERPRINT.fullmatch(written):
            raise ValidationError(gettext("Write all 64 digits and letters (a to f) of the fingerprint."))
        return written

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two; a file wins."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("file") and not cleaned.get("sha256"):
            raise ValidationError(gettext("Choose the document, or write its fingerprint."))
        return cleaned

    def fingerprint(self) -> str:
        """Return the SHA-256 that is asked about."""
        file = self.cleaned_data["file"]
        if not file:
            return str(self.cleaned_data["sha256"])
        digest = sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        return digest.hexdigest()


class LetOutForm(VerbForm):
    """Why a file is let out in spite of what was found in it; `finding` is what the page said, so that no other one is let by."""

    reason = forms.CharField(
        label=_("Why the file is let out"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For instance who has looked at it and how, or that it is fetched to be archived and by whom."),
    )
    finding = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, finding: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["finding"].initial = finding


class FetchAnywayForm(VerbForm):
    """That somebody fetches a file that no scanner has been able to look through."""
