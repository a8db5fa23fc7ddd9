"""Checkpoints: the size and root of a log's tree, as the text of a signed note.

Source: C2SP tlog-checkpoint, "Note text".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from merklelog._encoding import b64decode, b64encode
from merklelog.note import NoteInvalid, NoteSigner, Verifier, open_note, sign
from merklelog.tree import EMPTY_ROOT, HASH_SIZE

MAX_SIZE = 2**64 - 1

_SIZE = re.compile("0|[1-9][0-9]{0,19}", re.ASCII)


class CheckpointInvalid(ValueError):
    """The text is not a checkpoint, or not one of the log that was asked for."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of the log ``origin``: ``size`` leaves under the 32-byte ``root``.

    ``extensions`` are further non-empty lines. Raises ``CheckpointInvalid`` for values that no checkpoint
    can state.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or any(c < " " or "\ud800" <= c <= "\udfff" for c in line):
                raise CheckpointInvalid(f"not a line of a checkpoint: {line!r}")
        if not 0 <= self.size <= MAX_SIZE:
            raise CheckpointInvalid(f"not a tree size: {self.size}")
        if len(self.root) != HASH_SIZE:
            raise CheckpointInvalid(f"a root has {HASH_SIZE} bytes, not {len(self.root)}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise CheckpointInvalid("the empty tree has another root")

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a note text; raises ``CheckpointInvalid`` for any spelling but the one ``format`` gives."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop():
            raise CheckpointInvalid("a checkpoint has at least three lines, each ended by a newline")
        origin, size, root, *extensions = lines
        if not _SIZE.fullmatch(size):
            raise CheckpointInvalid(f"not a tree size: {size!r}")
        try:
            root_hash = b64decode(root)
        except ValueError as error:
            raise CheckpointInvalid(f"not a root hash: {root!r}") from error
        return cls(origin, int(size), root_hash, tuple(extensions))

    def format(self) -> str:
        """The note text: origin, size, root in base64, then the extensions, a line each."""
        lines = (self.origin, str(self.size), b64encode(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[NoteSigner]) -> bytes:
    """The checkpoint as a signed note, the contents of the file ``checkpoint``."""
    return sign(checkpoint.format(), signers)


def open_checkpoint(data: bytes, *, origin: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """The checkpoint in a signed note of the log ``origin``, once a trusted key vouches for it.

    Raises ``CheckpointInvalid`` for any failure, that of a signature included.
    """
    try:
        note = open_note(data, verifiers)
    except NoteInvalid as error:
        raise CheckpointInvalid(str(error)) from error
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != origin:
        raise CheckpointInvalid(f"a checkpoint of {checkpoint.origin!r}, not of {origin!r}")
    return checkpoint
