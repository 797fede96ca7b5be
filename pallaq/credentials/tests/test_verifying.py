"""What a card is worth, decided without a network or a database."""

import zlib
from dataclasses import replace

import base45
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cwt import COSE, COSEKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pallaq.credentials.rules.cbor import Malformed, decode, encode
from pallaq.credentials.rules.claims import read_claims
from pallaq.credentials.rules.lists import (
    SIZES,
    goes_on,
    read_keys,
    read_status,
    signed_keys,
    signed_status,
    size_for,
)
from pallaq.credentials.rules.tokens import opened, packed, sign, unpacked
from pallaq.credentials.rules.verifying import Outcome, verdict
from pallaq.credentials.tests.samples import (
    CLAIMS,
    DAY,
    KEY,
    KID,
    NOW,
    OTHER_KID,
    OTHER_PRIVATE,
    OTHER_PUBLIC,
    PRIVATE,
    PUBLIC,
    keys_at,
    status_at,
    text_of,
)
from pallaq.credentials.tests.vectors import vectors

cbor2 = pytest.importorskip("cbor2")  # comes with cwt: an independent reader
# What a machine with other work needs.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.recursive(
    st.integers(-(2**53), 2**53 - 1) | st.binary(max_size=40) | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(-9, 9) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=3,
)


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector.name)
def test_each_vector_comes_out_as_it_should(vector) -> None:
    found = verdict(vector.text, vector.keys, vector.status, vector.now)
    assert (found.outcome, found.since) == (vector.outcome, vector.since)
    assert (found.claims is not None) == (vector.outcome in Outcome and vector.shows)


def test_libraries_of_others_read_our_card() -> None:
    token = unpacked(text_of())
    key = COSEKey.new({1: 1, 2: KID, 3: -8, -1: 6, -2: PUBLIC})
    payload = COSE.new(verify_kid=True).decode(token, key)
    claims = cbor2.loads(payload)
    assert (claims[1], claims[4], claims[-65537][1]) == ("DREM Puno", CLAIMS.expires_at, "7KD4M2XH9C")
    assert read_claims(payload) == CLAIMS


@unhurried
@given(VALUES)
def test_what_is_written_is_read_and_another_library_reads_the_same(value) -> None:
    assert decode(encode(value)) == value
    assert cbor2.loads(encode(value)) == value


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("empty", ""),
        ("a byte too many", "0000"),
        ("a key twice", "a201000100"),
        ("an open array", "9f00ff"),
        ("an open text", "7f6161ff"),
        ("a number longer than it must be", "1801"),
        ("a number longer than it must be, in two bytes", "190001"),
        ("a number too large for a browser", "1b0020000000000000"),
        ("a tag", "c100"),
        ("true", "f5"),
        ("a float", "fb3ff0000000000000"),
        ("an array longer than what is left", "9b0000000000ffffff"),
        ("nested too deep", "81818181818100"),
        ("bytes for a key", "a1410000"),
        ("no UTF-8", "62ff41"),
        ("half of a character of two halves", "63eda080"),
    ],
)
def test_it_reads_strictly(what: str, data: str) -> None:
    with pytest.raises(Malformed):
        decode(bytes.fromhex(data))


