"""The four styles of authority tables met in practice, each a complete table that comes with kessai."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from kessai.config import rulebook, sample
from kessai.routing import operations, queries, tables
from kessai.routing.rules import FLAGS, CannotPlan, CaseFacts, plan

pytestmark = pytest.mark.django_db

STYLES = ("amount", "kind", "flag", "place")
DAY = date(2027, 4, 1)
DRAFTERS = ("promotion-chief-1", "kanto-planning-officer", "research-planning-officer", "information-chief")


@pytest.fixture(autouse=True)
def ministry(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(sample, "_seed_cases", lambda at: None)
    sample.seed()


def bring_in(style: str) -> None:
    operations.import_authority(
        source=rulebook.read(f"styles/{style}.csv"),
        examples_source=rulebook.read(f"styles/{style}_examples.csv"),
        tenant_ids=[sample.TENANT],
        effective=DAY,
        name=f"決裁規程 {style}",
        name_en=f"Rules of decision, {style}",
    )


@pytest.mark.parametrize("style", STYLES)
def test_a_table_of_each_style_is_right_and_its_examples_come_out(style: str) -> None:
    bring_in(style)
    found = queries.table_in_force(tenant_id=sample.TENANT, on=DAY)
    assert tables.check_table(tenant_id=sample.TENANT, table_id=found.id) == ()
    results = tables.check_examples(tenant_id=sample.TENANT, table_id=found.id)
    assert len(results) >= 8
    assert [str(result.text) for result in results if not result.passed] == []


@pytest.mark.parametrize("style", STYLES)
def test_a_table_of_each_style_has_a_route_for_every_matter_and_place(style: str) -> None:
    bring_in(style)
    found = queries.table_in_force(tenant_id=sample.TENANT, on=DAY)
    posts = tables.lookups.named_seats(
        tenant_id=sample.TENANT, names=[f"post:{code}" for code in DRAFTERS], on=DAY
    )
    for seat in posts.values():
        chart = queries.with_names(queries.chart_for(post_id=seat.post_id, on=DAY), found.rows, on=DAY)
        for matter in queries.matters(tenant_id=sample.TENANT, on=DAY):
            for amount in (1, 10_000_000, 10**12):
                for flags in (frozenset[str](), *(frozenset({flag}) for flag in FLAGS)):
                    facts = CaseFacts(matter.code, amount, flags)
                    try:
                        route = plan(facts, found, chart)
                    except CannotPlan as refusal:
                        pytest.fail(f"{style} {matter.code} {amount} {flags} {seat.title}: {refusal}")
                    deciders = 0 if matter.code == "circulation" else 1
                    assert [step.kind for step in route.steps].count("decide") == deciders


@pytest.mark.parametrize("style", STYLES)
def test_a_table_of_each_style_goes_through_excel_without_loss(style: str) -> None:
    bring_in(style)
    found = queries.table_in_force(tenant_id=sample.TENANT, on=DAY)
    book = tables.export_table(tenant_id=sample.TENANT, table_id=found.id, kind="xlsx")
    tried = tables.try_file(tenant_id=sample.TENANT, source=book, on=DAY)
    assert tried.rows == found.rows
    assert tuple(r.example for r in tried.examples) == tables.examples_of(
        tenant_id=sample.TENANT, table_id=found.id
    )


@pytest.mark.parametrize("style", STYLES)
def test_every_row_has_its_clause_and_its_reason_in_both_languages(style: str) -> None:
    lines = list(csv.DictReader(io.StringIO(rulebook.read(f"styles/{style}.csv").decode())))
    for line in lines:
        assert line["clause"].startswith("別表第"), line
        assert line["reason_ja"], line
        assert line["reason_en"].isascii(), line
        assert line["reason_en"], line
    assert len({line["clause"] for line in lines}) == len(lines)
