"""Adding to the cover sheet of a decided case what its kind of matter foresees, and nothing else (scenario A66)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import access, machine, repeats, tasks, writes
from kessai.decisions import rules as deciding
from kessai.decisions.additions import queries, rules
from kessai.decisions.additions import writes as additions
from kessai.decisions.models import Case
from kessai.decisions.repeats import Outcome
from kessai.kernel.actor import Actor
from kessai.kernel.words import N_


def add(
    *, actor: Actor, tenant_id: int, case_id: UUID, key: str, value: str, act_id: UUID, at: datetime
) -> Outcome:
    """Add one foreseen item, as the holder of a post in a unit that may; a later one of the same key is shown instead.

    The decided original and its hash stay as they are. Errors: NotFound; CannotAct.
    """
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        if (done := repeats.earlier(tenant_id, case_id, act_id, actor)) is not None:
            return done
        if case.state != machine.DECIDED:
            raise deciding.CannotAct(
                N_("鑑への書き足しは、決裁の後にできます。"), N_("進行中の案件は、起案者が修正を出せます。")
            )
        foreseen = next((each for each in queries.foreseen(case) if each.key == key), None)
        if foreseen is None:
            raise deciding.CannotAct(rules.NOT_FORESEEN, rules.NEW_CASE)
        post = queries.post_that_may(foreseen, case=case, held=seeing.held, at=at)
        if post is None:
            raise deciding.CannotAct(
                N_("「%(label)s」は、決められた部署の人だけが書き足せます。"),
                N_("文書担当課に頼んでください。"),
                label=foreseen.label,
            )
        kept = rules.read_value(foreseen.kind, value, foreseen.label)
        at = max(at, case.updated_at)
        seq = case.last_seq + 1
        writes.record(
            tenant_id=tenant_id,
            case_id=case_id,
            seq=seq,
            round=case.round,
            revision=case.revision,
            doing=writes.Doing(rules.ADDED, act_id, at, seeing.name, post, machine.OWN_CAPACITY, None, ""),
            payload={
                "key": foreseen.key,
                "kind": foreseen.kind,
                "label": foreseen.label,
                "label_en": foreseen.label_en,
                "value": kept,
            },
        )
        Case.objects.filter(tenant_id=tenant_id, id=case_id).update(last_seq=seq, updated_at=at)
        additions.done(case=case, key=foreseen.key)
        tasks.make_cover_sheet.defer(tenant_id=tenant_id, case_id=str(case_id))
        return Outcome(tenant_id, case_id, seq, rules.ADDED)
