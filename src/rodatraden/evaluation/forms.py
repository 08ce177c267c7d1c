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
from rodatraden.evaluation.models import Inquiry, RobustnessReport
from rodatraden.evaluation.queries import OtherModelError, Table, read_table
from rodatraden.ui.forms import Checks, Radios, RtForm
from rodatraden.ui.words import percent, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile

    from rodatraden.bids.models import Bid
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


class AskForm(RtForm, forms.Form):
    """A question to some or all bidders, each about its own bid."""

    idempotent = True
    purpose = forms.ChoiceField(
        label=_("What the question is for"),
        choices=Inquiry.Purpose.choices,
        widget=Radios(
            explained={
                Inquiry.Purpose.CLARIFICATION: _(
                    "Nothing new of substance may come in, and no price and no person changes."
                ),
                Inquiry.Purpose.LOW_PRICE: _(
                    "Possible when the prices are open. A bid is never rejected for its price unasked."
                ),
                Inquiry.Purpose.EXCLUSION: _("Nobody is excluded without having had a set time to comment."),
            }
        ),
    )
    question = forms.CharField(
        label=_("Question"), help_text=_("The bidder reads it. Ask one thing at a time."), widget=forms.Textarea
    )
    basis = forms.CharField(
        label=_("Why it may be asked"),
        help_text=_(
            "Why a clarification improves nothing, what makes the price look too low, or which ground there may be."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    answer_by = forms.DateTimeField(label=_("Last time for the answer"))
    why_alone = forms.CharField(
        label=_("Why the others are not asked"),
        help_text=_("For a clarification that only some are asked about."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, bids: Sequence[Bid], knows_prices: bool, **kwargs: Any) -> None:
        self.known = {str(bid.pk): bid for bid in bids}
        super().__init__(*args, **kwargs)
        self.fields["bids"] = forms.MultipleChoiceField(
            label=_("Who is asked"),
            choices=[(key, f"{bid.number}. {bid.supplier.name}") for key, bid in self.known.items()],
            widget=Checks,
            error_messages={"required": _("Choose whom to ask.")},
        )
        self.order_fields(["purpose", "bids", "question", "basis", "why_alone", "answer_by"])
        if not knows_prices:
            purpose = self.fields["purpose"]
            assert isinstance(purpose, forms.ChoiceField)
            purpose.choices = [each for each in Inquiry.Purpose.choices if each[0] != Inquiry.Purpose.LOW_PRICE]

    def asked(self) -> dict[str, Any]:
        """Return what is asked, as the verb takes it."""
        names = ("purpose", "question", "basis", "answer_by", "why_alone")
        return {
            "bids": [self.known[key] for key in self.cleaned_data["bids"]],
            **{name: self.cleaned_data[name] for name in names},
        }


class AnswerForm(RtForm, forms.Form):
    """The bidder's answer."""

    idempotent = True
    answer = forms.CharField(
        label=_("Answer"),
        help_text=_("It stands beside your bid and changes nothing in it. You answer once."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class AssessForm(RtForm, forms.Form):
    """What comes of a question, with the reason."""

    idempotent = True
    conclusion = forms.ChoiceField(label=_("What comes of it"), choices=Inquiry.Conclusion.choices, widget=Radios)
    reason = forms.CharField(label=_("Reason"), help_text=_("The bidder reads it."), widget=forms.Textarea)

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if purpose == Inquiry.Purpose.CLARIFICATION:
            conclusion = self.fields["conclusion"]
            assert isinstance(conclusion, forms.ChoiceField)
            conclusion.choices = [(Inquiry.Conclusion.ACCEPTED, Inquiry.Conclusion.ACCEPTED.label)]
            conclusion.initial = Inquiry.Conclusion.ACCEPTED
