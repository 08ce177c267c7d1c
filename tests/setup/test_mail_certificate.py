"""The mail server on another machine: its certificate is checked, and a certificate of ours lets us in there."""

from __future__ import annotations

import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.core.mail import get_connection

from rodatraden.config import settings as served
from tests.factories.certificates import make_certificate

HELD_FOR = 10.0
"""Seconds that either side waits for the other, so that a test that fails ends."""


@pytest.fixture
def folder(tmp_path, monkeypatch, settings):
    """A folder with the certificates of an authority that this machine trusts, of a mail server and of ours."""
    authority = make_certificate(tmp_path, "authority", name="authority")
    make_certificate(tmp_path, "server", name="localhost", signed_by=authority)
    make_certificate(tmp_path, "email", name="rodatraden", signed_by=authority)
    make_certificate(tmp_path, "stranger", name="localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.crt"))
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = served.EMAIL_BACKEND, "localhost", HELD_FOR
    settings.EMAIL_USE_SSL, settings.EMAIL_USE_TLS = True, False
    settings.EMAIL_SSL_CERTFILE, settings.EMAIL_SSL_KEYFILE = str(tmp_path / "email.crt"), str(tmp_path / "email.key")
    return tmp_path


@contextmanager
def mail_server(folder, certificate, settings):
    """Serve one sender as a mail server that lets in who has a certificate; give who came, to be known when it has ended."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{certificate}.crt", folder / f"{certificate}.key")
    context.load_verify_locations(folder / "authority.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("localhost", 0)) as listening, ThreadPoolExecutor(1) as beside:
        listening.settimeout(HELD_FOR)
        settings.EMAIL_PORT = listening.getsockname()[1]
        yield beside.submit(_serve, listening, context)


def _serve(listening, context):
    """Answer yes to all that is said, and return the name in the certificate of who said it."""
    plain, _address = listening.accept()
    plain.settimeout(HELD_FOR)
    with context.wrap_socket(plain, server_side=True) as line, line.makefile("rb") as said:
        ((_common_name, name),) = line.getpeercert()["subject"][0]
        line.sendall(b"220 localhost\r\n")
        while command := said.readline():
            line.sendall(b"221 bye\r\n" if command.startswith(b"QUIT") else b"250 yes\r\n")
    return name


def test_the_mail_server_is_reached_with_a_certificate(folder, settings):
    with mail_server(folder, "server", settings) as who:
        connection = get_connection()
        assert connection.open()
        connection.close()
        assert who.result() == "rodatraden"


@pytest.mark.parametrize("is_known", [True, False])
def test_a_mail_server_that_nobody_vouches_for_gets_no_letter(folder, settings, is_known):
    """Whether we have a certificate of our own or not."""
    if not is_known:
        settings.EMAIL_SSL_CERTFILE = settings.EMAIL_SSL_KEYFILE = None
    with mail_server(folder, "stranger", settings) as who:
        with pytest.raises(ssl.SSLCertVerificationError):
            get_connection().open()
        assert isinstance(who.exception(), OSError)
