"""Verifying a bundle. Source: docs/evidence/format.md, section 10: the checks stand here in its order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, BinaryIO

from merklelog.canonical import MAX_INTEGER, parse_canonical
from merklelog.checkpoint import Checkpoint, CheckpointInvalid
from merklelog.compromise import still_counts
from merklelog.cosignature import time_of
from merklelog.evidence import bag, names
from merklelog.evidence.acts import Act, ActMalformed, Leaf, LeafMalformed, differing, parse_leaf
from merklelog.evidence.container import BASE, ContainerInvalid, Content, unpacked
from merklelog.evidence.files import Bound, bound_files
from merklelog.evidence.making import explanation, pem_of
from merklelog.evidence.result import Claim, Code, Document, Finding, Keys, Result, VerifiedAct
from merklelog.note import NoteInvalid, open_note
from merklelog.policy import NONE, LogKey, Policy, PolicyInvalid, Seen
from merklelog.timestamps import Timestamp, TimestampInvalid, open_timestamp, read_certificates
from merklelog.tree import ProofInvalid, leaf_hash, verify_inclusion

MAX_CERTIFICATES = 32

_CASE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_KINDS = ("full", "redacted")


@dataclass(frozen=True, slots=True)
class Trust:
    """What the checker believes, from somewhere else than the bundle; None: what the bundle itself brings."""

    policy: Policy | None = None
    certificates: Sequence[bytes] | None = None

    @property
    def stamps_tell_of_a_theft(self) -> bool:
        """Whether a time-stamp shows what was there before a key was stolen: not one of an authority that only the
        bundle names, where the checker knows of the theft. It may be the thief's own."""
        return self.certificates is not None or self.policy is None


def verify(file: BinaryIO, trust: Trust | None = None) -> Result:
    """Check a bundle; whatever is wrong with it is in the result."""
    try:
        found = unpacked(file)
    except ContainerInvalid as error:
        return Result([Finding(Code.ZIP, detail=str(error))])
    try:
        members = _members(found)
        acts, tokens = names.judge(members)
    except names.NamesWrong as error:
        return Result([Finding(Code.NAME, detail=str(error))])
    try:
        claim = parse_claim(members[names.BUNDLE].read(), acts=acts)
    except ValueError as error:
        return Result([Finding(Code.BUNDLE, names.BUNDLE, detail=str(error))])
    return _Verification(members, claim, tokens, trust or Trust()).run()


def parse_claim(data: bytes, *, acts: int) -> Claim:
    """Read ``data/bundle.json`` of a bundle with so many acts; raises ``ValueError``."""
    given: Any = parse_canonical(data)
    wanted = {"acts", "case", "format", "kind", "log", "origin", "size"}
    if not isinstance(given, dict) or given.keys() != wanted or given["format"] != names.FORMAT:
        raise ValueError(f"not a bundle of the format {names.FORMAT}")
    for name, least in (("acts", 1), ("log", 0), ("size", 1)):
        if type(given[name]) is not int or given[name] < least:
            raise ValueError(f"{name} is not a number from {least}")
    case, origin, kind = given["case"], given["origin"], given["kind"]
    if not isinstance(case, str) or not _CASE.fullmatch(case) or not isinstance(origin, str):
        raise ValueError("case or origin")
    if kind not in _KINDS or given["acts"] != acts:
        raise ValueError("kind, or the number of acts")
    return Claim(acts, case, kind, given["log"], origin, given["size"])


def _members(found: Mapping[str, Content]) -> dict[str, Content]:
    for name in found:
        if not name.startswith(BASE):
            raise names.NamesWrong(f"{name!r} is not under {BASE}")
    return {name.removeprefix(BASE): each for name, each in found.items()}


