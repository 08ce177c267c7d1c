"""What people write when they check bids and start the judging."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.models import WIDE_ABOVE
from rodatraden.core.evaluation.case import LARGEST
from rodatraden.core.evaluation.workbook import WorkbookError
from rodatraden.evaluation.models import RobustnessReport
from rodatraden.evaluation.queries import OtherModelError, Table, read_table
from rodatraden.ui.forms import Radios, RtForm
from rodatraden.ui.words import percent, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile

    from rodatraden.core.evaluation import Model
    from rodatraden.parties.models import Person


class CheckForm(RtForm, forms.Form):
    """Whether one bid meets one must, where it shows and why that is enough or not."""

    idempotent = True
    is_met = forms.TypedChoiceField(
        label=_("Is the requirement met?"),
        choices=(("yes", _("Met")), ("no", _("Not met"))),
        coerce=lambda answer: answer == "yes",
        widget=Radios(explained={"no": _("The bid is not ranked. The bidder reads the reason.")}),
    )
    evidence = forms.CharField(label=_("Where it shows"), help_text=_("Document and page, or what is missing."))
    reason = forms.CharField(
        label=_("Reason"), help_text=_("Why that is enough, or not. The bidder reads it."), widget=forms.Textarea
    )


WIDE_SHARES = (Decimal("0.2"), Decimal("0.3"), WIDE_ABOVE, Decimal("0.5"))


class StartForm(RtForm, forms.Form):
    """Who leads the judging, and what counts as a wide spread."""

    idempotent = True

    def __init__(self, *args: Any, leaders: Sequence[Person], **kwargs: Any) -> None:
        self.people = {str(person.pk): person for person in leaders}
        self.base_fields = {  # type: ignore[misc]  # the choices follow the team; Django copies them from here
            "leader": forms.ChoiceField(
                label=_("Who leads the judging"),
                help_text=_("Writes the consensus down. Gives no scores as leader."),
                choices=[(key, person.name) for key, person in self.people.items()],
            ),
            "wide_above": forms.TypedChoiceField(
                label=_("What is a wide spread"),
                help_text=_("What the evaluators judge further apart is talked through before the rest."),
                choices=[(str(share), percent(share)) for share in WIDE_SHARES],
                coerce=Decimal,
                initial=str(WIDE_ABOVE),
            ),
            "is_anonymous": forms.BooleanField(
                label=_("Judge without names"),
                required=False,
                help_text=_(
                    "The bids are called A, B, C until the consensus is locked. Who has bid the evaluators know, since they "
                    "declare their interests; whose bid is whose they don't see. A file can still say it, and who has "
                    "opened the bids before now knows."
                ),
            ),
            "with_example": forms.BooleanField(
                label=_("Judge an example first"),
                required=False,
                help_text=_(
                    "Everybody judges an answer that the leader puts up, and you see each other's points. The bids open after "
                    "that. Nothing of the example counts."
                ),
            ),
        }
        super().__init__(*args, **kwargs)

    @property
    def leader(self) -> Person:
        """Return who was chosen."""
        return self.people[self.cleaned_data["leader"]]


class RobustnessForm(RtForm, forms.Form):
    """How individual scores are joined where they are counted instead of the consensus."""

    idempotent = True
    joined = forms.ChoiceField(
        label=_("How individual scores are joined"),
        help_text=_("Only in the questions that count them instead of the consensus."),
        choices=RobustnessReport.Joined.choices,
        initial=RobustnessReport.Joined.MEAN,
        widget=Radios,
    )


class ConfirmForm(RtForm, forms.Form):
    """A step that can't be taken back, confirmed on a page of its own."""

    idempotent = True


class TableForm(RtForm, forms.Form):
    """The table of bids that was filled in, read as soon as it is sent; `table` is what was found in it."""

    file = forms.FileField(label=_("The filled in table"), help_text=_("Excel (.xlsx), at most 5 MB"))

    def __init__(self, *args: Any, model: Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.model = model
        self.table: Table | None = None

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if not (file.name or "").lower().endswith(".xlsx"):
            raise forms.ValidationError(gettext("Choose an Excel file (.xlsx)."))
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(gettext("The file is larger than 5 MB. Take out what is not the table."))
        try:
            self.table = read_table(self.model, file.read())
        except (WorkbookError, OtherModelError) as error:
            raise forms.ValidationError(said(error.reason)) from error
        if n := len(self.table.faults):
            told = ngettext(
                "The table has %(n)s fault. Nothing was computed.",
                "The table has %(n)s faults. Nothing was computed.",
                n,
            )
            raise forms.ValidationError(told % {"n": n})
        if self.table.counted is None or not self.table.counted.bids:
            raise forms.ValidationError(
                gettext("The table holds no bids. Fill in a row for each bid and send it again.")
            )
        return file