@unhurried
@given(st.data())
def test_no_flipped_bit_gives_another_card(data) -> None:
    token = bytearray(unpacked(text_of()))
    bit = data.draw(st.integers(0, len(token) * 8 - 1))
    token[bit // 8] ^= 1 << bit % 8
    found = verdict(packed(bytes(token)), keys_at(), status_at(), NOW)
    assert found.outcome in (Outcome.FORGED, Outcome.UNKNOWN_KEY, Outcome.UNREADABLE)
    assert found.claims is None


@unhurried
@given(st.data())
def test_no_flipped_bit_of_what_is_compressed_gives_another_card(data) -> None:
    squeezed = bytearray(zlib.compress(unpacked(text_of()), 9))
    bit = data.draw(st.integers(0, len(squeezed) * 8 - 1))
    squeezed[bit // 8] ^= 1 << bit % 8
    found = verdict("PQ1:" + base45.b45encode(bytes(squeezed)).decode(), keys_at(), status_at(), NOW)
    # A bit that pads the stream says nothing; whatever verifies says what was signed.
    assert found.claims in (None, CLAIMS)


def test_no_beginning_of_a_card_is_a_card() -> None:
    text = text_of()
    ends = {verdict(text[:end], keys_at(), status_at(), NOW).outcome for end in range(len(text))}
    assert ends == {Outcome.NOT_PALLAQ, Outcome.UNREADABLE}


@unhurried
@given(st.text(alphabet="PQ1:ABC09 $%*+-./", max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    assert verdict(text, keys_at(), status_at(), NOW).outcome in (Outcome.NOT_PALLAQ, Outcome.UNREADABLE)


@unhurried
@given(st.binary(max_size=80))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    assert verdict(packed(data), keys_at(), status_at(), NOW).outcome == Outcome.UNREADABLE


def test_a_list_comes_back_as_it_was_signed() -> None:
    keys, status = keys_at(), status_at(NOW, 3, 16383)
    assert read_keys(signed_keys(keys, {KID: PRIVATE})) == keys
    assert read_status(signed_status(status, PRIVATE, KID), keys) == status
    assert [status.revoked(place) for place in (2, 3, 16383, 16384)] == [False, True, True, None]


def test_a_status_list_of_a_key_that_does_not_count_is_not_taken() -> None:
    signed = signed_status(status_at(), PRIVATE, KID)
    other = replace(KEY, public=OTHER_PUBLIC)
    for keys in (
        keys_at(NOW, other),
        keys_at(NOW, replace(KEY, revoked_at=NOW)),
        keys_at(NOW, replace(KEY, kid=OTHER_KID)),
    ):
        with pytest.raises(Malformed):
            read_status(signed, keys)


def test_a_card_is_no_list_and_a_list_no_card() -> None:
    with pytest.raises(Malformed):
        read_status(unpacked(text_of()), keys_at())
    as_card = packed(signed_status(status_at(), PRIVATE, KID))
    assert verdict(as_card, keys_at(), status_at(), NOW).outcome == Outcome.UNREADABLE


def test_a_list_of_keys_goes_on_only_if_a_known_key_vouches() -> None:
    other = replace(KEY, kid=OTHER_KID, public=OTHER_PUBLIC)
    known = read_keys(signed_keys(keys_at(), {KID: PRIVATE}))
    both = read_keys(signed_keys(keys_at(NOW, KEY, other), {KID: PRIVATE, OTHER_KID: OTHER_PRIVATE}))
    alone = read_keys(signed_keys(keys_at(NOW, KEY, other), {OTHER_KID: OTHER_PRIVATE}))
    swapped = read_keys(signed_keys(keys_at(NOW, replace(KEY, public=OTHER_PUBLIC)), {KID: OTHER_PRIVATE}))
    assert goes_on(both, known)
    assert goes_on(alone, both)
    assert goes_on(alone, None)
    assert not goes_on(alone, known)
    assert not goes_on(swapped, known)
    withdrawn = replace(known, keys={KID: replace(KEY, revoked_at=NOW)})
    assert not goes_on(both, withdrawn)


@pytest.mark.parametrize("signers", [{}, {OTHER_KID: OTHER_PRIVATE}, {KID: OTHER_PRIVATE}])
def test_a_list_of_keys_with_a_wrong_signature_is_not_taken(signers) -> None:
    with pytest.raises(Malformed):
        read_keys(signed_keys(keys_at(), signers))


def test_a_withdrawn_key_cannot_sign_the_list() -> None:
    with pytest.raises(Malformed):
        read_keys(signed_keys(keys_at(NOW, replace(KEY, revoked_at=NOW - DAY)), {KID: PRIVATE}))


def test_signatures_are_those_of_the_standard() -> None:
    token = opened(sign(b"payload", PRIVATE, KID))
    signed = cbor2.dumps(["Signature1", token.protected, b"", b"payload"])
    Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key().verify(token.signature, signed)


def test_sizes_tell_a_count_only_roughly() -> None:
    assert [size_for(cards) for cards in (0, 8192, 8193, 1_000_000, 10**9)] == [
        SIZES[0],
        SIZES[0],
        SIZES[1],
        SIZES[4],
        SIZES[5],
    ]
