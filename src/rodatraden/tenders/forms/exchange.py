"""Import: where the rows come from, and the preview in which a person sorts them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.needs.queries import standing as standing_needs
from rodatraden.tenders.documents import (
    Row,
    RowKind,
    UnreadableError,
    heading_of,
    read_docx,
    read_fields,
    read_text,
    read_xlsx,
)
from rodatraden.ui.forms import Group, RtForm
from rodatraden.ui.words import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rodatraden.needs.models import Need
    from rodatraden.tenders.documents import Found
    from rodatraden.tenders.models import Tender

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


class Known:
    """The needs by label and the people by name that a row may speak of: those of the case, and needs in the document."""

    def __init__(self, tender: Tender) -> None:
        case = tender.procurement
        self.needs: dict[str, Need | None] = {need.label: need for need in standing_needs(case)}
        self.people = {member.person.name: member.person for member in case.team.all() if not member.removed_at}

    def add(self, needs: Iterable[Mapping[str, str]]) -> None:
        """Count the needs that the document itself names."""
        for more in needs:
            if label := more.get("label"):
                self.needs.setdefault(label, None)


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

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    @property
    def understood(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return what the row says besides title and text, by column; and what of it can't be read."""
        kind = str(self["kind"].value())
        row = Row(
            "", RowKind(kind) if kind in set(RowKind) else RowKind.UNDECIDED, "", "", _texts(self["more"].value()) or {}
        )
        return (
            [(heading_of(name, row.kind), words) for name, words in row.more.items()],
            read_fields(row, self.known.needs, self.known.people).unread,
        )

    def full_clean(self) -> None:
        """A row that is not taken needs no name."""
        super().full_clean()
        if self.is_bound and not self.cleaned_data.get("take"):
            self.errors.clear()

    def clean_more(self) -> dict[str, str]:
        more = _texts(self.cleaned_data["more"])
        if more is None:
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


def _texts(told: Any) -> dict[str, str] | None:
    """Return the columns that a row carries, or None when they were damaged on their way."""
    try:
        more = json.loads(told or "{}")
    except json.JSONDecodeError:
        return None
    if not isinstance(more, dict) or not all(isinstance(each, str) for pair in more.items() for each in pair):
        return None
    return more


_Rows = forms.formset_factory(RowForm, extra=0)


def typed_rows(data: Any, tender: Tender) -> Any:
    """Return the rows of the preview as they came back."""
    rows = _Rows(data, prefix="rows", form_kwargs={"known": (known := Known(tender))})
    known.add(_texts(row["more"].value()) or {} for row in rows.forms if str(row["kind"].value()) == RowKind.NEED.value)
    return rows


class KeyForm(RtForm, forms.Form):
    """Carries only the key that makes a second sending harmless."""

    idempotent = True


def preview(found: Found, tender: Tender) -> Any:
    """Return the rows of a document as forms, all of them chosen."""
    known = Known(tender)
    known.add(row.more for row in found.rows if row.kind is RowKind.NEED)
    return _Rows(
        prefix="rows",
        form_kwargs={"known": known},
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
