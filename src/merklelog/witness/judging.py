"""Whether a checkpoint is cosigned: the whole of a witness, without the network.

Source: C2SP tlog-witness, "add-checkpoint"; the checks stand in the order in which it asks for them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from merklelog.checkpoint import Checkpoint, CheckpointInvalid
from merklelog.note import Note, NoteInvalid, Verifier, open_note, parse_note
from merklelog.tree import EMPTY_ROOT, ProofInvalid, verify_consistency
from merklelog.witness.evidence import SPLIT_VIEW, UNPROVEN, Evidence
from merklelog.witness.protocol import Answer, Request, RequestMalformed, conflict
from merklelog.witness.state import Held, State

log = logging.getLogger("merklelog.witness")


class Refused(Exception):
    """The request is answered with this, and nothing is cosigned."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body.decode().strip())
        self.answer = answer


def _refused(status: int, why: str) -> Refused:
    return Refused(Answer(status, f"{why}\n".encode()))


class Witness:
    """Cosigns for the logs of these keys, whose names are the logs' origins. ``clock``: seconds since 1970.

    ``add_checkpoint`` may be called by several threads at once: for each log one request is judged after the other.
    """

    def __init__(self, state: State, logs: Sequence[Verifier], *, clock: Callable[[], float]) -> None:
        self.state = state
        self._clock = clock
        self._locks: dict[str, threading.Lock] = {}
        self._logs: dict[str, list[Verifier]] = {}
        self.know(logs)

    def know(self, logs: Sequence[Verifier]) -> None:
        """Cosign for the logs of these keys from now on. A request that is being judged ends as it began."""
        known: dict[str, list[Verifier]] = {}
        for verifier in logs:
            known.setdefault(verifier.name, []).append(verifier)
            self._locks.setdefault(verifier.name, threading.Lock())
        self._logs = known

    def add_checkpoint(self, body: bytes) -> Answer:
        """Judge one request. Raises ``StateUnusable`` and ``OSError``: then nothing was cosigned."""
        logs = self._logs
        try:
            request = Request.parse(body)
            opened, checkpoint = _open(request.note, logs)
            if request.old > checkpoint.size:
                raise _refused(
                    400, f"the old size {request.old} is beyond the checkpoint's {checkpoint.size}"
                )
            with self._locks[checkpoint.origin]:
                return self._judge(request, opened, checkpoint, logs[checkpoint.origin])
        except (RequestMalformed, CheckpointInvalid) as error:
            refusal = _refused(400, str(error))
        except Refused as error:
            refusal = error
        log.info("refused with %d: %s", refusal.answer.status, refusal)
        return refusal.answer

    def _judge(
        self, request: Request, opened: Note, checkpoint: Checkpoint, keys: Sequence[Verifier]
    ) -> Answer:
        held = self.state.held(checkpoint.origin)
        size, root = (held.checkpoint.size, held.checkpoint.root) if held else (0, EMPTY_ROOT)
        if held and size == checkpoint.size and root != checkpoint.root:
            # Two roots of one size: whatever the request says of the old size, this is proof.
            self._keep(held, request, opened, keys)
            raise Refused(conflict(size))
        if request.old != size:
            raise Refused(conflict(size))
        try:
            _verify(size, root, checkpoint, request.proof)
        except ProofInvalid as error:
            if held:
                self._keep(held, request, opened, keys)
            raise _refused(422, str(error)) from error
        return self._cosign(opened, checkpoint)

    def _cosign(self, opened: Note, checkpoint: Checkpoint) -> Answer:
        signature = self.state.cosigner.cosign(opened.text, time=int(self._clock()))
        self.state.hold(checkpoint.origin, _with_log_lines(opened) + signature.line.encode())
        log.info("cosigned %s at %d entries", checkpoint.origin, checkpoint.size)
        return Answer(200, signature.line.encode())

    def _keep(self, held: Held, request: Request, opened: Note, keys: Sequence[Verifier]) -> None:
        """Two signed checkpoints that do not fit: proof against the log, or at least a reason to ask it."""
        origin, offered, now = held.checkpoint.origin, _with_log_lines(opened), int(self._clock())
        evidence = Evidence(SPLIT_VIEW, origin, held.note, offered, request.proof, now)
        try:
            said = evidence.prove(keys)
        except (ProofInvalid, CheckpointInvalid) as error:
            evidence = replace(evidence, kind=UNPROVEN)
            said = str(error)
        if self.state.keep(evidence):
            log.error("%s of %s, kept as evidence: %s", evidence.kind, origin, said)


def _open(note: bytes, logs: Mapping[str, Sequence[Verifier]]) -> tuple[Note, Checkpoint]:
    try:
        text, _ = parse_note(note)
    except NoteInvalid as error:
        raise _refused(400, str(error)) from error
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin not in logs:
        raise _refused(404, "this log is not known here")
    try:
        return open_note(note, logs[checkpoint.origin]), checkpoint
    except NoteInvalid as error:
        raise _refused(403, str(error)) from error


def _verify(size: int, root: bytes, checkpoint: Checkpoint, proof: Sequence[bytes]) -> None:
    if size == 0 and checkpoint.size > 0:
        # Every tree extends the empty one, and nothing is to be shown.
        if proof:
            raise ProofInvalid("a proof from size 0 is empty")
        return
    verify_consistency(size1=size, size2=checkpoint.size, root1=root, root2=checkpoint.root, proof=proof)


def _with_log_lines(opened: Note) -> bytes:
    """The note with the signatures of the log's known keys only."""
    lines = "".join(signature.line for signature in opened.verified)
    return f"{opened.text}\n{lines}".encode()
