"""The wiring as a Django app, so that its checks run."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.checks import Tags, register


class ConfigConfig(AppConfig):
    """Settings, middleware and URL policies."""

    name = "rodatraden.config"

    def ready(self) -> None:
        """Register the checks, and note each signing in."""
        from rodatraden.config import account_links, checks, sessions, sign_in_log  # noqa: PLC0415 -- models are loaded by now

        register(checks.every_address_has_a_policy, Tags.urls)
        register(checks.the_scanner_is_on_this_machine, Tags.security)
        register(checks.a_scanner_is_set, Tags.security, deploy=True)
        register(checks.the_log_is_append_only, Tags.database)
        user_logged_in.connect(sessions.begin, dispatch_uid="config.sessions.begin")
        user_logged_in.connect(account_links.forget, dispatch_uid="config.account_links.forget")
        user_logged_in.connect(sign_in_log.signed_in, dispatch_uid="config.sign_in_log.in")
        user_login_failed.connect(sign_in_log.failed, dispatch_uid="config.sign_in_log.failed")
        user_logged_out.connect(sign_in_log.signed_out, dispatch_uid="config.sign_in_log.out")
