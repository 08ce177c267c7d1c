"""How a page is found that no link of the example leads to: tried in a world of worlds.py until somebody is offered a form.

The address and the person of each are found by trying what the world holds; where nobody is offered a form, the first page
that is shown is looked at.
"""

from __future__ import annotations

from http import HTTPStatus
from itertools import product
from typing import TYPE_CHECKING
from uuid import uuid4

from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rodatraden.parties.models import Person
from tests.journeys.worlds import WORLDS
from tests.security.test_matrix import MODELS, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BY_LINK = ("awards:own_request", "bids:take_observation", "parties:accept", "tenders:subscription")
"""Views to which the link of a letter leads."""
OF_ONES_ACCOUNT = (
    "account_change_password",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_edit_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "new_recovery_codes",
)
"""Views that somebody comes to who has signed in with a password, and then adds a second step."""
NO_PAGES = {
    "account_set_password": "who signs in with a key alone comes here; the page is the one on which a password is changed",
    "account_signup": "leads on to where a supplier registers",
    "assessments:bundle_fetch": "a file",
    "assessments:masked": "a file",
    "assessments:model_export": "a file",
    "assessments:reading": "a file",
    "assessments:report_pdf": "a file",
    "assessments:template_export": "a file",
    "awards:board_csv": "a file",
    "awards:cancellation_document": "a file",
    "awards:decision_document": "a file",
    "awards:decision_word": "a file",
    "awards:masked_copy": "a file",
    "awards:notification_document": "a file",
    "awards:own_file": "a file",
    "bids:bid_espd": "a file",
    "bids:file": "a file",
    "bids:held": "read by the program of the bid's page",
    "bids:holders": "read by the program that seals",
    "bids:opening_list": "a file",
    "bids:outside_protocol": "a file",
    "bids:protocol": "a file",
    "bids:read": "a file",
    "bids:receipt_json": "a file",
    "bids:receipt_pdf": "a file",
    "bids:sealed_copy": "a file",
    "bids:sheet": "read by the program that unlocks",
    "contracts:document": "a file",
    "contracts:file": "a file",
    "contracts:word": "a file",
    "evaluation:presentation_clock": "a button of another page; read it leads there",
    "evaluation:presentation_file": "a file",
    "evaluation:proof_file": "a file",
    "evaluation:protocol": "a file",
    "evaluation:table_bids": "a file",
    "evaluation:table_form": "a file",
    "followup:file": "a file",
    "mfa_login_webauthn": "read by the program of the page on which one signs in",
    "pages:log_export": "a file",
    "parties:locked_key": "a file",
    "procurements:diary_export": "a file",
    "publication:archive": "a file",
    "publication:bid_form": "a file",
    "publication:pdf": "a file",
    "publication:results": "a file",
    "publication:snapshot": "a file",
    "publication:word": "a file",
    "records:growth": "a file",
    "records:head": "a file",
    "records:stamp": "what the machine's clock says, for who measures it",
    "records:verifier": "a file",
    "tenders:document": "a file",
    "tenders:export": "a file",
}
"""What an address that is read answers with where it is no page, and so is not looked at."""


def named(patterns: Sequence[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield each view with what its address names."""
    for each in patterns:
        if isinstance(each, URLPattern):
            yield f"{namespace}{each.name}", list(each.pattern.converters)
        else:
            yield from named(each.url_patterns, f"{each.namespace}:" if each.namespace else namespace)


def addresses_of(view: str) -> Iterator[str]:
    """Yield each address that the view has in this world."""
    names = dict(named(get_resolver().url_patterns))[view]
    for chosen in product(*([WORDS[name]] if name in WORDS else keys_of(name) for name in names)):
        yield reverse(view, kwargs=dict(zip(names, chosen, strict=True)))


def keys_of(name: str) -> list[object]:
    return [key for label in MODELS[name] for key in apps.get_model(label).objects.values_list("pk", flat=True)]


def offered(view: str, clients: Sequence[tuple[Person | None, Client]]) -> tuple[str, Person | None] | None:
    """Return an address at which somebody is offered a form, or else one that is shown; None where nobody sees the page."""
    shown = None
    for address in addresses_of(view):
        for person, client in clients:
            answer = client.get(address)
            if answer.status_code != HTTPStatus.OK:
                continue
            main = answer.text.partition("<main")[2]
            if 'method="post"' in main and "disabled" not in main:
                return address, person
            shown = shown or (address, person)
    return shown


def everybody() -> list[tuple[Person | None, Client]]:
    """Return everybody of the world, each signed in to a client; first who has no account."""
    clients: list[tuple[Person | None, Client]] = [(None, Client())]
    for person in Person.objects.order_by("name", "pk"):
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        clients.append((person, client))
    return clients


def read_by_somebody(client: Client) -> set[str]:
    """Return all views that can be read at all; `client` is signed in, as whom makes no difference."""
    found, words = set(), {**WORDS, "edit_id": 1, "name": "x"}
    for view, names in named(get_resolver().url_patterns):
        nothing = {name: words.get(name, uuid4()) for name in names}
        answer = client.get(reverse(view, kwargs=nothing))
        answer.close()
        if answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            found.add(view)
    return found


def beside() -> set[str]:
    """Return all views that are looked at in worlds of their own."""
    return {view for world in WORLDS.values() for view in world.views} | {*BY_LINK, *OF_ONES_ACCOUNT}
