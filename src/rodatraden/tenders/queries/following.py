"""Who follows the answers, and the links in their mails; only the holder of an address has its links."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from rodatraden.core.codes import code_digest
from rodatraden.tenders.models import AnswerSubscription, Question
from rodatraden.ui import links

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from rodatraden.tenders.models import Snapshot, Tender


def following(tender: Tender) -> QuerySet[AnswerSubscription]:
    """Return the subscriptions that have begun and not ended, oldest first."""
    return AnswerSubscription.objects.filter(tender=tender, confirmed_at__isnull=False, ended_at=None).order_by(
        "asked_at", "id"
    )


def subscription_by(code: str) -> AnswerSubscription | None:
    """Return the subscription whose mails have links with this code, or None when the code is not one of ours."""
    found = AnswerSubscription.objects.filter(token_sha256=code_digest(code))
    return found.select_related("tender__procurement").first()


def code_of_subscription(subscription: AnswerSubscription) -> str:
    """Return the code in the links of a subscription's mails: the same in each, and kept nowhere."""
    return links.code_from("tenders.answers", str(subscription.pk))


def subscription_link(subscription: AnswerSubscription) -> str:
    """Return the link by which a subscription is begun and ended."""
    return f"{settings.SITE_URL}{reverse('tenders:subscription_code')}#{code_of_subscription(subscription)}"


def answers_page(tender: Tender) -> str:
    """Return the address where everybody reads the answers."""
    return settings.SITE_URL + reverse("tenders:answers", args=[tender.pk])


def versions_page(snapshot: Snapshot) -> str:
    """Return the address where everybody reads what a version changed."""
    return settings.SITE_URL + reverse("publication:changes", args=[snapshot.pk])


def recent_questions(tender: Tender, at: datetime) -> int:
    """Return how many questions have come within the last hour."""
    return Question.objects.filter(tender=tender, asked_at__gt=at - timedelta(hours=1)).count()
