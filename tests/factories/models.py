"""A quality model in the library of an organisation.

`make_library()` makes an organisation with somebody who writes models, and a model from the template; `open_draft` begins a next
version, `next_version` makes one in which a title differs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rodatraden.assessments.actions import begin_draft, make_version, save_draft
from rodatraden.core.assessment.model_files import template
from rodatraden.parties.models import Membership
from tests.factories.parties import START, make_buyer, make_person

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.assessments.models import ModelDraft, QualityModel
    from rodatraden.core.assessment.quality_model import QualityModel as Content
    from rodatraden.parties.models import Organisation, Person


@dataclass
class Library:
    """An organisation with a model, and the person who made it."""

    owner: Organisation
    writer: Person
    model: QualityModel


def small(title: str = "Systematik") -> Content:
    """Return a model of two parts with a criterion each, taken from the template."""
    areas = template("systematik").areas[:2]
    return replace(template("systematik"), title=title, areas=tuple(replace(a, criteria=a.criteria[:1]) for a in areas))


def make_library(*, name: str = "Forsa", content: Content | None = None, at: datetime = START) -> Library:
    owner = make_buyer(name)
    writer = make_person(f"Skribent {name}", organisation=owner, role=Membership.Role.NEED_OWNER)
    draft = begin_draft(owner=owner, content=content or small(), by=writer, at=at)
    return Library(owner, writer, make_version(draft=draft, by=writer, at=at))


def open_draft(library: Library, *, at: datetime = START) -> ModelDraft:
    return begin_draft(
        owner=library.owner, content=library.model.content, follows=library.model, by=library.writer, at=at
    )


def change(draft: ModelDraft, library: Library, *, word: str = "klokt", at: datetime = START) -> ModelDraft:
    """Change the title of the first part by a word."""
    first, *others = draft.model.areas
    content = replace(draft.model, areas=(replace(first, title=f"{first.title} {word}"), *others))
    return save_draft(draft=draft, content=content, based_on=draft.mark, by=library.writer, at=at)


def next_version(library: Library, *, word: str = "klokt", at: datetime = START) -> QualityModel:
    return make_version(draft=change(open_draft(library), library, word=word), by=library.writer, at=at)
