"""What a witness remembers, in a directory: its key, the latest checkpoint of each log, evidence.

``key``: the private key. ``logs/<SHA-256 of the origin>/checkpoint``: the note as it was cosigned, which the
witness's own signature seals. ``…/evidence/*.json``. Each file is written beside its place, flushed, renamed into
place, and the directory flushed. A directory put back from a backup makes the witness forget: it would cosign
another history from there. It is moved, never copied.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from merklelog import durable
from merklelog.checkpoint import Checkpoint, CheckpointInvalid
from merklelog.cosignature import Cosigner, time_of
from merklelog.note import NoteInvalid, Verifier, open_note
from merklelog.witness.evidence import Evidence, EvidenceMalformed

KEY, LOGS, CHECKPOINT, EVIDENCE, LOCK = "key", "logs", "checkpoint", "evidence", "lock"
MOST_EVIDENCE = 100
"""Of each kind and log: who has the log's key, or a signed checkpoint, must not fill the disk."""


class StateUnusable(Exception):
    """The directory does not hold the state of a witness, or it is damaged: nothing may be cosigned on top of it."""


@dataclass(frozen=True, slots=True)
class Held:
    """The latest checkpoint cosigned for a log, when, and the note: the log's signature and the witness's own."""

    checkpoint: Checkpoint
    time: int
    note: bytes


class State:
    """The directory of one witness. One process at a time writes (``alone``)."""

    def __init__(self, root: Path, cosigner: Cosigner) -> None:
        self.root = root
        self.cosigner = cosigner

    @classmethod
    def create(cls, root: Path, name: str) -> State:
        """A new witness with a new key, readable by its owner only.

        Raises ``StateUnusable`` where one is already, ``NoteInvalid`` for what cannot be its name.
        """
        cosigner = Cosigner.generate(name)
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (root / KEY).exists():
            raise StateUnusable(f"{root} holds a witness already")
        _write(root / KEY, f"{cosigner.secret()}\n".encode(), mode=0o600)
        return cls(root, cosigner)

    @classmethod
    def open(cls, root: Path) -> State:
        """The witness that is there; raises ``StateUnusable``."""
        path = root / KEY
        try:
            if path.stat().st_mode & 0o077:
                raise StateUnusable(f"{path} can be read by others; run: chmod 600 {path}")
            cosigner = Cosigner.parse(path.read_text().removesuffix("\n"))
        except (OSError, ValueError) as error:
            raise StateUnusable(f"{root} holds no witness: {error}") from error
        return cls(root, cosigner)

    def verifier(self) -> Verifier:
        """The public key of the witness."""
        return self.cosigner.verifier()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Held while a process serves; raises ``StateUnusable`` if another does."""
        descriptor = os.open(self.root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise StateUnusable(f"another process serves {self.root}") from error
        try:
            yield
        finally:
            os.close(descriptor)

    def held(self, origin: str) -> Held | None:
        """The latest checkpoint of a log; raises ``StateUnusable`` if it is not as it was cosigned."""
        held = self._held(self._folder(origin) / CHECKPOINT)
        if held is not None and held.checkpoint.origin != origin:
            raise StateUnusable(f"the checkpoint held for {origin} is one of {held.checkpoint.origin}")
        return held

    def hold(self, origin: str, note: bytes) -> None:
        """Remember a cosigned note as the latest; once this returns it outlives a crash."""
        _write(self._folder(origin) / CHECKPOINT, note, mode=0o644)

    def all_held(self) -> list[Held]:
        """The latest checkpoint of every log, by origin; raises ``StateUnusable``."""
        found = [self._held(path) for path in self.root.glob(f"{LOGS}/*/{CHECKPOINT}")]
        return sorted((each for each in found if each), key=lambda each: each.checkpoint.origin)

    def keep(self, evidence: Evidence) -> bool:
        """Keep evidence; whether it is new: of the same two checkpoints one file of a kind is kept."""
        folder = self._folder(evidence.origin) / EVIDENCE
        digest = sha256(evidence.held + evidence.offered).hexdigest()
        path = folder / f"{evidence.kind}-{digest[:32]}.json"
        if path.exists() or len(list(folder.glob(f"{evidence.kind}-*.json"))) >= MOST_EVIDENCE:
            return False
        _write(path, evidence.to_json(), mode=0o644)
        return True

    def all_evidence(self) -> list[tuple[Path, Evidence]]:
        """All evidence with its files, the oldest first; raises ``StateUnusable``."""
        found = []
        for path in self.root.glob(f"{LOGS}/*/{EVIDENCE}/*.json"):
            try:
                found.append((path, Evidence.from_json(path.read_bytes())))
            except EvidenceMalformed as error:
                raise StateUnusable(f"{path}: {error}") from error
        return sorted(found, key=lambda each: (each[1].seen, each[0].name))

    def _folder(self, origin: str) -> Path:
        return self.root / LOGS / sha256(origin.encode()).hexdigest()

    def _held(self, path: Path) -> Held | None:
        try:
            note = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            opened = open_note(note, [self.verifier()])
            return Held(Checkpoint.parse(opened.text), time_of(opened.verified[0]), note)
        except (NoteInvalid, CheckpointInvalid) as error:
            raise StateUnusable(f"{path} is not as it was cosigned: {error}") from error


def _write(target: Path, data: bytes, *, mode: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    durable.write(target, data, mode=mode)
    # A directory that was just made must be found again too; one that cannot be read was not made here.
    for folder in target.parents[1:4]:
        with suppress(PermissionError):
            durable.flush(folder)
