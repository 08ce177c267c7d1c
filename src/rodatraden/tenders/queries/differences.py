"""What differs between two versions of the documents, in plain words: told from their frozen text alone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from rodatraden.core.canonical import canonical_json, read_canonical
from rodatraden.core.evaluation import Model, PriceUnit, TieRule
from rodatraden.core.evaluation.wording import worded
from rodatraden.core.numbers import swedish_amount
from rodatraden.procurements.models import TeamMember
from rodatraden.tenders.models import ContentItem, DocumentEdit, Requirement, Tender
from rodatraden.tenders.queries.snapshots import (
    TENDER_FIELDS,
    content_of,
    read_snapshot,
)
from rodatraden.tenders.rules import Difference
from rodatraden.ui.words import moment, points, said, weekday_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rodatraden.tenders.models import Snapshot

AMOUNTS = ("ceiling", "yearly_frame", "fixed_price")
About = DocumentEdit.About
How = DocumentEdit.How


class Field(StrEnum):
    """The fields of a difference that are no column of a table."""

    WHOLE = ""
    SCALE = "scale"
    NEEDS = "needs"
    CRITERIA = "criteria"
    MODEL = "evaluation_model"


def told_of(difference: Difference) -> str:
    """Return what a difference is about in a line of text: the row, if it is one, and the field."""
    return f"{difference.name}: {difference.label}" if difference.name else difference.label


def content_now(tender: Tender) -> dict[str, Any]:
    """Return what the rows say now, in the form in which a snapshot is read."""
    content = read_canonical(canonical_json(content_of(tender)))
    assert isinstance(content, dict)
    return content


def snapshot_differences(before: Snapshot, after: Snapshot) -> list[Difference]:
    """Return what differs between two published versions."""
    return differences(read_snapshot(before), read_snapshot(after))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what differs between two contents: documents, evaluation model, requirements, parts of the bid."""
    return [*_documents(before, after), *_model(before, after), *_requirements(before, after), *_items(before, after)]


