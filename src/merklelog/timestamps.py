"""Time-stamp tokens: that a message existed at a time, by the word of an authority.

Sources: RFC 3161 (tokens), RFC 5652 (signed data), RFC 5035 (the certificate named under the signature).

Every bit of a token counts: one that is accepted has nothing but what the authority signed and what is
compared with the one value it may have. What an authority may add unsigned, copies of certificates above all,
is refused; ``bare`` takes it away. An authority is trusted by its own certificate: no chain is built.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from merklelog import der
from merklelog.der import DerInvalid, Element, Fields, encode, identifier
from merklelog.signed_data import TST_INFO, SignedData, parse, without_extras

RSA_SHORTEST = 2048
CURVES = frozenset({"secp256r1", "secp384r1"})

_CONTENT_TYPE = identifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = identifier("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE = identifier("1.2.840.113549.1.9.16.2.12")
_SIGNING_CERTIFICATE_V2 = identifier("1.2.840.113549.1.9.16.2.47")

_Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512
_SHA256, _SHA384, _SHA512 = hashes.SHA256(), hashes.SHA384(), hashes.SHA512()
_VERSION_1 = encode(der.INTEGER, b"\x01")
_TIME = re.compile(rb"([0-9]{14})(?:\.([0-9]{0,5}[1-9]))?Z")


def _spellings(algorithms: dict[str, _Hash]) -> dict[bytes, _Hash]:
    """Algorithms as they stand in a token: parameters NULL, or none (RFC 5754, section 2)."""
    endings = (b"", encode(der.NULL))
    return {
        encode(der.SEQUENCE, identifier(name), ending): value
        for name, value in algorithms.items()
        for ending in endings
    }


_SHA256_SPELLED = _spellings({"2.16.840.1.101.3.4.2.1": _SHA256})
_DIGESTS = _SHA256_SPELLED | _spellings(
    {"2.16.840.1.101.3.4.2.2": _SHA384, "2.16.840.1.101.3.4.2.3": _SHA512}
)
_RSA_SIGNATURES = _spellings(
    {
        "1.2.840.113549.1.1.11": _SHA256,
        "1.2.840.113549.1.1.12": _SHA384,
        "1.2.840.113549.1.1.13": _SHA512,
    }
)
_RSA_PLAIN = frozenset(_spellings({"1.2.840.113549.1.1.1": _SHA256}))
_ECDSA_SIGNATURES = {
    encode(der.SEQUENCE, identifier(f"1.2.840.10045.4.3.{number}")): value
    for number, value in ((2, _SHA256), (3, _SHA384), (4, _SHA512))
}


class TimestampInvalid(ValueError):
    """The token is malformed, not of a trusted authority, or not over this message; the message says which."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A token that holds: ``at`` by the clock of the authority, which is the subject of its ``certificate``."""

    at: datetime
    authority: str
    certificate: bytes


def verify_timestamp(token: bytes, message: bytes, certificates: Sequence[bytes]) -> datetime:
    """When the message existed, by the word of an authority whose certificate (DER) is among those given.

    Raises ``TimestampInvalid`` for any failure.
    """
    return open_timestamp(token, message, certificates).at


def open_timestamp(token: bytes, message: bytes, certificates: Sequence[bytes]) -> Timestamp:
    """The same, with the authority that vouches for the time.

    Checked: the signature over the attributes; that they name this content, its digest and the certificate;
    the SHA-256 of the message; that the certificate is for time-stamps only and valid at the time stated.
    """
    try:
        signed = parse(token)
        if _given(signed, _CONTENT_TYPE).encoded != TST_INFO:
            raise TimestampInvalid("the attributes speak of another kind of content")
        digest = _hash(_algorithm(signed.digest, _DIGESTS), signed.content)
        if _given(signed, _MESSAGE_DIGEST).encoded != encode(der.OCTET_STRING, digest):
            raise TimestampInvalid("the content is not the one that was signed")
        chosen = _named_certificate(signed, certificates)
        certificate = _authority(chosen, signed.issuer_and_serial)
        _verify_signature(certificate, signed)
        at = _time_stated(signed.content, message)
    except DerInvalid as error:
        raise TimestampInvalid(f"not a time-stamp token: {error}") from error
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise TimestampInvalid("the authority's certificate was not valid at the time stated")
    return Timestamp(at, certificate.subject.rfc4514_string(), chosen)


def bare(token: bytes) -> bytes:
    """The token as it is kept: without the certificates, revocation lists and unsigned attributes that an
    authority adds. Raises ``TimestampInvalid`` if it is not a token at all."""
    try:
        return without_extras(token)
    except DerInvalid as error:
        raise TimestampInvalid(f"not a time-stamp token: {error}") from error


def read_certificates(pem: bytes) -> tuple[bytes, ...]:
    """The certificates (DER) of a PEM file. Raises ``TimestampInvalid`` if it has none or a broken one."""
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise TimestampInvalid("the file has no certificates, or a broken one") from error
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)


def _given(signed: SignedData, kind: bytes) -> Element:
    try:
        return signed.given[kind]
    except KeyError:
        raise TimestampInvalid("an attribute that must be signed is missing") from None


