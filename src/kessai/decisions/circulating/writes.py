"""The end of a circulation: filed and sealed by the act that ends it, inside that act's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import connection

from kessai.decisions import events, machine, planning, replay, tasks
from kessai.decisions.circulating import rules
from kessai.decisions.course import common
from kessai.decisions.filing import filing_unit
from kessai.decisions.models import Case, DecidedOriginal, Event, Step
from kessai.decisions.original import course_of, record_of, sealed
from kessai.decisions.writes import Doing
from kessai.kernel.calendar import JAPAN, day_in_japan
from kessai.ledger.sealing import Json
from kessai.records import queries as records
from kessai.records import writes as filing


def ending(
    *, case: Case, before: Sequence[replay.Step], doing: Doing, payload: Mapping[str, Json]
) -> dict[str, Json]:
    """What an act that ends a circulation binds besides: how it is filed, its original. Nothing for other acts."""
    assert connection.in_atomic_block
    if not case.only_read or case.state in machine.ENDED:
        return {}
    happened = planning.happened(
        kind=doing.kind, round=case.round, position=doing.position, seq=case.last_seq + 1, payload=payload
    )
    state, rounds = replay.happen(case.state, {case.round: tuple(before)}, happened)
    if state != machine.CIRCULATED:
        return {}
    ended_on = rules.over_by(case.deadline, day_in_japan(doing.at))
    found: dict[str, Json] = {"ended_on": ended_on.isoformat(), **_filed(case, ended_on)}
    kept = records.filed(tenant_id=case.tenant_id, case_id=case.id)
    body, digest = sealed(
        {
            **course_of(case, case.last_seq + 1, doing, payload),
            "number": case.number,
            "readers": _readers(case, rounds[case.round]),
            "ended_by": doing.kind,
            "ended_on": ended_on.isoformat(),
            "ended_at": events.moment(doing.at),
            "record": record_of(kept) if kept else None,
        }
    )
    DecidedOriginal(
        tenant_id=case.tenant_id, case_id=case.id, body=body, sha256=digest, decided_at=doing.at
    ).save(force_insert=True)
    tasks.make_cover_sheet.defer(tenant_id=case.tenant_id, case_id=str(case.id))
    return found | {"original": digest.hex()}


def _filed(case: Case, ended_on: date) -> dict[str, Json]:
    """File it, where its row says for how long it is kept; what of that goes on the record."""
    submitted = common.fixed_last(case)
    said = ruling_of(case).payload["filing"]
    if not said["retention_code"]:
        return {}
    unit_id, _ = filing_unit(case, submitted, ended_on)
    wanted = planning.filing_of(said, unit_id)
    noon = datetime.combine(ended_on, time(12), JAPAN)
    kept = filing.file_record(tenant_id=case.tenant_id, case_id=case.id, filing=wanted, at=noon)
    return {
        "unit_id": unit_id,
        "starts_on": kept.starts_on.isoformat(),
        "expires_on": kept.expires_on.isoformat() if kept.expires_on else None,
        "retention_code": wanted.retention_code,
        "marking": wanted.marking,
        "disclosure": wanted.disclosure,
    }


def ruling_of(case: Case) -> Event:
    """The event whose reading of the table rules the case: by it is said how it is filed and numbered."""
    ruling = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, kind__in=machine.RULING)
    return ruling.latest("seq")


def _readers(case: Case, steps: Sequence[replay.Step]) -> list[Json]:
    """Who was to read it, in the order of the route, and whether they did."""
    rows = Step.objects.filter(tenant_id=case.tenant_id, case_id=case.id, round=case.round)
    named = {row.position: row for row in rows}
    return [
        {
            "position": step.position,
            "post_title": named[step.position].post_title,
            "unit": named[step.position].unit_name,
            "read": step.state == machine.DONE,
        }
        for step in steps
        if step.kind == machine.CIRCULATE and step.state != machine.REMOVED
    ]


def schedule_end(*, tenant_id: int, case_id: UUID, deadline: date) -> None:
    """Have a circulation ended when its date has passed, by a job that commits with the submission."""
    assert connection.in_atomic_block
    tasks.end_circulation.configure(schedule_at=midnight_after(deadline)).defer(
        tenant_id=tenant_id, case_id=str(case_id)
    )


def midnight_after(day: date) -> datetime:
    """When a day in Japan is over."""
    return datetime.combine(day + timedelta(days=1), time(0), JAPAN)
