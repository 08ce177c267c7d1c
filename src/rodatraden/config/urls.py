"""All addresses: each room brings its own, the order is that of the rooms.

What django-allauth serves is listed here address by address, each with its policy and our page; what is not listed
does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.contrib.sessions.exceptions import SessionInterrupted
from django.shortcuts import redirect
from django.urls import include, path
from django.views.defaults import bad_request, server_error

from rodatraden.config import account_links, demo_views, recovery_views, session_views
from rodatraden.config.sessions import ACCOUNTS, showing, signing_out
from rodatraden.ui.forms import VerbForm
from rodatraden.ui.policy import public, signed_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from rodatraden.ui.policy import Request


@public
def sign_up(request: Request) -> HttpResponse:  # noqa: ARG001 -- signature of a view
    """Send people to where an organisation is registered too; everybody else is invited."""
    return redirect("parties:register_supplier")


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what was not understood; a session that could not be written is told of as a fault of ours.

    By then the view has done its work: that nothing has been saved, as the page for the former says, may be untrue.
    """
    ours = isinstance(exception, SessionInterrupted)
    return server_error(request) if ours else bad_request(request, exception)


P = "parties/account"
accounts = [
    path("logga-in/", public(account.LoginView.as_view(template_name=f"{P}/sign_in.html")), name="account_login"),
    path(
        "logga-ut/",
        public(signing_out(account.LogoutView.as_view(template_name=f"{P}/sign_out.html"))),
        name="account_logout",
    ),
    path("registrera/", sign_up, name="account_signup"),
    path(
        "avstangt/",
        public(account.AccountInactiveView.as_view(template_name=f"{P}/inactive.html")),
        name="account_inactive",
    ),
    path(
        "losenord/glomt/",
        public(account.PasswordResetView.as_view(template_name=f"{P}/ask_for_password.html")),
        name="account_reset_password",
    ),
    path(
        "losenord/glomt/skickat/",
        public(account.PasswordResetDoneView.as_view(template_name=f"{P}/password_link_sent.html")),
        name="account_reset_password_done",
    ),
    path("losenord/nytt/", account_links.password_code, name="account_reset_password_from_key"),
    path("losenord/nytt/valj/", account_links.new_password, name="account_choose_password"),
    path(
        "losenord/nytt/klart/",
        public(account.PasswordResetFromKeyDoneView.as_view(template_name=f"{P}/password_changed.html")),
        name="account_reset_password_from_key_done",
    ),
    path(
        "losenord/byt/",
        signed_in(account.PasswordChangeView.as_view(template_name=f"{P}/change_password.html")),
        name="account_change_password",
    ),
    path(
        "losenord/valj/",
        signed_in(account.PasswordSetView.as_view(template_name=f"{P}/first_password.html")),
        name="account_set_password",
    ),
    path(
        "bekrafta-igen/",
        signed_in(showing(account.ReauthenticateView.as_view(template_name=f"{P}/password_again.html"))),
        name="account_reauthenticate",
    ),
    path("inloggningar/", session_views.own_sessions, name="own_sessions"),
    path("e-post/", signed_in(account.EmailView.as_view(template_name=f"{P}/email.html")), name="account_email"),
    path(
        "e-post/skickat/",
        public(account.EmailVerificationSentView.as_view(template_name=f"{P}/email_link_sent.html")),
        name="account_email_verification_sent",
    ),
    path("e-post/bekrafta/", account_links.address_code, name="account_confirm_email"),
    path("e-post/bekrafta/ja/", account_links.confirm_address, name="account_confirm_address"),
    path("steg-tva/", signed_in(recovery_views.IndexView.as_view()), name="mfa_index"),
    path(
        "steg-tva/kod/",
        public(mfa.AuthenticateView.as_view(template_name=f"{P}/code.html")),
        name="mfa_authenticate",
    ),
    path(
        "steg-tva/kod-igen/",
        signed_in(showing(mfa.ReauthenticateView.as_view(template_name=f"{P}/code_again.html"))),
        name="mfa_reauthenticate",
    ),
    path(
        "steg-tva/app/",
        signed_in(recovery_views.ActivateAppView.as_view()),
        name="mfa_activate_totp",
    ),
    path(
        "steg-tva/app/stang-av/",
        signed_in(totp.DeactivateTOTPView.as_view(template_name=f"{P}/deactivate_app.html")),
        name="mfa_deactivate_totp",
    ),
    path("reservkoder/", recovery_views.recovery_codes, name="recovery_codes"),
    path("reservkoder/nya/", recovery_views.new_recovery_codes, name="new_recovery_codes"),
    path(
        "nycklar/", signed_in(keys.ListWebAuthnView.as_view(template_name=f"{P}/keys.html")), name="mfa_list_webauthn"
    ),
    path(
        "nycklar/ny/",
        signed_in(recovery_views.AddKeyView.as_view()),
        name="mfa_add_webauthn",
    ),
    path(
        "nycklar/<int:pk>/namn/",
        signed_in(keys.EditWebAuthnView.as_view(template_name=f"{P}/name_key.html")),
        name="mfa_edit_webauthn",
    ),
    path(
        "nycklar/<int:pk>/ta-bort/",
        signed_in(keys.RemoveWebAuthnView.as_view(template_name=f"{P}/remove_key.html", form_class=VerbForm)),
        name="mfa_remove_webauthn",
    ),
    path(
        "nycklar/bekrafta-igen/",
        signed_in(showing(keys.ReauthenticateWebAuthnView.as_view(template_name=f"{P}/key_again.html"))),
        name="mfa_reauthenticate_webauthn",
    ),
    path("nycklar/logga-in/", public(keys.LoginWebAuthnView.as_view()), name="mfa_login_webauthn"),
]

demo = [
    path("byt/", demo_views.switch, name="switch"),
    path("klocka/", demo_views.jump, name="clock"),
]

urlpatterns = [
    path(ACCOUNTS, include(accounts)),
    path("demo/", include((demo, "demo"))),
    path("", include("rodatraden.parties.urls")),
    path("", include("rodatraden.records.urls")),
    path("", include("rodatraden.procurements.urls")),
    path("", include("rodatraden.assessments.urls")),
    path("", include("rodatraden.needs.urls")),
    path("", include("rodatraden.tenders.urls")),
    path("", include("rodatraden.bids.urls")),
    path("", include("rodatraden.evaluation.urls")),
    path("", include("rodatraden.awards.urls")),
    path("", include("rodatraden.contracts.urls")),
    path("", include("rodatraden.followup.urls")),
    path("", include("rodatraden.publication.urls")),
    path("", include("rodatraden.ui.urls")),
    path("", include("rodatraden.pages.urls")),
]
