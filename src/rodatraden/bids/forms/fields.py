"""The fields of bids that no library has: a yes or no that may wait, and a file whose bytes say what it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.core.numbers import swedish_number
from rodatraden.core.paging import MEDIA_TYPES, PageFault, count_pages
from rodatraden.core.sealing import name_problem
from rodatraden.ui.forms import Radios
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


YES_NO = (("yes", _("Yes")), ("no", _("No")))
MEGABYTE = 1_000_000


class YesNoField(forms.TypedChoiceField):
    """A question that is answered yes or no, or not yet: then the value is None."""

    def __init__(self, *, label: Any, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            choices=YES_NO,
            widget=Radios,
            coerce=lambda value: value == "yes",
            empty_value=None,
            required=False,
        )
        self.wanted = True  # it may wait while the bid is written, not when it is handed in


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was uploaded, with what its bytes told."""

    name: str
    media_type: str
    pages: int | None
    upload: UploadedFile[bytes]


class BidFileField(forms.FileField):
    """A file of a bid: what it is and how many pages it has is read from its bytes (core.paging)."""

    def clean(self, data: Any, initial: Any = None) -> ReadFile | None:
        upload: UploadedFile[bytes] | None = super().clean(data, initial)
        if not upload:
            return None
        name, size = PurePath(str(upload.name).replace("\\", "/")).name, upload.size or 0
        problem = name_problem(name)
        if problem:
            raise forms.ValidationError(said(problem))
        if size > settings.BID_FILE_MAX_BYTES:
            raise forms.ValidationError(
                gettext("%(name)s has %(size)s MB. A file can be at most %(most)s MB: make it smaller, or split it.")
                % {
                    "name": name,
                    "size": swedish_number(-(-size // MEGABYTE)),
                    "most": swedish_number(settings.BID_FILE_MAX_BYTES // MEGABYTE),
                },
                code=PageFault.TOO_LARGE,
            )
        upload.seek(0)
        count = count_pages(upload.read(), name)
        if count.fault or count.kind is None:
            raise forms.ValidationError(said(count.reason), code=count.fault)
        return ReadFile(name, MEDIA_TYPES[count.kind], count.pages, upload)
