"""Asking the witnesses of each log to cosign its newest checkpoint, beside the sequencer, which never waits for it.

A round takes one checkpoint of a log and asks all its witnesses at once, each from a thread of its own, so that a
quorum comes together on one checkpoint. A witness that does not answer holds up nobody but itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from kessai.kernel.words import Text
from kessai.ledger import announcing, keys, sequencer
from kessai.ledger.published import folders
from kessai.ledger.witnessing import alarms, policies, records, rules
from kessai.ledger.witnessing.records import Newest
from kessai.ledger.witnessing.rules import Asked, Verdict
from merklelog.cosignature import CosignatureVerifier
from merklelog.policy import PolicyInvalid, Witness
from merklelog.tiles import TileInvalid, TileMissing, TileReader
from merklelog.tree import ProofInvalid, consistency_path, verify_consistency
from merklelog.witness.asking import WitnessUnreachable, ask
from merklelog.witness.protocol import Answer, Request

PAUSE_SECONDS = 1.0
ANSWER_SECONDS = 3.0
ROUND_SECONDS = 4.0
AGAIN_SECONDS = 600.0
"""A log that does not grow is shown to its witnesses now and then: it may have been put back."""
LONGEST_PAUSE_SECONDS = 30.0
SAY_SECONDS = 60.0
MAIL_AGAIN_SECONDS = 300.0

log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Work until told to stop; nothing that goes wrong here ends it."""
    asker = Asker()
    while not stop.is_set():
        try:
            asker.round(at=datetime.now(UTC))
        except DatabaseError:
            log.warning("the database is away; witnesses are asked later", exc_info=True)
            connection.close()
        except Exception:
            log.exception("witnesses could not be asked")
        close_old_connections()
        stop.wait(PAUSE_SECONDS)
    connection.close()


@dataclass(slots=True)
class _Known:
    """What this process knows of a witness of a log: the size it said last, and when it is to be asked again."""

    size: int | None = None
    asked_size: int = -1
    due: float = 0.0
    failures: int = 0
    said: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Conversation:
    """One witness is asked for one checkpoint, in a thread that may outlast the round."""

    tenant_id: int
    witness: Witness
    verifier: CosignatureVerifier
    checkpoint: Newest
    known: _Known
    old: int
    proof: tuple[bytes, ...] = ()
    answer: Answer | None = None
    failed: str = ""
    done: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        threading.Thread(target=self._hold, daemon=True).start()

    def asked(self, *, vouched: bool = False) -> Asked:
        return Asked(self.checkpoint.text, self.checkpoint.size, self.old, vouched)

    def _hold(self) -> None:
        try:
            self._ask()
            assert self.answer is not None
            elsewhere = rules.verdict(self.asked(), self.answer, self.verifier)
            if elsewhere.what == rules.ELSEWHERE:
                assert elsewhere.size is not None
                self.old = elsewhere.size
                self._ask()
        except WitnessUnreachable as error:
            self.failed = str(error)
        except (TileMissing, TileInvalid, OSError) as error:
            self.failed = f"no proof from {self.old} entries can be made: {error}"
        finally:
            self.done.set()

    def _ask(self) -> None:
        self.proof = _proof(self.tenant_id, self.old, self.checkpoint.size)
        request = Request(self.old, self.proof, self.checkpoint.note.encode())
        self.answer = ask(self.witness.url or "", request, seconds=ANSWER_SECONDS)


def _proof(tenant_id: int, old: int, size: int) -> tuple[bytes, ...]:
    if old in (0, size):
        return ()
    reader = TileReader(keys.store(tenant_id).read, size)
    return tuple(consistency_path(old, size, reader.node))


