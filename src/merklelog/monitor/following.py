"""Following a log: what is signed now must be all its entries, and extend what was signed when one last looked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from merklelog._encoding import b64decode, b64encode
from merklelog.checkpoint import Checkpoint, CheckpointInvalid, open_checkpoint
from merklelog.layout import TILE_WIDTH, TileInvalid
from merklelog.monitor.remote import Read, Unreachable
from merklelog.note import Verifier
from merklelog.tiles import CHECKPOINT_PATH, TileMissing, TileReader
from merklelog.tree import Frontier, ProofInvalid, consistency_path, leaf_hash, verify_consistency

Take = Callable[[int, bytes], object]
"""What is done with each entry: its index and bytes."""


class StateInvalid(ValueError):
    """The file is not what an earlier look left."""


class LogFails(Exception):
    """The log is not what it must be; ``evidence`` holds the signed notes that contradict each other."""

    def __init__(self, message: str, *evidence: bytes) -> None:
        super().__init__(message)
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class State:
    """What was seen of a log: its signed checkpoint, and the right edge of the tree under it."""

    note: bytes
    checkpoint: Checkpoint
    nodes: tuple[bytes, ...]

    @classmethod
    def parse(cls, data: bytes, verifiers: Sequence[Verifier]) -> State:
        """What ``format`` gave; raises ``StateInvalid``, also where note and nodes do not fit."""
        try:
            given: Any = json.loads(data)
            note, nodes = given["checkpoint"].encode(), tuple(b64decode(each) for each in given["nodes"])
            checkpoint = open_checkpoint(note, origin=verifiers[0].name, verifiers=verifiers)
            root = Frontier(checkpoint.size, nodes).root()
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise StateInvalid(f"not the state of an earlier look: {error}") from error
        if root != checkpoint.root:
            raise StateInvalid("the nodes of the state do not add up to its checkpoint")
        return cls(note, checkpoint, nodes)

    def format(self) -> bytes:
        """The state as a file."""
        fields = {"checkpoint": self.note.decode(), "nodes": [b64encode(each) for each in self.nodes]}
        return (json.dumps(fields, ensure_ascii=False, indent=2) + "\n").encode()


def follow(
    read: Read, verifiers: Sequence[Verifier], *, since: State | None, take: Take, whole: bool = False
) -> State:
    """Read all entries since an earlier look, or all there are (``whole``), and judge them by the signed root.

    ``verifiers``: the keys of the log, whose name is its origin. Raises ``LogFails``, and ``Unreachable`` if what
    the checkpoint promises is not served.
    """
    note = read(CHECKPOINT_PATH)
    if note is None:
        raise Unreachable("there is no checkpoint")
    try:
        signed = open_checkpoint(note, origin=verifiers[0].name, verifiers=verifiers)
    except CheckpointInvalid as error:
        raise LogFails(f"the checkpoint does not verify: {error}", note) from error
    if since is not None:
        _compare(since, signed, note)
    tree = Frontier(since.checkpoint.size, since.nodes) if since and not whole else Frontier()
    reader = TileReader(read, signed.size)
    while tree.size < signed.size:
        first = tree.size
        for index, entry in enumerate(_entries(reader, first), start=first):
            tree.append(leaf_hash(entry))
            take(index, entry)
            if since and tree.size == since.checkpoint.size and tree.root() != since.checkpoint.root:
                raise LogFails(
                    f"the first {tree.size} entries are not those that were signed before", since.note, note
                )
    if tree.root() != signed.root:
        raise LogFails(*_why(reader, since, signed, note))
    return State(note, signed, tree.nodes)


def _compare(since: State, signed: Checkpoint, note: bytes) -> None:
    before = since.checkpoint
    if signed.size < before.size:
        raise LogFails(
            f"the log went back: {before.size} entries before, {signed.size} now", since.note, note
        )
    if signed.size == before.size and signed.root != before.root:
        raise LogFails(f"two logs of {signed.size} entries were signed", since.note, note)


def _entries(reader: TileReader, first: int) -> list[bytes]:
    """The entries from one on, to the end of its bundle."""
    try:
        return reader.entries(first // TILE_WIDTH)[first % TILE_WIDTH :]
    except TileMissing as missing:
        raise Unreachable(f"{missing} is not served, which the checkpoint needs") from missing
    except TileInvalid as error:
        raise LogFails(f"the entries from {first} on cannot be read: {error}") from error


def _why(reader: TileReader, since: State | None, signed: Checkpoint, note: bytes) -> tuple[Any, ...]:
    """Whether the signed trees contradict each other, or only the entries served are not those of the tree."""
    if since is not None and since.checkpoint.size:
        before = since.checkpoint
        try:
            verify_consistency(
                size1=before.size,
                size2=signed.size,
                root1=before.root,
                root2=signed.root,
                proof=consistency_path(before.size, signed.size, reader.node)
                if before.size < signed.size
                else [],
            )
        except (ProofInvalid, TileMissing, TileInvalid):
            said = f"the log of {signed.size} entries does not extend that of {before.size}"
            return said, since.note, note
    return (f"the entries that are served are not those under the signed root of {signed.size}", note)
