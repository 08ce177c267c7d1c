"""The template library `rt`: filters that write values, and tags that wrap content in a component.

`{% load rt %}` and see README.md of `ui` for every tag with its parameters. Each tag renders one template in
`templates/ui/components`; the tag only checks its parameters.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django import template
from django.forms.utils import flatatt
from django.template.base import token_kwargs
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language

from rodatraden.core.message import Message
from rodatraden.core.numbers import swedish_amount, swedish_number
from rodatraden.core.thread import Station
from rodatraden.ui import bundles, drawing, keep, words
from rodatraden.ui.drawn import drawn
from rodatraden.ui.forms import problems_of
from rodatraden.ui.place import mend_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from django.forms import BaseForm, BaseFormSet
    from django.template.base import FilterExpression, Parser, Token
    from django.template.context import Context, RequestContext
    from django.utils.safestring import SafeString

    from rodatraden.core.thread import Knot, Thread

register = template.Library()

# The values of parameters are English words; the style sheets follow the design reference and are Swedish.
THREAD_CSS = {
    "whole": "hel",
    "planned": "hel",
    "passed": "hel",
    "broken": "brusten",
    "coming": "kommande",
    "later": "kommande",
    "beyond": "kommande",
    "end": "slut",
}
PHASE_CSS = {"done": "klar", "now": "nu", "coming": "kommer"}
CHECK_CSS = {"yes": "ja", "no": "nej", "warning": "var", "waiting": "vant"}

register.filter("integrity", bundles.integrity)
register.filter("number", swedish_number)
register.filter("kr", swedish_amount)
register.filter("points", words.points)
register.filter("percent", words.percent)
register.filter("month", words.month)
register.filter("share", words.share)
register.filter("interval", words.interval)
register.filter("weekday_date", words.weekday_date)
register.filter("short_date", words.short_date)
register.filter("short_moment", words.short_moment)
register.filter("initials", words.initials)
register.filter("relative", words.relative)
register.filter("mend_url", mend_url)
register.filter("attributes", flatatt)
register.simple_tag(drawn)


@register.filter
def said(message: Message | str | None) -> str:
    """Say a sentence of the core; what is already text passes unchanged, nothing stays nothing."""
    return words.said(message) if isinstance(message, Message) else str(message or "")


@register.filter
def clock(value: datetime, seconds: str = "") -> str:
    """Write the time of day; `|clock:"seconds"` where law counts them."""
    return words.clock(value, seconds=bool(seconds))


@register.filter
def moment(value: datetime, seconds: str = "") -> str:
    """Write day and time; `|moment:"seconds"` where law counts them."""
    return words.moment(value, seconds=bool(seconds))


@register.filter
def iso(value: date | datetime) -> str:
    """Write the value for the attribute `datetime` of <time>, in Swedish time."""
    return words.local(value).isoformat() if isinstance(value, datetime) else value.isoformat()


@register.filter
def thread_css(state: str) -> str:
    """Return the style name of a state of the thread: whole, broken, coming or end."""
    return THREAD_CSS[state]


@register.filter
def phase_css(state: str) -> str:
    """Return the style name of a phase: done, now or coming."""
    return PHASE_CSS[state]


@register.filter
def check_css(state: str) -> str:
    """Return the style name of a check: yes, no, warning or waiting."""
    return CHECK_CSS[state]


@register.filter
def plus(value: float, more: float) -> str:
    """Return a coordinate further on."""
    return f"{value + more:g}"


@register.simple_tag
def mini_thread(states: Sequence[str | Knot]) -> SafeString:
    """Draw the small thread from six states or knots; readers get it as words, so write them beside it."""
    return _mini(tuple(state if isinstance(state, str) else state.state.value for state in states))


@lru_cache(maxsize=256)
def _mini(states: tuple[str, ...]) -> SafeString:
    """Draw the same states once: a page has many small threads, and most of them look alike."""
    return render_to_string("ui/components/mini.html", {"mini": drawing.mini_thread(states)})


@register.simple_tag
def thread_map(thread: Thread, urls: Mapping[str, str] | None = None) -> SafeString:
    """Draw the whole thread; `urls` says where each `mend` of its breaks leads (else it is tried as a URL name)."""
    rows = drawing.tell_rows(thread)
    breaks = tuple(
        Break(
            each.node.label,
            f"{each.node.label} {each.node.text}",
            words.said(each.reason),
            (urls or {}).get(each.mend) or mend_url(each.mend),
        )
        for each in thread.breaks
    )
    return drawn(
        "ui/components/thread_map.html",
        map=drawing.thread_map(thread),
        told=drawing.tell(thread, rows),
        rows=tuple(rows.values()),
        headings=tuple(zip(drawing.STATION_X, map(drawing.station_name, list(Station)[2:]), strict=True)),
        breaks=breaks,
        summary=words.said(thread.summary),
        loose=", ".join(f"{node.label} {node.text}" for node in thread.orphans),
    )


class Break(NamedTuple):
    """Where the thread breaks: at what, why, and the page that mends it."""

    label: str
    title: str
    reason: str
    url: str


@register.filter
def strokes(lines: Iterable[drawing.Stroke]) -> SafeString:
    """Write all lines of a picture at once: a template would visit each."""
    return format_html_join("", '<path{} d="{}" />', ((_css(each.css), each.d) for each in lines))


@register.filter
def dots(knots: Iterable[drawing.Dot]) -> SafeString:
    """Write all knots of a picture at once, as its lines."""
    return format_html_join(
        "", '<circle{} cx="{}" cy="{}" r="5" />', ((_css(each.css), each.x, each.y) for each in knots)
    )


@lru_cache(maxsize=32)
def _css(names: str) -> str:
    return format_html(' class="{}"', names) if names else ""


@register.inclusion_tag("ui/components/days.html")
def standstill_days(*, sent_on: date, last_barred_on: date, signing_on: date, today: date) -> dict[str, Any]:
    """Draw the standstill day by day; write the same in words beside it."""
    strip = drawing.day_strip(sent_on=sent_on, last_barred_on=last_barred_on, signing_on=signing_on, today=today)
    return {"strip": strip}


@register.inclusion_tag("ui/components/ceiling.html")
def ceiling_meter(
    *,
    limit: Decimal,
    ordered: Decimal,
    delivered: Decimal,
    drafted: Decimal = Decimal(0),
    warnings: Sequence[Decimal] = (),
) -> dict[str, Any]:
    """Draw how much of the ceiling is used; warnings are shares of it."""
    meter = drawing.ceiling_meter(limit=limit, ordered=ordered, delivered=delivered, drafted=drafted, warnings=warnings)
    return {"meter": meter}


def _block(name: str, content: SafeString, **parameters: Any) -> SafeString:
    """Render the component `name` around `content`."""
    return format_html(_around(name, get_language(), tuple(parameters), *parameters.values()), content)


# Pages draw the same few components again and again, so what stands around their contents is written once for the same
# parameters. This cache and those below are `typed`: a text that is safe and the same text from a person are equal, and
# written differently. What a block tag gets as its content has been rendered, so it is safe and put between as it is.
CONTENT = format_html("<{}>", "content")


@lru_cache(maxsize=2048, typed=True)
def _around(name: str, language: str | None, names: tuple[str, ...], *values: Any) -> str:  # noqa: ARG001 -- a key of the cache
    """Return what a component draws from its parameters alone, as a format with a gap for its contents."""
    parameters = dict(zip(names, values, strict=True))
    shape = render_to_string(f"ui/components/{name}.html", {"content": CONTENT, **parameters})
    return shape.replace("{", "{{").replace("}", "}}").replace(CONTENT, "{}", 1)


END_OF_ROW, END_OF_CELL, END_OF_HEAD = (format_html("</{}>", tag) for tag in ("tr", "td", "th"))
ROW_HEAD = format_html('<th role="{}" scope="row">', "rowheader")


def _attributes(pairs: Iterable[tuple[str, str | None]]) -> SafeString:
    """Return those attributes that have a value."""
    return format_html_join("", ' {}="{}"', ((name, value) for name, value in pairs if value is not None))


@register.simple_block_tag
def section(
    content: SafeString,
    title: str = "",
    *,
    thread: str = "whole",
    id: str = "",
    level: int = 2,
    intro: str = "",
    knot: bool = True,
) -> SafeString:
    """A part of the page with its piece of the thread and a knot at its heading."""
    return _block("section", content, title=title, thread=thread, id=id, level=level, intro=intro, knot=knot)


@register.simple_block_tag
def card(
    content: SafeString, title: str = "", *, level: int = 3, id: str = "", panel: bool = False, css: str = ""
) -> SafeString:
    """A card; `panel=True` makes it the panel beside the content (first in code, right on wide screens)."""
    return _block("card", content, title=title, level=level, id=id, panel=panel, css=css)


@register.simple_block_tag
def next_step(content: SafeString, title: str, *, eyebrow: str = "", level: int = 2) -> SafeString:
    """The one next step of the page; the content is a sentence and its buttons."""
    return _block("next_step", content, title=title, eyebrow=eyebrow, level=level)


@register.simple_block_tag
def alert(content: SafeString, title: str = "", *, color: str = "info", level: int = 2) -> SafeString:
    """What just happened, or concerns the whole page: info, success, warning or danger."""
    return _block("alert", content, title=title, color=color, level=level)


@register.simple_block_tag
def details(content: SafeString, summary: str, *, aside: str = "", opened: bool = False, id: str = "") -> SafeString:
    """More of the same, folded in; `aside` stands to the right of the summary."""
    return _block("details", content, summary=summary, aside=aside, opened=opened, id=id)


@register.simple_block_tag
def ceremony_step(content: SafeString, title: str, *, state: str, when: str = "", level: int = 3) -> SafeString:
    """One step of an act that several people do together: done, now or coming."""
    return _block("ceremony_step", content, title=title, state=state, when=when, level=level)


@register.simple_block_tag
def check(content: SafeString, state: str, *, word: str = "") -> SafeString:
    """One row of a checklist: yes, no, warning or waiting, as icon and as hidden word."""
    return _block("check", content, state=state, word=word)


@register.simple_block_tag
def table(content: SafeString, label: str, *, caption: str = "", cards: bool = True) -> SafeString:
    """A table in its frame; it becomes cards on small screens unless `cards=False`."""
    return _block("table", content, label=label, caption=caption, cards=cards)


@register.simple_block_tag
def thead(content: SafeString) -> SafeString:
    """The head of a table: its cells are `{% th %}`."""
    return format_html('<thead role="rowgroup"><tr role="row">{}</tr></thead>', content)


@register.simple_block_tag
def tbody(content: SafeString) -> SafeString:
    """The body of a table: its rows are `{% tr %}`."""
    return format_html('<tbody role="rowgroup">{}</tbody>', content)


@register.simple_block_tag
def tr(
    content: SafeString, *, id: str = "", marked: bool = False, struck: bool = False, group: bool = False
) -> SafeString:
    """A row; marked = the one that is open, struck = no longer valid but kept, group = a heading of rows."""
    return _tr(id, marked, struck, group) + content + END_OF_ROW


@lru_cache(maxsize=512, typed=True)
def _tr(id: str, marked: bool, struck: bool, group: bool) -> SafeString:  # noqa: FBT001 -- a key of the cache
    attributes = (
        ("id", id or None),
        ("data-markerad", "" if marked else None),
        ("data-struken", "" if struck else None),
        ("class", "rt-grupp" if group else None),
    )
    return format_html('<tr role="row"{}>', _attributes(attributes))


@register.simple_tag
def th(label: str, *, right: bool = False, hidden: bool = False) -> SafeString:
    """A heading of a column; hidden = only for readers, right = over numbers."""
    shown = format_html('<span class="ds-sr-only">{}</span>', label) if hidden else label
    attributes = _attributes((("class", "rt-hoger" if right else None),))
    return format_html('<th role="columnheader" scope="col"{}>{}</th>', attributes, shown)


@register.simple_tag(takes_context=True)
def th_sort(context: RequestContext, label: str, key: str, *, right: bool = False) -> SafeString:
    """A heading of a column that sorts by the query parameter `sort`: `key` upwards, `-key` downwards."""
    query = context["request"].GET.copy()
    now = query.get("sort", "")
    direction = {key: "ascending", f"-{key}": "descending"}.get(now, "none")
    query["sort"] = f"-{key}" if now == key else key
    query.pop("page", None)
    return render_to_string(
        "ui/components/th_sort.html",
        {"label": label, "query": query.urlencode(), "direction": direction, "right": right},
    )


@register.simple_block_tag
def rowhead(content: SafeString) -> SafeString:
    """The cell that names its row."""
    return ROW_HEAD + content + END_OF_HEAD


@register.simple_block_tag
def td(
    content: SafeString, name: str = "", *, short: bool = False, number: bool = False, third: bool = False
) -> SafeString:
    """A cell; `name` is its heading on small screens, short = on one line there, number = to the right, third = scores."""
    return _td(name, short, number, third) + content + END_OF_CELL


@lru_cache(maxsize=512, typed=True)
def _td(name: str, short: bool, number: bool, third: bool) -> SafeString:  # noqa: FBT001 -- a key of the cache
    attributes = (
        ("data-namn", name),
        ("data-rad", "" if short or number else None),
        ("data-tredjedel", "" if third else None),
        ("class", "rt-tal rt-hoger" if number else None),
    )
    return format_html('<td role="cell"{}>', _attributes(attributes))


@register.simple_tag(takes_context=True)
def refill(context: Context, form: BaseForm | BaseFormSet[Any]) -> bool:
    """Fill in the form with what was written before the session ended; return whether there was anything.

    The page then holds what somebody wrote, and no browser keeps it (`config.middleware.headers`).
    """
    request = context.get("request")
    if request is None or not hasattr(request, "session"):
        return False
    was = keep.kept(request, request.now)
    if was is None or not keep.refill(form, was):
        return False
    request.is_filled_in = True
    return True


class FormFrame(template.Node):
    """A form whose fields the page lays out itself: error summary, hidden fields, then the content."""

    def __init__(
        self, form: FilterExpression, options: dict[str, FilterExpression], nodelist: template.NodeList
    ) -> None:
        self.form = form
        self.options = options
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Fill in what was kept before the fields are drawn."""
        form = self.form.resolve(context)
        options = {name: value.resolve(context) for name, value in self.options.items()}
        frame = {"action": "", "id": "", "level": 2} | options
        frame |= {"form": form, "kept": refill(context, form), "form_problems": problems_of(form, options.get("rows"))}
        with context.push(**frame):
            content = self.nodelist.render(context)
            with context.push(content=content):
                return template.Engine.get_default().get_template("ui/form_frame.html").render(context)


@register.tag
def form_frame(parser: Parser, token: Token) -> FormFrame:
    """Parse `{% form_frame form rows=… action="" id="" level=2 %}…{% endform_frame %}`."""
    name, *bits = token.split_contents()
    if not bits:
        raise template.TemplateSyntaxError(f"{name} needs a form")
    form, options = parser.compile_filter(bits[0]), token_kwargs(bits[1:], parser)
    nodelist = parser.parse(("endform_frame",))
    parser.delete_first_token()
    return FormFrame(form, options, nodelist)
