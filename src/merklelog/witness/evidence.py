"""Evidence against a log: two checkpoints, both signed by it, that cannot belong to one history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from merklelog._encoding import b64decode, b64encode
from merklelog.checkpoint import open_checkpoint
from merklelog.note import Verifier
from merklelog.tree import ProofInvalid, prefix_root

SPLIT_VIEW, UNPROVEN = "split-view", "unproven"

_FIELDS: dict[str, type] = {
    "kind": str,
    "origin": str,
    "held": str,
    "offered": str,
    "proof": list,
    "seen": int,
}


class EvidenceMalformed(ValueError):
    """The file is no evidence of a witness."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a witness held, and what it was offered later and refused.

    ``kind``: a split view proves itself; UNPROVEN is a signed checkpoint that came with a proof that shows nothing,
    which whoever has the checkpoint can send. ``seen``: when, in seconds since 1970.
    """

    kind: str
    origin: str
    held: bytes
    offered: bytes
    proof: tuple[bytes, ...]
    seen: int

    def prove(self, verifiers: Sequence[Verifier]) -> str:
        """Why the two checkpoints cannot belong to one history, once the log's keys vouch for both.

        Raises ``CheckpointInvalid`` if one of them is not the log's, ``ProofInvalid`` if they may.
        """
        first = open_checkpoint(self.held, origin=self.origin, verifiers=verifiers)
        second = open_checkpoint(self.offered, origin=self.origin, verifiers=verifiers)
        if first.size == second.size:
            found = second.root
        else:
            found = prefix_root(size1=first.size, size2=second.size, root2=second.root, proof=self.proof)
        if found == first.root:
            raise ProofInvalid("the two checkpoints belong to one history")
        return (
            f"the log signed {first.size} entries with root {first.root.hex()}, and with the checkpoint of "
            f"{second.size} entries that the first {first.size} have root {found.hex()}"
        )

    @classmethod
    def from_json(cls, data: bytes) -> Evidence:
        """Read a file of evidence; raises ``EvidenceMalformed``."""
        try:
            given: Any = json.loads(data)
            if not isinstance(given, dict) or any(type(given.get(n)) is not k for n, k in _FIELDS.items()):
                raise EvidenceMalformed("not the fields of evidence")
            held, offered = given["held"].encode(), given["offered"].encode()
            proof = tuple(b64decode(each) for each in given["proof"])
        except EvidenceMalformed:
            raise
        except (ValueError, TypeError, RecursionError) as error:
            raise EvidenceMalformed(f"not evidence: {error}") from error
        return cls(given["kind"], given["origin"], held, offered, proof, given["seen"])

    def to_json(self) -> bytes:
        """The evidence as a file."""
        fields = {
            "kind": self.kind,
            "origin": self.origin,
            "held": self.held.decode(),
            "offered": self.offered.decode(),
            "proof": [b64encode(each) for each in self.proof],
            "seen": self.seen,
        }
        return (json.dumps(fields, ensure_ascii=False, indent=2) + "\n").encode()
