"""Cosignatures: a witness states when it saw which checkpoint as the largest of a log, consistent with the last.

Source: C2SP tlog-cosignature, the Ed25519 type (0x04). The ML-DSA-44 type (0x06) is not supported: its lines
are those of an unknown key and are ignored, as signed-note demands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from merklelog.note import (
    NoteInvalid,
    PrivateKey,
    Signature,
    Verifier,
    key_id,
    open_note,
    require_name,
    split_key,
)

COSIGNATURE = b"\x04"
ML_DSA_44 = b"\x06"
MAX_TIME = 2**63 - 1

_ML_DSA_44_SIZE = 1312
_TIME_SIZE = 8


def cosigned_message(text: str, time: int) -> bytes:
    """What is signed: a header, the POSIX ``time``, and the note text with its last newline."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class CosignatureVerifier(Verifier):
    """The public key of a witness."""

    kind: ClassVar[bytes] = COSIGNATURE

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether the signature, an 8-byte time and 64 bytes, is this witness's over the note text."""
        time = int.from_bytes(signature[:_TIME_SIZE], "big")
        if time > MAX_TIME:
            return False
        return self._verifies(cosigned_message(text, time), signature[_TIME_SIZE:])


def parse_witness_key(vkey: str) -> CosignatureVerifier | None:
    """The verifier of a witness, ``None`` for a well-formed ML-DSA-44 key: nothing can be checked with it here.

    Raises ``NoteInvalid`` for any other key, and for one whose id is not its own.
    """
    name, identity, kind, material = split_key(vkey)
    if kind != ML_DSA_44:
        return CosignatureVerifier.parse(vkey)
    require_name(name)
    if len(material) != _ML_DSA_44_SIZE or key_id(name, material, kind).hex() != identity:
        raise NoteInvalid("not an ML-DSA-44 key, or the key id does not belong to this name and key")
    return None


class Cosigner(PrivateKey):
    """The private key of a witness. It must never be another signer's: the message does not name the witness."""

    __slots__ = ()

    _public: ClassVar[type[Verifier]] = CosignatureVerifier

    def cosign(self, text: str, *, time: int) -> Signature:
        """The cosignature on the note text of a checkpoint; ``time`` in seconds since 1970."""
        if not 0 <= time <= MAX_TIME:
            raise NoteInvalid(f"not a time of a cosignature: {time}")
        value = time.to_bytes(_TIME_SIZE, "big") + self._key.sign(cosigned_message(text, time))
        return Signature(self.name, self.key_id, value)


def time_of(cosignature: Signature) -> int:
    """When a verified cosignature says that it was made, in seconds since 1970."""
    return int.from_bytes(cosignature.value[:_TIME_SIZE], "big")


def open_cosignatures(text: str, lines: bytes, verifiers: Sequence[Verifier]) -> tuple[Signature, ...]:
    """The cosignatures on a note text that a witness answered with; those of unknown keys are left out.

    Raises ``NoteInvalid`` for malformed lines, a wrong one of a known key, and if no known key has signed.
    """
    note = open_note(f"{text}\n".encode() + lines, verifiers)
    if note.text != text:
        raise NoteInvalid("the signature lines hold more than signatures")
    return note.verified
