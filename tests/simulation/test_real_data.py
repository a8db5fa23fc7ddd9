"""Real contract cases on the real chart of the central government, where the data is at hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from kessai.config.simulation import cases
from kessai.decisions.verification import verify_records
from kessai.drafting.models import Draft
from kessai.ledger import sequencer
from kessai.ledger.verification import logs, verify_log
from kessai.records.queries import number_gaps

DATA = Path(__file__).parents[3] / "shared/data"

pytestmark = pytest.mark.skipif(
    not (DATA / "contracts-2025.csv.gz").exists(),
    reason="the shared data (units.csv, contracts-2025.csv.gz) does not lie beside this checkout",
)


def test_real_cases_of_many_ministries_run_to_the_decision_and_the_ledger_verifies(db: None) -> None:
    effective = date(2026, 4, 1).isoformat()
    call_command("org", "import", str(DATA / "units.csv"), f"--effective={effective}", verbosity=0)
    call_command("simulate", "staff", "--total=8000", f"--effective={effective}")
    tally = cases.run(
        path=DATA / "contracts-2025.csv.gz", limit=40, seed=11, workers=1, in_order=False, progress=False
    )
    assert tally.failed == [] and tally.waiting == []
    assert tally.tried == 40 and tally.ends["decided"] >= 35
    assert tally.skipped["subcontract"] > 30_000
    for driven in tally.refused:
        assert {reason.field for reason in driven.reasons} <= {"amount", "route", "corporate_number"}
    assert Draft.objects.count() == tally.ends["decided"]

    sequencer.step(at=timezone.now())
    ministries = logs()
    assert len(ministries) > 5
    checked = [verify_records(tenant) for tenant in ministries]
    assert [findings for findings, _ in checked] == [[]] * len(ministries)
    assert sum(number for _, number in checked) == tally.ends["decided"]
    assert all(verify_log(tenant)[0] == [] for tenant in ministries)
    assert number_gaps() == []
