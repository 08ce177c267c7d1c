"""What people write when they judge: points on the published scale, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rodatraden.assessments.documents import proposed_mark, usual_use
from rodatraden.assessments.models import Criterion, IndividualScore, PriceSighting
from rodatraden.assessments.queries import mark_of, word_marks
from rodatraden.assessments.rules import is_on_scale, names_no_amount
from rodatraden.core.numbers import swedish_number
from rodatraden.ui.forms import Checks, FileForm, NumberInput, PointsField, Radios, RtForm
from rodatraden.ui.words import points, said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from decimal import Decimal
    from uuid import UUID

    from django.forms.boundfield import BoundField

    from rodatraden.assessments.models import Item, PanelMember, Round
    from rodatraden.assessments.queries import Candidate, Key, Material, Words
    from rodatraden.parties.models import Person


class ScaleField(PointsField):
    """Points on the scale that was published for one criterion; in a draft they may wait."""

    def __init__(self, criterion: Criterion, *, may_wait: bool = False, **kwargs: Any) -> None:
        self.criterion = criterion
        self.may_wait = may_wait
        if criterion.unit == Criterion.Unit.PERCENT:
            kwargs["widget"] = NumberInput(suffix="%")
        super().__init__(help_text=scale_in_words(criterion), **kwargs)

    def validate(self, value: Decimal | None) -> None:
        """Refuse what the verb refuses, beside the field."""
        if not self.may_wait:
            super().validate(value)
        answer = is_on_scale(self.criterion, value) if value is not None else None
        if answer is not None and answer.reason is not None:
            raise forms.ValidationError(said(answer.reason), code="off_scale")


class WaitingText(forms.CharField):
    """A text that is needed in the end and may still be empty in a draft."""

    def validate(self, value: str) -> None:
        """Let it wait: handing in asks for it."""


def scale_in_words(criterion: Criterion) -> str:
    """Say which points can be given: 0–10, whole points; or which percentage, and of what."""
    if criterion.unit == Criterion.Unit.PERCENT:
        most = {"most": points(criterion.worth)}
        if criterion.step is None:
            return gettext("0–100 %% of %(most)s") % most
        return gettext("0–100 %% of %(most)s, in steps of %(step)s") % (most | {"step": swedish_number(criterion.step)})
    ends = f"{swedish_number(criterion.min_points)}–{swedish_number(criterion.max_points)}"
    if criterion.step is None:
        return ends
    if criterion.step == 1:
        return gettext("%(ends)s, whole points") % {"ends": ends}
    return gettext("%(ends)s, in steps of %(step)s") % {"ends": ends, "step": swedish_number(criterion.step)}


@dataclass(frozen=True, slots=True)
class Part:
    """The fields of one criterion of one item, to be drawn beside what is read; `other` is what another window saved."""

    number: int
    item: Item
    criterion: Criterion
    strengths: BoundField
    improvements: BoundField
    points: BoundField
    reason: BoundField
    places: BoundField
    other: IndividualScore | None


WRITTEN = ("strengths", "improvements", "points", "reason", "places")
"""What is written of each criterion, in the order in which one thinks: what is good, what is not, then the points."""


class ScoreForm(RtForm, forms.Form):
    """What one has written of some criteria of some items, each under its number; what is not ready may be left empty.

    Each part carries the mark of what it began from, so that two windows never write over each other.
    """

    def __init__(
        self,
        *args: Any,
        cells: Mapping[int, tuple[Item, Criterion]],
        own: Mapping[Key, IndividualScore],
        named: Callable[[Item, Criterion], str],
        **kwargs: Any,
    ) -> None:
        self.cells = cells
        self.others: dict[int, IndividualScore] = {}
        self.base_fields = {  # type: ignore[misc]  # fields follow the cells; Django copies them from here
            f"{name}_{number}": field
            for number, (item, criterion) in cells.items()
            for name, field in _score_fields(
                criterion, own.get((item.pk, criterion.pk)), named(item, criterion)
            ).items()
        }
        super().__init__(*args, **kwargs)

    @property
    def parts(self) -> list[Part]:
        """Return the fields, cell by cell."""
        return [
            Part(
                number=number,
                item=item,
                criterion=criterion,
                other=self.others.get(number),
                **{name: self[f"{name}_{number}"] for name in WRITTEN},
            )
            for number, (item, criterion) in self.cells.items()
        ]

    def written(self, numbers: Iterable[int] = ()) -> dict[tuple[Item, Criterion], dict[str, Any]]:
        """Return what was written for each cell, or for those numbered."""
        return {
            self.cells[number]: {name: self.cleaned_data[f"{name}_{number}"] for name in (*WRITTEN, "based_on")}
            for number in numbers or self.cells
        }

    def problem_of(self, number: int) -> str:
        """Return what has to be mended in a part before it can be saved, or nothing."""
        found = [str(text) for name in WRITTEN for text in self.errors.get(f"{name}_{number}", ())]
        return found[0] if found else ""

    def stand_on(self, others: Mapping[tuple[Item, Criterion], IndividualScore]) -> None:
        """Show what another window saved beside what was typed here; saved again, what is typed here is what holds."""
        numbers = {cell: number for number, cell in self.cells.items()}
        self.others = {numbers[cell]: other for cell, other in others.items()}
        marks = {f"based_on_{number}": mark_of(other) for number, other in self.others.items()}
        self.data = dict(self.data.items()) | marks


def by_criterion(item: Item, criterion: Criterion) -> str:
    """Name the fields of one item by their criterion."""
    del item
    return criterion.title


def by_item(item: Item, criterion: Criterion) -> str:
    """Name the fields of one criterion by what is judged."""
    del criterion
    return item.label


def _score_fields(criterion: Criterion, own: IndividualScore | None, name: str) -> dict[str, forms.Field]:
    of = {"criterion": name}
    return {
        "based_on": forms.CharField(required=False, widget=forms.HiddenInput, initial=mark_of(own)),
        "strengths": _text(gettext("Strengths: %(criterion)s") % of, 3, own.strengths if own else ""),
        "improvements": _text(gettext("Areas for improvement: %(criterion)s") % of, 3, own.improvements if own else ""),
        "points": ScaleField(
            criterion,
            label=gettext("Points: %(criterion)s") % of,
            may_wait=True,
            initial=own.points if own else None,
        ),
        "reason": _text(
            gettext("Reason: %(criterion)s") % of,
            4,
            own.reason if own else "",
            help_text=gettext("Why these points and no others, by the published scale."),
        ),
        "places": WaitingText(
            label=gettext("Where in the documents: %(criterion)s") % of,
            help_text=gettext("File and page, for example: Method description, p. 4."),
            max_length=IndividualScore._meta.get_field("places").max_length,  # noqa: SLF001 -- Django's public name for it
            initial=own.places if own else "",
        ),
    }


def _text(label: str, rows: int, initial: str, help_text: str = "") -> WaitingText:
    return WaitingText(label=label, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows}), initial=initial)


class ConsensusForm(RtForm, forms.Form):
    """What the panel agreed on for one criterion of one item; no mean is proposed."""

    idempotent = True

    def __init__(self, *args: Any, criterion: Criterion, assessors: Sequence[PanelMember], **kwargs: Any) -> None:
        self.assessors = {str(member.pk): member for member in assessors}
        self.base_fields = {  # type: ignore[misc]  # fields follow the criteria; Django copies them from here
            "points": ScaleField(criterion, label=_("Points")),
            "reason": forms.CharField(
                label=_("Reason"), help_text=_("The one who was judged reads it."), widget=forms.Textarea
            ),
            "strengths": forms.CharField(
                label=_("Strengths"),
                help_text=_(
                    "One to a line, for the feedback report. The assessors' own lines lie here to weed and join."
                ),
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            ),
            "improvements": forms.CharField(
                label=_("Areas for improvement"),
                help_text=_("One to a line, for the feedback report."),
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            ),
            "present": forms.MultipleChoiceField(
                label=_("Who took part"),
                choices=[(key, member.person.name) for key, member in self.assessors.items()],
                widget=Checks,
                initial=list(self.assessors),
            ),
        }
        super().__init__(*args, **kwargs)

    def present(self) -> list[PanelMember]:
        """Return those who took part."""
        return [self.assessors[key] for key in self.cleaned_data["present"]]


class ConfirmForm(RtForm, forms.Form):
    """A step that can't be taken back, confirmed on a page of its own."""

    idempotent = True


