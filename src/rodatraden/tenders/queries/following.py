"""Who follows the answers, and the links in their mails; only the holder of an address has its links."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from rodatraden.tenders.models import AnswerSubscription, Question

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from rodatraden.tenders.models import Snapshot, Tender

SIGNER = Signer(salt="tenders.answers")


def following(tender: Tender) -> QuerySet[AnswerSubscription]:
    """Return the subscriptions that have begun and not ended, oldest first."""
    return AnswerSubscription.objects.filter(tender=tender, confirmed_at__isnull=False, ended_at=None).order_by(
        "asked_at", "id"
    )


def subscription_of(token: str) -> AnswerSubscription | None:
    """Return the subscription that a link in a mail names, or None when the link is not one of ours."""
    try:
        key = SIGNER.unsign(token)
    except BadSignature:
        return None
    return AnswerSubscription.objects.select_related("tender__procurement").filter(pk=key).first()


def confirm_link(subscription: AnswerSubscription) -> str:
    """Return the address that begins a subscription."""
    return _address("tenders:follow_begin", SIGNER.sign(str(subscription.pk)))


def end_link(subscription: AnswerSubscription) -> str:
    """Return the address that ends a subscription."""
    return _address("tenders:follow_end", SIGNER.sign(str(subscription.pk)))


def answers_page(tender: Tender) -> str:
    """Return the address where everybody reads the answers."""
    return settings.SITE_URL + reverse("tenders:answers", args=[tender.pk])


def versions_page(snapshot: Snapshot) -> str:
    """Return the address where everybody reads what a version changed."""
    return settings.SITE_URL + reverse("publication:changes", args=[snapshot.pk])


def recent_questions(tender: Tender, at: datetime) -> int:
    """Return how many questions have come within the last hour."""
    return Question.objects.filter(tender=tender, asked_at__gt=at - timedelta(hours=1)).count()


def _address(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(name, args=[token])
