"""Correcting the wording of a case in flight, as its reviewer or decider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import access, frame, machine, mergers, repeats, writes
from kessai.decisions.course import common
from kessai.decisions.models import Case
from kessai.decisions.original import steps_of_round
from kessai.decisions.repeats import Outcome
from kessai.decisions.rewording import rules as rewording
from kessai.decisions.rewording.reading import read
from kessai.decisions.talking import writes as talking
from kessai.decisions.telling import writes as telling
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.drafting.rules import Content, Problem
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.ledger.sealing import Json


class CannotReword(Cannot):
    """The words cannot stand as they are; ``problems`` says which, and what they need."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(N_("この字句のままでは出せません。"), N_("印のついた項目を直してください。"))
        self.problems = tuple(problems)


def reword(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    words: Mapping[str, str],
    act_id: UUID,
    at: datetime,
    note: str = "",
) -> Outcome:
    """Put corrected words (title, text, reason) in the place of those in flight, where the row of the table allows it.

    A new revision whose substance is declared unchanged: what was approved and agreed stands, units that consented may
    object, and the own step is still to be answered. Errors: CannotAct, CannotReword.
    """
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        if (done := repeats.earlier(tenant_id, case_id, act_id, actor)) is not None:
            return done
        stored, rows = steps_of_round(tenant_id, case_id, case.round)
        route = mergers.route_on(tuple(stored.values()), day_in_japan(at))
        remark = repeats.remark_of(note)
        here = frame.Here(case, seeing, route, rows, max(at, case.updated_at), remark)
        step = frame.own_step(here, position, machine.REWORD, seen=repeats.hash_of(seen))
        ruling = common.ruled(case)
        rewording.judge(ruling)
        base = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=case.revision).content
        reading = read(case, base, words)
        if reading.problems:
            raise CannotReword(reading.problems)
        rewording.judge_words(base, reading.content)
        seat = seeing.held[step.post_id]
        doing = writes.Doing(
            machine.REVISED, act_id, here.at, seeing.name, seat, machine.OWN_CAPACITY, position, remark
        )
        _put(case, route, doing, rewording.carried(ruling, reading.content.title), reading.content)
        return Outcome(tenant_id, case_id, case.last_seq + 1, machine.REVISED)


def _put(
    case: Case, route: mergers.Route, doing: writes.Doing, payload: dict[str, Json], content: Content
) -> None:
    """Fix the corrected words as the next revision and record who did it; whoever acted is told, and the drafter."""
    fixed = drafting.fix_words(
        tenant_id=case.tenant_id,
        draft_id=case.id,
        number=case.revision,
        content=content,
        person=doing.person.person_id,
        at=doing.at,
    )
    seq = case.last_seq + 1
    Case.objects.filter(tenant_id=case.tenant_id, id=case.id).update(
        title=content.title,
        question=content.question,
        revision=fixed.number,
        content_hash=fixed.content_hash,
        flagged_seq=None,
        last_seq=seq,
        updated_at=doing.at,
    )
    payload = {**payload, "content_hash": fixed.content_hash.hex(), "substance": False}
    if route.merged:
        payload["merged"] = list(route.merged)
    event = writes.record(
        tenant_id=case.tenant_id,
        case_id=case.id,
        seq=seq,
        round=case.round,
        revision=fixed.number,
        doing=doing,
        payload=payload,
        content=content.to_json(),
        attachments=[file.to_json() for file in fixed.attachments],
    )
    after = tuple(route.now.values())
    writes.set_steps(case=case, before=route.before, after=after, payload=payload, at=doing.at)
    heard = talking.follow(case=case, event=event, state=case.state, steps=after)
    telling.tell(case=case, event=event, before=route.before, after=after, also_posts=heard.posts)
