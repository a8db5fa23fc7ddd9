"""What is still to be issued of a case, and what was, as rows to be searched: inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from kessai.decisions import machine, tasks
from kessai.decisions.issuing import rules
from kessai.decisions.models import Case, Event, Issue, Issuing, SealedLetter
from kessai.drafting import queries as drafts
from kessai.kernel.calendar import day_in_japan
from kessai.ledger.sealing import Json
from kessai.routing import queries as routing


def foresee(*, case: Case, at: datetime) -> dict[str, Json]:
    """At the decision: whether it is to be issued, by its kind of matter or its letters; for the decision's payload."""
    assert connection.in_atomic_block
    content = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=case.revision).content
    issued = routing.is_issued(tenant_id=case.tenant_id, code=case.matter_code, on=day_in_japan(at))
    if not issued and not content.letters:
        return {}
    Issuing(
        tenant_id=case.tenant_id,
        case_id=case.id,
        state=rules.DUE,
        planned_on=rules.planned_on(content.values),
    ).save(force_insert=True)
    return {"to_issue": True}


def follow(case: Case, event: Event) -> None:
    """Bring the rows to what the events say, and have the cover sheet made again with what was issued."""
    assert connection.in_atomic_block
    mine = {"tenant_id": case.tenant_id, "case_id": case.id}
    for place, each in enumerate(event.payload.get("sealed", ()), start=1):
        SealedLetter(**mine, code=each["code"], seq=event.seq, place=place).save(force_insert=True)
    content = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=case.revision).content
    events = Event.objects.filter(**mine, kind__in=machine.ISSUING).order_by("seq")
    found = rules.progress(
        rules.foreseen(content),
        [rules.Told(event.seq, event.kind, event.payload) for event in events],
    )
    there = dict(Issue.objects.filter(**mine).values_list("seq", "state"))
    for issue in found.issues:
        if issue.seq not in there:
            Issue(**mine, seq=issue.seq, state=issue.state, issued_on=issue.issued_on).save(force_insert=True)
        elif there[issue.seq] != issue.state:
            Issue.objects.filter(**mine, seq=issue.seq).update(state=issue.state)
    Issuing.objects.filter(**mine).update(state=found.state)
    tasks.make_cover_sheet.defer(tenant_id=case.tenant_id, case_id=str(case.id))
