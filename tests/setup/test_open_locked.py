"""`rodatraden open --key`: a holder's key as the pages lock it, opened by the six words or the printed key, and never by a passkey."""

from __future__ import annotations

import base64
import unicodedata

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rodatraden.cli import locked
from rodatraden.cli.disk import BadFileError
from rodatraden.core.sealing import identity
from rodatraden.core.sealing.age_file import seal_to
from tests.core.sealing.given import lock_with_passphrase

WORDS = "räv sten måne glas vinter korg"
V1 = "age-encryption.org/v1"


def derived(secret: bytes, salt: bytes | None, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info.encode()).derive(secret)


def to_a_passkey(secret: str, paper: str) -> str:
    """Lock a key to a printed key and a passkey, by the header that age gives to a file with both (its MAC over all of it)."""
    sealed = seal_to(identity.recipient_of(paper), secret.encode())
    header, _, payload = sealed.partition(b"\n--- ")
    share, wrapped = (base64.b64decode(each + b"=") for each in (header.split()[3], header.split()[4]))
    private = X25519PrivateKey.from_private_bytes(identity.key_bytes(paper))
    shared = private.exchange(X25519PublicKey.from_public_bytes(share))
    wrapping = derived(shared, share + private.public_key().public_bytes_raw(), f"{V1}/X25519")
    file_key = ChaCha20Poly1305(wrapping).decrypt(bytes(12), wrapped, None)
    header = header.replace(b"\n", b"\n-> age-encryption.org/fido2prf AAAA\n" + b"A" * 43 + b"\n", 1) + b"\n---"
    mac = HMAC(derived(file_key, None, "header"), SHA256())
    mac.update(header)
    told = base64.b64encode(mac.finalize()).rstrip(b"=")
    return armoured(header + b" " + told + b"\n" + payload.partition(b"\n")[2])


def armoured(data: bytes) -> str:
    text = base64.b64encode(data).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([identity.ARMOUR[0], *lines, identity.ARMOUR[1]])


@pytest.fixture(scope="module")
def made():
    """An opening key and its printed key."""
    return identity.make(), identity.make()


@pytest.fixture(scope="module")
def by_words(made):
    """What the page hands out of a key with six words: two locks."""
    key, paper = made
    locks = lock_with_passphrase(key.secret, WORDS), identity.lock_with_recovery(key.secret, paper.recipient)
    return f"# public key: {key.recipient}\n{locks[0]}\n{locks[1]}\n"


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Open what the page has handed out, typing something, and note what was asked."""

    def tried(text: str, typed: str) -> tuple[str, str]:
        asked: list[str] = []
        monkeypatch.setattr(locked, "getpass", lambda question: asked.append(question) or typed)
        (tmp_path / "last.txt").write_bytes(text.encode())
        key = locked.identity_of(tmp_path / "last.txt")
        return key, asked[0].partition(str(tmp_path))[0].replace("\u00a0", " ")

    return tried


def said(refused: pytest.ExceptionInfo[BadFileError]) -> str:
    return " ".join(refused.value.lines).replace("\u00a0", " ")


def on_paper(key: str) -> str:
    """A printed key as people type it: in groups, in small letters."""
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4)).lower()


def test_six_words_open_it_however_they_are_typed(made, by_words, opened):
    typed = "  " + unicodedata.normalize("NFD", WORDS.title()).replace(" ", "   ")
    assert opened(by_words, typed) == (made[0].secret, "Orden, eller den utskrivna nyckeln, till ")


def test_the_printed_key_opens_it_too_and_with_line_breaks_of_another_system(made, by_words, opened):
    key, paper = made
    assert opened(by_words.replace("\n", "\r\n"), on_paper(paper.secret))[0] == key.secret


def test_beside_a_passkey_the_printed_key_is_the_way_and_it_is_said(made, opened, capsys):
    key, paper = made
    lock = to_a_passkey(key.secret, paper.secret)
    assert opened(lock, on_paper(paper.secret)) == (key.secret, "Den utskrivna nyckeln till ")
    assert "En lösennyckel går bara att använda i en webbläsare." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("räv sten måne glas vinter kork", "Lösenfrasen öppnar den inte."),
        (on_paper(identity.make().secret), "Den utskrivna nyckeln öppnar den inte."),
        ("AGE-SECRET-KEY-1 ABCD", "Nyckeln är inte rätt skriven"),
    ],
    ids=["words", "paper", "misspelt"],
)
def test_what_does_not_open_it_is_told(by_words, opened, typed, told):
    with pytest.raises(BadFileError) as refused:
        opened(by_words, typed)
    assert told in said(refused)


def test_words_where_only_the_printed_key_can_open_are_told(made, opened):
    key, paper = made
    with pytest.raises(BadFileError) as refused:
        opened(to_a_passkey(key.secret, paper.secret), WORDS)
    assert "är ingen utskriven nyckel" in said(refused)


@pytest.mark.parametrize(
    "body", [b"age-encryption.org/v1\n-> age-encryption.org/fido2prf AAAA\nAAAA\n--- x\n", b"hej", b""]
)
def test_a_lock_that_nothing_here_can_open_is_told_before_anything_is_asked(opened, body):
    with pytest.raises(BadFileError) as refused:
        opened(armoured(body), WORDS)
    assert "en lösennyckel går bara att använda i en webbläsare" in said(refused)
