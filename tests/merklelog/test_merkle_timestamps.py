"""Time-stamp tokens: real ones hold, a changed bit does not, and nothing unsigned is let through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha512
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from merkle_samples import flip
from timestamp_samples import (
    AT,
    EC,
    ECDSA_SHA256,
    MESSAGE,
    NULL,
    RSA,
    SHA256,
    TIME_STAMPING,
    Authority,
    attribute,
    attributes,
    by_certomancer,
    by_openssl,
    made,
    named,
    openssl_verifies,
    statement,
)

from merklelog import der
from merklelog.der import DerInvalid, encode, identifier
from merklelog.timestamps import (
    Timestamp,
    TimestampInvalid,
    bare,
    open_timestamp,
    read_certificates,
    verify_timestamp,
)

SHA512 = identifier("2.16.840.1.101.3.4.2.3")
FIRST_FORM = "1.2.840.113549.1.9.16.2.12"
SECOND_FORM = "1.2.840.113549.1.9.16.2.47"
NOW = Authority(ec.generate_private_key(ec.SECP384R1()), usages=TIME_STAMPING, start=datetime.now(UTC))
NOW_RSA = Authority(RSA.key, usages=TIME_STAMPING, start=datetime.now(UTC))


def refusal(token: bytes, authority: Authority = EC) -> str:
    with pytest.raises(TimestampInvalid) as refused:
        verify_timestamp(token, MESSAGE, [authority.der])
    return str(refused.value)


@pytest.mark.parametrize("authority", [NOW, NOW_RSA], ids=["ECDSA P-384", "RSA"])
@pytest.mark.parametrize(
    ("digest", "named_by"), [("sha256", "sha256"), ("sha512", "sha1"), ("sha384", "sha384")]
)
def test_a_token_of_openssl_holds(authority: Authority, digest: str, named_by: str, tmp_path: Path) -> None:
    token = by_openssl(authority, tmp_path, digest=digest, named_by=named_by)
    at = verify_timestamp(token, MESSAGE, [RSA.der, authority.der])
    assert timedelta(minutes=-1) < datetime.now(UTC) - at < timedelta(minutes=1)
    assert bare(token) == token


@pytest.mark.parametrize("authority", [NOW, NOW_RSA], ids=["ECDSA P-384", "RSA"])
@pytest.mark.parametrize("digest", ["sha256", "sha512"])
def test_a_token_of_certomancer_holds_once_its_certificates_are_taken_away(
    authority: Authority, digest: str
) -> None:
    token = by_certomancer(authority, digest=digest)
    assert "one too many" in refusal(token, authority) or "missing" in refusal(token, authority)
    held = open_timestamp(bare(token), MESSAGE, [authority.der])
    assert (held.authority, held.certificate) == ("CN=Clock Office", authority.der)


def test_openssl_accepts_a_token_as_it_is_kept(tmp_path: Path) -> None:
    by_openssl(NOW_RSA, tmp_path)
    assert openssl_verifies(bare(by_certomancer(NOW_RSA)), tmp_path)


@pytest.mark.parametrize("maker", ["openssl", "certomancer"])
def test_no_bit_of_a_token_can_be_changed(maker: str, tmp_path: Path) -> None:
    authority = (
        NOW_RSA if maker == "openssl" else Authority(EC.key, usages=TIME_STAMPING, start=datetime.now(UTC))
    )
    token = by_openssl(authority, tmp_path) if maker == "openssl" else bare(by_certomancer(authority))
    assert verify_timestamp(token, MESSAGE, [authority.der])
    held = []
    for bit in range(len(token) * 8):
        try:
            verify_timestamp(flip(token, bit), MESSAGE, [authority.der])
        except TimestampInvalid:
            continue
        held.append(bit)
    assert held == []


def test_a_token_cut_short_or_with_anything_behind_is_refused() -> None:
    token = made()
    for end in range(len(token)):
        refusal(token[:end])
    refusal(token + b"\0")


def test_the_time_is_read_to_the_microsecond() -> None:
    assert open_timestamp(made(), MESSAGE, [EC.der]) == Timestamp(AT, "CN=Clock Office", EC.der)
    later = made(statement(time=b"20261129010203.123456Z"))
    assert verify_timestamp(later, MESSAGE, [EC.der]) == AT + timedelta(microseconds=123456)


@pytest.mark.parametrize(
    "time",
    [
        b"20261129010203",
        b"20261129010203.0Z",
        b"20261129010203.10Z",
        b"20261129010203.1234567Z",
        b"20261129010203.99999999999999999999Z",
        b"20261129010203+0900",
        b"202611290102Z",
    ],
)
def test_a_time_in_another_spelling_is_refused(time: bytes) -> None:
    assert refusal(made(statement(time=time))) == "the time is not written as it must be"


def test_a_time_that_is_none_is_refused() -> None:
    for time in (b"20261329010203Z", b"20261129010260Z"):
        assert refusal(made(statement(time=time))) == "there is no such time"


def test_a_token_over_another_message_is_refused() -> None:
    with pytest.raises(TimestampInvalid, match="another message"):
        verify_timestamp(made(), MESSAGE + b"\n", [EC.der])
    assert "algorithm" in refusal(
        made(statement(algorithm=encode(der.SEQUENCE, SHA512), imprint=sha512(MESSAGE).digest()))
    )
    assert "another version" in refusal(made(statement(version=encode(der.INTEGER, b"\x02"))))


def test_what_else_an_authority_may_state_is_read_over() -> None:
    rest = encode(der.BOOLEAN, b"\xff") + encode(der.INTEGER, b"\x09")
    harmless = encode(der.SEQUENCE, identifier("1.2.3"), encode(der.OCTET_STRING, b"x"))
    critical = encode(
        der.SEQUENCE, identifier("1.2.3"), encode(der.BOOLEAN, b"\xff"), encode(der.OCTET_STRING, b"x")
    )
    assert (
        verify_timestamp(made(statement(rest=rest + encode(der.context(1), harmless))), MESSAGE, [EC.der])
        == AT
    )
    assert (
        refusal(made(statement(rest=rest + encode(der.context(1), critical))))
        == "the token has a critical extension"
    )
    assert "one too many" in refusal(made(statement(rest=encode(der.INTEGER, b"\x09") + rest)))


def test_a_certificate_must_be_trusted_valid_and_for_nothing_but_time_stamps() -> None:
    with pytest.raises(TimestampInvalid, match="not of a trusted authority"):
        verify_timestamp(made(), MESSAGE, [RSA.der])
    key = EC.key
    for authority in (
        Authority(key),
        Authority(key, usages=TIME_STAMPING, critical=False),
        Authority(key, usages=(*TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING)),
        Authority(key, usages=(ExtendedKeyUsageOID.CODE_SIGNING,)),
    ):
        assert "for time-stamps only" in refusal(made(authority=authority), authority)
    for start in (AT + timedelta(days=2), AT - timedelta(days=4000)):
        other = Authority(key, usages=TIME_STAMPING, start=start)
        assert "not valid at the time" in refusal(made(authority=other), other)


def test_a_certificate_that_cannot_be_read_is_refused() -> None:
    content = statement()
    signed = [*attributes(content).values()][:2]
    token = made(content, signed=[*signed, attribute(SECOND_FORM, named(b"no certificate"))])
    with pytest.raises(TimestampInvalid, match="cannot be read"):
        verify_timestamp(token, MESSAGE, [b"no certificate"])


def test_a_key_of_another_kind_is_refused() -> None:
    short = Authority(rsa.generate_private_key(65537, 1024), usages=TIME_STAMPING)
    curve = Authority(ec.generate_private_key(ec.SECP521R1()), usages=TIME_STAMPING)
    edwards = Authority(ed25519.Ed25519PrivateKey.generate(), usages=TIME_STAMPING)
    for authority in (short, curve, edwards):
        token = made(authority=authority, signature=b"any")
        assert refusal(token, authority) == "the authority has a key of a kind that is not accepted"


def test_the_certificate_is_named_by_any_accepted_digest() -> None:
    content = statement()
    good = attributes(content)
    first = encode(der.SEQUENCE, encode(der.SEQUENCE, encode(der.SEQUENCE, encode(4, sha1(EC.der).digest()))))
    for name in (
        attribute(FIRST_FORM, first),
        attribute(SECOND_FORM, named(EC.der, encode(der.SEQUENCE, SHA512, NULL), hashes.SHA512())),
    ):
        assert (
            verify_timestamp(made(content, signed=[good["type"], good["digest"], name]), MESSAGE, [EC.der])
            == AT
        )
    unknown = attribute(SECOND_FORM, named(EC.der, encode(der.SEQUENCE, identifier("1.2.3"))))
    assert "algorithm" in refusal(made(content, signed=[good["type"], good["digest"], unknown]))


def test_the_signed_attributes_must_be_there_once_each_and_right() -> None:
    content = statement()
    good = attributes(content)
    for missing in good:
        signed = [value for name, value in good.items() if name != missing]
        assert refusal(made(content, signed=signed)) == "an attribute that must be signed is missing"
    twice = [*good.values(), attribute("1.2.840.113549.1.9.4", encode(der.OCTET_STRING, bytes(32)))]
    assert "twice" in refusal(made(content, signed=twice))
    double = attribute("1.2.840.113549.1.9.3", identifier("1.2.3"), identifier("1.2.840.113549.1.9.16.1.4"))
    assert "one part" in refusal(made(content, signed=[good["digest"], good["certificate"], double]))
    other = attribute("1.2.840.113549.1.9.3", identifier("1.2.840.113549.1.7.1"))
    assert "another kind" in refusal(made(content, signed=[good["digest"], good["certificate"], other]))
    assert "not the one that was signed" in refusal(
        made(content, signed=[*attributes(content + b"x").values()])
    )
    assert "order" in refusal(made(content, signed=sorted(good.values(), reverse=True), order=False))


def test_a_wrong_signature_is_refused() -> None:
    for signature in (bytes(70), b""):
        assert refusal(made(signature=signature)) == "the signature is wrong"
    other = Authority(ec.generate_private_key(ec.SECP256R1()), usages=TIME_STAMPING)
    content = statement()
    token = made(content, authority=other, signed=[*attributes(content).values()])
    assert refusal(token) == "the signature is wrong"
    assert "algorithm" in refusal(made(algorithm=encode(der.SEQUENCE, identifier("1.2.840.10045.4.1"))))


def test_an_rsa_signature_names_its_digest_in_either_place() -> None:
    content = statement()
    inner = encode(der.SET, *sorted(attributes(content, RSA).values()))
    assert isinstance(RSA.key, rsa.RSAPrivateKey)
    signature = RSA.key.sign(inner, padding.PKCS1v15(), hashes.SHA256())
    for number, holds in ((1, True), (11, True), (13, False), (5, False)):
        algorithm = encode(der.SEQUENCE, identifier(f"1.2.840.113549.1.1.{number}"), NULL)
        token = made(content, authority=RSA, algorithm=algorithm, signature=signature)
        if holds:
            assert verify_timestamp(token, MESSAGE, [RSA.der]) == AT
        else:
            refusal(token, RSA)


def test_nothing_unsigned_is_let_through() -> None:
    assert verify_timestamp(made(), MESSAGE, [EC.der]) == AT
    extra = encode(der.SEQUENCE, identifier("1.2.3"))
    for changed in (
        {"beside": encode(der.context(0), EC.der)},
        {"beside": encode(der.context(0))},
        {"beside": encode(der.context(1), extra)},
        {"unsigned": encode(der.context(1), attribute("1.2.3", NULL))},
        {"unsigned": encode(der.context(1))},
    ):
        token = made(**changed)  # type: ignore[arg-type]
        refusal(token)
        assert bare(token) != token
        assert verify_timestamp(bare(token), MESSAGE, [EC.der]) == AT


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": identifier("1.2.840.113549.1.7.1")},
        {"version": b"\x01"},
        {"digests": b""},
        {"digests": encode(der.SEQUENCE, SHA512)},
        {"digests": encode(der.SEQUENCE, SHA256) + encode(der.SEQUENCE, SHA512)},
        {"digest": encode(der.SEQUENCE, SHA256, NULL)},
        {"content_kind": identifier("1.2.840.113549.1.7.1")},
        {"content_more": NULL},
        {"signer_version": b"\x03"},
        {"serial": b"\x4e"},
        {"signers": 0},
        {"signers": 2},
        {"wrapped": 2},
        {"end": NULL},
    ],
)
def test_what_nobody_signed_has_one_value(changed: dict[str, bytes]) -> None:
    refusal(made(**changed))  # type: ignore[arg-type]


def test_only_a_token_can_be_stripped() -> None:
    for other in (b"", NULL, encode(der.SEQUENCE), made()[:-1]):
        with pytest.raises(TimestampInvalid):
            bare(other)


def test_certificates_are_read_from_a_pem_file() -> None:
    assert read_certificates(b"Clock Office\n" + EC.pem + RSA.pem) == (EC.der, RSA.der)
    for broken in (b"", EC.pem[:200], EC.pem.replace(b"M", b"N", 3)):
        with pytest.raises(TimestampInvalid):
            read_certificates(broken)


@pytest.mark.parametrize(
    "data",
    ["", "30", "3080000000", "1f0100", "308100", "30820001ff", "3001", "30840000000100", "05000500"],
)
def test_another_spelling_than_the_shortest_is_not_read(data: str) -> None:
    with pytest.raises(DerInvalid):
        der.read(bytes.fromhex(data), der.SEQUENCE)


def test_long_lengths_and_identifiers_are_written_as_they_are_read() -> None:
    for size in (0, 127, 128, 255, 256, 70_000):
        whole = encode(der.OCTET_STRING, bytes(size))
        assert der.read(whole, der.OCTET_STRING).content == bytes(size)
    assert identifier("1.2.840.113549.1.7.2").hex() == "06092a864886f70d010702"
    assert identifier("2.16.840.1.101.3.4.2.1").hex() == "0609608648016503040201"
    assert ECDSA_SHA256.hex() == "300a06082a8648ce3d040302"
