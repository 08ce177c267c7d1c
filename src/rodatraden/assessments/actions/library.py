"""The verbs of the library: begin a draft, save it, make it the next version, throw it away."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from rodatraden.assessments.actions.starting import write_version
from rodatraden.assessments.models import ModelDraft, QualityModel
from rodatraden.assessments.queries import draft_of_next, is_taken, versions_of
from rodatraden.assessments.rules import may_write_draft, may_write_models
from rodatraden.core.answer import RefusedError, no, require
from rodatraden.core.assessment import quality_model as core
from rodatraden.core.message import say
from rodatraden.parties.models import Organisation

if TYPE_CHECKING:
    from datetime import datetime

    from rodatraden.parties.models import Person


def begin_draft(
    *,
    owner: Organisation,
    content: core.QualityModel,
    by: Person,
    at: datetime,
    follows: QualityModel | None = None,
) -> ModelDraft:
    """Begin a model, or with `follows` the next version of one: it keeps its title, so that its versions belong together.

    Whichever version `follows` is, the draft stands next to the newest, and what differs is told from that one: nothing that was
    changed in between goes back unseen. A draft is nothing that anybody judges by, and leaves no ledger entry.

    Raises:
        RefusedError: `by` may not make models here, the title is taken, somebody writes the next version already, or the content
            could not be read again.
    """
    with transaction.atomic():
        owner = Organisation.objects.select_for_update(no_key=True).get(pk=owner.pk)  # or two at once make two drafts
        require(may_write_models(by, owner, at))
        if follows is None:
            _require_free(owner, content.title)
        else:
            follows = versions_of(follows)[0]
            content = replace(content, title=follows.title)
            _require_alone(follows)
        _require_readable(content)
        return ModelDraft.objects.create(
            owner=owner, follows=follows, content=content.canonical.decode(), begun_at=at, begun_by=by, saved_at=at
        )


def save_draft(*, draft: ModelDraft, content: core.QualityModel, based_on: str, by: Person, at: datetime) -> ModelDraft:
    """Save what a draft holds now; `based_on` is the hash of what the writer began from.

    Raises:
        RefusedError: `by` may not, somebody else has saved the draft meanwhile, or the content could not be read again.
    """
    with transaction.atomic():
        draft = _held(draft)
        require(may_write_draft(by, draft, at))
        if draft.mark != based_on:
            raise RefusedError(
                no(
                    say("Somebody has changed the draft meanwhile. Look at it as it is now, and write again."),
                    mend=reverse("assessments:draft", args=[draft.pk]),
                )
            )
        if draft.follows is not None:
            content = replace(content, title=draft.follows.title)
        _require_readable(content)
        draft.content, draft.saved_at = content.canonical.decode(), at
        draft.save(update_fields=["content", "saved_at"])
    return draft


def make_version(*, draft: ModelDraft, by: Person, at: datetime) -> QualityModel:
    """Make a draft the next version of its model, or the first of a new one; from then on nothing in it is changed.

    Raises:
        RefusedError: `by` may not, something is missing in the draft, nothing differs from the version before, or the title is
            taken by another model of the organisation.
    """
    with transaction.atomic():
        draft = _held(draft)
        owner = Organisation.objects.select_for_update(no_key=True).get(pk=draft.owner_id)
        require(may_write_draft(by, draft, at))
        content = draft.model
        if content.lacks:
            raise RefusedError(no(content.lacks[0], mend=reverse("assessments:draft", args=[draft.pk])))
        version = 1
        if draft.follows is None:
            _require_free(owner, content.title)
        else:
            latest = versions_of(draft.follows)[0]
            if latest.sha256 == content.sha256:
                raise RefusedError(no(say("Nothing differs from version {n}.", n=latest.version)))
            version = latest.version + 1
        draft.delete()
        return write_version(content, version=version, owner=owner, by=by, at=at)


def discard_draft(*, draft: ModelDraft, by: Person, at: datetime) -> None:
    """Throw a draft away; versions that were made stay.

    Raises:
        RefusedError: `by` may not.
    """
    with transaction.atomic():
        draft = _held(draft)
        require(may_write_draft(by, draft, at))
        draft.delete()


def _held(draft: ModelDraft) -> ModelDraft:
    """Hold the draft alone until the transaction ends; one that is gone was made a version, or thrown away.

    Raises:
        RefusedError: it is gone.
    """
    ModelDraft.objects.select_for_update().filter(pk=draft.pk).first()
    found = ModelDraft.objects.filter(pk=draft.pk).select_related("owner", "follows").first()
    if found is None:
        raise RefusedError(no(say("The draft is gone: somebody has made it a version, or thrown it away.")))
    return found


def _require_readable(content: core.QualityModel) -> None:
    """Refuse what the reader of models would refuse, with its first reason, at the field of that name where a form has one.

    Raises:
        RefusedError: the content could not be read again.
    """
    faults = core.read_model(json.loads(content.canonical)).faults
    if faults:
        raise RefusedError(no(faults[0].reason, mend=faults[0].field.rpartition(".")[2]))


def _require_free(owner: Organisation, title: str) -> None:
    if is_taken(owner, title):
        reason = say("{name} has a model with this title. Write its next version, or choose another title.", name=owner.name)  # fmt: skip
        raise RefusedError(no(reason, mend="title"))


def _require_alone(follows: QualityModel) -> None:
    other = draft_of_next(follows)
    if other is not None:
        raise RefusedError(
            no(
                say("{name} has begun the next version. Go on with that draft.", name=other.begun_by.name),
                mend=reverse("assessments:draft", args=[other.pk]),
            )
        )
