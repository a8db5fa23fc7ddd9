"""As what somebody answers a step: as holder of its post, as its deputy (代決), or as its secretary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kessai.decisions import access, machine, replay, rules
from kessai.decisions.course import common
from kessai.decisions.deputising import queries as deputising
from kessai.decisions.deputising import rules as acting
from kessai.decisions.deputising.queries import Facts
from kessai.decisions.deputising.rules import Verdict
from kessai.decisions.events import moment
from kessai.decisions.models import Case
from kessai.kernel.words import N_
from kessai.ledger.sealing import Json
from kessai.organisation.absence.queries import Desk, Principal
from kessai.organisation.queries import HeldPost

POST_REVIEW_REASON = N_("%(post)sが代決したため、後閲します。")


@dataclass(frozen=True, slots=True)
class Standing:
    """As what somebody answers a step. ``verdict``: of one who would act as deputy, with the bar if there is one."""

    own: HeldPost | None = None
    other: HeldPost | None = None
    verdict: Verdict | None = None
    as_: str = machine.OWN_CAPACITY
    desk: Desk | None = None
    payload: Mapping[str, Json] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether the step is theirs to answer in some capacity, be it that a bar stands in the way."""
        return self.own is not None or self.other is not None

    def seat(self) -> HeldPost:
        """The post as which they act. Errors: CannotAct with the bar, where one stands in the way."""
        if self.own is not None:
            return self.own
        assert self.other is not None
        if self.verdict is not None and not self.verdict.may:
            params = {**self.verdict.why.params, **self.verdict.remedy.params}
            raise rules.CannotAct(
                self.verdict.why.message, self.verdict.remedy.message, changed=False, **params
            )
        return self.other

    def capacity(self, *, delegated: bool) -> str:
        if self.own is not None:
            return machine.DELEGATED if delegated else machine.OWN_CAPACITY
        return self.as_

    def post_review(self, steps: Sequence[replay.Step], step: replay.Step) -> dict[str, Any]:
        """The step that an acting decision brings, as it goes on the record (see planning.route_json)."""
        assert self.desk is not None and self.other is not None
        made = replay.post_review_of(steps, step)
        reason = {
            "text": POST_REVIEW_REASON,
            "params": {"post": self.other.title},
            "row": None,
            "clause": "",
            "row_reason": "",
            "row_reason_en": "",
        }
        return {
            "position": made.position,
            "stage": made.stage,
            "kind": made.kind,
            "post": made.post_id,
            "post_title": self.desk.seat.title,
            "unit": self.desk.seat.unit_name,
            "delegated": False,
            "own": False,
            "reasons": [reason],
        }


def as_deputy(*, seeing: access.Sight, case: Case, step: replay.Step, at: datetime) -> Standing:
    """As deputy of the step's post, by the facts of this moment; nothing for one who is no deputy for the matter."""
    facts = deputising.facts_of_step(case=case, kind=step.kind, post_id=step.post_id, at=at)
    found = _instead(facts, seeing)
    if found.other is None:
        return found
    return replace(found, payload={**found.payload, **_told(case, found.other.post_id)})


def answering(*, seeing: access.Sight, case: Case, post_id: int, at: datetime) -> Standing:
    """As deputy of a post that was asked a question; nothing for one who is no deputy for the matter."""
    return _instead(deputising.facts_of_question(case=case, post_id=post_id, at=at), seeing)


def _instead(facts: Facts | None, seeing: access.Sight) -> Standing:
    verdict = facts.of(seeing.person) if facts else None
    if facts is None or verdict is None or verdict.deputy is None:
        return Standing()
    post_id = verdict.deputy.post_id
    return Standing(
        other=next(post for post in seeing.held.values() if post.post_id == post_id),
        verdict=verdict,
        as_=machine.ACTING,
        desk=facts.desk,
        payload=_for_whom(facts.desk) | _as_which(facts, verdict),
    )


def _for_whom(desk: Desk) -> dict[str, Json]:
    return {
        "for_post": desk.seat.post_id,
        "for_title": desk.seat.title,
        "for_unit": desk.seat.unit_name,
        "for_name": desk.names,
    }


def _told(case: Case, post_id: int) -> dict[str, Json]:
    """The instruction given to a deputy beforehand, if there is one."""
    told = deputising.told(case=case, post_id=post_id)
    return {"told_seq": told.seq, "told_at": moment(told.at)} if told is not None else {}


def _as_which(facts: Facts, verdict: Verdict) -> dict[str, Json]:
    """Which deputy, by what, until when the holder is away."""
    assert verdict.deputy is not None
    away = facts.desk.away
    found: dict[str, Json] = {
        "order": verdict.order,
        "basis": facts.deputy_seat(verdict.deputy.post_id).basis,
        "away_until": moment(away) if away else None,
    }
    passed = acting.passed_over(facts.post, verdict.order, facts.matter)
    if passed:
        found["passed_over"] = [{"order": n, "title": d.title, "why": why} for n, d, why in passed]
    return found


def as_secretary(*, principal: Principal) -> Standing:
    """As secretary of the step's post."""
    post = principal.post
    return Standing(
        other=principal.by,
        as_=machine.SECRETARY,
        payload={
            "for_post": post.post_id,
            "for_title": post.title,
            "for_unit": post.unit_name,
            "for_name": principal.names,
        },
    )


def of_own_draft(*, seeing: access.Sight, case: Case, act: str) -> dict[str, Json]:
    """The title as which somebody drafted what they let pass now, in another post (A39)."""
    if act not in (machine.APPROVE, machine.DECISION) or seeing.person != case.drafter_person_id:
        return {}
    return {"drafted_as": common.fixed_last(case).post_title}