class CandidateField(forms.ChoiceField):
    """An evaluator who may join; one who has joined meanwhile is let through, for the verb to say so."""

    known: Mapping[str, Person] = MappingProxyType({})

    def valid_value(self, value: str) -> bool:
        """Whether it is an evaluator of the procurement."""
        return value in self.known


def offer(field: forms.Field, candidates: Sequence[Candidate]) -> Mapping[str, Person]:
    """Offer those of `candidates` who may join now, and return all of them by number."""
    assert isinstance(field, CandidateField)
    field.known = {str(each.person.pk): each.person for each in candidates}
    offered = [(str(each.person.pk), each.person.name) for each in candidates if each.answer]
    field.choices = [*([] if field.required else [("", _("Nobody"))]), *offered]
    return field.known


class WithoutForm(RtForm, forms.Form):
    """Why the round goes on without an assessor, and who takes over, if anybody."""

    idempotent = True
    taker = CandidateField(
        label=_("Who takes over"),
        required=False,
        help_text=_("Starts from blank. Nobody: the others go on without."),
    )
    reason = forms.CharField(
        label=_("Why the round goes on"), help_text=_("It stays on record."), widget=forms.Textarea
    )

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = offer(self.fields["taker"], candidates)

    @property
    def successor(self) -> Person | None:
        """Return who takes over, or None."""
        return self.known.get(self.cleaned_data["taker"])


