"""How many consents are enough: on the draft, on the case page while they are given, and in the table of rules."""

from __future__ import annotations

import pytest

import stage as the_stage
from kessai.routing.models import AuthorityTable
from stage import Stage
from visitors import SignIn

THREE = {
    "number": 20,
    "matter_code": "three",
    "level": "director_general",
    "consents": ["accounting", "documents", "personnel"],
    "quorum": 2,
}


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build(rows=(*the_stage.ROWS, THREE), matters=("three",))


def test_the_case_page_counts_and_says_whose_answer_was_not_needed(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("three")
    stage.approve(case_id, "deputy_director", "director", "budget")
    where = f"/cases/{stage.tenant_id}-{case_id}/"
    assert "3者のうち2者の同意で進む（いま1者）" in as_("document").get(where).content.decode()
    stage.approve(case_id, "document")
    after = as_("director_general").get(where).content.decode()
    assert "（いま2者）" in after and "答えは不要（同意がそろった）" in after
    assert "2 of 3 must agree (so far 2)" in as_("director_general", "en").get(where).content.decode()


def test_the_table_of_rules_says_how_many_of_whom(stage: Stage, as_: SignIn) -> None:
    table = AuthorityTable.objects.get()
    where = f"/rules/{stage.tenant_id}/tables/{table.id}/"
    assert "（このうち2者の同意）" in as_("chief").get(where).content.decode()
