"""The request ``add-checkpoint`` and its answers, as bytes.

Source: C2SP tlog-witness, "add-checkpoint".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from merklelog._encoding import b64decode, b64encode
from merklelog.tree import HASH_SIZE

PATH = "add-checkpoint"
MAX_PROOF_LINES = 63
MAX_BODY = 256 * 1024
SIZE_TYPE = "text/x.tlog.size"

_OLD = re.compile("old (0|[1-9][0-9]{0,19})", re.ASCII)
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,19})\n", re.ASCII)


class RequestMalformed(ValueError):
    """The body is not a request of this protocol."""


@dataclass(frozen=True, slots=True)
class Request:
    """Please cosign ``note``, a signed checkpoint that extends the one of size ``old``, as ``proof`` shows."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    @classmethod
    def parse(cls, body: bytes) -> Request:
        """Read a body; the note is not looked at. Raises ``RequestMalformed``."""
        head, blank, note = body.partition(b"\n\n")
        try:
            first, *lines = head.decode("ascii").split("\n")
            proof = tuple(b64decode(line) for line in lines)
        except ValueError as error:
            raise RequestMalformed("the lines of the proof are not base64") from error
        old = _OLD.fullmatch(first)
        if old is None or not blank:
            raise RequestMalformed("a request is an old size line, a proof, an empty line and a checkpoint")
        if len(proof) > MAX_PROOF_LINES or any(len(each) != HASH_SIZE for each in proof):
            raise RequestMalformed(f"a proof is at most {MAX_PROOF_LINES} hashes of {HASH_SIZE} bytes")
        return cls(int(old[1]), proof, note)

    def format(self) -> bytes:
        """The body."""
        lines = "".join(f"{b64encode(each)}\n" for each in self.proof)
        return f"old {self.old}\n{lines}\n".encode() + self.note


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status, its body and the type of that."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


def conflict(size: int) -> Answer:
    """409: the latest checkpoint that was cosigned has this size."""
    return Answer(409, f"{size}\n".encode(), SIZE_TYPE)


def parse_conflict(answer: Answer) -> int | None:
    """The size that an answer 409 names; ``None`` if it names none."""
    found = _SIZE.fullmatch(answer.body)
    if answer.content_type.partition(";")[0].strip() != SIZE_TYPE or found is None:
        return None
    return int(found[1])
