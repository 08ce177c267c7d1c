"""How Django draws forms here: the markup of Designsystemet with every id, label and aria attribute made on the server.

Set as FORM_RENDERER. Pages write `{% include "ui/form.html" with form=form %}` or `{{ form.name.as_field_group }}`
and never the markup of a field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.forms.boundfield import BoundWidget
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

DJANGO_ROWS = "10"  # what Django writes when nobody asked for a height
ROWS = "4"
CHOICE_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


class UiBoundField(forms.BoundField):
    """A field that knows the ids of its own description, count and error, so that they work without JavaScript."""

    @property
    def is_group(self) -> bool:
        """Whether the field is many controls under one legend."""
        return isinstance(self.field.widget, CHOICE_GROUPS)

    @property
    def is_check(self) -> bool:
        """Whether the field is one box to tick, with its label to the right."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def help_id(self) -> str:
        """The id of the description."""
        return f"{self.auto_id}-help"

    @property
    def error_id(self) -> str:
        """The id of the message that says what to mend."""
        return f"{self.auto_id}-error"

    @property
    def count_id(self) -> str:
        """The id of the line that says how much room the text has."""
        return f"{self.auto_id}-count"

    @property
    def again_id(self) -> str:
        """The id of the line that asks for a file to be chosen again."""
        return f"{self.auto_id}-again"

    @property
    def focus_id(self) -> str:
        """The id of the control that a link in the error summary leads to."""
        return f"{self.auto_id}_0" if self.is_group else self.auto_id

    @property
    def limit(self) -> int | None:
        """Return how many characters a longer text may have; short fields have no visible limit."""
        if isinstance(self.field.widget, forms.Textarea):
            return getattr(self.field, "max_length", None)
        return None

    @property
    def suffix(self) -> str:
        """Return the unit that stands after the control, such as kr."""
        return str(getattr(self.field.widget, "suffix", ""))

    @property
    def is_optional(self) -> bool:
        """Whether the label says that the field may be left empty; a lone box to tick always may.

        A field that is `wanted` may be left for later but not for good, so its label doesn't say so.
        """
        is_wanted = getattr(self.field, "wanted", False)
        return not (self.field.required or is_wanted or self.is_check or self.field.disabled)

    @property
    def chosen_file(self) -> str:
        """Return the name of the file that was chosen before the page came back: browsers forget it, people should not."""
        if not self.field.widget.needs_multipart_form:
            return ""
        kept: dict[str, str] = getattr(self.form, "kept_files", {})
        upload = self.form.files.get(self.html_name) if self.form.is_bound else None
        return upload.name or "" if upload is not None else kept.get(self.html_name, "")

    @property
    def options(self) -> Iterator[tuple[BoundWidget, str]]:
        """Return each choice of a group with the sentence that explains it, if its widget has one."""
        explained: dict[str, str] = getattr(self.field.widget, "explained", {})
        for option in self.subwidgets:
            yield option, str(explained.get(str(option.data["value"]), ""))

    @property
    def aria_describedby(self) -> str:
        """Return the ids of all that describes the field, the error first."""
        ids = (
            self.error_id if self.errors else "",
            self.help_id if self.help_text else "",
            self.again_id if self.chosen_file else "",
            self.count_id if self.limit else "",
        )
        return " ".join(id_ for id_ in ids if id_)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add what Designsystemet needs; drop maxlength, which cuts pasted text without a word (the server says it)."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return built
        classes = f"ds-input {widget.attrs.get('class', '')}".strip()
        built |= {"class": classes, "maxlength": False}
        if isinstance(widget, forms.Textarea):
            built["cols"] = False  # as wide as the form
            built["rows"] = ROWS if widget.attrs.get("rows") == DJANGO_ROWS else widget.attrs.get("rows", ROWS)
        if described := self.aria_describedby if not self.is_group else "":
            built["aria-describedby"] = described
        return built


INPUTS = frozenset(
    f"django/forms/widgets/{name}.html"
    for name in ("input", "text", "number", "email", "password", "hidden", "date", "checkbox")
)
OPTIONS = frozenset(f"django/forms/widgets/{name}.html" for name in ("radio_option", "checkbox_option"))


BOX, LIST = "django/forms/widgets/textarea.html", "django/forms/widgets/select.html"


def _input(widget: Mapping[str, Any]) -> SafeString:
    """Write a control of one tag as Django's `input.html` does; a test holds the two together."""
    value = widget["value"]
    shown = "" if value is None else format_html(' value="{}"', str(value))
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], shown, flatatt(widget["attrs"])
    )


def _box(widget: Mapping[str, Any]) -> SafeString:
    """Write a longer text as Django's `textarea.html` does."""
    return format_html(
        '<textarea name="{}"{}>\n{}</textarea>', widget["name"], flatatt(widget["attrs"]), widget["value"] or ""
    )


def _list(widget: Mapping[str, Any]) -> SafeString:
    """Write a list to choose from as Django's `select.html` does."""
    groups = format_html_join(
        "",
        "{}",
        (
            (format_html('<optgroup label="{}">{}</optgroup>', name, options) if name else options,)
            for name, choices, _ in widget["optgroups"]
            for options in (_options(choices),)
        ),
    )
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), groups)


def _options(choices: Iterable[Mapping[str, Any]]) -> SafeString:
    rows = ((str(each["value"]), flatatt(each["attrs"]), each["label"]) for each in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


WRITTEN = {**dict.fromkeys(INPUTS | OPTIONS, _input), BOX: _box, LIST: _list}


class UiRenderer(TemplatesSetting):
    """Draws forms with the templates in `ui/forms`, widgets with Django's own but for the commonest controls.

    Those are written at once: a form has dozens, and Django goes through two or three templates for each, and for each choice.
    """

    form_template_name = "ui/forms/fields.html"
    formset_template_name = "ui/forms/formset.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = UiBoundField

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Draw a form, a field or a control."""
        write = WRITTEN.get(template_name)
        if write is not None and not context["widget"].get("wrap_label"):
            return write(context["widget"])
        return super().render(template_name, context, request)
