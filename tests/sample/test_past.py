"""The last months of the sample ministry."""

from __future__ import annotations

from datetime import UTC, datetime

from kessai.config import sample, sample_past
from kessai.decisions.models import Case
from kessai.decisions.standing import queries as stands
from kessai.insight import queries as insight
from kessai.insight import standing
from kessai.kernel.actor import Actor


def test_the_past_tells_what_is_usual_and_when_the_sample_cases_will_be_decided(db: None) -> None:
    sample.seed()
    sample.seed_past()
    decided = Case.objects.filter(tenant_id=sample.TENANT, state="decided").count()
    counted = insight.reckoning(tenant_id=sample.TENANT)
    assert counted and counted.decided == decided >= sample_past.CASES
    now = datetime.now(UTC)
    mine = stands.mine(actor=Actor(sample.holders()["promotion-chief-1"]), at=now)
    of = standing.stand(mine, at=now)
    assert any(stay.usual for each in of for stay in each.look.stays.values())
    assert any(each.look.expected for each in of)
    sample.seed_past()
    assert Case.objects.filter(tenant_id=sample.TENANT, state="decided").count() == decided
