"""``kessai ledger key``: the keys of a log over time, another one from now on, and one that was stolen."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from kessai.config.commands import Words
from kessai.ledger import keys, stolen
from kessai.ledger.keys import LogKey


def add_words(command: Words) -> None:
    group = command.group("key", "the keys that sign a log")
    own = KeyWords(command)
    listed = command.word("list", own.list, "every key of a log, the first one first", json=True, among=group)
    rotated = command.word(
        "rotate", own.rotate, "have the log signed by a new key from now on", json=True, among=group
    )
    lost = command.word(
        "compromised", own.compromised, "say that others may have signed with a key", json=True, among=group
    )
    for parser in (listed, rotated, lost):
        parser.add_argument("--tenant", type=int, required=True, metavar="ID")
    lost.add_argument("key_id", metavar="KEY", help="its id, 8 hex digits")
    lost.add_argument(
        "--since", type=_moment, required=True, metavar="TIME", help="from when on, as 2026-11-20T09:00+09:00"
    )


class KeyWords:
    def __init__(self, command: Words) -> None:
        self.command = command

    def list(self, *, tenant: int, as_json: bool) -> None:
        found = [_json(tenant, each) for each in keys.known(tenant)]
        if as_json:
            self.command.write_json(found)
            return
        for each in found:
            self.command.stdout.write(
                " ".join(f"{name}={'-' if said is None else said}" for name, said in each.items())
            )

    def rotate(self, *, tenant: int, as_json: bool) -> None:
        keys.rotate(tenant_id=tenant, at=timezone.now())
        self.list(tenant=tenant, as_json=as_json)

    def compromised(self, *, tenant: int, key_id: str, since: datetime, as_json: bool) -> None:
        keys.compromised(tenant_id=tenant, key_id=key_id, since=since, at=timezone.now())
        self.list(tenant=tenant, as_json=as_json)


def _json(tenant: int, key: LogKey) -> dict[str, Any]:
    """``after``, ``until``: it signs checkpoints of more than, and up to so many entries. ``counts_to``: of a stolen
    key, the size up to which somebody outside had seen the log before."""
    return {
        "id": key.verifier.key_id.hex(),
        "vkey": str(key.verifier),
        "after": key.after,
        "until": key.until,
        "begun": key.begun.isoformat(),
        "ended": key.ended.isoformat() if key.ended else None,
        "stolen": key.stolen.isoformat() if key.stolen else None,
        "counts_to": stolen.seen_before(tenant, key.stolen) if key.stolen else None,
    }


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise argparse.ArgumentTypeError(f"{text} has no time zone: add +09:00 or Z")
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"not a time: {text}") from None
