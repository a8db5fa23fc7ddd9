"""Time-stamp tokens: made by openssl and by certomancer, and made here with any part of them changed."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from asn1crypto import algos, keys, tsp
from asn1crypto import x509 as asn1_x509
from certomancer.services import TimeStamper
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from merklelog import der
from merklelog.der import encode, identifier

MESSAGE = b"log.example/901\n7\nq1V0\n"
AT = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
NULL = encode(der.NULL)
TST_INFO = identifier("1.2.840.113549.1.9.16.1.4")
SHA256 = identifier("2.16.840.1.101.3.4.2.1")
ECDSA_SHA256 = encode(der.SEQUENCE, identifier("1.2.840.10045.4.3.2"))

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Authority:
    """A key and the certificate of it, for time-stamps only unless asked otherwise."""

    def __init__(
        self,
        key: Key,
        *,
        usages: tuple[x509.ObjectIdentifier, ...] = (),
        critical: bool = True,
        start: datetime = AT,
    ) -> None:
        self.key = key
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Clock Office")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(77)
            .not_valid_before(start - timedelta(days=1))
            .not_valid_after(start + timedelta(days=3650))
        )
        if usages:
            made = made.add_extension(x509.ExtendedKeyUsage(usages), critical=critical)
        digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
        self.certificate = made.sign(key, digest)
        self.der = self.certificate.public_bytes(Encoding.DER)
        self.pem = self.certificate.public_bytes(Encoding.PEM)

    def secret(self, encoding: Encoding) -> bytes:
        return self.key.private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption())


TIME_STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)
EC = Authority(ec.generate_private_key(ec.SECP256R1()), usages=TIME_STAMPING)
RSA = Authority(rsa.generate_private_key(65537, 2048), usages=TIME_STAMPING)


def by_openssl(
    authority: Authority, folder: Path, *, digest: str = "sha256", named_by: str = "sha256"
) -> bytes:
    """What `openssl ts` answers, without copies of certificates: they were not asked for."""
    (folder / "message").write_bytes(MESSAGE)
    (folder / "tsa.pem").write_bytes(authority.pem)
    (folder / "key.pem").write_bytes(authority.secret(Encoding.PEM))
    (folder / "serial").write_text("01\n")
    (folder / "ts.conf").write_text(
        f"[tsa]\ndefault_tsa=here\n[here]\nserial={folder}/serial\nsigner_cert={folder}/tsa.pem\n"
        f"signer_key={folder}/key.pem\nsigner_digest={digest}\ndefault_policy=1.2.3.4.1\ndigests=sha256\n"
        f"accuracy=secs:1,millisecs:500\nordering=yes\ntsa_name=yes\ness_cert_id_alg={named_by}\n"
    )
    _openssl(folder, "-query", "-data", "message", "-sha256", "-out", "query")
    _openssl(folder, "-reply", "-config", "ts.conf", "-queryfile", "query", "-token_out", "-out", "token")
    return (folder / "token").read_bytes()


def openssl_verifies(token: bytes, folder: Path) -> bool:
    """Whether `openssl ts` accepts a token over the message, given the certificate beside it."""
    (folder / "kept").write_bytes(token)
    files = ("-CAfile", "tsa.pem", "-untrusted", "tsa.pem")
    return "OK" in _openssl(folder, "-verify", "-data", "message", "-token_in", "-in", "kept", *files)


def _openssl(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["openssl", "ts", *arguments], cwd=folder, check=True, capture_output=True, timeout=20
    )
    return done.stdout.decode() + done.stderr.decode()


def by_certomancer(authority: Authority, *, digest: str = "sha256") -> bytes:
    """What certomancer's authority answers: it always adds its certificate."""
    stamper = TimeStamper(
        asn1_x509.Certificate.load(authority.der),
        keys.PrivateKeyInfo.load(authority.secret(Encoding.DER)),
        md_algorithm=digest,
    )
    imprint = tsp.MessageImprint(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "hashed_message": sha256(MESSAGE).digest(),
        }
    )
    request = tsp.TimeStampReq(
        {"version": 1, "message_imprint": imprint, "nonce": 2**64 + 7, "cert_req": True}
    )
    response = stamper.request_tsa_response(request)
    return bytes(response["time_stamp_token"].dump())