def _documents(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    yield from _fields((About.TERMS, ""), Tender, TENDER_FIELDS, before["documents"], after["documents"])


def _model(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    stored = [content["documents"]["evaluation_model"] for content in (before, after)]
    models = [Model.from_json(each) if each else None for each in stored]
    tell = _figures if all(each is None or each.addition for each in models) else _words
    old, new = ([] if each is None else tell(each) for each in models)
    for name, label, value in new:
        was = next((each for key, _label, each in old if key == name), "–")
        if was != value:
            yield Difference(About.MODEL, How.REVISE, "", Field.MODEL, label, was, value)


def _words(found: Model) -> list[tuple[str, str, str]]:
    """Return an evaluation model as one text, to hold beside one that has other figures."""
    return [("words", _("Evaluation model"), " ".join(said(sentence) for sentence in worded(found)))]


def _figures(found: Model) -> list[tuple[str, str, str]]:
    """Return every figure of an addition that decides; the criteria are told with the requirements."""
    assert found.addition is not None, "asked only of additions"
    units = {PriceUnit.HOUR: _("Price per hour"), PriceUnit.TOTAL: _("Price in total")}
    ties = {
        TieRule.HIGHER_QUALITY: _("More points go first"),
        TieRule.LOWER_PRICE: _("The lower price goes first"),
        TieRule.CRITERIA_IN_ORDER: _("The criteria are compared in order: more points on the first one goes first"),
        TieRule.NONE: _("Nothing is said: a tie for first place stops the decision"),
    }
    return [
        ("unit", _("What is priced"), units[found.price.unit]),
        ("per_point", _("Addition for each missing point"), swedish_amount(found.addition.per_point)),
        ("target", _("Points counted from"), points(found.addition.target)),
        ("gate", _("Fewest points to go on"), points(found.gate.minimum) if found.gate else "–"),
        ("tie_rule", _("When two bids cost the same"), ties[found.tie_rule]),
    ]


def _requirements(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    labels = {need["id"]: f"{need['label']} {need['title']}" for need in (*before["needs"], *after["needs"])}
    for name, old, new in _pairs(
        before["requirements"], after["requirements"], lambda row: f"{row['label']} {row['title']}"
    ):
        if old is None or new is None:
            yield _whole(About.REQUIREMENT, name, old, new, "text")
            continue
        yield from _fields((About.REQUIREMENT, name), Requirement, Requirement.WRITTEN, old, new)
        if old["scale"] != new["scale"]:
            was, now = (
                "\n".join(f"{points(Decimal(step['points']))}: {step['text']}" for step in row["scale"]) or "–"
                for row in (old, new)
            )
            yield Difference(
                About.REQUIREMENT, How.REVISE, name, Field.SCALE, _("Scale"), was, now, old["scale"], new["scale"]
            )
        if old["follow_up_by"] != new["follow_up_by"]:
            roles = dict(TeamMember.Role.choices)
            was, now = (str(roles.get(row["follow_up_by"], "–")) for row in (old, new))
            label = _("Who follows it up")
            yield Difference(About.REQUIREMENT, How.REVISE, name, "follow_up_by", label, was, now)
        yield from _named((About.REQUIREMENT, name), Field.NEEDS, _("Needs that it answers to"), labels, (old, new))


def _items(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    rows = (*before["requirements"], *after["requirements"])
    labels = {row["id"]: f"{row['label']} {row['title']}" for row in rows}
    for name, old, new in _pairs(before["content_items"], after["content_items"], lambda row: str(row["title"])):
        if old is None or new is None:
            yield _whole(About.ITEM, name, old, new, "description")
            continue
        yield from _fields((About.ITEM, name), ContentItem, ContentItem.WRITTEN, old, new)
        label = _("Award criteria that are answered here")
        yield from _named((About.ITEM, name), Field.CRITERIA, label, labels, (old, new))


def _pairs(before: Sequence[Any], after: Sequence[Any], name_of: Any) -> Iterator[tuple[str, Any, Any]]:
    """Pair the rows of two versions by their UUID: as they stand after, then those that are gone."""
    old, new = ({row["id"]: row for row in rows} for rows in (before, after))
    for key, row in new.items():
        yield name_of(row), old.get(key), row
    for key, row in old.items():
        if key not in new:
            yield name_of(row), row, None


def _whole(about: str, name: str, old: Any, new: Any, text: str) -> Difference:
    if old is None:
        return Difference(about, How.ADD, name, Field.WHOLE, _("New"), "–", new[text] or name, None, new)
    return Difference(about, How.REMOVE, name, Field.WHOLE, _("Taken out"), old[text] or name, "–", old, None)


def _fields(
    where: tuple[str, str],
    model: type[models.Model],
    fields: Sequence[str],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> Iterator[Difference]:
    about, name = where
    for field in fields:
        was, now = old.get(field), new.get(field)
        if was != now:
            column = model._meta.get_field(field)  # noqa: SLF001 -- Django's public name
            assert isinstance(column, models.Field)
            label = _capital(str(column.verbose_name))
            yield Difference(
                about, How.REVISE, name, field, label, _written(column, was), _written(column, now), was, now
            )


def _named(
    where: tuple[str, str],
    field: Field,
    label: str,
    labels: Mapping[str, str],
    rows: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> Iterator[Difference]:
    """Tell a list of rows that differs by the names of the rows; the order says nothing."""
    was, now = (", ".join(sorted(labels.get(key, "") for key in row[field])) or "–" for row in rows)
    if was != now:
        about, name = where
        yield Difference(about, How.REVISE, name, field, label, was, now)


def _written(column: models.Field[Any, Any], value: Any) -> str:
    """Write one frozen value as people read it."""
    if value is None or value == "":
        return "–"
    if column.choices:
        return _capital(str(dict(column.flatchoices).get(value, value)))
    if isinstance(column, models.DecimalField):
        return swedish_amount(Decimal(value)) if column.name in AMOUNTS else points(Decimal(value))
    match column:
        case models.BooleanField():
            written = _("Yes") if value else _("No")
        case models.DateTimeField():
            written = moment(datetime.fromisoformat(value), seconds=True)
        case models.DateField():
            written = weekday_date(date.fromisoformat(value))
        case _:
            written = str(value)
    return written


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
