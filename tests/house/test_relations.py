"""Relations of the database follow the order of the rooms; import-linter can't see a foreign key by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation  # noqa: TID251 -- to find them
from django.contrib.contenttypes.models import ContentType  # noqa: TID251 -- to find it
from django.db import models
from django.test.utils import isolate_apps

from tests.house.tree import ORDER, ROOMS, assert_none

if TYPE_CHECKING:
    from collections.abc import Iterable


def faulty_relations(some_models: Iterable[type[models.Model]]) -> list[str]:
    """List the relations that point to a later room, and the generic ones, which point anywhere."""
    found = []
    for model in some_models:
        room = model._meta.app_label
        if room not in ROOMS:
            continue
        for field in [*model._meta.get_fields(), *model._meta.private_fields]:
            if isinstance(field, GenericForeignKey | GenericRelation):
                found.append(f"{field} is generic; a thread link is an ordinary foreign key in the later room")
            elif isinstance(field, models.ForeignKey | models.ManyToManyField):
                target = field.related_model
                if target is ContentType:
                    found.append(f"{field} points at kinds of things; a thread link is an ordinary foreign key")
                elif target._meta.app_label in ROOMS and ORDER.index(target._meta.app_label) > ORDER.index(room):
                    found.append(f"{field} points forward, to {target._meta.label}; the later room holds the key")
    return sorted(set(found))


def test_relations_follow_the_order_of_the_rooms() -> None:
    assert {model._meta.app_label for model in apps.get_models()} & set(ROOMS)
    assert_none(faulty_relations(apps.get_models(include_auto_created=True)))


@isolate_apps()
def test_planted_relations_are_caught() -> None:
    class Bid(models.Model):
        class Meta:
            app_label = "bids"

    class Tender(models.Model):
        best = models.ForeignKey("bids.Bid", models.PROTECT, related_name="+")
        only = models.OneToOneField("bids.Bid", models.PROTECT, related_name="+")
        all = models.ManyToManyField("bids.Bid", related_name="+")

        class Meta:
            app_label = "tenders"

    class Award(models.Model):
        bid = models.ForeignKey("bids.Bid", models.PROTECT, related_name="+")
        before = models.ForeignKey("self", models.PROTECT, related_name="+")

        class Meta:
            app_label = "awards"

    class Link(models.Model):
        kind = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
        number = models.PositiveIntegerField()
        target = GenericForeignKey("kind", "number")

        class Meta:
            app_label = "awards"

    assert faulty_relations([Bid, Award]) == []
    assert [line.partition(" ")[0] for line in faulty_relations([Tender])] == [
        "tenders.Tender.all",
        "tenders.Tender.best",
        "tenders.Tender.only",
    ]
    assert [line.partition(" ")[0] for line in faulty_relations([Link])] == ["awards.Link.kind", "awards.Link.target"]
