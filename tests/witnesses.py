"""Witnesses of a log, in this process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings

from kessai.ledger import keys, sequencer
from kessai.ledger.witnessing import alarms, records, rules
from merklelog.cosignature import CosignatureVerifier, Cosigner

ARCHIVE = Cosigner("archive.example/witness", bytes([1] * 32))
PRESS = Cosigner("press.example/witness", bytes([2] * 32))
COURT = Cosigner("court.example/witness", bytes([3] * 32))


def key(cosigner: Cosigner) -> CosignatureVerifier:
    return CosignatureVerifier.parse(str(cosigner.verifier()))


def policy(tenant_id: int, witnesses: Sequence[tuple[Cosigner, str]], *, quorum: int = 0) -> Path:
    """The operator's policy: these witnesses at these addresses, of whom so many are a quorum."""
    names = [f"w{n}" for n in range(len(witnesses))]
    lines = [
        f"witness {name} {each.verifier()} {url}" for name, (each, url) in zip(names, witnesses, strict=True)
    ]
    lines += [f"group all-of-them {quorum} {' '.join(names)}"] if quorum else []
    path = Path(settings.KESSAI_POLICY_DIR) / str(tenant_id)
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([*lines, f"quorum {'all-of-them' if quorum else 'none'}", ""]))
    return path


def cosign(tenant_id: int, cosigner: Cosigner, *, at: datetime, size: int | None = None) -> None:
    """A witness has cosigned the newest checkpoint, or that of a size, and the log has its word."""
    checkpoint = records.newest(tenant_id=tenant_id, size=size)
    assert checkpoint is not None
    line = cosigner.cosign(checkpoint.text, time=int(at.timestamp())).line
    records.keep(tenant_id=tenant_id, size=checkpoint.size, verifier=key(cosigner), line=line, at=at)
    sequencer.publish(tenant_id=tenant_id)


def object_to(tenant_id: int, cosigner: Cosigner, *, what: str = rules.AHEAD, at: datetime) -> None:
    """A witness has said something against the log."""
    verdict = rules.Verdict(what, 99, said="409 99")
    alarms.raise_alarm(
        tenant_id=tenant_id, witness=cosigner.name, verifier=key(cosigner), ours=3, verdict=verdict, at=at
    )


def acknowledge(tenant_id: int, *, at: datetime) -> None:
    """An operator has looked into all that was said against the log."""
    for each in alarms.standing(tenant_id=tenant_id):
        of = {"tenant_id": tenant_id, "alarm_id": each.id}
        alarms.acknowledge(**of, by="高橋", reason="古い控えから戻した", at=at)


def published(tenant_id: int) -> bytes:
    return keys.store(tenant_id).read("checkpoint") or b""
