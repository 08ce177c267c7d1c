import base64
import os
import shutil
import subprocess

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rodatraden.core.sealing.age_file import LONGEST, seal_to
from rodatraden.core.sealing.contents import PackageError, PackageFault

AGE = shutil.which("age")
HEADER = (21, len("-> X25519 ") + 43, 43, len("--- ") + 43)
"""The letters of each line of a header that holds one X25519 stanza and nothing else."""
NONCE, TAG = 16, 16


@settings(deadline=None)
@given(plain=st.binary(max_size=300))
def test_age_opens_what_was_sealed(plain):
    key = pyrage.x25519.Identity.generate()
    assert pyrage.decrypt(seal_to(str(key.to_public()), plain), [key]) == plain


@pytest.mark.parametrize("size", [0, 1, LONGEST - 1, LONGEST])
def test_the_length_of_a_file_is_that_of_what_it_holds_and_one_header(size):
    key = pyrage.x25519.Identity.generate()
    made = seal_to(str(key.to_public()), bytes(size))
    header, payload = made.split(b"\n--- ")
    lines = (header + b"\n--- " + payload.split(b"\n")[0]).split(b"\n")
    assert tuple(map(len, lines)) == HEADER
    assert len(made) == sum(HEADER) + len(HEADER) + NONCE + size + TAG
    assert pyrage.decrypt(made, [key]) == bytes(size)


def test_more_than_one_chunk_is_not_sealed():
    with pytest.raises(ValueError, match=str(LONGEST + 1)):
        seal_to(str(pyrage.x25519.Identity.generate().to_public()), bytes(LONGEST + 1))


def test_nothing_of_two_files_is_the_same_but_their_shape():
    to = str(pyrage.x25519.Identity.generate().to_public())
    one, other = seal_to(to, b"samma"), seal_to(to, b"samma")
    pieces = [[base64.b64decode(line.split()[-1] + b"==") for line in made.split(b"\n")[1:4]] for made in (one, other)]
    assert not {*pieces[0]} & {*pieces[1]}
    assert one[-TAG - 5 :] != other[-TAG - 5 :]


def test_another_key_opens_nothing():
    made = seal_to(str(pyrage.x25519.Identity.generate().to_public()), b"hej")
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(made, [pyrage.x25519.Identity.generate()])


@pytest.mark.parametrize("recipient", ["", "age1", "age1qqqq", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1QQ"])
def test_what_is_no_recipient_is_refused(recipient):
    with pytest.raises(PackageError) as error:
        seal_to(recipient, b"hej")
    assert error.value.fault is PackageFault.RECIPIENT


@pytest.mark.skipif(not AGE and os.environ.get("CI") != "true", reason="the program age is not installed")
def test_the_program_age_opens_a_file(tmp_path):
    assert AGE, "the program age is not installed"
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"{key}\n", encoding="ascii")
    (tmp_path / "file").write_bytes(seal_to(str(key.to_public()), b"hej"))
    command = [AGE, "--decrypt", "-i", tmp_path / "key", tmp_path / "file"]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"hej"
