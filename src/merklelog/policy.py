"""Trust policies: which logs are known, which witnesses, and how many of them must have cosigned a checkpoint.

Source: C2SP tlog-policy. Of the signature types a log may have Ed25519 (0x01), a witness Ed25519 cosignatures
(0x04) and those of ML-DSA-44 (0x06). Where the library below has no ML-DSA-44, such a witness may stand in a policy
all the same, and counts as one that has never cosigned.

One word is this library's own, a comment to other readers: ``#compromised VKEY TIME`` (docs/evidence/format.md, 7).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from merklelog.checkpoint import Checkpoint, CheckpointInvalid
from merklelog.cosignature import CosignatureVerifier, parse_witness_key, time_of
from merklelog.note import NoteInvalid, Signature, Verifier, open_note, split_key

NONE = "none"
COMPROMISED = "#compromised"
MAX_POLICY_SIZE = 1_000_000

_FOREIGN = re.compile(rb"[^\t\n -\x7e\x80-\xff]")
_NUMBER = re.compile("[1-9][0-9]*", re.ASCII)
_TIME = re.compile("[1-9][0-9]{0,10}", re.ASCII)


class PolicyInvalid(ValueError):
    """The file is not a policy; ``line`` counts from 1, and is 0 for a fault of the file as a whole."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line


@dataclass(frozen=True, slots=True)
class LogKey:
    """A known log; the name of its key is the log's origin.

    ``compromised``: from when on others may have signed with it, in seconds since 1970.
    """

    verifier: Verifier
    url: str | None = None
    compromised: int | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A known witness; ``name`` means something inside the policy only.

    ``verifier`` is ``None`` for a key of a signature type that cannot be checked here.
    """

    name: str
    vkey: str
    verifier: CosignatureVerifier | None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses a checkpoint once ``threshold`` of its ``members``, witnesses or earlier groups, do."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A witness of the policy has cosigned: at ``time``, in seconds since 1970, as the ``signature`` says."""

    witness: Witness
    time: int
    signature: Signature


