import base64
import os
import shutil
import subprocess

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.sealing.age_file import CHUNK, HEADER, NONCE, TAG, open_into, seal_into, seal_to, sealed_size
from rodatraden.core.sealing.contents import PART, PackageError, PackageFault
from rodatraden.core.sealing.identity import NotOpenedError, key_bytes

AGE = shutil.which("age")
LINES = (21, len("-> X25519 ") + 43, 43, len("--- ") + 43)
"""The letters of each line of a header that holds one X25519 stanza and nothing else."""
KEY = pyrage.x25519.Identity.generate()
TO = str(KEY.to_public())
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5]

with_age = pytest.mark.skipif(not AGE and os.environ.get("CI") != "true", reason="the program age is not installed")


def plain_of(size: int) -> bytes:
    """So many bytes, of which no chunk is like another."""
    return os.urandom(size)


def opened(sealed: bytes, *, key: pyrage.x25519.Identity = KEY, room: int = 4 * CHUNK) -> bytes:
    into = bytearray(room)
    return bytes(into[: open_into(into, str(key), sealed)])


def refused(sealed: bytes) -> None:
    """Neither we nor another program read anything of it."""
    with pytest.raises(NotOpenedError):
        opened(sealed)
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [KEY])


def derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def with_chunks(*chunks: tuple[bytes, int, bool]) -> bytes:
    """A file whose header is right and whose chunks are these: bytes, number, and whether it says to be the last."""
    made = seal_to(TO, b"")[: HEADER + NONCE]
    share, stanza = (base64.b64decode(line.split()[-1] + b"=") for line in made.split(b"\n")[1:3])
    private = X25519PrivateKey.from_private_bytes(key_bytes(str(KEY)))
    shared = private.exchange(X25519PublicKey.from_public_bytes(share))
    wrapping = derived(shared, share + private.public_key().public_bytes_raw(), b"age-encryption.org/v1/X25519")
    file_key = ChaCha20Poly1305(wrapping).decrypt(bytes(12), stanza, None)
    cipher = ChaCha20Poly1305(derived(file_key, made[HEADER:], b"payload"))
    sealed = [cipher.encrypt(n.to_bytes(11) + bytes([is_last]), data, None) for data, n, is_last in chunks]
    return made + b"".join(sealed)


@settings(deadline=None)
@given(plain=st.binary(max_size=300))
def test_age_opens_what_was_sealed(plain):
    sealed = seal_to(TO, plain)
    assert pyrage.decrypt(sealed, [KEY]) == plain
    assert opened(sealed) == plain


