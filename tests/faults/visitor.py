"""A person in a browser, as far as HTTP goes: signs in, keeps cookies, sends forms; an answer that never came is told apart."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

PASSWORD = "en lång mening som ingen gissar"
SECONDS_FOR_AN_ANSWER = 60
TELL_OF_A_FAULT = {400, 500, 503}
"""400: Django's own answer when a session can not be written."""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class LostError(Exception):
    """No whole answer came: the visitor does not know whether what was asked for has happened."""


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    location: str
    body: bytes


@dataclass
class Visitor:
    """One person's browser."""

    port: int
    email: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    is_patient: bool = False
    """Whether an answer that tells of a fault is none: where what the server stands on is taken from it."""
    trusts: ssl.SSLContext | None = None
    """Whom to trust behind a proxy that speaks TLS."""

    def sign_in(self, path: str) -> None:
        self.get(path)
        answer = self.post(path, {"login": self.email, "password": PASSWORD})
        assert answer.status == 302, answer.body.decode()
        self.get(answer.location)  # the token is another one after signing in

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, b"", {})

    def post(self, path: str, fields: Mapping[str, str], files: Mapping[str, bytes] | None = None) -> Answer:
        """Send a form, and answer when the server has."""
        fields = {"csrfmiddlewaretoken": self.token, **fields}
        if files is None:
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = multipart(fields, files)
        return self._ask("POST", path, body, {"Content-Type": kind})

    def send(self, method: str, path: str, body: bytes, **headers: str) -> Answer:
        """Send what a page's program sends: a body of its own, with the page's token in a header."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._ask(
            method, path, body, {"X-CSRFToken": self.token, "Content-Type": "application/octet-stream", **told}
        )

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        told = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_FOR_AN_ANSWER)
        if self.trusts:
            connection = http.client.HTTPSConnection(
                "localhost", self.port, timeout=SECONDS_FOR_AN_ANSWER, context=self.trusts
            )
            headers = {"Referer": f"https://localhost:{self.port}/", **headers}
        try:
            connection.request(method, path, body or None, {**headers, "Cookie": told, "Connection": "close"})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers.get("Location", ""), response.read())
        except (ConnectionError, http.client.HTTPException) as error:
            raise LostError(f"{method} {path}") from error
        finally:
            connection.close()
        if self.is_patient and answer.status in TELL_OF_A_FAULT:
            raise LostError(f"{method} {path}: {answer.status}")
        for line in response.headers.get_all("Set-Cookie", ()):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        found = TOKEN.search(answer.body.decode("utf-8", "replace"))
        self.token = found[1] if found else self.token
        return answer


def multipart(fields: Mapping[str, str], files: Mapping[str, bytes]) -> tuple[bytes, str]:
    """Return a form with files as a browser sends it, and its content type."""
    mark = uuid4().hex
    head = "".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    parts = [head.encode()]
    for name, data in files.items():
        told = f'Content-Disposition: form-data; name="{name}"; filename="{name}"'
        parts += [f"--{mark}\r\n{told}\r\nContent-Type: application/octet-stream\r\n\r\n".encode(), data, b"\r\n"]
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"
