"""Logs that tell one history or two, as witnesses see them."""

from __future__ import annotations

from merkle_samples import node_of

from merklelog.checkpoint import Checkpoint, sign_checkpoint
from merklelog.note import Signer
from merklelog.tree import consistency_path, leaf_hash, root_of
from merklelog.witness.protocol import Request

LOG = Signer("log.example/one", bytes(range(32)))
NEXT_KEY = Signer("log.example/one", bytes(range(1, 33)))
STRANGER = Signer("log.example/stranger", bytes(range(2, 34)))


class History:
    """A log of made-up entries; from entry ``forks_at`` on those of another ``branch`` differ."""

    def __init__(self, *, branch: str = "", forks_at: int = 0) -> None:
        self.leaves = [leaf_hash(f"{branch if n >= forks_at else ''}{n}".encode()) for n in range(200)]

    def note(self, size: int, *signers: Signer) -> bytes:
        checkpoint = Checkpoint(LOG.name, size, root_of(self.leaves[:size]))
        return sign_checkpoint(checkpoint, signers or [LOG])

    def proof(self, old: int, size: int) -> tuple[bytes, ...]:
        return tuple(consistency_path(old, size, node_of(self.leaves[:size]))) if old else ()

    def request(self, old: int, size: int, *signers: Signer) -> bytes:
        return Request(old, self.proof(old, size), self.note(size, *signers)).format()


TRUE = History()
"""The history that everybody is told."""
FORKED = History(branch="x", forks_at=5)
"""Another after the fifth entry."""
