"""The Merkle tree of RFC 6962: the published vectors, and the RFC's own recursive definition as oracle."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rodatraden.core.ledger import leaf_hash, root_hash

# The test vectors that the authors of RFC 6962 publish with their implementation: eight leaves, and the root over the
# first 0, 1, … 8 of them.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def oracle(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962 §2.1 defines it: split at the largest power of two below the number of leaves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + oracle(leaves[:split]) + oracle(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_published_vectors(size):
    assert root_hash([leaf_hash(leaf) for leaf in LEAVES[:size]]) == ROOTS[size]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_that_of_the_definition(leaves):
    assert root_hash([leaf_hash(leaf) for leaf in leaves]) == oracle(leaves).hex()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=30))
def test_a_log_that_was_cut_off_has_another_root(leaves):
    hashes = [leaf_hash(leaf) for leaf in leaves]
    assert root_hash(hashes[:-1]) != root_hash(hashes)
