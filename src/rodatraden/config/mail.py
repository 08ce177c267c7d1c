"""How letters reach the mail server: with a certificate of our own too, its certificate is held against who we trust."""

from __future__ import annotations

import ssl
from functools import cached_property

from django.core.mail.backends.smtp import EmailBackend as SmtpBackend


class EmailBackend(SmtpBackend):
    """Django's own, which with a certificate of ours (`EMAIL_SSL_CERTFILE`) trusts nobody, and so refuses every server."""

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """Return what the server's certificate is checked by: the machine's authorities, and for the host's name.

        Raises:
            OSError: the certificate or its key cannot be read.
        """
        context = ssl.create_default_context()
        if self.ssl_certfile:
            context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile)
        return context
