"""What the page needs to correct the wording of a case: the words as they are, and the redline of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions import access, machine, mergers, repeats
from kessai.decisions.course import common
from kessai.decisions.models import Case
from kessai.decisions.original import steps_of_round
from kessai.decisions.redline import queries as redline
from kessai.decisions.redline.results import Redlined
from kessai.decisions.redline.rules import Version, difference
from kessai.decisions.rewording import rules as rewording
from kessai.decisions.rewording.reading import read
from kessai.decisions.rules import CannotAct
from kessai.drafting import queries as drafts
from kessai.drafting.rules import Problem
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_


@dataclass(frozen=True, slots=True)
class Wording:
    """The words in flight; ``position`` of the reader's step. ``texts``, ``problems``: of words that were typed."""

    question: str
    words: Mapping[str, str]
    revision: int
    seen: str
    position: int
    last_seq: int
    texts: tuple[Redlined, ...] = ()
    problems: tuple[Problem, ...] = ()


def wording(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    at: datetime,
    typed: Mapping[str, str] | None = None,
) -> Wording:
    """The words of a case, and what ``typed`` would change of them. CannotAct for who may not correct them."""
    seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    stored, _ = steps_of_round(tenant_id, case_id, case.round)
    route = mergers.route_on(tuple(stored.values()), day_in_japan(at))
    mine = [
        step.position
        for step in route.now.values()
        if step.post_id in seeing.held and step.kind in rewording.AT and step.state == machine.OPEN
    ]
    if not mine:
        raise CannotAct(
            N_("いまはあなたの番ではないため、字句を直せません。"),
            N_("直したいところがあれば、いま審査している職か起案者に伝えてください。"),
        )
    rewording.judge(common.ruled(case))
    now = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=case.revision).content
    reading = read(case, now, typed) if typed is not None else None
    found = difference(Version(now), Version(reading.content)) if reading else None
    return Wording(
        question=case.question or case.title,
        words=rewording.words_of(now),
        revision=case.revision,
        seen=repeats.now(case).seen.hex(),
        position=mine[0],
        last_seq=case.last_seq,
        texts=redline.redlined(found) if found else (),
        problems=reading.problems if reading else (),
    )