def attribute(kind: str, *values: bytes) -> bytes:
    return encode(der.SEQUENCE, identifier(kind), encode(der.SET, *values))


def statement(
    *,
    version: bytes = encode(der.INTEGER, b"\x01"),
    algorithm: bytes = encode(der.SEQUENCE, SHA256),
    imprint: bytes = sha256(MESSAGE).digest(),
    time: bytes = b"20261129010203Z",
    rest: bytes = b"",
) -> bytes:
    return encode(
        der.SEQUENCE,
        version,
        identifier("1.2.3.4"),
        encode(der.SEQUENCE, algorithm, encode(der.OCTET_STRING, imprint)),
        encode(der.INTEGER, b"\x05"),
        encode(der.GENERALIZED_TIME, time),
        rest,
    )


def named(certificate: bytes, algorithm: bytes = b"", kind: hashes.HashAlgorithm | None = None) -> bytes:
    """The second form of the attribute that names the certificate."""
    digest = hashes.Hash(kind or hashes.SHA256())
    digest.update(certificate)
    one = encode(der.SEQUENCE, algorithm, encode(der.OCTET_STRING, digest.finalize()))
    return encode(der.SEQUENCE, encode(der.SEQUENCE, one))


def attributes(content: bytes, authority: Authority = EC) -> dict[str, bytes]:
    """The three that must be there."""
    return {
        "type": attribute("1.2.840.113549.1.9.3", TST_INFO),
        "digest": attribute("1.2.840.113549.1.9.4", encode(der.OCTET_STRING, sha256(content).digest())),
        "certificate": attribute("1.2.840.113549.1.9.16.2.47", named(authority.der)),
    }


def made(
    content: bytes | None = None,
    *,
    authority: Authority = EC,
    signed: list[bytes] | None = None,
    order: bool = True,
    kind: bytes = identifier("1.2.840.113549.1.7.2"),
    version: bytes = b"\x03",
    digests: bytes = encode(der.SEQUENCE, SHA256),
    digest: bytes = encode(der.SEQUENCE, SHA256),
    content_kind: bytes = TST_INFO,
    content_more: bytes = b"",
    beside: bytes = b"",
    signer_version: bytes = b"\x01",
    serial: bytes = b"\x4d",
    algorithm: bytes = ECDSA_SHA256,
    signature: bytes | None = None,
    unsigned: bytes = b"",
    signers: int = 1,
    wrapped: int = 1,
    end: bytes = b"",
) -> bytes:
    """A token that is good in every part that is not named."""
    content = statement() if content is None else content
    given = list(attributes(content, authority).values()) if signed is None else signed
    inner = b"".join(sorted(given) if order else given)
    if signature is None:
        assert isinstance(authority.key, ec.EllipticCurvePrivateKey)
        signature = authority.key.sign(encode(der.SET, inner), ec.ECDSA(hashes.SHA256()))
    signer = encode(
        der.SEQUENCE,
        encode(der.INTEGER, signer_version),
        encode(der.SEQUENCE, authority.certificate.issuer.public_bytes(), encode(der.INTEGER, serial)),
        digest,
        encode(der.context(0), inner),
        algorithm,
        encode(der.OCTET_STRING, signature),
        unsigned,
    )
    data = encode(
        der.SEQUENCE,
        encode(der.INTEGER, version),
        encode(der.SET, digests),
        encode(
            der.SEQUENCE,
            content_kind,
            encode(der.context(0), encode(der.OCTET_STRING, content)),
            content_more,
        ),
        beside,
        encode(der.SET, signer * signers),
    )
    return encode(der.SEQUENCE, kind, encode(der.context(0), data * wrapped), end)