class _Verification:
    """The checks on the members of a bundle, which go on after a failure as far as they can."""

    def __init__(self, members: Mapping[str, Content], claim: Claim, tokens: int, trust: Trust) -> None:
        self.members, self.claim, self.tokens, self.trust = members, claim, tokens, trust
        self.found: list[Finding] = []
        self.text = ""
        self.tree: Checkpoint | None = None
        self.signed_by: tuple[LogKey, ...] = ()
        self.counted: tuple[LogKey, ...] = ()
        self.seen: tuple[Seen, ...] = ()
        self.pinned: Sequence[bytes] = ()
        self.timestamps: list[Timestamp] = []
        self.acts: list[VerifiedAct] = []
        self.left_out: list[Bound] = []

    def fail(self, code: Code, where: str, detail: object, field: str = "") -> None:
        self.found.append(Finding(code, where, field, str(detail)))

    def run(self) -> Result:
        self._bag()
        if self.members[names.EXPLANATION].sha256 != sha256(explanation()).hexdigest():
            self.fail(Code.EXPLANATION, names.EXPLANATION, "not the explanation of this format")
        keys = self._keys()
        if keys is not None:
            self._checkpoint(keys.policy)
            if self.tree is not None:
                self._timestamps(keys.certificates)
                self._compromised(keys.policy)
        for number in range(1, self.claim.acts + 1):
            self._act(number)
        documents = self._documents()
        self._kind()
        return Result(
            findings=self.found,
            claim=self.claim,
            keys=keys,
            signed_by=[each.verifier for each in self.counted],
            compromised=[each for each in self.signed_by if each.compromised is not None],
            seen=self.seen,
            timestamps=self.timestamps,
            uncounted=self.tokens - len(self.timestamps),
            acts=self.acts,
            documents=documents,
            left_out=self.left_out,
        )

    def _bag(self) -> None:
        for name, each in bag.tags(self.claim.case, self.members).items():
            if self.members[name].sha256 != each.sha256:
                self.fail(Code.BAG, name, "differs from the bag")

    def _keys(self) -> Keys | None:
        own, trust = self.members[names.POLICY].read(), self.trust
        try:
            own.decode()
            policy = Policy.parse(own)
            pem = self.members[names.TSA].read() if self.tokens else b""
            self.pinned = certificates_of(pem) if self.tokens else ()
        except (PolicyInvalid, TimestampInvalid, UnicodeDecodeError) as error:
            self.fail(Code.KEYS, "data/keys/", error)
            return None
        believed = self.pinned if trust.certificates is None else trust.certificates
        return Keys(
            trust.policy or policy, trust.policy is not None, believed, trust.certificates is not None
        )

    def _checkpoint(self, policy: Policy) -> None:
        note, logs = self.members[names.CHECKPOINT].read(), [each.verifier for each in policy.logs]
        try:
            opened = open_note(note, logs)
            if self.claim.origin not in {each.name for each in opened.verified}:
                raise NoteInvalid("no key of this log has signed this note")
            self.text = opened.text
            self.tree = _tree(opened.text, self.claim)
        except (NoteInvalid, CheckpointInvalid) as error:
            self.fail(Code.CHECKPOINT, names.CHECKPOINT, error)
            return
        signed = {(each.name, each.key_id) for each in opened.verified}
        own = (each for each in policy.logs if each.verifier.name == self.claim.origin)
        self.signed_by = tuple(each for each in own if (each.verifier.name, each.verifier.key_id) in signed)
        try:
            opened = open_note(note, (*logs, *policy.cosigners))
        except NoteInvalid as error:
            self.fail(Code.COSIGNATURE, names.CHECKPOINT, error)
            return
        by = {(each.name, each.key_id): each for each in opened.verified}
        self.seen = tuple(
            Seen(each, time_of(line), line)
            for each in policy.witnesses
            if each.verifier and (line := by.get((each.verifier.name, each.verifier.key_id)))
        )
        if not policy.is_met({each.witness.name for each in self.seen}):
            self.fail(Code.QUORUM, names.CHECKPOINT, "the quorum of the policy is not met")

    def _timestamps(self, believed: Sequence[bytes]) -> None:
        for number in range(1, self.tokens + 1):
            name = names.token_name(number)
            token = self.members[name].read()
            try:
                stamp = open_timestamp(token, self.text.encode(), self.pinned)
            except TimestampInvalid as error:
                self.fail(Code.TIMESTAMP, name, error)
                continue
            if stamp.certificate in believed:
                self.timestamps.append(stamp)

    def _compromised(self, policy: Policy) -> None:
        self.counted = tuple(each for each in self.signed_by if self._counts(each, policy))
        if not self.counted and policy.quorum == NONE:
            self.fail(Code.COMPROMISED, names.CHECKPOINT, "only compromised keys vouch for this checkpoint")

    def _counts(self, key: LogKey, policy: Policy) -> bool:
        if key.compromised is None:
            return True
        since = datetime.fromtimestamp(key.compromised, UTC)
        stamped = [each.at for each in self.timestamps] if self.trust.stamps_tell_of_a_theft else []
        return still_counts(self.seen, policy, stamped, since=since)

    def _act(self, number: int) -> None:
        name = names.act_name(number)
        try:
            act = Act.parse(self.members[name].read())
            leaf = parse_leaf(act.leaf)
        except ActMalformed as error:
            return self.fail(Code.ACT, name, error)
        except LeafMalformed as error:
            return self.fail(Code.LEAF, name, error)
        if (leaf.log, leaf.case, leaf.seq) != (self.claim.log, self.claim.case, number):
            self.fail(Code.CASE, name, f"act {leaf.seq} of case {leaf.case} of log {leaf.log}")
        self._proof(name, act)
        self._fields(number, act, leaf)
        return None

    def _proof(self, name: str, act: Act) -> None:
        if self.tree is None:
            return
        try:
            verify_inclusion(
                index=act.index,
                size=self.tree.size,
                leaf_hash=leaf_hash(act.leaf),
                proof=act.proof,
                root=self.tree.root,
            )
        except ProofInvalid as error:
            self.fail(Code.PROOF, name, error)

    def _fields(self, number: int, act: Act, leaf: Leaf) -> None:
        for field in differing(leaf, act.fields):
            self.fail(Code.FIELD, names.act_name(number), "not what the log's entry has", field)
        values = {name: each.value for name, each in act.fields.items()}
        self.acts.append(VerifiedAct(number, values, sorted(leaf.digests.keys() - values.keys())))

    def _documents(self) -> list[Document]:
        every = [each for act in self.acts for each in bound_files(act.seq, act.fields)]
        bound = {(each.path, each.sha256): each for each in every}
        there = sorted(filter(names.is_file, self.members))
        documents = []
        for name in there:
            each = self.members[name]
            vouching = bound.get((name, each.sha256))
            if vouching is None:
                self.fail(Code.FILE, name, "no disclosed act vouches for this file under this name")
            else:
                documents.append(Document(name, each.size, each.sha256, vouching))
        hashes = {self.members[name].sha256 for name in there}
        missing = {each.sha256: each for each in reversed(every) if each.sha256 not in hashes}
        self.left_out = sorted(missing.values(), key=lambda each: (each.seq, each.binding))
        if names.COVER_SHEET in self.members:
            sheet = self.members[names.COVER_SHEET]
            documents.append(Document(names.COVER_SHEET, sheet.size, sheet.sha256, None))
        return documents

    def _kind(self) -> None:
        full = not self.left_out and not any(act.withheld for act in self.acts)
        if self.claim.kind != _KINDS[not full]:
            self.fail(Code.KIND, names.BUNDLE, f"the bundle is {_KINDS[not full]}")


def certificates_of(pem: bytes) -> tuple[bytes, ...]:
    """The certificates (DER) of a bundle's ``tsa.pem``; raises ``TimestampInvalid`` for another spelling."""
    found = read_certificates(pem)
    if len(found) > MAX_CERTIFICATES or pem_of(found) != pem:
        raise TimestampInvalid("not certificates in the spelling of a bundle")
    return found


def _tree(text: str, claim: Claim) -> Checkpoint:
    tree = Checkpoint.parse(text)
    if tree.extensions or not 1 <= tree.size <= MAX_INTEGER:
        raise CheckpointInvalid("not a checkpoint of three lines and a size from 1")
    if (tree.origin, tree.size) != (claim.origin, claim.size):
        raise CheckpointInvalid(f"a checkpoint of {tree.origin} at {tree.size}, not what the bundle says")
    return tree
