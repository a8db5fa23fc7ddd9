"""Cosignatures: a witness states when it saw which checkpoint as the largest of a log, consistent with the last.

Source: C2SP tlog-cosignature, the types Ed25519 (0x04) and ML-DSA-44 (0x06, FIPS 204). Where the library has no
ML-DSA-44, its lines are those of an unknown key and are ignored, as signed-note demands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from merklelog.checkpoint import Checkpoint, CheckpointInvalid
from merklelog.note import (
    NoteInvalid,
    PrivateKey,
    Signature,
    Verifier,
    open_note,
    split_key,
)

COSIGNATURE = b"\x04"
ML_DSA_44 = b"\x06"
MAX_TIME = 2**63 - 1

_TIME_SIZE = 8
_LONGEST_NAME = 255


def cosigned_message(text: str, time: int) -> bytes:
    """What is signed: a header, the POSIX ``time``, and the note text with its last newline."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class CosignatureVerifier(Verifier):
    """The public key of a witness that signs with Ed25519."""

    kind: ClassVar[bytes] = COSIGNATURE

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether the signature, an 8-byte time and 64 bytes, is this witness's over the note text."""
        time = int.from_bytes(signature[:_TIME_SIZE], "big")
        if time > MAX_TIME:
            return False
        return self._verifies(cosigned_message(text, time), signature[_TIME_SIZE:])


@dataclass(frozen=True, slots=True)
class MlDsaVerifier(CosignatureVerifier):
    """The public key of a witness that signs with ML-DSA-44."""

    kind: ClassVar[bytes] = ML_DSA_44
    key_size: ClassVar[int] = 1312

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether the signature, an 8-byte time and 2,420 bytes, is this witness's over the checkpoint in the text.

        One without a time does not say that the checkpoint was the latest, and is none here.
        """
        time, name = int.from_bytes(signature[:_TIME_SIZE], "big"), self.name.encode()
        try:
            tree = Checkpoint.parse(text)
            origin = tree.origin.encode()
            if not 0 < time <= MAX_TIME or max(len(name), len(origin)) > _LONGEST_NAME:
                return False
            message = b"".join(
                (
                    *(b"subtree/v1\n\0", len(name).to_bytes(), name, signature[:_TIME_SIZE]),
                    *(len(origin).to_bytes(), origin, bytes(8), tree.size.to_bytes(8, "big"), tree.root),
                )
            )
            _ml_dsa_44().from_public_bytes(self.public_key).verify(signature[_TIME_SIZE:], message)
        except (CheckpointInvalid, InvalidSignature):
            return False
        return True


def _ml_dsa_44() -> Any:
    """The class of public keys; raises ``ImportError`` or ``AttributeError`` where the library has none."""
    return import_module("cryptography.hazmat.primitives.asymmetric.mldsa").MLDSA44PublicKey


def _can_check_ml_dsa(public_key: bytes) -> bool:
    try:
        _ml_dsa_44().from_public_bytes(public_key)
    except (ImportError, AttributeError, UnsupportedAlgorithm):
        return False
    return True


def parse_witness_key(vkey: str) -> CosignatureVerifier | None:
    """The verifier of a witness, ``None`` for a well-formed ML-DSA-44 key where the library has no ML-DSA-44.

    Raises ``NoteInvalid`` for any other key, and for one whose id is not its own.
    """
    if split_key(vkey)[2] != ML_DSA_44:
        return CosignatureVerifier.parse(vkey)
    verifier = MlDsaVerifier.parse(vkey)
    return verifier if _can_check_ml_dsa(verifier.public_key) else None


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