def _named_certificate(signed: SignedData, certificates: Sequence[bytes]) -> bytes:
    """The trusted certificate whose digest was signed: its SHA-1 in the first form of the attribute, any in
    the second, where SHA-256 goes without saying. RFC 5035, sections 3 to 5."""
    kind: hashes.HashAlgorithm = hashes.SHA1()
    if _SIGNING_CERTIFICATE_V2 in signed.given:
        fields = _first(signed.given[_SIGNING_CERTIFICATE_V2])
        algorithm = fields.maybe(der.SEQUENCE)
        kind = _algorithm(algorithm, _DIGESTS) if algorithm else _SHA256
    else:
        fields = _first(_given(signed, _SIGNING_CERTIFICATE))
    digest = fields.take(der.OCTET_STRING).content
    for certificate in certificates:
        if _hash(kind, certificate) == digest:
            return certificate
    raise TimestampInvalid("the token is not of a trusted authority")


def _first(certificates: Element) -> Fields:
    """The signer's own is the first of the certificates."""
    return certificates.fields().take(der.SEQUENCE).fields().take(der.SEQUENCE).fields()


def _authority(encoded: bytes, issuer_and_serial: bytes) -> x509.Certificate:
    """The certificate, once it is the one that the token names, and for time-stamps only (RFC 3161, 2.3)."""
    try:
        certificate = x509.load_der_x509_certificate(encoded)
        certificate.public_key()
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (ValueError, x509.DuplicateExtension, UnsupportedAlgorithm) as error:
        raise TimestampInvalid("the authority's certificate cannot be read") from error
    except x509.ExtensionNotFound:
        raise TimestampInvalid("the authority's certificate is not for time-stamps only") from None
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TimestampInvalid("the authority's certificate is not for time-stamps only")
    body = der.read(certificate.tbs_certificate_bytes, der.SEQUENCE).fields()
    body.maybe(der.context(0))
    serial = body.take(der.INTEGER).encoded
    body.take(der.SEQUENCE)
    if issuer_and_serial != encode(der.SEQUENCE, body.take(der.SEQUENCE).encoded, serial):
        raise TimestampInvalid("the token names another certificate than the one that was signed")
    return certificate


def _verify_signature(certificate: x509.Certificate, signed: SignedData) -> None:
    # What is signed is the set of attributes, under its own tag. RFC 5652, 5.4.
    attributes = encode(der.SET, signed.attributes)
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_SHORTEST:
            plain = dict.fromkeys(_RSA_PLAIN, _algorithm(signed.digest, _DIGESTS))
            kind = _algorithm(signed.algorithm, _RSA_SIGNATURES | plain)
            key.verify(signed.signature, attributes, padding.PKCS1v15(), kind)
        elif isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES:
            kind = _algorithm(signed.algorithm, _ECDSA_SIGNATURES)
            key.verify(signed.signature, attributes, ec.ECDSA(kind))
        else:
            raise TimestampInvalid("the authority has a key of a kind that is not accepted")
    except InvalidSignature:
        raise TimestampInvalid("the signature is wrong") from None


def _time_stated(content: bytes, message: bytes) -> datetime:
    """The time in the statement, once it is over this message. RFC 3161, 2.4.2."""
    fields = der.read(content, der.SEQUENCE).fields()
    if fields.take(der.INTEGER).encoded != _VERSION_1:
        raise TimestampInvalid("the statement is of another version")
    fields.take(der.OBJECT_IDENTIFIER)
    imprint = fields.take(der.SEQUENCE).fields()
    _algorithm(imprint.take(der.SEQUENCE), _SHA256_SPELLED)
    if imprint.take(der.OCTET_STRING).content != _hash(_SHA256, message):
        raise TimestampInvalid("the token is over another message")
    imprint.end()
    fields.take(der.INTEGER)
    at = _time(fields.take(der.GENERALIZED_TIME).content)
    for tag in (der.SEQUENCE, der.BOOLEAN, der.INTEGER, der.context(0)):
        fields.maybe(tag)
    extensions = fields.maybe(der.context(1))
    fields.end()
    for extension in extensions.parts() if extensions else ():
        if any(part.tag == der.BOOLEAN for part in extension.parts()):
            raise TimestampInvalid("the token has a critical extension")
    return at


def _time(text: bytes) -> datetime:
    match = _TIME.fullmatch(text)
    if match is None:
        raise TimestampInvalid("the time is not written as it must be")
    whole, fraction = match.groups(default=b"")
    try:
        at = datetime.strptime(f"{whole.decode()}Z", "%Y%m%d%H%M%S%z")
    except ValueError:
        raise TimestampInvalid("there is no such time") from None
    return at.replace(microsecond=int(fraction.ljust(6, b"0")))


def _algorithm(found: Element, known: dict[bytes, _Hash]) -> _Hash:
    try:
        return known[found.encoded]
    except KeyError:
        raise TimestampInvalid("the token uses an algorithm that is not accepted") from None


def _hash(kind: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(kind)
    digest.update(data)
    return digest.finalize()
