"""What verifying a bundle came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from merklelog.canonical import Json
from merklelog.evidence.files import Bound
from merklelog.note import Verifier
from merklelog.policy import LogKey, Policy, Seen
from merklelog.timestamps import Timestamp


class Code(StrEnum):
    """Why a bundle fails, in the order in which it is checked. Source: docs/evidence/format.md, section 10."""

    ZIP = "zip"
    NAME = "name"
    BUNDLE = "bundle"
    BAG = "bag"
    EXPLANATION = "explanation"
    KEYS = "keys"
    CHECKPOINT = "checkpoint"
    COSIGNATURE = "cosignature"
    QUORUM = "quorum"
    TIMESTAMP = "timestamp"
    COMPROMISED = "compromised"
    ACT = "act"
    LEAF = "leaf"
    CASE = "case"
    PROOF = "proof"
    FIELD = "field"
    FILE = "file"
    KIND = "kind"


class Level(StrEnum):
    """What a bundle can prove, one after the other."""

    CONTENT = "content"
    LOG = "log"
    WITNESSES = "witnesses"
    TIME = "time"
    KEYS = "keys"


class State(StrEnum):
    """How far a level got."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_PROVEN = "not proven"


@dataclass(frozen=True, slots=True)
class Finding:
    """A failure. ``where``: the name of the member, and of the field where it is one; ``detail`` for the expert."""

    code: Code
    where: str = ""
    field: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a bundle says of itself; all of it is checked."""

    acts: int
    case: str
    kind: str
    log: int
    origin: str
    size: int


@dataclass(frozen=True, slots=True)
class VerifiedAct:
    """An act: its disclosed fields, and the names of those withheld."""

    seq: int
    fields: Mapping[str, Json]
    withheld: Sequence[str]


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the bundle. ``bound``: what in the log vouches for it; None for the cover sheet."""

    path: str
    size: int
    sha256: str
    bound: Bound | None


@dataclass(frozen=True, slots=True)
class Keys:
    """What was believed. ``given``: by whoever checks, not by the bundle itself."""

    policy: Policy
    policy_given: bool
    certificates: Sequence[bytes] = ()
    certificates_given: bool = False

    @property
    def given(self) -> bool:
        return self.policy_given and (self.certificates_given or not self.certificates)


@dataclass(frozen=True, slots=True)
class Result:
    """What was found. Only if there are no findings does anything else in it count."""

    findings: Sequence[Finding] = ()
    claim: Claim | None = None
    keys: Keys | None = None
    signed_by: Sequence[Verifier] = ()
    """The keys of the log whose signatures count."""
    compromised: Sequence[LogKey] = ()
    """Those that signed and that others may have had, whether they count or not."""
    seen: Sequence[Seen] = ()
    timestamps: Sequence[Timestamp] = ()
    uncounted: int = 0
    """Timestamps of authorities that the checker did not name."""
    acts: Sequence[VerifiedAct] = ()
    documents: Sequence[Document] = ()
    left_out: Sequence[Bound] = field(default_factory=tuple)

    @property
    def holds(self) -> bool:
        return not self.findings

    @property
    def code(self) -> Code | None:
        """The first failure."""
        return self.findings[0].code if self.findings else None

    @property
    def levels(self) -> dict[Level, State]:
        """Each level. After a failure nothing is proven: a level that has none of its own is not judged."""
        failed = {_LEVEL_OF.get(finding.code, Level.CONTENT) for finding in self.findings}
        proven = {
            Level.CONTENT: bool(self.acts),
            Level.LOG: bool(self.signed_by),
            Level.WITNESSES: bool(self.seen),
            Level.TIME: bool(self.timestamps),
            Level.KEYS: self.keys is not None and self.keys.given,
        }
        return {
            level: State.FAILS
            if level in failed
            else State.HOLDS
            if proven[level] and self.holds
            else State.NOT_PROVEN
            for level in Level
        }


_LEVEL_OF = {
    Code.KEYS: Level.KEYS,
    Code.CHECKPOINT: Level.LOG,
    Code.COSIGNATURE: Level.WITNESSES,
    Code.QUORUM: Level.WITNESSES,
    Code.TIMESTAMP: Level.TIME,
    Code.COMPROMISED: Level.LOG,
}
