"""System checks of the wiring: an address without a declared policy stops the build, tests or no tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.checks import Error
from django.urls import URLPattern, URLResolver, get_resolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

# Addresses whose views are not ours, and the policy that each of them keeps by itself (a test tries every one).
THIRD_PARTY = {
    "account_login": "public",
    "account_logout": "public",
    "account_signup": "public",
    "account_inactive": "public",
    "account_email_verification_sent": "public",
    "account_confirm_email": "public",
    "account_confirm_login_code": "public",
    "account_reset_password": "public",
    "account_reset_password_done": "public",
    "account_reset_password_from_key": "public",
    "account_reset_password_from_key_done": "public",
    "mfa_authenticate": "public",
    "mfa_login_webauthn": "public",
    "account_reauthenticate": "signed_in",
    "account_request_reauthentication_code": "signed_in",
    "account_confirm_reauthentication_code": "signed_in",
    "account_email": "signed_in",
    "account_change_password": "signed_in",
    "account_set_password": "signed_in",
    "mfa_index": "signed_in",
    "mfa_reauthenticate": "signed_in",
    "mfa_activate_totp": "signed_in",
    "mfa_deactivate_totp": "signed_in",
    "mfa_view_recovery_codes": "signed_in",
    "mfa_generate_recovery_codes": "signed_in",
    "mfa_download_recovery_codes": "signed_in",
    "mfa_list_webauthn": "signed_in",
    "mfa_add_webauthn": "signed_in",
    "mfa_reauthenticate_webauthn": "signed_in",
    "mfa_remove_webauthn": "signed_in",
    "mfa_edit_webauthn": "signed_in",
}


def addresses(
    patterns: Iterable[URLPattern | URLResolver], prefix: str = "", namespaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Yield every address below `patterns`: its route, its name with namespaces, and its view."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from addresses(pattern.url_patterns, route, inner)
        else:
            yield route, ":".join([*namespaces, pattern.name or ""]), pattern.callback


def policy_faults(patterns: Iterable[URLPattern | URLResolver], third_party: Mapping[str, str]) -> list[str]:
    """List the addresses without a policy, and the entries of the table that no address bears any longer."""
    faults = []
    unused = dict(third_party)
    for route, name, view in addresses(patterns):
        entry = unused.pop(name, None) or third_party.get(name)
        own = getattr(view, "policy", None)
        if own is None and entry is None:
            faults.append(f"/{route} has no policy: decorate its view with one of rodatraden.ui.policy")
        elif own is not None and entry is not None:
            faults.append(f"/{route} declares a policy of its own and stands among the third parties too")
    return faults + [f"{name} stands among the third parties but no address bears the name" for name in unused]


def every_address_has_a_policy(**_: object) -> list[Error]:
    """Every address says who may come to it at all, in the open or not at all."""
    return [Error(fault, id="rodatraden.E001") for fault in policy_faults(get_resolver().url_patterns, THIRD_PARTY)]
