"""A proof bundle: one file with which anyone who has the log's verifier key can check one entry alone.

It holds ``{"origin", "index", "size", "leaf", "proof", "checkpoint"}``: the entry and the siblings in
base64, the checkpoint as the text of its signed note. Source of the parts: RFC 9162 §2.1.3,
C2SP signed-note and tlog-checkpoint.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from merklelog._encoding import b64decode, b64encode
from merklelog.checkpoint import Checkpoint, CheckpointInvalid, open_checkpoint
from merklelog.note import Verifier
from merklelog.tree import ProofInvalid, Step, fold_inclusion, leaf_hash, verify_inclusion

_FIELDS: dict[str, type] = {
    "origin": str,
    "index": int,
    "size": int,
    "leaf": str,
    "proof": list,
    "checkpoint": str,
}


class BundleMalformed(ValueError):
    """The file is not a proof bundle, so that nothing can be said about the entry."""


@dataclass(frozen=True, slots=True)
class ProofBundle:
    """The claim that ``leaf`` is entry ``index`` of the log ``origin`` at ``size``, with its evidence."""

    origin: str
    index: int
    size: int
    leaf: bytes
    proof: tuple[bytes, ...]
    checkpoint: str

    @classmethod
    def from_json(cls, data: bytes) -> ProofBundle:
        """Read a bundle; unknown fields are ignored. Raises ``BundleMalformed``."""
        try:
            given: Any = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise BundleMalformed(f"not JSON: {error}") from error
        if not isinstance(given, dict):
            raise BundleMalformed("not a JSON object")
        for name, kind in _FIELDS.items():
            if type(given.get(name)) is not kind:
                raise BundleMalformed(f"{name} is missing or not of type {kind.__name__}")
        try:
            leaf, proof = b64decode(given["leaf"]), tuple(b64decode(item) for item in given["proof"])
        except (ValueError, TypeError) as error:
            raise BundleMalformed("leaf and proof are base64") from error
        return cls(given["origin"], given["index"], given["size"], leaf, proof, given["checkpoint"])

    def to_json(self) -> bytes:
        """The bundle as a file."""
        fields = {
            "origin": self.origin,
            "index": self.index,
            "size": self.size,
            "leaf": b64encode(self.leaf),
            "proof": [b64encode(item) for item in self.proof],
            "checkpoint": self.checkpoint,
        }
        return (json.dumps(fields, ensure_ascii=False, indent=2) + "\n").encode()

    def steps(self) -> list[Step]:
        """The way from the leaf to the root; raises ``ProofInvalid`` as ``fold_inclusion`` does."""
        return fold_inclusion(
            index=self.index, size=self.size, leaf_hash=leaf_hash(self.leaf), proof=self.proof
        )

    def verify(self, verifiers: Sequence[Verifier]) -> Checkpoint:
        """Check signature, origin, size and proof; returns the checkpoint that vouches for the entry.

        Raises ``CheckpointInvalid`` if the checkpoint is not signed by one of the keys or not of this
        log, ``ProofInvalid`` if the entry is not in the tree that it signs.
        """
        try:
            note = self.checkpoint.encode()
        except UnicodeEncodeError as error:
            raise CheckpointInvalid("the checkpoint holds a lone surrogate") from error
        checkpoint = open_checkpoint(note, origin=self.origin, verifiers=verifiers)
        if checkpoint.size != self.size:
            raise ProofInvalid(f"the proof is for size {self.size}, the checkpoint signs {checkpoint.size}")
        verify_inclusion(
            index=self.index,
            size=self.size,
            leaf_hash=leaf_hash(self.leaf),
            proof=self.proof,
            root=checkpoint.root,
        )
        return checkpoint
