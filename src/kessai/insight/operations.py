"""Counting a ministry's past anew: the one act of this room. What was counted before is dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from kessai.decisions import history
from kessai.insight import reading
from kessai.insight.honesty import rules as honesty
from kessai.insight.models import Precedent, Reckoning
from kessai.insight.rules import Precedents
from kessai.kernel.calendar import JAPAN, day_in_japan
from kessai.organisation.workdays.queries import workdays

PAST = timedelta(days=365)
"""People change their posts every year or two: what is older says little of today."""
EARLIER = timedelta(days=365)
"""Cases of that time may have been submitted so long before."""
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: cases, those decided, and how the forecast held (see ``honesty.rules.Checked``)."""

    since: date
    cases: int
    decided: int
    checked: honesty.Checked


@transaction.atomic
def count(*, tenant_id: int, at: datetime) -> Counted:
    """Count how long steps took in the last year, and check the forecast against how that year went."""
    today = day_in_japan(at)
    since = today - PAST
    ruler = reading.Ruler(workdays(tenant_id=tenant_id, on=today), since - EARLIER, today)
    begin = datetime.combine(since, time(), JAPAN)
    cases = [reading.past(case, ruler) for case in history.went(tenant_id=tenant_id, since=begin)]
    precedents = Precedents()
    for case in cases:
        for fact in honesty.learnt(case):
            precedents.add(fact.what, fact.post_id, fact.matter, fact.days)
    checked = honesty.check(cases)
    _store(tenant_id, precedents)
    Reckoning.objects.filter(tenant_id=tenant_id).delete()
    counted = Counted(since, len(cases), sum(case.decided is not None for case in cases), checked)
    Reckoning.objects.create(
        tenant_id=tenant_id,
        since=since,
        made_at=at,
        cases=counted.cases,
        decided=counted.decided,
        checked=checked.n,
        half=checked.half,
        most=checked.most,
        levels=list(checked.levels),
    )
    return counted


def _store(tenant_id: int, precedents: Precedents) -> None:
    Precedent.objects.filter(tenant_id=tenant_id).delete()
    rows = (
        Precedent(tenant_id=tenant_id, what=what, post_id=post_id, matter_code=matter, days=days)
        for (what, post_id, matter), days in precedents.counts.items()
    )
    Precedent.objects.bulk_create(rows, batch_size=AT_ONCE)
