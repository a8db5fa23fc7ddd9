"""Counting a ministry's past anew: the one act of this room. What was counted before is dropped."""

from __future__ import annotations

from collections import Counter
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
KEPT_AT_MOST = 20_000
"""Cases that are in memory for the check of the forecast; the counts are of all."""


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
    precedents, tally, kept = Precedents(), Counter[bool](), _Kept()
    for went in history.went(tenant_id=tenant_id, since=begin):
        case = reading.past(went, ruler)
        for fact in honesty.learnt(case):
            precedents.add(fact.what, fact.post_id, fact.matter, fact.days)
        tally[case.decided is not None] += 1
        kept.add(case)
    checked = honesty.check(kept.cases)
    _store(tenant_id, precedents)
    Reckoning.objects.filter(tenant_id=tenant_id).delete()
    counted = Counted(since, tally.total(), tally[True], checked)
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


class _Kept:
    """Cases for the check: all of them, or of very many one in two, in four … as they come."""

    def __init__(self) -> None:
        self.cases: list[honesty.Past] = []
        self._seen, self._every = 0, 1

    def add(self, case: honesty.Past) -> None:
        if self._seen % self._every == 0:
            self.cases.append(case)
        self._seen += 1
        if len(self.cases) > KEPT_AT_MOST:
            self.cases = self.cases[::2]
            self._every *= 2


def _store(tenant_id: int, precedents: Precedents) -> None:
    Precedent.objects.filter(tenant_id=tenant_id).delete()
    rows = (
        Precedent(tenant_id=tenant_id, what=what, post_id=post_id, matter_code=matter, days=days)
        for (what, post_id, matter), days in precedents.counts.items()
    )
    Precedent.objects.bulk_create(rows, batch_size=AT_ONCE)
