"""What goes on the record when the content of a case is destroyed (廃棄), and what must be so of its case. Pure.

Source: docs/evidence/format.md, section 10.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from kessai.decisions import machine
from kessai.decisions.events import moment
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
            "numbered": _numbered(gone),
        },
    }


TOLD = ("kind", "time", "payload.number", "payload.original")
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