@dataclass(frozen=True, slots=True)
class Judgement:
    """A checkpoint that a known log has signed, and what the policy says of its cosignatures.

    ``logs``: the keys that signed it; ``seen``: the witnesses that did, in the order of the policy;
    ``witnessed``: whether they are a quorum; ``unknown``: signatures of keys that are not in the policy.
    """

    checkpoint: Checkpoint
    text: str
    logs: tuple[Verifier, ...]
    seen: tuple[Seen, ...]
    witnessed: bool
    unknown: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A trust policy; ``quorum`` is the name of a witness or group, or ``none``."""

    logs: tuple[LogKey, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str

    @classmethod
    def parse(cls, data: bytes) -> Policy:
        """Read a policy file; raises ``PolicyInvalid``. Bytes beyond ASCII are kept as surrogate escapes."""
        if len(data) > MAX_POLICY_SIZE:
            raise PolicyInvalid(0, f"a policy of more than {MAX_POLICY_SIZE} bytes is not read")
        reader = _Reader()
        lines = data.split(b"\n")
        for number, line in enumerate(lines, start=1):
            if _FOREIGN.search(line):
                raise PolicyInvalid(number, "a control character that is neither a tab nor a newline")
            if number == len(lines) and line:
                raise PolicyInvalid(number, "the last line does not end in a newline")
            try:
                reader.take(re.split("[ \t]+", line.decode("utf-8", "surrogateescape").strip(" \t")))
            except NoteInvalid as error:
                raise PolicyInvalid(number, str(error)) from None
        if reader.quorum is None:
            raise PolicyInvalid(0, "there is no quorum line")
        return cls(tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups), reader.quorum)

    @property
    def verifiers(self) -> tuple[Verifier, ...]:
        """Every key whose signatures can be checked."""
        return (*(log.verifier for log in self.logs), *self.cosigners)

    @property
    def cosigners(self) -> tuple[CosignatureVerifier, ...]:
        """The keys of the witnesses whose cosignatures can be checked."""
        return tuple(each.verifier for each in self.witnesses if each.verifier is not None)

    def of_log(self, origin: str) -> tuple[Verifier, ...]:
        """The keys of the log with this origin."""
        return tuple(log.verifier for log in self.logs if log.verifier.name == origin)

    def is_met(self, cosigned: Collection[str]) -> bool:
        """Whether the witnesses of these names are a quorum."""
        if self.quorum == NONE:
            return True
        witnessing = {each.name for each in self.witnesses} & set(cosigned)
        for group in self.groups:
            if sum(member in witnessing for member in group.members) >= group.threshold:
                witnessing.add(group.name)
        return self.quorum in witnessing

    def judge(self, note: bytes, *, logs: Sequence[Verifier] = ()) -> Judgement:
        """What this policy says of a checkpoint; ``logs`` are known besides those of the policy.

        Raises ``CheckpointInvalid`` if it is malformed, if no known key of the log that it names has signed
        it, and if any signature of a known key is wrong.
        """
        known = (*logs, *(log.verifier for log in self.logs))
        try:
            opened = open_note(note, (*known, *self.cosigners))
        except NoteInvalid as error:
            raise CheckpointInvalid(str(error)) from error
        checkpoint = Checkpoint.parse(opened.text)
        by = {(signature.name, signature.key_id): signature for signature in opened.verified}
        signed = tuple(
            key
            for key in dict.fromkeys(known)
            if key.name == checkpoint.origin and (key.name, key.key_id) in by
        )
        if not signed:
            raise CheckpointInvalid(f"no known key of {checkpoint.origin!r} has signed this checkpoint")
        seen = tuple(
            Seen(each, time_of(signature), signature)
            for each in self.witnesses
            if each.verifier is not None
            and (signature := by.get((each.verifier.name, each.verifier.key_id))) is not None
        )
        witnessed = self.is_met({each.witness.name for each in seen})
        return Judgement(checkpoint, opened.text, signed, seen, witnessed, opened.unknown)


@dataclass(slots=True)
class _Reader:
    """Takes a policy line by line. A fault is a ``NoteInvalid`` without the number of the line."""

    logs: list[LogKey] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    places: dict[str, int] = field(default_factory=dict)
    """Of each key of a log, as it is written, where it stands among them."""
    identities: set[tuple[str, str]] = field(default_factory=set)
    log_keys: set[bytes] = field(default_factory=set)
    witness_keys: set[bytes] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)

    def take(self, words: list[str]) -> None:
        keyword, *rest = words
        if keyword == COMPROMISED:
            self._compromised(rest)
        elif not keyword or keyword.startswith("#"):
            pass
        elif keyword == "log":
            self._log(rest)
        elif keyword == "witness":
            self._witness(rest)
        elif keyword == "group":
            self._group(rest)
        elif keyword == "quorum":
            self._quorum(rest)
        else:
            raise NoteInvalid(f"{keyword!r} is none of log, witness, group and quorum")

    def _log(self, words: list[str]) -> None:
        if not 1 <= len(words) <= 2:
            raise NoteInvalid("a log line is: log VKEY [URL]")
        vkey, *url = words
        verifier = Verifier.parse(vkey)
        if verifier.public_key in self.log_keys:
            raise NoteInvalid("a log with this key is there already")
        self.log_keys.add(verifier.public_key)
        self._identify(vkey)
        self.places[vkey] = len(self.logs)
        self.logs.append(LogKey(verifier, url[0] if url else None))

    def _compromised(self, words: list[str]) -> None:
        if len(words) != 2 or not _TIME.fullmatch(words[1]):
            raise NoteInvalid(f"a line about a compromised key is: {COMPROMISED} VKEY SECONDS")
        since, at = int(words[1]), self.places.get(words[0])
        if at is None:
            raise NoteInvalid("no log line above has this key")
        log = self.logs[at]
        self.logs[at] = replace(log, compromised=min(since, log.compromised or since))

    def _witness(self, words: list[str]) -> None:
        if not 2 <= len(words) <= 3:
            raise NoteInvalid("a witness line is: witness NAME VKEY [URL]")
        name, vkey, *url = words
        verifier = parse_witness_key(vkey)
        material = split_key(vkey)[-1]
        if material in self.witness_keys:
            raise NoteInvalid("a witness with this key is there already")
        self.witness_keys.add(material)
        self._identify(vkey)
        self._define(name)
        self.witnesses.append(Witness(name, vkey, verifier, *url))

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:
            raise NoteInvalid("a group line is: group NAME all|any|NUMBER NAME...")
        name, number, *members = words
        for member in members:
            if member not in self.names:
                raise NoteInvalid(f"no witness or group {member!r} is defined before this line")
            if member in self.members:
                raise NoteInvalid(f"{member!r} is a member of a group already")
            self.members.add(member)
        threshold = {"all": len(members), "any": 1}.get(number)
        if threshold is None:
            if not _NUMBER.fullmatch(number) or not (len(number) < 10 and int(number) <= len(members)):
                raise NoteInvalid(f"a group of {len(members)} asks all, any or 1 to {len(members)} of them")
            threshold = int(number)
        self._define(name)
        self.groups.append(Group(name, threshold, tuple(members)))

    def _quorum(self, words: list[str]) -> None:
        if len(words) != 1:
            raise NoteInvalid("a quorum line is: quorum NAME")
        if self.quorum is not None:
            raise NoteInvalid("there is a quorum line already")
        if words[0] not in {NONE, *self.names}:
            raise NoteInvalid(f"no witness or group {words[0]!r} is defined before this line")
        self.quorum = words[0]

    def _identify(self, vkey: str) -> None:
        """A signature line tells by name and id whose it is: it must tell of one key only."""
        identity = split_key(vkey)[:2]
        if identity in self.identities:
            raise NoteInvalid("a key with this name and id is there already")
        self.identities.add(identity)

    def _define(self, name: str) -> None:
        if name == NONE:
            raise NoteInvalid("'none' cannot be a name")
        if name in self.names:
            raise NoteInvalid(f"the name {name!r} is defined already")
        self.names.add(name)
