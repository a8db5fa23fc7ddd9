"""What goes on the record when the content of a case is destroyed (廃棄), and what must be so of its case. Pure.

Source: docs/evidence/format.md, section 10.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID, uuid5

from kessai.decisions import machine
from kessai.decisions.events import StoredEvent, moment
from kessai.kernel.words import N_
from kessai.ledger.sealing import Json, field_salt
from kessai.records.disposal.rules import CannotDestroy, Consent

OPEN = "open"
"""開示区分: nothing of it is closed."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What of a case stays on record once its content is destroyed. ``number``: None where it never got one."""

    title: str
    number: str
    numbered: tuple[str, int, int, datetime] | None
    """Symbol, fiscal year and serial of the number, and when it was given."""
    decided_at: datetime
    only_read: bool
    original: str
    """SHA-256 of the decided original in hex."""
    decision: Mapping[str, Json]
    """The act that decided it, by ``told_of``."""
    needs: tuple[str, ...]
    receipts: tuple[str, ...]
    """What arrived, and goes with it."""
    seals: tuple[Mapping[str, Json], ...]
    """The letters with an official seal that are out there, by ``seals``."""
    post_id: int
    unit_id: int
    unit_name: str
    file_name: str
    made_on: date
    retention_code: str
    starts_on: date
    expires_on: date
    marking: str
    disclosure: str


def title_told(title: str, *, disclosure: str, needs: Collection[str]) -> str:
    """The title, where the register may go on telling it; "" for what is not open as a whole, or marked."""
    return title if disclosure == OPEN and not needs else ""


def payload(gone: Gone, consent: Consent) -> dict[str, Json]:
    """The payload of the event: what was destroyed, under which consent, and how it was on record."""
    title = title_told(gone.title, disclosure=gone.disclosure, needs=gone.needs)
    return {
        "destroyed": {
            "number": gone.number,
            "decided_at": moment(gone.decided_at),
            "original": gone.original,
            **({"title": title} if title else {}),
        },
        "consent": {
            "by": consent.given_by,
            "reference": consent.reference,
            "on": consent.given_on.isoformat(),
        },
        "record": {
            "file": gone.file_name,
            "made_on": gone.made_on.isoformat(),
            "retention_code": gone.retention_code,
            "starts_on": gone.starts_on.isoformat(),
            "expires_on": gone.expires_on.isoformat(),
            "marking": gone.marking,
            "disclosure": gone.disclosure,
            "unit": gone.unit_name,
        },
        "decision": dict(gone.decision),
        "case": {
            "post": gone.post_id,
            "unit": gone.unit_id,
            "needs": list(gone.needs),
            "only_read": gone.only_read,
            "receipts": list(gone.receipts),
            "numbered": _numbered(gone),
        },
        "seals": list(gone.seals),
    }


TOLD = (
    *("kind", "time", "payload.number", "payload.original"),
    *("payload.retention_code", "payload.starts_on", "payload.expires_on"),
)
"""Of the act that decided it: what goes on being proven by its own entry in the log. Its other salts are gone."""


def told_of(seq: int, fields: Mapping[str, Json], salt: bytes) -> dict[str, Json]:
    """The deciding act, with the salt of each field that is told on (base64url without padding)."""
    return {
        "seq": seq,
        "fields": {
            name: {
                "salt": base64.urlsafe_b64encode(field_salt(salt, name)).rstrip(b"=").decode("ascii"),
                "value": fields[name],
            }
            for name in TOLD
            if name in fields
        },
    }


class Placed(Protocol):
    """Where the letter with a public code is."""

    code: str
    seq: int
    place: int


def seals(letters: Iterable[Placed], events: Sequence[StoredEvent]) -> Iterator[dict[str, Json]]:
    """What anybody who has a sealed letter may go on finding out: that it was sealed, when, and what file it was."""
    by_seq = {event.seq: event for event in events}
    for letter in letters:
        put = by_seq[letter.seq]
        said: Mapping[str, Any] = put.payload
        yield {
            "code": letter.code,
            "sha256": said["sealed"][letter.place - 1]["sha256"],
            "seal": said["seal"],
            "sealed_at": moment(put.at),
            "keeper": put.post_title,
            "issued_on": by_seq[said["about"]].payload["issued_on"],
        }


def untrue(said: Mapping[str, Any], bound: Collection[str]) -> list[str]:
    """What an act of destruction says that the act which decided the case does not, by name: must be empty.

    ``said``: its payload; ``bound``: the names of the fields that the deciding act's entry in the log binds.
    """
    destroyed, record, fields = said["destroyed"], said["record"], said["decision"]["fields"]
    then = {name: fields[name]["value"] for name in fields}
    now = {
        "time": destroyed["decided_at"],
        "payload.original": destroyed["original"],
        "payload.retention_code": record["retention_code"],
        "payload.starts_on": record["starts_on"],
        "payload.expires_on": record["expires_on"],
        **({"payload.number": destroyed["number"]} if "payload.number" in bound else {}),
    }
    wrong = [name for name, value in now.items() if name not in then or then[name] != value]
    wrong += [name for name in ("kind",) if name not in then]
    if not record["made_on"] <= record["starts_on"] <= record["expires_on"]:
        wrong.append("record")
    return wrong


def _numbered(gone: Gone) -> Mapping[str, Json] | None:
    if gone.numbered is None:
        return None
    symbol, year, serial, at = gone.numbered
    return {"symbol": symbol, "fiscal_year": year, "serial": serial, "given_at": moment(at)}


SHOWN = (
    *("kind", "time", "name", "post_title", "unit", "capacity"),
    *("payload.destroyed", "payload.consent", "payload.record"),
)
"""The fields of the event that its statement discloses; the others are numbers inside the system."""


def judge_case(state: str, *, intact: bool) -> None:
    """That a case may be destroyed as far as it itself goes. ``intact``: its record is what the log has bound."""
    act = machine.ACT_BY_NAME[machine.DESTROY]
    if state not in act.case_states:
        raise CannotDestroy(
            N_("この案件は、廃棄できる状態にありません。"),
            N_("画面を開き直して、いまの状態を確かめてください。"),
        )
    if not intact:
        raise CannotDestroy(
            N_("この案件の記録は台帳と合わないため、廃棄できません。廃棄すると、書き換えの跡が消えます。"),
            N_("証明の画面で合わないところを確かめ、総括文書管理者に知らせてください。"),
        )


def act_of(order: UUID, case_id: UUID) -> UUID:
    """The id of the act on one case of an order for a whole file: sent again, it counts once."""
    return uuid5(order, case_id.hex)
