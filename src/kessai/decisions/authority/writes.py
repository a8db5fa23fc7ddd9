"""What a case that enacts an authority table adds to a submission and a decision, inside their transactions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kessai.decisions.models import Enactment
from kessai.drafting.rules import Content, Problem
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_, Text
from kessai.ledger.sealing import Json
from kessai.routing import tables
from kessai.routing import writes as routing

MATTER = "authority_table"
"""The matter type whose cases put authority tables into effect."""

DAY_FIELD = "held_on"
"""Where its form says from which day."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The table that a case is to put into effect, as it stands; ``problems`` stop a submission."""

    table: Mapping[str, Json] | None
    problems: tuple[Problem, ...]


def bound(*, tenant_id: int, draft_id: UUID, content: Content, files: Collection[str], on: date) -> Bound:
    """What a submission of the draft would bind of a table. ``files``: SHA-256 of its attachments, in hex.

    Nothing for other matters; for this one, a draft without a table, or whose files show another state of the
    table than the one stored, is not to be submitted.
    """
    if content.matter_code != MATTER:
        return Bound(None, ())
    link = Enactment.objects.filter(tenant_id=tenant_id, draft_id=draft_id).first()
    try:
        info = tables.table_info(tenant_id=tenant_id, table_id=link.table_id, on=on) if link else None
    except NotFound:
        info = None
    if link is None or info is None or info.state != tables.DRAFT:
        return Bound(None, (_no_table(),))
    digest = tables.digest(tenant_id=tenant_id, table_id=link.table_id)
    stale = digest != link.digest or link.attached_sha256 not in files
    problems = [_stale()] if stale else []
    if info.effective <= on:
        problems.append(_too_late(info.effective))
    if content.values.get(DAY_FIELD, info.effective.isoformat()) != info.effective.isoformat():
        problems.append(_other_day(info.effective))
    return Bound(
        {
            "table": info.id,
            "name": info.name,
            "effective": info.effective.isoformat(),
            "digest": digest,
            "attached": link.attached_sha256,
        },
        tuple(problems),
    )


def _no_table() -> Problem:
    return Problem(
        "route",
        Text(
            N_(
                "この案件には、施行する表が結ばれていません。決裁規程の画面で表の下書きを開き、「決裁に付す」から始めてください。"
            )
        ),
    )


def _stale() -> Problem:
    return Problem(
        "route",
        Text(
            N_(
                "添付の表が、いまの表の下書きと違います。決裁規程の画面で表を開き、「添付をいまの表に替える」を押してください。"
            )
        ),
    )


def _too_late(effective: date) -> Problem:
    return Problem(
        "route",
        Text(
            N_("表の施行日（%(day)s）が過ぎています。決裁規程の画面で、あすより後の施行日にしてください。"),
            {"day": effective.isoformat()},
        ),
    )


def _other_day(effective: date) -> Problem:
    return Problem(
        DAY_FIELD,
        Text(
            N_("表の施行日は%(day)sです。同じ日にするか、表の施行日を変えてください。"),
            {"day": effective.isoformat()},
        ),
    )


def carry_out(*, submitted: Mapping[str, Json], tenant_id: int, case_id: UUID, at: datetime) -> Json:
    """Put into effect what the submission's payload binds; what was done, None where it binds no table.

    Errors: routing.writes.CannotEnact, which refuses the decision.
    """
    enacts = submitted.get("enacts")
    if not isinstance(enacts, dict):
        return None
    routing.enact(
        tenant_id=tenant_id,
        table_id=int(str(enacts["table"])),
        case_id=case_id,
        on=day_in_japan(at),
        digest=str(enacts["digest"]),
    )
    return {key: enacts[key] for key in ("table", "effective", "digest")}
