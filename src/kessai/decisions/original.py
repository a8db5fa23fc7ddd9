"""The decided original: the whole decided draft with its route and acts, as canonical JSON and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kessai.decisions import events, machine, planning, replay
from kessai.decisions.flagging import queries as flagging
from kessai.decisions.models import Case, DecidedOriginal, Event, Step
from kessai.decisions.writes import Doing
from kessai.drafting import queries as drafts
from kessai.ledger.sealing import Json, canonical
from kessai.records import queries as records
from kessai.records.queries import Filed

VERSION = 1


def steps_of_round(
    tenant_id: int, case_id: UUID, round: int
) -> tuple[dict[int, replay.Step], dict[int, Step]]:
    """The steps of a round by position, as the rules see them and as they are stored."""
    rows = Step.objects.filter(tenant_id=tenant_id, case_id=case_id, round=round).order_by("position")
    stored = {row.position: row for row in rows}
    return {position: step_of(row) for position, row in stored.items()}, stored


def step_of(row: Step) -> replay.Step:
    """A stored step as the rules see it."""
    return replay.Step(
        row.position,
        row.stage,
        row.kind,
        row.post_id,
        row.state,
        row.acted_seq,
        row.held_seq,
        row.added_by,
        row.quorum,
        row.answer_by,
    )


def act(event: Event) -> dict[str, Json]:
    """An act of the record, with person, title and unit of its day."""
    return {
        "seq": event.seq,
        "kind": event.kind,
        "time": events.moment(event.at),
        "name": event.person_name,
        "post_title": event.post_title,
        "unit": event.unit_name,
        "capacity": event.capacity,
        "position": event.position,
        "round": event.round,
        "revision": event.revision,
        "remark": event.remark,
        **_on_behalf(event.payload),
    }


def _act(event: Event, steps: Sequence[replay.Step], revision: int) -> dict[str, Json]:
    stands = replay.stands(event.kind, event.seq, steps, latest=event.revision == revision)
    return act(event) | {"stands": stands}


BEHALF = (
    *("for_title", "for_unit", "for_name", "order", "away_until", "told_at"),
    *("by_title", "by_unit", "deputy_title", "deputy_unit", "drafted_as", "flag", "lowered"),
    *("asked_title", "asked_unit", "asked_name", "asker_title", "asker_unit", "asker_name"),
    *("previewed", "bulk", "joint", "anchor"),
)
"""What of an event says for whom somebody acted, by whom it was written, of which flag, who was asked, or had looked
at it beforehand, that it was done together with others, which units decide jointly, and what place the words are about;
only where it was so."""


def _on_behalf(payload: Mapping[str, Json]) -> dict[str, Json]:
    return {key: payload[key] for key in BEHALF if key in payload}


def _route(
    case: Case, past: Sequence[Event], seq: int, doing: Doing, payload: Mapping[str, Json]
) -> list[Json]:
    """Every step as the decision leaves it: what it was there for, its state, and the act that answered it."""
    before = tuple(steps_of_round(case.tenant_id, case.id, case.round)[0].values())
    happened = planning.happened(
        kind=doing.kind, round=case.round, position=doing.position, seq=seq, payload=payload
    )
    after = replay.happen(case.state, {case.round: before}, happened)[1][case.round]
    said = [event.payload for event in past if event.round == case.round] + [payload]
    return _walked(after, said)


def _walked(steps: Sequence[replay.Step], said: Sequence[Mapping[str, Any]]) -> list[Json]:
    asked = {e["position"]: e for of in said for e in (*of.get("route", ()), *of.get("added", ()))}
    steps = sorted(steps, key=lambda step: (step.stage, step.position))
    return [asked[s.position] | {"stage": s.stage, "state": s.state, "answered": s.acted} for s in steps]


def _flag(view: flagging.FlagView) -> dict[str, Json]:
    """A flag in force; who raised it on the way, "" for one that the drafter put on."""
    return {"flag": view.flag, "raised_by": view.who, "why": view.why}


def original_of(case: Case, seq: int, doing: Doing, payload: Mapping[str, Json]) -> tuple[str, bytes]:
    """Canonical text and SHA-256 of what is being decided by event ``seq``; called in its transaction.

    The content and attachments of the revision, the document number, how it is filed, the flags, the route as it was
    gone, and every act so far with person, title and unit of its day, the decision last.
    """
    filed = records.filed(tenant_id=case.tenant_id, case_id=case.id)
    assert filed is not None
    return sealed(
        {
            **course_of(case, seq, doing, payload),
            "number": payload["number"],
            "decided_at": events.moment(doing.at),
            "record": record_of(filed),
        }
    )


def sealed(body: Mapping[str, Json]) -> tuple[str, bytes]:
    """Canonical text of an original, and its SHA-256."""
    text = canonical(dict(body))
    return text.decode(), hashlib.sha256(text).digest()


def read(kept: DecidedOriginal) -> tuple[dict[str, Any], str]:
    """A kept original, and the hex SHA-256 of its canonical text."""
    return json.loads(kept.body), bytes(kept.sha256).hex()


def course_of(case: Case, seq: int, doing: Doing, payload: Mapping[str, Json]) -> dict[str, Json]:
    """What was proposed, to whom it went, and every act so far, with event ``seq``, which is being done, last."""
    past = list(Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id).order_by("seq"))
    steps = tuple(steps_of_round(case.tenant_id, case.id, case.round)[0].values())
    decision: dict[str, Json] = {
        "seq": seq,
        "kind": doing.kind,
        "time": events.moment(doing.at),
        "name": doing.person.name,
        "post_title": doing.title,
        "unit": doing.seat.unit_name,
        "capacity": doing.capacity,
        "position": doing.position,
        "round": case.round,
        "revision": case.revision,
        "remark": doing.remark,
        "stands": True,
        **_on_behalf(payload),
    }
    return {
        **_proposed(case, past),
        "route": _route(case, past, seq, doing, payload),
        "acts": [*(_act(event, steps, case.revision) for event in past), decision],
    }


def course_so_far(case: Case) -> dict[str, Json]:
    """The same of a case as it stands, decided or not."""
    past = list(Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id).order_by("seq"))
    steps = tuple(steps_of_round(case.tenant_id, case.id, case.round)[0].values())
    return {
        **_proposed(case, past),
        "number": case.number,
        "route": _walked(steps, [event.payload for event in past if event.round == case.round]),
        "acts": [_act(event, steps, case.revision) for event in past],
    }


def _proposed(case: Case, past: Sequence[Event]) -> dict[str, Json]:
    revision = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=case.revision)
    ruling = [e for e in past if e.kind in machine.RULING][-1]
    return {
        "v": VERSION,
        "tenant": case.tenant_id,
        "case": str(case.id),
        "matter_name": case.matter_name,
        "revision": case.revision,
        "content": revision.content_json,
        "attachments": revision.attachments_json,
        "content_hash": bytes(case.content_hash).hex(),
        "authority": {key: ruling.payload[key] for key in ("table", "table_name", "row")},
        "flags": [_flag(view) for view in flagging.flags(past) if not view.lowered_by],
        **({"joint": ruling.payload["joint"]} if "joint" in ruling.payload else {}),
    }


def record_of(filed: Filed) -> dict[str, Json]:
    """How it is filed, with the retention class of its day."""
    return {
        "file_name": filed.file_name,
        "class_large": filed.class_large,
        "class_medium": filed.class_medium,
        "retention": filed.retention_name,
        "retention_code": filed.retention_code,
        "starts_on": filed.starts_on.isoformat(),
        "expires_on": filed.expires_on.isoformat() if filed.expires_on else None,
        "disposal": filed.disposal,
        "marking": filed.marking,
        "disclosure": filed.disclosure,
    }
