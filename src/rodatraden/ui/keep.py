"""Nothing typed is lost when the session ends while somebody writes.

Every form drawn by `ui` carries who wrote it (signed) and on which page. When it arrives after the session has ended
(`policy.signed_in`) or with a stale token (`views.csrf_failure`), its fields are kept, encrypted, in the server's session
for an hour, and the person is sent to sign in and back. `form.html`, `form_frame` and `formset.html` then fill the form in
again by themselves and say so; views do nothing. Only the person who wrote it gets it back. Passwords and codes are
never kept, of files only the names, so that they can be asked for again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer
from django.forms import BaseForm, BaseFormSet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from rodatraden.core.numbers import whole_number
from rodatraden.ui.at_rest import cipher
from rodatraden.ui.onward import onward

if TYPE_CHECKING:
    from django.http import HttpRequest

BY_FIELD = "written-by"
PAGE_FIELD = "written-at"
SESSION_KEY = "kept"
PURPOSE = "rodatraden.ui.keep"
"""Of its cipher: a session lies in the database, and what it holds may belong in a sealed bid."""
KEPT_FOR = timedelta(hours=1)
"""Long enough to find one's telephone and sign in. Source: policy."""
LARGEST = 200_000
"""Characters; more than any form of the product can hold. Source: policy."""
OWN_FIELDS = {"csrfmiddlewaretoken", BY_FIELD, PAGE_FIELD}
SECRETS = ("password", "link_code")
"""What the name of a field that is never kept holds."""
SECRET = {"code"}
"""The whole name of a field that is never kept: codes of apps and recovery codes, and not that of what is bought."""

_signer = Signer(salt="rodatraden.ui.keep")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written on a page, and the names of the files that had been chosen."""

    data: QueryDict
    files: dict[str, str]


def mark(request: HttpRequest) -> str:
    """Return the mark of the person who is signed in, for the hidden field of a form; nobody has none."""
    return _signer.sign(str(request.user.pk)) if request.user.is_authenticated else ""


def page_of(request: HttpRequest) -> str:
    """Return the page that the form stood on; the address that it was sent to, when it does not say."""
    return onward(request, request.POST.get(PAGE_FIELD, ""), request.get_full_path())


def keep(request: HttpRequest, at: datetime) -> bool:
    """Keep what was sent; return whether it was one of our forms, written by somebody we know."""
    try:
        by = _signer.unsign(request.POST.get(BY_FIELD, ""))
    except BadSignature:
        return False
    if request.user.is_authenticated and str(request.user.pk) != by:
        return False
    fields = {
        name: values
        for name, values in request.POST.lists()
        if name not in OWN_FIELDS | SECRET and not any(secret in name.casefold() for secret in SECRETS)
    }
    if sum(len(value) for values in fields.values() for value in values) > LARGEST:
        return False
    written = {
        "by": by,
        "page": page_of(request),
        "at": at.isoformat(),
        "fields": fields,
        "files": {name: file.name for name, file in request.FILES.items() if isinstance(file, UploadedFile)},
    }
    request.session[SESSION_KEY] = cipher(PURPOSE).encrypt(json.dumps(written).encode()).decode()
    return True


def kept(request: HttpRequest, at: datetime) -> Kept | None:
    """Return what this person wrote on this page before the session ended, if that was within the hour."""
    sealed = request.session.get(SESSION_KEY)
    if not sealed or request.method != "GET":
        return None
    try:
        found = json.loads(cipher(PURPOSE).decrypt(sealed))
    except InvalidToken:  # the server's secret was changed meanwhile
        return None
    if found["page"] != request.get_full_path():
        return None
    if found["by"] != str(request.user.pk) or at - datetime.fromisoformat(found["at"]) > KEPT_FOR:
        return None
    data = QueryDict(mutable=True)
    for name, values in found["fields"].items():
        data.setlist(name, values)
    return Kept(data, found["files"])


def forget(request: HttpRequest) -> None:
    """Forget what was kept, now that the person has sent something again."""
    if SESSION_KEY in request.session:
        del request.session[SESSION_KEY]


def refill(form: BaseForm | BaseFormSet[Any], was: Kept) -> bool:
    """Fill in an empty form, or the rows of a formset, with what was written; return whether anything was."""
    if form.is_bound:
        return False
    if isinstance(form, BaseFormSet):
        return _refill_rows(form, was)
    names = {form.add_prefix(name) for name in form.fields}
    if not names & ({*was.data} | {*was.files}):
        return False
    for name, field in form.fields.items():
        html_name = form.add_prefix(name)
        if not field.widget.value_omitted_from_data(was.data, MultiValueDict(), html_name):
            form.initial[name] = field.widget.value_from_datadict(was.data, MultiValueDict(), html_name)
    form.kept_files = {name: file for name, file in was.files.items() if name in names}  # type: ignore[attr-defined]
    return True


def _refill_rows(formset: BaseFormSet[Any], was: Kept) -> bool:
    """Show as many rows as there were, each filled in."""
    rows = whole_number(was.data.get(f"{formset.prefix}-TOTAL_FORMS", ""))
    if rows is None:
        return False
    formset.extra = min(rows, formset.absolute_max) - formset.initial_form_count()
    formset.__dict__.pop("forms", None)  # made anew, with the rows that were added
    filled = [refill(form, was) for form in formset.forms]
    return any(filled)
