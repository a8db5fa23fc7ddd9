"""``kessai ledger alarm``: what witnesses said against the logs, and that somebody has looked into it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from kessai.config.commands import Words
from kessai.ledger.witnessing import alarms
from kessai.ledger.witnessing.alarms import Said


def add_words(command: Words) -> None:
    group = command.group("alarm", "what witnesses said against the logs")
    own = AlarmWords(command)
    listed = command.word(
        "list",
        own.list,
        "all that witnesses ever said, and how it ended; exit code 1: something grave stands",
        json=True,
        among=group,
    )
    listed.add_argument("--tenant", type=int, default=None, metavar="ID", help="only this ministry's")
    done = command.word(
        "acknowledge",
        own.acknowledge,
        "say who has looked into it, and what came out: kept on record, and it stands no more",
        json=True,
        among=group,
    )
    done.add_argument("alarm_id", type=UUID, metavar="ALARM", help="its id, as the list has it")
    done.add_argument("--tenant", type=int, required=True, metavar="ID")
    done.add_argument("--by", required=True, metavar="NAME", help="who has looked into it")
    done.add_argument("--reason", required=True, metavar="TEXT", help="what came out")


class AlarmWords:
    def __init__(self, command: Words) -> None:
        self.command = command

    def list(self, *, tenant: int | None, as_json: bool) -> int:
        found = alarms.every(tenant_id=tenant)
        self._write(found, as_json)
        return int(any(each.grave and not each.ends for each in found))

    def acknowledge(self, *, tenant: int, alarm_id: UUID, by: str, reason: str, as_json: bool) -> None:
        done = alarms.acknowledge(
            tenant_id=tenant, alarm_id=alarm_id, by=by, reason=reason, at=timezone.now()
        )
        self._write((done,), as_json)

    def _write(self, found: tuple[Said, ...], as_json: bool) -> None:
        if as_json:
            self.command.write_json([as_dict(each) for each in found])
            return
        for each in found:
            self.command.stdout.write("\n".join(_lines(each)))


def as_dict(each: Said) -> dict[str, Any]:
    return {
        "id": str(each.id),
        "tenant": each.tenant_id,
        "witness": each.witness,
        "what": each.what,
        "grave": each.grave,
        "at": each.at.isoformat(),
        "said": each.said,
        "text": said_in_words(each),
        "ends": [
            {"how": end.how, "by": end.by, "reason": end.reason, "at": end.at.isoformat()}
            for end in each.ends
        ],
    }


def said_in_words(each: Said) -> str:
    return str(_(each.text.message)) % dict(each.text.params)


def _lines(each: Said) -> list[str]:
    ends = [f"    {end.how} {end.at.isoformat()} {end.by} {end.reason}".rstrip() for end in each.ends]
    first = f"{each.id} tenant={each.tenant_id} {each.at.isoformat()} {each.what}"
    return [first, f"    {said_in_words(each)}", *(ends or ["    -"])]
