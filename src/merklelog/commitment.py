"""Salted commitments: a digest for each field of a record, which says nothing once the salt is destroyed.

A log must be able to outlive the lawful disposal of what it vouches for. So a leaf holds only digests
under salts derived from a 32-byte master; whoever still has the master and the fields can prove each
field alone, and after the disposal of the master nobody can guess even a short one. HMAC: RFC 2104.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from hashlib import sha256

from merklelog.canonical import Json, canonical

MASTER_SIZE = 32

_SALT_LABEL = b"kessai/field-salt/v1\0"


def field_salt(master: bytes, name: str) -> bytes:
    """HMAC-SHA256(master, "kessai/field-salt/v1" || 0x00 || name): the 32-byte salt of one field.

    To disclose one field, hand over this salt, never the master. Raises ``ValueError`` for a master that
    is not 32 bytes.
    """
    if len(master) != MASTER_SIZE:
        raise ValueError(f"a master salt has {MASTER_SIZE} bytes, not {len(master)}")
    return hmac.digest(master, _SALT_LABEL + name.encode(), "sha256")


def field_digest(salt: bytes, name: str, value: Json) -> bytes:
    """SHA-256(salt || canonical([name, value])): 32 bytes. Raises ``NotCanonical``, and ``ValueError``
    for a salt that is not 32 bytes (the border between salt and value would not be fixed)."""
    if len(salt) != MASTER_SIZE:
        raise ValueError(f"a field salt has {MASTER_SIZE} bytes, not {len(salt)}")
    return sha256(salt + canonical([name, value])).digest()


def digests(master: bytes, fields: Mapping[str, Json]) -> dict[str, str]:
    """For each field its digest in base64url without padding (RFC 4648 §5): 43 characters."""
    return {name: _encoded(master, name, value) for name, value in fields.items()}


def mismatches(master: bytes, fields: Mapping[str, Json], digests: Mapping[str, str]) -> list[str]:
    """The names, sorted, of the fields that differ from their digest, have none, or are missing.

    Damage never raises: a value or name without a canonical form, or a master of another length, cannot
    be what was committed, so the field differs.
    """
    return [name for name in sorted({*fields, *digests}) if not _matches(master, name, fields, digests)]


def _matches(master: bytes, name: str, fields: Mapping[str, Json], digests: Mapping[str, str]) -> bool:
    if name not in fields or name not in digests:
        return False
    try:
        computed = _encoded(master, name, fields[name])
    except ValueError:
        return False
    return computed == digests[name]


def _encoded(master: bytes, name: str, value: Json) -> str:
    digest = field_digest(field_salt(master, name), name, value)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
