"""The signed data of a time-stamp token, in the one form that is read: one signer, nothing beside.

Source: RFC 5652, section 5. Raises ``DerInvalid`` for any other form.
"""

from __future__ import annotations

from dataclasses import dataclass

from merklelog import der
from merklelog.der import DerInvalid, Element, encode, identifier

TST_INFO = identifier("1.2.840.113549.1.9.16.1.4")

_SIGNED_DATA = identifier("1.2.840.113549.1.7.2")
_VERSION_1, _VERSION_3 = encode(der.INTEGER, b"\x01"), encode(der.INTEGER, b"\x03")


@dataclass(frozen=True, slots=True)
class SignedData:
    """What is stated, and what makes it the signer's word.

    ``content``: the statement (TSTInfo). ``digest`` and ``algorithm``: as they are written. ``attributes``:
    the content of their set; ``given``: the value of each, by its type.
    """

    content: bytes
    issuer_and_serial: bytes
    digest: Element
    attributes: bytes
    given: dict[bytes, Element]
    algorithm: Element
    signature: bytes


def parse(token: bytes) -> SignedData:
    """Read a token, of which every bit is in the result or has no other value."""
    whole = der.read(token, der.SEQUENCE).fields()
    _same(whole.take(der.OBJECT_IDENTIFIER), _SIGNED_DATA)
    data = _one(whole.take(der.context(0))).of(der.SEQUENCE).fields()
    whole.end()
    _same(data.take(der.INTEGER), _VERSION_3)
    digest = _one(data.take(der.SET))
    content = _content(data.take(der.SEQUENCE))
    own = _one(data.take(der.SET)).of(der.SEQUENCE).fields()
    data.end()
    _same(own.take(der.INTEGER), _VERSION_1)
    issuer_and_serial = own.take(der.SEQUENCE).encoded
    _same(own.take(der.SEQUENCE), digest.encoded)
    attributes = own.take(der.context(0))
    algorithm = own.take(der.SEQUENCE)
    signature = own.take(der.OCTET_STRING).content
    own.end()
    return SignedData(
        content,
        issuer_and_serial,
        digest,
        attributes.content,
        _attributes(attributes),
        algorithm,
        signature,
    )


def without_extras(token: bytes) -> bytes:
    """The token without what nobody signed: certificates, revocation lists, unsigned attributes."""
    whole = der.read(token, der.SEQUENCE).fields()
    kind = whole.take(der.OBJECT_IDENTIFIER)
    data = _one(whole.take(der.context(0))).of(der.SEQUENCE).fields()
    kept = [data.take(tag).encoded for tag in (der.INTEGER, der.SET, der.SEQUENCE)]
    data.maybe(der.context(0))
    data.maybe(der.context(1))
    signer = _one(data.take(der.SET))
    own = (part.encoded for part in signer.parts() if part.tag != der.context(1))
    bare = encode(der.SEQUENCE, *kept, encode(der.SET, encode(der.SEQUENCE, *own)))
    return encode(der.SEQUENCE, kind.encoded, encode(der.context(0), bare))


def _content(element: Element) -> bytes:
    fields = element.fields()
    _same(fields.take(der.OBJECT_IDENTIFIER), TST_INFO)
    octets = _one(fields.take(der.context(0))).of(der.OCTET_STRING)
    fields.end()
    return octets.content


def _attributes(element: Element) -> dict[bytes, Element]:
    """The signed attributes by their type; each is there once, and has one value."""
    found: dict[bytes, Element] = {}
    for attribute in element.sorted_parts():
        fields = attribute.fields()
        kind = fields.take(der.OBJECT_IDENTIFIER).encoded
        value = _one(fields.take(der.SET))
        fields.end()
        if kind in found:
            raise DerInvalid("an attribute is there twice")
        found[kind] = value
    return found


def _same(found: Element, expected: bytes) -> None:
    if found.encoded != expected:
        raise DerInvalid("not a time-stamp token of the one kind that is read")


def _one(element: Element) -> Element:
    """The one element inside."""
    parts = element.parts()
    if len(parts) != 1:
        raise DerInvalid(f"there must be one part, not {len(parts)}")
    return parts[0]
