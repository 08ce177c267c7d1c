"""Import: where the rows come from, and the preview in which a person sorts them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.tenders.documents import Row, RowKind, UnreadableError, read_docx, read_text, read_xlsx
from rodatraden.ui.forms import Group, RtForm
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from rodatraden.tenders.documents import Found

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes of a file to import. Source: policy."""
READERS = {"docx": read_docx, "xlsx": read_xlsx}
KINDS = (
    (RowKind.NEED.value, _("Need")),
    (RowKind.MUST.value, _("Must requirement")),
    (RowKind.CRITERION.value, _("Award criterion")),
    (RowKind.TERM.value, _("Special contract term")),
    (RowKind.UNDECIDED.value, _("Not decided yet")),
)


class ImportForm(RtForm, forms.Form):
    """A file, or pasted text."""

    groups = (Group(("file",)), Group(("text",)))
    file = forms.FileField(label=_("File"), required=False, help_text=_("Word (.docx) or Excel (.xlsx), at most 10 MB"))
    text = forms.CharField(
        label=_("Or paste text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One need or requirement per line, or a table copied from Excel or Word"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "file" in self.errors:
            return cleaned
        file, text = cleaned.get("file"), (cleaned.get("text") or "").strip()
        if not file and not text:
            raise forms.ValidationError(gettext("Choose a file or paste text."))
        try:
            cleaned["found"] = self._read_file(file) if file else read_text(text)
        except UnreadableError as error:
            self.add_error("file", said(error.reason))
        else:
            if not cleaned["found"].rows:
                self.add_error(
                    "file" if file else "text", gettext("Nothing was found that looks like a need or a requirement.")
                )
        return cleaned

    def _read_file(self, file: Any) -> Found:
        ending = file.name.rpartition(".")[2].lower()
        if ending not in READERS:
            self.add_error("file", gettext("Choose a Word file (.docx) or an Excel file (.xlsx)."))
            return read_text("-")
        if file.size > LARGEST_FILE:
            self.add_error("file", gettext("The file is larger than 10 MB. Choose a smaller one."))
            return read_text("-")
        return READERS[ending](file.read())


class RowForm(RtForm, forms.Form):
    """One row as it was understood: whether to take it, what it is, its name and text."""

    groups = (Group(("take", "kind", "title", "text")),)
    take = forms.BooleanField(label=_("Take this row"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    title = forms.CharField(label=_("Title"), max_length=150)
    text = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    more = forms.CharField(required=False, widget=forms.HiddenInput)
    place = forms.CharField(required=False, widget=forms.HiddenInput)
    notes = forms.CharField(required=False, widget=forms.HiddenInput)

    def full_clean(self) -> None:
        """A row that is not taken needs no name."""
        super().full_clean()
        if self.is_bound and not self.cleaned_data.get("take"):
            self.errors.clear()

    def clean_more(self) -> dict[str, str]:
        try:
            more = json.loads(self.cleaned_data["more"] or "{}")
        except json.JSONDecodeError:
            more = None
        if not isinstance(more, dict) or not all(isinstance(each, str) for pair in more.items() for each in pair):
            raise forms.ValidationError(gettext("The row was damaged on its way. Read the file again."))
        return more

    @property
    def where(self) -> str:
        """Return where in the document the row stands."""
        return str(self["place"].value() or "")

    @property
    def told(self) -> str:
        """Return what to look at in the row."""
        return str(self["notes"].value() or "")

    @property
    def row(self) -> Row:
        """Return the row as the person left it."""
        typed = self.cleaned_data
        return Row(typed["place"], RowKind(typed["kind"]), typed["title"], typed["text"], typed["more"])


RowFormSet = forms.formset_factory(RowForm, extra=0)


class KeyForm(RtForm, forms.Form):
    """Carries only the key that makes a second sending harmless."""

    idempotent = True


def preview(found: Found) -> Any:
    """Return the rows of a document as forms, all of them chosen."""
    return RowFormSet(
        prefix="rows",
        initial=[
            {
                "take": row.is_chosen,
                "kind": row.kind.value,
                "title": row.title,
                "text": row.text,
                "more": json.dumps(dict(row.more), ensure_ascii=False),
                "place": row.place,
                "notes": " ".join(said(note) for note in row.notes),
            }
            for row in found.rows
        ],
    )