@pytest.mark.parametrize("size", SIZES)
def test_the_length_of_a_file_is_that_of_what_it_holds_and_one_header(size):
    plain = plain_of(size)
    made = seal_to(TO, plain)
    header, payload = made.split(b"\n--- ", 1)
    lines = (header + b"\n--- " + payload.split(b"\n", 1)[0]).split(b"\n")
    assert tuple(map(len, lines)) == LINES
    assert sum(LINES) + len(LINES) == HEADER
    assert len(made) == sealed_size(size) == HEADER + NONCE + size + TAG * max(1, -(-size // CHUNK))
    assert pyrage.decrypt(made, [KEY]) == plain
    assert opened(made) == plain


@pytest.mark.parametrize("size", SIZES)
def test_what_another_program_sealed_is_opened(size):
    plain = plain_of(size)
    for _ in range(3):  # each with other grease
        assert opened(pyrage.encrypt(plain, [KEY.to_public()])) == plain
    both = [pyrage.x25519.Identity.generate().to_public(), KEY.to_public()]
    assert opened(pyrage.encrypt(plain, both)) == plain


def test_nothing_of_two_files_is_the_same_but_their_shape():
    one, other = seal_to(TO, b"samma"), seal_to(TO, b"samma")
    pieces = [[base64.b64decode(line.split()[-1] + b"==") for line in made.split(b"\n")[1:4]] for made in (one, other)]
    assert not {*pieces[0]} & {*pieces[1]}
    assert one[-TAG - 5 :] != other[-TAG - 5 :]


def test_another_key_opens_nothing():
    made = seal_to(str(pyrage.x25519.Identity.generate().to_public()), b"hej")
    refused(made)


@pytest.mark.parametrize("recipient", ["", "age1", "age1qqqq", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1QQ"])
def test_what_is_no_recipient_is_refused(recipient):
    with pytest.raises(PackageError) as error:
        seal_to(recipient, b"hej")
    assert error.value.fault is PackageFault.RECIPIENT


@pytest.mark.parametrize("identity", ["", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1QQ", "age1qqqq", "hej"])
def test_what_is_no_key_opens_nothing(identity):
    for sealed in (seal_to(TO, b"hej"), pyrage.encrypt(b"hej", [KEY.to_public()])):
        with pytest.raises(NotOpenedError):
            open_into(bytearray(10), identity, sealed)


def test_a_room_has_to_be_large_enough():
    for size in (-1, 1):
        with pytest.raises(ValueError, match=str(sealed_size(9) + size)):
            seal_into(bytearray(sealed_size(9) + size), TO, bytes(9))
    for sealed in (seal_to(TO, bytes(9)), pyrage.encrypt(bytes(9), [KEY.to_public()])):
        assert opened(sealed, room=9) == bytes(9)
        with pytest.raises(NotOpenedError):
            opened(sealed, room=8)


# What has been changed

SEALED = seal_to(TO, plain_of(2 * CHUNK + 9))
FIRST, SECOND, LAST = (slice(begin, begin + CHUNK + TAG) for begin in range(HEADER + NONCE, len(SEALED), CHUNK + TAG))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, (HEADER + NONCE) * 8 - 1))
def test_every_bit_before_the_payload_counts(bit):
    changed = bytearray(SEALED)
    changed[bit // 8] ^= 1 << bit % 8
    refused(bytes(changed))


@settings(max_examples=60, deadline=None)
@given(st.integers((HEADER + NONCE) * 8, len(SEALED) * 8 - 1))
def test_every_bit_of_the_payload_counts(bit):
    changed = bytearray(SEALED)
    changed[bit // 8] ^= 1 << bit % 8
    refused(bytes(changed))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(SEALED[: HEADER + NONCE] + SEALED[SECOND] + SEALED[FIRST] + SEALED[LAST], id="reordered"),
        pytest.param(SEALED[: HEADER + NONCE] + SEALED[SECOND] + SEALED[LAST], id="the first left out"),
        pytest.param(SEALED[: HEADER + NONCE] + SEALED[FIRST] + SEALED[LAST], id="one left out"),
        pytest.param(SEALED[: LAST.start], id="the last left out"),
        pytest.param(SEALED[: HEADER + NONCE] + SEALED[FIRST], id="the first alone"),
        pytest.param(SEALED[: SECOND.stop] + SEALED[SECOND] + SEALED[LAST], id="doubled"),
        pytest.param(SEALED + SEALED[LAST], id="the last doubled"),
        pytest.param(SEALED + b"\0", id="a byte more"),
        pytest.param(SEALED + bytes(TAG), id="a tag more"),
        pytest.param(SEALED[: HEADER + NONCE], id="no chunk"),
        pytest.param(SEALED[: HEADER + NONCE - 1], id="no whole nonce"),
        pytest.param(SEALED[:HEADER], id="no nonce"),
        pytest.param(SEALED[: HEADER - 1], id="no whole header"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_chunks_in_another_order_or_number_are_refused(changed):
    refused(changed)


@pytest.mark.parametrize("short", [*range(1, TAG + 2), CHUNK, CHUNK + TAG, CHUNK + TAG + 1])
def test_a_file_that_is_cut_off_is_refused(short):
    refused(SEALED[:-short])


def test_a_stream_has_one_last_chunk_that_is_empty_only_where_it_is_the_first():
    full = bytes(CHUNK)
    assert opened(with_chunks((full, 0, False), (b"a", 1, True))) == full + b"a"
    assert opened(with_chunks((b"", 0, True))) == b""
    for chunks in (
        [(full, 0, False), (b"", 1, True)],
        [(full, 0, False)],
        [(b"", 0, False)],
        [(full, 0, True), (b"a", 1, True)],
        [(full, 0, False), (b"a", 2, True)],
        [(b"a", 0, False), (b"b", 1, True)],
        [(b"a", 1, True)],
        [(full + b"a", 0, True)],
    ):
        refused(with_chunks(*chunks))


def test_a_share_with_which_no_secret_is_shared_is_refused():
    lines = seal_to(TO, b"hej").split(b"\n", 2)
    for point in (bytes(32), b"\1" + bytes(31)):
        refused(b"\n".join([lines[0], b"-> X25519 " + base64.b64encode(point).rstrip(b"="), lines[2]]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"age-encryption.org/v1", b"age-encryption.org/v2"),
        (b"age-encryption.org", b"age-encryptionXorg"),
        (b"-> X25519", b"-> x25519"),
        (b"\n-> X25519", b"\r\n-> X25519"),
        (b"\n--- ", b"\n\n--- "),
        (b"\n--- ", b"=\n--- "),
    ],
)
def test_a_header_is_written_in_one_way(old, new):
    assert old in SEALED
    refused(SEALED.replace(old, new, 1))


# The program age


@with_age
@pytest.mark.parametrize("size", [*SIZES, PART])
def test_the_program_age_and_we_open_each_others_files(tmp_path, size):
    assert AGE, "the program age is not installed"
    plain = plain_of(size)
    (tmp_path / "key").write_text(f"{KEY}\n", encoding="ascii")
    (tmp_path / "ours").write_bytes(seal_to(TO, plain))
    command = [AGE, "--decrypt", "-i", tmp_path / "key", tmp_path / "ours"]
    assert subprocess.run(command, check=True, capture_output=True).stdout == plain
    theirs = subprocess.run([AGE, "-r", TO], input=plain, check=True, capture_output=True).stdout
    assert len(theirs) == sealed_size(size)
    assert opened(theirs, room=PART) == plain


@with_age
@pytest.mark.parametrize("cut", [0, 1, TAG, 9 + TAG])
def test_the_program_age_refuses_what_we_refuse(tmp_path, cut):
    assert AGE, "the program age is not installed"
    (tmp_path / "key").write_text(f"{KEY}\n", encoding="ascii")
    (tmp_path / "ours").write_bytes(SEALED[: len(SEALED) - cut])
    done = subprocess.run([AGE, "-d", "-i", tmp_path / "key", tmp_path / "ours"], check=False, capture_output=True)
    assert (done.returncode == 0) is (cut == 0)