class TakeOverForm(RtForm, forms.Form):
    """Why somebody else leads from now on."""

    idempotent = True
    reason = forms.CharField(
        label=_("Why you take over the lead"),
        help_text=_("It stays on record."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OfferForm(RtForm, forms.Form):
    """One of those who may take a part in the round."""

    idempotent = True
    person = CandidateField()

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = offer(self.fields["person"], candidates)

    @property
    def chosen(self) -> Person:
        """Return who was chosen."""
        return self.known[self.cleaned_data["person"]]


class AddForm(OfferForm):
    """Who judges too, from now on."""

    person = CandidateField(label=_("Who judges too"))


class PriceForm(RtForm, forms.Form):
    """Where a price stands that one has met, never how high it is."""

    idempotent = True
    material = forms.ChoiceField(label=_("Which document"))
    where = forms.CharField(
        label=_("Where in it"),
        help_text=_("Page and paragraph, so that it is found. Leave the amount out."),
        max_length=PriceSighting._meta.get_field("where").max_length,  # noqa: SLF001 -- Django's public name for it
    )

    def __init__(self, *args: Any, material: Sequence[Material], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = {str(each.id): each.id for each in material if each.id}
        field = self.fields["material"]
        assert isinstance(field, forms.ChoiceField)
        named = [(str(each.id), each.name) for each in material if each.id]
        field.choices = [*named, ("other", _("Somewhere else"))]

    def clean_where(self) -> str:
        """Refuse an amount beside the field, before it is written anywhere."""
        where: str = self.cleaned_data["where"]
        answer = names_no_amount(where)
        if answer.reason is not None:
            raise forms.ValidationError(said(answer.reason), code="amount")
        return where

    @property
    def chosen(self) -> UUID | None:
        """Return the number of the document, or None."""
        return self.documents.get(self.cleaned_data["material"])


class HandleForm(FileForm):
    """What was done about a price that somebody met."""

    measure = forms.ChoiceField(label=_("What was done"), choices=PriceSighting.Measure.choices, widget=Radios)
    file = forms.FileField(
        label=_("Masked copy"),
        required=False,
        help_text=_("PDF, only when a copy is to be read instead. Remove the text, don't only cover it."),
    )
    hidden = forms.CharField(
        label=_("What must be gone from the copy"),
        required=False,
        help_text=_("One a line, the amount as it is written. The copy is searched for it; it is not kept."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    explanation = forms.CharField(
        label=_("How and why"), help_text=_("It stays on record. Leave the amount out."), widget=forms.Textarea
    )


class DueForm(RtForm, forms.Form):
    """By when everybody is asked to have handed in."""

    idempotent = True
    due_on = forms.DateField(label=_("Last day for the individual scores"))


class FeedbackForm(RtForm, forms.Form):
    """What the panel says of each item as a whole, and how its reports may be used.

    Each piece carries the mark of what it began from, so that two windows never write over each other.
    """

    def __init__(self, *args: Any, assessed: Round, **kwargs: Any) -> None:
        self.items = {f"summary_{item.number}": item for item in assessed.items.all()}
        self.pieces: dict[str, Words] = {f"based_on_{item.number}": item for item in self.items.values()}
        self.pieces["based_on"] = None
        self.others: list[tuple[str, list[str]]] = []
        marks = word_marks(assessed) | ({} if assessed.use else {None: proposed_mark(assessed)})
        self.base_fields = {  # type: ignore[misc]  # fields follow the items; Django copies them from here
            **{
                name: forms.CharField(
                    label=gettext("Summary: %(item)s") % {"item": item.label},
                    help_text=gettext("What stands out as a whole. Name nobody else."),
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 4}),
                    initial=item.summary,
                )
                for name, item in self.items.items()
            },
            "use": forms.CharField(
                label=gettext("What the reports may be used for"),
                help_text=gettext("It stands in every report, so that nobody wonders afterwards what the points mean."),
                widget=forms.Textarea(attrs={"rows": 4}),
                initial=assessed.use or usual_use(assessed),
            ),
            "shows_points": forms.TypedChoiceField(
                label=gettext("Points in the reports"),
                choices=(("yes", gettext("The reports tell the points")), ("no", gettext("Only words, no points"))),
                coerce=lambda answer: answer == "yes",
                initial="yes" if assessed.shows_points else "no",
                widget=Radios,
            ),
            **{
                name: forms.CharField(required=False, widget=forms.HiddenInput, initial=marks[about])
                for name, about in self.pieces.items()
            },
        }
        super().__init__(*args, **kwargs)

    def summaries(self) -> dict[Item, str]:
        """Return what was written of each item."""
        return {item: self.cleaned_data[name] for name, item in self.items.items()}

    def based_on(self) -> dict[Words, str]:
        """Return the marks of what each piece began from."""
        return {about: self.cleaned_data[name] for name, about in self.pieces.items() if self.cleaned_data[name]}

    def stand_on(self, assessed: Round, others: Collection[Words]) -> None:
        """Show what another window saved beside what was typed here; saved again, what is typed here is what holds."""
        for item in assessed.items.all():
            if item in others:
                self.others.append((item.label, [item.summary]))
        if None in others:
            told = gettext("The reports tell the points") if assessed.shows_points else gettext("Only words, no points")
            self.others.append((gettext("All reports"), [assessed.use, told]))
        marks = word_marks(assessed)
        self.data = dict(self.data.items()) | {
            name: marks[about] for name, about in self.pieces.items() if about in others
        }


class FreezeForm(RtForm, forms.Form):
    """A confirmation, with the reason for another version where there already is one."""

    idempotent = True

    def __init__(self, *args: Any, asks_why: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_why:
            self.fields["why"] = forms.CharField(
                label=_("Why there is another version"),
                help_text=_("The one who was judged reads it."),
                widget=forms.Textarea(attrs={"rows": 3}),
            )
