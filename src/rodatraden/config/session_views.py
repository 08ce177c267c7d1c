"""Where a person sees in which browsers they are signed in, and ends that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from rodatraden.config import sessions
from rodatraden.ui.policy import Request, fresh_to_act, signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

ALL_OTHERS = "others"
AN_HOUR = timedelta(hours=1)


@signed_in
@fresh_to_act
def own_sessions(request: Request) -> HttpResponse:
    """List one's own sessions; end one of the others, or all of them. One's own is ended by signing out."""
    found = sessions.active(request)
    if request.method == "POST":
        named = request.POST.get("session", "")
        marks = {each.mark for each in found if named in {each.mark, ALL_OTHERS}}
        number = sessions.end(request, marks)
        ended = ngettext("One browser has been signed out.", "%(number)d browsers have been signed out.", number)
        messages.success(request, ended % {"number": number})
        return redirect("own_sessions")
    context = {
        "sessions": found,
        "may_end_others": sessions.may_end_others(),
        "all_others": ALL_OTHERS,
        "unused": settings.SESSION_UNUSED_FOR // AN_HOUR,
        "lasts": settings.SESSION_LASTS_FOR // AN_HOUR,
    }
    response = render(request, "parties/account/sessions.html", context)
    response["Cache-Control"] = "no-store, private"
    return response
