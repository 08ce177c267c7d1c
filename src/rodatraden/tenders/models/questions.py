"""Questions about the documents, their answers, and who follows the answers."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rodatraden.parties.models import Person
from rodatraden.tenders.models.tenders import Tender


class Question(models.Model):
    """A question about the documents; the answer goes to all at once and never says who asked (INV-30).

    Nobody's account is kept with it, only an address if the asker left one, and that is used once: to send the answer
    at the instant at which all get it. `late_reason` says why the deadline stayed though the answer came late.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("question"))
    asked_at = models.DateTimeField()
    asker_email = models.EmailField(_("e-mail"), blank=True)
    published_text = models.TextField(_("the question as published"), blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    late_reason = models.TextField(_("why the deadline stays"), blank=True)

    class Meta:
        ordering = ("tender_id", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender", "number"], name="question_number_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | ~Q(answer=""), name="question_answered_with_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:60]}"


class AnswerSubscription(models.Model):
    """Somebody who follows the answers by e-mail without an account; confirmed by the link in the first mail.

    `token_sha256` is the digest of the code in the links of all its mails.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="subscriptions")
    email = models.EmailField(_("e-mail"))
    token_sha256 = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "id")

    def __str__(self) -> str:
        return self.email
