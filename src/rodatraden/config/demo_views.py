"""The demo's own pages: be another of its people, and let time pass. They exist only in demo mode."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rodatraden.config import clock
from rodatraden.parties.models import Person
from rodatraden.ui.forms import RtForm
from rodatraden.ui.onward import onward
from rodatraden.ui.policy import Request, demo_only

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

JUMPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


class SwitchForm(forms.Form):
    """Which of the demo's people to become."""

    person = forms.ModelChoiceField(Person.objects.filter(is_fictional=True, is_active=True))


class ClockForm(RtForm, forms.Form):
    """An instant to jump to; empty when one of the buttons says how far."""

    to = forms.DateTimeField(label=_("Day and time to jump to"), required=False, help_text=_("Swedish time."))

    def __init__(self, *args: Any, now: datetime, jump: timedelta | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.jump = now, jump

    def clean_to(self) -> datetime:
        """Return the instant, which lies ahead: what has been logged stays in order."""
        to: datetime | None = self.cleaned_data["to"] if self.jump is None else self.now + self.jump
        if to is None:
            raise forms.ValidationError(gettext("Write when, or use one of the buttons."))
        if to <= self.now:
            raise forms.ValidationError(gettext("Time only goes forward. Write a later time."))
        return to


@demo_only
@require_POST
def switch(request: Request) -> HttpResponse:
    """Become one of the demo's people, without a password; real people can't be chosen."""
    form = SwitchForm(request.POST)
    if not form.is_valid():
        raise Http404
    login(request, form.cleaned_data["person"], backend="django.contrib.auth.backends.ModelBackend")
    return redirect(onward(request, request.POST.get("next", ""), "/"))


@demo_only
def jump(request: Request) -> HttpResponse:
    """Let time pass for everybody in the demo."""
    named = JUMPS.get(request.POST.get("jump", ""))
    form = ClockForm(request.POST or None, now=request.now, jump=named)
    if form.is_valid():
        clock.move_demo_clock(form.cleaned_data["to"])
        from rodatraden.demo.keys import practise_again  # noqa: PLC0415 -- the example is read where it is shown alone

        said = gettext("Time has passed.")
        if practise_again(form.cleaned_data["to"]):
            said = gettext("Time has passed. Those in the example who hold opening keys have practised meanwhile.")
        messages.success(request, said)
        return redirect(onward(request, request.POST.get("next", ""), reverse("demo:clock")))
    buttons = (
        ("jump", "hour", gettext("One hour ahead")),
        ("jump", "day", gettext("One day ahead")),
        ("jump", "week", gettext("One week ahead")),
    )
    return render(
        request, "config/clock.html", {"form": form, "buttons": buttons, "now": request.now}, status=form.status
    )