class Asker:
    """Remembers between rounds; ``clock`` counts seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[int, bytes], _Known] = {}
        self._open: dict[tuple[int, bytes], _Conversation] = {}
        self._said: dict[object, float] = {}
        self._mail_due = 0.0

    def round(self, *, at: datetime) -> None:
        """Ask whoever is due, take what has been answered within the time."""
        for tenant_id in folders():
            try:
                policies.publish(tenant_id)
                self._begin(tenant_id)
            except keys.KeyMissing:
                continue
            except (PolicyInvalid, OSError) as error:
                self._say(
                    ("policy", tenant_id), f"the policy {policies.path_of(tenant_id)} cannot be used: {error}"
                )
        deadline = self._clock() + ROUND_SECONDS
        for conversation in self._open.values():
            conversation.done.wait(max(0.0, deadline - self._clock()))
        changed = set()
        for key, conversation in list(self._open.items()):
            if conversation.done.is_set():
                del self._open[key]
                if self._take(conversation, at):
                    changed.add(conversation.tenant_id)
        for tenant_id in sorted(changed):
            sequencer.publish(tenant_id=tenant_id)
        # A mail server may take its time: what is published waits for none.
        self._tell(at)

    def _tell(self, at: datetime) -> None:
        """The operator is told of each grave alarm: what did not leave is sent later, be it by another process."""
        if not settings.KESSAI_OPERATOR_MAIL or self._clock() < self._mail_due:
            return
        for alarm in (each for tenant_id in folders() for each in alarms.untold(tenant_id=tenant_id)):
            self._mail_due = self._clock() + MAIL_AGAIN_SECONDS
            subject = f"kessai: log {alarm.tenant_id}: 立会人の警告 / a witness contradicts the log"
            if not announcing.tell_operator(subject, [alarm.text, Text(rules.REMEDY)]):
                return
            alarms.told(alarm, at=at)
        self._mail_due = 0.0

    def _begin(self, tenant_id: int) -> None:
        witnesses = [w for w in policies.policy_of(tenant_id).witnesses if w.verifier and w.url]
        checkpoint = records.newest(tenant_id=tenant_id) if witnesses else None
        if checkpoint is None:
            return
        for witness in witnesses:
            assert witness.verifier is not None
            key = (tenant_id, alarms.key_hash(witness.verifier))
            known = self._known.setdefault(key, _Known())
            early = self._clock() < known.due
            if key in self._open or (early and (known.failures or checkpoint.size == known.asked_size)):
                continue
            old = known.size if known.size is not None else records.cosigned_size(*key)
            old = old if old <= checkpoint.size else 0
            self._open[key] = _Conversation(tenant_id, witness, witness.verifier, checkpoint, known, old)
            self._open[key].begin()

    def _take(self, conversation: _Conversation, at: datetime) -> bool:
        """Keep what was answered; whether there is a new cosignature."""
        known, witness = conversation.known, records.named(conversation.witness)
        if conversation.answer is None or conversation.failed:
            self._fail(known)
            self._say((witness, "down"), f"witness {witness} was not reached: {conversation.failed}")
            return False
        verdict = _judged(conversation)
        known.size = verdict.size if verdict.what == rules.COSIGNED else None
        if verdict.what == rules.COSIGNED:
            alarms.has_answered(tenant_id=conversation.tenant_id, verifier=conversation.verifier, at=at)
            known.asked_size, known.failures = conversation.checkpoint.size, 0
            known.due = self._clock() + AGAIN_SECONDS
            return records.keep(
                tenant_id=conversation.tenant_id,
                size=conversation.checkpoint.size,
                verifier=conversation.verifier,
                line=verdict.line,
                at=at,
            )
        self._fail(known)
        if verdict.what in rules.SAID:
            self._alarm(conversation, verdict, at)
        else:
            self._say((witness, "refused"), f"witness {witness} did not cosign: {verdict.said}")
        return False

    def _alarm(self, conversation: _Conversation, verdict: Verdict, at: datetime) -> None:
        witness = records.named(conversation.witness)
        of: dict[str, Any] = {
            "tenant_id": conversation.tenant_id,
            "verifier": conversation.verifier,
            "verdict": verdict,
        }
        if alarms.is_acknowledged(**of):
            self._say(
                (witness, conversation.tenant_id, "acknowledged"),
                f"witness {witness} says what was acknowledged ({verdict.said})",
            )
            return
        alarms.raise_alarm(**of, witness=witness, ours=conversation.checkpoint.size, at=at)
        what = "CONTRADICTS the log" if verdict.what in rules.GRAVE else "answered wrongly"
        self._say(
            (witness, conversation.tenant_id, verdict.what),
            f"log {conversation.tenant_id} of {conversation.checkpoint.size} entries: witness {witness} {what} "
            f"({verdict.what}: {verdict.said}); run: kessai ledger show",
            level=logging.CRITICAL if verdict.what in rules.GRAVE else logging.ERROR,
        )

    def _fail(self, known: _Known) -> None:
        known.failures += 1
        known.due = self._clock() + min(2.0**known.failures, LONGEST_PAUSE_SECONDS)

    def _say(self, what: object, message: str, *, level: int = logging.WARNING) -> None:
        """The same thing is said again after a while, not at every round."""
        if self._clock() - self._said.get(what, -SAY_SECONDS) >= SAY_SECONDS:
            self._said[what] = self._clock()
            log.log(level, message)


def _judged(conversation: _Conversation) -> Verdict:
    assert conversation.answer is not None
    verdict = rules.verdict(conversation.asked(), conversation.answer, conversation.verifier)
    if verdict.what == rules.INCONSISTENT and _vouched(conversation):
        return rules.verdict(conversation.asked(vouched=True), conversation.answer, conversation.verifier)
    if verdict.what == rules.ELSEWHERE or (verdict.what == rules.AHEAD and _grown_to(conversation, verdict)):
        return replace(verdict, what=rules.REFUSED)
    return verdict


def _grown_to(conversation: _Conversation, verdict: Verdict) -> bool:
    """Whether the log has so many entries by now: another process of ours may have shown it meanwhile."""
    newest = records.newest(tenant_id=conversation.tenant_id)
    return newest is not None and verdict.size is not None and verdict.size <= newest.size


def _vouched(conversation: _Conversation) -> bool:
    """Whether the witness itself signed our checkpoint of the old size, which the newest one extends."""
    of = {"tenant_id": conversation.tenant_id, "size": conversation.old}
    before = records.newest(**of)
    if before is None:
        return False
    hashed = alarms.key_hash(conversation.verifier)
    line = records.lines(**of).get(hashed, "")
    if not records.is_right(before.text, hashed, line, conversation.verifier):
        return False
    try:
        verify_consistency(
            size1=before.size,
            size2=conversation.checkpoint.size,
            root1=before.root,
            root2=conversation.checkpoint.root,
            proof=conversation.proof,
        )
    except ProofInvalid:
        return False
    return True
