"""A certificate authority for trying things out, made on first use in ``keys/demo-ca`` and readable by its owner only.

Everything that it signs says of itself that it is a demo. Root → issuing → certificates that sign, and a CRL of each
authority: so a signature carries all that is needed to check it later, without a network. A file holds a key and behind
it its certificate, and is never written twice: of two processes that start at once, one makes it and both read it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from merklelog import durable

DEMO = "DEMO - no legal effect"
"""The first words in the name of every certificate."""
ROOT, ISSUING, TSA = "root", "issuing", "tsa"
AUTHORITY, SIGNER = timedelta(days=30 * 365), timedelta(days=10 * 365)
REVOCATIONS, RENEWED_AFTER = timedelta(days=30), timedelta(days=7)
"""How long a CRL holds, and when the next is made."""

_NAME_LONGEST = 64
"""Bytes of a common name or an organisation (X.520)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a certificate is for. ``path``: of an authority, how many authorities may stand below it."""

    path: int | None = None
    stamps_time: bool = False

    @property
    def issues(self) -> bool:
        return self.path is not None


def folder() -> Path:
    return Path(settings.KESSAI_KEYS_DIR) / "demo-ca"


def signer(name: str, *, owner: str, use: str) -> Identity:
    """Who signs documents, kept under a file's name: ``owner`` is the ministry, ``use`` what it signs with it."""
    return _kept(name, lambda: _issued(owner, use, _Kind(), _issuing()))


def timestamp_authority() -> Identity:
    """Who says what time it is."""
    return _kept(
        TSA, lambda: _issued("kessai", "time-stamping authority", _Kind(stamps_time=True), _issuing())
    )


def root() -> x509.Certificate:
    """What whoever checks a signature has to trust."""
    return _root().certificate


def chain() -> tuple[x509.Certificate, ...]:
    """The authorities, from the one that issues to the root."""
    return _issuing().certificate, root()


def revocations(*, at: datetime) -> tuple[x509.CertificateRevocationList, ...]:
    """What was revoked, by the issuing authority and by the root, as of a few days ago at most."""
    return _revoked(ISSUING, _issuing(), at), _revoked(ROOT, _root(), at)


def _root() -> Identity:
    return _kept(ROOT, lambda: _issued("kessai", "root authority", _Kind(path=1), None))


def _issuing() -> Identity:
    return _kept(ISSUING, lambda: _issued("kessai", "issuing authority", _Kind(path=0), _root()))


def _issued(owner: str, use: str, kind: _Kind, by: Identity | None) -> Identity:
    """A new key, certified ``by`` an authority; without one, by itself."""
    now = datetime.now(UTC).replace(microsecond=0)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _short(f"{DEMO}: {owner}")),
            x509.NameAttribute(NameOID.COMMON_NAME, _short(f"{DEMO}: {use}")),
        ]
    )
    by_key = by.key if by else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + (AUTHORITY if kind.issues else SIGNER))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=kind.issues, path_length=kind.path), critical=True)
        .add_extension(_usage(kind), critical=True)
    )
    if kind.stamps_time:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    return Identity(key, builder.sign(by_key, hashes.SHA256()))


def _short(name: str) -> str:
    return name.encode()[:_NAME_LONGEST].decode(errors="ignore")


def _usage(kind: _Kind) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not kind.issues,
        content_commitment=not kind.issues and not kind.stamps_time,
        key_cert_sign=kind.issues,
        crl_sign=kind.issues,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _revoked(name: str, by: Identity, at: datetime) -> x509.CertificateRevocationList:
    path = folder() / f"{name}.crl"
    if path.exists():
        kept = x509.load_pem_x509_crl(path.read_bytes())
        if at - RENEWED_AFTER < kept.last_update_utc <= at:
            return kept
    number = int(at.timestamp())
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(at.replace(microsecond=0))
        .next_update(at.replace(microsecond=0) + REVOCATIONS)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False
        )
        .add_extension(x509.CRLNumber(number), critical=False)
        .sign(by.key, hashes.SHA256())
    )
    durable.write(path, made.public_bytes(Encoding.PEM), mode=0o600)
    return made


def _kept(name: str, make: Callable[[], Identity]) -> Identity:
    """The identity that a file holds, made on first use."""
    path = folder() / f"{name}.pem"
    if not path.exists():
        made = make()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        fresh = durable.beside(path, [key, made.certificate.public_bytes(Encoding.PEM)], mode=0o600)
        try:
            os.link(fresh, path)
            durable.flush(path.parent)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    pem = path.read_bytes()
    found = load_pem_private_key(pem, None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)
    return Identity(found, x509.load_pem_x509_certificate(pem))
